"""Walks over every story in which answers fail, wait, or a second phone comes in; then without each guard in turn."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from sms_gateway.cases import case as case_
from sms_gateway.cases import guards, held, lifecycle, merging, undelivered
from sms_gateway.cases.case import Case, Moved, Refused, Why
from sms_gateway.store.tables import CaseState
from tests.cases import walk as walking
from tests.cases import walk_more
from tests.cases.walk import Walk, walk
from tests.cases.walk_more import failing, holding, merging_once
from tests.cases.walk_states import State, View
from tests.scale import LONG

Bounds = Callable[[int, int], None]


@pytest.fixture
def bounds(monkeypatch: pytest.MonkeyPatch) -> Bounds:
    """Set how many texts and answers a story has. Times are multiples of ten minutes; two failures are enough."""
    monkeypatch.setattr(guards, "LOOK_AGAIN", timedelta(minutes=10))
    monkeypatch.setattr(held, "SPARE", timedelta(minutes=10))
    monkeypatch.setattr(case_, "UNREACHABLE_AFTER", 3 if LONG else 2)

    def set_(texts: int, answers: int) -> None:
        monkeypatch.setattr(walking, "TEXTS", texts)
        monkeypatch.setattr(walking, "ANSWERS", answers)
        monkeypatch.setattr(walking, "MOST_STATES", 2_000_000 if LONG else 30_000)

    return set_


def holds(walked: Walk, *, least: int) -> None:
    """No story breaks a promise, and there were stories."""
    print(f"{walked.states} states")
    assert walked.broken == "", "\n".join((walked.broken, *walked.story))
    assert walked.states > least, "the walk saw almost nothing"


def breaks(walked: Walk, broken: str, *, last: str) -> None:
    """The shortest story ends so."""
    print("\n".join(walked.story))
    assert walked.broken.startswith(broken), "\n".join((walked.broken, *walked.story))
    assert last in walked.story[-1]


# ---- answers that do not arrive ----


def test_an_answer_that_did_not_arrive_leaves_nobody_in_silence(bounds: Bounds) -> None:
    bounds(2 if LONG else 1, 3 if LONG else 2)
    holds(walk(failing), least=3_000)


def test_where_a_closed_case_hears_of_no_failure_its_person_waits_for_ever(
    bounds: Bounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds(1, 1)
    real = undelivered.not_delivered

    def not_once_it_is_closed(case: Case, *given: Any, **more: Any) -> Moved | Refused:
        return real(case, *given, **more) if case.is_open else Refused(Why.OVER)

    monkeypatch.setattr(undelivered, "not_delivered", not_once_it_is_closed)
    breaks(walk(failing), "it counts as answered, and no answer has arrived", last="did not arrive")


def test_where_an_answer_that_failed_stays_settled_its_text_waits_for_nothing(
    bounds: Bounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds(1, 1)
    monkeypatch.setattr(undelivered, "not_delivered", lambda *given, **more: Refused(Why.NOTHING_DUE))
    breaks(walk(failing), "it counts as answered, and no answer has arrived", last="did not arrive")


def test_where_anybody_may_give_up_at_once_somebody_does(bounds: Bounds, monkeypatch: pytest.MonkeyPatch) -> None:
    bounds(1, 1)
    real = undelivered.give_up

    def at_once(case: Case, **given: Any) -> Moved | Refused:
        moved = real(replace(case, undelivered=9), **given)
        if isinstance(moved, Refused):
            return moved
        return replace(moved, case=replace(moved.case, undelivered=case.undelivered))

    monkeypatch.setattr(undelivered, "give_up", at_once)
    breaks(walk(failing), "it was given up, and answers may arrive", last="gives up")


# ---- answers that wait before they leave ----


def test_an_answer_that_waits_is_fenced_as_it_leaves(bounds: Bounds) -> None:
    bounds(2 if LONG else 1, 2 if LONG else 1)
    holds(walk(holding), least=2_000)


def test_without_the_fence_a_held_answer_is_the_second_one(bounds: Bounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """It leaves without asking who has the case by now; whoever answers on their screen is fenced as ever."""
    bounds(1, 2)

    def unfenced(state: State, who: int, view: View) -> State | None:
        with monkeypatch.context() as patch:
            patch.setattr(guards, "is_stale", lambda case, *, account_id, epoch: not case.machine_parked)
            return walking.leaves(state, who, view)

    monkeypatch.setattr(walk_more, "leaves", unfenced)
    breaks(walk(holding), "the person is answered twice", last="the held answer leaves")


def test_where_a_held_answer_settles_what_it_answers_nobody_hears(
    bounds: Bounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds(1, 1)
    real = held.hold

    def settles(case: Case, **given: Any) -> Moved | Refused:
        said = real(case, **given)
        if isinstance(said, Refused):
            return said
        return Moved(replace(said.case, settled_seq=case.last_inbound_seq), said.events)

    monkeypatch.setattr(held, "hold", settles)
    breaks(walk(holding), "it counts as answered, and no answer has arrived", last="says what")


# ---- a second phone ----


def test_two_cases_that_become_one_lose_nothing(bounds: Bounds) -> None:
    bounds(2 if LONG else 1, 2 if LONG else 1)
    holds(walk(merging_once), least=3_000)


def test_where_a_merge_forgets_the_others_texts_or_promise_that_is_seen(
    bounds: Bounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds(1, 1)
    real = merging.merge

    def forgets(**forgotten: Callable[[Case], object]) -> None:
        def merge(stays: Case, ends: Case, *, now: datetime, lease_from: datetime) -> merging.Both | Refused:
            both = real(stays, ends, now=now, lease_from=lease_from)
            if isinstance(both, Refused):
                return both
            kept = {name: own(stays) for name, own in forgotten.items()}
            return replace(both, stays=lifecycle.moved(replace(both.stays.case, **kept), now))  # type: ignore[arg-type]

        monkeypatch.setattr(merging, "merge", merge)

    forgets(last_inbound_seq=lambda stays: stays.last_inbound_seq)
    breaks(walk(merging_once), "a text that waited is lost", last="another phone's case")
    forgets(promised_by=lambda stays: stays.promised_by)
    breaks(walk(merging_once), "one of two phones was promised", last="another phone's case")


def test_where_a_merged_case_stays_answered_its_new_text_is_put_aside(
    bounds: Bounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answered case that takes a waiting text in must go to its owner again, under a lease."""
    bounds(1, 1)
    real = merging.merge

    def stays_parked(stays: Case, ends: Case, *, now: datetime, lease_from: datetime) -> merging.Both | Refused:
        both = real(stays, ends, now=now, lease_from=lease_from)
        if isinstance(both, Refused) or stays.state is not CaseState.PARKED:
            return both
        kept = replace(both.stays.case, state=stays.state, parked_until=stays.parked_until, lease_until=None)
        return replace(both, stays=lifecycle.moved(kept, now))

    monkeypatch.setattr(merging, "merge", stays_parked)
    breaks(walk(merging_once), "it was put aside over a text that nobody answered", last="another phone's case")
