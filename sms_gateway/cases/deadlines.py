"""What the clock asks of cases: each due case is moved, one step a transaction, until nothing of it is due.

Safe in several processes at once: a case whose person is locked elsewhere is left to whoever holds it, and every step
reads the case again under its lock. Safe to run twice: what was done is no longer due.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection, select, update

from sms_gateway.cases import danger, lifecycle, moving, overdue, parking, waiting
from sms_gateway.cases.asked import told_now
from sms_gateway.cases.case import DANGER, LOOK_AGAIN, Moved, Refused
from sms_gateway.cases.dispatch import Chosen, Outlook, choose
from sms_gateway.cases.following import Desk, carry_out, wake_others
from sms_gateway.cases.hours import hours_of
from sms_gateway.cases.letters import Letters
from sms_gateway.cases.moving import Record
from sms_gateway.cases.offering import network, text_line, waiting_before, wanted_of
from sms_gateway.cases.overdue import Due
from sms_gateway.context import Services
from sms_gateway.services import load as load_service
from sms_gateway.store import cases as stored
from sms_gateway.store import offers
from sms_gateway.store.database import is_unavailable
from sms_gateway.store.tables import CaseState, cases, people

log = structlog.get_logger(__name__)

AT_A_TIME = 200
BETWEEN_LOOKS = 20  # cases that somebody is asked about; then a new look finds those who wait now
_MOST_STEPS = 12  # of one case in a row; no story needs more, and a fault must not go round for ever


def act_on_deadlines(services: Services, now: datetime) -> int:
    """Move every case that is due, danger first; gives how many moved.

    Those that look for a volunteer come last and share one look at the network, so that a night with hundreds of them
    is a handful of transactions. Each that has something done about it has a transaction of its own, as everywhere.
    """
    with services.database.read() as tx:
        due = stored.due(tx, now=now, limit=AT_A_TIME)
        looking = waiting.that_look(tx, due, now=now) if due else set()
    moved = sum(act_on_deadline(services, case_id, now=now) for case_id in due if case_id not in looking)
    left = [case_id for case_id in due if case_id in looking]
    while left:
        put_off = _put_off(services, left, now)
        left = [case_id for case_id in left if case_id not in put_off]
        moved += len(put_off) + sum(act_on_deadline(services, case_id, now=now) for case_id in left[:BETWEEN_LOOKS])
        left = left[BETWEEN_LOOKS:]
    return moved


def act_on_deadline(services: Services, case_id: int, *, now: datetime) -> bool:
    """Do what is due for one case; harmless when nothing is."""
    moved = False
    try:
        for _ in range(_MOST_STEPS):
            with services.database.write() as tx:
                if not _step(tx, services, case_id, now):
                    break
                moved = True
    except Exception as error:  # an outermost loop: one case's fault must not hold up all the others
        if is_unavailable(error):
            raise
        log.exception("deadline_failed", case_id=case_id)
        _try_later(services, case_id, now)
    return moved


def _step(tx: Connection, services: Services, case_id: int, now: datetime) -> bool:
    row = stored.find_id(tx, case_id)
    if row is None or row.state == CaseState.CLOSED or row.next_deadline > now:
        return False
    free = select(people.c.id).where(people.c.id == row.person_id).with_for_update(key_share=True, skip_locked=True)
    if tx.execute(free).first() is None:
        return False  # somebody is at this case now, and leaves it with a deadline
    record, person = moving.lock_with_person(tx, services.sealer, case_id=case_id, person_id=row.person_id)
    due = overdue.what_is_due(record.case, now)
    if due is None:
        return False
    desk = Desk(tx, services, load_service(tx, record.row.service_id), person, Letters(), now)
    _ACTS[due](desk, record)
    desk.letters.post(tx, services, now=now)
    return True


def _correct(desk: Desk, record: Record) -> None:
    told = told_now(desk, record)
    _carry_out(desk, record, overdue.correct(record.case, now=desk.now, promised_by=told.by))


def _look(desk: Desk, record: Record) -> None:
    """Ask somebody, or the desk, or look again later."""
    case = record.case
    if case.state not in {CaseState.QUEUED, CaseState.ESCALATED} or case.is_unreachable:
        _carry_out(desk, record, lifecycle.look_again(case, now=desk.now))
        return
    line = text_line(desk.service, record.row.line_id)
    hours = hours_of(desk.service)
    organisation_id = record.row.organisation_id
    there = network(
        desk.tx, organisation_id=organisation_id, line=line, hours=hours, now=desk.now, but=desk.person.lane
    )
    ahead = waiting_before(desk.tx, organisation_id, line)
    choice = choose(wanted_of(desk.tx, record), there.volunteers, ahead=ahead)
    if case.severity == DANGER and (case.state is CaseState.QUEUED or danger.is_due(desk, record)):
        danger.sound(desk, record)  # and volunteers are asked in the next step
    elif choice.outlook is Outlook.ASK:
        _ask(desk, record, choice.chosen)
    else:
        is_open = hours.is_open(desk.now) or case.severity == DANGER
        moved = overdue.nobody_to_ask(case, choice.outlook, now=desk.now, is_open=is_open)
        carry_out(desk, record, moved)
        if choice.yields:  # those before this one may have slept while somebody became free
            wake_others(desk, organisation_id, but={record.id})


def _ask(desk: Desk, record: Record, chosen: tuple[Chosen, ...]) -> None:
    """Make the offers, once the volunteers are locked: another case may have asked one of them just now."""
    locked = offers.lock_accounts(desk.tx, [one.account_id for one in chosen])
    busy = offers.busy(desk.tx, [one.account_id for one in chosen])
    free = [one for one in chosen if one.account_id not in busy and locked[one.account_id].active]
    if not free:
        return  # still due: the next step chooses anew
    moved = lifecycle.offer(record.case, now=desk.now, to=tuple((one.account_id, one.time) for one in free))
    assert isinstance(moved, Moved)
    carry_out(desk, record, moved, reasons={one.account_id: one.reasons for one in free})


def _carry_out(desk: Desk, record: Record, moved: Moved | Refused) -> None:
    assert isinstance(moved, Moved), "what is due under a lock is possible"
    carry_out(desk, record, moved)


def _lease_over(desk: Desk, record: Record) -> None:
    _carry_out(desk, record, overdue.lease_over(record.case, now=desk.now))


def _lease_half(desk: Desk, record: Record) -> None:
    _carry_out(desk, record, overdue.lease_half(record.case, now=desk.now))


def _quiet(desk: Desk, record: Record) -> None:
    _carry_out(desk, record, overdue.quiet(record.case, now=desk.now))


def _near(desk: Desk, record: Record) -> None:
    _carry_out(desk, record, lifecycle.escalate(record.case, now=desk.now))


def _unpark(desk: Desk, record: Record) -> None:
    _carry_out(desk, record, parking.unpark(record.case, now=desk.now))


def _expire(desk: Desk, record: Record) -> None:
    _carry_out(desk, record, lifecycle.expire_offers(record.case, now=desk.now))


def _put_off(services: Services, case_ids: list[int], now: datetime) -> set[int]:
    """Let those wait on that only wait; where that fails, each is looked at alone, and the fault is seen there."""
    try:
        return waiting.put_off(services, case_ids, now=now, limit=AT_A_TIME)
    except Exception as error:  # as in act_on_deadline: one case's fault must not hold up all the others
        if is_unavailable(error):
            raise
        log.exception("put_off_failed", cases=len(case_ids))
        return set()


def _try_later(services: Services, case_id: int, now: datetime) -> None:
    """A case that failed comes again, after the others."""
    with services.database.write() as tx:
        late = update(cases).where(cases.c.id == case_id, cases.c.state != CaseState.CLOSED)
        tx.execute(late.values(next_deadline=now + LOOK_AGAIN))


_ACTS: dict[Due, Callable[[Desk, Record], None]] = {
    Due.LEASE_OVER: _lease_over,
    Due.QUIET: _quiet,
    Due.UNPARK: _unpark,
    Due.CORRECT: _correct,
    Due.NEAR: _near,
    Due.EXPIRE: _expire,
    Due.LEASE_HALF: _lease_half,
    Due.LOOK: _look,
}
