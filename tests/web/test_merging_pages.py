"""The page that makes two cases one: both are shown by pseudonyms, one button, and what became of them after."""

from sms_gateway.store.tables import Role
from tests.web.house import House

CITIZEN, NEIGHBOUR = "+99920000001", "+99920000002"


def test_a_coordinator_looks_at_both_and_makes_them_one(house: House) -> None:
    mine = house.ask_for_a_person(CITIZEN, "ma carte est perdue")
    hers = house.ask_for_a_person(NEIGHBOUR, "c’est pour la carte de mon frère")
    claire = house.signed_in("claire")
    assert f'action="/inbox/{mine}/same"' in claire.get(f"/inbox/{mine}").text
    page = claire.get(f"/inbox/{mine}/same?into={hers}").text
    for shown in ("ma carte est perdue", "la carte de mon frère", str(mine), str(hers), "écrit en dernier"):
        assert shown in page
    assert CITIZEN[-8:] not in page
    answer = claire.post(f"/inbox/{mine}/same", {"into": str(hers)})
    assert answer.location == f"/inbox/{hers}"
    both = claire.get(answer.location).text
    assert "ma carte est perdue" in both
    assert f"Le cas {mine} est entré" in both
    ended = claire.get(f"/inbox/{mine}").text
    assert f'href="/inbox/{hers}"' in ended
    assert "Personne n’attend" not in ended, "their question waits in the other case"
    again = claire.post(f"/inbox/{mine}/same", {"into": str(hers)})
    assert "Rien n’a changé" in claire.get(again.location).text
    house.text(CITIZEN, "et alors ?")
    assert "et alors ?" in claire.get(f"/inbox/{hers}").text


def test_a_volunteer_sees_and_merges_only_what_they_have(house: House) -> None:
    mine = house.ask_for_a_person(CITIZEN, "ma carte est perdue")
    hers = house.ask_for_a_person(NEIGHBOUR, "c’est pour la carte de mon frère")
    house.account("moussa", Role.VOLUNTEER)
    awa, moussa = house.signed_in("awa"), house.signed_in("moussa")
    awa.post(f"/inbox/{mine}", {"act": "take"})
    moussa.post(f"/inbox/{hers}", {"act": "take"})
    refused = awa.get(f"/inbox/{mine}/same?into={hers}")
    assert refused.location == f"/inbox/{mine}"
    assert "mon frère" not in awa.get(refused.location).text
    awa.post(f"/inbox/{mine}/same", {"into": str(hers)})
    assert "ma carte est perdue" in awa.get(f"/inbox/{mine}").text, "nothing has changed"
    page = awa.get(f"/inbox/{mine}/same?into={mine}").text
    assert "<button" not in page.partition("<main")[2].partition("</main")[0]
