"""The time that is told: true at night and on holidays, never too near, shortened by a ceiling, learnt."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from sms_gateway.cases.promise import ENOUGH_CASES, SLACK, Hours, PromiseKind, tell, usual_time

WEEK = (((time(8), time(12)), (time(14), time(18))),) * 5 + ((), ())
PARIS = Hours("Europe/Paris", WEEK, frozenset({date(2026, 5, 8)}))


def paris(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(
        tzinfo=PARIS.local(datetime(2026, 3, 10, tzinfo=UTC)).tzinfo
    )


@pytest.mark.parametrize(
    ("now", "somebody", "ceiling", "by", "kind"),
    [
        ("2026-03-10 10:00", True, None, "2026-03-10 11:00", PromiseKind.OPEN),
        ("2026-03-10 10:01", True, None, "2026-03-10 11:30", PromiseKind.OPEN),
        ("2026-03-10 11:45", True, None, "2026-03-10 15:00", PromiseKind.OPEN),  # over the lunch break
        ("2026-03-10 17:40", True, None, "2026-03-11 09:00", PromiseKind.OPEN),  # over the night
        ("2026-03-10 10:00", False, None, "2026-03-10 12:00", PromiseKind.NOBODY),
        ("2026-03-10 21:00", True, None, "2026-03-11 10:00", PromiseKind.NIGHT),  # with all others of the night
        ("2026-03-11 03:00", True, None, "2026-03-11 10:00", PromiseKind.NIGHT),
        ("2026-03-13 19:00", True, None, "2026-03-16 10:00", PromiseKind.NIGHT),  # Friday evening: Monday
        ("2026-05-08 10:00", True, None, "2026-05-11 10:00", PromiseKind.HOLIDAY),
        ("2026-03-10 10:00", True, "2026-03-10 10:40", "2026-03-10 10:30", PromiseKind.OPEN),
        ("2026-03-10 10:00", True, "2026-03-10 10:10", "2026-03-10 11:00", PromiseKind.OPEN),  # too near to be true
        ("2026-03-10 21:00", False, None, "2026-03-11 10:00", PromiseKind.NIGHT),  # nobody is planned at its opening
        ("2026-03-10 21:00", True, "2026-03-10 23:00", "2026-03-11 10:00", PromiseKind.NIGHT),  # closed: not possible
        ("2026-03-10 17:20", True, "2026-03-10 18:00", "2026-03-10 18:00", PromiseKind.OPEN),  # closing time is a time
    ],
)
def test_the_promise(now: str, somebody: bool, ceiling: str | None, by: str, kind: PromiseKind) -> None:
    told = tell(now=paris(now), hours=PARIS, somebody_on_shift=somebody, ceiling=paris(ceiling) if ceiling else None)
    assert (told.by, told.kind) == (paris(by), kind)


@pytest.mark.parametrize(
    ("turn", "by"),
    [
        ("2026-03-10 10:20", "2026-03-10 11:00"),  # the usual hour is later
        ("2026-03-10 11:40", "2026-03-10 12:00"),
        ("2026-03-10 15:10", "2026-03-10 15:30"),  # over the lunch break
        ("2026-03-11 09:00", "2026-03-11 09:00"),
        (None, "2026-03-10 11:00"),
    ],
)
def test_nothing_is_promised_before_the_turn_has_come(turn: str | None, by: str) -> None:
    now = paris("2026-03-10 10:00")
    assert tell(now=now, hours=PARIS, somebody_on_shift=True, turn=turn and paris(turn)).by == paris(by)  # type: ignore[arg-type]


def test_where_nobody_is_on_shift_who_comes_within_a_day_is_waited_for_and_then_the_desk_has_news() -> None:
    now = paris("2026-03-10 10:00")
    tomorrow, next_week = paris("2026-03-11 08:40"), paris("2026-03-17 08:40")
    assert tell(now=now, hours=PARIS, somebody_on_shift=False, turn=tomorrow).by == paris("2026-03-11 09:00")
    assert tell(now=now, hours=PARIS, somebody_on_shift=False, turn=next_week).by == paris("2026-03-10 12:00")


def test_a_ceiling_promises_nothing_before_its_turn_has_come() -> None:
    now, turn = paris("2026-03-10 10:00"), paris("2026-03-10 15:50")
    soon = tell(now=now, hours=PARIS, somebody_on_shift=True, turn=turn, ceiling=paris("2026-03-10 11:00"))
    assert soon.by == paris("2026-03-10 16:00")


@pytest.mark.parametrize(("now", "by"), [("10:00", "10:30"), ("10:01", "10:35"), ("11:45", "14:15")])
def test_in_danger_it_is_half_an_hour_whoever_waits(now: str, by: str) -> None:
    told = tell(
        now=paris(f"2026-03-10 {now}"),
        hours=PARIS,
        somebody_on_shift=True,
        usual=timedelta(hours=3),
        turn=paris("2026-03-12 09:00"),
        danger=True,
    )
    assert told.by == paris(f"2026-03-10 {by}")


def test_every_promise_of_a_year_is_kept_to_opening_hours_and_half_hours() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    while now.year == 2026:
        told = tell(now=now, hours=PARIS, somebody_on_shift=True)
        local = PARIS.local(told.by)
        assert told.by - now >= timedelta(minutes=30)
        assert local.minute in {0, 30}
        assert PARIS.is_open(told.by - timedelta(minutes=1))
        assert told.by - now < timedelta(days=4)
        now += timedelta(minutes=47)


def test_a_counter_that_never_opens_still_gives_a_time() -> None:
    never = Hours("Europe/Paris", ((),) * 7)
    now = paris("2026-03-10 10:00")
    assert tell(now=now, hours=never, somebody_on_shift=True).by > now


def test_the_change_of_clocks_moves_no_promise() -> None:
    always = Hours("Europe/Paris", (((time(0), time(23, 59)),),) * 7)
    before = paris("2026-03-29 01:30").astimezone(UTC)
    assert tell(now=before, hours=always, somebody_on_shift=True).by == before + timedelta(hours=1)


def test_past_waits_say_how_long_it_takes_once_there_are_thirty() -> None:
    now = paris("2026-03-10 10:00")
    waits = [
        (now - timedelta(days=7), now - timedelta(days=7) + timedelta(minutes=minutes))
        for minutes in range(5, 5 + 3 * ENOUGH_CASES, 3)
    ]
    assert usual_time(waits[1:], now=now, hours=PARIS) is None
    usual = usual_time(waits, now=now, hours=PARIS)
    assert usual == timedelta(minutes=5 + 3 * 28) + SLACK  # nineteen in twenty were answered by then
    assert usual_time(waits, now=paris("2026-03-10 17:00"), hours=PARIS) is None  # at such hours, nothing is known


def test_waits_that_still_run_count_as_at_least_so_long() -> None:
    now = paris("2026-03-10 11:00")
    quick = [(now - timedelta(days=7), now - timedelta(days=7) + timedelta(minutes=10))] * ENOUGH_CASES
    assert usual_time(quick, now=now, hours=PARIS) == timedelta(minutes=30)  # nothing nearer is ever promised
    long = [(now - timedelta(minutes=90), None), (now - timedelta(minutes=100), None)]
    young = [(now - timedelta(minutes=5), None)] * 10
    assert usual_time(quick + long, now=now, hours=PARIS) == timedelta(minutes=100) + SLACK
    assert usual_time(quick + young, now=now, hours=PARIS) == timedelta(minutes=30)
    assert usual_time(quick[1:] + long, now=now, hours=PARIS) is None  # they do not make it known


def test_the_night_does_not_count_as_waiting() -> None:
    began = paris("2026-03-09 17:50")
    waits = [(began, paris("2026-03-10 08:20"))] * ENOUGH_CASES
    assert usual_time(waits, now=paris("2026-03-10 17:00"), hours=PARIS) == timedelta(minutes=30) + SLACK
