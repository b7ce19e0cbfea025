"""What must be true of a desk after anything that happened: each broken promise is a sentence.

Read from the rows and from what reached phones, without the code that decides it.
"""

import re
from collections import Counter as Tally
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, String, Text, func, select

from sms_gateway.cases import desk
from sms_gateway.cases.case import What
from sms_gateway.store import people
from sms_gateway.store.tables import (
    CaseState,
    EntryKind,
    EventKind,
    MessageKind,
    MessageState,
    OfferState,
    PersonStatus,
    case_entries,
    cases,
    events,
    journal,
    metadata,
    offers,
    outbox,
)
from sms_gateway.store.tables import people as people_table
from tests.promises.desk_world import CITIZENS, PHONES, World

LATE = timedelta(seconds=60)
MOST_SLIPS = 3  # texts that say "late", until the person writes again
NUMBERS = tuple(phone[-9:] for phone in (*CITIZENS.values(), *PHONES.values()))


@dataclass
class Memory:
    """How things were after the rule before: what is new is what came since."""

    cases: dict[int, Row[Any]] = field(default_factory=dict)
    entry: int = 0
    message: int = 0
    read: int = 0  # texts to our team


def broken(world: World, memory: Memory, *, actor: str | None, epoch: int | None) -> list[str]:
    """Every promise that does not hold. `actor`: whose rule it was, `epoch`: of the page that they had before them."""
    with world.place.services.database.read() as tx:
        found = [
            *_lost(tx, world),
            *_without_deadline(tx),
            *_two_owners(tx),
            *_fenced(tx, memory, world.ids.get(actor or ""), epoch),
            *_answered_by_two(tx),
            *_closed_unanswered(tx),
            *_longest_wait(tx, world),
            *_too_many_slips(tx),
            *_after_stop(tx),
            *_numbers_seen(tx, world, memory),
        ]
        memory.cases = {row.id: row for row in tx.execute(select(cases))}
        memory.entry = tx.execute(select(func.max(case_entries.c.id))).scalar() or memory.entry
        memory.message = tx.execute(select(func.max(outbox.c.id))).scalar() or 0
    return [*found, *_order(world), *_twice(world)]


def late(world: World, memory: Memory) -> Iterator[str]:
    """After a sweep: no deadline lies behind, and no promise lapsed unless nobody was there to say so."""
    now = world.place.now
    with world.place.services.database.read() as tx:
        for row in tx.execute(select(cases).where(cases.c.state != CaseState.CLOSED)):
            if row.next_deadline < now - LATE:
                yield f"P2: the deadline of case {row.number} passed at {row.next_deadline}, and nothing happened"
            waits = row.last_inbound_seq > row.settled_seq
            if waits and (row.promised_by is None or row.promised_by <= now):
                yield f"P10: case {row.number} was promised by {row.promised_by}, and that has passed"
            old = memory.cases.get(row.id)
            if old is None or world.workers_down or old.promised_by is None or old.promised_by == row.promised_by:
                continue
            if waits and old.promised_by <= now and row.settled_seq == old.settled_seq:
                yield f"P10: the person of case {row.number} heard after {old.promised_by} that we are late"
        memory.cases = {row.id: row for row in tx.execute(select(cases))}
    world.workers_down = False


# ---- P1 ----


def _lost(tx: Connection, world: World) -> Iterator[str]:
    """Each text that we took with 200 is stored once, in one turn, and is in one case or was answered."""
    stored = {row.delivery_key: row for row in tx.execute(select(events).where(events.c.kind == EventKind.TEXT))}
    entries = Tally(tx.execute(select(case_entries.c.event_id).where(case_entries.c.event_id.is_not(None))).scalars())
    answered = set(tx.execute(select(outbox.c.event_id).where(outbox.c.event_id.is_not(None))).scalars())
    noted = Tally(_journaled_texts(tx))
    for key in world.accepted:
        row = stored.get(key)
        if row is None:
            yield f"P1: text {key} was taken with 200 and is nowhere"
        elif row.taken_at is None:
            yield f"P1: text {key} belongs to no turn"
        elif row.account_id is not None and noted[row.id] != 1:
            yield f"P1: the volunteer's text {key} was taken {noted[row.id]} times"
        elif row.account_id is None and entries[row.id] > 1:
            yield f"P1: text {key} is in {entries[row.id]} places of cases"
        elif row.account_id is None and not entries[row.id] and row.id not in answered:
            yield f"P1: text {key} is in no case, and nothing answered it"


def _journaled_texts(tx: Connection) -> Iterator[int]:
    for detail in tx.execute(select(journal.c.detail).where(journal.c.what == "volunteer_wrote")).scalars():
        yield detail["event_id"]


# ---- P2, P3 ----


def _without_deadline(tx: Connection) -> Iterator[str]:
    for row in tx.execute(select(cases).where(cases.c.state != CaseState.CLOSED)):
        if row.next_deadline is None or row.desk_id is None:
            yield f"P2: case {row.number} ({row.state}) has no deadline or nobody responsible"


def _two_owners(tx: Connection) -> Iterator[str]:
    """One owner, and at most one offer of this round that was taken: the owner's."""
    taken = select(offers.c.case_id, offers.c.account_id, offers.c.round).where(offers.c.state == OfferState.TAKEN)
    by_case: dict[tuple[int, int], list[int]] = {}
    for one in tx.execute(taken):
        by_case.setdefault((one.case_id, one.round), []).append(one.account_id)
    for row in tx.execute(select(cases).where(cases.c.state != CaseState.CLOSED)):
        took = by_case.get((row.id, row.round), [])
        if took and took != [row.owner_id]:
            yield f"P3: case {row.number} is {row.owner_id}'s, and {took} took it"
        running = select(offers.c.id).where(offers.c.case_id == row.id, offers.c.state == OfferState.OPEN)
        if row.owner_id is not None and tx.execute(running).first() is not None:
            yield f"P3: case {row.number} has an owner and is offered to others"


# ---- P4, and one answer to a turn ----


def _fenced(tx: Connection, memory: Memory, actor: int | None, epoch: int | None) -> Iterator[str]:
    """What left since was written by whoever had the case, at its present epoch, in this very rule."""
    query = (
        select(outbox.c.id, outbox.c.case_id, case_entries.c.account_id)
        .outerjoin(case_entries, case_entries.c.message_id == outbox.c.id)
        .where(outbox.c.kind == MessageKind.ANSWER, outbox.c.id > memory.message)
    )
    for row in tx.execute(query):
        before = memory.cases.get(row.case_id)
        if row.account_id is None or row.account_id != actor:
            yield f"P4: message {row.id} is an answer of {row.account_id}, and it was {actor} who did something"
        elif before is None or before.owner_id != actor:
            yield f"P4: message {row.id} left for case {row.case_id}, which was not its writer's"
        elif epoch is not None and before.epoch != epoch:
            yield f"P4: message {row.id} was written at epoch {epoch} and left at epoch {before.epoch}"


def _answered_by_two(tx: Connection) -> Iterator[str]:
    """Two volunteers answer one turn of a person only where the second got the case after the first had answered."""
    came = select(journal.c.case_id, journal.c.account_id, journal.c.at, journal.c.id).where(
        journal.c.what.in_((What.TAKEN, What.REASSIGNED))
    )
    got: dict[tuple[int, int], list[datetime]] = {}
    for row in tx.execute(came):
        got.setdefault((row.case_id, row.account_id), []).append(row.at)
    last: dict[int, Row[Any] | None] = {}
    query = select(case_entries).where(case_entries.c.kind.in_((EntryKind.CITIZEN, EntryKind.ANSWER)))
    for row in tx.execute(query.order_by(case_entries.c.id)):
        before = last.get(row.case_id)
        if row.kind == EntryKind.CITIZEN:
            last[row.case_id] = None
            continue
        last[row.case_id] = row
        if before is None or before.account_id == row.account_id:
            continue
        if not any(before.at <= at <= row.at for at in got.get((row.case_id, row.account_id), [])):
            yield f"G3: case {row.case_id} was answered twice by {before.account_id} and {row.account_id}"


# ---- P5 ----


def _closed_unanswered(tx: Connection) -> Iterator[str]:
    """After a person's last text there is an answer, or somebody said that it needs none (or the person: thanks)."""
    settles = (What.NEEDS_NOTHING, What.THANKED, What.NEW_MATTER)
    said: dict[int, list[datetime]] = {}
    for row in tx.execute(select(journal.c.case_id, journal.c.at).where(journal.c.what.in_(settles))):
        said.setdefault(row.case_id, []).append(row.at)
    last: dict[tuple[int, str], Row[Any]] = {}
    for row in tx.execute(select(case_entries).order_by(case_entries.c.id)):
        last[row.case_id, row.kind] = row
    for row in tx.execute(select(cases).where(cases.c.state == CaseState.CLOSED, cases.c.outcome != "stopped")):
        asked, answer = last.get((row.id, EntryKind.CITIZEN)), last.get((row.id, EntryKind.ANSWER))
        if row.settled_seq < row.last_inbound_seq:
            yield f"P5: case {row.number} was closed over {row.last_inbound_seq - row.settled_seq} texts"
        answered = asked is None or (answer is not None and answer.id > asked.id)
        if not answered and asked is not None and not any(at >= asked.at for at in said.get(row.id, [])):
            yield f"P5: case {row.number} was closed and its last text was never answered"


# ---- P8 ----


def _longest_wait(tx: Connection, world: World) -> Iterator[str]:
    """The desk shows every open case, and the longest wait is what the rows say."""
    view = desk.desk_view(tx, world.scope("Chef"), world.place.now)
    rows = tx.execute(select(cases).where(cases.c.state != CaseState.CLOSED)).all()
    shown = {line.number for line in (*view.waiting, *view.taken)}
    if missing := {row.number for row in rows} - shown:
        yield f"P8: the desk does not show {missing}"
    waiting = [row for row in rows if row.last_inbound_seq > row.settled_seq]
    longest = min((_oldest_unsettled(tx, row) for row in waiting), default=None)
    if view.longest_since != longest:
        yield f"P8: somebody waits since {longest}, and the desk says {view.longest_since}"


def _oldest_unsettled(tx: Connection, case: Row[Any]) -> datetime:
    query = select(func.min(case_entries.c.at)).where(
        case_entries.c.case_id == case.id,
        case_entries.c.kind == EntryKind.CITIZEN,
        case_entries.c.seq > case.settled_seq,
    )
    found: datetime = tx.execute(query).scalar_one()
    return found


# ---- P10, STOP ----


def _too_many_slips(tx: Connection) -> Iterator[str]:
    """At most three texts say "late" until the person writes again."""
    kinds = select(outbox.c.person_id, outbox.c.created_at).where(
        outbox.c.kind == MessageKind.NOTICE, outbox.c.case_id.is_not(None), outbox.c.event_id.is_(None)
    )
    slips: dict[int, list[datetime]] = {}
    for row in tx.execute(kinds):
        slips.setdefault(row.person_id, []).append(row.created_at)
    for person_id, moments in slips.items():
        wrote = list(
            tx.execute(
                select(events.c.received_at).where(events.c.person_id == person_id, events.c.kind == EventKind.TEXT)
            ).scalars()
        )
        answered = tx.execute(
            select(outbox.c.created_at).where(outbox.c.person_id == person_id, outbox.c.kind == MessageKind.ANSWER)
        ).scalars()
        turns = sorted([*wrote, *answered])
        runs = Tally(sum(turn <= moment for turn in turns) for moment in moments)
        if max(runs.values()) > MOST_SLIPS:
            yield f"P10: person {person_id} was told {max(runs.values())} times that we are late"


def _after_stop(tx: Connection) -> Iterator[str]:
    """Whoever stopped hears one confirmation, and then nothing that they did not ask for."""
    stopped = select(people_table.c.id).where(people_table.c.status == PersonStatus.STOPPED)
    for person_id in tx.execute(stopped).scalars().all():
        when = tx.execute(
            select(func.max(journal.c.at)).where(
                journal.c.person_id == person_id, journal.c.what.in_(("stopped", "opted_out"))
            )
        ).scalar_one()
        more = select(outbox.c.id).where(outbox.c.person_id == person_id, outbox.c.created_at > when)
        for message_id in tx.execute(more).scalars():
            yield f"STOP: message {message_id} was written to person {person_id} after they had stopped our texts"


# ---- P9 ----


def _numbers_seen(tx: Connection, world: World, memory: Memory) -> Iterator[str]:
    """No text to our team, and no line of a thread, holds a number that somebody wrote, however it was written."""
    new = world.gateway.left[memory.read :]
    memory.read = len(world.gateway.left)
    ours = set(PHONES.values())
    for message in new:
        if message.phone in ours and (found := _number_in(message.body)):
            yield f"P9: a text to our team has the number …{found[-4:]}"
    query = select(case_entries.c.id, case_entries.c.body, cases.c.person_id).join(cases)
    for row in tx.execute(query.where(case_entries.c.id > memory.entry)):
        person = people.load(tx, world.place.services.sealer, world.scope("Chef"), row.person_id)
        if person is not None and person.seal is not None and (found := _number_in(person.seal.open(row.body))):
            yield f"P9: line {row.id} of a case has the number …{found[-4:]}"


def numbers_in_plain(world: World) -> list[str]:
    """Every plain column of every table that holds a seeded number."""
    found = []
    with world.place.services.database.read() as tx:
        for table in metadata.sorted_tables:
            texts = [column for column in table.columns if isinstance(column.type, String | Text)]
            others = [column for column in table.columns if type(column.type).__name__ == "JSON"]
            for row in tx.execute(select(*texts, *others)) if texts or others else ():
                if number := _number_in(" ".join(str(value) for value in row)):
                    found.append(f"P9: {table.name} has the number …{number[-4:]}")
    return found


def _number_in(text: str) -> str | None:
    digits = re.sub(r"(?<=\d)[ .\-/()]+(?=\d)", "", text)
    return next((number for number in NUMBERS if number in digits), None)


# ---- the phones ----


def _order(world: World) -> Iterator[str]:
    """Each phone got its texts in their order; danger goes before all else."""
    with world.place.services.database.read() as tx:
        rows = {str(row.id): row for row in tx.execute(select(outbox))}
    seen: dict[str, int] = {}
    first: set[str] = set()
    for message in world.gateway.left:
        row = rows[message.message_id]
        if message.message_id in first or row.kind == MessageKind.DANGER or row.id in world.pressed_again:
            continue
        first.add(message.message_id)
        if row.number < seen.get(row.lane, 0):
            yield f"lane: message {row.id} left after a later one"
        seen[row.lane] = max(row.number, seen.get(row.lane, 0))


def _twice(world: World) -> Iterator[str]:
    """A person's words leave once; the machine's may leave once more where nobody knew, and say so."""
    times = Tally(message.message_id for message in world.gateway.left)
    with world.place.services.database.read() as tx:
        rows = {str(row.id): row for row in tx.execute(select(outbox))}
    for message_id, count in times.items():
        row = rows[message_id]
        most = 1 + (row.id in world.pressed_again) + (row.resent and row.kind != MessageKind.ANSWER)
        if count > most:
            yield f"outbox: message {message_id} ({row.kind}) left {count} times"
        if row.state == MessageState.WAITING and not row.resent and count:
            yield f"outbox: message {message_id} has left and waits to leave"
