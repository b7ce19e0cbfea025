"""The region of somebody whose town is known comes from the counters, so that somebody near is asked first."""

from typing import Any

import pytest

from sms_gateway.counters.towns import place_key
from sms_gateway.store import counters, people
from sms_gateway.store.counters import Counter
from tests.cases.town import Town

CITIZEN = "+33612340099"


def asks_from(place: Town, town: str, regions: tuple[str | None, ...], before: str | None = None) -> Any:
    """The case of a person who named `town`, where counters of that name are in these regions."""
    known = [
        Counter(source_id=str(n), name="Maison", place="Vienne", place_key=place_key("Vienne"), region=region)
        for n, region in enumerate(regions)
    ]
    with place.services.database.write() as tx:
        counters.keep(tx, place.service.organisation_id, known, now=place.now)
    place.as_person(
        CITIZEN, lambda tx, person: people.change(tx, person.id, place=person.words.seal(town), region=before)
    )
    return place.case(place.asks(CITIZEN).number)


def test_a_case_is_of_the_region_of_its_persons_town_and_the_volunteer_there_is_asked(place: Town) -> None:
    place.account("Loin", phone="+33612340001", regions=["Rhône"])
    near = place.account("Pres", phone="+33612340002", regions=["Isère"])
    assert asks_from(place, "vienne", ("Isère", "Isère")).region == "Isère"
    place.sweep()
    assert len(place.texts_to_account(near)) == 1
    assert place.as_person(CITIZEN, lambda _tx, person: person.region) == "Isère"


@pytest.mark.parametrize(
    ("town", "regions", "before", "region"),
    [
        ("Vienne", ("Isère", "Vienne-Sud"), None, None),
        ("Trucmuche", ("Isère",), None, None),
        ("Saint-Denis", ("Isère",), None, None),
        ("Vienne", (None,), None, None),
        ("Vienne", ("Isère",), "Rhône", "Rhône"),
    ],
)
def test_a_region_is_never_guessed_nor_changed(
    place: Town, town: str, regions: tuple[str | None, ...], before: str | None, region: str | None
) -> None:
    assert asks_from(place, town, regions, before).region == region


@pytest.mark.parametrize(
    ("town", "region"),
    [("Brest", "Finistère"), ("Saint-Denis (93)", "Seine-Saint-Denis"), ("Montreuil 93100", "Seine-Saint-Denis"),
     ("38", "Isère"), ("38190", "Isère")],
)  # fmt: skip
def test_where_no_counter_says_it_the_region_is_the_department_of_the_town(
    place: Town, town: str, region: str
) -> None:
    assert asks_from(place, town, ()).region == region


def test_a_volunteers_region_is_theirs_however_it_is_written(place: Town) -> None:
    near = place.account("Pres", phone="+33612340001", regions=["l'isere"])
    numbered = place.account("Aussi", phone="+33612340002", regions=["38"])
    far = place.account("Loin", phone="+33612340003", regions=["Rhône"])
    asks_from(place, "Grenoble", ())
    for _ in range(2):
        place.sweep()
        place.clock.advance(minutes=20)
    assert [len(place.texts_to_account(one)) for one in (near, numbered, far)] == [1, 1, 0]
