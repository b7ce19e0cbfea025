"""Moves of a case beyond one conversation that goes well: answers that fail, answers that wait, a second phone.

Each is walked with the ordinary moves; `test_walk` says how many states that makes, and takes each protection out.
"""

from collections.abc import Iterator
from datetime import timedelta

from sms_gateway.cases import held, lifecycle, merging, undelivered
from sms_gateway.cases.case import Case, Moved, Outcome, What
from tests.cases import walk
from tests.cases.walk import PROMISE, VOLUNTEERS, is_twice, leaves
from tests.cases.walk_states import (
    NOBODY,
    NOW,
    Answer,
    Held,
    State,
    Step,
    View,
    after_move,
    changed,
    made,
    seen_by,
    settle,
)

SOONER = timedelta(minutes=20)  # the other phone was promised ten minutes less


# ---- answers that do not arrive ----


def failing(state: State) -> Iterator[Step]:
    """Each answer may turn out not to have arrived, at any later moment; then it may be sent again, or be given up."""
    for at, answer in enumerate(state.left):
        if answer.who is not NOBODY:
            yield from _does_not_arrive(state, at, answer)
    case = state.case
    for who in VOLUNTEERS:
        moved = undelivered.give_up(case, account_id=who, seen_seq=case.last_inbound_seq, is_coordinator=False, now=NOW)
        yield from made(state, f"volunteer {who} gives up: no text arrives", moved)
        if any(answer.who is NOBODY for answer in state.left) and len(state.left) < walk.ANSWERS:
            now = View(case.epoch, state.left[-1].texts, len(state.left))
            if (after := leaves(state, who, now)) is not None:
                yield Step(f"volunteer {who} sends it again", seen_by(after, who))


def _does_not_arrive(state: State, at: int, answer: Answer) -> Iterator[Step]:
    left = (*state.left[:at], changed(answer, who=NOBODY), *state.left[at + 1 :])
    failure = undelivered.Failure(
        settled_seq=answer.before, since=NOW, never_answered=all(one.who is NOBODY for one in left)
    )
    for there in (True, False):
        moved = undelivered.not_delivered(
            state.case, failure, owner_stays=there, promised_by=NOW + PROMISE, lease_from=NOW, now=NOW
        )
        where = "" if there else ", and its owner has left"
        name = f"the answer of volunteer {answer.who} did not arrive{where}"
        if isinstance(moved, Moved):
            yield Step(name, changed(after_move(state, moved), left=left))
        else:
            yield Step(name, changed(state, left=left))


# ---- answers that wait before they leave ----


def holding(state: State) -> Iterator[Step]:
    """An answer that was said waits: it leaves at any moment, or is taken back; the fence is asked as it leaves."""
    if state.held is None:
        for who, view in zip(VOLUNTEERS, state.views, strict=True):
            if view is not None and len(state.left) < walk.ANSWERS:
                yield from _is_said(state, who, view)
        return
    waits = state.held
    after = leaves(state, waits.who, waits.view)
    if after is None:
        yield Step("the held answer stays as a draft", changed(state, held=None))
    else:
        twice = is_twice(state, waits.who, waits.view)
        broken = "the person is answered twice, by two who do not know of each other" if twice else ""
        yield Step("the held answer leaves", changed(after, held=None), broken)
    if state.case.owner_id == waits.who and waits.view.epoch == 0:
        lease_from = NOW if waits.is_read else None
        back = held.resume(state.case, now=NOW, what=What.TAKEN_BACK, account_id=waits.who, lease_from=lease_from)
        yield Step("the held answer is taken back", changed(after_move(state, back), held=None))


def _is_said(state: State, who: int, view: View) -> Iterator[Step]:
    for is_read in (False, True):
        moved = held.hold(
            state.case,
            account_id=who,
            epoch=view.epoch,
            now=NOW,
            leaves_at=None if is_read else NOW,
            lease_from=NOW,
        )
        if isinstance(moved, Moved):
            after = changed(after_move(state, moved), held=Held(who, view, is_read))
            yield Step(f"volunteer {who} says what {'is read first' if is_read else 'can be undone'}", after)


# ---- a second phone ----


def merging_once(state: State) -> Iterator[Step]:
    """Another case of the same matter goes into this one, or this one into it; nothing that waited is lost in it."""
    if state.merged or not state.case.is_open:
        return
    for name, other, answers in _others():
        for stays, ends, which in ((state.case, other, "into it"), (other, state.case, "in which it ends")):
            both = merging.merge(stays, ends, now=NOW, lease_from=NOW)
            if not isinstance(both, merging.Both):
                continue
            ours = stays is state.case
            begun = state if ours else changed(state, views=(None, None), case=settle(stays))
            after = after_move(begun, both.stays)
            if not ours and after.held is not None:
                after = changed(after, held=None)  # it is a draft: its case has ended
            after = changed(after, left=(*state.left, *answers), merged=True)
            yield Step(f"another phone's case ({name}) goes {which}", after, _wrong_with(stays, ends, both))


def _others() -> Iterator[tuple[str, Case, tuple[Answer, ...]]]:
    asked = lifecycle.open_case(now=NOW, severity=2, promised_by=NOW + SOONER).case
    yield "which nobody has", asked, ()
    taken = lifecycle.take(asked, account_id=2, now=NOW)
    assert isinstance(taken, Moved)
    yield "which volunteer 2 has", taken.case, ()
    answered = lifecycle.answer(
        taken.case, account_id=2, epoch=taken.case.epoch, seen_seq=1, unseen_since=None, now=NOW
    )
    assert isinstance(answered, Moved)
    yield "which volunteer 2 has answered", answered.case, (Answer(2, 0, 0),)


def _wrong_with(stays: Case, ends: Case, both: merging.Both) -> str:
    after = both.stays.case
    waited = sum(case.last_inbound_seq - case.settled_seq for case in (stays, ends))
    if after.last_inbound_seq - after.settled_seq != waited:
        return "a text that waited is lost between two cases"
    promises = [case.promised_by for case in (stays, ends) if case.has_unanswered and case.promised_by is not None]
    if promises and (after.promised_by is None or after.promised_by > min(promises)):
        return "one of two phones was promised a sooner answer, and that is forgotten"
    return "" if both.ends.case.outcome == Outcome.MERGED else "the other case is open still"
