"""Lists of counters: ours and the published one, good lines kept, bad lines told, the same twice nothing."""

import pytest

from sms_gateway.counters import importing
from sms_gateway.counters.importing import Report
from sms_gateway.counters.nearest import nearest
from sms_gateway.counters.refusals import ListError
from sms_gateway.store import counters as stored
from sms_gateway.store.counters import Counter
from sms_gateway.store.tables import services
from tests.cases.town import Town

OURS = """id,name,place,postcode,region,address,hours,phone,topics,latitude,longitude,checked_on
1,Maison Centrale,Montreuil,93100,,12 rue Paix,lundi 9h-12h,01 48 70 60 00,carte_identite papiers,48.86,2.44,2026-03-01
2,Relais,St-Étienne,42000,Loire,,,3646,,,,
"""
FRANCE_SERVICES = """matricule;lib_fs;adresse;code_postal;lib_com;latitude;longitude;telephone;h_lundi;h_mardi
7;Maison Vienne;1 rue A;38200;Vienne;45,52;4,87;0474000000;09:00-12:00 / 14:00 - 17:30;9h-12h et 14h-17h30
"""


def imports(place: Town, text: str | bytes, *, whole: bool = False) -> Report:
    data = text.encode() if isinstance(text, str) else text
    with place.services.database.write() as tx:
        return importing.import_list(tx, "demo", data, whole=whole, now=place.now)


def kept(place: Town) -> dict[str, Counter]:
    with place.services.database.read() as tx:
        return {one.source_id: one for one in stored.of_organisation(tx, place.service.organisation_id)}


def test_a_list_of_ours_is_kept_and_answers_by_town(place: Town) -> None:
    assert imports(place, OURS) == Report(new=2)
    with place.services.database.read() as tx:
        found = nearest(tx, place.service.organisation_id, "montreuil", "papiers")
    assert found is not None
    assert (found.name, found.phone) == ("Maison Centrale", "01 48 70 60 00")
    assert found.topics == ("carte_identite", "papiers")


def test_the_published_list_is_read_with_its_hours_in_few_words(place: Town) -> None:
    assert imports(place, FRANCE_SERVICES) == Report(new=1)
    vienne = kept(place)["7"]
    assert vienne.hours == "lundi-mardi 9h-12h 14h-17h30"
    assert (vienne.phone, vienne.latitude) == ("04 74 00 00 00", 45.52)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "latin-1"])
def test_a_list_is_read_in_the_encodings_that_spreadsheets_write(code: str) -> None:
    assert importing.read_list(OURS.encode(code), ["FR"]).counters["2"].place == "St-Étienne"


def test_the_same_file_twice_changes_nothing_and_a_correction_changes_one(place: Town) -> None:
    imports(place, OURS)
    assert imports(place, OURS) == Report(same=2)
    assert imports(place, OURS.replace("lundi 9h-12h", "mardi 9h-12h")) == Report(changed=1, same=1)


def test_a_number_is_read_as_one_of_any_country_of_the_organisation(place: Town) -> None:
    phones = {"3": "020 6900020", "4": "0472103030", "5": "2733790000"}
    rows = "".join(f"{one},Maison {one},Lyon,,,,,{phone},,,,\n" for one, phone in phones.items())
    with place.services.database.write() as tx:  # on PostgreSQL a changed row comes last, where no order is asked for
        tx.execute(services.update().where(services.c.country == "france").values(next_case_number=5000))
    assert imports(place, OURS.splitlines()[0] + "\n" + rows) == Report(new=3)
    told = {one: counter.phone for one, counter in kept(place).items()}
    assert told == {"3": "020 6900020", "4": "04 72 10 30 30", "5": "27 33 7 90000"}  # the first is one of two


def test_what_a_whole_list_lacks_is_switched_off_and_a_part_leaves_it(place: Town) -> None:
    imports(place, OURS)
    part = "\n".join(OURS.splitlines()[:2])
    assert imports(place, part) == Report(same=1)
    assert imports(place, part + "\n3,,Nowhere", whole=True).switched_off == 0, "the refused line may be it"
    assert imports(place, part, whole=True) == Report(same=1, switched_off=1)
    assert {one: counter.active for one, counter in kept(place).items()} == {"1": True, "2": False}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("9,,Lyon,,,,,,,,,", "name is empty"),
        ("9,A,Lyon,,,,,01,,,,", "phone is no number that exists"),
        ("9,A,Lyon,,,,,,,95,4,", "latitude is not between -90 and 90"),
        ("9,A,Lyon,,,,,,,nan,4,", "latitude is not between -90 and 90"),
        ("9,A,Lyon,,,,,,,45,,", "latitude and longitude go together"),
        ("9,A,Lyon,,,,,,,x,4,", "latitude is no number"),
        ("9,=HYPERLINK(1),Lyon,,,,,,,,,", "name begins like a formula"),
        ("9,A\0B,Lyon,,,,,,,,,", "name has a sign that no text has"),
        ("9,A,Lyon,,,,,,,,,hier", "checked_on is no day such as 2026-03-10"),
        ("9,A,!!,,,,,,,,,", "place names no town"),
        ("1,A,Lyon,,,,,,,,,", "the id 1 is in the file already"),
        (f"9,{'a' * 121},Lyon,,,,,,,,,", "name is longer than 120 signs"),
        (f"9,{'a' * 140_000},Lyon,,,,,,,,,", "it can't be read (field larger than field limit (131072))"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_the_good_ones_are_kept(line: str, why: str) -> None:
    listed = importing.read_list((OURS + line + "\n5,Last,Lyon,,,,,,,,,\n").encode(), ["FR"])
    assert [(refused.line, refused.why) for refused in listed.refused] == [(4, why)]
    assert set(listed.counters) == {"1", "2", "5"}


@pytest.mark.parametrize("text", ["", "a,b\n1,2", "id,name\n1,2", "id,name,place,nom\n1,2,3,4", "\0\xff", "%PDF-1.4"])
def test_a_file_that_is_no_list_is_refused_whole(text: str) -> None:
    with pytest.raises(ListError):
        importing.read_list(text.encode(), ["FR"])


def test_topics_that_no_procedure_is_about_are_named(place: Town) -> None:
    report = imports(place, OURS.replace("papiers", "papier crypto"))
    assert (report.new, report.unknown_topics) == (2, ("crypto", "papier"))


def test_what_was_switched_off_by_hand_no_list_switches_on(place: Town) -> None:
    imports(place, OURS)
    with place.services.database.write() as tx:
        assert stored.switch(tx, place.service.organisation_id, "1", on=False, now=place.now)
    assert imports(place, OURS) == Report(same=2)
    assert imports(place, OURS.replace("lundi", "mardi"), whole=True) == Report(changed=1, same=1)
    assert (kept(place)["1"].active, kept(place)["1"].hours) == (False, "mardi 9h-12h")
    with place.services.database.write() as tx:
        assert stored.switch(tx, place.service.organisation_id, "1", on=True, now=place.now)
        assert not stored.switch(tx, place.service.organisation_id, "1", on=True, now=place.now), "it is on already"
    assert imports(place, OURS) == Report(changed=1, same=1)
    assert kept(place)["1"].active
