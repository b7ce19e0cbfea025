"""A breadth-first walk over the real rules of a case: every story of two volunteers, two texts, a clock and lost jobs.

A state is the case with its times told from now on, what each volunteer last saw of it, and the answers that left. From
each, every move that somebody could make is tried. The walk stops at the first state that breaks a promise, and gives
the shortest story that leads there. `python -m tests.cases.walk` prints how many there are.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from sms_gateway.cases import lifecycle, overdue, parking
from sms_gateway.cases.case import CORRECTIONS, Case, Moved, Outcome, Refused, What
from sms_gateway.cases.overdue import Due
from sms_gateway.store.tables import CaseState, OfferState

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)  # every state is told as if it were this moment
PROMISE = timedelta(minutes=30)
PARKED = timedelta(days=1)
TEXTS, ANSWERS, VOLUNTEERS = 2, 2, (1, 2)
MOST_STATES = 100_000
_ENDED = {OfferState.DECLINED, OfferState.EXPIRED, OfferState.WITHDRAWN}
_SWAP = {1: 2, 2: 1, None: None}


@dataclass(frozen=True)
class View:
    """What a volunteer's screen or phone shows: the epoch (0 now, less: older), the texts and answers seen."""

    epoch: int
    seen: int
    answers: int


@dataclass(frozen=True)
class State:
    """A case in the midst of a story. `left`: who answered, and after how many texts of the person."""

    case: Case
    views: tuple[View | None, ...] = (None, None)
    left: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Step:
    """One move of a story, and what is wrong with it, if anything."""

    name: str
    state: State
    broken: str = ""


@dataclass(frozen=True)
class Walk:
    """How many states were seen, and the shortest story to a broken promise, if there is one."""

    states: int
    broken: str
    story: tuple[str, ...]


def walk(*, sweeper: bool = True) -> Walk:
    """Every story, breadth first. `sweeper`: whether anybody acts on deadlines."""
    _left_in_silence.cache_clear()
    first = State(_settle(lifecycle.open_case(now=NOW, severity=2, promised_by=NOW + PROMISE).case))
    came_by: dict[State, tuple[State | None, str]] = {first: (None, "the person asks for a person")}
    queue = deque([first])
    while queue:
        state = queue.popleft()
        if wrong := wrong_with(state, sweeper=sweeper):
            return Walk(len(came_by), wrong, _story(came_by, state))
        for step in steps(state, sweeper=sweeper):
            if step.broken:
                return Walk(len(came_by), step.broken, (*_story(came_by, state), step.name))
            if step.state not in came_by and _swapped(step.state) not in came_by:
                came_by[step.state] = (state, step.name)
                queue.append(step.state)
        assert len(came_by) < MOST_STATES, "the walk has no end"
    return Walk(len(came_by), "", ())


def wrong_with(state: State, *, sweeper: bool) -> str:
    """Which promise this state breaks, if any."""
    case = state.case
    if case.state is not CaseState.CLOSED and case.next_deadline is None:
        return "silence: it is open, and no moment is set at which anything happens"
    if case.state is CaseState.CLOSED and case.last_inbound_seq > case.settled_seq:
        return "it was closed over a text that nobody answered"
    if case.state is CaseState.PARKED and case.has_unanswered:
        return "it was put aside over a text that nobody answered"
    if case.state in {CaseState.CLAIMED, CaseState.ANSWERED, CaseState.PARKED} and case.owner_id is None:
        return "it is answered by nobody"
    if case.has_unanswered:
        return _left_in_silence(case, sweeper=sweeper)
    return ""


def steps(state: State, *, sweeper: bool) -> Iterator[Step]:
    """Every move that anybody could make now."""
    case = state.case
    if case.is_open and case.next_deadline is not None and case.next_deadline > NOW:
        yield Step("time passes", _later(state, case.next_deadline - NOW))
    if sweeper and overdue.what_is_due(case, NOW) is not None:
        for name, moved in _clock(case):
            yield Step(name, _after(state, moved))
    if case.last_inbound_seq < TEXTS:
        yield from _person(state)
    for volunteer in VOLUNTEERS:
        yield from _volunteer(state, volunteer)


def _person(state: State) -> Iterator[Step]:
    case = state.case
    if case.is_open:
        moved = lifecycle.citizen_wrote(case, now=NOW, promised_by=NOW + PROMISE, lease_from=NOW)
        yield from _step(state, "the person writes", moved)
    else:
        yield from _step(state, "the person reopens it", lifecycle.reopen(case, now=NOW, promised_by=NOW + PROMISE))


def _volunteer(state: State, who: int) -> Iterator[Step]:
    case, view = state.case, state.views[who - 1]
    yield from _step(state, f"volunteer {who} takes it", lifecycle.take(case, account_id=who, now=NOW), looks=who)
    yield from _step(state, f"volunteer {who} says no", lifecycle.decline(case, account_id=who, now=NOW))
    if case.owner_id == who:
        yield Step(f"volunteer {who} looks", _looks(state, who))
    if view is None:
        return
    if len(state.left) < ANSWERS:
        yield from _answer(state, who, view)
    yield from _step(
        state, f"volunteer {who} passes it on", lifecycle.pass_on(case, account_id=who, epoch=view.epoch, now=NOW)
    )
    moved = parking.park(case, account_id=who, epoch=view.epoch, until=NOW + PARKED, now=NOW)
    yield from _step(state, f"volunteer {who} puts it aside", moved)
    for nothing_needed in (False, True):
        moved = lifecycle.close(
            case,
            account_id=who,
            epoch=view.epoch,
            seen_seq=view.seen,
            outcome=Outcome.SETTLED,
            nothing_needed=nothing_needed,
            is_coordinator=False,
            now=NOW,
        )
        yield from _step(state, f"volunteer {who} closes it (nothing needed: {nothing_needed})", moved)


def _answer(state: State, who: int, view: View) -> Iterator[Step]:
    """An answer that leaves though somebody else had answered the same text, unknown to its writer, is one too many."""
    case = state.case
    moved = lifecycle.answer(case, account_id=who, epoch=view.epoch, seen_seq=view.seen, unseen_since=None, now=NOW)
    if isinstance(moved, Refused):
        return
    after = _after(state, moved)
    unseen = state.left[view.answers :]
    twice = any(other != who and texts == case.last_inbound_seq for other, texts in unseen)
    left = (*state.left, (who, case.last_inbound_seq))
    broken = "the person is answered twice, by two who do not know of each other" if twice else ""
    yield Step(f"volunteer {who} answers", _looks(replace(after, left=left), who), broken)


def _clock(case: Case) -> list[tuple[str, Moved]]:
    """What the desk does for what is due; whom to ask is left open, so that every order is tried."""
    match overdue.what_is_due(case, NOW):
        case Due.LEASE_OVER:
            found = [("the lease ends", overdue.lease_over(case, now=NOW))]
        case Due.LEASE_HALF:
            found = [("half of the lease is gone", overdue.lease_half(case, now=NOW))]
        case Due.QUIET:
            found = [("nothing more came", overdue.quiet(case, now=NOW))]
        case Due.UNPARK:
            found = [("its day has come", parking.unpark(case, now=NOW))]
        case Due.CORRECT:
            found = [("the promise is corrected", overdue.correct(case, now=NOW, promised_by=NOW + PROMISE))]
        case Due.EXPIRE:
            found = [("an offer runs out", lifecycle.expire_offers(case, now=NOW))]
        case _:
            found = _looks_for_somebody(case)
    return [(name, moved) for name, moved in found if isinstance(moved, Moved)]


def _looks_for_somebody(case: Case) -> list[tuple[str, Moved | Refused]]:
    if case.state not in {CaseState.QUEUED, CaseState.ESCALATED}:
        return [("nothing is due", lifecycle.look_again(case, now=NOW))]
    asked = {one.account_id for one in case.offers}
    tries: list[tuple[str, Moved | Refused]] = [
        (f"volunteer {who} is asked", lifecycle.offer(case, now=NOW, to=((who, timedelta(minutes=10)),)))
        for who in VOLUNTEERS
        if who not in asked
    ]
    if len(asked) == len(VOLUNTEERS):
        tries.append(("everybody is asked anew", lifecycle.next_round(case, now=NOW)))
        tries.append(("it goes to the desk", lifecycle.escalate(case, now=NOW)))
    return [*tries, ("nobody is free", lifecycle.look_again(case, now=NOW))]


@cache
def _left_in_silence(case: Case, *, sweeper: bool) -> str:
    """Nobody of ours does anything any more: is the person told before the promise lapses, or is the desk?"""
    told_by, now = case.promised_by, timedelta()
    if told_by is None:
        return "silence: something waits, and nothing was promised"
    for _ in range(40):
        if case.next_deadline is None or not sweeper:
            return "silence: a text waits, and nothing will ever happen"
        wait = max(case.next_deadline - NOW, timedelta())
        now += wait
        case = _shift(case, wait)
        before = case.corrections
        moved = next(iter(_silent_clock(case)), None)
        if moved is None:
            return "silence: a deadline that nothing answers to"
        case = moved.case
        happened = {event.what for event in moved.events}
        if What.CORRECTED in happened and NOW + now <= told_by:
            return ""
        if What.BROKEN in happened and (before >= CORRECTIONS or NOW + now > told_by):
            return ""
    return "silence: nothing is said before the promise lapses"


def _silent_clock(case: Case) -> list[Moved]:
    """What the clock does where nobody is free and nobody answers."""
    return [moved for _name, moved in reversed(_clock(case))][:1]


# ---- states told from now on ----


def _step(state: State, name: str, moved: Moved | Refused, *, looks: int | None = None) -> Iterator[Step]:
    if isinstance(moved, Moved):
        after = _after(state, moved)
        yield Step(name, _looks(after, looks) if looks else after)


def _after(state: State, moved: Moved) -> State:
    """The state after a move; a view of an older epoch is an old one for ever."""
    grew = moved.case.epoch - state.case.epoch
    views = tuple(view and replace(view, epoch=-1 if grew or view.epoch < 0 else 0) for view in state.views)
    return replace(state, case=_settle(moved.case), views=views)


def _looks(state: State, who: int) -> State:
    views = list(state.views)
    views[who - 1] = View(0, state.case.last_inbound_seq, len(state.left))
    return replace(state, views=tuple(views))


def _later(state: State, by: timedelta) -> State:
    return replace(state, case=_settle(_shift(state.case, by)))


def _shift(case: Case, by: timedelta) -> Case:
    """The same case, `by` later: all of its moments are that much nearer."""

    def earlier(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment - by

    offers = tuple(replace(one, expires_at=one.expires_at - by, ended_at=earlier(one.ended_at)) for one in case.offers)
    return replace(
        case,
        promised_by=earlier(case.promised_by),
        next_deadline=earlier(case.next_deadline),
        lease_until=earlier(case.lease_until),
        parked_until=earlier(case.parked_until),
        offers=offers,
    )


def _settle(case: Case) -> Case:
    """Forget what no rule asks, so that two stories that came to the same are one state."""
    offers = tuple(
        replace(
            one,
            state=OfferState.EXPIRED if one.state in _ENDED else one.state,
            expires_at=one.expires_at if one.state is OfferState.OPEN else NOW,
            round=1,
            ended_at=one.ended_at and NOW - timedelta(hours=2),  # everybody may be asked anew at any moment
        )
        for one in sorted(case.offers, key=lambda one: one.account_id)
    )
    return replace(
        case,
        epoch=0,
        round=1,
        offers=offers,
        closed_at=case.closed_at and NOW,
        first_answer_at=case.first_answer_at and NOW,
        unanswered_since=case.unanswered_since and NOW,
    )


def _swapped(state: State) -> State:
    """The same story with the two volunteers' names exchanged: what holds for one holds for the other."""
    case = state.case
    offers = sorted(
        (replace(one, account_id=_SWAP[one.account_id]) for one in case.offers), key=lambda one: one.account_id
    )
    swapped = replace(case, owner_id=_SWAP[case.owner_id], offers=tuple(offers))
    return State(swapped, state.views[::-1], tuple((_SWAP[who], texts) for who, texts in state.left))


def _story(came_by: dict[State, tuple[State | None, str]], state: State | None) -> tuple[str, ...]:
    told: list[str] = []
    while state is not None:
        state, name = came_by[state]
        told.append(name)
    return tuple(reversed(told))


if __name__ == "__main__":
    walked = walk()
    print(f"{walked.states} states: {walked.broken or 'no story breaks a promise'}")
    print("\n".join(walked.story))
