"""Free words and the procedures that they may be about: begun, asked about, a short menu, or none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import packaged
from flows.reader import Certainty, Found, Procedure, find_procedures

SURE, NEARLY, UNCLEAR = Certainty.SURE, Certainty.NEARLY, Certainty.UNCLEAR
FLOWS = (
    Procedure("carte", ("Carte d'identité perdue ou volée", "carte identité", "cni", "papiers volés"), ("hier soir",)),
    Procedure("vitale", ("Carte Vitale perdue", "carte vitale", "sécu")),
    Procedure("loyer", ("Payer son loyer", "loyer", "expulsion")),
    Procedure("apl", ("Aide au logement", "apl", "aide loyer")),
    Procedure("rsa", ("Demander le RSA", "rsa", "caf"), ("sans travail",)),
    Procedure("prime", ("Prime d'activité", "caf")),
)


@pytest.mark.parametrize(
    ("text", "certainty", "codes"),
    [
        ("j'ai perdu ma carte d'identité", NEARLY, ("carte",)),
        ("ma carte d'identité perdue", SURE, ("carte",)),
        ("CNI", SURE, ("carte",)),
        ("Carte identité svp", SURE, ("carte",)),
        ("didentité carte", SURE, ("carte",)),
        ("ma carte d'idantité a été volé", NEARLY, ("carte",)),
        ("ma cart didentité", NEARLY, ("carte",)),
        ("on m'a volé mes papiers à la gare", NEARLY, ("carte",)),
        ("carte vitale", SURE, ("vitale",)),
        ("jai plu ma carte vital", NEARLY, ("vitale",)),
        ("pas ma carte vitale", NEARLY, ("vitale",)),
        ("probleme de loyer", NEARLY, ("loyer",)),
        ("loier", NEARLY, ("loyer",)),
        ("aide loyer", SURE, ("apl",)),
        ("la caf m'a coupé", NEARLY, ("prime", "rsa")),
        ("loyer et carte vitale", NEARLY, ("vitale", "loyer")),
        ("carte", UNCLEAR, ()),
        ("perdue", UNCLEAR, ()),
        ("bonjour", UNCLEAR, ()),
        ("hier soir sans travail", UNCLEAR, ()),
        ("passeport", UNCLEAR, ()),
        ("", UNCLEAR, ()),
        ("😀", UNCLEAR, ()),
    ],
)
def test_words_are_about_the_procedures_whose_names_they_say(
    text: str, certainty: Certainty, codes: tuple[str, ...]
) -> None:
    found = find_procedures(text, FLOWS, language="fr")
    assert (found.certainty, set(found.codes)) == (certainty, set(codes))
    assert not codes or found.codes[0] == codes[0] or len(codes) > 1


@pytest.mark.parametrize(
    ("country", "language", "text", "certainty", "code"),
    [
        ("france", "fr", "j'ai perdu ma carte", SURE, "carte_identite"),
        ("france", "fr", "on m'a volé ma carte d'identité", SURE, "carte_identite"),
        ("france", "fr", "ma carte d'idantité a été volé", NEARLY, "carte_identite"),
        ("france", "en", "lost identity card", SURE, "carte_identite"),
        ("france", "en", "sombody stole my card", NEARLY, "carte_identite"),
        ("france", "en", "stolen id", SURE, "carte_identite"),
        ("kenya", "en", "i lost my id", SURE, "lost_id"),
        ("kenya", "sw", "nimepoteza kitambulisho", SURE, "lost_id"),
        ("kenya", "sw", "nimepotesa kitambulishooo changu", NEARLY, "lost_id"),
        ("kenya", "sw", "id yangu imeibiwa", NEARLY, "lost_id"),
        ("kenya", "en", "school fees", UNCLEAR, ""),
        ("cote_divoire", "fr", "extret de naissanse", NEARLY, "copie_naissance"),
        ("cote_divoire", "fr", "je veux l'acte de naissance de mon fils", NEARLY, "copie_naissance"),
        ("cote_divoire", "fr", "carte cmu", UNCLEAR, ""),
    ],
)
def test_the_shipped_procedures_are_found_by_what_people_say(
    country: str, language: str, text: str, certainty: Certainty, code: str
) -> None:
    names = packaged.flow_names(country, packaged.flow_codes(country), language)
    shipped = [Procedure(each, called) for each, called in names.items()]
    found = find_procedures(text, shipped, language=language, country=country)
    assert found == Found(certainty, (code,) if code else ())


def test_at_most_three_are_named_and_the_likeliest_come_first() -> None:
    words = ("impots", "retraite", "permis", "cantine", "bourse")
    many = [Procedure(word, (f"Aide {word}", "aide")) for word in words]
    found = find_procedures("aide permis bourse", many, language="fr")
    assert found.certainty is NEARLY
    assert set(found.codes) == {"permis", "bourse"}
    assert len(find_procedures("aide", many, language="fr").codes) == 3


@settings(deadline=None)
@given(text=st.text(max_size=400), language=st.sampled_from(["fr", "en", "sw", "xx"]))
def test_any_text_has_an_answer_and_always_the_same_one(text: str, language: str) -> None:
    found = find_procedures(text, FLOWS, language=language, country="france")
    assert found == find_procedures(text, FLOWS, language=language, country="france")
    assert bool(found.codes) == (found.certainty is not UNCLEAR)
