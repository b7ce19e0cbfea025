"""A breadth-first walk over the real rules of a case: every story of two volunteers, two texts, a clock and lost jobs.

A state is the case with its times told from now on, what each volunteer last saw of it, and the answers that left. From
each, every move that somebody could make is tried. The walk stops at the first state that breaks a promise, and gives
the shortest story that leads there. `python -m tests.cases.walk` prints how many there are.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import chain

from sms_gateway.cases import lifecycle, overdue, parking
from sms_gateway.cases.case import CORRECTIONS, Case, Moved, Outcome, Refused, What
from sms_gateway.cases.overdue import Due
from sms_gateway.store.tables import CaseState
from tests.cases.walk_states import (
    NOBODY,
    NOW,
    Answer,
    State,
    Step,
    View,
    after_move,
    changed,
    later,
    made,
    seen_by,
    settle,
    shift,
    swapped_names,
)

PROMISE = timedelta(minutes=30)
PARKED = timedelta(days=1)
TEXTS, ANSWERS, VOLUNTEERS = 2, 2, (1, 2)
MOST_STATES = 100_000


@dataclass(frozen=True)
class Walk:
    """How many states were seen, and the shortest story to a broken promise, if there is one."""

    states: int
    broken: str
    story: tuple[str, ...]


More = Callable[[State], Iterator[Step]]


def walk(*more: More, sweeper: bool = True) -> Walk:
    """Every story, breadth first. `more`: other moves (`walk_more`). `sweeper`: whether anybody acts on deadlines."""
    _left_in_silence.cache_clear()
    first = State(settle(lifecycle.open_case(now=NOW, severity=2, promised_by=NOW + PROMISE).case))
    came_by: dict[State, tuple[State | None, str]] = {first: (None, "the person asks for a person")}
    queue = deque([first])
    while queue:
        state = queue.popleft()
        if wrong := wrong_with(state, sweeper=sweeper):
            return Walk(len(came_by), wrong, _story(came_by, state))
        for step in chain(steps(state, sweeper=sweeper), *(moves(state) for moves in more)):
            if step.broken:
                return Walk(len(came_by), step.broken, (*_story(came_by, state), step.name))
            if step.state not in came_by and swapped_names(step.state) not in came_by:
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
    arrived = any(answer.who is not NOBODY for answer in state.left)
    if case.settled_seq and not arrived and case.outcome is not Outcome.UNREACHABLE:
        return "it counts as answered, and no answer has arrived"
    if case.outcome is Outcome.UNREACHABLE and not case.is_unreachable:
        return "it was given up, and answers may arrive"
    if case.has_unanswered:
        return _left_in_silence(case, sweeper=sweeper)
    return ""


def steps(state: State, *, sweeper: bool) -> Iterator[Step]:
    """Every move that anybody could make now."""
    case = state.case
    if case.is_open and case.next_deadline is not None and case.next_deadline > NOW:
        yield Step("time passes", later(state, case.next_deadline - NOW))
    if sweeper and overdue.what_is_due(case, NOW) is not None:
        for name, moved in _clock(case):
            yield Step(name, after_move(state, moved))
    if case.last_inbound_seq < TEXTS:
        yield from _person(state)
    for volunteer in VOLUNTEERS:
        yield from _volunteer(state, volunteer)


def _person(state: State) -> Iterator[Step]:
    case = state.case
    if case.is_open:
        moved = lifecycle.citizen_wrote(case, now=NOW, promised_by=NOW + PROMISE, lease_from=NOW)
        yield from made(state, "the person writes", moved)
    else:
        yield from made(state, "the person reopens it", lifecycle.reopen(case, now=NOW, promised_by=NOW + PROMISE))


def _volunteer(state: State, who: int) -> Iterator[Step]:
    case, view = state.case, state.views[who - 1]
    yield from made(state, f"volunteer {who} takes it", lifecycle.take(case, account_id=who, now=NOW), looks=who)
    yield from made(state, f"volunteer {who} says no", lifecycle.decline(case, account_id=who, now=NOW))
    if case.owner_id == who:
        yield Step(f"volunteer {who} looks", seen_by(state, who))
    if view is None:
        return
    if len(state.left) < ANSWERS:
        yield from _answer(state, who, view)
    yield from made(
        state, f"volunteer {who} passes it on", lifecycle.pass_on(case, account_id=who, epoch=view.epoch, now=NOW)
    )
    moved = parking.park(case, account_id=who, epoch=view.epoch, until=NOW + PARKED, now=NOW)
    yield from made(state, f"volunteer {who} puts it aside", moved)
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
        yield from made(state, f"volunteer {who} closes it (nothing needed: {nothing_needed})", moved)


def _answer(state: State, who: int, view: View) -> Iterator[Step]:
    """An answer that leaves though somebody else had answered the same text, unknown to its writer, is one too many."""
    after = leaves(state, who, view)
    if after is not None:
        broken = (
            "the person is answered twice, by two who do not know of each other" if is_twice(state, who, view) else ""
        )
        yield Step(f"volunteer {who} answers", seen_by(after, who), broken)


def leaves(state: State, who: int, view: View) -> State | None:
    """The words that somebody wrote on a screen have left; None where the fence holds them."""
    case = state.case
    moved = lifecycle.answer(case, account_id=who, epoch=view.epoch, seen_seq=view.seen, unseen_since=None, now=NOW)
    if isinstance(moved, Refused):
        return None
    return changed(after_move(state, moved), left=(*state.left, Answer(who, case.last_inbound_seq, case.settled_seq)))


def is_twice(state: State, who: int, view: View) -> bool:
    """Whether somebody else has answered the same text, unknown to whoever writes on this screen."""
    return any(
        other.who not in {who, NOBODY} and other.texts == state.case.last_inbound_seq
        for other in state.left[view.answers :]
    )


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
        case Due.NEAR:
            found = [("its promise is near: it goes to the desk", lifecycle.escalate(case, now=NOW))]
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
        case = shift(case, wait)
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
