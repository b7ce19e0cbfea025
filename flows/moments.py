"""Times as people read them: "aujourd'hui avant 17h", "on Tuesday 12 March from 9 am", "leo kabla ya saa 11 jioni"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from babel.dates import format_date

__all__ = ["when_by", "when_from"]

DAWN = 6  # before it, "today" may be read as the day before: the day is named


def when_by(moment: datetime, now: datetime, language: str, timezone: str | tzinfo) -> str:
    """By when something comes, in the person's time zone: "aujourd'hui avant 17h", "mardi 12 mars avant 17h30"."""
    before = {"fr": "avant {}", "sw": "kabla ya {}"}.get(language, "before {}")
    return _when(moment, now, language, timezone, before)


def when_from(moment: datetime, now: datetime, language: str, timezone: str | tzinfo) -> str:
    """From when something is open: "mardi 12 mars dès 9h", "on Tuesday 12 March from 9 am"."""
    return _when(moment, now, language, timezone, {"fr": "dès {}", "sw": "{}"}.get(language, "from {}"))


def _when(moment: datetime, now: datetime, language: str, timezone: str | tzinfo, form: str) -> str:
    zone = ZoneInfo(timezone) if isinstance(timezone, str) else timezone
    there, here = moment.astimezone(zone), now.astimezone(zone)
    clock = CLOCKS.get(language, _english)(there.hour, there.minute)
    same = there.date() == here.date() and here.hour >= DAWN
    day = TODAY.get(language, "today") if same else _day(there.date(), language)
    return f"{day} {form.format(clock)}"


def _day(day: date, language: str) -> str:
    if language not in CLOCKS:
        language = "en"
    text = format_date(day, "EEEE d MMMM", locale=language)
    if language == "fr" and day.day == 1:
        text = text.replace(" 1 ", " 1er ")
    return f"on {text}" if language == "en" else text


def _french(hour: int, minute: int) -> str:
    return f"{hour}h{minute:02}" if minute else f"{hour}h"


def _english(hour: int, minute: int) -> str:
    if not minute and hour in {0, 12}:
        return "12 noon" if hour else "12 midnight"
    shown = f"{hour % 12 or 12}:{minute:02}" if minute else str(hour % 12 or 12)
    return f"{shown} {'am' if hour < 12 else 'pm'}"


def _swahili(hour: int, minute: int) -> str:
    """The Swahili clock begins at dawn: its hour is the clock hour ± 6, always with its part of the day."""
    shown = (hour - 6) % 12 or 12
    part = next(name for start, name in PARTS_OF_DAY if hour >= start)
    return f"saa {shown}:{minute:02} {part}" if minute else f"saa {shown} {part}"


PARTS_OF_DAY = ((19, "usiku"), (16, "jioni"), (12, "mchana"), (6, "asubuhi"), (5, "alfajiri"), (0, "usiku"))
CLOCKS: Mapping[str, Callable[[int, int], str]] = {"fr": _french, "en": _english, "sw": _swahili}
TODAY: Mapping[str, str] = {"fr": "aujourd'hui", "en": "today", "sw": "leo"}
