"""The phone in the terminal: what it posts, what it shows, and what it says when something goes wrong."""

import asyncio
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from sms_gateway.basic_phone import Answer, Bubble, HttpDoor, Phone, lines_of, read_messages
from sms_gateway.channels.base import new_input
from sms_gateway.services import ToldLine
from sms_gateway.terminal_phone import TerminalPhone
from tests.clocks import FixedClock
from tests.scale import scaled

MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
LINES = (
    ToldLine("kenya-sms", "africastalking", "sms", "22384", "Guichet Kenya", "kenya", "en"),
    ToldLine("kenya-ussd", "africastalking", "ussd", "*384*77#", "Guichet Kenya", "kenya", "en"),
    ToldLine("kenya-sms-simulated", "simulator", "sms", "22384", "Guichet Kenya", "kenya", "en"),
    ToldLine("kenya-ussd-simulated", "simulator", "ussd", "*384*77#", "Guichet Kenya", "kenya", "en"),
    ToldLine("france-sms-simulated", "simulator", "sms", "38000", "Guichet France", "france", "fr"),
)
TEXTING, DIALLING, _ = lines_of(LINES, "kenya-ussd")


@dataclass
class Counter:
    """A Guichet that notes what is posted, and answers each hop with what it read."""

    posted: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    texts: tuple[Bubble, ...] = ()
    status: int = 200
    _seen: dict[str, str] = field(default_factory=dict)

    def post(self, hook: str, form: Mapping[str, str]) -> Answer:
        self.posted.append((hook, form))
        if hook != "ussd" or self.status != 200:
            return Answer(self.status, "")
        typed = new_input(self._seen.get(form["sessionId"]), form["text"])
        self._seen[form["sessionId"]] = form["text"]
        return Answer(200, "END Bye" if typed == "0" else f"CON You typed [{typed}]\n0 A person")

    def messages(self, line: str, phone: str, *, after: int) -> tuple[Bubble, ...]:
        assert (line, phone) == ("22384", "+999000001")
        came = tuple(text for text in self.texts if text.id > after)
        time.sleep(0.002)  # a network's time: two looks at once overlap
        return came


def phone_at(counter: Counter) -> Phone:
    return Phone(counter, "+999000001", TEXTING, DIALLING, clock=FixedClock(MORNING))


def test_a_text_is_posted_with_a_gateways_fields_and_counted() -> None:
    counter = Counter()
    phone = phone_at(counter)
    phone.send("x" * 161)
    hook, form = counter.posted[0]
    assert hook == "sms"
    assert (form["from"], form["to"], form["text"]) == ("+999000001", "22384", "x" * 161)
    assert form["id"]
    assert phone.cost == "Out: 1 SMS, 2 parts. In: 0 SMS, 0 parts."


def test_texts_that_came_stand_in_the_thread_in_their_order() -> None:
    counter = Counter()
    phone = phone_at(counter)
    phone.send("Hello")
    counter.texts = (Bubble(True, "Welcome", datetime(2026, 3, 10, 9, 1, tzinfo=UTC), 1, 7),)
    assert phone.look()
    assert not phone.look(), "nothing new"
    assert [one.text for one in phone.thread] == ["Hello", "Welcome"]
    assert phone.cost == "Out: 1 SMS, 1 part. In: 1 SMS, 1 part."


def test_looks_at_the_same_time_take_each_text_once() -> None:
    counter = Counter(texts=(Bubble(True, "Welcome", MORNING, 1, 7),))
    both = threading.Barrier(2)
    phone = phone_at(counter)

    def look(_: int) -> bool:
        both.wait()
        return phone.look()

    for _ in range(scaled(200)):
        phone._got = ()
        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(look, range(2))) == [False, True]


def test_a_dial_and_its_answers_are_joined_by_stars_as_a_network_does() -> None:
    counter = Counter()
    phone = phone_at(counter)
    phone.dial("*384*77#")
    for typed in ("1", "", "2*3", "0"):
        phone.answer(typed)
    assert [form["text"] for hook, form in counter.posted if hook == "ussd"] == ["", "1", "1*", "1**2*3", "1**2*3*0"]
    assert phone.dialog is not None
    assert (phone.dialog.screen, phone.dialog.over) == ("Bye", True)
    assert counter.posted[-1][0] == "ussd-end"
    assert counter.posted[-1][1]["status"] == "Success"


def test_an_empty_answer_to_the_first_screen_is_told_from_a_repeat() -> None:
    counter = Counter()
    phone = phone_at(counter)
    phone.dial("*384*77#")
    phone.answer("")
    assert [form["text"] for _, form in counter.posted] == ["", "*"]


def test_what_is_dialled_behind_the_code_is_typed_along() -> None:
    phone = phone_at(Counter())
    phone.dial("*384*77*2#")
    assert phone.dialog is not None
    assert phone.dialog.screen.startswith("You typed [2]")


@pytest.mark.parametrize("code", ["", "22384", "*384*771#", "*144*77#"])
def test_another_code_is_not_dialled(code: str) -> None:
    counter = Counter()
    phone = phone_at(counter)
    phone.dial(code)
    assert counter.posted == []
    assert phone.trouble == "Here one dials *384*77#."


def test_hanging_up_is_told_to_the_counter_once() -> None:
    counter = Counter()
    phone = phone_at(counter)
    phone.dial("*384*77#")
    phone.hang_up()
    phone.hang_up()
    assert [hook for hook, _ in counter.posted] == ["ussd", "ussd-end"]
    assert counter.posted[-1][1]["status"] == "Incomplete"


def test_the_cost_of_a_screen_is_what_it_takes_of_the_bound() -> None:
    phone = phone_at(Counter())
    phone.dial("*384*77#")
    assert phone.screen_cost == "Screen 1: 25 of 160."


@pytest.mark.parametrize(
    ("status", "trouble"),
    [(0, "No answer from Guichet. Is it running?"), (404, "This Guichet has no simulator, or another secret.")],
)
def test_what_goes_wrong_is_one_sentence(status: int, trouble: str) -> None:
    phone = phone_at(Counter(status=status))
    phone.send("Hello")
    assert phone.trouble == trouble
    assert phone.thread == ()


def test_a_guichet_that_is_not_there_is_no_error() -> None:
    door = HttpDoor("http://127.0.0.1:9", "secret")
    assert door.post("sms", {}) == Answer(0, "")
    assert door.messages("22384", "+999000001", after=0) == ()


def test_the_pages_messages_are_read() -> None:
    told = {
        "messages": [
            {"id": 8, "incoming": False, "body": "Hello", "at": "2026-03-10T08:59:00+00:00", "parts": 1},
            {"id": 9, "incoming": True, "body": "Welcome", "at": "2026-03-10T09:00:00+00:00", "parts": 2},
        ]
    }
    assert read_messages(told) == (Bubble(True, "Welcome", MORNING, 2, 9),)


@pytest.mark.parametrize("wanted", ["kenya-ussd", "kenya-ussd-simulated", "*384*77#"])
def test_a_line_is_named_by_its_code_or_its_address(wanted: str) -> None:
    texting, dialling, dials_first = lines_of(LINES, wanted)
    assert texting is not None
    assert dialling is not None
    assert (texting.address, dialling.address, dials_first) == ("22384", "*384*77#", True)


def test_a_service_without_a_code_has_texts_alone() -> None:
    texting, dialling, dials_first = lines_of(LINES, "38000")
    assert texting is not None
    assert (texting.code, dialling, dials_first) == ("france-sms-simulated", None, False)
    with pytest.raises(KeyError):
        lines_of(LINES, "mars-sms")


def shown(app: TerminalPhone) -> str:
    return "\n".join(str(part.render()) for part in app.query(Static))


async def _sees(app: TerminalPhone, pilot: Pilot[None], words: str) -> None:
    """Wait for words on the screen; a look that the next one overtakes is cancelled, so nobody waits for looks."""
    deadline = time.monotonic() + 30
    while words not in shown(app):
        assert time.monotonic() < deadline, f"{words!r} never stood on the screen, but:\n{shown(app)}"
        await pilot.pause(0.02)


async def _story(app: TerminalPhone, counter: Counter) -> None:
    async with app.run_test(size=(60, 36)) as pilot:
        await _sees(app, pilot, "Press Enter to dial.")
        await pilot.press("enter")
        await _sees(app, pilot, "You typed []")
        await _sees(app, pilot, "Screen 1: 25 of 160.")
        await pilot.press("1", "2", "enter")
        await _sees(app, pilot, "You typed [12]")
        assert app.query_one("#typed", Input).value == ""
        await pilot.press("f2")
        counter.texts = (Bubble(True, "[bold]Kept[/bold] for you", MORNING, 1, 7),)
        await _sees(app, pilot, "[bold]Kept[/bold] for you")  # what people write is never read as markup
        await pilot.press("f2", "f4")
        await _sees(app, pilot, "Press Enter to dial.")


def test_the_phone_in_the_terminal_dials_answers_and_shows_texts() -> None:
    counter = Counter()
    story = _story(TerminalPhone(phone_at(counter), dialling=True), counter)
    with ThreadPoolExecutor(1) as aside:  # a browser of other tests may have this thread's event loop
        aside.submit(asyncio.run, story).result()
    assert [hook for hook, _ in counter.posted] == ["ussd", "ussd", "ussd-end"]
