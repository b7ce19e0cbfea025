"""Promise 6: nobody is moved in the middle of a conversation, whatever an editor does; nobody is lost or left mute.

Random edits of sentences, facts, synonyms and steps are published, rolled back and sometimes withdrawn between the
texts of people in the middle of these flows, all through the real doors.

Seen to fail: with sessions that follow the version that is live, people were moved; without the guard on a withdrawn
version, people went on in it; without its events, whoever wrote nothing more was left without a person.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from flows import editing, engine, screens
from flows.alphabet import rewrite
from flows.bundle import canonical
from flows.compiler import CompileError, compile_bundle
from flows.editing import FactEdit, KeywordsEdit, SentenceEdit, SynonymsEdit
from flows.session import Session, TextArrived, decode
from flows.transcript import retell_text
from flows.wording import sayer
from sms_gateway import conversations, flow_versions
from sms_gateway.context import Services
from sms_gateway.flow_versions import storing
from sms_gateway.flow_versions.publishing import NotYet, Published
from sms_gateway.settings import Settings
from sms_gateway.store import people
from sms_gateway.store.tables import SessionStatus, VersionState, cases, events, journal, sessions
from sms_gateway.store.tables import flow_versions as versions
from sms_gateway.store.tables import people as people_table
from tests.clocks import FixedClock
from tests.gateway.editor import Editor, editor
from tests.gateway.parts import ObedientGateway, wired
from tests.gateway.talk import Phone, send_all
from tests.scale import scaled

EDITS, PEOPLE = scaled(200), scaled(200)
TEXTS_BETWEEN = 6  # of whoever comes, between two edits
SEED = 20260310
DAY = date(2026, 3, 10)
FLOWS = {"france": ("carte_identite", "38000", "carte identite"), "kenya": ("lost_id", "22384", "i lost my id")}
LEFT = ("La règle a peut-etre changé", "The rule may have changed")
ANSWERS = ("1", "2", "1", "34", "Paris", "Nairobi", "9", "09", "je ne sais pas", "oui", "yes", "suite", "00")
IN_A_FLOW = tuple(code for code, _, _ in FLOWS.values())


@dataclass
class Walker:
    """Somebody in the middle, and what we know of where they are."""

    phone: Phone
    begins: str
    country: str
    heard: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class At:
    """A conversation as it lies in the database."""

    person_id: int
    bundle_hash: str
    status: str
    place: Session


@dataclass
class Town:
    """People, editors and a clock."""

    services: Services
    clock: FixedClock
    gateway: ObedientGateway
    chance: random.Random
    walkers: list[Walker] = field(default_factory=list)
    editors: dict[str, Editor] = field(default_factory=dict)
    withdrawals: int = 0
    published: int = 0
    refused: int = 0
    mute: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    followed: int = 0

    def walker(self, number: int) -> Walker:
        country = sorted(FLOWS)[number % len(FLOWS)]
        _, line, words = FLOWS[country]
        prefix = {"france": "+336", "kenya": "+2547"}[country]
        phone = Phone(self.services, self.gateway, f"{prefix}{12000000 + number:08d}", line)
        return Walker(phone, words, country)

    def someone_texts(self) -> None:
        """One of them sends an answer, or begins anew; they hear something."""
        who = self.chance.choice(self.walkers)
        self.clock.advance(seconds=70)  # a burst of texts within a minute is confirmed once
        begins = not who.heard or self.chance.random() < 0.1
        words = who.begins if begins else self.chance.choice(ANSWERS)
        expected = self.as_their_version_says(who, words)
        said = who.phone.text(words)
        if not set(expected) <= set(said):
            self.moved.append(f"{who.phone.number}: {words}")
        if not said:
            self.mute.append(f"{who.phone.number}: {words}")
        who.heard += said

    def conversations(self) -> dict[int, At]:
        """Every conversation of a flow, by its id."""
        query = select(sessions).where(sessions.c.flow.in_(IN_A_FLOW))
        found = {}
        with self.services.database.write() as tx:
            persons: dict[int, people.Person] = {}
            for row in tx.execute(query).all():
                if row.person_id not in persons:
                    person = people.lock(tx, self.services.sealer, row.person_id)
                    assert person is not None
                    persons[row.person_id] = person
                place = decode(persons[row.person_id].words.open(row.state))
                found[row.id] = At(row.person_id, row.bundle_hash, row.status, place)
        return found

    def as_their_version_says(self, who: Walker, words: str) -> list[str]:
        """What somebody in a flow should hear: what the version says that they began on. Empty where a case is open."""
        mine = self.services.sealer.lanes(who.phone.number)
        active = select(sessions).where(sessions.c.status == SessionStatus.ACTIVE, sessions.c.flow.in_(IN_A_FLOW))
        withdrawn = self.withdrawn()
        with self.services.database.write() as tx:
            person_id = tx.execute(select(people_table.c.id).where(people_table.c.lane.in_(mine))).scalar_one()
            row = tx.execute(active.where(sessions.c.person_id == person_id)).first()
            if row is None or row.bundle_hash in withdrawn:
                return []
            if tx.execute(select(cases.c.id).where(cases.c.person_id == person_id, cases.c.state != "closed")).first():
                return []
            person = people.lock(tx, self.services.sealer, person_id)
            assert person is not None
            place = decode(person.words.open(row.state))
            machine = compile_bundle(storing.content(tx, row.bundle_hash))
        say = sayer(machine, place.language)
        turn = engine.advance(machine, place, TextArrived(words), self.clock(), say)
        self.followed += bool(turn.replies)
        return [rewrite(text) for text in screens.sms(turn.replies)]

    def told(self, lane: str) -> list[str]:
        """Every text that the phone of this lane was sent."""
        number = next(who.phone.number for who in self.walkers if lane in self.services.sealer.lanes(who.phone.number))
        return [message.body for message in self.gateway.sent if message.phone == number]

    def withdrawn(self) -> set[str]:
        """The hashes of every withdrawn version."""
        query = select(versions.c.bundle_hash).where(versions.c.state == VersionState.WITHDRAWN)
        with self.services.database.read() as tx:
            return set(tx.execute(query).scalars())


@pytest.fixture
def town(settings: Settings) -> Iterator[Town]:
    clock, gateway = FixedClock(datetime(2026, 3, 10, 9, 0, tzinfo=UTC)), ObedientGateway()
    services = wired(settings, clock, gateway)
    flow_versions.register_shipped(services)
    made = Town(services, clock, gateway, random.Random(SEED))
    nadia = editor(services)
    made.editors = {country: nadia.at(country, code) for country, (code, _, _) in FLOWS.items()}
    made.walkers = [made.walker(number) for number in range(PEOPLE)]
    yield made
    services.database.close()


def test_no_edit_moves_loses_or_silences_anybody(town: Town) -> None:
    for who in town.walkers:
        who.heard += who.phone.text(who.begins)
    for number in range(EDITS):
        before = town.conversations()
        edit(town, number)
        same_as_before(before, town.conversations())
        for _ in range(TEXTS_BETWEEN):
            town.someone_texts()
        pinned_where_they_began(before, town.conversations(), town.withdrawn())
        conversations.leave_withdrawn(town.services)
        conversations.take_waiting(town.services)
    while conversations.leave_withdrawn(town.services):
        pass
    send_all(town.services)
    assert town.mute == []
    assert town.moved == [], "they heard another version than the one that they began on"
    assert town.followed >= PEOPLE
    nobody_is_in_a_withdrawn_version(town)
    assert town.published > EDITS // 2, f"{town.refused} edits were refused"
    assert town.withdrawals


def edit(town: Town, number: int) -> None:
    """One thing that an editor does: mostly words that are published, then a way back, sometimes a withdrawal."""
    who = town.chance.choice(list(town.editors.values()))
    kind = number % 10
    numbers = [at for at, state in who.states().items() if state is VersionState.RETIRED]
    if kind == 6 and numbers:
        assert isinstance(who.roll_back(town.chance.choice(numbers)), Published)
        town.published += 1
    elif kind in {4, 9}:
        standing = [each for each in who.history() if each.state in {VersionState.RETIRED, VersionState.PUBLISHED}]
        harms = max(standing, key=lambda each: (each.people_now, each.id))
        others = [each.number for each in standing if each.bundle_hash != harms.bundle_hash]
        back_to = town.chance.choice([*others, None])
        if not isinstance(who.withdraw(harms.number or 0, back_to=back_to), NotYet):
            town.withdrawals += 1
        if who.line.live is None:
            publish(town, who, number)
    else:
        publish(town, who, number)


def publish(town: Town, who: Editor, number: int) -> None:
    """Change something, and make it live."""
    if number % 5 == 3:
        who.drafts(other_steps(who.content, number))
    else:
        who.change(*any_edit(town, who, number))
    if who.draft is not None and isinstance(done := _published(who), NotYet):
        town.refused += 1
        who.discard()
        assert done.findings
    else:
        town.published += 1


def _published(who: Editor) -> object:
    who.drafts(retold(who.content))
    return who.publish(today=DAY)


def retold(content: str) -> str:
    """The content with every written conversation as it goes now: all accepted at once."""
    try:
        machine, bundle = compile_bundle(content), json.loads(content)
    except CompileError:
        return content  # publishing says why
    written = bundle.get("transcripts", {})
    return canonical(bundle | {"transcripts": {name: retell_text(machine, text) for name, text in written.items()}})


def any_edit(town: Town, who: Editor, number: int) -> list[editing.Edit]:
    """A change of every question, a fact, the words for a choice, or those that lead here."""
    content = who.content
    bundle = json.loads(content)
    match number % 8:
        case 0 if bundle["flow"].get("facts"):
            name = town.chance.choice(sorted(bundle["flow"]["facts"]))
            fact = bundle["flow"]["facts"][name]
            return [FactEdit(name, str(fact["value"]), f"source {number}", DAY, date(2027, 1, 1))]
        case 1:
            steps = {name: step for name, step in bundle["flow"]["steps"].items() if step.get("choices")}
            step = town.chance.choice(sorted(steps))
            choice = town.chance.choice(sorted(steps[step]["choices"]))
            return [SynonymsEdit(step, choice, bundle["source_language"], (f"mot{number}",))]
        case 2:
            return [KeywordsEdit((*bundle["flow"]["keywords"][:8], f"mot{number}"))]
        case _:
            asked = [each for each in editing.sentences_of(content) if each.part == "ask"]
            every = [(each.path, language, words) for each in asked for language, words in each.texts.items()]
            return [
                SentenceEdit(path, language, f"{number % 89}) {words.rpartition(') ')[2]}", meaning_unchanged=True)
                for path, language, words in every
            ]


def other_steps(content: str, number: int) -> str:
    """The same flow with a step more before its first one: who is in it could not be anywhere there."""
    bundle = json.loads(content)
    name = f"bonjour_{number}"
    bundle["flow"]["steps"] = {
        name: {"tell": ["1, 2, 3."], "go": bundle["flow"]["start"]},
        **bundle["flow"]["steps"],
    }
    bundle["flow"]["start"] = name
    for said in bundle["sentences"].values():
        said[f"{name}.tell.1"] = "1, 2, 3."
    return canonical(bundle)


# --- what must hold


def same_as_before(before: dict[int, At], after: dict[int, At]) -> None:
    """An edit alone changes no conversation at all: not its version, its place, its answers."""
    assert {number: after.get(number) for number in before} == before


def pinned_where_they_began(before: dict[int, At], after: dict[int, At], withdrawn: set[str]) -> None:
    """Each stays on the version that it began on; answers are only taken back by who gave them."""
    for number, now in after.items():
        then = before.get(number, now)
        assert now.bundle_hash == then.bundle_hash == now.place.machine
        if then.bundle_hash in withdrawn and then.status != SessionStatus.ENDED:
            assert now.place == replace(then.place), "nobody goes on in a withdrawn version"


def nobody_is_in_a_withdrawn_version(town: Town) -> None:
    """Whoever was in one has a case with a deadline, and was told its number."""
    withdrawn = town.withdrawn()
    with town.services.database.read() as tx:
        left = tx.execute(select(sessions).where(sessions.c.bundle_hash.in_(withdrawn))).all()
        assert [row.id for row in left if row.status != SessionStatus.ENDED] == []
        ours = tx.execute(select(events).where(events.c.kind == "withdrawn")).all()
        lanes = {row.id: row.lane for row in tx.execute(select(people_table))}
        opened = {row.id: row for row in tx.execute(select(cases))}
        led = tx.execute(select(journal).where(journal.c.what == "left_withdrawn")).all()
    assert [row.id for row in ours if row.taken_at is None] == []
    assert led, "somebody was in the middle of one"
    for row in led:
        case = opened[row.case_id]
        assert (case.person_id, case.state != "closed") == (row.person_id, True)
        assert case.next_deadline is not None
        assert case.promised_by is not None
        told = town.told(lanes[row.person_id])
        assert any(f" {case.number}" in body and any(words in body for words in LEFT) for body in told)
