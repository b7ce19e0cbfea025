"""The gateways' URLs: who may call, what is refused, what is answered when nothing works."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from flows import alphabet
from sms_gateway import hooks, spool
from sms_gateway.channels.africastalking import AfricasTalking
from sms_gateway.channels.base import DeliveryReport, HopsEnded, InboundHop, InboundText, OptedOut
from sms_gateway.channels.simulator import Simulator
from sms_gateway.context import Services
from sms_gateway.errors import StoreUnavailable
from sms_gateway.hooks import BODY_LIMIT, SCREEN_SEPTETS
from sms_gateway.receiving import Receivers
from sms_gateway.store.sealing import Seal
from tests.channels import test_africastalking_forms as forms
from tests.clocks import FixedClock
from tests.scale import scaled

OLD, NEW = "0f" * 32, "a9" * 32
APOLOGY = "Sorry, we have a breakdown. Try again in 10 minutes. In danger? Call 999."
GOOD = {hook: form for hook, (_, form) in forms.READERS.items()}


@dataclass
class Shown:
    """A screen."""

    text: str = "Welcome\n1 Identity card\n0 A person"
    ends: bool = False


@dataclass
class Counter:
    """What stands in for everything behind the hooks: it notes what came, and can be down."""

    taken: list[Any] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    down: bool = False
    bug: bool = False
    screen: Shown = field(default_factory=Shown)

    def take(self, _services: Services, inbound: object) -> None:
        if self.down:
            raise StoreUnavailable("The database is down.")
        if self.bug:
            raise ZeroDivisionError("what somebody wrote")
        self.taken.append(inbound)

    def hop(self, services: Services, inbound: InboundHop) -> Shown:
        self.take(services, inbound)
        return self.screen

    @property
    def receivers(self) -> Receivers:
        return Receivers(text=self.take, hop=self.hop, end=self.take, report=self.take, opt_out=self.take)


@dataclass
class Door:
    """The hooks of one installation, called in process."""

    client: FlaskClient
    behind: Counter
    services: Services

    def call(self, hook: str, form: Any, *, secret: str = NEW, channel: str = "africastalking", **more: Any) -> Any:
        return self.client.post(f"/hooks/{channel}/{secret}/{hook}", data=form, **more)


def door_at(data: Path) -> Door:
    clock = FixedClock(forms.MORNING)
    secret = b"k" * 32
    channels = {
        "africastalking": AfricasTalking(account_of=lambda line: None, delivery_secret=secret, clock=clock),
        "simulator": Simulator(deliver=lambda message: None, delivery_secret=secret, clock=clock),
    }
    services = cast(
        Services,
        SimpleNamespace(
            channels=channels,
            settings=SimpleNamespace(hook_secrets=(OLD, NEW), data=data),
            sealer=SimpleNamespace(team=Seal(secret)),
        ),
    )
    behind = Counter()
    app = Flask(__name__)
    app.register_blueprint(
        hooks.blueprint(services, behind.receivers, apologies={"*384*77#": APOLOGY}, count=behind.calls.append)
    )
    return Door(app.test_client(), behind, services)


def counted(hook: str, outcome: str) -> str:
    return f"hook_{hook.replace('-', '_')}_{outcome}"


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return door_at(tmp_path)


@pytest.mark.parametrize(
    ("hook", "kind"),
    [("sms", InboundText), ("ussd-end", HopsEnded), ("delivery", DeliveryReport), ("optout", OptedOut)],
)
def test_a_form_is_handed_on_before_it_is_answered(door: Door, hook: str, kind: type[object]) -> None:
    answer = door.call(hook, GOOD[hook])
    assert (answer.status_code, answer.data) == (200, b"")
    assert [type(inbound) for inbound in door.behind.taken] == [kind]
    assert door.behind.calls == [counted(hook, "taken")]


@pytest.mark.parametrize(("ends", "word"), [(False, "CON"), (True, "END")])
def test_a_hop_is_answered_with_its_screen(door: Door, ends: bool, word: str) -> None:
    door.behind.screen = Shown(ends=ends)
    answer = door.call("ussd", GOOD["ussd"])
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    assert answer.get_data(as_text=True) == f"{word} Welcome\n1 Identity card\n0 A person"


def test_every_listed_secret_is_accepted(door: Door) -> None:
    for secret in (OLD, NEW):
        assert door.call("sms", GOOD["sms"], secret=secret).status_code == 200


@pytest.mark.parametrize("hook", [*GOOD, "voice"])
@pytest.mark.parametrize("secret", ["wrong", OLD[:-1], NEW + "0", NEW.upper() + "x", "%00", "é", f"{OLD},{NEW}"])
def test_a_wrong_secret_is_not_found_and_leaves_a_counter(door: Door, hook: str, secret: str) -> None:
    answer = door.call(hook, GOOD.get(hook, {}), secret=secret)
    assert (answer.status_code, answer.data) == (404, b"Not found.\n")
    assert door.behind.taken == []
    assert door.behind.calls == ["hook_not_found"]


def test_nobody_learns_from_the_answer_which_part_was_wrong(door: Door) -> None:
    answers = [
        door.call("sms", GOOD["sms"], secret="wrong"),
        door.call("sms", GOOD["sms"], channel="kannel"),
        door.call("inbox", GOOD["sms"]),
        door.call("inbox", GOOD["sms"], secret="wrong"),
    ]
    assert {(answer.status_code, answer.data) for answer in answers} == {(404, b"Not found.\n")}


@pytest.mark.parametrize(("hook", "name"), forms.NEEDED)
def test_a_form_without_what_it_must_have_gets_400_and_one_plain_line(door: Door, hook: str, name: str) -> None:
    answer = door.call(hook, {key: value for key, value in GOOD[hook].items() if key != name})
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert answer.get_data(as_text=True).count("\n") == 1
    assert name in answer.get_data(as_text=True)
    assert door.behind.taken == []
    assert door.behind.calls == [counted(hook, "refused")]


def test_a_text_from_a_senders_name_is_taken_and_left(door: Door) -> None:
    assert door.call("sms", GOOD["sms"] | {"from": "MTN"}).status_code == 200
    assert door.behind.taken == []
    assert door.behind.calls == ["hook_sms_ignored"]


def test_a_call_is_turned_away(door: Door) -> None:
    answer = door.call("voice", {"isActive": "1", "sessionId": "x", "callerNumber": forms.PHONE})
    assert answer.status_code == 200
    assert answer.mimetype == "text/xml"
    assert "<Response><Reject/></Response>" in answer.get_data(as_text=True)


def test_the_simulator_has_the_same_hooks_and_its_own_phones(door: Door) -> None:
    assert door.call("sms", GOOD["sms"] | {"from": "+999000001"}, channel="simulator").status_code == 200
    assert door.call("sms", GOOD["sms"], channel="simulator").status_code == 400
    assert [inbound.phone for inbound in door.behind.taken] == ["+999000001"]


def test_a_body_over_the_limit_is_not_read(door: Door) -> None:
    answer = door.call("sms", GOOD["sms"] | {"text": "x" * BODY_LIMIT})
    assert answer.status_code == 413
    assert door.behind.taken == []
    assert door.call("sms", GOOD["sms"] | {"text": "x" * (BODY_LIMIT - 1_000)}).status_code == 200


HOSTILE = [
    b"",
    b"\xff\xfe\x00\x01",
    b"id=1&from=%2B254711082300&to=22384&text=%00%ff%fe%ed%a0%80",
    b"id=1&id=2&from=%2B254711082300&from=MTN&to=22384&text=a&text=b",
    b"id[]=1&from[$ne]=2&to=3",
    b"text=%E2%80%AEgnp.exe&id=1&from=%2B254711082300&to=22384",
    b"&".join(b"f%d=1" % number for number in range(5_000)),
    b"id=" + b"9" * 50_000 + b"&from=%2B254711082300&to=22384",
    b"sessionId=%00&phoneNumber=%2B254711082300&serviceCode=*384*77%23&text=" + b"1*" * 20_000,
    b"%",
    b"=&=&=",
]


@pytest.mark.parametrize("hook", [*GOOD, "voice"])
@pytest.mark.parametrize("body", HOSTILE)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", "application/json", ""])
def test_no_body_breaks_a_hook(door: Door, hook: str, body: bytes, kind: str) -> None:
    answer = door.call(hook, body, content_type=kind)
    assert answer.status_code in {200, 400, 413}


def test_a_multipart_form_is_a_form(door: Door) -> None:
    assert door.call("sms", GOOD["sms"], content_type="multipart/form-data").status_code == 200


def test_of_a_field_that_comes_twice_the_first_is_read(door: Door) -> None:
    door.call(
        "sms", b"id=1&from=%2B254711082300&to=22384&text=a&text=b", content_type="application/x-www-form-urlencoded"
    )
    assert door.behind.taken[0].text == "a"


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5_000,
        "€" * 182,
        "é" * 300,
        "あ" * 300,
        "😀" * 100,
        "\x00\ufeff\n Bonjour",
        "a\u202eb",
        "Mairie « Hôtel de ville »" * 9,
    ],
)
def test_every_screen_fits_the_phone(door: Door, text: str) -> None:
    door.behind.screen = Shown(text)
    shown = door.call("ussd", GOOD["ussd"]).get_data(as_text=True)
    assert shown.startswith("CON ")
    assert shown[4:].strip() == shown[4:] != ""
    assert alphabet.measure(shown[4:]).units <= (SCREEN_SEPTETS if alphabet.fits_gsm(shown) else 80)


@pytest.mark.parametrize("text", ["", "  \n", "\x00"])
def test_an_empty_screen_is_an_apology(door: Door, text: str) -> None:
    door.behind.screen = Shown(text)
    assert door.call("ussd", GOOD["ussd"]).get_data(as_text=True) == f"END {APOLOGY}"


@pytest.mark.parametrize("fault", ["down", "bug"])
def test_a_dial_is_answered_with_an_apology_when_nothing_can_be_stored(door: Door, fault: str) -> None:
    setattr(door.behind, fault, True)
    answer = door.call("ussd", GOOD["ussd"])
    assert answer.status_code == 200
    assert answer.get_data(as_text=True) == f"END {APOLOGY}"


KEPT = ["sms", "ussd-end", "delivery", "optout"]


@pytest.mark.parametrize("hook", KEPT)
def test_what_the_database_cannot_take_is_spooled_and_drained_as_it_came(door: Door, hook: str) -> None:
    door.behind.down = True
    answer = door.call(hook, GOOD[hook])
    assert (answer.status_code, answer.data) == (200, b"")
    assert door.behind.calls == [counted(hook, "spooled")]
    assert spool.drain(door.services, door.behind.receivers) == 0, "the database is still down"

    door.behind.down = False
    assert spool.drain(door.services, door.behind.receivers) == 1
    assert door.behind.taken == [forms.READERS[hook][0](GOOD[hook])]
    assert spool.is_empty(door.services)


def test_nothing_on_disk_can_be_read_by_a_passer_by(door: Door) -> None:
    door.behind.down = True
    door.call("sms", GOOD["sms"])
    (kept,) = spool.folder(door.services).iterdir()
    content = kept.read_text()
    assert "711082300" not in content
    assert "kitambulisho" not in content
    assert kept.stat().st_mode & 0o077 == 0


def test_while_something_is_spooled_later_texts_go_behind_it(door: Door) -> None:
    door.behind.down = True
    door.call("sms", GOOD["sms"] | {"id": "1", "text": "first"})
    door.behind.down = False
    door.call("sms", GOOD["sms"] | {"id": "2", "text": "second"})
    assert door.behind.taken == []
    assert spool.drain(door.services, door.behind.receivers) == 2
    door.call("sms", GOOD["sms"] | {"id": "3", "text": "third"})
    assert [inbound.text for inbound in door.behind.taken] == ["first", "second", "third"]


def test_a_hop_does_not_wait_for_the_spool(door: Door) -> None:
    door.behind.down = True
    door.call("sms", GOOD["sms"])
    door.behind.down = False
    assert door.call("ussd", GOOD["ussd"]).get_data(as_text=True).startswith("CON ")


def test_without_database_and_spool_the_gateway_is_asked_to_come_again(door: Door) -> None:
    spool.folder(door.services).write_text("a file where the folder should be")
    door.behind.down = True
    answer = door.call("sms", GOOD["sms"])
    assert answer.status_code == 503
    assert door.behind.calls == ["hook_sms_unavailable"]


def test_a_spooled_event_that_fails_is_set_aside_and_holds_up_nobody(door: Door) -> None:
    door.behind.down = True
    door.call("sms", GOOD["sms"])
    door.behind.down, door.behind.bug = False, True
    assert spool.drain(door.services, door.behind.receivers) == 0
    assert spool.is_empty(door.services)
    assert len(spool.set_aside(door.services)) == 1


def test_a_half_written_file_is_never_drained(door: Door) -> None:
    spool.folder(door.services).mkdir()
    (spool.folder(door.services) / ".00000000000000000001-abcd.sealed").write_text("1.half")
    assert spool.is_empty(door.services)
    assert spool.drain(door.services, door.behind.receivers) == 0


def test_drains_at_once_take_every_event_at_least_once_and_lose_none(door: Door) -> None:
    count = scaled(400)
    door.behind.down = True
    for number in range(count):
        door.call("sms", GOOD["sms"] | {"id": str(number)})
    door.behind.down = False
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: spool.drain(door.services, door.behind.receivers), range(4)))
    assert {inbound.delivery_key for inbound in door.behind.taken} == {str(number) for number in range(count)}
    assert spool.is_empty(door.services)
    assert spool.set_aside(door.services) == []


@hypothesis_settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=scaled(4_000)
)
@given(
    st.sampled_from(sorted([*GOOD, "voice"])),
    st.dictionaries(forms.field_names | st.text(max_size=10), forms.values, max_size=8),
    st.booleans(),
    st.sampled_from(["", "down", "bug"]),
)
def test_no_form_gets_a_server_error(door: Door, hook: str, form: dict[str, str], whole: bool, fault: str) -> None:
    door.behind.down, door.behind.bug = fault == "down", fault == "bug" and hook == "ussd"
    form = {
        key.encode("utf-8", "replace").decode(): value.encode("utf-8", "replace").decode()
        for key, value in form.items()
    }
    answer = door.call(hook, GOOD.get(hook, {}) | form if whole else form)
    assert answer.status_code in {200, 400}
    if hook == "ussd" and answer.status_code == 200:
        assert answer.get_data(as_text=True).startswith(("CON ", "END "))
