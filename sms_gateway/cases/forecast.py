"""When a case's turn comes: the shift plan walked forward from now, behind all who wait before it. Pure.

Who is on shift at this moment says little at the end of a shift, or for a language that few speak: so it is counted
how long those who can take *this* case are planned, half hour by half hour, while the counter is open. A case that
waits before it takes of their time as much as its own people are the same people: who speaks Swahili answers in French
too, but only one in four of those who answer in French speaks Swahili.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sms_gateway.cases.dispatch import Volunteer, Wanted, can_take
from sms_gateway.cases.promise import Hours

CASE_TIME = timedelta(minutes=30)  # of one person's time that a case takes, with offers and leases that run out
SURE = timedelta(hours=1)  # of their time that there must be for the case itself: one alone may not react
DAYS_AHEAD = 7
_SLOT = 30  # minutes; shifts are planned to the half hour, others count by where each half hour begins
_SLOTS = 24 * 60 // _SLOT

Span = tuple[int, int, int]  # weekday (0 Monday), from and to minute of the day


@dataclass(frozen=True)
class Planned:
    """When a volunteer is there: their shifts (none: at every hour), but for their own quiet hours."""

    shifts: Sequence[Span] = ()
    quiet: tuple[int, int] | None = None  # from and to minute; it may pass midnight

    def half_hours(self) -> set[tuple[int, int]]:
        """The (weekday, half hour of the day) at whose beginning they are there."""
        spans = self.shifts or [(day, 0, 24 * 60) for day in range(7)]
        at = {(day, slot) for day, start, end in spans for slot in range(-(-start // _SLOT), -(-end // _SLOT))}
        if self.quiet is None:
            return at
        return {(day, slot) for day, slot in at if not _is_within(slot * _SLOT, *self.quiet)}


def turn(plan: Iterable[Planned], work: timedelta, *, now: datetime, hours: Hours) -> datetime | None:
    """When these have been planned so long together, while the counter is open.

    None where nobody is planned in any week. More work than a week has: a week from now.
    """
    people = _people(plan)
    if not any(map(any, people)):
        return None
    left = work
    moment = hours.next_opening(now)
    while moment < now + timedelta(days=DAYS_AHEAD):
        local = hours.local(moment)
        minute = local.hour * 60 + local.minute
        step = timedelta(minutes=_SLOT - minute % _SLOT, seconds=-local.second, microseconds=-local.microsecond)
        there = people[local.weekday()][minute // _SLOT]
        if there * step >= left:
            return moment + left / there if there else moment
        left -= there * step
        moment = hours.next_opening(moment + step)
    return moment


def work_before(wanted: Wanted, waiting: Mapping[tuple[str, str], int], volunteers: Sequence[Volunteer]) -> timedelta:
    """How much time of those who can take this case goes by until it is answered.

    `waiting`: by language and topic, how many wait before it.
    """
    mine = {one.id for one in volunteers if can_take(one, wanted.language, wanted.topic)}
    ahead = 0.0
    for (language, topic), count in waiting.items():
        theirs = {one.id for one in volunteers if can_take(one, language, topic)}
        ahead += count * len(mine & theirs) / len(theirs) if theirs else 0
    return CASE_TIME * ahead + SURE


def _people(plan: Iterable[Planned]) -> list[list[int]]:
    """How many are planned, by weekday and half hour."""
    people = [[0] * _SLOTS for _ in range(7)]
    for one in plan:
        for day, slot in one.half_hours():
            people[day][slot] += 1
    return people


def _is_within(minute: int, start: int, end: int) -> bool:
    return start <= minute < end if start < end else minute >= start or minute < end
