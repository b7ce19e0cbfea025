"""What conversations ask of the desk, inside a turn: open a case, add to it, reopen it, stop.

The caller has locked the person. Nothing here asks volunteers: the case is due at once, and a worker or the sweeper
does that in a transaction of its own, so that the person is answered without waiting for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from flows import reader
from flows.gazetteer import region_key
from sms_gateway.cases import danger as alarm
from sms_gateway.cases import lifecycle, moving
from sms_gateway.cases import region as regions
from sms_gateway.cases.case import DANGER, ORDINARY, SAME_MATTER, Moved, Refused, What
from sms_gateway.cases.dispatch import Wanted, suited
from sms_gateway.cases.following import Desk, carry_out, ring
from sms_gateway.cases.forecast import turn, work_before
from sms_gateway.cases.hours import hours_of
from sms_gateway.cases.letters import Letters
from sms_gateway.cases.moving import Record
from sms_gateway.cases.offering import network, text_line
from sms_gateway.cases.promise import PromiseKind, Told, tell, usual_time
from sms_gateway.context import Services
from sms_gateway.services import Service
from sms_gateway.services import load as load_service
from sms_gateway.store import cases as stored
from sms_gateway.store import journal
from sms_gateway.store.people import Person
from sms_gateway.store.tables import CaseState, EntryKind

JOINED_ONCE = timedelta(minutes=1)  # a burst of texts is confirmed once
USUAL_OF = timedelta(days=42)  # what the network did in these weeks says how long a wait is


@dataclass(frozen=True)
class Promise:
    """What a person is told when a case opens: its number, and by when. `joined`: it was open already."""

    case_id: int
    number: int
    by: datetime
    kind: PromiseKind
    joined: bool = False


@dataclass(frozen=True)
class Wrote:
    """A text has joined the open case. `say_joined`: say so, once for a burst, unless a person answers by now."""

    case_id: int
    number: int
    state: CaseState
    say_joined: bool
    machine_parked: bool


def open_case(
    tx: Connection,
    services: Services,
    person: Person,
    service: Service,
    *,
    line_id: int,
    topic: str,
    summary: str,
    words: str,
    event_id: int | None,
    reason: str,
    severity: int,
    danger: str | None,
    answer_within_minutes: int | None,
    language: str,
    discreet: bool,
    now: datetime,
) -> Promise:
    """Open a case, or join the open one: a second wish is a note in it, and may make it more urgent."""
    desk = Desk(tx, services, service, person, Letters(), now)
    if (row := stored.open_of(tx, person.id)) is not None:
        return _join(desk, row.id, " ".join(one for one in (summary, words) if one), event_id, severity, danger)
    ceiling = now + timedelta(minutes=answer_within_minutes) if answer_within_minutes else None
    region = regions.settle(tx, person)
    wanted = Wanted(0, severity, now, language, topic, region_key(region or "") or None)
    told = _tell(desk, wanted, line_id=line_id, ceiling=ceiling)
    moved = lifecycle.open_case(now=now, severity=severity, promised_by=told.by)
    number = stored.next_number(tx, person.organisation_id)
    case_id = stored.add(
        tx,
        organisation_id=person.organisation_id,
        service_id=service.id,
        person_id=person.id,
        desk_id=service.desk_id,
        line_id=line_id,
        number=number,
        topic=topic[:60],
        language=language,
        region=region,
        discreet=discreet,
        danger=danger,
        reason=reason,
        summary=_sealed(desk, summary) if summary else None,
        opened_at=now,
        ceiling=ceiling,
        **moving.columns(moved.case),
    )
    record = moving.lock(tx, case_id)
    assert record is not None
    journal.record(
        tx,
        person.organisation_id,
        What.OPENED,
        now=now,
        person_id=person.id,
        case_id=case_id,
        topic=topic[:60],
        reason=str(reason),
        severity=severity,
    )
    _add_words(desk, record, words, event_id)
    if severity == DANGER:
        alarm.sound(desk, record)
        desk.letters.post(tx, services, now=now)
    ring(desk, case_id)
    return Promise(case_id, number, told.by, told.kind)


def citizen_wrote(
    tx: Connection,
    services: Services,
    person: Person,
    service: Service,
    *,
    event_id: int | None,
    words: str,
    now: datetime,
) -> Wrote | None:
    """Put a text into the person's open case; None where there is none."""
    row = stored.open_of(tx, person.id)
    if row is None:
        return None
    desk = Desk(tx, services, service, person, Letters(), now)
    before, after = _wrote(desk, row.id, words, event_id)
    desk.letters.post(tx, services, now=now)
    talking = after.case.machine_parked and after.case.first_answer_at is not None
    told_at = before.row.joined_told_at
    say = not talking and (told_at is None or told_at < now - JOINED_ONCE)
    if say:
        stored.set_columns(tx, after.id, joined_told_at=now)
    return Wrote(after.id, after.number, after.case.state, say, after.case.machine_parked)


def say_helped(tx: Connection, services: Services, person: Person, *, helped: bool, now: datetime) -> None:
    """Record whether the case that was closed last helped."""
    row = stored.last_closed_of(tx, person.id, since=now - SAME_MATTER)
    if row is None:
        return
    stored.set_columns(tx, row.id, helped=helped)
    what = "helped" if helped else "not_helped"
    journal.record(tx, row.organisation_id, what, now=now, person_id=person.id, case_id=row.id, account_id=row.owner_id)


def speaks(tx: Connection, person: Person, language: str) -> None:
    """The person goes on in another language: whoever is asked about their open case from now on should speak it."""
    row = stored.open_of(tx, person.id)
    if row is not None and row.person_id == person.id and row.language != language:
        stored.set_columns(tx, row.id, language=language)


def reopen(
    tx: Connection,
    services: Services,
    person: Person,
    service: Service,
    *,
    event_id: int | None,
    words: str,
    now: datetime,
) -> Promise:
    """Open the case that was closed last once more; the volunteer who knows it is asked first.

    One that is open is joined; with none in the last 14 days, a new one is opened.
    """
    desk = Desk(tx, services, service, person, Letters(), now)
    if (row := stored.open_of(tx, person.id)) is not None:
        return _join(desk, row.id, words, event_id, None)
    last = stored.last_closed_of(tx, person.id, since=now - SAME_MATTER)
    if last is None:
        return _open_anew(desk, words, event_id)
    record = moving.lock(tx, last.id)
    assert record is not None
    told = told_now(desk, record)
    moved = lifecycle.reopen(record.case, now=now, promised_by=told.by)
    assert isinstance(moved, Moved)
    after = carry_out(desk, record, moved)
    stored.set_columns(tx, after.id, helped=None, wish=None)  # said of the last end; the next one is asked about anew
    _add_words(desk, after, words, event_id)
    if after.case.severity == DANGER:
        alarm.sound(desk, after)
        desk.letters.post(tx, services, now=now)
    return Promise(after.id, after.number, told.by, told.kind)


def stop_by_citizen(tx: Connection, services: Services, person: Person, *, now: datetime) -> None:
    """The person wants no more texts: their open case is finished, whoever has it; another phone's case goes on."""
    row = stored.open_of(tx, person.id)
    if row is None or row.person_id != person.id:
        return
    desk = Desk(tx, services, load_service(tx, person.service_id), person, Letters(), now)
    record = moving.lock(tx, row.id)
    assert record is not None
    moved = lifecycle.stop(record.case, now=now)
    if isinstance(moved, Moved):
        carry_out(desk, record, moved)
        desk.letters.post(tx, services, now=now)


def told_now(desk: Desk, record: Record) -> Told:
    """The promise for a wait of this case that begins now; its ceiling held for the first wait only."""
    row, case = record.row, record.case
    since = case.unanswered_since or desk.now
    wanted = Wanted(row.id, case.severity, since, row.language, row.topic, region_key(row.region or "") or None)
    return _tell(desk, wanted, line_id=row.line_id)


def _join(
    desk: Desk, case_id: int, words: str, event_id: int | None, severity: int | None, danger: str | None = None
) -> Promise:
    if danger is not None:
        stored.set_columns(desk.tx, case_id, danger=danger)
    before, after = _wrote(desk, case_id, words, event_id, severity=severity)
    if alarm.raised(before, after, says_danger=severity == DANGER):
        after = alarm.sound(desk, after)
    desk.letters.post(desk.tx, desk.services, now=desk.now)
    stored.set_columns(desk.tx, case_id, joined_told_at=desk.now)
    by = after.case.promised_by or after.case.next_deadline or desk.now
    return Promise(case_id, after.number, by, PromiseKind.OPEN, joined=True)


def _wrote(
    desk: Desk,
    case_id: int,
    words: str,
    event_id: int | None,
    *,
    severity: int | None = None,
) -> tuple[Record, Record]:
    record = moving.lock(desk.tx, case_id)
    assert record is not None
    moved = lifecycle.citizen_wrote(
        record.case,
        now=desk.now,
        promised_by=record.case.promised_by or told_now(desk, record).by,
        lease_from=hours_of(desk.service).next_opening(desk.now),
        severity=severity,
        thanks=record.case.state is CaseState.ANSWERED and _is_thanks(desk, words),
    )
    assert not isinstance(moved, Refused), "the open case of a locked person stays open"
    _add_words(desk, record, words, event_id, seq=moved.case.last_inbound_seq)
    return record, carry_out(desk, record, moved)


def _add_words(desk: Desk, record: Record, words: str, event_id: int | None, seq: int | None = None) -> None:
    """Keep a text in the thread as volunteers may read it: phone numbers inside are masked before it is sealed."""
    stored.add_entry(
        desk.tx,
        record.row,
        EntryKind.CITIZEN,
        person_id=desk.person.id,
        body=_sealed(desk, words),
        at=desk.now,
        seq=record.case.last_inbound_seq if seq is None else seq,
        event_id=event_id,
    )


def _sealed(desk: Desk, words: str) -> str:
    return desk.person.words.seal(reader.mask_numbers(words, desk.service.country))


def _is_thanks(desk: Desk, words: str) -> bool:
    """The text says thank you and nothing more: after an answer, it needs none."""
    read = reader.read(
        reader.Expected.ANY,
        words,
        language=desk.language,
        country=desk.service.country,
        today=desk.now.date(),
    )
    return read.intent is reader.Intent.THANKS and read.certainty is reader.Certainty.SURE


def _tell(desk: Desk, wanted: Wanted, *, line_id: int, ceiling: datetime | None = None) -> Told:
    hours = hours_of(desk.service)
    organisation_id = desk.service.organisation_id
    there = network(
        desk.tx,
        organisation_id=organisation_id,
        line=text_line(desk.service, line_id),
        hours=hours,
        now=hours.next_opening(desk.now),  # whoever writes at night waits for the morning's team
        but=desk.person.lane,
    )
    waits = stored.waits(desk.tx, desk.service.id, wanted.language, since=desk.now - USUAL_OF)
    before = stored.count_before(desk.tx, organisation_id, line_id, since=wanted.waiting_since, but=wanted.case_id)
    plan = there.plan(wanted.language, wanted.topic)
    return tell(
        now=desk.now,
        hours=hours,
        somebody_on_shift=suited(wanted, there.volunteers) > 0,
        ceiling=ceiling,
        usual=usual_time(waits, now=desk.now, hours=hours),
        turn=turn(plan, work_before(wanted, before, there.volunteers), now=desk.now, hours=hours),
        danger=wanted.severity == DANGER,
    )


def _open_anew(desk: Desk, words: str, event_id: int | None) -> Promise:
    line = desk.person.sms_line_id or desk.service.lines[0].id
    return open_case(
        desk.tx,
        desk.services,
        desk.person,
        desk.service,
        line_id=line,
        topic="other",
        summary="",
        words=words,
        event_id=event_id,
        reason="asked",
        severity=ORDINARY,
        danger=None,
        answer_within_minutes=None,
        language=desk.language,
        discreet=False,
        now=desk.now,
    )
