"""A case that waits for a day: its owner puts it aside, and the day, or the person, brings it back."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from sms_gateway.cases import desk, parking
from sms_gateway.cases.case import Why
from sms_gateway.store.tables import CaseState, Role
from tests.cases.town import Town

CITIZEN = "+33698765432"
THURSDAY = date(2026, 3, 12)  # the town begins on a Tuesday


def test_a_case_waits_for_its_day_then_its_owner_then_somebody_else(place: Town) -> None:
    anne, number = _answered(place)
    place.account("Marc", phone="+33612345001")
    assert _park(place, anne, number, THURSDAY) is None
    case = place.case(number)
    assert (case.state, case.owner_id, case.next_deadline) == (CaseState.PARKED, anne, case.parked_until)
    texts = len(place.texts_to(CITIZEN))
    place.clock.set(case.parked_until - timedelta(minutes=1))
    assert place.sweep() == 0
    place.clock.set(case.parked_until)
    place.sweep()
    back = place.case(number)
    assert (back.state, back.owner_id, back.parked_until) == (CaseState.CLAIMED, anne, None)
    place.pass_time(minutes=21)
    assert place.case(number).owner_id is None
    assert any(f"numéro {number}" in text for text in place.texts_to_account(place.row_of("marc").id))
    assert len(place.texts_to(CITIZEN)) == texts


def test_a_text_brings_it_back_at_once_and_an_unanswered_one_keeps_it(place: Town) -> None:
    anne, number = _answered(place)
    _park(place, anne, number, THURSDAY)
    place.writes(CITIZEN, "J'ai déjà le papier")
    case = place.case(number)
    assert (case.state, case.owner_id, case.parked_until) == (CaseState.CLAIMED, anne, None)
    assert case.next_deadline <= place.now + timedelta(minutes=20)
    assert _park(place, anne, number, THURSDAY) is Why.UNANSWERED
    chef = place.account("Chef", role=Role.COORDINATOR)
    assert _park(place, chef, number, THURSDAY, role=Role.COORDINATOR) is Why.UNANSWERED


def test_only_a_day_that_lies_ahead_and_only_its_owner(place: Town) -> None:
    anne, number = _answered(place)
    for day in (date(2026, 3, 9), date(2027, 3, 9)):
        assert _park(place, anne, number, day) is Why.NOT_LATER
    case = place.case(number)
    got = desk.park(place.services, place.scope(anne), number, epoch=case.epoch - 1, day=THURSDAY, now=place.now)
    assert got is Why.STALE


def test_the_last_day_of_the_calendar_is_refused_where_the_counter_never_opens(place: Town) -> None:
    at: Any = SimpleNamespace(service=replace(place.service, hours={}), now=place.now)
    nothing: Any = None
    why = parking.put_aside(at, nothing, 1, epoch=1, day=date.max, is_coordinator=False)
    assert why is Why.NOT_LATER


def _park(town: Town, account_id: int, number: int, day: date, role: Role = Role.VOLUNTEER) -> Why | None:
    scope = town.scope(account_id, role)
    return desk.park(town.services, scope, number, epoch=town.case(number).epoch, day=day, now=town.now)


def _answered(town: Town) -> tuple[int, int]:
    anne = town.account("Anne", phone="+33612345000", last_seen_at=town.now)
    number = town.asks(CITIZEN).number
    taken = desk.take(town.services, town.scope(anne), number, town.now)
    assert isinstance(taken, desk.Taken)
    desk.answer(town.services, town.scope(anne), number, epoch=taken.epoch, words="Attendez le papier.", now=town.now)
    return anne, number
