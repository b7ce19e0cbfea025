"""Times as people say them on a page: 17h05, 11:10 am, depuis 12 minutes; never a bare 17:00."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask

from sms_gateway.web.words import _, current_language, ngettext

_SWAHILI_PARTS = ((5, "usiku"), (6, "alfajiri"), (12, "asubuhi"), (16, "mchana"), (19, "jioni"), (24, "usiku"))


def clock(moment: datetime, timezone: str) -> str:
    """The hour: 17h05; 5:05 pm, noon; saa 11 na dakika 5 jioni (voice.md §3)."""
    local = moment.astimezone(ZoneInfo(timezone))
    language = current_language()
    if language == "fr":
        return f"{local:%H}h{local:%M}".removeprefix("0")
    if language == "sw":
        return _swahili_clock(local)
    if (local.hour, local.minute) == (12, 0):
        return "noon"
    hour, half = local.hour % 12 or 12, "am" if local.hour < 12 else "pm"
    return f"{hour}:{local:%M} {half}" if local.minute else f"{hour} {half}"


def when(moment: datetime, now: datetime, timezone: str) -> str:
    """The hour, with its day before it where that is not today."""
    zone = ZoneInfo(timezone)
    hour = clock(moment, timezone)
    day = moment.astimezone(zone).date()
    if day == now.astimezone(zone).date():
        return hour
    language = current_language()
    said = format_date(day, "EEEE d MMMM", locale=language)
    return f"{said} {hour}" if language != "en" else f"{said}, {hour}"


def before(moment: datetime, now: datetime, timezone: str) -> str:
    """Until when something is promised: avant 17h00, by 11 am, mardi 12 mars avant 17h00."""
    zone = ZoneInfo(timezone)
    hour = _("by %(hour)s", hour=clock(moment, timezone))
    day = moment.astimezone(zone).date()
    if day == now.astimezone(zone).date():
        return hour
    said = format_date(day, "EEEE d MMMM", locale=current_language())
    return _("%(day)s %(hour)s", day=said, hour=hour)


def lasting(duration: timedelta) -> str:
    """How long, in words: 12 minutes, 1 hour 5 minutes, 2 days."""
    minutes = max(int(duration.total_seconds() // 60), 0)
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return ngettext("%(n)s day", "%(n)s days", hours // 24)
    said = ngettext("%(n)s hour", "%(n)s hours", hours)
    return f"{said} {ngettext('%(n)s minute', '%(n)s minutes', rest)}" if rest else said


def shortly(duration: timedelta) -> str:
    """How long, for a table: 48 min, 1 h 55, 3 d."""
    minutes = max(int(duration.total_seconds() // 60), 0)
    if minutes < 60:
        return _("%(n)s min", n=minutes)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return _("%(n)s d", n=hours // 24)
    return f"{hours} h {rest:02}"


def _swahili_clock(local: datetime) -> str:
    hour = (local.hour - 6) % 12 or 12
    part = next(name for until, name in _SWAHILI_PARTS if local.hour < until)
    minutes = f" na dakika {local.minute}" if local.minute else ""
    return f"saa {hour}{minutes} {part}"


def _day(day: date | datetime, timezone: str = "UTC") -> str:
    if isinstance(day, datetime):
        day = day.astimezone(ZoneInfo(timezone)).date()
    return format_date(day, "d MMMM y", locale=current_language())


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def install(app: Flask) -> None:
    """Give templates the filters `clock`, `when`, `before`, `lasting`, `shortly`, `day` and `iso`."""
    app.jinja_env.filters.update(
        clock=clock, when=when, before=before, lasting=lasting, shortly=shortly, day=_day, iso=_iso
    )
