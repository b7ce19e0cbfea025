"""Places as people type them, country by country: taken, asked about, or not understood; never a guess between two."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import gazetteer, packaged
from flows.gazetteer.spelling import bare_key, key, words_of
from flows.gazetteer.table import LANGUAGES, table_of, weight
from flows.reader import Certainty, Intent, Reading, read
from flows.reader.vocabulary import vocabulary
from tests.scale import scaled

SURE, NEARLY, UNCLEAR = Certainty.SURE, Certainty.NEARLY, Certainty.UNCLEAR

FRANCE = """
Grenoble: grenoble | GRENOBLE | Grenoble. | jabite a grenoble | j'habite à Grenoble | je vis a grenoble | grenoble 38
Lyon: vers lyon | J'HABITE LYON | c'est lyon | ville de lyon | à Lyon | 69 lyon | lyon 69
Lyon 3e: lyon 3eme | Lyon 3 | lyon 3ème arrondissement
Paris 11e: paris 11 | paris 11e | PARIS 11EME | Paris 11e arrondissement
Marseille 13e: marseille 13
Saint-Martin-d'Hères: st martin dheres | saint-martin d'heres | ST MARTIN D HERES | saintmartindheres
Sainte-Foy-lès-Lyon: ste foy les lyon | Sainte Foy-lès-Lyon
Vitry-sur-Seine: vitry sur seine | vitry s/ seine | vitry s/seine | vitry seine | vitry-sur-seine
Aulnay-sous-Bois: aulnay s/s bois | aulnay sous bois
Le Havre: le havre | je vis au havre | havre | lehavre
La Rochelle: la rochelle | rochelle | larochelle
L'Haÿ-les-Roses: l'hay les roses | hay les roses | L HAY LES ROSES
Villeneuve-d'Ascq: villeneuve d'ascq | villeneuve dascq
Saint-Étienne: st etienne | saint etienne | ST-ETIENNE
Saint-Denis (93): st denis 93 | saint denis (93) | saint-denis seine saint denis | 93 st denis
Saint-Denis (974): saint denis 974 | st denis la reunion | saint-denis, réunion
Montreuil: montreuil | montreuil 93
Cran-Gevrier: cran gevrier
Meylan (38): meylan grenoble | meylan a cote de grenoble
Isère: isere | l'isère | en isère | dans l'isere | le 38 | dans le 38 | 38 | departement 38
Corse-du-Sud: 2a | la corse du sud
Var: le var
Nord: dans le nord
La Réunion: à la réunion | 974
Bretagne: bretagne | en bretagne
Île-de-France: ile de france | idf
Sénégal: senegal | au sénégal
Mali: mali | Mali
Italie: en italie
"""
FRANCE_ASKED = """
Konankro: konankro
Abidjan: abijan
Grenoble: grenobel | grenobl | grenobble | chez ma soeur à grenoble
Toulouse: toulouze | a Toulouze | tolouse
Montpellier: montpelier
Marseille: marseil
Villeurbanne: villeurbane | vilurbane
Clermont-Ferrand: clairmon feran
Quimper: kimper
Dunkerque: dunkerke
Lyon: lion | près de lyon | la guillotiere lyon
Cherbourg-en-Cotentin: cherbourg
Saint-Étienne: st-etiene
"""
FRANCE_SEVERAL = """
Saint-Denis (974), Saint-Denis (93), Saint-Denis (11): saint denis | st denis | j'habite à Saint-Denis
Vitry-sur-Seine (94), Vitry-le-François (51), Vitry-en-Artois (62): vitry
Clermont-Ferrand (63), Clermont (60), Clermont (40): clermont
Boulogne-Billancourt (92), Boulogne-sur-Mer (62), Boulogne (85): boulogne
Valence (26), Valence (82), Valence (16): valence
Vienne (86), Vienne (38): vienne
La Rochelle (17), Paris (75): la rochelle ou paris
"""
FRANCE_NONE = (
    "chez ma soeur | chez moi | chez mon frere | je vis chez mon frere | ici | loin | pas loin | loin d'ici | "
    "un village à côté de Man | la gare | le marché | un village | "
    "mon quartier | partout | france | 99 | 99999 | je veux mon argent | "
    " a coté | la maison | "
    "avec ma mere | xx | ... | ? | en face"
)
KENYA = """
Kisumu: kisumu | KISUMU | naishi kisumu | niko Kisumu | am in kisumu | kisumu town | kisumu county | i live in kisumu
Nairobi: nairobi | Nairobi CBD | niko nairobi | nairobi city
Kibera: kibera | i live in kibera | naishi kibera nairobi
Kibra: kibra constituency | kibra
Mombasa: mombasa | niko Mombasa | mombasa county
Nakuru: mji wa nakuru | nakuru
Eldoret: eldoret | natoka eldoret
Homa Bay: homa bay | homabay | HOMA BAY
Murang'a: muranga | Murang'a county
Thika: thika
Thika Town: thika town
Bondo: bondo siaya | bondo
Uasin Gishu: uasin gishu | uasin gishu county
Turkana: turkana
Ongata Rongai: ongata rongai
Westlands: westlands | westlands nairobi
Luanda (Vihiga): luanda vihiga
Ol Kalou: ol kalou | olkalou
Mali: mali
Uganda: uganda
"""
KENYA_ASKED = """
Mombasa: mombassa | mombaza
Nairobi: nairoby | nirobi
Naivasha: naivsha
Machakos: machackos
Kakamega: kakamenga
Eldoret: elderet
Nakuru: next to the church in nakuru
"""
KENYA_SEVERAL = """
Luanda (Vihiga), Luanda (Busia): luanda
Rongai (Nakuru), Rongai (Kajiado): rongai
"""
KENYA_NONE = (
    "here | home | at home | my sister | near the market | hapa | nyumbani | kwa dada yangu | mbali | far away | 42 | "
    "kijijini | mjini | my place | hospital | market | sokoni | karibu na soko"
)
COTE_DIVOIRE = """
Yopougon: yopougon | je vis à yopougon | mairie de yopougon
Abobo: abobo | je suis à abobo
Cocody: cocody | abidjan cocody
Angré: angre | cocody angré
Bouaké: bouake | BOUAKE | j'habite Bouaké
Yamoussoukro: yamoussoukro
San-Pédro: san pedro | sanpedro | San-Pedro
Korhogo: korhogo
Man: man | je suis à Man
M'Bahiakro: mbahiakro | m'bahiakro
Bassam: bassam
Grand-Bassam: grand bassam
Gbêkê: gbeke | le gbêkê
Poro: le poro
Port-Bouët: port bouet
Mali: mali
Burkina Faso: burkina faso
Guinée: guinée
"""
COTE_DIVOIRE_ASKED = """
Yopougon: yopugon
Korhogo: korogo
Treichville: trechville
Yamoussoukro: yamousoukro
Bouaké: bwake
Abobo: la mairie d'abobo
"""
COTE_DIVOIRE_NONE = "chez moi | au village | ici | le marché | mon village | chez ma soeur | le bled | loin | 12"


def place(text: str, country: str) -> Reading:
    language = {"kenya": "en"}.get(country, "fr")
    return read("place", text, language=language, country=country, today=date(2026, 3, 10))


def _each(country: str, table: str) -> list[tuple[str, str, str]]:
    lines = [line.partition(": ") for line in table.strip().splitlines()]
    return [(country, wanted, text.strip()) for wanted, _, texts in lines for text in texts.split(" | ")]


TAKEN = [*_each("france", FRANCE), *_each("kenya", KENYA), *_each("cote_divoire", COTE_DIVOIRE)]
ASKED = [*_each("france", FRANCE_ASKED), *_each("kenya", KENYA_ASKED), *_each("cote_divoire", COTE_DIVOIRE_ASKED)]
SEVERAL = [*_each("france", FRANCE_SEVERAL), *_each("kenya", KENYA_SEVERAL)]
NONE = [
    (country, text)
    for country, texts in (("france", FRANCE_NONE), ("kenya", KENYA_NONE), ("cote_divoire", COTE_DIVOIRE_NONE))
    for text in texts.split(" | ")
]


@pytest.mark.parametrize(("country", "wanted", "text"), TAKEN)
def test_a_place_is_taken_by_the_name_that_it_has(country: str, wanted: str, text: str) -> None:
    reading = place(text, country)
    assert (reading.certainty, reading.value) == (SURE, {"place": wanted})


@pytest.mark.parametrize(("country", "wanted", "text"), ASKED)
def test_a_misspelt_place_is_asked_about(country: str, wanted: str, text: str) -> None:
    reading = place(text, country)
    assert (reading.certainty, reading.intent, reading.value) == (NEARLY, Intent.ANSWER, {"place": wanted})
    assert reading.choices == ()


@pytest.mark.parametrize(("country", "wanted", "text"), SEVERAL)
def test_between_several_places_nobody_guesses(country: str, wanted: str, text: str) -> None:
    reading = place(text, country)
    assert reading.certainty is NEARLY
    assert list(reading.choices) == [{"place": name} for name in wanted.split(", ")]
    assert reading.value == reading.choices[0]


@pytest.mark.parametrize(("country", "text"), NONE)
def test_what_is_no_place_is_not_understood(country: str, text: str) -> None:
    reading = place(text, country)
    assert reading.certainty is UNCLEAR or reading.intent is not Intent.ANSWER, reading


def test_there_are_as_many_examples_as_people_have_ways_to_type() -> None:
    assert len(TAKEN) + len(ASKED) + len(SEVERAL) + len(NONE) >= 200


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("38000", {"postcode": "38000"}),
        ("38 000", {"postcode": "38000"}),
        ("38000 grenoble", {"place": "Grenoble", "postcode": "38000"}),
        ("93200 st denis", {"place": "Saint-Denis", "postcode": "93200"}),
        ("Montreuil 93100", {"place": "Montreuil", "postcode": "93100"}),
        ("38190 villar bonot", {"place": "Villard-Bonnot", "postcode": "38190"}),
        ("38025 grenoble cedex", {"place": "Grenoble", "postcode": "38025"}),
        ("12 rue pasteur 93200 saint denis", {"place": "Saint-Denis", "postcode": "93200", "street": "12 rue Pasteur"}),
        ("residence les lilas villeurbanne", {"place": "Villeurbanne", "street": "résidence les Lilas"}),
        ("12 rue de la republique lyon", {"place": "Lyon", "street": "12 rue de la République"}),
        ("12 rue de la republique a lyon", {"place": "Lyon", "street": "12 rue de la République"}),
    ],
)
def test_a_postcode_and_a_street_stand_beside_the_town(text: str, value: dict[str, str]) -> None:
    reading = place(text, "france")
    assert (reading.certainty, reading.value) == (SURE, value)


def test_a_street_that_is_called_as_a_town_is_no_town() -> None:
    for text, street in (("12 rue saint denis", "12 rue Saint Denis"), ("3 avenue de paris", "3 avenue de Paris")):
        reading = place(text, "france")
        assert (reading.certainty, reading.value) == (NEARLY, {"street": street})


def test_a_postcode_of_another_town_is_asked_about() -> None:
    reading = place("75011 lyon", "france")
    assert reading.certainty is NEARLY
    assert reading.choices == ({"place": "Lyon (69)"}, {"place": "Paris (75)", "postcode": "75011"})


def test_danger_is_danger_at_a_place_too() -> None:
    assert place("au secours mon mari me tape", "france").intent is Intent.DISTRESS
    assert place("vitry sur seine", "france").intent is Intent.ANSWER


@pytest.mark.parametrize("country", LANGUAGES)
def test_every_name_that_the_reader_gives_is_found_again(country: str) -> None:
    """What is kept of an answer is its name; its region is looked up from that."""
    table = table_of(country)
    assert table is not None
    for line in range(0, len(table), max(1, len(table) // 150)):
        known = table.place(line)
        found = gazetteer.find(known.label, country)
        same = [one for one in table.named(key(words_of(known.name))) if one.area == known.area]
        assert found.places, known
        assert found.places[0].area == known.area or len(same) > 1, (known, found)


def test_what_the_gazetteer_knows_of_a_place() -> None:
    grenoble = gazetteer.find("grenoble", "france").places[0]
    assert (grenoble.code, grenoble.postcodes, grenoble.kind) == ("38185", ("38000", "38100"), gazetteer.Kind.TOWN)
    assert grenoble.area == gazetteer.Area("38", "Isère", "Auvergne-Rhône-Alpes")
    assert grenoble.population > 100_000
    kibera = gazetteer.find("Kibera", "kenya").places[0]
    assert kibera.area == gazetteer.Area("047", "Nairobi", "")
    bouake = gazetteer.find("bouake", "cote_divoire").places[0]
    assert bouake.area == gazetteer.Area("gbeke", "Gbêkê", "Vallée du Bandama")
    assert gazetteer.find("Grenoble", "atlantis").certainty is UNCLEAR


@pytest.mark.parametrize(("country", "language"), LANGUAGES.items())
def test_the_tables_are_in_order_and_sound_as_the_reader_hears(country: str, language: str) -> None:
    """`make gazetteer` writes how a name sounds; who changes the reader's sounds runs it again."""
    rows = packaged.gazetteer(country).decode().partition("= places\n")[2].splitlines()
    sound = vocabulary(language).sound
    for row in rows[:: max(1, len(rows) // 200)]:
        columns = row.split("\t")
        assert columns[6] == "".join(sound.word(word) for word in bare_key(words_of(columns[0]))), row
    table = table_of(country)
    assert table is not None
    assert [place.name for place in table.named("saintdenis")][:1] == (["Saint-Denis"] if country == "france" else [])
    largest = [weight(one) for one in table.named("saintdenis")]
    assert largest == sorted(largest, reverse=True)


@pytest.mark.parametrize("country", [*LANGUAGES, "", "atlantis"])
@settings(max_examples=scaled(1_000), deadline=None)
@given(text=st.one_of(st.text(max_size=200), st.text(alphabet="aeinrst'- 0123456789sé()/,.", max_size=60)))
def test_any_text_has_an_outcome(country: str, text: str) -> None:
    reading = place(text, country)
    assert reading.certainty in set(Certainty)
    if reading.intent is Intent.ANSWER:
        assert isinstance(reading.value, dict)
        assert set(reading.value) <= {"place", "street", "postcode"}
        assert len(reading.choices) in {0, 2, 3}
        assert reading == place(text, country)

