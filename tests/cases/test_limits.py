"""What a volunteer is spared: quiet hours of their own, cases of a day; and topics that ask for a training."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import update

from sms_gateway.cases.limits import Rules, in_quiet_hours
from sms_gateway.cases.promise import Hours
from sms_gateway.store.tables import CaseState, cases, organisations
from sms_gateway.store.tables import services as services_table
from tests.cases.town import Town

PARIS = Hours("Europe/Paris", ())
HOUR = 60


@pytest.mark.parametrize(
    ("start", "end", "at", "quiet"),
    [
        (22 * HOUR, 7 * HOUR, 23, True),
        (22 * HOUR, 7 * HOUR, 6, True),
        (22 * HOUR, 7 * HOUR, 7, False),
        (12 * HOUR, 14 * HOUR, 13, True),
        (12 * HOUR, 14 * HOUR, 14, False),
        (12 * HOUR, 12 * HOUR, 12, False),
        (None, None, 3, False),
    ],
)
def test_quiet_hours_are_by_the_clock_on_the_wall_and_may_pass_midnight(
    start: int | None, end: int | None, at: int, quiet: bool
) -> None:
    row = cast(Any, SimpleNamespace(quiet_from=start, quiet_to=end))
    moment = datetime(2026, 3, 10, at, tzinfo=UTC) - timedelta(hours=1)  # Paris is an hour ahead in March
    assert in_quiet_hours(row, PARIS, moment) is quiet


def test_neighbours_and_trainings_are_the_organisations() -> None:
    rules = Rules(frozenset({"dettes"}), {"isere": frozenset({"drome", "savoie"})})
    assert rules.beside(["drome"]) == {"isere"}
    assert rules.beside(["isere"]) == rules.beside([]) == set()
    assert rules.untrained_for(["dettes"]) == set()
    assert rules.untrained_for(["logement"]) == {"dettes"}


def test_nobody_is_woken_in_their_own_quiet_hours_not_even_for_danger(place: Town) -> None:
    asleep = place.account("Awa", phone="+33600000101", quiet_from=9 * HOUR, quiet_to=11 * HOUR)
    awake = place.account("Bea", phone="+33600000102")
    place.asks("+33600000001", severity=0, danger="danger")
    place.sweep()
    assert place.texts_to_account(asleep) == []
    assert place.texts_to_account(awake)


def test_whoever_had_their_cases_of_today_is_asked_again_tomorrow(place: Town) -> None:
    once = place.account("Awa", phone="+33600000101", cases_a_day=1, capacity=5, last_seen_at=place.now)
    place.asks("+33600000001")
    place.sweep()
    place.volunteer_texts(once, "1")
    place.volunteer_texts(once, "Venez demain a 10 h.")
    assert place.case(4001).state == CaseState.ANSWERED
    place.clock.advance(hours=6)
    place.asks("+33600000002")
    place.sweep()
    assert place.case(4002).state == CaseState.ESCALATED, "nobody else is there: the desk has it"
    assert not any("4002" in text for text in place.texts_to_account(once))
    place.clock.advance(hours=18)
    place.sweep()  # the person is told that it is late, and the next look is minutes away
    place.clock.advance(minutes=6)
    place.sweep()
    assert any("4002" in text for text in place.texts_to_account(once))


def test_a_topic_nobody_trained_for_is_the_desks_at_once(place: Town) -> None:
    with place.services.database.write() as tx:
        tx.execute(update(organisations).values(trained_topics=["papiers"]))
    place.account("Awa", phone="+33600000101")
    place.asks("+33600000001")
    place.sweep()
    assert place.case(4001).state == CaseState.ESCALATED
    bea = place.account("Bea", phone="+33600000102", training=["papiers"])
    place.asks("+33600000002")
    place.sweep()
    (offer,) = place.texts_to_account(bea)
    assert "4001" in offer, "the one that waits longer goes first, though the desk has it"


def test_the_neighbours_of_a_service_are_asked_before_those_far_away(place: Town) -> None:
    with place.services.database.write() as tx:
        tx.execute(update(services_table).values(neighbours={"isere": ["drome"]}))
    far = place.account("Awa", phone="+33600000101", regions=["nord"])
    beside = place.account("Bea", phone="+33600000102", regions=["drome"])
    place.asks("+33600000001")
    with place.services.database.write() as tx:
        tx.execute(update(cases).values(region="isere"))
    place.sweep()
    assert place.texts_to_account(far) == []
    assert place.texts_to_account(beside)
