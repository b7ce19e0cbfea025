"""Answers as people type them, kind by kind and language by language; where two things could be meant, we ask."""

from datetime import date

import pytest

from flows.reader import Certainty, Expected, Intent, Option, read
from tests.flows.reader.asking import ask

SURE, NEARLY, UNCLEAR = Certainty.SURE, Certainty.NEARLY, Certainty.UNCLEAR

YES_NO = [
    (
        "fr",
        True,
        "oui|Oui.|OUIII|wi|ouais|ok|d'accord|daccord|dac|c'est bon|"
        "tout a fait|1|1.|un|le 1|1 oui|👍🏿|j'en ai un|ben oui|pas de problème",
    ),
    (
        "fr",
        False,
        "non|NON!!!|nan|nn|nom|2|deux|pas encore|j'ai pas|jen ai pas|g pa|👎|non merci|pas du tout|2 non|jamais",
    ),
    ("en", True, "yes|y|yeah sure|ok|one|1|i do|i have it|of course|yess|ndiyo|sawa"),
    ("en", False, "no|nope|nah|2|not yet|i dont have|no thanks|i haven't|hapana|never"),
    ("sw", True, "ndiyo|ndio|ndyo|eeh|naam|sawa|1|moja|ninayo|nimepokea|kabisa"),
    ("sw", False, "hapana|apana|la|sina|bado|sitaki|sijapata|2|mbili|hakuna"),
]
CHOICES = [
    ("fr", 1, "1|1.|(1)|un|papiers|les papiers|carte d'identité|titre de séjour|1 papiers|le premier|choix 1|ma cni"),
    ("fr", 2, "2|logement|loyer|hlm|maison|deuxieme|j'ai un problème de logement"),
    ("fr", 3, "trois|l'argent|la caf|rsa|3!!"),
    ("fr", 4, "santé|sante svp|carte vitale|médecin|le dernier"),
    ("en", 1, "id|my i.d is lost|ID CARD|passport|first"),
    ("en", 4, "school fees|bursary|4 school|fourth"),
    ("sw", 2, "afya|daktari|hospitali|mbili|ya pili"),
    ("sw", 3, "pesa ya wazee|tatu|namba 3|mkopo"),
]
NEARLY_CHOICES = [
    ("fr", 1, "pasport|papié"),
    ("fr", 2, "lojement|logemant"),
    ("fr", 3, "arjen|larjent"),
    ("fr", 4, "quatr|katre"),
    ("en", 2, "helth|hosital"),
    ("sw", 1, "kitabulisho"),
    ("sw", 3, "peza"),
]
NUMBERS = [
    ("fr", 3, "3|trois|3 enfants|j'ai trois enfants"),
    ("fr", 0, "0|rien|aucun|pas d'enfant|zéro"),
    ("fr", 34, "34|34 ans|j'ai 34 ans|trente-quatre ans"),
    ("fr", 71, "soixante et onze|septante et un"),
    ("fr", 90, "quatre vingt dix|nonante|9O"),
    ("fr", 1200, "1 200|1.200|mille deux cents"),
    ("en", 4, "4|four|4 kids|we are four"),
    ("en", 0, "none|zero|no kids"),
    ("en", 45, "45yrs|forty five"),
    ("en", 12, "a dozen|twelve"),
    ("sw", 2, "wawili|mbili|watoto wawili"),
    ("sw", 15, "kumi na tano"),
    ("sw", 250, "mia mbili hamsini"),
    ("sw", 12000, "elfu kumi na mbili"),
    ("sw", 200000, "elfu mia mbili|laki mbili"),
    ("en", 3, "watatu"),
]
DATES = [
    (
        "fr",
        "1980-03-12",
        "12/3/80|12-3-1980|12031980|120380|12 mars 1980|le 12 mars 80|"
        "12mars1980|12 03 1980|je suis né le 12/03/1980|douze mars 1980|1980-03-12",
    ),
    ("fr", "1975-01-01", "1er janvier 1975|01/01/75|premier janvier 1975"),
    ("fr", "2026-03-09", "hier|ier"),
    ("fr", "2026-03-11", "demain|2main"),
    ("fr", "2026-03-12", "apres demain|jeudi|dans 2 jours"),
    ("fr", "2026-03-07", "il y a 3 jours"),
    ("fr", "2026-03-13", "vendredi 13"),
    ("en", "1980-03-12", "12/3/1980|12th march 1980|March 12, 1980"),
    ("en", "2026-03-09", "yesterday|jana"),
    ("en", "2026-03-05", "5 days ago|last thursday"),
    ("sw", "1980-03-12", "12/3/1980|tarehe 12 machi 1980|12 mwezi wa 3 1980|tarehe kumi na mbili machi 1980"),
    ("sw", "2026-03-12", "kesho kutwa|alhamisi"),
]
AMOUNTS = [
    ("fr", 1200, "EUR", "1200|1 200 €|1.200|1200,00|mille deux cents euros|environ 1200|1,2k"),
    ("fr", 650.5, "EUR", "650,50|650€50|650 euros 50"),
    ("fr", 0, "EUR", "0|rien|pas de revenu"),
    ("fr", 5000, "XOF", "5000 F|5 000 FCFA"),
    ("en", 2500, "KES", "2,500|ksh 2500|2500/=|2.5k|2500 bob|KSh 2,500.00"),
    ("en", 5000, "KES", "five k|5 thousand|elfu tano"),
    ("en", 20, "USD", "$20"),
    ("sw", 2500, "KES", "elfu mbili mia tano|2500"),
    ("sw", 500, "KES", "mia tano|soo tano"),
]
NAMES = [
    ("fr", "Josiane", "josiane|moi c'est Josiane|je m'appelle josiane|JOSIANE"),
    ("fr", "Jean-Pierre Martin", "jean-pierre martin|M. Jean-Pierre Martin"),
    ("fr", "Lefebvre", "mme lefebvre"),
    ("fr", "N'Golo Kanté", "n'golo kanté"),
    ("en", "Mary Atieno", "AM MARY ATIENO|my name is mary atieno|Mrs Mary Atieno"),
    ("sw", "Juma Hassan", "naitwa Juma Hassan|jina langu ni juma hassan"),
    ("en", "Asha", "naitwa asha"),
]
PLACES = [
    ("fr", {"place": "Toulouse"}, "Toulouse|a Toulouse|j'habite à toulouse"),
    ("fr", {"place": "Vitry-sur-Seine"}, "vitry sur seine"),
    ("fr", {"postcode": "75011"}, "75011"),
    ("fr", {"place": "Lyon", "street": "12 rue de la République"}, "12 rue de la republique lyon"),
    (
        "fr",
        {"place": "Lille", "postcode": "59000", "street": "24 boulevard de la Liberté"},
        "24 boulevard de la liberté 59000 Lille",
    ),
    ("en", {"place": "Kisumu"}, "am in kisumu|KISUMU"),
    ("sw", {"place": "Mombasa"}, "niko Mombasa|naishi mombasa"),
]


def _each(table: list) -> list:
    return [(*row[:-1], text) for row in table for text in row[-1].split("|")]


@pytest.mark.parametrize(("language", "value", "text"), _each(YES_NO))
def test_yes_and_no_are_read_however_they_are_said(language: str, value: bool, text: str) -> None:
    reading = ask(language, "yes_no", text)
    assert (reading.certainty, reading.intent, reading.value) == (SURE, Intent.ANSWER, value)


@pytest.mark.parametrize("text", ["je crois pas", "bof", "mouais", "je pense que oui"])
def test_a_hesitant_yes_or_no_is_asked_about(text: str) -> None:
    reading = ask("fr", "yes_no", text)
    assert (reading.certainty, reading.intent) == (NEARLY, Intent.ANSWER)


@pytest.mark.parametrize("text", ["oui et non", "1 et 2", "euh", "azerty", "😀"])
def test_neither_yes_nor_no_is_unclear(text: str) -> None:
    assert ask("fr", "yes_no", text).certainty is UNCLEAR


@pytest.mark.parametrize(("language", "value", "text"), _each(CHOICES))
def test_an_option_is_read_by_key_label_or_another_word_for_it(language: str, value: int, text: str) -> None:
    reading = ask(language, "choice", text)
    assert (reading.certainty, reading.intent, reading.value) == (SURE, Intent.ANSWER, value)


@pytest.mark.parametrize(("language", "value", "text"), _each(NEARLY_CHOICES))
def test_an_option_with_a_slip_or_written_by_ear_is_asked_about(language: str, value: int, text: str) -> None:
    reading = ask(language, "choice", text)
    assert (reading.certainty, reading.intent, reading.value) == (NEARLY, Intent.ANSWER, value)


@pytest.mark.parametrize(
    "text", ["tous", "1 et 2", "2 ou 3", "logement et argent", "papiers et santé", "1 logement", "xyz"]
)
def test_two_options_at_once_are_no_option(text: str) -> None:
    assert ask("fr", "choice", text).certainty is UNCLEAR


@pytest.mark.parametrize("text", ["7", "5.", "cinq", "12"])
def test_a_number_that_is_no_option_is_invalid(text: str) -> None:
    assert ask("fr", "choice", text).intent is Intent.INVALID


def test_a_label_on_the_screen_wins_over_a_word_that_always_works() -> None:
    from flows.reader import read
    from tests.flows.reader.asking import TODAY, options

    shown = options("1 Continuer", "2 Autre chose")
    reading = read("choice", "autre chose", options=shown, language="fr", country="france", today=TODAY)
    assert (reading.certainty, reading.value) == (SURE, 2)


@pytest.mark.parametrize(("language", "value", "text"), _each(NUMBERS))
def test_a_number_is_read_in_digits_words_and_sentences(language: str, value: int, text: str) -> None:
    reading = ask(language, "number", text)
    assert (reading.intent, reading.value) == (Intent.ANSWER, value)


@pytest.mark.parametrize("text", ["2 filles et 1 garçon", "deux filles et un garçon", "kat", "troi"])
def test_a_sum_and_a_number_written_by_ear_are_asked_about(text: str) -> None:
    assert ask("fr", "number", text).certainty is NEARLY


@pytest.mark.parametrize("text", ["3 ou 4", "entre 2 et 4", "beaucoup", "-1", "3,5"])
def test_two_numbers_or_none_are_unclear(text: str) -> None:
    assert ask("fr", "number", text).certainty is UNCLEAR


def test_a_number_out_of_its_bounds_is_invalid() -> None:
    reading = ask("fr", "number", "j'ai 134 ans", low=0, high=120)
    assert (reading.intent, reading.value) == (Intent.INVALID, 134)
    assert ask("fr", "number", "121", low=0, high=120).intent is Intent.INVALID


@pytest.mark.parametrize(("language", "value", "text"), _each(DATES))
def test_a_day_is_read_with_the_day_before_the_month(language: str, value: str, text: str) -> None:
    reading = ask(language, "date", text)
    assert (reading.intent, reading.value) == (Intent.ANSWER, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("en 1962", "1962"), ("mars 1980", "1980-03"), ("12 mars", "2026-03-12"), ("3/13/1980", "1980-03-13")],
)
def test_a_day_of_which_a_part_was_guessed_is_asked_about(text: str, value: str) -> None:
    reading = ask("fr", "date", text)
    assert (reading.certainty, reading.value) == (NEARLY, value)


@pytest.mark.parametrize("text", ["30/2/1990", "13/14/1980", "32 mars 1980", "29/02/2023"])
def test_a_day_that_no_calendar_has_is_invalid(text: str) -> None:
    assert ask("fr", "date", text).intent is Intent.INVALID


@pytest.mark.parametrize(("language", "amount", "currency", "text"), _each(AMOUNTS))
def test_an_amount_is_read_with_its_currency(language: str, amount: float, currency: str, text: str) -> None:
    reading = ask(language, "amount", text)
    assert (reading.intent, reading.value) == (Intent.ANSWER, {"amount": amount, "currency": currency})


@pytest.mark.parametrize("text", ["entre 900 et 1000", "500-600", "pas beaucoup", "2 et demi"])
def test_an_amount_between_two_is_unclear(text: str) -> None:
    assert ask("fr", "amount", text).certainty is UNCLEAR


@pytest.mark.parametrize(
    ("language", "amount", "text"),
    [("fr", 500_000, "un demi million"), ("en", 500_000, "half a million"), ("sw", 250_000, "laki mbili na nusu")],
)
def test_half_of_a_thousand_or_more_is_asked_about(language: str, amount: int, text: str) -> None:
    reading = ask(language, "amount", text)
    assert reading.certainty is NEARLY
    assert isinstance(reading.value, dict)
    assert reading.value["amount"] == amount


@pytest.mark.parametrize(("language", "value", "text"), _each(NAMES))
def test_a_name_loses_what_leads_to_it_and_gets_its_capitals(language: str, value: str, text: str) -> None:
    reading = ask(language, "name", text)
    assert (reading.certainty, reading.value) == (SURE, value)


@pytest.mark.parametrize("text", ["123", "x", "c'est pour ma mère", "non"])
def test_what_is_no_name_is_not_taken_for_one(text: str) -> None:
    assert ask("fr", "name", text).intent is not Intent.ANSWER


@pytest.mark.parametrize(("language", "value", "text"), _each(PLACES))
def test_a_place_is_taken_as_given(language: str, value: dict, text: str) -> None:
    reading = ask(language, "place", text)
    assert (reading.certainty, reading.value) == (SURE, value)


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "près de la gare"), ("fr", "chez moi"), ("en", "near the market"), ("sw", "karibu na soko")],
)
def test_something_near_by_is_no_place(language: str, text: str) -> None:
    assert ask(language, "place", text).certainty is UNCLEAR


@pytest.mark.parametrize("expected", ["yes_no", "choice", "number", "date", "amount", "name", "place"])
@pytest.mark.parametrize(("language", "text"), [("fr", "je sais pas"), ("en", "i don't know"), ("sw", "sijui")])
def test_not_knowing_is_no_answer(expected: str, language: str, text: str) -> None:
    assert ask(language, expected, text).intent is Intent.DONT_KNOW


def test_free_text_is_taken_whole() -> None:
    story = "La caf a arrêté mon aide et un conseiller m'a dit de vous écrire, je suis perdue"
    reading = ask("fr", "text", story)
    assert (reading.certainty, reading.intent, reading.value) == (SURE, Intent.ANSWER, story)


def test_an_author_s_other_word_is_that_answer_even_where_it_says_that_somebody_does_not_know() -> None:
    options = (Option("1", "Mairie"), Option("2", "Je ne sais pas", ("aucune idée", "j'ai oublié")))
    for text in ("aucune idée", "J'ai oublié !", "je ne sais pas"):
        reading = read(Expected.CHOICE, text, options=options, language="fr", today=date(2026, 3, 12))
        assert (reading.certainty, reading.value) == (Certainty.SURE, 2)
    unknown = read(Expected.CHOICE, "aucune idée", options=options[:1], language="fr", today=date(2026, 3, 12))
    assert unknown.intent is Intent.DONT_KNOW
