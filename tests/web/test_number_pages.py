"""The number of whoever wishes a call: on the page that answers the button, no other; an auditor reads who saw it."""

import pytest
from sqlalchemy import update

from sms_gateway.store.tables import Wish, cases
from tests.web.house import House
from tests.web.test_no_number_on_pages import digits

CITIZEN = "+99920000001"


@pytest.fixture
def wishes(house: House) -> int:
    """The number of a case whose person wishes a call, and that Awa has."""
    number = house.ask_for_a_person(CITIZEN, "ya plus de chauffage depuis lundi")
    with house.services.database.write() as tx:
        tx.execute(update(cases).values(wish=Wish.CALL))
    house.signed_in("awa").post("/inbox/next")
    return number


def test_the_page_says_what_seeing_means_then_shows_it_once(house: House, wishes: int) -> None:
    awa = house.signed_in("awa")
    page = awa.get(f"/inbox/{wishes}").text
    assert "Voir le numéro" in page
    assert "Votre nom et l’heure sont notés." in page
    assert CITIZEN not in digits(page)
    shown = awa.post(f"/inbox/{wishes}", {"act": "number"})
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"
    assert f'<a href="tel:{CITIZEN}">{CITIZEN}</a>' in shown.text
    later = awa.get(f"/inbox/{wishes}").text
    assert CITIZEN not in digits(later)
    assert "Vous avez vu le numéro à" in later
    assert "Voir le numéro" not in later


def test_a_coordinator_reads_who_saw_it_and_may_look(house: House, wishes: int) -> None:
    house.signed_in("awa").post(f"/inbox/{wishes}", {"act": "number"})
    claire = house.signed_in("claire")
    assert "Awa a vu le numéro à" in claire.get(f"/inbox/{wishes}").text
    assert CITIZEN in claire.post(f"/inbox/{wishes}", {"act": "number"}).text


def test_an_auditor_reads_it_in_the_history_of_the_case(house: House, wishes: int) -> None:
    house.signed_in("awa").post(f"/inbox/{wishes}", {"act": "number"})
    odile = house.signed_in("odile")
    start = odile.get("/history").text
    assert "Awa a vu le numéro de téléphone." in start
    for path in (f"/history/{wishes}", f"/history?number={wishes}"):
        page = odile.get(path).text
        assert "Awa prend le cas" in page
        assert "Awa a vu le numéro de téléphone." in page
        assert "chauffage" not in page
        assert CITIZEN not in digits(start + page)
    assert odile.get("/history?number=99").status_code == 404
    assert odile.get("/history/99").status_code == 404


def test_without_the_wish_there_is_no_button_and_no_number(house: House) -> None:
    number = house.ask_for_a_person(CITIZEN, "ya plus de chauffage depuis lundi")
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    assert "Voir le numéro" not in awa.get(f"/inbox/{number}").text
    refused = awa.post(f"/inbox/{number}", {"act": "number"})
    assert refused.status_code == 303
    assert "Le numéro reste caché." in awa.get(refused.location).text
