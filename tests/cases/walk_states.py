"""States of a walk: a case with its times told from now on, what each volunteer last saw of it, and what left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sms_gateway.cases.case import Case, Moved, Refused
from sms_gateway.store.tables import OfferState

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)  # every state is told as if it were this moment
NOBODY = 0  # whose answer it is once it did not arrive
_ENDED = {OfferState.DECLINED, OfferState.EXPIRED, OfferState.WITHDRAWN}
_SWAP: dict[int | None, int | None] = {1: 2, 2: 1, None: None}


@dataclass(frozen=True)
class View:
    """What a volunteer's screen or phone shows: the epoch (0 now, less: older), the texts and answers seen."""

    epoch: int
    seen: int
    answers: int


@dataclass(frozen=True)
class Answer:
    """One that left: whose (NOBODY's once it did not arrive), after how many texts, how many were settled before."""

    who: int
    texts: int
    before: int


@dataclass(frozen=True)
class Held:
    """An answer that was said and waits: by whom, on which screen, and whether a coordinator is to read it."""

    who: int
    view: View
    is_read: bool


@dataclass(frozen=True)
class State:
    """A case in the midst of a story: what each sees of it, what left, what waits, whether another one went into it."""

    case: Case
    views: tuple[View | None, ...] = (None, None)
    left: tuple[Answer, ...] = ()
    held: Held | None = None
    merged: bool = False


@dataclass(frozen=True)
class Step:
    """One move of a story, and what is wrong with it, if anything."""

    name: str
    state: State
    broken: str = ""


_T = TypeVar("_T")


def changed(value: _T, **fields: Any) -> _T:
    """As `dataclasses.replace`, in a fifth of its time: a walk makes half a million states."""
    new = object.__new__(type(value))
    new.__dict__.update(value.__dict__, **fields)
    return new


def made(state: State, name: str, moved: Moved | Refused, *, looks: int | None = None) -> Iterator[Step]:
    if isinstance(moved, Moved):
        after = after_move(state, moved)
        yield Step(name, seen_by(after, looks) if looks else after)


def after_move(state: State, moved: Moved) -> State:
    """The state after a move; a view of an older epoch is an old one for ever."""
    grew = moved.case.epoch - state.case.epoch
    views = tuple(view and _aged(view, grew) for view in state.views)
    held = state.held and changed(state.held, view=_aged(state.held.view, grew))
    return changed(state, case=settle(moved.case), views=views, held=held)


def _aged(view: View, grew: int) -> View:
    return changed(view, epoch=-1 if grew or view.epoch < 0 else 0)


def seen_by(state: State, who: int) -> State:
    views = list(state.views)
    views[who - 1] = View(0, state.case.last_inbound_seq, len(state.left))
    return changed(state, views=tuple(views))


def later(state: State, by: timedelta) -> State:
    return changed(state, case=settle(shift(state.case, by)))


def shift(case: Case, by: timedelta) -> Case:
    """The same case, `by` later: all of its moments are that much nearer."""

    def earlier(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment - by

    offers = tuple(changed(one, expires_at=one.expires_at - by, ended_at=earlier(one.ended_at)) for one in case.offers)
    return changed(
        case,
        promised_by=earlier(case.promised_by),
        next_deadline=earlier(case.next_deadline),
        lease_until=earlier(case.lease_until),
        parked_until=earlier(case.parked_until),
        offers=offers,
    )


def settle(case: Case) -> Case:
    """Forget what no rule asks, so that two stories that came to the same are one state."""
    offers = tuple(
        changed(
            one,
            state=OfferState.EXPIRED if one.state in _ENDED else one.state,
            expires_at=one.expires_at if one.state is OfferState.OPEN else NOW,
            round=1,
            ended_at=one.ended_at and NOW - timedelta(hours=2),  # everybody may be asked anew at any moment
        )
        for one in sorted(case.offers, key=lambda one: one.account_id)
    )
    return changed(
        case,
        epoch=0,
        round=1,
        offers=offers,
        closed_at=case.closed_at and NOW,
        first_answer_at=case.first_answer_at and NOW,
        unanswered_since=case.unanswered_since and NOW - timedelta(hours=2),  # the desk may hear of it at any moment
    )


def swapped_names(state: State) -> State:
    """The same story with the two volunteers' names exchanged: what holds for one holds for the other."""
    case = state.case
    offers = sorted(
        (changed(one, account_id=_SWAP[one.account_id]) for one in case.offers), key=lambda one: one.account_id
    )
    swapped = changed(case, owner_id=_SWAP[case.owner_id], offers=tuple(offers))
    left = tuple(changed(one, who=_other(one.who)) for one in state.left)
    held = state.held and changed(state.held, who=_other(state.held.who))
    return changed(state, case=swapped, views=state.views[::-1], left=left, held=held)


def _other(who: int) -> int:
    return _SWAP.get(who) or NOBODY
