"""The reader on the command line: one JSON object in, one out (`guichet read`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from flows.reader.order import read
from flows.reader.reading import Certainty, Danger, Expected, Intent, Option, Reading, Value

__all__ = ["read_line"]

SHOWN = re.compile(r"\s*(\d+)[\s.):-]*(.*)")
COUNTRIES = {"fr": "france"}
KENYA = "kenya"
# Illness and injury are by far the most of what threatens a life.
LIFE = "medical"


def read_line(request: Mapping[str, object]) -> dict[str, object]:
    """{"id", "intent", "value"} for a request {"id", "lang", "expected", "options", "text", "today", "country"?}.

    Raises ValueError, in words for whoever wrote the request, where `expected` or `today` can't be read.
    """
    language = str(request.get("lang") or "fr")
    country = str(request.get("country") or COUNTRIES.get(language, KENYA))
    expected = str(request.get("expected") or "any")
    if expected not in set(Expected):
        raise ValueError(f"expected is {expected!r}; it should be one of {', '.join(Expected)}")
    listed = request.get("options")
    options = [option for entry in listed if (option := _option(str(entry)))] if isinstance(listed, list) else []
    reading = read(
        expected,
        str(request.get("text") or ""),
        options=options,
        language=language,
        country=country,
        today=_today(request.get("today")),
    )
    return {"id": request.get("id"), "intent": _intent(reading).value, "value": _value(reading)}


def _option(shown: str) -> Option | None:
    found = SHOWN.fullmatch(shown)
    return Option(found[1], found[2].strip()) if found else None


def _today(given: object) -> date:
    if not given:
        raise ValueError('today is missing; write it so: "today": "2026-03-10"')
    try:
        return date.fromisoformat(str(given)[:10])
    except ValueError:
        raise ValueError(f'today is {given!r}; write it so: "today": "2026-03-10"') from None


def _intent(reading: Reading) -> Intent:
    if reading.certainty is Certainty.UNCLEAR and reading.intent is Intent.ANSWER:
        return Intent.UNCLEAR
    return reading.intent


def _value(reading: Reading) -> Value:
    if reading.intent is Intent.UNCLEAR:
        return None
    return LIFE if reading.value == Danger.LIFE else reading.value
