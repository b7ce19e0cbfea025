"""What a volunteer takes on, as a coordinator sets it."""

import re
from typing import Any

import pytest
from sqlalchemy import Row, insert, select, update

from sms_gateway.store.tables import accounts, organisations, services
from tests.web.house import House

FIELDS = {
    "languages": ["fr"],
    "topics": ["logement", "argent"],
    "training": ["argent"],
    "regions": "isere,  savoie, isere",
    "capacity": "2",
    "cases_a_day": "5",
    "quiet_from": "21h30",
    "quiet_to": "08:00",
}


def path_of(house: House, login: str = "awa") -> str:
    return f"/desk/volunteers/{row_of(house, login).id}/work"


def row_of(house: House, login: str = "awa") -> Row[Any]:
    with house.services.database.read() as tx:
        return tx.execute(select(accounts).where(accounts.c.login == login)).one()


def test_a_coordinator_sets_what_a_volunteer_takes_on(house: House) -> None:
    with house.services.database.write() as tx:
        tx.execute(update(organisations).values(trained_topics=["argent"]))
    claire = house.signed_in("claire")
    answer = claire.post(path_of(house), FIELDS)
    assert answer.status_code == 303
    awa = row_of(house)
    assert (awa.languages, sorted(awa.topics), awa.training) == (["fr"], ["argent", "logement"], ["argent"])
    assert (awa.regions, awa.capacity, awa.cases_a_day) == (["isere", "savoie"], 2, 5)
    assert (awa.quiet_from, awa.quiet_to) == (21 * 60 + 30, 8 * 60)
    page = claire.get(path_of(house)).text
    assert 'value="21:30"' in page
    assert 'value="isere, savoie"' in page


def test_every_box_ticked_is_no_limit(house: House) -> None:
    claire = house.signed_in("claire")
    every = {"languages": ["en", "fr", "sw"], "topics": [], "capacity": "3"}
    assert claire.post(path_of(house), every).status_code == 303
    assert (row_of(house).languages, row_of(house).cases_a_day, row_of(house).quiet_from) == ([], None, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("capacity", "0"),
        ("capacity", "many"),
        ("capacity", "٣"),
        ("cases_a_day", "-1"),
        ("cases_a_day", "99999999999999999999"),
        ("quiet_from", "25:00"),
        ("quiet_from", "é"),
        ("quiet_from", "99999999999999999999"),
        ("quiet_to", ""),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(house: House, field: str, value: str) -> None:
    before = row_of(house)
    answer = house.signed_in("claire").post(path_of(house), FIELDS | {field: value})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert row_of(house) == before


def test_nobody_sets_a_coordinators_or_a_strangers_work(house: House) -> None:
    claire = house.signed_in("claire")
    assert claire.get(path_of(house, "claire")).status_code == 404
    assert claire.get("/desk/volunteers/99999/work").status_code == 404


def test_two_topics_of_one_name_are_told_apart_by_their_countries(house: House) -> None:
    with house.services.database.write() as tx:
        row = dict(tx.execute(select(services)).mappings().first() or {})
        tx.execute(insert(services).values(row | {"id": 900, "code": "kenya_too", "country": "kenya"}))
        tx.execute(update(accounts).values(language="en"))
    page = house.signed_in("claire").get(path_of(house)).text
    names = [name.strip() for name in re.findall(r'for="topics-?\d*">([^<]*)<', page)]
    assert len(names) > 3
    assert len(names) == len(set(names))
