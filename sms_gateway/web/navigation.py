"""The links at the top of every page: for whoever is signed in, else for a visitor."""

from flask import Flask, request

from sms_gateway.context import Services
from sms_gateway.store.tables import Role
from sms_gateway.web.login_sessions import SignedIn
from sms_gateway.web.words import _

Place = tuple[str, dict[str, str]]
# A link that stands for every page of these parts.
_PARTS = {
    "inbox.start": {"inbox"},
    "desk_counters.table": {"desk_counters"},
    "case_history.start": {"case_history"},
    "editor.start": {"editor", "publishing", "history", "translating", "conversations", "unclear"},
}
_TRY: Place = ("phone.start", {})
_VOLUNTEERS: Place = ("public.page", {"page": "volunteers"})
_COUNTERS: Place = ("public.page", {"page": "counters"})


def install(app: Flask, services: Services) -> None:
    """Give templates `pages_of`, `is_here` and `simulator`: whether the phones are there to try."""

    def pages_of(user: SignedIn | None, endpoint: str | None) -> list[tuple[Place, str]]:
        trying = [(_TRY, _("Try"))] if services.settings.simulator else []
        if user is None and endpoint == "public.home":
            return [*trying, (_VOLUNTEERS, _("Become a volunteer")), (_COUNTERS, _("Open a counter"))]
        if user is None:
            home: Place = ("public.home", {})
            return [(home, _("Home")), *trying, (_VOLUNTEERS, _("Volunteers")), (_COUNTERS, _("Town halls"))]
        own: dict[Role, list[tuple[Place, str]]] = {
            Role.VOLUNTEER: [(("inbox.start", {}), _("Answer"))],
            Role.COORDINATOR: [
                (("desk.start", {}), _("Desk")),
                (("desk.volunteers", {}), _("Volunteers")),
                (("desk_counters.table", {}), _("Counters")),
            ],
            Role.AUDITOR: [(("case_history.start", {}), _("History of a case"))],
            Role.EDITOR: [(("editor.start", {}), _("Procedures")), (("happened.start", {}), _("What happened"))],
        }
        return [*own.get(user.role, []), *trying]

    app.jinja_env.globals.update(pages_of=pages_of, is_here=_is_here, simulator=services.settings.simulator)


def _is_here(place: Place) -> bool:
    endpoint, arguments = place
    if request.endpoint is None or (arguments and request.view_args != arguments):
        return False
    parts = _PARTS.get(endpoint)
    return request.endpoint.partition(".")[0] in parts if parts else request.endpoint == endpoint
