"""An answer between being said and leaving: for some seconds in which its writer takes it back, or until it was read.

Until it leaves, nothing is answered: the promise runs, and whatever takes the case out of its writer's hands makes a
draft of it. In danger nothing is held. `docs/decisions/0014-held-answers.md` says why.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row

from sms_gateway.cases import answering, guards, moving
from sms_gateway.cases.answering import Closed, Kept, Sent
from sms_gateway.cases.case import DANGER, LEASE, QUIET, Case, Event, Moved, Outcome, Refused, What, Why
from sms_gateway.cases.following import Desk, carry_out, opened
from sms_gateway.cases.hours import hours_of
from sms_gateway.cases.leaving_words import Reason, reasons_for
from sms_gateway.cases.letters import Letters
from sms_gateway.cases.lifecycle import moved
from sms_gateway.cases.moving import Record
from sms_gateway.context import Services
from sms_gateway.services import load as load_service
from sms_gateway.store import cases as stored
from sms_gateway.store import held_answers as store
from sms_gateway.store import offers
from sms_gateway.store.database import is_unavailable
from sms_gateway.store.tables import CaseState, HeldState, Role

log = structlog.get_logger(__name__)

SPARE = timedelta(minutes=1)  # a lease doesn't lapse over an answer that is about to leave
TRY_LATER = timedelta(minutes=1)  # one that could not leave for a fault of ours


@dataclass(frozen=True)
class Waits:
    """The words are kept, and have not left. `leaves_at` None: a coordinator lets them go, for these reasons."""

    number: int
    epoch: int
    leaves_at: datetime | None
    reasons: tuple[Reason, ...] = ()
    closed: bool = False


@dataclass(frozen=True)
class _Said:
    """Words as their writer said them, at which epoch, what they answer, and how the case ends with them."""

    account_id: int
    epoch: int
    words: str
    seen_seq: int | None
    outcome: Outcome | None


# ---- the moves, pure ----


def hold(
    case: Case, *, account_id: int, epoch: int, now: datetime, leaves_at: datetime | None, lease_from: datetime
) -> Moved | Refused:
    """The owner has said an answer that leaves later. It settles nothing yet; their lease lasts until it has left.

    For a coordinator (`leaves_at` None) a new lease begins: at its half the coordinators are told, at its end the case
    goes on to others, with the words as a draft. `lease_from`: now, or when the counter opens.
    """
    if guards.is_stale(case, account_id=account_id, epoch=epoch):
        return Refused(Why.STALE)
    after = case
    if leaves_at is None:
        after = replace(
            case, state=CaseState.CLAIMED, lease_until=lease_from + LEASE, half_lease_told=False, parked_until=None
        )
    elif case.state is CaseState.CLAIMED and case.lease_until is not None:
        after = replace(case, lease_until=max(case.lease_until, leaves_at + SPARE))
    return moved(after, now, Event(What.HELD, account_id))


def resume(case: Case, *, now: datetime, what: What, account_id: int, lease_from: datetime | None) -> Moved:
    """The words are with their writer again. `lease_from`: where they waited for a coordinator, a new lease begins."""
    after = case
    if lease_from is not None and case.has_unanswered:
        after = replace(case, lease_until=lease_from + LEASE, half_lease_told=False)
    elif lease_from is not None:
        after = replace(case, state=CaseState.ANSWERED, lease_until=now + QUIET)
    return moved(after, now, Event(what, account_id))


# ---- what their writer does ----


def say(
    desk: Desk,
    record: Record,
    account_id: int,
    *,
    epoch: int,
    words: str,
    seen_seq: int | None,
    outcome: Outcome | None = None,
    undo_seconds: int = 0,
) -> tuple[Sent | Kept | Waits, Record]:
    """Send words to the person: at once, after `undo_seconds` in which they can be taken back, or once they were read.

    In danger they leave at once, always; a coordinator reads afterwards what would have waited.
    `outcome`: the case is closed with them, unless a text came in that their writer had not seen.
    """
    stale = guards.is_stale(record.case, account_id=account_id, epoch=epoch)
    if not stale:
        record, same = _before(desk, record, account_id, words)
        if same is not None:
            return same, record
    said = _Said(account_id, epoch, words, seen_seq, outcome)
    if stale or answering.left_just_now(desk, record, account_id, answering.split_answer(words)):
        return _leave(desk, record, said)
    reasons = _reasons(desk, account_id, words)
    if record.case.severity == DANGER:
        if reasons:
            _keep(desk, record, said, reasons=reasons, state=HeldState.FLAGGED)
        return _leave(desk, record, said)
    if reasons or undo_seconds:
        leaves_at = None if reasons else desk.now + timedelta(seconds=undo_seconds)
        return _hold(desk, record, said, reasons, leaves_at)
    return _leave(desk, record, said)


def take_back(desk: Desk, record: Record, account_id: int, held_id: int) -> HeldState | None:
    """Take an answer back: its words are a draft again. What became of it, where it waits no more; None: not theirs."""
    row = store.find(desk.tx, held_id)
    if row is None or row.case_id != record.id or row.account_id != account_id:
        return None
    if row.state == HeldState.WAITING:
        to_writer(desk, record, row, HeldState.TAKEN_BACK, by=account_id)
        return HeldState.TAKEN_BACK
    return HeldState(row.state)


def finish_with(desk: Desk, record: Record, account_id: int, outcome: Outcome) -> Waits | None:
    """Close the case with their answer that waits in it, once that leaves; None where none waits."""
    row = store.waiting(desk.tx, record.id)
    if row is None or row.account_id != account_id:
        return None
    store.set_columns(desk.tx, row.id, outcome=outcome)
    return _waits(record, row)


def let_leave(desk: Desk, record: Record) -> Record:
    """Its writer goes on to something else with the case: what could be taken back leaves now."""
    row = store.waiting(desk.tx, record.id)
    if row is None or row.leaves_at is None:
        return record
    return leave_held(desk, record, row)[1]


# ---- leaving ----


def _leave(desk: Desk, record: Record, said: _Said) -> tuple[Sent | Kept, Record]:
    """The words leave now, if the fence lets them; the case is closed with them where that was asked."""
    sent, after = answering.answer(
        desk,
        record,
        said.account_id,
        epoch=said.epoch,
        words=answering.split_answer(said.words),
        seen_seq=said.seen_seq,
    )
    if said.outcome is None or isinstance(sent, Kept):
        return sent, after
    ended = answering.close(
        desk,
        after,
        said.account_id,
        epoch=sent.epoch,
        outcome=said.outcome,
        seen_seq=after.case.last_inbound_seq if said.seen_seq is None else said.seen_seq,
        nothing_needed=False,
        is_coordinator=False,
    )
    return replace(sent, closed=isinstance(ended, Closed)), after


def leave_held(desk: Desk, record: Record, row: Row[Any], *, by: int | None = None) -> tuple[Sent | Kept, Record]:
    """An answer that waited leaves; where its writer has lost the case, it becomes a draft. `by`: who let it go."""
    words = opened(desk.person, row.body)
    store.settle(desk.tx, row.id, HeldState.LEFT, now=desk.now, by=by)
    if not words:  # the person was erased
        return Kept(record.number), record
    outcome = Outcome(row.outcome) if row.outcome else None
    sent, after = _leave(desk, record, _Said(row.account_id, row.epoch, words, row.seen_seq, outcome))
    if isinstance(sent, Kept):
        store.settle(desk.tx, row.id, HeldState.DRAFT, now=desk.now, by=by)
    return sent, after


def leave_due(services: Services, now: datetime) -> int:
    """Let every answer leave whose moment has come; gives how many there were. Safe in several processes at once."""
    with services.database.read() as tx:
        due = store.due(tx, now=now)
    for held_id in due:
        try:
            _leave_one(services, held_id, now)
        except Exception as error:  # an outermost loop: one answer's fault must not hold up all the others
            if is_unavailable(error):
                raise
            log.exception("held_answer_failed", held_id=held_id)
            with services.database.write() as tx:
                store.set_columns(tx, held_id, leaves_at=now + TRY_LATER)
    return len(due)


def _leave_one(services: Services, held_id: int, now: datetime) -> None:
    with services.database.write() as tx:
        row = store.find(tx, held_id)
        case = stored.find_id(tx, row.case_id) if row is not None else None
        if case is None:
            return
        record, person = moving.lock_with_person(tx, services.sealer, case_id=case.id, person_id=case.person_id)
        row = store.find(tx, held_id)  # once more, under the lock: it may have been taken back meanwhile
        if row is None or row.state != HeldState.WAITING or row.leaves_at is None or row.leaves_at > now:
            return
        desk = Desk(tx, services, load_service(tx, record.row.service_id), person, Letters(), now)
        leave_held(desk, record, row)
        desk.letters.post(tx, services, now=now)


# ---- what several need ----


def to_writer(desk: Desk, record: Record, row: Row[Any], state: HeldState, *, by: int) -> Record:
    """What waits is a draft of its writer's again, and the case theirs to answer."""
    words = opened(desk.person, row.body)
    store.settle(desk.tx, row.id, state, now=desk.now, by=by)
    if words:
        answering.keep_draft(desk, record, row.account_id, words)
    what = What.TAKEN_BACK if state is HeldState.TAKEN_BACK else What.GIVEN_BACK
    lease_from = hours_of(desk.service).next_opening(desk.now) if row.leaves_at is None else None
    back = resume(record.case, now=desk.now, what=what, account_id=row.account_id, lease_from=lease_from)
    return carry_out(desk, record, back, actor=by)


def _before(desk: Desk, record: Record, account_id: int, words: str) -> tuple[Record, Waits | None]:
    """What waits in the case when its owner says more.

    The same words: pressed twice. Others: what a coordinator was to read is replaced by them; else it leaves first.
    """
    row = store.waiting(desk.tx, record.id)
    if row is None:
        return record, None
    if opened(desk.person, row.body) == words:
        return record, _waits(record, row)
    if row.leaves_at is None:
        store.settle(desk.tx, row.id, HeldState.TAKEN_BACK, now=desk.now, by=account_id)
        return record, None
    return leave_held(desk, record, row)[1], None


def _waits(record: Record, row: Row[Any]) -> Waits:
    return Waits(record.number, record.case.epoch, row.leaves_at, tuple(Reason(one) for one in row.reasons))


def _reasons(desk: Desk, account_id: int, words: str) -> tuple[Reason, ...]:
    """Why a coordinator reads these words first; nothing of a coordinator's own waits."""
    account = offers.account(desk.tx, account_id)
    if account is None or account.role == Role.COORDINATOR:
        return ()
    newcomer = (Reason.NEWCOMER,) if account.review_left > 0 else ()
    return (*reasons_for(desk.tx, desk.service, words), *newcomer)


def _hold(
    desk: Desk, record: Record, said: _Said, reasons: tuple[Reason, ...], leaves_at: datetime | None
) -> tuple[Waits, Record]:
    held = hold(
        record.case,
        account_id=said.account_id,
        epoch=said.epoch,
        now=desk.now,
        leaves_at=leaves_at,
        lease_from=hours_of(desk.service).next_opening(desk.now),
    )
    assert isinstance(held, Moved), "the fence was asked before"
    _keep(desk, record, said, reasons=reasons, leaves_at=leaves_at)
    stored.drop_drafts(desk.tx, record.id, said.account_id)
    after = carry_out(desk, record, held, actor=said.account_id)
    return Waits(record.number, after.case.epoch, leaves_at, reasons), after


def _keep(
    desk: Desk,
    record: Record,
    said: _Said,
    *,
    reasons: tuple[Reason, ...],
    leaves_at: datetime | None = None,
    state: HeldState = HeldState.WAITING,
) -> None:
    last = record.case.last_inbound_seq
    store.add(
        desk.tx,
        record.row,
        account_id=said.account_id,
        epoch=said.epoch,
        seen_seq=last if said.seen_seq is None else min(said.seen_seq, last),
        body=desk.person.words.seal(said.words),
        now=desk.now,
        state=state,
        reasons=reasons,
        leaves_at=leaves_at,
        outcome=said.outcome,
    )
