"""A promise is near and nobody has the case: the desk hears while it can still be kept; the person hears nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sms_gateway.cases import guards, lifecycle, overdue
from sms_gateway.cases.case import CORRECT_BEFORE, DANGER, DESK_AFTER, DESK_BEFORE, Case
from sms_gateway.cases.overdue import Due
from sms_gateway.store.tables import CaseState, Role
from tests.cases.town import Town

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
CITIZEN, ANNE, CHEF = "+33698765432", "+33612345000", "+33611990000"


def waits(promised: timedelta, *, severity: int = 2) -> Case:
    return lifecycle.open_case(now=NOW, severity=severity, promised_by=NOW + promised).case


def due_at(case: Case, after: timedelta) -> Due | None:
    return overdue.what_is_due(replace(case, next_deadline=NOW), NOW + after)


def test_half_an_hour_before_its_promise_lapses_a_case_that_nobody_has_is_the_desks() -> None:
    case = waits(timedelta(hours=2))
    near = timedelta(hours=2) - DESK_BEFORE
    assert due_at(case, near - timedelta(minutes=1)) is Due.LOOK
    assert due_at(case, near) is Due.NEAR
    assert due_at(case, timedelta(hours=2) - CORRECT_BEFORE) is Due.CORRECT, "then the person is told"


def test_who_was_promised_half_an_hour_is_first_looked_for_among_the_volunteers() -> None:
    case = waits(timedelta(minutes=30))
    assert due_at(case, timedelta(minutes=1)) is Due.LOOK
    assert guards.desk_hears_at(case) == NOW + DESK_AFTER


def test_the_moment_is_in_the_deadline() -> None:
    case = replace(waits(timedelta(hours=2)), state=CaseState.OFFERED)
    assert guards.deadline_of(case, NOW) == NOW + timedelta(hours=2) - DESK_BEFORE


@pytest.mark.parametrize("state", [CaseState.CLAIMED, CaseState.ANSWERED, CaseState.PARKED, CaseState.ESCALATED])
def test_what_somebody_has_or_the_desk_has_is_not_told_again(state: CaseState) -> None:
    assert guards.desk_hears_at(replace(waits(timedelta(hours=2)), state=state)) is None


def test_danger_has_alerts_of_its_own() -> None:
    assert guards.desk_hears_at(waits(timedelta(minutes=30), severity=DANGER)) is None


def test_coordinators_hear_it_and_can_keep_the_promise(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    chef = place.account("Chef", role=Role.COORDINATOR, phone=CHEF)
    place.asks("+33698765433")
    place.sweep()
    place.volunteer_texts(anne, "1")
    place.everything_leaves()
    place.volunteer_texts(anne, "Bonjour, allez à la mairie.")  # and talks on with them: the next one waits for her
    promise = place.asks(CITIZEN)
    place.sweep()
    told = place.texts_to(CITIZEN)
    place.clock.set(promise.by - DESK_BEFORE - timedelta(seconds=1))
    place.sweep()
    assert place.texts_to_account(chef) == []
    place.clock.set(promise.by - DESK_BEFORE)
    place.sweep()
    [alert] = place.texts_to_account(chef)
    assert str(promise.number) in alert
    assert place.case(promise.number).state == CaseState.ESCALATED
    assert place.case(promise.number).promised_by == promise.by
    assert place.texts_to(CITIZEN) == told, "nothing is late yet"
