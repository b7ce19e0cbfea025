"""Phone and card numbers in words are found, in three languages; times, ages, prices and lists are not."""

import pytest

from flows.reader.spoken_numbers import spoken_numbers


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("zéro six douze trente-quatre cinquante-six soixante-dix-huit", "0612345678"),
        ("Appelez-moi : zero six, dix sept, quatre-vingt-dix-neuf, vingt et un, trente", "0617992130"),
        ("ZERO SIX SOIXANTE ET ONZE QUATRE VINGTS UN QUATRE VINGT TREIZE DEUX", "067181932"),
        ("06 douze trente-quatre cinquante-six soixante-dix-huit", "0612345678"),
        ("plus trois trois six un deux trois quatre cinq six sept huit", "33612345678"),
        ("Call me on oh seven double two one two three four five six", "0722123456"),
        ("zero seven twenty-two, thirty-one, forty, fifty-six", "0722314056"),
        ("Nipigie sifuri saba moja mbili tatu nne tano sita saba nane", "0712345678"),
        ("sifuri saba kumi na mbili thelathini na nne hamsini na sita", "07123456"),
        ("quatre neuf sept zéro un deux trois quatre cinq six sept huit neuf zéro un deux", "4970123456789012"),
    ],
)
def test_a_number_in_words_is_found(text: str, digits: str) -> None:
    assert spoken_numbers(text) == [digits]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Apportez deux, trois ou quatre papiers.",
        "Ouvert de neuf heures à dix-sept heures trente, fermé le lundi.",
        "Appelez le quinze, le dix-sept ou le dix-huit. Ou le cent douze.",
        "Dial nine nine nine, or one one two.",
        "Le dix-sept mars deux mille vingt-six, à douze heures trente.",
        "Vous avez trente-quatre ans et deux enfants de six et douze ans.",
        "Le timbre coûte vingt-cinq euros cinquante, la photo dix euros.",
        "Venez lundi, mardi : dix, onze ou douze heures.",
        "Lete nakala mbili, picha moja na shilingi mia tano.",
        "Njoo saa tatu na nusu, au saa saba.",
        "Un, deux, trois : c'est facile.",
        "Le trois neuf trois neuf donne le bon service.",
        "Le 17 mars 2026 à 12 h 30, bureau 104.",
        "06 12 34 56 78",  # figures alone are masking's
    ],
)
def test_innocent_sentences_hold_none(text: str) -> None:
    assert spoken_numbers(text) == []
