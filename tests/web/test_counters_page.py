"""A coordinator's counters: found by town, switched off at once; a list is read before it is kept."""

import io
import re

import pytest

from sms_gateway.counters.nearest import nearest
from sms_gateway.counters.towns import place_key
from sms_gateway.services import all_services
from sms_gateway.store import counters as stored
from sms_gateway.store.counters import Counter
from tests.web.house import House, Visitor

LIST = """id,name,place,postcode,hours,phone,topics
1,Maison Centrale,Montreuil,93100,lundi 9h-12h,01 48 70 60 00,papiers
2,Relais,Vienne,38200,mardi 9h-12h,3646,papiers crypto
3,,Lyon,69001,,,
"""


def organisation(house: House) -> int:
    with house.services.database.read() as tx:
        return next(iter(all_services(tx))).organisation_id


def keep(house: House, *places: str, **facts: str) -> None:
    """Counters with these towns, their ids 1, 2, …"""
    full = {"hours": "lundi 9h-12h", "phone": "3646"} | facts
    known = [
        Counter(source_id=str(n), name=f"Maison {town}", place=town, place_key=place_key(town), **full)  # type: ignore[arg-type]
        for n, town in enumerate(places, 1)
    ]
    with house.services.database.write() as tx:
        stored.keep(tx, organisation(house), known, now=house.services.clock())


def known(house: House) -> dict[str, Counter]:
    with house.services.database.read() as tx:
        return {one.source_id: one for one in stored.of_organisation(tx, organisation(house))}


def hands_in(claire: Visitor, text: str, **form: str) -> str:
    """The address of the preview of a list, or the page that refuses it."""
    file = {"file": (io.BytesIO(text.encode()), "list.csv")}
    answer = claire.post("/desk/counters/list", form | file)  # type: ignore[operator]
    return str(answer.location) if answer.status_code == 303 else answer.text


def test_a_counter_is_found_by_its_town_and_says_whether_it_is_told(house: House) -> None:
    keep(house, "Montreuil", "Saint-Étienne")
    claire = house.signed_in("claire")
    page = claire.get("/desk/counters?words=st etienne").text
    assert "Maison Saint-Étienne" not in page
    page = claire.get("/desk/counters?words=saint etien").text
    assert "Maison Saint-Étienne" in page
    assert "Maison Montreuil" not in page
    assert "indiqué aux gens" in page
    keep(house, "Montreuil", phone="")
    assert "indiqué à personne : pas de téléphone" in claire.get("/desk/counters?words=montreuil").text


def test_one_switched_off_is_told_to_nobody_and_no_list_switches_it_on(house: House) -> None:
    keep(house, "Montreuil")
    claire = house.signed_in("claire")
    claire.post("/desk/counters/switch", {"counter": "1", "act": "off"})
    with house.services.database.read() as tx:
        assert nearest(tx, organisation(house), "Montreuil", "papiers") is None
    claire.post(hands_in(claire, LIST))
    assert known(house)["1"].name == "Maison Centrale"
    assert not known(house)["1"].active
    claire.post("/desk/counters/switch", {"counter": "1", "act": "on"})
    assert known(house)["1"].active


def test_what_a_list_would_change_is_read_before_anything_is_kept(house: House) -> None:
    keep(house, "Montreuil", "Vienne", "Brest")
    before = known(house)
    claire = house.signed_in("claire")
    preview = hands_in(claire, LIST, whole="yes")
    page = re.sub(r"\s+", " ", claire.get(preview).text)
    assert "Maison Montreuil</del> <ins>Maison Centrale" in page
    assert "Ligne 4 : Rien n’est écrit sous : name." in page
    assert "<code>crypto</code>" in page
    assert "aucun guichet n’est retiré" in page
    assert known(house) == before
    said = claire.get(claire.post(preview).location).text
    assert "0 nouveaux, 2 changés, 0 retirés" in said
    assert known(house)["1"].name == "Maison Centrale"
    assert known(house)["3"].active
    assert "déjà gardée" in claire.get(claire.post(preview).location).text


def test_a_whole_list_without_bad_lines_switches_off_what_it_lacks(house: House) -> None:
    keep(house, "Montreuil", "Vienne", "Brest")
    claire = house.signed_in("claire")
    preview = hands_in(claire, "\n".join(LIST.splitlines()[:3]), whole="yes")
    assert "Maison Brest" in claire.get(preview).text
    claire.post(preview)
    assert {one: counter.active for one, counter in known(house).items()} == {"1": True, "2": True, "3": False}
    assert "absent de la liste" in claire.get("/desk/counters?words=brest").text


def test_a_list_may_be_larger_than_any_other_form(house: House) -> None:
    claire = house.signed_in("claire")
    large = LIST + "\n" * 300_000
    assert "/desk/counters/list/" in hands_in(claire, large)
    assert claire.post("/desk/counters/switch", {"counter": large}).status_code == 413


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "Choisissez d’abord un fichier."), ("a,b\n1,2", "pas de colonne pour : id, name, place")],
)
def test_a_file_that_is_no_list_is_refused_with_what_to_mend(house: House, text: str, said: str) -> None:
    assert said in hands_in(house.signed_in("claire"), text)


def test_another_organisations_list_and_counters_are_not_there(house: House) -> None:
    claire = house.signed_in("claire")
    assert claire.get("/desk/counters/list/99").status_code == 303
    assert claire.post("/desk/counters/switch", {"counter": "99", "act": "off"}).status_code == 404
