"""The pages of rest: a volunteer reads why and ends it; a coordinator reads whom to ask how they are, and says so."""

import pytest
from sqlalchemy import update

from sms_gateway.store.tables import cases
from tests.web.house import House
from tests.web.test_case_pages import send

CITIZEN = "+99920000001"


@pytest.fixture
def answered(house: House) -> int:
    """The number of a case of danger that Awa has answered."""
    number = house.ask_for_a_person(CITIZEN, "il me frappe encore")
    with house.services.database.write() as tx:
        tx.execute(update(cases).values(severity=0, danger="violence"))
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    send(awa, number, act="answer", words="Appelez le 17, ils viennent.")
    return number


def test_a_volunteer_reads_that_they_rest_and_ends_it(house: House, answered: int) -> None:
    awa = house.signed_in("awa")
    page = awa.get("/inbox").text
    assert "Vous avez répondu à une personne en danger." in page
    assert "Soufflez. Aucune nouvelle demande ne vous est proposée avant" in page
    awa.post("/inbox/pause", {"pause": "end"})
    assert "Vous avez répondu à une personne en danger." not in awa.get("/inbox").text


def test_the_desk_asks_how_they_are_with_who_and_why_until_a_coordinator_has(house: House, answered: int) -> None:
    claire = house.signed_in("claire")
    page = claire.get("/desk").text
    assert "Demandez-leur comment ça va" in page
    assert "<b>Awa</b>, après une demande de danger" in page
    assert f">{answered}</a>" in page
    assert "Se repose jusqu’à" in page
    account_id = page.partition("/desk/volunteers/")[2].partition('"')[0]
    answer = claire.post(f"/desk/volunteers/{account_id}", {"act": "asked"})
    page = claire.get(answer.location).text
    assert "Merci d’avoir demandé." in page
    assert "Demandez-leur comment ça va" not in page
    assert "Se repose jusqu’à" in page, "they rest on"
