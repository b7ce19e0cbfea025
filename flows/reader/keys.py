"""The keys 0, 9, 8 and 00, 09, 08: a person, back, more (DESIGN.md §5)."""

from __future__ import annotations

from flows.reader.reading import Certainty, Expected, Intent, Reading

__all__ = ["read_key"]

KEYS = {"0": Intent.HUMAN, "9": Intent.BACK, "8": Intent.MORE}
LEGEND = KEYS | {f"0{key}": intent for key, intent in KEYS.items()}
CLOSED = {Expected.CHOICE, Expected.YES_NO, Expected.ANY}
COUNTED = {Expected.NUMBER, Expected.AMOUNT}


def read_key(expected: Expected, digits: str, *, low: int | None, high: int | None) -> Reading | None:
    """What a key of the legend does at this kind of question, or None where the digits are an answer.

    At an open question only the keys with a leading 0 count, and a bare 0 is a person unless 0 is in range. At a place
    question 08 and 09 may also be a place: NEARLY, with the digits as value.
    """
    intent = LEGEND.get(digits)
    if intent is None:
        return None
    if expected in CLOSED:
        return Reading(Certainty.SURE, intent)
    if digits == "0":
        counts = expected in COUNTED and (low is None or low <= 0) and (high is None or high >= 0)
        return None if counts else Reading(Certainty.SURE, Intent.HUMAN)
    if digits in {"8", "9"}:
        return None
    if expected is Expected.PLACE and digits != "00":
        return Reading(Certainty.NEARLY, intent, digits)
    return Reading(Certainty.SURE, intent)
