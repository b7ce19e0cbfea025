"""The guards of a case: four small rules that hold the promises. Every move asks them; no one else decides.

`tests/promises/test_no_silence.py` takes each one out, and shows what breaks.
"""

from datetime import datetime

from sms_gateway.cases.case import CORRECT_BEFORE, DANGER, DESK_AFTER, DESK_BEFORE, LEASE, LOOK_AGAIN, Case
from sms_gateway.store.tables import CaseState


def is_stale(case: Case, *, account_id: int, epoch: int) -> bool:
    """Whether words written by `account_id` at `epoch` must not leave: the fence on sending."""
    return not case.machine_parked or case.owner_id != account_id or case.epoch != epoch


def is_unsettled(case: Case) -> bool:
    """Whether closing would leave a text of the person without anything: the fence on closing."""
    return case.has_unanswered


def is_held(case: Case) -> bool:
    """Whether somebody has the case, so that nobody else can take it."""
    return case.owner_id is not None


def desk_hears_at(case: Case) -> datetime | None:
    """When the desk gets a case that nobody has, so that its promise is kept and not corrected.

    None where somebody has it, or the desk has; danger has alerts of its own.
    """
    if case.state not in {CaseState.QUEUED, CaseState.OFFERED} or case.severity == DANGER:
        return None
    if case.promised_by is None or case.unanswered_since is None:
        return None
    return max(case.promised_by - DESK_BEFORE, case.unanswered_since + DESK_AFTER)


def deadline_of(case: Case, now: datetime, *, looked: bool = False) -> datetime | None:
    """When something visible must happen next; only a closed case has no such moment. Every move ends here.

    A queued case is due at once: somebody is to be asked. `looked`: that was just tried, and nobody was free.
    """
    moments: list[datetime] = []
    if case.state is CaseState.CLOSED:
        return None
    if case.state is CaseState.PARKED and case.parked_until is not None:
        moments.append(case.parked_until)
    if case.state in {CaseState.CLAIMED, CaseState.ANSWERED} and case.lease_until is not None:
        moments.append(case.lease_until)
        if case.state is CaseState.CLAIMED and not case.half_lease_told:
            moments.append(case.lease_until - LEASE / 2)
    if case.has_unanswered and case.promised_by is not None:
        moments.append(case.promised_by - CORRECT_BEFORE)
    if (desk_hears := desk_hears_at(case)) is not None:
        moments.append(desk_hears)
    moments.extend(offer.expires_at for offer in case.open_offers)
    if case.state is CaseState.QUEUED and not looked:
        moments.append(now)
    elif case.state in {CaseState.QUEUED, CaseState.ESCALATED} or not moments:
        moments.append(now + LOOK_AGAIN)
    return min(moments)
