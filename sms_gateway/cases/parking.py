"""A case that waits for a day ("the paper comes on Tuesday"): put aside by its owner, and back by itself.

It keeps its owner and a deadline, which is that day. Any text of the person brings it back at once (`citizen_wrote`).
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sms_gateway.cases import guards
from sms_gateway.cases.case import LEASE, Case, Event, Moved, Refused, What, Why
from sms_gateway.cases.following import Desk, carry_out
from sms_gateway.cases.hours import hours_of
from sms_gateway.cases.lifecycle import moved
from sms_gateway.cases.moving import Record
from sms_gateway.store.tables import CaseState

LONGEST = timedelta(days=60)


def park(
    case: Case, *, account_id: int, epoch: int, until: datetime, now: datetime, is_coordinator: bool = False
) -> Moved | Refused:
    """Put a case aside until a moment: its owner does, or a coordinator for them; never over an unanswered text."""
    who = case.owner_id if is_coordinator and case.owner_id is not None else account_id
    if guards.is_stale(case, account_id=who, epoch=epoch):
        return Refused(Why.STALE)
    if guards.is_unsettled(case):
        return Refused(Why.UNANSWERED)
    if not now < until <= now + LONGEST:
        return Refused(Why.NOT_LATER)
    after = replace(case, state=CaseState.PARKED, parked_until=until, lease_until=None, half_lease_told=False)
    return moved(after, now, Event(What.PARKED, case.owner_id))


def unpark(case: Case, *, now: datetime) -> Moved | Refused:
    """The day has come: its owner has it again, for a lease; where they are away, somebody else is asked after it."""
    if case.state is not CaseState.PARKED or case.parked_until is None or case.parked_until > now:
        return Refused(Why.NOTHING_DUE)
    after = replace(case, state=CaseState.CLAIMED, parked_until=None, lease_until=now + LEASE, half_lease_told=False)
    return moved(after, now, Event(What.UNPARKED, case.owner_id))


def put_aside(
    desk: Desk, record: Record, account_id: int, *, epoch: int, day: date, is_coordinator: bool
) -> Why | None:
    """Park a locked case until the counter opens on a day, or on the first open one after it; why not, else."""
    if day > (desk.now + 2 * LONGEST).date():
        return Why.NOT_LATER  # nor can the calendar be counted on from its last day
    morning = datetime.combine(day, time(), ZoneInfo(desk.service.timezone))
    until = hours_of(desk.service).next_opening(morning)
    done = park(
        record.case, account_id=account_id, epoch=epoch, until=until, now=desk.now, is_coordinator=is_coordinator
    )
    if isinstance(done, Refused):
        return done.why
    carry_out(desk, record, done, actor=account_id)
    return None
