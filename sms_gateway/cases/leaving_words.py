"""What a volunteer's words may not hold without being read first: numbers, addresses and links of others, secrets.

What the service itself tells is allowed: the emergency numbers of its country, its own phone, its counters', whatever
stands in a flow that is open now, and the list of its settings. Rules: reference/casework.md §8.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from sqlalchemy import Connection, select

from flows import packaged
from flows.reader.asked_detail import asked_detail
from flows.reader.asked_secret import asked_secret
from flows.reader.masking import found_numbers
from flows.reader.spoken_numbers import spoken_numbers
from sms_gateway import flow_versions
from sms_gateway.flow_versions import storing
from sms_gateway.services import Service
from sms_gateway.store.tables import counters

_MAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\s?\.\s?[\w-]+)+")
_ENDS = (
    "fr com org net info eu gouv ke ci africa io co app biz shop store xyz online site website link click top live"
    " club ru cn tk ly gl gd sn ml bf tg bj cm ma dz tn ug tz rw uk de be ch ca es it pt us gov"
)
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
_LINK = re.compile(
    rf"(?:https?://|www\.)(?P<named>[^\s/?#,;]+)"  # said to be one
    rf"|(?<![\w.@-])(?P<pathed>{_HOST}[a-z]{{2,}})(?=/\S)"  # bit.ly/3xY
    rf"|(?<![\w.@-])(?P<bare>{_HOST}(?:{'|'.join(_ENDS.split())}))(?![\w-])",
    re.IGNORECASE,
)
_GAP = r"[\s().\-/]{0,2}"
_SHORTEST_KNOWN = 8  # digits that tell one number from another, with a country's code or its first 0 or without


class Reason(StrEnum):
    """Why a coordinator reads an answer before it leaves."""

    PHONE = "phone"
    MAIL = "mail"
    LINK = "link"
    SECRET = "secret"  # noqa: S105 - the name of a reason
    NEWCOMER = "newcomer"  # one of a volunteer's first answers


@dataclass(frozen=True)
class Found:
    """What was found in words: numbers as digits, addresses, hosts; and whether they ask for a secret."""

    phones: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    asks_secret: bool = False


def found_in(words: str, country: str) -> Found:
    """Whatever in the words could lead away from the service. Pure; nothing is allowed yet."""
    mails = tuple("".join(one.group().split()).lower() for one in _MAIL.finditer(words))
    rest = _MAIL.sub(" ", words)
    hosts = tuple((one["named"] or one["pathed"] or one["bare"]).lower().rstrip(".:!)") for one in _LINK.finditer(rest))
    phones = tuple("".join(filter(str.isdigit, one)) for one in found_numbers(_LINK.sub(" ", rest), country))
    phones += tuple(spoken_numbers(rest))
    asks = asked_secret(words, written_answer=False) or asked_detail(words)
    return Found(phones, mails, hosts, asks is not None)


def reasons_for(tx: Connection, service: Service, words: str) -> tuple[Reason, ...]:
    """Why these words wait for a coordinator; empty: they may leave."""
    found = found_in(words, service.country)
    reasons = []
    if found.phones or found.mails or found.hosts:
        told = list(_told(tx, service))
        if not all(_is_told(_number(phone), told) for phone in found.phones):
            reasons.append(Reason.PHONE)
        if not all(_is_told(_exactly(mail), told) for mail in found.mails):
            reasons.append(Reason.MAIL)
        if not all(any(_is_told(_exactly(host), told) for host in _hosts(host)) for host in found.hosts):
            reasons.append(Reason.LINK)
    if found.asks_secret:
        reasons.append(Reason.SECRET)
    return tuple(reasons)


def _told(tx: Connection, service: Service) -> Iterator[str]:
    """What the service itself tells people, as texts to look into."""
    pack = packaged.pack(service.country)
    yield "\n".join([pack.emergency, *(one.number for one in pack.numbers), service.help_phone or "", *service.allowed])
    query = select(counters.c.phone).where(
        counters.c.organisation_id == service.organisation_id, counters.c.active, counters.c.phone != ""
    )
    yield "\n".join(tx.execute(query).scalars())
    for version in flow_versions.published(tx, service.organisation_id, service.country):
        yield storing.content(tx, version.bundle_hash).lower()


def _is_told(pattern: re.Pattern[str], told: Iterable[str]) -> bool:
    return any(pattern.search(text) for text in told)


def _hosts(host: str) -> list[str]:
    """A host and those above it that could be told instead: www.caf.fr, caf.fr."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(max(len(labels) - 1, 1))]


@cache
def _number(digits: str) -> re.Pattern[str]:
    """A number however it is written: its last digits, whatever stands for its country before them."""
    own = digits[-max(_SHORTEST_KNOWN, min(len(digits), 9)) :]
    return re.compile(rf"{_GAP.join(own)}(?!\d)")


@cache
def _exactly(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.@-]){re.escape(text)}(?![\w-])", re.IGNORECASE)
