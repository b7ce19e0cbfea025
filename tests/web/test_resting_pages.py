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
    assert "Soufflez. Aucun nouveau cas ne vous est proposé avant" in page
    awa.post("/inbox/pause", {"pause": "end"})
    after = awa.get("/inbox")
    assert after.status_code == 200
    assert "Vous avez répondu à une personne en danger." not in after.text


def test_the_desk_asks_how_they_are_with_who_and_why_until_a_coordinator_has(house: House, answered: int) -> None:
    claire = house.signed_in("claire")
    page = claire.get("/desk").text
    assert "Demandez-leur comment ça va" in page
    assert "<b>Awa</b>, après un cas de danger" in page
    assert f">{answered}</a>" in page
    assert "Se repose jusqu’à" in page
    account_id = page.partition("/desk/volunteers/")[2].partition('"')[0]
    answer = claire.post(f"/desk/volunteers/{account_id}", {"act": "asked"})
    page = claire.get(answer.location).text
    assert "Merci d’avoir demandé." in page
    assert "Demandez-leur comment ça va" not in page
    assert "Se repose jusqu’à" in page, "they rest on"


def test_whoever_waits_stands_before_whoever_was_answered_in_ones_own_list(house: House, answered: int) -> None:
    house.signed_in("awa").post("/inbox/pause", {"pause": "end"})
    waits = house.ask_for_a_person("+99920000002", "ya plus de chauffage")
    awa = house.signed_in("awa")
    awa.post(f"/inbox/{waits}", {"act": "take"})
    page = awa.get("/inbox").text
    assert page.index(f"/inbox/{waits}") < page.index(f"/inbox/{answered}")


def test_a_coordinators_way_on_from_somebody_elses_case_is_one_that_they_may_open(house: House, answered: int) -> None:
    claire = house.signed_in("claire")
    page = claire.get(f"/inbox/{answered}").text
    assert "Awa a ce cas." in page
    for path in ("/desk", f"/desk/give/{answered}", f"/history/{answered}"):
        assert f'href="{path}"' in page
        assert claire.get(path).status_code == 200
    assert 'href="/inbox"' not in page


def test_nobody_is_promised_to_be_asked_once_they_were(house: House, answered: int) -> None:
    awa, claire = house.signed_in("awa"), house.signed_in("claire")
    assert "Votre coordination vous demandera" in awa.get("/inbox").text
    account_id = claire.get("/desk").text.partition("/desk/volunteers/")[2].partition('"')[0]
    claire.post(f"/desk/volunteers/{account_id}", {"act": "asked"})
    page = awa.get("/inbox").text
    assert "Aucun nouveau cas ne vous est proposé avant" in page, "they rest on"
    assert "Votre coordination vous demandera" not in page
