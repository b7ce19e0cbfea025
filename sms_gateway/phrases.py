"""The machine's own phrases, in a language: those of flows/library/common.yaml, and times as people read them."""

from datetime import datetime
from functools import cache

from flows import packaged
from flows.moments import when_by, when_from
from flows.wording import SayValue, Voice, phrase_sayer


def say(language: str, key: str, /, **values: SayValue) -> str:
    """A phrase by its name. Raises KeyError for a name that common.yaml does not have."""
    voice = _voice(language)
    if key not in voice.templates:
        raise KeyError(key)
    return voice(key, **values)


def by(moment: datetime, *, now: datetime, language: str, timezone: str) -> str:
    """By when: "aujourd'hui avant 17h"."""
    return when_by(moment, now, language, timezone)


def from_when(moment: datetime, *, now: datetime, language: str, timezone: str) -> str:
    """From when: "mardi 12 mars dès 9h"."""
    return when_from(moment, now, language, timezone)


def emergency(country: str) -> str:
    """The number that answers in any danger."""
    return packaged.pack(country).emergency


def price(language: str) -> str:
    """What a text costs the person, as the first contact and AIDE say it."""
    said = packaged.common().phrases["first_contact"].values["price"]
    return said if isinstance(said, str) else said.get(language, "")


@cache
def _voice(language: str) -> Voice:
    return phrase_sayer(packaged.common(), language)
