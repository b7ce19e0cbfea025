"""How long: "2 hours", "1 working day", "21 days", and what to write where somebody wrote it otherwise."""

from __future__ import annotations

import re

from flows.page import nearest

__all__ = ["DAYS", "TIME", "days_of", "minutes_of", "told", "what_to_write"]

MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60, "working hour": 60, "working day": 24 * 60}
TIME = re.compile(r"(\d{1,3}) ((?:working )?(?:hour|day)|minute)s?")
DAYS = re.compile(r"([1-9]\d{0,2}) days?")
LONGEST_FIRST = (("day", 24 * 60), ("hour", 60), ("minute", 1))
WEEK = 7
MONTH = 30
# Units as other languages write them, and longer ones, told in days.
OTHERWISE: dict[str, str | int] = {
    "jour": "day", "journee": "day", "jour ouvre": "working day", "heure": "hour", "siku": "day", "saa": "hour",
    "dakika": "minute", "min": "minute", "h": "hour", "j": "day", "d": "day", "week": WEEK, "semaine": WEEK,
    "wiki": WEEK, "month": MONTH, "moi": MONTH, "mwezi": MONTH,
}  # fmt: skip


def minutes_of(text: str) -> int | None:
    """How many minutes a time is; a working day is counted as a day. None where it is none."""
    found = TIME.fullmatch(text)
    return int(found[1]) * MINUTES[found[2]] if found else None


def told(minutes: int) -> str:
    """So many minutes in the longest unit that counts them whole: "1 day", "90 minutes", "2 hours"."""
    unit, size = next((unit, size) for unit, size in LONGEST_FIRST if minutes % size == 0)
    number = minutes // size
    return f"{number} {unit}{'' if number == 1 else 's'}"


def days_of(text: str) -> int | None:
    """How many days. None where it is no number of days."""
    found = DAYS.fullmatch(text)
    return int(found[1]) if found else None


def what_to_write(text: str, *units: str) -> str:
    """The time that was most likely meant, in one of these units; "" where it can't be told."""
    found = re.fullmatch(r"(?:in |dans )?(\d{1,3})\s*([^\W\d_][^\d]*)", text.strip().casefold())
    if not found:
        return ""
    number, word = max(1, int(found[1])), found[2].strip().rstrip("s")
    unit: str | int | None = OTHERWISE.get(word) or nearest(word, units)
    if isinstance(unit, int):
        number, unit = number * unit, "day"
    return f"{number} {unit}{'' if number == 1 else 's'}" if unit in units else ""
