"""The time that a person is told: computed from the hours and the shift plan, true at night, never a guess.

Where the numbers come from. Two silent volunteers cost 10 minutes each, a third round of several at once 10 more, a
lease 20: 50 minutes. So one open hour (`ANSWER_TIME`) holds where somebody is on shift, rounded up to the next half
hour: "avant 17h" is kept in mind, "avant 16h52" is not. Where nobody on shift can take it, a coordinator has two open
hours (`NEWS_TIME`) to find somebody or to say so. No promise is nearer than half an hour: a correction needs ten
minutes before it lapses, and a text may take some. From 30 answers on, `usual_time` replaces the first number.

A long queue is told as it is, and so is a shift that ends: nothing is promised before the case's turn comes, by the
shift plan (`forecast`). Whoever writes while it is shut waits with all others who did, for those on shift when it opens
(`MORNING_TIME`, until the usual time is known). docs/decisions/0013-thresholds.md says what the simulated week made of
these numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ANSWER_TIME = timedelta(hours=1)
NEWS_TIME = timedelta(hours=2)
NEWS_AT_MOST = timedelta(days=1)  # who can take it comes later than that: the desk finds somebody, and says so before
MORNING_TIME = timedelta(hours=2)  # all who wrote while it was shut wait together when it opens
AT_LEAST = timedelta(minutes=30)
STEP = timedelta(minutes=30)
DANGER_STEP = timedelta(minutes=5)  # in danger, half an hour is not rounded up to a whole one
ENOUGH_CASES = 30
KEPT = 0.95  # of the waits like this one are within the usual time: so many promises are to be kept
SLACK = timedelta(minutes=15)  # of those that are late, most are so by minutes
SIMILAR_HOURS = 2  # a wait is like this one when it began within two hours of the same time of day
_DAYS_AHEAD = 60

Span = tuple[time, time]


class PromiseKind(StrEnum):
    """Which of the four sentences tells it: handoff_open, _night, _holiday, _nobody."""

    OPEN = "open"
    NIGHT = "night"
    HOLIDAY = "holiday"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Hours:
    """When a counter is open: spans by weekday (0 Monday … 6 Sunday), in its own time zone; closed on holidays."""

    timezone: str
    spans: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date] = field(default=frozenset())

    def local(self, moment: datetime) -> datetime:
        """The moment as the clock on the counter's wall shows it."""
        return moment.astimezone(ZoneInfo(self.timezone))

    def is_holiday(self, moment: datetime) -> bool:
        """Whether that day is a public holiday there."""
        return self.local(moment).date() in self.holidays

    def is_open(self, moment: datetime) -> bool:
        """Whether the counter is open then."""
        return any(start <= moment < end for start, end in self._open_on(self.local(moment).date()))

    def next_opening(self, moment: datetime) -> datetime:
        """That moment where it is open, else the next opening; that moment too where it never opens."""
        return next((max(moment, start) for start, end in self._open_after(moment)), moment)

    def after_open_time(self, moment: datetime, duration: timedelta) -> datetime:
        """When `duration` of open time will have passed."""
        left = duration
        for start, end in self._open_after(moment):
            begin = max(moment, start)
            if begin + left <= end:
                return begin + left
            left -= end - begin
        return moment + duration

    def _open_after(self, moment: datetime) -> Iterable[tuple[datetime, datetime]]:
        day = self.local(moment).date()
        for ahead in range(_DAYS_AHEAD):
            for start, end in self._open_on(day + timedelta(days=ahead)):
                if end > moment:
                    yield start, end

    def _open_on(self, day: date) -> Iterable[tuple[datetime, datetime]]:
        if day in self.holidays:
            return
        zone = ZoneInfo(self.timezone)
        for start, end in self.spans[day.weekday()]:
            yield (  # in UTC, so that a duration across a change of clocks is true
                datetime.combine(day, start, zone).astimezone(UTC),
                datetime.combine(day, end, zone).astimezone(UTC),
            )


@dataclass(frozen=True)
class Told:
    """A time before which the person has an answer (or news, where NOBODY), and which sentence says so."""

    by: datetime
    kind: PromiseKind


def tell(
    *,
    now: datetime,
    hours: Hours,
    somebody_on_shift: bool,
    ceiling: datetime | None = None,
    usual: timedelta | None = None,
    turn: datetime | None = None,
    danger: bool = False,
) -> Told:
    """The promise for a wait that begins now. `somebody_on_shift`: as it will be when the counter opens.

    `turn`: when those who can take it are planned to come to it (`forecast`); None where nobody ever is.
    `ceiling`: the latest that the flow allows. It shortens a promise, but never makes it untrue: nothing is promised
    sooner than half an hour ahead, nor before the turn of this case has come, nor while the counter is closed.
    `danger`: it goes before all others, and everybody is told at once.
    """
    if hours.is_open(now):
        kind = PromiseKind.OPEN if somebody_on_shift else PromiseKind.NOBODY
    else:
        kind = PromiseKind.HOLIDAY if hours.is_holiday(now) else PromiseKind.NIGHT
    answered = AT_LEAST if danger else usual or (ANSWER_TIME if hours.is_open(now) else MORNING_TIME)
    wait = answered if somebody_on_shift or danger else NEWS_TIME
    if turn is None or danger or (not somebody_on_shift and turn > now + NEWS_AT_MOST):
        turn = now
    by = max(hours.after_open_time(now, wait), turn, now + AT_LEAST)
    by = _round_up(by, hours, DANGER_STEP if danger else STEP)
    if ceiling is not None and ceiling < by:
        sooner = _round_down(ceiling, hours)
        if sooner >= max(now + AT_LEAST, turn if somebody_on_shift else now) and _within(sooner, hours):
            by = sooner
    return Told(by.astimezone(UTC), kind)


def usual_time(
    waits: Iterable[tuple[datetime, datetime | None]], *, now: datetime, hours: Hours, enough: int = ENOUGH_CASES
) -> timedelta | None:
    """How long nineteen in twenty waited that began at such an hour, in open time; None while too few have ended.

    Those that still run (None) count as at least so long as they are now: without them, who waits longest would be
    left out exactly while it takes long.
    """
    at = hours.local(now).hour
    similar = [
        (_open_time(began, ended or now, hours), ended is not None)
        for began, ended in waits
        if min((hours.local(began).hour - at) % 24, (at - hours.local(began).hour) % 24) <= SIMILAR_HOURS
    ]
    if sum(has_ended for _lasted, has_ended in similar) < enough:
        return None
    return max(_within_which(similar, KEPT) + SLACK, AT_LEAST)


def _within_which(waits: Iterable[tuple[timedelta, bool]], part: float) -> timedelta:
    """Within how long such a part of the waits ends, the running ones (False) among them (Kaplan and Meier)."""
    ordered = sorted(waits, key=lambda wait: (wait[0], not wait[1]))
    going_on, left = 1.0, len(ordered)
    for lasted, has_ended in ordered:
        if has_ended:
            going_on *= 1 - 1 / left
        left -= 1
        if going_on <= 1 - part + 1e-9:
            return lasted
    return ordered[-1][0]


def _open_time(start: datetime, end: datetime, hours: Hours) -> timedelta:
    total = timedelta()
    for opens, closes in hours._open_after(start):
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return total


def _within(moment: datetime, hours: Hours) -> bool:
    return hours.is_open(moment - timedelta(minutes=1))  # the closing time itself can be promised


def _round_up(moment: datetime, hours: Hours, step: timedelta) -> datetime:
    rounded = _round_down(moment, hours, step)
    return rounded if rounded == moment else rounded + step


def _round_down(moment: datetime, hours: Hours, step: timedelta = STEP) -> datetime:
    local = hours.local(moment)
    minutes = step // timedelta(minutes=1)
    past = timedelta(minutes=local.minute % minutes, seconds=local.second, microseconds=local.microsecond)
    return moment.astimezone(UTC) - past
