"""Who may open which page: every route is public by name or has a role, and a role opens its own pages alone."""

import pytest
from flask import Blueprint

from sms_gateway.store.tables import Role
from sms_gateway.web import gates
from tests.web.house import LOGINS, House

# The whole matrix, by name: whoever adds a route says here who may open it.
PUBLIC = {
    "static",
    "hooks.called",
    "health.live",
    "health.ready",
    "health.all_metrics",
    "public.home",
    "public.page",
    "public.choose_language",
    "accounts.login",
    "accounts.logout",
    "accounts.logout_page",
    "phone.start",
    "phone.now",
    "phone.press",
    "phone.change",
    "phone.messages",
}
ANSWERING = {Role.VOLUNTEER, Role.COORDINATOR}
EVERYBODY = {Role.VOLUNTEER, Role.COORDINATOR, Role.EDITOR, Role.AUDITOR}
NEEDED = {
    "accounts.own_page": EVERYBODY,
    "accounts.choose_language": EVERYBODY,
    "accounts.leave_everywhere": EVERYBODY,
    "inbox.start": {Role.VOLUNTEER},
    "inbox.take_next": {Role.VOLUNTEER},
    "inbox.pause": {Role.VOLUNTEER},
    "inbox.case": ANSWERING,
    "inbox.act": ANSWERING,
    "inbox.measure": ANSWERING,
    "merging.preview": ANSWERING,
    "merging.merge": ANSWERING,
    "case_history.start": {Role.AUDITOR, Role.COORDINATOR},
    "case_history.case": {Role.AUDITOR, Role.COORDINATOR},
    "desk.start": {Role.COORDINATOR},
    "desk_counters.table": {Role.COORDINATOR},
    "desk_counters.switch": {Role.COORDINATOR},
    "desk_counters.list_page": {Role.COORDINATOR},
    "desk_counters.hand_in": {Role.COORDINATOR},
    "desk_counters.preview": {Role.COORDINATOR},
    "desk_counters.keep": {Role.COORDINATOR},
    "desk_held.every": {Role.COORDINATOR},
    "desk_held.act": {Role.COORDINATOR},
    "desk_texts.table": {Role.COORDINATOR},
    "desk_texts.as_csv": {Role.COORDINATOR},
    "desk_volunteer.work": {Role.COORDINATOR},
    "desk.give_page": {Role.COORDINATOR},
    "desk.give": {Role.COORDINATOR},
    "desk.volunteers": {Role.COORDINATOR},
    "desk.close_page": {Role.COORDINATOR},
    "desk.change_volunteer": {Role.COORDINATOR},
    "desk.add_volunteer": {Role.COORDINATOR},
}
EDITING = (
    "editor.start",
    "editor.flow",
    "editor.step",
    "editor.change_step",
    "editor.still_right",
    "editor.words",
    "editor.facts",
    "editor.discard_page",
    "editor.discard",
    "publishing.changes",
    "publishing.publish",
    "publishing.published",
    "publishing.undecided",
    "publishing.decide",
    "history.every",
    "history.version",
    "history.roll_back",
    "history.withdraw",
    "translating.translate",
    "conversations.every",
    "conversations.conversation",
    "conversations.accept",
    "happened.start",
    "unclear.start",
    "unclear.decide",
)
NEEDED |= {name: {Role.EDITOR} for name in EDITING}


def test_every_route_is_public_by_name_or_needs_a_role(house: House) -> None:
    found = {rule.endpoint: gates.gate_of(house.app, rule.endpoint) for rule in house.app.url_map.iter_rules()}
    assert found == dict.fromkeys(PUBLIC, frozenset()) | {name: frozenset(roles) for name, roles in NEEDED.items()}


def test_a_route_that_says_neither_stops_the_start(house: House) -> None:
    from flask import Flask

    app = Flask("another")
    part = Blueprint("part", "part")
    part.get("/open")(lambda: "")
    app.register_blueprint(part)
    with pytest.raises(gates.Ungated):
        gates.close_gates(app)


def addresses(house: House, endpoint: str) -> list[tuple[str, str]]:
    """Every method and address of an endpoint."""
    found = []
    for rule in house.app.url_map.iter_rules(endpoint):
        values = dict.fromkeys(rule.arguments, 1)
        path = rule.build(values)
        assert path is not None
        found += [(method, path[1]) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return found


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_a_role_opens_its_own_pages_alone(house: House, role: Role) -> None:
    visitor = house.signed_in(LOGINS[role])
    for endpoint, roles in NEEDED.items():
        if endpoint == "accounts.leave_everywhere":
            continue
        for method, path in addresses(house, endpoint):
            answer = visitor.get(path) if method == "GET" else visitor.post(path)
            if role in roles:
                assert answer.status_code not in {401, 403}, (endpoint, method)
            else:
                assert answer.status_code == 403, (endpoint, method)


def test_without_an_account_a_page_leads_to_the_door_and_a_form_is_refused(house: House) -> None:
    visitor = house.visitor()
    for endpoint in NEEDED:
        for method, path in addresses(house, endpoint):
            if method == "GET":
                answer = visitor.get(path)
                assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/login"), endpoint
            else:
                assert visitor.post(path).status_code == 401, endpoint


def test_a_page_that_renews_itself_leads_to_the_door_once_the_session_ended(house: House) -> None:
    answer = house.visitor().get("/inbox", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/login")


@pytest.mark.parametrize("away", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", ""])
def test_signing_in_leads_to_no_other_site(house: House, away: str) -> None:
    visitor = house.visitor()
    form = {"login": "awa", "password": "une longue phrase", "next": away}
    assert visitor.post("/login", form).location == "/inbox"


def test_signing_in_leads_back_to_the_page_that_was_wanted(house: House) -> None:
    visitor = house.visitor()
    wanted = visitor.get("/inbox/4001?seen=3").location
    assert wanted == "/login?next=/inbox/4001?seen%3D3"
    form = {"login": "awa", "password": "une longue phrase", "next": "/inbox/4001?seen=3"}
    assert visitor.post("/login", form).location == "/inbox/4001?seen=3"
