"""The page of an answer that has not left, without scripts: how long, taking it back, and what is said too late."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from sms_gateway.store.tables import CaseState, cases, outbox
from sms_gateway.web.accounts import limiter
from tests.clocks import FixedClock
from tests.databases import settings_for
from tests.web.house import House, Visitor, open_house

CITIZEN = "+99920000001"
WORDS = "Allez à la police."


@pytest.fixture
def house(data: Path, clock: FixedClock) -> Iterator[House]:
    """A house with 15 seconds to take an answer back."""
    settings = settings_for(data, f"sqlite:///{data / 'guichet.sqlite'}")
    built = open_house(replace(settings, undo_seconds=15), clock)
    limiter.reset()
    yield built
    built.services.database.close()


@pytest.fixture
def asked(house: House) -> int:
    """The number of a case that somebody has just opened."""
    return house.ask_for_a_person(CITIZEN, "ya plus de chauffage")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def send(visitor: Visitor, number: int, **form: str) -> str:
    """Send the answer box as its page gives it, and read the page that comes."""
    page = visitor.get(f"/inbox/{number}").text
    kept = {"epoch": hidden(page, "epoch"), "seen_seq": hidden(page, "seen_seq")}
    return visitor.get(visitor.post(f"/inbox/{number}", kept | form).location).text


def press_back(visitor: Visitor, number: int, page: str) -> str:
    form = {"act": "back", "held": hidden(page, "held")}
    return visitor.get(visitor.post(f"/inbox/{number}", form).location).text


def answers(house: House) -> int:
    with house.services.database.read() as tx:
        return len(tx.execute(select(outbox.c.id).where(outbox.c.kind == "answer")).all())


def test_an_answer_says_when_it_leaves_and_comes_back_into_its_field(house: House, asked: int) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    page = send(awa, asked, words=WORDS, act="answer")
    assert "part dans 15 secondes" in page
    assert ">Annuler l’envoi</button>" in page
    assert f">{WORDS}</p>" in page
    assert answers(house) == 0
    page = press_back(awa, asked, page)
    assert "Rien n’est parti" in page
    assert f">{WORDS}</textarea>" in page
    assert "Annuler" not in page


def test_too_late_is_said_as_it_is(house: House, asked: int, clock: FixedClock) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    page = send(awa, asked, words=WORDS, act="answer")
    clock.advance(seconds=16)
    house.work()
    assert answers(house) == 1
    said = press_back(awa, asked, page)
    assert "Elle est partie" in said
    assert "Annuler" not in said


def test_sending_and_finishing_stays_with_the_case_until_it_has_left(
    house: House, asked: int, clock: FixedClock
) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    page = send(awa, asked, words=WORDS, finish="settled")
    assert "Ensuite le cas est fini" in page
    clock.advance(seconds=15)
    house.work()
    with house.services.database.read() as tx:
        assert tx.execute(select(cases.c.state).where(cases.c.number == asked)).scalar_one() == CaseState.CLOSED
