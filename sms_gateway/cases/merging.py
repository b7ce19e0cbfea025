"""Two open cases that are the same matter, from two phones: one goes into the other, and nothing of it is left behind.

docs/decisions/0015-merging.md says what becomes of the texts, of the phones, and of whoever had the case that ended.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from sms_gateway import outbox, phrases
from sms_gateway.cases import danger, moving
from sms_gateway.cases.case import DANGER, LEASE, Case, Event, Moved, Outcome, Refused, What, Why
from sms_gateway.cases.following import Desk, carry_out, forward, hand_over, opened
from sms_gateway.cases.hours import hours_of
from sms_gateway.cases.letters import Letters
from sms_gateway.cases.lifecycle import ended, handed_to, moved
from sms_gateway.cases.moving import Record
from sms_gateway.cases.offering import can_be_texted, is_at_screen, text_line, took_by_sms
from sms_gateway.context import Services
from sms_gateway.errors import NotAllowed, NotFound
from sms_gateway.services import load as load_service
from sms_gateway.store import cases as stored
from sms_gateway.store import held_answers, joined, offers, people
from sms_gateway.store.people import Person
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import CaseState, MessageKind, Role


@dataclass(frozen=True)
class Both:
    """What a merge does: the case that stays, and the one that ends in it."""

    stays: Moved
    ends: Moved


def merge(stays: Case, ends: Case, *, now: datetime, lease_from: datetime) -> Both | Refused:
    """One case goes into another. What nobody answered in either is unanswered in the one that stays, as old as it is.

    Both must be open. Whoever has the one that ends keeps it where nobody has the other; else they are told.
    """
    if not (stays.is_open and ends.is_open):
        return Refused(Why.OVER)
    waiting = ends.last_inbound_seq - ends.settled_seq
    after = replace(
        stays,
        severity=min(stays.severity, ends.severity),
        last_inbound_seq=stays.last_inbound_seq + waiting,
        unanswered_since=_earlier(stays.unanswered_since, ends.unanswered_since),
        promised_by=_earlier(stays.promised_by, ends.promised_by),
        first_answer_at=_earlier(stays.first_answer_at, ends.first_answer_at),
        undelivered=min(stays.undelivered, ends.undelivered),  # one of two phones may be on
    )
    events = [Event(What.MERGED, ends.owner_id)]
    if stays.owner_id is None and ends.owner_id is not None:
        after, withdrawn = handed_to(after, ends.owner_id, now)
        events.extend(withdrawn)
    elif waiting and stays.state in {CaseState.ANSWERED, CaseState.PARKED}:
        after = replace(
            after, state=CaseState.CLAIMED, lease_until=lease_from + LEASE, half_lease_told=False, parked_until=None
        )
    over = ended(replace(ends, settled_seq=ends.last_inbound_seq), now, Outcome.MERGED)
    silent = tuple(event for event in over.events if event.what is not What.CLOSED)
    return Both(moved(after, now, *events), replace(over, events=(Event(What.MERGED_AWAY, ends.owner_id), *silent)))


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return min(known) if known else None


# ---- at the edge ----


def merge_into(services: Services, scope: Scope, number: int, *, into: int, now: datetime) -> Why | None:
    """The case `number` goes into the case `into`, in one transaction; why it can't, else.

    Raises NotFound for a case that is not in the scope, or not of this account; NotAllowed for two of two services.
    """
    with services.database.write() as tx:
        rows = [stored.find(tx, scope, each) for each in (number, into)]
        if rows[0] is None or rows[1] is None:
            raise NotFound(f"There is no case {number if rows[0] is None else into}.")
        if rows[0].id == rows[1].id or rows[0].service_id != rows[1].service_id:
            raise NotAllowed("Two cases of one service can be the same matter.")
        ids = {rows[0].person_id, rows[1].person_id}
        persons = {each: people.lock(tx, services.sealer, each) for each in sorted(ids)}  # persons first, by id
        records = {each: moving.lock(tx, each) for each in sorted((rows[0].id, rows[1].id))}  # then cases, by id
        ends, stays = records[rows[0].id], records[rows[1].id]
        assert ends is not None
        assert stays is not None
        if not _may(scope, ends, stays):
            raise NotFound(f"There is no case {into} of yours.")
        service = load_service(tx, stays.row.service_id)
        whose, other = persons[stays.row.person_id], persons[ends.row.person_id]
        assert whose is not None
        assert other is not None
        desk = Desk(tx, services, service, whose, Letters(), now)
        done = merge(stays.case, ends.case, now=now, lease_from=hours_of(service).next_opening(now))
        if isinstance(done, Refused):
            return done.why
        waits = _take_along(desk, other, ends, stays, done.stays.case)
        # The one that ends first: there is one open case a person, and its texts leave it while it is locked.
        ended_one = carry_out(replace(desk, person=other), ends, done.ends, actor=scope.account_id)
        joined.move(tx, ends.row, into=stays.row, settled_seq=ends.case.settled_seq, last=stays.case.last_inbound_seq)
        kept = carry_out(desk, stays, done.stays, actor=scope.account_id)
        if kept.case.severity == DANGER and stays.case.severity != DANGER:
            stored.set_columns(tx, kept.id, danger=ends.row.danger)
            danger.sound(desk, kept)
        if ends.row.wish and not stays.row.wish:
            stored.set_columns(tx, kept.id, wish=ends.row.wish)
        _tell(replace(desk, person=other), ended_one, kept)
        _tell_team(desk, ended_one, stays, kept, words_kept=waits is not None)
        desk.letters.post(tx, services, now=now)
        return None


def _may(scope: Scope, ends: Record, stays: Record) -> bool:
    """A coordinator may; else whoever has both."""
    if scope.role in {Role.COORDINATOR, Role.MACHINE}:
        return True
    return scope.account_id is not None and ends.case.owner_id == stays.case.owner_id == scope.account_id


def _tell(desk: Desk, ends: Record, stays: Record) -> None:
    """The other phone was promised an answer under a number that is another one now; nothing of a discreet matter."""
    if ends.row.discreet or stays.row.discreet or desk.person.seal is None:
        return
    body = phrases.say(desk.language, "case_merged_person", case=str(ends.number), other=str(stays.number))
    outbox.add_to_person(
        desk.tx, desk.services, desk.person, body=body, kind=MessageKind.NOTICE, now=desk.now, case_id=stays.id
    )


def _take_along(desk: Desk, other: Person, ends: Record, stays: Record, kept: Case) -> Row[Any] | None:
    """An answer that waits in the case that ends: its writer's, who has the one that stays, it leaves from there.

    It settles the texts that it answers, and nothing that nobody answered in the other case. Of somebody who loses the
    case it becomes a draft, as wherever a case changes hands; that row is given back.
    """
    row = held_answers.waiting(desk.tx, ends.id)
    if row is None or row.account_id != kept.owner_id or held_answers.waiting(desk.tx, stays.id) is not None:
        return row
    answered = stays.case.last_inbound_seq + max(row.seen_seq - ends.case.settled_seq, 0)
    held_answers.set_columns(
        desk.tx,
        row.id,
        case_id=stays.id,
        epoch=kept.epoch,
        seen_seq=stays.case.settled_seq if stays.case.has_unanswered else answered,
        body=desk.person.words.seal(opened(other, row.body)) if desk.person.seal else "",
    )
    return None


def _tell_team(desk: Desk, ends: Record, before: Record, stays: Record, *, words_kept: bool) -> None:
    """Whoever loses a case hears why; a basic phone that has the other one gets what it has not read."""
    line = text_line(desk.service, stays.row.line_id)
    lost, has = ends.case.owner_id, stays.case.owner_id
    loser = offers.account(desk.tx, lost) if lost is not None and lost != has else None
    if loser is not None and can_be_texted(loser, line):
        key = "case_merged_kept" if words_kept else "case_merged"
        desk.letters.about(ends, desk.service, loser, key, other=str(stays.number))
    owner = offers.account(desk.tx, has) if has is not None else None
    if owner is None or not can_be_texted(owner, line):
        return
    if before.case.owner_id is None:
        if took_by_sms(owner.sms_state, ends.id) or not is_at_screen(owner, desk.now):
            hand_over(desk, stays, owner.id)
    elif took_by_sms(owner.sms_state, stays.id) or not is_at_screen(owner, desk.now):
        forward(desk, stays, owner, after_seq=before.case.last_inbound_seq)
