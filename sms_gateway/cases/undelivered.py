"""An answer that did not arrive: its case is unanswered again, and whoever has it is told; after three, the desk is.

Nothing is sent again by itself. What nobody knows of (no report came) is shown, and raises nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from sms_gateway.cases import danger, moving
from sms_gateway.cases.asked import told_now
from sms_gateway.cases.case import CORRECTIONS, DANGER, LEASE, Case, Event, Moved, Outcome, Refused, What, Why
from sms_gateway.cases.following import Desk, carry_out
from sms_gateway.cases.hours import hours_of
from sms_gateway.cases.letters import Letters
from sms_gateway.cases.lifecycle import ended, freed, moved
from sms_gateway.cases.moving import Record
from sms_gateway.context import Services
from sms_gateway.errors import AlreadyTaken
from sms_gateway.services import load as load_service
from sms_gateway.store import answers, offers
from sms_gateway.store import cases as stored
from sms_gateway.store.tables import CaseState, OfferState, Role

AT_A_TIME = 50
_ANSWERS = {Role.VOLUNTEER, Role.COORDINATOR}


@dataclass(frozen=True)
class Failure:
    """What failed: the texts up to `settled_seq` had their answer before it, the first one after came at `since`.

    `more`: 1, or 0 where another text of the same answer was counted. `reached_since`: a text arrived after the last
    failure. `never_answered`: no answer of this case arrived at all.
    """

    settled_seq: int
    since: datetime
    more: int = 1
    reached_since: bool = False
    never_answered: bool = True


# ---- the moves, pure ----


def not_delivered(
    case: Case, failure: Failure, *, owner_stays: bool, promised_by: datetime, lease_from: datetime, now: datetime
) -> Moved | Refused:
    """What the answer had settled waits again, as long as it had. The owner has it under a lease, where they are there.

    One that was closed opens again, unless the person stopped it. After UNREACHABLE_AFTER in a row the desk has it.
    """
    if case.outcome == Outcome.STOPPED:
        return Refused(Why.OVER)
    if case.last_inbound_seq == 0:
        return Refused(Why.NOTHING_DUE)
    after = replace(
        case,
        settled_seq=min(case.settled_seq, failure.settled_seq, case.last_inbound_seq - 1),
        unanswered_since=min(case.unanswered_since or failure.since, failure.since),
        promised_by=case.promised_by or promised_by,
        first_answer_at=None if failure.never_answered else case.first_answer_at,
        undelivered=(0 if failure.reached_since else case.undelivered) + failure.more,
        outcome=None,
        closed_at=None,
        parked_until=None,
    )
    event = Event(What.UNDELIVERED, case.owner_id)
    if after.is_unreachable:
        return _to_the_desk(after, event, now)
    if case.owner_id is None:
        return moved(_queued(after) if not case.is_open else after, now, event)
    if not owner_stays:
        return moved(_queued(freed(after, now, OfferState.EXPIRED)), now, event)
    keeps = case.state is CaseState.CLAIMED and case.lease_until is not None
    lease = case.lease_until if keeps else lease_from + LEASE
    half_told = case.half_lease_told if keeps else False
    return moved(replace(after, state=CaseState.CLAIMED, lease_until=lease, half_lease_told=half_told), now, event)


def give_up(case: Case, *, account_id: int, seen_seq: int, is_coordinator: bool, now: datetime) -> Moved | Refused:
    """The person can't be reached by SMS: the owner ends it, or a coordinator, once answers failed enough."""
    if not case.is_open:
        return Refused(Why.OVER)
    if case.owner_id != account_id and not is_coordinator:
        return Refused(Why.STALE)
    if not case.is_unreachable:
        return Refused(Why.REACHABLE)
    if seen_seq < case.last_inbound_seq:
        return Refused(Why.UNANSWERED)
    return ended(replace(case, settled_seq=case.last_inbound_seq), now, Outcome.UNREACHABLE)


def _queued(case: Case) -> Case:
    return replace(case, state=CaseState.QUEUED, round=case.round + 1, offers=())


def _to_the_desk(case: Case, event: Event, now: datetime) -> Moved:
    """Nobody is asked for one more answer, and the person gets no text that says late: it would not arrive."""
    running = tuple(Event(What.WITHDRAWN, one.account_id) for one in case.open_offers)
    after = freed(case, now, OfferState.EXPIRED) if case.owner_id is not None else case
    after = replace(
        after,
        state=CaseState.ESCALATED,
        corrections=CORRECTIONS,
        offers=tuple(
            replace(one, state=OfferState.WITHDRAWN, ended_at=now) if one.state is OfferState.OPEN else one
            for one in after.offers
        ),
    )
    return moved(after, now, event, Event(What.UNREACHABLE, event.account_id), *running)


# ---- at the edge ----


def raise_all(services: Services, now: datetime) -> int:
    """Raise every answer that failed and that no case has heard of; what the sweeper calls. Gives their number."""
    with services.database.read() as tx:
        failed = answers.failed_unheard(tx, limit=AT_A_TIME)
    return sum(raise_one(services, message_id, now=now) for message_id in failed)


def raise_one(services: Services, message_id: int, *, now: datetime) -> bool:
    """Tell its case that an answer did not arrive; harmless when it was told, or when a report says that it did."""
    try:
        with services.database.write() as tx:
            message = answers.unheard(tx, message_id)
            if message is None:
                return False
            entry = answers.entry_of(tx, message_id)  # in the case that its own may have gone into
            row = stored.find_id(tx, message.case_id if entry is None else entry.case_id)
            assert row is not None
            record, person = moving.lock_with_person(tx, services.sealer, case_id=row.id, person_id=row.person_id)
            desk = Desk(tx, services, load_service(tx, row.service_id), person, Letters(), now)
            raised = person.seal is not None and _raise(desk, record, message)
            desk.letters.post(tx, services, now=now)
            # Last, as everywhere: a message after persons, cases, accounts and phones.
            if not answers.heard(tx, message_id, now=now):
                raise AlreadyTaken("A report says something else by now.")
            return raised
    except AlreadyTaken:
        return False


def _raise(desk: Desk, record: Record, message: Row[Any]) -> bool:
    case = record.case
    other = stored.open_of(desk.tx, desk.person.id)
    if other is not None and other.id != record.id:
        return False  # they wrote of something else since, and somebody answers that
    moved_on = not_delivered(
        case,
        failure_of(desk.tx, record, message),
        owner_stays=_is_there(desk, case.owner_id),
        promised_by=told_now(desk, record).by,
        lease_from=hours_of(desk.service).next_opening(desk.now),
        now=desk.now,
    )
    if isinstance(moved_on, Refused):
        return False
    after = carry_out(desk, record, moved_on)
    if after.case.severity == DANGER and after.case.owner_id is None and not after.case.is_unreachable:
        danger.sound(desk, after)
    if not case.is_open:
        stored.set_columns(desk.tx, record.id, helped=None)
    return True


def failure_of(tx: Connection, record: Record, message: Row[Any]) -> Failure:
    """What a message that failed leaves unanswered."""
    entry = answers.entry_of(tx, message.id)
    before = answers.settled_before(tx, record.id, entry.id) if entry is not None else record.case.settled_seq
    before = min(before, record.case.last_inbound_seq - 1)
    return Failure(
        settled_seq=before,
        since=stored.first_after(tx, record.id, before) or message.created_at,
        more=0 if answers.part_was_heard(tx, record.id, message) else 1,
        reached_since=answers.reached_since_last(tx, record.id, message.person_id),
        never_answered=not answers.any_arrived(tx, record.id),
    )


def _is_there(desk: Desk, account_id: int | None) -> bool:
    account = offers.lock_accounts(desk.tx, [account_id]).get(account_id) if account_id is not None else None
    return account is not None and account.active and account.role in _ANSWERS
