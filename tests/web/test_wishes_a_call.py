"""A person who wishes a call: marked wherever their case stands, until whoever has it says that they called."""

import pytest
from sqlalchemy import update

from sms_gateway.store.tables import CaseState, Wish, cases
from tests.web.house import House
from tests.web.test_case_pages import answers, send, state_of

CITIZEN = "+99920000001"
MARK = "> souhaite un appel</span>"


@pytest.fixture
def wishes(house: House) -> int:
    """The number of a case whose person wishes a call."""
    number = house.ask_for_a_person(CITIZEN, "ya plus de chauffage depuis lundi")
    with house.services.database.write() as tx:
        tx.execute(update(cases).values(wish=Wish.CALL))
    return number


def test_the_mark_stands_on_every_page_until_somebody_called(house: House, wishes: int) -> None:
    awa, claire = house.signed_in("awa"), house.signed_in("claire")
    assert MARK in awa.get("/inbox").text
    assert MARK in claire.get("/desk").text
    awa.post("/inbox/next")
    assert MARK in awa.get("/inbox").text
    assert MARK in awa.get(f"/inbox/{wishes}").text
    said = send(awa, wishes, act="called")
    assert "Votre appel est noté." in said
    assert state_of(house, wishes) is CaseState.ANSWERED
    assert answers(house) == 1
    assert "J’ai appelé" not in said
    assert MARK not in awa.get("/inbox").text + claire.get("/desk").text + said


def test_without_the_wish_there_is_no_such_button(house: House) -> None:
    number = house.ask_for_a_person(CITIZEN, "ya plus de chauffage depuis lundi")
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    assert "J’ai appelé" not in awa.get(f"/inbox/{number}").text
