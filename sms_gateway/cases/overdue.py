"""What the clock does to a case, as pure moves: what is due, and what comes of it."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sms_gateway.cases import guards
from sms_gateway.cases.case import (
    CORRECT_BEFORE,
    CORRECTIONS,
    LEASE,
    URGENT,
    Case,
    Event,
    Moved,
    Outcome,
    Refused,
    What,
    Why,
)
from sms_gateway.cases.dispatch import Outlook
from sms_gateway.cases.lifecycle import ended, escalate, freed, look_again, moved, next_round
from sms_gateway.store.tables import CaseState, OfferState


class Due(StrEnum):
    """What a deadline asks for, in this order of importance."""

    LEASE_OVER = "lease_over"
    QUIET = "quiet"
    UNPARK = "unpark"
    CORRECT = "correct"
    NEAR = "near"
    EXPIRE = "expire"
    LEASE_HALF = "lease_half"
    LOOK = "look"


def what_is_due(case: Case, now: datetime) -> Due | None:
    """The first thing that the clock asks for, or None; the desk does it and asks again until nothing is left."""
    if not case.is_open or case.next_deadline is None or case.next_deadline > now:
        return None
    lapsed = case.lease_until is not None and case.lease_until <= now
    if case.state is CaseState.CLAIMED and lapsed:
        return Due.LEASE_OVER
    if case.state is CaseState.ANSWERED and lapsed:
        return Due.QUIET
    if case.state is CaseState.PARKED and case.parked_until is not None and case.parked_until <= now:
        return Due.UNPARK
    if case.has_unanswered and case.promised_by is not None and case.promised_by - CORRECT_BEFORE <= now:
        return Due.CORRECT
    if (desk_hears := guards.desk_hears_at(case)) is not None and desk_hears <= now:
        return Due.NEAR
    if any(one.expires_at <= now for one in case.open_offers):
        return Due.EXPIRE
    if case.state is CaseState.CLAIMED and _half_is_due(case, now):
        return Due.LEASE_HALF
    return Due.LOOK


def nobody_to_ask(case: Case, outlook: Outlook, *, now: datetime, is_open: bool) -> Moved:
    """What comes of a look at the network that found nobody to ask now. `is_open`: the counter is.

    Everybody was asked and has had a rest: a new round. Nobody is left to ask: the desk has it. Else it only waits.
    """
    if outlook is Outlook.EXHAUSTED and is_open:
        anew = next_round(case, now=now)
        if isinstance(anew, Moved):
            return anew
    if _is_for_the_desk(case, outlook, is_open=is_open):
        to_desk = escalate(case, now=now)
        assert isinstance(to_desk, Moved), "an unowned case that the desk has not got can go there"
        return to_desk
    return look_again(case, now=now)


def only_waits(case: Case, moved: Moved) -> bool:
    """Whether a move changes nothing but the moment of the next look."""
    return not moved.events and replace(moved.case, next_deadline=case.next_deadline) == case


def lease_half(case: Case, *, now: datetime) -> Moved | Refused:
    """Half of the lease has gone without an answer: say so, once."""
    if case.state is not CaseState.CLAIMED or not _half_is_due(case, now):
        return Refused(Why.NOTHING_DUE)
    return moved(replace(case, half_lease_told=True), now, Event(What.LEASE_HALF, case.owner_id))


def lease_over(case: Case, *, now: datetime) -> Moved | Refused:
    """No answer within the lease: somebody else is asked. The draft stays with the case."""
    if case.state is not CaseState.CLAIMED or case.lease_until is None or case.lease_until > now:
        return Refused(Why.NOTHING_DUE)
    return moved(freed(case, now, OfferState.EXPIRED), now, Event(What.LEASE_OVER, case.owner_id))


def correct(case: Case, *, now: datetime, promised_by: datetime, early: bool = False) -> Moved | Refused:
    """A promise that will not hold is replaced before it lapses; unowned, the case goes to the desk with it.

    CORRECTED tells the person, at most CORRECTIONS times; then only the desk hears, at every new moment, for ever.
    BROKEN: the moment had passed before anybody could say so. `early`: a coordinator says so before it is due.
    """
    if not case.is_open or not case.has_unanswered or case.promised_by is None:
        return Refused(Why.NOTHING_DUE)
    if case.promised_by - CORRECT_BEFORE > now and not early:
        return Refused(Why.NOTHING_DUE)
    events: list[Event] = []
    tells = case.corrections < CORRECTIONS
    if case.promised_by <= now or not tells:
        events.append(Event(What.BROKEN))
    if tells:
        events.append(Event(What.CORRECTED))
    after = replace(case, promised_by=promised_by, corrections=min(case.corrections + 1, CORRECTIONS))
    if not guards.is_held(case):
        after = replace(after, state=CaseState.ESCALATED)
        if What.BROKEN not in {event.what for event in events}:
            events.append(Event(What.ESCALATED))
    return moved(after, now, *events)


def quiet(case: Case, *, now: datetime) -> Moved | Refused:
    """Answered, and nothing more came: finished. A new text opens it again."""
    if case.state is not CaseState.ANSWERED or case.lease_until is None or case.lease_until > now:
        return Refused(Why.NOTHING_DUE)
    if guards.is_unsettled(case):
        return Refused(Why.UNANSWERED)
    return ended(case, now, Outcome.QUIET)


def _half_is_due(case: Case, now: datetime) -> bool:
    return not case.half_lease_told and case.lease_until is not None and case.lease_until - LEASE / 2 <= now


def _is_for_the_desk(case: Case, outlook: Outlook, *, is_open: bool) -> bool:
    if case.state is CaseState.ESCALATED or outlook is Outlook.WAIT:
        return False
    return outlook is Outlook.EXHAUSTED or is_open or case.severity <= URGENT
