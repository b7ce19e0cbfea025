"""The nearest counter: by town however it is spelled, else by postcode, else by distance; none where none is known."""

import pytest

from sms_gateway.counters.nearest import kilometres, pick
from sms_gateway.counters.towns import place_key, where
from sms_gateway.store.counters import Counter


def counter(source_id: str, place: str, **facts: object) -> Counter:
    return Counter(**{"source_id": source_id, "name": source_id, "place": place, "place_key": place_key(place)} | facts)


LYON = counter("lyon", "Lyon", postcode="69003", latitude=45.76, longitude=4.86, region="Rhône")
VIENNE = counter("vienne", "Vienne", postcode="38200", latitude=45.52, longitude=4.87, region="Isère")
ETIENNE = counter("etienne", "Saint-Étienne", postcode="42000", latitude=45.44, longitude=4.39, region="Loire")
ALL = (LYON, VIENNE, ETIENNE)


@pytest.mark.parametrize("typed", ["st etienne", "ST-ETIENNE", "Saint Étienne", "saint-etienne 42100", "St. Etienne"])
def test_a_town_is_found_however_it_is_spelled(typed: str) -> None:
    assert pick(ALL, typed, "caf") == ETIENNE


@pytest.mark.parametrize("typed", ["Lyon 3", "lyon 3eme", "Lyon 3e arrondissement", "LYON CEDEX 03"])
def test_an_arrondissement_is_its_town(typed: str) -> None:
    assert pick(ALL, typed, "caf") == LYON


@pytest.mark.parametrize("typed", ["viene", "Vinene", "je suis vers Vienne merci", "vienne svp", "Rue du Lac, Vienne"])
def test_a_town_is_found_misspelt_or_among_a_few_words(typed: str) -> None:
    assert pick(ALL, typed, "caf") == VIENNE


@pytest.mark.parametrize(
    "typed", ["Mienne", "Viennnnes", "de Lyon à Vienne", "Je vais à Vienne demain avec ma soeur et son fils"]
)
def test_another_town_two_towns_and_a_story_are_no_town_of_the_list(typed: str) -> None:
    assert where(ALL, typed) is None


def test_of_names_inside_each_other_the_longer_is_meant() -> None:
    found = where([counter("a", "Montreuil"), counter("b", "Montreuil sur Mer")], "vers Montreuil sur mer svp")
    assert found is not None
    assert [one.source_id for one in found.counters] == ["b"]


def test_a_postcode_finds_a_counter_where_the_town_does_not() -> None:
    assert pick(ALL, "Jardin 38200", "caf") == VIENNE
    assert pick(ALL, "38200", "caf") == VIENNE


def test_a_postcode_tells_towns_of_one_name_apart() -> None:
    reunion, paris = counter("a", "Saint-Denis", postcode="97400"), counter("b", "Saint-Denis", postcode="93200")
    assert pick([reunion, paris], "St Denis 97400", "caf") == reunion
    assert pick([reunion, paris], "St Denis 93200", "caf") == paris


def test_the_closest_is_taken_where_those_of_the_town_are_off_or_do_something_else() -> None:
    off = counter("off", "Villefontaine", latitude=45.61, longitude=5.15, active=False)
    other = counter("other", "Heyrieux", latitude=45.63, longitude=5.06, topics=("impots",))
    assert pick([*ALL, off, other], "Villefontaine", "caf") == VIENNE
    assert pick([*ALL, off, other], "Villefontaine", "impots") == other


def test_a_region_names_the_counter_of_its_middle() -> None:
    assert pick(ALL, "isere", "caf") == VIENNE


@pytest.mark.parametrize("typed", ["", "Brest", "75001", "...", "42"])
def test_none_is_named_where_none_is_known(typed: str) -> None:
    assert pick(ALL, typed, "caf") is None


def test_lyon_and_saint_etienne_are_fifty_kilometres_apart() -> None:
    assert kilometres((45.76, 4.86), (45.44, 4.39)) == pytest.approx(51, abs=2)


def test_a_postcode_of_another_part_of_the_country_is_another_town_of_that_name() -> None:
    assert pick([counter("b", "Saint-Denis", postcode="93200")], "St Denis 97400", "caf") is None


def test_what_is_further_than_anybody_goes_is_not_near() -> None:
    brest = counter("brest", "Brest", latitude=48.39, longitude=-4.49, active=False)
    assert pick([*ALL, brest], "Brest", "caf") is None
