"""Texts to our own team: what is written to a volunteer's or a coordinator's phone, gathered, then put into the outbox.

Never a citizen's number; their words only to the phone of the volunteer who has the case.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from babel import Locale
from sqlalchemy import Connection, Row

from flows import packaged
from flows.alphabet import measure, rewrite
from sms_gateway import outbox, phrases
from sms_gateway.cases.moving import Record
from sms_gateway.cases.offering import text_line
from sms_gateway.context import Services
from sms_gateway.services import Service
from sms_gateway.store import cases as stored
from sms_gateway.store.tables import Wish

PARTS_AT_ONCE = 3
_LONGEST_TOPIC = 24
_LONGEST_TOPIC_CALL = 19  # with the words that say so, an offer stays one text
_ONE_TEXT = 160  # septets
_DISCREET = {"fr": "personnel", "en": "personal", "sw": "binafsi"}
_DANGERS = {
    "life": {"fr": "vie en danger", "en": "life at risk", "sw": "maisha hatarini"},
    "violence": {"fr": "violence", "en": "violence", "sw": "ukatili"},
    "child": {"fr": "enfant en danger", "en": "child at risk", "sw": "mtoto hatarini"},
    "suicide": {"fr": "idées de mort", "en": "thoughts of death", "sw": "mawazo ya kufa"},
    "homeless": {"fr": "sans toit ce soir", "en": "no shelter tonight", "sw": "hana pa kulala"},
}
_DANGER = {"fr": "danger", "en": "danger", "sw": "hatari"}


@dataclass(frozen=True)
class Letter:
    """One text to one of us."""

    account: Row[Any]
    body: str
    line_id: int
    case_id: int | None = None
    entry_id: int | None = None  # the person's text that this brings
    last: bool = False  # after whatever else this phone is told now


@dataclass
class Letters:
    """What a transaction has to say to our team. Posted at its end, phone by phone: two never wait for each other."""

    waiting: list[Letter] = field(default_factory=list)

    def about(self, record: Record, service: Service, account: Row[Any], key: str, **values: str) -> None:
        """A phrase about a case, in the account's language, from the line that the case came in on."""
        line = text_line(service, record.row.line_id)
        if line is None or account.lane is None:
            return
        body = phrases.say(account.language, key, case=str(record.number), **values)
        self.waiting.append(Letter(account, body, line.id, record.id))

    def as_it_is(
        self, record: Record, service: Service, account: Row[Any], body: str, *, entry_id: int | None = None
    ) -> None:
        """A text about a case that is already written. `entry_id`: the person's text that it brings."""
        line = text_line(service, record.row.line_id)
        if line is not None and account.lane is not None:
            self.waiting.append(Letter(account, body, line.id, record.id, entry_id))

    def plain(self, account: Row[Any], line_id: int, body: str, *, last: bool = False) -> None:
        """A text that is about no case. `last`: it comes after what answers them."""
        self.waiting.append(Letter(account, body, line_id, last=last))

    def post(self, tx: Connection, services: Services, *, now: datetime) -> None:
        """Put all of them into the outbox: phones in one order everywhere, each phone's texts as they were written."""
        for letter in sorted(self.waiting, key=lambda one: (int(one.account.id), one.last)):
            message_id = outbox.add_to_account(
                tx,
                services,
                letter.account,
                body=letter.body,
                line_id=letter.line_id,
                now=now,
                case_id=letter.case_id,
            )
            if letter.entry_id is not None and message_id:
                stored.forwarded(tx, letter.entry_id, message_id)
        self.waiting.clear()


def topic_words(record: Record, country: str, language: str) -> str:
    """What a case is about, as an offer may say it: nothing of a discreet flow."""
    if record.row.discreet:
        return _DISCREET.get(language, _DISCREET["en"])
    return packaged.pack(country).topic(record.row.topic, language)[:_LONGEST_TOPIC]


def offered_words(record: Record, country: str, language: str) -> str:
    """The same for an offer, which also says that the person wishes a call."""
    topic = topic_words(record, country, language)
    if record.row.wish != Wish.CALL:
        return topic
    return phrases.say(language, "offer_call", topic=topic[:_LONGEST_TOPIC_CALL].rstrip())


def language_name(code: str, language: str) -> str:
    """A language's name in another: "portugais"."""
    name = Locale.parse(language).languages.get(code)
    return str(name or code)


def danger_words(kind: str | None, language: str) -> str:
    """What kind of danger, in two or three words."""
    return _DANGERS.get(kind or "", _DANGER).get(language, "danger")


def case_parts(number: int, language: str, text: str) -> tuple[str, ...]:
    """A long text as case_part messages, each one SMS: "Le numéro 4271, 1 sur 3 : …"."""
    pieces = _pieces(text, room=_ONE_TEXT - _units(_part(number, language, 99, 99, "")))
    return tuple(_part(number, language, at, len(pieces), piece) for at, piece in enumerate(pieces, start=1))


def _part(number: int, language: str, part: int, parts: int, text: str) -> str:
    return phrases.say(language, "case_part", case=str(number), part=str(part), parts=str(parts), text=text)


def _pieces(text: str, *, room: int) -> list[str]:
    """Cut at spaces, so that each piece is at most `room` units; a word longer than that is cut too."""
    pieces, piece = [], ""
    for word in " ".join(text.split()).split(" "):
        for bit in _bits(word, room):
            longer = f"{piece} {bit}" if piece else bit
            if _units(longer) > room:
                pieces.append(piece)
                longer = bit
            piece = longer
    return [*pieces, piece] if piece or not pieces else pieces


def _bits(word: str, room: int) -> list[str]:
    cut = room if measure(rewrite(word)).encoding == "GSM-7" else room * 7 // 16
    half = max(cut // 2, 1)  # an extended character counts twice
    return [word] if _units(word) <= room else [word[at : at + half] for at in range(0, len(word), half)]


def _units(text: str) -> int:
    """Septets, or what UCS-2 characters take of an SMS in septets, once rewritten as it will be sent."""
    size = measure(rewrite(text))
    return size.units if size.encoding == "GSM-7" else -(-size.units * 16 // 7)
