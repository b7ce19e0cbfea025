"""When a person may be written to unasked: by day, and on a day on which the counter is open."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sms_gateway.cases.hours import hours_of
from sms_gateway.services import Service

MORNING, EVENING = time(8), time(21)
_DAYS_AHEAD = 60


def when_to_write(service: Service, moment: datetime) -> datetime:
    """That moment where somebody may be written to unasked, else the next morning on which they may.

    Where the counter never opens, every day counts.
    """
    hours = hours_of(service)
    zone = ZoneInfo(service.timezone)
    today = moment.astimezone(zone).date()
    never = not any(hours.spans)
    for day in (today + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD)):
        begin, end = (datetime.combine(day, at, zone).astimezone(UTC) for at in (MORNING, EVENING))
        if moment < end and (never or (hours.spans[day.weekday()] and day not in hours.holidays)):
            return max(moment, begin)
    return moment
