"""Stop, a person, menu, back, more, help, repeat, language, danger: at every question, before the answer."""

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reader import Certainty, Danger, Expected, Intent, read
from flows.reader.vocabulary import others, vocabulary
from tests.flows.reader.asking import TODAY, ask
from tests.scale import scaled

KINDS = [kind.value for kind in Expected]
WORDS = [
    ("fr", Intent.HUMAN, "personne|humain|je veux parler à quelqu'un|ya quelquun|une vraie personne"),
    ("fr", Intent.MENU, "MENU|menu"),
    ("fr", Intent.BACK, "retour|RETOUR"),
    ("fr", Intent.HELP, "aide|aidez-moi|AIDE"),
    ("fr", Intent.MORE, "suite"),
    ("fr", Intent.REPEAT, "?|pas compris|répétez"),
    ("fr", Intent.WHERE, "ou|où"),
    ("fr", Intent.ERASE, "effacer"),
    ("fr", Intent.RESTART, "recommencer"),
    ("fr", Intent.STOP, "stop|STOP.|Arrêt|plus de sms|arretez de m'écrire"),
    ("en", Intent.HUMAN, "person|talk to someone|i want to speak to a person"),
    ("en", Intent.BACK, "back"),
    ("en", Intent.HELP, "help|help me"),
    ("en", Intent.STOP, "STOP|stop it|dont text me again"),
    ("sw", Intent.HUMAN, "mtu|nataka kuongea na mtu"),
    ("sw", Intent.HELP, "msaada"),
    ("sw", Intent.BACK, "rudi"),
    ("sw", Intent.STOP, "stop|msinitumie ujumbe tena"),
    ("sw", Intent.MENU, "menyu"),
]
CALLS = [
    ("fr", "appelez moi|rapelez moi|apelé moi svp|je sais pas lire"),
    ("en", "pls cal me|i cant read"),
    ("sw", "nipigie|sijui kusoma"),
]
DANGERS = [
    ("fr", Danger.SUICIDE, "je veux mourir|jai envie den finir|je vais me suicidé|suicide"),
    ("fr", Danger.VIOLENCE, "il me frappe|mon mari me tape|il ma frappé|viol"),
    ("fr", Danger.HOMELESS, "on dort dehors ce soir avec les enfant|je suis à la rue"),
    ("fr", Danger.CHILD, "il frappe mes enfants|enfant en danger"),
    ("fr", Danger.LIFE, "je saigne beaucoup|mon mari fait un malaise"),
    ("en", Danger.VIOLENCE, "my husband beats me|i was raped"),
    ("en", Danger.SUICIDE, "i want to kill myself"),
    ("en", Danger.LIFE, "plz help am bleeding"),
    ("en", Danger.HOMELESS, "nowhere to sleep"),
    ("en", Danger.CHILD, "child abuse"),
    ("sw", Danger.VIOLENCE, "ananipiga|nimebakwa"),
    ("sw", Danger.SUICIDE, "kujiua"),
    ("sw", Danger.HOMELESS, "sina mahali pa kulala"),
    ("sw", Danger.CHILD, "mtoto hatarini"),
    ("sw", Danger.LIFE, "dharura"),
    ("sw", Danger.VIOLENCE, "my husband is beating me"),
]
ANSWERABLE = {Intent.ANSWER, Intent.INVALID, Intent.UNCLEAR}


def _each(table: list) -> list:
    return [(*row[:-1], text) for row in table for text in row[-1].split("|")]


@pytest.mark.parametrize("expected", KINDS)
@pytest.mark.parametrize(("language", "intent", "text"), _each(WORDS))
def test_the_words_work_at_every_question(expected: str, language: str, intent: Intent, text: str) -> None:
    assert ask(language, expected, text).intent is intent


@pytest.mark.parametrize("expected", KINDS)
@pytest.mark.parametrize(("language", "text"), _each(CALLS))
def test_a_call_can_be_asked_for_at_every_question(expected: str, language: str, text: str) -> None:
    reading = ask(language, expected, text)
    assert (reading.intent, reading.value) == (Intent.HUMAN, "call")


def test_not_wanting_a_call_is_no_wish_for_one() -> None:
    assert ask("en", "any", "do not call me").intent is not Intent.HUMAN


@pytest.mark.parametrize("expected", KINDS)
@pytest.mark.parametrize(("language", "kind", "text"), _each(DANGERS))
def test_danger_is_heard_at_every_question_before_anything_else(
    expected: str, language: str, kind: Danger, text: str
) -> None:
    reading = ask(language, expected, text)
    assert (reading.intent, reading.value) == (Intent.DISTRESS, kind)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "vitry sur seine"),
        ("fr", "Seine-Saint-Denis"),
        ("fr", "rue de la République"),
        ("fr", "à la rue Pasteur"),
        ("fr", "mon père vient de mourir"),
        ("fr", "je peux avoir un rendez-vous"),
        ("fr", "ma carte a été volée dans le métro"),
        ("fr", "je suis sans emploi et je dors mal"),
        ("fr", "au feu rouge à droite"),
        ("en", "i beat the queue"),
        ("en", "i am scared of losing it"),
        ("en", "my card is damaged by fire"),
        ("sw", "baba yangu alikufa mwaka jana"),
        ("sw", "nimepoteza kitambulisho changu"),
    ],
)
@pytest.mark.parametrize("expected", ["any", "text", "place"])
def test_words_that_only_look_or_sound_like_danger_are_none(expected: str, language: str, text: str) -> None:
    assert ask(language, expected, text).intent is not Intent.DISTRESS


@pytest.mark.parametrize(
    ("expected", "text", "intent"),
    [
        ("choice", "0", Intent.HUMAN),
        ("choice", "9", Intent.BACK),
        ("choice", "8", Intent.MORE),
        ("yes_no", "00", Intent.HUMAN),
        ("yes_no", "9", Intent.BACK),
        ("number", "00", Intent.HUMAN),
        ("number", "09", Intent.BACK),
        ("number", "08", Intent.MORE),
        ("text", "0", Intent.HUMAN),
        ("text", "09", Intent.BACK),
        ("name", "0", Intent.HUMAN),
        ("date", "0", Intent.HUMAN),
        ("date", "09", Intent.BACK),
        ("place", "0", Intent.HUMAN),
        ("place", "00", Intent.HUMAN),
    ],
)
def test_the_keys_of_the_legend_work(expected: str, text: str, intent: Intent) -> None:
    reading = ask("fr", expected, text)
    assert (reading.certainty, reading.intent) == (Certainty.SURE, intent)


def test_a_bare_zero_is_a_person_unless_zero_can_be_the_answer() -> None:
    assert ask("fr", "number", "0", low=0, high=120).value == 0
    assert ask("fr", "number", "0", low=1, high=9).intent is Intent.HUMAN
    assert ask("fr", "amount", "0", low=1).intent is Intent.HUMAN
    assert ask("fr", "number", "8", low=0, high=120).value == 8
    assert ask("fr", "number", "9", low=0, high=120).value == 9


@pytest.mark.parametrize(("text", "intent"), [("09", Intent.BACK), ("08", Intent.MORE)])
def test_at_a_place_the_keys_may_be_a_place(text: str, intent: Intent) -> None:
    reading = ask("fr", "place", text)
    assert (reading.certainty, reading.intent, reading.value) == (Certainty.NEARLY, intent, text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("english", "en"), ("anglais", "en"), ("kiswahili tafadhali", "sw"), ("en français", "fr"), ("arabe", "ar")],
)
def test_the_name_of_a_language_asks_for_it(text: str, code: str) -> None:
    reading = ask("fr", "choice", text)
    assert (reading.intent, reading.value) == (Intent.SWITCH_LANGUAGE, code)


def test_not_speaking_a_language_asks_which_one_is_spoken() -> None:
    reading = ask("fr", "choice", "je parle pas français")
    assert (reading.intent, reading.value) == (Intent.SWITCH_LANGUAGE, None)


def test_changing_an_answer_says_which() -> None:
    reading = ask("fr", "choice", "CHANGER 2")
    assert (reading.intent, reading.value) == (Intent.CHANGE, 2)


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "ils ont stoppé mon aide"), ("en", "they stopped my money"), ("en", "bus stop near huduma")],
)
def test_a_stop_word_among_others_is_asked_about_and_never_stops(language: str, text: str) -> None:
    reading = ask(language, "any", text)
    assert reading.intent is not Intent.STOP
    assert reading.maybe_stop


@pytest.mark.parametrize("text", ["STOPPP", "stoooop!!", "arrrrêt", "S T O P", "Stop.", "STOPPPP svp"])
@pytest.mark.parametrize("expected", KINDS)
def test_letters_held_down_gaps_and_punctuation_change_no_stop(expected: str, text: str) -> None:
    reading = ask("fr", expected, text)
    assert (reading.certainty, reading.intent) == (Certainty.SURE, Intent.STOP)


@pytest.mark.parametrize("text", ["stopsvpmerci", "stop sa suffi", "areté de menvoyé des message"])
@pytest.mark.parametrize("expected", ["any", "yes_no", "choice", "number", "date"])
def test_a_stop_that_is_spelled_by_ear_or_in_one_is_asked_about(expected: str, text: str) -> None:
    reading = ask("fr", expected, text)
    assert (reading.certainty, reading.intent) == (Certainty.NEARLY, Intent.STOP)


@pytest.mark.parametrize("text", ["fin", "annuler", "END", "cancel"])
def test_a_word_that_can_be_an_answer_stops_only_where_nothing_was_asked(text: str) -> None:
    assert ask("fr", "any", text).certainty is Certainty.SURE
    reading = ask("fr", "yes_no", text)
    assert (reading.certainty, reading.intent) == (Certainty.NEARLY, Intent.STOP)


STOPS = sorted(
    {
        word
        for each in (vocabulary("fr"), *others("fr"))
        for word in each.stop_always | each.stop_alone | each.stop_phrases
    }
)
HELD = re.compile(r"(.)\1{2,}")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@st.composite
def mistyped_stops(draw: st.DrawFn) -> str:
    """A stop word or phrase with one letter wrong, missing, doubled or too many."""
    word = draw(st.sampled_from(STOPS))
    place = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from(LETTERS))
    wrong = word[:place] + letter + word[place + 1 :]
    missing = word[:place] + word[place + 1 :]
    more = word[:place] + letter + word[place:]
    return draw(st.sampled_from((wrong, missing, more)))


@settings(max_examples=scaled(6_000), deadline=None)
@given(mistyped_stops(), st.sampled_from(KINDS), st.sampled_from(["fr", "en", "sw"]))
def test_stop_is_never_taken_from_a_slip_and_at_most_asked_about(text: str, expected: str, language: str) -> None:
    held = {HELD.sub(letters, text) for letters in (r"\1", r"\1\1")}
    if not held & set(STOPS):
        reading = ask(language, expected, text)
        assert reading.intent is not Intent.STOP or reading.certainty is Certainty.NEARLY


@settings(max_examples=scaled(6_000), deadline=None)
@given(st.text(max_size=30), st.sampled_from(["fr", "en", "sw"]))
def test_consent_is_never_guessed(text: str, language: str) -> None:
    reading = ask(language, "yes_no", text, strict=True)
    if reading.intent is Intent.ANSWER:
        assert reading.certainty is Certainty.SURE


@pytest.mark.parametrize(
    "text", ["ouu", "nonn je sais plus", "je crois", "bof", "oui si vous voulez", "mouais", "je pense que oui"]
)
def test_consent_counts_only_a_whole_yes_or_no(text: str) -> None:
    assert ask("fr", "yes_no", text, strict=True).intent is not Intent.ANSWER


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("2", False), ("oui", True), ("NON", False), ("d'accord", True)]
)
def test_consent_is_given_and_refused_in_plain_words(text: str, value: bool) -> None:
    assert ask("fr", "yes_no", text, strict=True).value is value


PIECES = [
    "stop",
    "0",
    "9",
    "00",
    "1",
    "2",
    "12/3/1980",
    "31/2",
    "elfu",
    "mia",
    "ksh",
    "2,5",
    "€",
    "oui",
    "ndiyo",
    "j'ai",
    "code",
    "1234",
    "****",
    "06",
    "12",
    "34",
    "rue",
    "75011",
    "12,5k",
    "lundi",
    "ou",
    "na",
    "²",
    "½",
    "①",
    "٣",
    "１２",
    "é",
    "ß",
    "ﬁ",
    "👍",
    "'",
    "-",
    "/",
    ",",
    "?",
]


@settings(max_examples=scaled(6_000), deadline=None)
@given(
    st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join),
    st.sampled_from(KINDS),
    st.sampled_from(["fr", "en", "sw", "xx"]),
    st.sampled_from(["france", "kenya", "cote_divoire", "nowhere", ""]),
)
def test_every_text_has_one_reading(text: str, expected: str, language: str, country: str) -> None:
    def once() -> object:
        return read(expected, text, language=language, country=country, today=date(2026, 3, 10))

    assert once() == once()


def test_reading_knows_the_day_only_from_its_caller() -> None:
    assert read("date", "hier", language="fr", today=TODAY) != read(
        "date", "hier", language="fr", today=date(2027, 1, 1)
    )
