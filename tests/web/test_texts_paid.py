"""What volunteers paid in texts: a coordinator's table and file, a volunteer's own page."""

import re

from sqlalchemy import select

from sms_gateway.store import volunteer_texts
from sms_gateway.store.tables import accounts
from tests.web.house import House


def paid(house: House, login: str, parts: int) -> None:
    """One text of so many parts from somebody's phone."""
    with house.services.database.write() as tx:
        row = tx.execute(select(accounts).where(accounts.c.login == login)).one()
        volunteer_texts.count(
            tx,
            organisation_id=row.organisation_id,
            account_id=row.id,
            parts=parts,
            timezone="Europe/Paris",
            now=house.services.clock(),
        )


def test_a_coordinator_reads_and_downloads_everybodys(house: House) -> None:
    paid(house, "awa", 3)
    paid(house, "awa", 1)
    claire = house.signed_in("claire")
    month = f"{house.services.clock():%Y-%m}"
    page = claire.get("/desk/texts").text
    assert month in page
    assert ">2</td>" in page
    assert ">4</td>" in page
    file = claire.get("/desk/texts/csv")
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f"{month},Awa,2,4" in file.text
    assert "/desk/texts" in claire.get("/desk/volunteers").text


def test_a_name_is_no_formula_in_a_spreadsheet(house: House) -> None:
    with house.services.database.write() as tx:
        tx.execute(accounts.update().where(accounts.c.login == "awa").values(name="=1+1"))
    paid(house, "awa", 1)
    assert ",'=1+1,1,1" in house.signed_in("claire").get("/desk/texts/csv").text


def test_a_volunteer_reads_their_own_and_no_one_elses(house: House) -> None:
    paid(house, "claire", 7)
    awa = house.signed_in("awa")
    assert '<ul class="g-texte">' not in awa.get("/account").text
    paid(house, "awa", 2)
    assert re.search(r"<li>[^<]*\b2\b", awa.get("/account").text)
    assert awa.get("/desk/texts").status_code in {403, 404}
