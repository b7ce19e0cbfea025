"""What every channel speaks: the values that pass between a gateway and us, and the checks that each of them needs.

Phones and words stay out of every `repr`, so that no log can show them by accident.
"""

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

import phonenumbers

from sms_gateway.errors import FormError

TEXT_LIMIT = 1_600  # characters of one incoming SMS: ten parts, more than a phone sends
USSD_LIMIT = 4_096  # characters of one session's accumulated input (reference: at least 4 kB)
FIELD_LIMIT = 120  # characters of an id, a line, a status: as many as the tables hold

Form = Mapping[str, str]  # a gateway's form; of a field that comes twice, the first


class ReportStatus(StrEnum):
    """What became of a text that left. `ABSENT` may still become `DELIVERED`; `OTHER` is a word that we don't know."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    ABSENT = "absent"
    OTHER = "other"


class RefusalKind(StrEnum):
    """Whether trying again can help: never; never and write no more; once someone mends a setting; in a while."""

    PERMANENT = "permanent"
    OPTED_OUT = "opted_out"
    CONFIGURATION = "configuration"
    TEMPORARY = "temporary"


@dataclass(frozen=True)
class InboundText:
    """One SMS from a person. `text` may be empty: that is an answer too. `sent_at` is the gateway's, only shown."""

    channel: str
    delivery_key: str
    line: str
    phone: str = field(repr=False)
    text: str = field(repr=False)
    sent_at: datetime | None = None


@dataclass(frozen=True)
class InboundHop:
    """One USSD screen's answer. `text` is all that this session typed, as the gateway joined it (see `new_input`)."""

    channel: str
    delivery_key: str
    session: str
    line: str
    phone: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class HopsEnded:
    """A USSD session is over; `dropped` where it broke off before a screen of ours ended it."""

    channel: str
    delivery_key: str
    session: str
    line: str
    phone: str = field(repr=False)
    dropped: bool


@dataclass(frozen=True)
class DeliveryReport:
    """What the gateway learned about a text that it took under `gateway_id`. `reason` is its own word, or empty."""

    channel: str
    delivery_key: str
    gateway_id: str
    phone: str = field(repr=False)
    status: ReportStatus
    reason: str


@dataclass(frozen=True)
class OptedOut:
    """The gateway or the network was told that this phone wants no more texts from `sender`."""

    channel: str
    delivery_key: str
    phone: str = field(repr=False)
    sender: str


@dataclass(frozen=True)
class Ignored:
    """A whole form from somebody whom we can't answer (a sender's name, a short code): taken with 200, and left."""

    reason: str


@dataclass(frozen=True)
class OutboundText:
    """One SMS to send from `line` (an address such as 22384), with the encoding that its length was counted in."""

    message_id: str
    phone: str = field(repr=False)
    line: str
    body: str = field(repr=False)
    encoding: str


@dataclass(frozen=True)
class Accepted:
    """The gateway took it. `gateway_id` is None where it said so without an id: no report can then be matched."""

    gateway_id: str | None
    cost: str | None = None


@dataclass(frozen=True)
class Refused:
    """It certainly did not leave."""

    reason: str
    kind: RefusalKind


@dataclass(frozen=True)
class Unknown:
    """It may have left: nobody resends it before the delivery report had its time."""

    reason: str


Result = Accepted | Refused | Unknown


class ChannelAdapter(Protocol):
    """A gateway's translator. Every `read_…` raises `FormError` for a form without what it must have."""

    @property
    def name(self) -> str:
        """As it stands in the address of its hooks."""

    def read_text(self, form: Form) -> InboundText | Ignored:
        """An SMS that came in."""

    def read_hop(self, form: Form) -> InboundHop:
        """A USSD screen's answer, or a dial."""

    def read_end(self, form: Form) -> HopsEnded:
        """A USSD session that ended."""

    def read_report(self, form: Form) -> DeliveryReport | Ignored:
        """What became of a text of ours."""

    def read_opt_out(self, form: Form) -> OptedOut | Ignored:
        """Somebody who wants no more texts."""

    def send(self, message: OutboundText) -> Result:
        """Hand one text to the gateway: slow, never inside a transaction. A gateway's fault is a result, no error."""


# Controls (newline stays), soft hyphen, zero widths, marks that turn the direction of writing (they can make a text
# read as another), the byte order mark, lone surrogates.
_STRIPPED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\ud800-\udfff]"
)
_PHONE_PUNCTUATION = re.compile(r"[\s().\-]+", re.ASCII)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_SIMULATED = re.compile(r"\+999[0-9]{4,12}", re.ASCII)


def clean_text(raw: str, *, limit: int = TEXT_LIMIT) -> str:
    """The words as we keep them: NFC, newlines as one sign, without what can't be seen; cut at `limit` characters."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return unicodedata.normalize("NFC", _STRIPPED.sub("", text))[:limit]


def required_field(form: Form, name: str, *, limit: int = FIELD_LIMIT) -> str:
    """A field that the form must have; a missing, blank or endless one refuses the whole form."""
    value = optional_field(form, name, limit=limit + 1)
    if not value:
        raise FormError(f"The form has no {name}.")
    if len(value) > limit:
        raise FormError(f"The field {name} is longer than {limit} characters.")
    return value


def optional_field(form: Form, name: str, *, limit: int = FIELD_LIMIT) -> str:
    """A field that may be missing: then, and when blank, it is empty."""
    return clean_text(form.get(name, ""), limit=limit).strip()


def line_address(form: Form, name: str) -> str:
    """The address of ours that a form came to: a short code, a USSD code, a number; never read as a phone."""
    address = required_field(form, name)
    unescaped_plus = form[name].startswith(" ") and address.isdigit() and len(address) > 6
    return f"+{address}" if unescaped_plus else address


def session_text(form: Form, name: str) -> str:
    """What a USSD session has typed so far. Beyond the limit its end is kept: the newest answer stands there."""
    return clean_text(form.get(name, ""), limit=64_000)[-USSD_LIMIT:]


def keyed(secret: bytes, kind: str, *parts: str) -> str:
    """A delivery key that tells nothing of its parts: what people type is short, a plain hash could be guessed."""
    message = json.dumps([kind, *parts]).encode("ascii")
    return f"{kind}:{hmac.new(secret, message, hashlib.sha256).hexdigest()}"


def inbound_phone(raw: str) -> str | None:
    """E.164 of a number that could be somebody's, else None.

    The gate is "possible", not "valid": numbering plans change before tables do, and a person who could write to us
    must not be lost to a table (`+33700123456` is possible, not yet valid). An unescaped `+` arrives as a space.
    """
    number = clean_text(raw, limit=FIELD_LIMIT)
    international = number.startswith(("+", " "))
    digits = _PHONE_PUNCTUATION.sub("", number).removeprefix("+")
    if not international and digits.startswith("00"):
        digits, international = digits[2:], True
    # Without a sign, only what is too long for a short code: 36179 answers nobody, 254711082300 is a phone.
    if not international and (digits.startswith("0") or len(digits) < 10):
        return None
    if not _E164.fullmatch("+" + digits):
        return None
    try:
        parsed = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def simulated_phone(raw: str) -> str | None:
    """A phone of the simulator, else None. They begin with +999, which no country has: they can't reach anybody."""
    digits = _PHONE_PUNCTUATION.sub("", clean_text(raw, limit=FIELD_LIMIT)).removeprefix("+")
    return "+" + digits if _SIMULATED.fullmatch("+" + digits) else None


def gateway_time(raw: str) -> datetime | None:
    """The moment that a gateway gives, in either of its two forms, UTC where it names no zone; None if unreadable."""
    try:
        moment = datetime.fromisoformat(raw.strip())
    except ValueError:
        return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None


def new_input(previous: str | None, text: str) -> str:
    """What this hop typed: the part of `text` after `previous`, the accumulated text stored for the session.

    `previous` is None on the first hop: then all of `text` was dialled (`*384*77*2#` arrives as `2`). An empty result
    is an answer too. Cutting by the stored prefix is the only way to tell a typed `*` from the one that joins answers.
    Where `previous` is no prefix (a network that sends only the newest answer), it is what follows the last `*`.
    """
    if not previous:
        typed = text.removeprefix("*")
    elif text == previous:
        typed = ""
    elif text.startswith(previous + "*"):
        typed = text[len(previous) + 1 :]
    else:
        typed = text.rpartition("*")[2]
    return _plain_digits(typed)


def _plain_digits(typed: str) -> str:
    """Compatibility forms and the digits of every script as ASCII, one `#` that some phones add taken off."""
    folded = unicodedata.normalize("NFKC", typed)
    folded = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in folded)
    return folded.strip().removesuffix("#").strip()[:TEXT_LIMIT]
