"""When a case's turn comes: who is planned, until when, and whose time those who wait before it take."""

from datetime import UTC, datetime, time, timedelta

import pytest

from sms_gateway.cases.dispatch import Volunteer, Wanted
from sms_gateway.cases.forecast import CASE_TIME, SURE, Planned, turn, work_before
from sms_gateway.cases.promise import Hours

PARIS = Hours("Europe/Paris", (((time(8), time(20)),),) * 6 + ((),))
HOUR = timedelta(hours=1)
TUESDAY, WEDNESDAY, THURSDAY = 1, 2, 3


def paris(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(
        tzinfo=PARIS.local(datetime(2026, 3, 10, tzinfo=UTC)).tzinfo
    )


def shift(weekday: int, start: int, end: int, *more: tuple[int, int, int]) -> Planned:
    return Planned(((weekday, start * 60, end * 60), *more))


@pytest.mark.parametrize(
    ("now", "plan", "work", "comes"),
    [
        ("2026-03-10 10:00", [shift(TUESDAY, 10, 12)], HOUR, "2026-03-10 11:00"),
        ("2026-03-10 10:00", [shift(TUESDAY, 10, 12)] * 4, HOUR, "2026-03-10 10:15"),
        ("2026-03-10 10:00", [shift(TUESDAY, 10, 12)] * 4, 6 * HOUR, "2026-03-10 11:30"),
        # the shift ends: whoever is there then goes on with what is left
        ("2026-03-10 11:30", [shift(TUESDAY, 10, 12)], HOUR, "2026-03-17 10:30"),
        ("2026-03-10 11:30", [shift(TUESDAY, 10, 12), shift(TUESDAY, 14, 16)], HOUR, "2026-03-10 14:30"),
        ("2026-03-10 19:30", [shift(TUESDAY, 18, 20), shift(WEDNESDAY, 8, 10)] * 2, 2 * HOUR, "2026-03-11 08:30"),
        ("2026-03-10 23:00", [shift(WEDNESDAY, 8, 10)] * 2, HOUR, "2026-03-11 08:30"),
        # planned while the counter is shut, they answer nobody
        ("2026-03-10 20:00", [shift(TUESDAY, 20, 24), shift(WEDNESDAY, 8, 10)], HOUR, "2026-03-11 09:00"),
        # no shifts: every hour, but for their quiet ones
        ("2026-03-10 10:00", [Planned()], HOUR, "2026-03-10 11:00"),
        ("2026-03-10 18:00", [Planned(quiet=(19 * 60, 9 * 60))], 2 * HOUR, "2026-03-11 10:00"),
        ("2026-03-10 10:10", [Planned()], HOUR, "2026-03-10 11:10"),
        # across a Sunday
        ("2026-03-14 19:30", [Planned()], HOUR, "2026-03-16 08:30"),
    ],
)
def test_the_turn_comes_when_those_who_are_planned_have_had_the_time(
    now: str, plan: list[Planned], work: timedelta, comes: str
) -> None:
    assert turn(plan, work, now=paris(now), hours=PARIS) == paris(comes)


def test_where_nobody_is_ever_planned_there_is_no_turn_and_more_than_a_week_of_work_is_a_week() -> None:
    now = paris("2026-03-10 10:00")
    assert turn([], HOUR, now=now, hours=PARIS) is None
    assert turn([Planned(quiet=(0, 24 * 60))], HOUR, now=now, hours=PARIS) is None
    late = turn([shift(TUESDAY, 10, 12)], 50 * HOUR, now=now, hours=PARIS)
    assert late is not None
    assert late >= now + timedelta(days=7)


def test_a_counter_that_never_opens_ends_the_walk_too() -> None:
    never = Hours("Europe/Paris", ((),) * 7)
    assert turn([Planned()], 500 * HOUR, now=paris("2026-03-10 10:00"), hours=never) is not None


def test_those_before_it_take_the_time_of_its_people_as_far_as_they_are_the_same() -> None:
    wanted = Wanted(1, 2, paris("2026-03-10 10:00"), "sw", "papiers")
    both, french = ("fr", "sw"), ("fr",)
    team = [Volunteer(1, both), Volunteer(2, french), Volunteer(3, french), Volunteer(4, french)]
    assert work_before(wanted, {}, team) == SURE
    assert work_before(wanted, {("sw", "papiers"): 2}, team) == SURE + 2 * CASE_TIME
    assert work_before(wanted, {("fr", "papiers"): 4}, team) == SURE + CASE_TIME
    untrained = [*team[:3], Volunteer(4, french, untrained_for=frozenset({"argent"}))]
    assert work_before(wanted, {("fr", "argent"): 3}, untrained) == SURE + CASE_TIME
    assert work_before(wanted, {("en", "papiers"): 5}, team) == SURE, "they wait for others"
