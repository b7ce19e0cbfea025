"""Every move that a case can make, as a pure function: a case and a moment in, the case moved or a refusal out.

DESIGN §6. The desk loads a Case under lock, calls one of these, and writes what came back with one compare-and-set.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sms_gateway.cases import guards
from sms_gateway.cases.case import (
    CORRECTIONS,
    LEASE,
    QUIET,
    ROUND_REST,
    Case,
    Event,
    Moved,
    Offer,
    Outcome,
    Refused,
    What,
    Why,
)
from sms_gateway.store.tables import CaseState, OfferState

# ---- the person's moves ----


def open_case(*, now: datetime, severity: int, promised_by: datetime, has_words: bool = True) -> Moved:
    """A new case: one thing to answer, even where `0` came alone and there is no word to read."""
    case = Case(
        CaseState.QUEUED,
        severity=severity,
        last_inbound_seq=1,
        unanswered_since=now,
        promised_by=promised_by,
    )
    return moved(case, now, Event(What.OPENED))


def citizen_wrote(
    case: Case,
    *,
    now: datetime,
    promised_by: datetime,
    lease_from: datetime,
    severity: int | None = None,
    thanks: bool = False,
) -> Moved | Refused:
    """A text joins the open case. After an answer it goes to the same volunteer first, under a new lease.

    `promised_by` is the time for a new wait; a running one keeps its own. `lease_from`: now, or the next opening.
    `thanks`: the text says thank you and nothing more; after an answer it is settled by itself.
    """
    if not case.is_open:
        return Refused(Why.OVER)
    after = replace(
        case,
        last_inbound_seq=case.last_inbound_seq + 1,
        severity=case.severity if severity is None else min(case.severity, severity),
        corrections=min(case.corrections, CORRECTIONS - 1),  # who writes again is told again
        undelivered=0,  # their phone is on
    )
    if thanks and not case.has_unanswered:
        return moved(replace(after, settled_seq=after.last_inbound_seq), now, Event(What.THANKED))
    after = replace(after, unanswered_since=case.unanswered_since or now, promised_by=case.promised_by or promised_by)
    if case.state in {CaseState.ANSWERED, CaseState.PARKED}:
        after = replace(
            after, state=CaseState.CLAIMED, lease_until=lease_from + LEASE, half_lease_told=False, parked_until=None
        )
    return moved(after, now, Event(What.JOINED))


def stop(case: Case, *, now: datetime) -> Moved | Refused:
    """The person wants no more texts: that settles everything."""
    if not case.is_open:
        return Refused(Why.OVER)
    return ended(replace(case, settled_seq=case.last_inbound_seq), now, Outcome.STOPPED)


def reopen(case: Case, *, now: datetime, promised_by: datetime) -> Moved | Refused:
    """It was not finished after all: the person says so, or writes about the same matter."""
    if case.is_open:
        return Refused(Why.OPEN)
    after = replace(
        case,
        state=CaseState.QUEUED,
        epoch=case.epoch + (case.owner_id is not None),
        owner_id=None,
        last_inbound_seq=case.last_inbound_seq + 1,
        unanswered_since=now,
        promised_by=promised_by,
        corrections=0,
        undelivered=0,
        lease_until=None,
        half_lease_told=False,
        outcome=None,
        closed_at=None,
        round=case.round + 1,
        offers=(),
        parked_until=None,
    )
    return moved(after, now, Event(What.REOPENED))


def close_again(case: Case, *, outcome: str, now: datetime) -> Moved | Refused:
    """What opened it again was about something else, and leaves with its texts: it ends as it had, without a word.

    Not once somebody has it: what they were shown stays theirs to answer.
    """
    if not case.is_open:
        return Refused(Why.OVER)
    if guards.is_held(case):
        return Refused(Why.TAKEN)
    over = ended(replace(case, settled_seq=case.last_inbound_seq), now, Outcome(outcome)).case
    withdrawn = tuple(Event(What.WITHDRAWN, one.account_id) for one in case.open_offers)
    return Moved(over, (Event(What.NEW_MATTER), *withdrawn))


# ---- offering ----


def offer(case: Case, *, now: datetime, to: tuple[tuple[int, timedelta], ...]) -> Moved | Refused:
    """Show the case to these volunteers, each for their time. ESCALATED stays: the desk keeps it until it is taken."""
    if guards.is_held(case) or not case.is_open:
        return Refused(Why.TAKEN if case.is_open else Why.OVER)
    made = tuple(Offer(account, OfferState.OPEN, case.round, now + time) for account, time in to)
    state = case.state if case.state is CaseState.ESCALATED else CaseState.OFFERED
    after = replace(case, state=state, offers=case.offers + made)
    return moved(after, now, *(Event(What.OFFERED, one.account_id) for one in made))


def decline(case: Case, *, account_id: int, now: datetime) -> Moved | Refused:
    """They say "not me", without a reason. Their offer of this round ends; the next is asked."""
    if not any(one.account_id == account_id and one.state is OfferState.OPEN for one in case.offers):
        return Refused(Why.NOT_ASKED)
    after = _end_offers(case, now, OfferState.DECLINED, only=account_id)
    return moved(_queue_if_alone(after), now, Event(What.DECLINED, account_id))


def withdraw(case: Case, *, account_id: int, now: datetime) -> Moved | Refused:
    """Their offer of this round ends without a word of theirs: they leave the team."""
    if not any(one.account_id == account_id and one.state is OfferState.OPEN for one in case.offers):
        return Refused(Why.NOT_ASKED)
    after = _end_offers(case, now, OfferState.WITHDRAWN, only=account_id)
    return moved(_queue_if_alone(after), now, Event(What.WITHDRAWN, account_id))


def expire_offers(case: Case, *, now: datetime) -> Moved | Refused:
    """End the offers whose time has passed; they can still be taken while nobody has the case."""
    late = {one.account_id for one in case.open_offers if one.expires_at <= now}
    if not late:
        return Refused(Why.NOTHING_DUE)
    after = case
    for account_id in late:
        after = _end_offers(after, now, OfferState.EXPIRED, only=account_id)
    return moved(_queue_if_alone(after), now, *(Event(What.EXPIRED, account_id) for account_id in sorted(late)))


def next_round(case: Case, *, now: datetime) -> Moved | Refused:
    """Everybody was asked and time has passed: all of them may be asked once more."""
    if guards.is_held(case) or case.open_offers or not case.is_open:
        return Refused(Why.NOTHING_DUE)
    ended = [one.ended_at for one in case.offers if one.ended_at is not None]
    if not ended or max(ended) + ROUND_REST * min(case.round, 24) > now:
        return Refused(Why.NOTHING_DUE)
    return moved(replace(case, round=case.round + 1, offers=()), now, Event(What.ROUND))


def look_again(case: Case, *, now: datetime) -> Moved:
    """Nobody was free, or nothing was due: only the moment to look again is set."""
    return Moved(replace(case, next_deadline=guards.deadline_of(case, now, looked=True)))


def escalate(case: Case, *, now: datetime) -> Moved | Refused:
    """The desk has it now: coordinators are told. Whoever was asked may still take it."""
    if guards.is_held(case) or not case.is_open:
        return Refused(Why.TAKEN if case.is_open else Why.OVER)
    if case.state is CaseState.ESCALATED:
        return Refused(Why.NOTHING_DUE)
    return moved(replace(case, state=CaseState.ESCALATED), now, Event(What.ESCALATED))


# ---- a volunteer's moves ----


def take(case: Case, *, account_id: int, now: datetime) -> Moved | Refused:
    """The first who takes it has it, for a lease; every other offer ends."""
    if not case.is_open:
        return Refused(Why.OVER)
    if guards.is_held(case):
        return Refused(Why.TAKEN)
    after, withdrawn = handed_to(case, account_id, now)
    return moved(after, now, Event(What.TAKEN, account_id), *withdrawn)


def answer(
    case: Case, *, account_id: int, epoch: int, seen_seq: int | None, unseen_since: datetime | None, now: datetime
) -> Moved | Refused:
    """Words leave. They settle what the volunteer had seen; a text that came since keeps waiting, under a new lease.

    `seen_seq` None: everything that there is. `unseen_since`: when the first text after `seen_seq` came.
    """
    if guards.is_stale(case, account_id=account_id, epoch=epoch):
        return Refused(Why.STALE)
    seen = case.last_inbound_seq if seen_seq is None else min(seen_seq, case.last_inbound_seq)
    after = replace(
        case,
        settled_seq=max(case.settled_seq, seen),
        first_answer_at=case.first_answer_at or now,
        half_lease_told=False,
        corrections=0,
        parked_until=None,
    )
    if after.has_unanswered:
        after = replace(after, state=CaseState.CLAIMED, lease_until=now + LEASE, unanswered_since=unseen_since or now)
    else:
        after = replace(
            after, state=CaseState.ANSWERED, lease_until=now + QUIET, unanswered_since=None, promised_by=None
        )
    return moved(after, now, Event(What.ANSWERED, account_id))


def pass_on(case: Case, *, account_id: int, epoch: int, now: datetime) -> Moved | Refused:
    """The owner gives it back; they are not asked again in this round."""
    if guards.is_stale(case, account_id=account_id, epoch=epoch):
        return Refused(Why.STALE)
    return moved(freed(case, now, OfferState.DECLINED), now, Event(What.PASSED_ON, account_id))


def reassign(case: Case, *, to_account: int | None, now: datetime) -> Moved | Refused:
    """A coordinator gives it to somebody, or back to everybody. The epoch moves, so that no old answer leaves."""
    if not case.is_open:
        return Refused(Why.OVER)
    events = [] if case.owner_id in {None, to_account} else [Event(What.LEASE_OVER, case.owner_id)]
    if to_account is not None and to_account == case.owner_id:
        return Refused(Why.TAKEN)
    case = replace(case, undelivered=0)  # a coordinator who gives it away wants it tried once more
    free = case if case.owner_id is None else freed(case, now, OfferState.EXPIRED)
    if to_account is None:
        if not free.open_offers:
            free = replace(free, state=CaseState.QUEUED, round=free.round + 1, offers=())
        return moved(free, now, Event(What.REASSIGNED), *events)
    after, withdrawn = handed_to(replace(free, epoch=case.epoch), to_account, now)
    return moved(after, now, Event(What.REASSIGNED, to_account), *events, *withdrawn)


def close(
    case: Case,
    *,
    account_id: int,
    epoch: int,
    seen_seq: int,
    outcome: Outcome,
    nothing_needed: bool,
    is_coordinator: bool,
    now: datetime,
) -> Moved | Refused:
    """The owner ends it. `nothing_needed`: they have read all up to `seen_seq` and say that it needs no answer.

    A case that nobody ever answered can't be set aside so, unless by a coordinator (a wrong number, an empty text).
    """
    if not case.is_open:
        return Refused(Why.OVER)
    if guards.is_stale(case, account_id=account_id, epoch=epoch):
        return Refused(Why.STALE)
    events: tuple[Event, ...] = ()
    if case.has_unanswered and nothing_needed and seen_seq >= case.last_inbound_seq:
        if case.first_answer_at is None and not is_coordinator:
            return Refused(Why.NEVER_ANSWERED)
        case = replace(case, settled_seq=case.last_inbound_seq)
        events = (Event(What.NEEDS_NOTHING, account_id),)
    if guards.is_unsettled(case) or seen_seq < case.last_inbound_seq:
        return Refused(Why.UNANSWERED)
    closed = ended(case, now, outcome)
    return Moved(closed.case, events + closed.events)


# ---- shared steps ----


def moved(case: Case, now: datetime, *events: Event) -> Moved:
    """Every move ends here: the deadline is set anew."""
    return Moved(replace(case, next_deadline=guards.deadline_of(case, now)), events)


def _end_offers(case: Case, now: datetime, state: OfferState, *, only: int | None = None) -> Case:
    """End the open offers (of one volunteer, or all); a taken one ends too when its taker is named."""
    ends = {OfferState.OPEN} if only is None else {OfferState.OPEN, OfferState.TAKEN}
    offers = tuple(
        replace(one, state=state, ended_at=now)
        if one.state in ends and (only is None or one.account_id == only)
        else one
        for one in case.offers
    )
    return replace(case, offers=offers)


def _queue_if_alone(case: Case) -> Case:
    if case.state is CaseState.OFFERED and not case.open_offers:
        return replace(case, state=CaseState.QUEUED)
    return case


def handed_to(case: Case, account_id: int, now: datetime) -> tuple[Case, tuple[Event, ...]]:
    """Give the case to one volunteer: the epoch moves, the lease begins, every other offer is withdrawn."""
    others = tuple(Event(What.WITHDRAWN, one.account_id) for one in case.open_offers if one.account_id != account_id)
    mine = [one for one in case.offers if one.account_id == account_id]
    taken = replace(mine[-1] if mine else Offer(account_id, OfferState.OPEN, case.round, now), state=OfferState.TAKEN)
    rest = tuple(one for one in case.offers if not mine or one is not mine[-1])
    after = replace(case, offers=rest)
    after = _end_offers(after, now, OfferState.WITHDRAWN)
    waits = case.has_unanswered  # nothing waits in a case that was passed on after an answer
    after = replace(
        after,
        state=CaseState.CLAIMED if waits else CaseState.ANSWERED,
        epoch=case.epoch + 1,
        owner_id=account_id,
        lease_until=now + (LEASE if waits else QUIET),
        half_lease_told=False,
        parked_until=None,
        offers=(*after.offers, replace(taken, ended_at=now)),
    )
    return after, others


def freed(case: Case, now: datetime, left_as: OfferState) -> Case:
    """Take it out of its owner's hands: the epoch moves, so that what they still write can't leave."""
    after = case
    if case.owner_id is not None:
        after = _end_offers(case, now, left_as, only=case.owner_id)
    return replace(
        after,
        state=CaseState.QUEUED,
        epoch=case.epoch + 1,
        owner_id=None,
        lease_until=None,
        half_lease_told=False,
        parked_until=None,
    )


def ended(case: Case, now: datetime, outcome: Outcome) -> Moved:
    """Close it, whatever stood open; the caller has asked the guards."""
    withdrawn = tuple(Event(What.WITHDRAWN, one.account_id) for one in case.open_offers)
    after = replace(
        _end_offers(case, now, OfferState.WITHDRAWN),
        state=CaseState.CLOSED,
        outcome=outcome,
        closed_at=now,
        unanswered_since=None,
        promised_by=None,
        lease_until=None,
        parked_until=None,
    )
    return moved(after, now, Event(What.CLOSED, case.owner_id), *withdrawn)
