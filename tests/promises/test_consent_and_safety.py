"""Consent is what somebody plainly said; in danger, all that must happen has happened or nothing has.

What is said yes or no to here is the machine's own: erasing and stopping. Nobody of ours acts in a person's place, and
no text says so: that takes a consent that is kept, can be looked up and ends. `test_leaving` has whoever leaves.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from flows.reader import Certainty, Expected, Intent, read
from sms_gateway import conversations, flow_versions
from sms_gateway.cases.case import DANGER
from sms_gateway.channels.base import InboundText
from sms_gateway.store import people
from sms_gateway.store.tables import MessageKind, PersonStatus, Role, cases, outbox
from sms_gateway.store.tables import people as people_table
from tests.cases.conftest import place  # noqa: F401 - the town, on each kind of database
from tests.cases.town import LINE, Town
from tests.gateway.parts import ObedientGateway
from tests.gateway.talk import CHANNEL, send_all
from tests.promises.consents import LABELLED

TODAY = date(2026, 3, 10)
COUNTRY = {"fr": "france", "en": "kenya", "sw": "kenya"}
SOURCES = Path(__file__).parent.parent.parent
_keys = count(1)


@pytest.fixture
def town(place: Town) -> Town:  # noqa: F811
    """The town with its flows, whose texts leave at once."""
    carrier: Any = lambda _channel, _line: ObedientGateway()  # noqa: E731
    place.services = replace(place.services, carrier=carrier)
    flow_versions.register_shipped(place.services)
    return place


def knows(town: Town, phone: str, language: str = "fr") -> int:
    """The person chose a language some time ago; their id."""

    def chose(tx: Any, person: people.Person) -> int:
        people.change(tx, person.id, language=language, language_chosen=True, welcomed=True)
        return person.id

    return int(town.as_person(phone, chose))


def text(town: Town, phone: str, words: str) -> None:
    """By the real door."""
    conversations.receive_text(town.services, InboundText(CHANNEL, f"in-{next(_keys)}", LINE, phone, words))


# ---- yes, no, neither ----


@pytest.mark.parametrize("language", ["fr", "en", "sw"])
def test_yes_no_and_neither_are_told_apart_and_neither_is_never_yes_or_no(language: str) -> None:
    wrong, counted = [], 0
    for label, texts in LABELLED[language].items():
        for words in texts:
            counted += 1
            understood = agreed(words, language)
            if understood is not label:
                wrong.append(words)
            assert understood in {label, None}, f"{words!r} was taken for {understood}"
    assert counted > 70
    assert len(wrong) <= counted // 100, wrong


@pytest.mark.parametrize(("words", "language"), [("yes and no", "en"), ("oui et non", "fr"), ("ndiyo na hapana", "sw")])
def test_both_at_once_is_no_sure_yes_at_any_question(words: str, language: str) -> None:
    """Small words are left out when a text is read, and "no" is one of them: it stands for "number", too."""
    reading = read(Expected.YES_NO, words, language=language, country=COUNTRY[language], today=TODAY)
    assert (reading.intent, reading.certainty) != (Intent.ANSWER, Certainty.SURE)


def agreed(words: str, language: str) -> bool | None:
    """What the reader makes of it where only a plain yes or no counts."""
    reading = read(Expected.YES_NO, words, language=language, country=COUNTRY[language], today=TODAY, strict=True)
    return bool(reading.value) if reading.intent is Intent.ANSWER else None


def test_nobody_is_erased_by_what_is_not_plainly_yes(town: Town) -> None:
    neither = ("oui mais", "oui et non", "mouais", "oui si vous voulez", "peut-être", "je crois que oui", "pourquoi ?")
    phones = {f"+336987000{at:02}": words for at, words in enumerate((*neither, "non", "oui"))}
    ids = {phone: knows(town, phone) for phone in phones}
    for phone, words in phones.items():
        text(town, phone, "EFFACER")
        send_all(town.services)
        text(town, phone, words)
    with town.services.database.read() as tx:
        erased = select(people_table.c.id).where(people_table.c.erased_at.is_not(None))
        gone = set(tx.execute(erased).scalars())
    assert gone == {ids[phone] for phone, words in phones.items() if words == "oui"}


def test_whoever_stops_is_stopped_whatever_was_agreed(town: Town) -> None:
    person_id = knows(town, "+33698700001")
    text(town, "+33698700001", "0")
    text(town, "+33698700001", "STOP")
    with town.services.database.read() as tx:
        status = select(people_table.c.status).where(people_table.c.id == person_id)
        assert tx.execute(status).scalar_one() == PersonStatus.STOPPED
        assert tx.execute(select(func.count()).where(cases.c.state != "closed")).scalar_one() == 0


def test_no_text_says_that_somebody_acts_for_a_person_while_no_consent_is_kept() -> None:
    """The phrases stand in the library; whoever says them first keeps the consent too, and writes its promise here."""
    named = [
        str(path.relative_to(SOURCES))
        for folder in ("flows", "sms_gateway", "worker")
        for path in (SOURCES / folder).rglob("*")
        if path.suffix in {".py", ".yaml"} and path.name != "common.yaml" and "consent_" in path.read_text("utf-8")
    ]
    assert named == []


# ---- danger ----


class Crash(BaseException):
    """The process is gone; nothing in it may catch this."""


@dataclass(frozen=True)
class Happened:
    """What there is of one person's danger: cases, numbers to call, and of ours who are told."""

    cases: int
    numbers: int
    told: int


def test_in_danger_the_number_the_case_and_two_of_us_come_together_or_not_at_all(town: Town) -> None:
    """The process dies at each of its statements in turn."""
    for at in range(2):
        town.account(f"Chef{at}", role=Role.COORDINATOR, phone=f"+3361234590{at}")
    for phone in ("+33698710000", "+33698710001"):  # the first one warms up what a process knows
        knows(town, phone)
        with dying_at(town, None) as counted:
            text(town, phone, "Il me frappe")
        assert happened(town, phone) == Happened(cases=1, numbers=1, told=2)
    last = len(counted) - 1 - counted[::-1].index("COMMIT")
    assert last > 15, "it was played"
    for dies_at in (*range(1, last, 4), last):
        phone = f"+336987{dies_at + 1:05}"
        knows(town, phone)
        with dying_at(town, dies_at), pytest.raises(Crash):
            text(town, phone, "Il me frappe")
        assert happened(town, phone) == Happened(0, 0, 0), f"it died at {counted[dies_at]}"
    text(town, phone, "Il me frappe")
    assert happened(town, phone) == Happened(cases=1, numbers=1, told=2)


@contextmanager
def dying_at(town: Town, at: int | None) -> Iterator[list[str]]:
    """Every statement and commit that the block does; the process dies before the one with this place."""
    seen: list[str] = []

    def one_more(statement: str) -> None:
        seen.append(statement)
        if at is not None and len(seen) == at + 1:
            raise Crash

    def statement(_connection: Any, _cursor: Any, words: str, *_more: Any) -> None:
        one_more(words)

    def commit(_connection: Any) -> None:
        one_more("COMMIT")

    engine = town.services.database.engine
    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)


def happened(town: Town, phone: str) -> Happened:
    """What became of it, from the rows."""
    person_id = town.as_person(phone, lambda _tx, person: person.id)
    with town.services.database.read() as tx:
        mine = select(cases.c.id).where(cases.c.person_id == person_id, cases.c.severity == DANGER)
        ids = list(tx.execute(mine).scalars())
        numbers = select(func.count()).where(outbox.c.person_id == person_id, outbox.c.kind == MessageKind.DANGER)
        told = select(func.count(outbox.c.account_id.distinct())).where(outbox.c.case_id.in_(ids))
        return Happened(len(ids), tx.execute(numbers).scalar_one(), tx.execute(told).scalar_one())
