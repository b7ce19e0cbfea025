"""Where two meanings are near, people are asked: figures within words, counted things, languages that are denied."""

import pytest

from flows.reader import Certainty, Intent, read
from tests.flows.reader.asking import TODAY, ask, options

PAPERS = options("1 Carte d'identite", "2 Passeport", "3 Titre de sejour", "4 Permis de conduire")


@pytest.mark.parametrize(
    ("language", "kind", "text"),
    [
        ("en", "number", "as i told u b4"),
        ("fr", "amount", "entre 300 é 400"),
        ("fr", "number", "entre deux et cinq"),
    ],
)
def test_what_says_no_number_gives_none(language: str, kind: str, text: str) -> None:
    reading = ask(language, kind, text)
    assert (reading.intent, reading.certainty) != (Intent.ANSWER, Certainty.SURE)


@pytest.mark.parametrize(("text", "number"), [("5 personnes dont 2 petits", 5), ("trentdeu", 32), ("ventroi", 23)])
def test_a_number_by_ear_or_with_a_part_of_it_is_asked_about(text: str, number: int) -> None:
    reading = ask("fr", "number", text)
    assert (reading.certainty, reading.value) == (Certainty.NEARLY, number)


@pytest.mark.parametrize(
    ("text", "value"), [("2 ans que j attends le passeport", 2), ("ca fait 4 mois que mon passeport est perdu", 2)]
)
def test_what_is_counted_in_a_sentence_is_no_option(text: str, value: int) -> None:
    reading = read("choice", text, options=PAPERS, language="fr", country="france", today=TODAY)
    assert (reading.intent, reading.value) == (Intent.ANSWER, value)


def test_a_word_for_one_option_that_another_one_is_called_by_is_asked_about() -> None:
    reading = read("choice", "ma carte de sejour", options=PAPERS, language="fr", country="france", today=TODAY)
    assert reading.certainty is Certainty.NEARLY


@pytest.mark.parametrize(
    ("language", "text", "wished"),
    [
        ("fr", "i dont understand french, english please", "en"),
        ("en", "sijui kizungu", "sw"),
        ("en", "i dont speak english", None),
        ("en", "no english, kiswahili please", "sw"),
        ("fr", "anglais svp", "en"),
    ],
)
def test_a_language_that_is_not_spoken_is_not_the_one_wished_for(
    language: str, text: str, wished: str | None
) -> None:
    reading = ask(language, "any", text)
    assert (reading.intent, reading.value) == (Intent.SWITCH_LANGUAGE, wished)
