"""Promise 5: a person is one key away, at every step of a procedure and of the machine's own dialogues.

One procedure a country is walked through the whole gateway as people would: every option, every key of the legend, an
answer for each kind of question, and words that nobody understands. Wherever that leads, `0` (or `00`, where the legend
says so) is pressed. The explorer holds every state of every other procedure to the same promise
(tests/flows/test_explorer.py).

Seen to fail: on a flow's last USSD screen 0 showed the menu; after 8 at a question, the promise began in its middle.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select, update

from sms_gateway import conversations, flow_versions
from sms_gateway.cases import desk
from sms_gateway.cases.case import Outcome
from sms_gateway.context import Services
from sms_gateway.store import people, sessions
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import Role, VersionState, accounts, cases
from sms_gateway.store.tables import flow_versions as flow_versions_table
from sms_gateway.web.accounts import make_account
from tests.clocks import FixedClock
from tests.databases import SQLite, settings_for
from tests.gateway.parts import ObedientGateway, wired
from tests.gateway.talk import Phone

NUMBER = re.compile(r"(?:number|num.ro|namba) (\d+)")
PERSON = re.compile(r"^(00?) (?:A person|Une personne|Mtu)$", re.MULTILINE)
OPTION = re.compile(r"^(\d{1,2}) ", re.MULTILINE)
OPEN_ANSWERS = ("34", "Kisumu", "Lyon", "It rains on the roof")
NOBODY_KNOWS = "zzqq xxyy"
MOST_STEPS = 14
DIAL, VOLUNTEER_ANSWERS, VOLUNTEER_CLOSES = "#dial", "#the volunteer answers", "#the volunteer closes"

# Where the walk begins: first contact, each flow by its name, and what opens the machine's own questions.
BEGINNINGS: dict[str, tuple[tuple[str, ...], ...]] = {
    "kenya by text": (
        ("Hello",),
        ("i lost my id",),
        ("LANGUAGE",),
        ("i lost my id", "RESTART"),
        ("i lost my id", "1", "RESTART"),
        ("i lost my id", "they will stop my benefits"),
        ("ERASE",),
        ("i lost my id", "1", "ERASE"),
        ("HELP",),
        ("0", "any news of it?"),
        ("0", "MENU"),
        ("0", VOLUNTEER_ANSWERS),
        ("0", VOLUNTEER_ANSWERS, "MENU"),
        ("0", VOLUNTEER_ANSWERS, VOLUNTEER_CLOSES),
        ("0", VOLUNTEER_ANSWERS, VOLUNTEER_CLOSES, "1", "I still need help with it"),
        ("my husband beats me",),
    ),
    "kenya by dialling": (
        (DIAL,),
        (DIAL, "1", "1", "1", DIAL),
        (DIAL, "0", DIAL),
        (DIAL, "0", VOLUNTEER_ANSWERS, DIAL),
        (DIAL, "0", VOLUNTEER_ANSWERS, VOLUNTEER_CLOSES, DIAL),
        (DIAL, "1", "language"),
        (DIAL, "2", "1", "lugha"),
        (DIAL, "2", "1", "french"),
        (DIAL, "stop"),
        (DIAL, "erase"),
    ),
    "france by text": (
        ("Bonjour",),
        ("carte d'identité",),
        ("LANGUE",),
        ("carte d'identité", "1", "RECOMMENCER"),
        ("0", "des nouvelles ?"),
        ("EFFACER",),
        ("0", VOLUNTEER_ANSWERS, VOLUNTEER_CLOSES),
    ),
}
LINES = {"kenya": ("22384", "*384*77#", "+25471", "en"), "france": ("38000", "", "+3361", "fr")}
SHIPPED = {"kenya": "lost_id", "france": "carte_identite"}
LEAST_PLACES = 25


@dataclass
class Town:
    """A gateway's insides on SQLite, with a volunteer who has time for everybody."""

    services: Services
    gateway: ObedientGateway
    volunteer: Scope
    numbers: Iterator[int] = field(default_factory=lambda: count(1))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One database for all the walks: everybody in them is somebody new."""
    data: Path = tmp_path_factory.mktemp("walks")
    clock = FixedClock(datetime(2026, 3, 10, 9, 0, tzinfo=UTC))
    gateway = ObedientGateway()
    services = wired(settings_for(data, SQLite(data).migrated(data)), clock, gateway)
    flow_versions.register_shipped(services)
    _close_all_but(services, set(SHIPPED.values()))
    account_id = make_account(services, login="njeri", password="a long password", role=Role.VOLUNTEER, name="Njeri")
    with services.database.write() as tx:
        organisation = tx.execute(
            update(accounts).values(capacity=1_000_000).returning(accounts.c.organisation_id)
        ).scalar_one()
    yield Town(services, gateway, Scope(organisation, Role.VOLUNTEER, account_id))
    services.database.close()


def _close_all_but(services: Services, codes: set[str]) -> None:
    """An organisation that publishes one procedure a country: a menu of twenty would be walked twenty times."""
    with services.database.write() as tx:
        tx.execute(
            update(flow_versions_table)
            .where(flow_versions_table.c.code.not_in(codes), flow_versions_table.c.state == VersionState.PUBLISHED)
            .values(state=VersionState.WITHDRAWN)
        )


@dataclass
class Walker:
    """Somebody new, who goes one path from the beginning."""

    town: Town
    phone: Phone
    seen: str = ""  # the last screen or texts
    over: bool = True  # of the USSD session

    def go(self, path: tuple[str, ...]) -> "Walker":
        """Every step of a path."""
        for step in path:
            self.step(step)
        return self

    def step(self, step: str) -> str:
        """Do one thing, and read what comes."""
        if step == DIAL:
            self._look(self.phone.dial())
        elif step in {VOLUNTEER_ANSWERS, VOLUNTEER_CLOSES}:
            self._volunteer(closes=step == VOLUNTEER_CLOSES)
            self.seen = "\n".join(self.phone.news())
        elif self.phone.session and not self.over:
            self._look(self.phone.press(step))
        else:
            if self.phone.session:
                self.phone.news()  # what was sent beside the screens
                self.phone.session = ""
            self.seen = "\n".join(self.phone.text(step))
        return self.seen

    def _look(self, screen: str) -> None:
        self.over, self.seen = screen.startswith("END"), screen[4:]

    def _volunteer(self, *, closes: bool) -> None:
        services, scope = self.town.services, self.town.volunteer
        number, now = self.case(), services.clock()
        assert number is not None
        if closes:
            with services.database.read() as tx:
                view = desk.case_view(tx, services, scope, number, now)
            desk.close(
                services, scope, number, epoch=view.epoch, outcome=Outcome.SETTLED, seen_seq=view.seen_seq, now=now
            )
            conversations.take_waiting(services)
            return
        desk.take(services, scope, number, now)
        with services.database.read() as tx:
            view = desk.case_view(tx, services, scope, number, now)
        desk.answer(services, scope, number, epoch=view.epoch, words="I am Njeri.", seen_seq=view.seen_seq, now=now)

    @property
    def channel(self) -> str:
        """Whether the next answer is typed or texted."""
        return "ussd" if self.phone.session and not self.over else "sms"

    def case(self) -> int | None:
        """The number of this person's open case."""
        open_case = select(cases.c.number).where(cases.c.state != "closed", cases.c.person_id == self._person_id())
        with self.town.services.database.read() as tx:
            return tx.execute(open_case).scalar()

    def place(self) -> tuple[object, ...]:
        """Where the conversation stands: as much of it as can change what a key does."""
        with self.town.services.database.read() as tx:
            person = people.load(tx, self.town.services.sealer, self.town.volunteer, self._person_id())
            assert person is not None
            stored = sessions.active(tx, person)
        if stored is None:
            return (self.channel, "", "", self.case() is None)
        at = stored.place
        return (self.channel, stored.flow, at.step, at.aside, at.tries, at.page, self.case() is None)

    def _person_id(self) -> int:
        lanes = self.town.services.sealer.lanes(self.phone.number)
        with self.town.services.database.read() as tx:
            return int(tx.execute(select(people.people.c.id).where(people.people.c.lane.in_(lanes))).scalar_one())


def somebody(town: Town, country: str) -> Walker:
    """Somebody who was never here."""
    line, code, prefix, _ = LINES[country]
    return Walker(town, Phone(town.services, town.gateway, f"{prefix}{next(town.numbers):07d}", line, code))


def ways_on(screen: str, *, after: str) -> list[str]:
    """What somebody might do next here: every key that is shown but the person's; for words, an answer of each kind.

    After words that nobody understood, only such words again: the rest is tried where the question was first asked.
    """
    if after == NOBODY_KNOWS:
        return [NOBODY_KNOWS]
    shown = [key for key in OPTION.findall(screen) if key not in {"0", "00"}]
    choices = [key for key in shown if key not in {"8", "9", "08", "09"}]
    return [*shown, NOBODY_KNOWS, *([] if choices else OPEN_ANSWERS)]


def key_of_a_person(walker: Walker) -> str:
    """The key that the legend shows; where a text leaves the legend out, 00 at a question for words, else 0."""
    if legend := PERSON.search(walker.seen):
        return legend[1]
    asks_for_words = walker.seen.rstrip().endswith("?") or "Exampl" in walker.seen or "Exempl" in walker.seen
    return "00" if asks_for_words and not OPTION.search(walker.seen) else "0"


def fault_at(walker: Walker) -> str:
    """Press the key of a person where somebody stands: what is wrong with what they get, or nothing."""
    if walker.channel == "ussd" and not PERSON.search(walker.seen):
        return "the screen shows no key to a person"
    said = walker.step(key_of_a_person(walker))
    number = walker.case()
    if number is None:
        return f"no case is open; it said: {said!r}"
    told = NUMBER.search(said)
    if told is None or int(told[1]) != number:
        return f"the number {number} is not told; it said: {said!r}"
    return ""


@pytest.mark.parametrize("walk", BEGINNINGS)
def test_zero_reaches_a_person_at_every_step(town: Town, walk: str) -> None:
    country = walk.split()[0]
    shipped = SHIPPED[country]
    places: set[tuple[object, ...]] = set()
    faults: dict[str, str] = {}
    waiting: deque[tuple[str, ...]] = deque(BEGINNINGS[walk])
    while waiting:
        path = waiting.popleft()
        walker = somebody(town, country).go(path)
        place = walker.place()
        if place in places:
            continue
        places.add(place)
        if len(path) < MOST_STEPS and (walker.channel == "ussd" or DIAL not in path):
            waiting.extend((*path, step) for step in ways_on(walker.seen, after=path[-1]))
        if fault := fault_at(walker):
            faults[" > ".join(path)] = fault
    print(f"{walk}: {len(places)} places", sorted({str(place[1:4]) for place in places}))
    assert faults == {}
    assert len(places) >= LEAST_PLACES
    assert {str(place[2]) for place in places if place[1] == shipped} == asking_steps(town, country, shipped)


def asking_steps(town: Town, country: str, code: str) -> set[str]:
    """Every step of a shipped flow that waits for an answer, but what is asked days after its end.

    tests/gateway/test_timers.py answers that with 0.
    """
    with town.services.database.read() as tx:
        published = flow_versions.published(tx, town.volunteer.organisation_id, country)
        machine = flow_versions.machine(tx, next(flow.bundle_hash for flow in published if flow.code == code))
    return {name for name, step in machine.steps.items() if type(step).__name__ == "Ask"} - machine.follow_ups
