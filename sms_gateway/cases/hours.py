"""When a service's counter is open: its own hours, or those of its country's pack, and that country's holidays."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from functools import cache
from typing import Any

from flows import packaged
from sms_gateway.cases.promise import Hours, Span
from sms_gateway.services import Service

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SUNDAY = 6
_YEARS = range(2024, 2061)


def hours_of(service: Service) -> Hours:
    """The hours that promises are made from. A service without hours of its own has its country's."""
    spans = _spans_of_service(service.hours) if service.hours is not None else _spans_of_country(service.country)
    return Hours(service.timezone, spans, holidays_of(service.country))


@cache
def holidays_of(country: str) -> frozenset[date]:
    """A country's public holidays of all the years that anybody here will see."""
    return holidays_in(packaged.pack(country))


def holidays_in(pack: Mapping[str, Any]) -> frozenset[date]:
    """The holidays that a pack lists: `01-01` every year, `easter + 39`, or one day; days to confirm are left out."""
    moves = pack.get("sunday_moves") == "yes"
    days: set[date] = set()
    for holiday in pack.get("holidays", ()):
        if holiday.get("to_confirm") == "yes":
            continue
        for day in _days(str(holiday["on"])):
            days.add(day + timedelta(days=1) if moves and day.weekday() == _SUNDAY else day)
    return frozenset(days)


def easter(year: int) -> date:
    """Easter Sunday (Gregorian; the anonymous algorithm of Nature, 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def _spans_of_country(country: str) -> tuple[tuple[Span, ...], ...]:
    return spans_in(packaged.pack(country)["hours"])


def spans_in(hours: Mapping[str, str]) -> tuple[tuple[Span, ...], ...]:
    """`{"monday": "08:00-12:00, 14:00-17:00", …}` as spans; a day that is not named is closed."""
    return tuple(
        tuple(_span(span.split("-")) for span in hours[day].split(",")) if day in hours else () for day in _WEEKDAYS
    )


def _spans_of_service(hours: Mapping[str, Sequence[Sequence[str]]]) -> tuple[tuple[Span, ...], ...]:
    return tuple(tuple(_span(span) for span in hours.get(str(day), ())) for day in range(len(_WEEKDAYS)))


def _span(written: Sequence[str]) -> Span:
    start, end = written
    return time.fromisoformat(start.strip()), time.fromisoformat(end.strip())


def _days(written: str) -> list[date]:
    if written.startswith("easter"):
        days = int(written.removeprefix("easter").replace(" ", "") or 0)
        return [easter(year) + timedelta(days=days) for year in _YEARS]
    parts = [int(part) for part in written.split("-")]
    if len(parts) == 2:
        return [date(year, *parts) for year in _YEARS]
    return [date(*parts)]
