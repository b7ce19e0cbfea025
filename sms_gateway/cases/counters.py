"""A counter to go to, where nobody of ours could answer: a place, its hours, its phone, as facts that hold today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flows import packaged


@dataclass(frozen=True)
class Counter:
    """One counter, in the words of whoever is sent there."""

    place: str
    hours: str
    phone: str


def counter_of(country: str, language: str, today: date) -> Counter | None:
    """The counter that a country's pack names for everybody; None where it names none that holds today."""
    return counter_in(packaged.pack(country), language, today)


def counter_in(pack: Mapping[str, Any], language: str, today: date) -> Counter | None:
    """A pack's `counter: {place, hours: {fr: …}, phone, valid_to}`; a fact past its date is not said."""
    named = pack.get("counter")
    if not named or language not in named["hours"] or date.fromisoformat(str(named["valid_to"])) < today:
        return None
    return Counter(str(named["place"]), str(named["hours"][language]), str(named["phone"]))
