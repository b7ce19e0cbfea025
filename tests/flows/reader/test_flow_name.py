"""Free words and the procedure that they name; in doubt none."""

import pytest

from flows import packaged
from flows.reader import name_flow

FLOWS = {
    "carte": ("Carte d'identité perdue ou volée", "carte identité", "cni", "papiers volés"),
    "vitale": ("Carte Vitale perdue", "carte vitale", "sécu"),
    "loyer": ("Payer son loyer", "loyer", "expulsion"),
}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("j'ai perdu ma carte d'identité", "carte"),
        ("CNI", "carte"),
        ("ma cart didentité", "carte"),
        ("on m'a volé mes papiers", "carte"),
        ("papiers volés", "carte"),
        ("carte vitale", "vitale"),
        ("probleme de loyer", "loyer"),
        ("loier", "loyer"),
        ("carte", None),
        ("bonjour", None),
        ("loyer et carte vitale", None),
        ("", None),
    ],
)
def test_words_name_the_one_procedure_that_has_them_all(text: str, code: str | None) -> None:
    assert name_flow(text, FLOWS, "fr") == code


@pytest.mark.parametrize(
    ("country", "language", "text", "code"),
    [
        ("france", "fr", "j'ai perdu ma carte", "carte_identite"),
        ("france", "fr", "on m'a volé ma carte d'identité", "carte_identite"),
        ("france", "en", "lost identity card", "carte_identite"),
        ("france", "en", "sombody stole my card", "carte_identite"),
        ("france", "en", "stolen id", "carte_identite"),
        ("kenya", "en", "i lost my id", "lost_id"),
        ("kenya", "sw", "nimepoteza kitambulisho", "lost_id"),
        ("kenya", "sw", "nimeibiwa kitambulisho", "lost_id"),
        ("kenya", "sw", "id yangu imeibiwa", "lost_id"),
        ("kenya", "en", "school fees", None),
        ("cote_divoire", "fr", "extret de naissanse", "copie_naissance"),
        ("cote_divoire", "fr", "je veux l'acte de naissance de mon fils", "copie_naissance"),
        ("cote_divoire", "fr", "carte cmu", None),
    ],
)
def test_the_shipped_procedures_are_found_by_what_people_say(
    country: str, language: str, text: str, code: str | None
) -> None:
    names = packaged.flow_names(country, packaged.flow_codes(country), language)
    assert name_flow(text, names, language) == code
