"""What one browser's simulated phones remember between two pages; kept in its signed cookie, on no server.

The citizen's number is the browser's own, drawn at random among numbers that no country has.
"""

import secrets
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import session

FIELD_LIMIT = 320  # characters of a field that is not sent yet
SLOW = timedelta(seconds=8)
_KEY = "phone"


class Mood(StrEnum):
    """What the network does with what passes."""

    NORMAL = "normal"
    SLOW = "slow"
    CUT = "cut"
    REPEATED = "repeated"


@dataclass(frozen=True)
class Call:
    """A USSD session as the phone sees it: all that was typed, joined by `*`, and the screen that it shows."""

    id: str
    typed: str
    screen: str
    hops: int
    open: bool
    shown_from: str
    told: bool = False  # the network said this (cut, unknown code), not the counter


@dataclass(frozen=True)
class PhoneState:
    """Everything of one browser's phones. Moments are ISO texts, since a cookie holds JSON."""

    number: str = field(repr=False)
    service: str
    since: str
    ways: dict[str, str] = field(default_factory=dict)  # service → sms or ussd, as chosen
    mood: Mood = Mood.NORMAL
    mood_since: str = ""
    call: Call | None = None
    citizen_field: str = field(default="", repr=False)
    volunteer_field: str = field(default="", repr=False)
    not_sent: str = ""  # which phone's last text the network did not take

    def way(self, *, has_ussd: bool) -> str:
        """How the citizen writes in the service that is shown: by code where there is one, unless they chose."""
        chosen = self.ways.get(self.service, "ussd")
        return chosen if has_ussd else "sms"

    def with_way(self, way: str) -> "PhoneState":
        """The same, with that choice kept for the service that is shown."""
        return replace(self, ways=self.ways | {self.service: way})

    def field_of(self, phone: str) -> str:
        """What stands in a phone's field, not sent."""
        return self.citizen_field if phone == "citizen" else self.volunteer_field

    def with_field(self, phone: str, text: str) -> "PhoneState":
        """The same, with that text in a phone's field."""
        kept = text[:FIELD_LIMIT]
        return replace(self, citizen_field=kept) if phone == "citizen" else replace(self, volunteer_field=kept)


def fresh(service: str, now: datetime, *, first_word: str) -> PhoneState:
    """New phones: a number that nobody has had, an empty thread, and a first word ready to send."""
    number = "+999" + "".join(secrets.choice("0123456789") for _ in range(11))
    return PhoneState(number=number, service=service, since=now.isoformat(), citizen_field=first_word)


def load() -> PhoneState | None:
    """This browser's phones; None for one that has none yet, or whose cookie is of an older kind."""
    kept = session.get(_KEY)
    try:
        return _read(kept) if isinstance(kept, dict) else None
    except (TypeError, ValueError, KeyError):
        return None


def keep(state: PhoneState) -> None:
    """Put it into the cookie that this answer sets."""
    session[_KEY] = asdict(state)


def _read(kept: dict[str, Any]) -> PhoneState:
    call = kept.get("call")
    known = {**kept, "mood": Mood(kept["mood"]), "call": Call(**call) if call else None}
    return PhoneState(**known)
