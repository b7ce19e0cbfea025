"""When a service's counter is open: its own hours, or those of its country's pack, and that country's holidays."""

from collections.abc import Mapping, Sequence
from datetime import time

from flows import packaged
from sms_gateway.cases.promise import Hours, Span
from sms_gateway.services import Service

_WEEKDAYS = 7


def hours_of(service: Service) -> Hours:
    """The hours that promises are made from. A service without hours of its own has its country's.

    Holidays that are still to be confirmed are working days until they are: a promise then is corrected, not missed.
    Hours of its own that name `holidays` are kept on holidays too.
    """
    pack = packaged.pack(service.country)
    own = service.hours if service.hours is not None else pack.hours
    return Hours(service.timezone, spans_of(own), frozenset() if "holidays" in own else frozenset(pack.holidays))


def spans_of(hours: Mapping[str, Sequence[Sequence[str]]]) -> tuple[tuple[Span, ...], ...]:
    """`{"0": [["08:00", "20:00"]], …}` by weekday, 0 Monday, as spans; a weekday that is not named is closed.

    "24:00" is the midnight that ends a day.
    """
    return tuple(
        tuple((time.fromisoformat(start), _end(end)) for start, end in hours.get(str(day), ()))
        for day in range(_WEEKDAYS)
    )


def _end(text: str) -> time:
    return time.max if text == "24:00" else time.fromisoformat(text)
