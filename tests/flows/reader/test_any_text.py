"""Any text, in any language, against any question: an outcome, never an exception; and dress never changes a yes."""

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import packaged
from flows.compiler import compile_bundle
from flows.reader import (
    STRUCK,
    Expected,
    Intent,
    Option,
    Procedure,
    Reading,
    find_procedures,
    mask_numbers,
    read,
    strike_secrets,
    written_in,
)
from flows.reader.unclear import fit_to_learn_from
from flows.reader.vocabulary import vocabulary
from tests.flows.reader.asking import COUNTRIES, TODAY
from tests.flows.reader.test_sample import SAMPLE
from tests.scale import scaled

LANGUAGES = packaged.reader_languages()
TYPED = tuple(str(reply["text"]) for reply in SAMPLE["replies"])
LONGEST = 1600
FLOWS = 4  # of each country
MOST, MARGIN = 30_000, 300  # calls


@dataclass(frozen=True)
class Question:
    """One question of a flow: what it waits for, and the options on the screen."""

    expected: Expected
    options: tuple[Option, ...] = ()
    low: int | None = None
    high: int | None = None


@cache
def shipped(language: str) -> tuple[Question, ...]:
    """Every question that some of our procedures ask in a language."""
    found = []
    for country in packaged.countries():
        for code in packaged.flow_codes(country)[:FLOWS]:
            machine = compile_bundle(packaged.bundle(country, code))
            for name, step in machine.steps.items():
                if options := machine.options.get((language, name)):
                    found.append(Question(Expected.CHOICE, options))
                elif getattr(step, "expected", None):
                    found.append(Question(step.expected, (), step.low, step.high))
    return tuple(dict.fromkeys(found))


# --- what people may type, and what may be asked

PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(TYPED),
    st.sampled_from(["1", "2", "0", "09", "stop", "oui", "non", "ndio", "pin 4821", "06 12 34 56 78", "🙏", "l'", "?"]),
    st.text("0123456789 .,-/+", max_size=9),
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=6).map(" ".join),
    st.text(max_size=200),
    st.tuples(PIECES, st.integers(2, 400)).map(lambda drawn: (f"{drawn[0]} " * drawn[1])[:LONGEST]),
)
LABELS = st.one_of(st.text(max_size=12), st.sampled_from(TYPED))
MADE_UP = st.builds(
    Question,
    expected=st.sampled_from(Expected),
    options=st.lists(LABELS, max_size=8).map(
        lambda labels: tuple(Option(str(key), label, (label[:3],)) for key, label in enumerate(labels))
    ),
    low=st.none() | st.integers(-5, 5),
    high=st.none() | st.integers(0, 100),
)


def asked(question: Question, text: str, language: str, country: str, *, strict: bool = False) -> Reading:
    """What a text means as the reply to a question, on the Tuesday of these tests."""
    return read(
        question.expected,
        text,
        options=question.options,
        language=language,
        country=country,
        today=TODAY,
        low=question.low,
        high=question.high,
        strict=strict,
    )


@settings(max_examples=scaled(3000))
@given(
    drawn=st.data(),
    text=TEXTS,
    language=st.sampled_from([*LANGUAGES, "wo"]),
    country=st.sampled_from([*packaged.countries(), ""]),
    strict=st.booleans(),
)
def test_any_text_against_any_question_has_an_outcome_and_always_the_same(
    drawn: st.DataObject, text: str, language: str, country: str, strict: bool
) -> None:
    known = language if language in LANGUAGES else "en"
    question = drawn.draw(st.one_of(MADE_UP, st.sampled_from(shipped(known))))
    first = asked(question, text, language, country, strict=strict)
    assert isinstance(first, Reading)
    assert asked(question, text, language, country, strict=strict) == first
    if first.intent is Intent.ANSWER and question.expected is Expected.CHOICE:
        assert str(first.value) in {option.key.lstrip("0") or "0" for option in question.options}


@settings(max_examples=scaled(2000))
@given(text=TEXTS, language=st.sampled_from(LANGUAGES), country=st.sampled_from([*packaged.countries(), ""]))
def test_whatever_else_is_done_with_any_text_never_fails(text: str, language: str, country: str) -> None:
    struck, _ = strike_secrets(text, language)
    mask_numbers(struck, country)
    fit_to_learn_from(text, language=language, country=country)
    assert written_in(text, LANGUAGES) in {*LANGUAGES, None}
    lost = Procedure("lost", ("Carte d'identité volée", "lost ID"), ("police",))
    assert set(find_procedures(text, [lost], language=language, country=country).codes) <= {"lost"}


# --- a word and its dress

MARKS = st.sampled_from(["", "", "", "\u0301", "\u0300", "\u0308", "\u200b", "\ufe0f"])
AROUND = st.text(" .,!;…()\"«»\n\u00a0\u200b", max_size=4)


@st.composite
def dressed(draw: st.DrawFn, words: Sequence[str]) -> tuple[str, str]:
    """A word of a list, and the same with other capitals, accents, spaces and signs around it."""
    word = draw(st.sampled_from(words))
    changed = draw(st.sampled_from([str.lower, str.upper, str.title, str.swapcase]))(word)
    accented = "".join(sign + (draw(MARKS) if sign.isalpha() else "") for sign in changed)
    return word, draw(AROUND) + unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), accented) + draw(AROUND)


def _said(language: str, table: str) -> list[str]:
    words = vocabulary(language)
    of_it = {"yes": words.yes.words, "no": words.no.words, "stop": words.stop_always}[table]
    return sorted(word for word in of_it if word.isalpha())


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=scaled(1500))
@given(drawn=st.data())
def test_its_dress_never_turns_a_yes_into_a_no_nor_consent_nor_either_into_a_stop(
    language: str, strict: bool, drawn: st.DataObject
) -> None:
    said = drawn.draw(st.booleans())
    word, text = drawn.draw(dressed(_said(language, "yes" if said else "no")))
    plain = asked(Question(Expected.YES_NO), word, language, COUNTRIES[language], strict=strict)
    shown = asked(Question(Expected.YES_NO), text, language, COUNTRIES[language], strict=strict)
    assert (shown.intent, shown.value, shown.certainty) == (plain.intent, plain.value, plain.certainty), text
    if plain.intent is Intent.ANSWER:
        assert plain.value is said


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=scaled(1000))
@given(drawn=st.data(), expected=st.sampled_from(Expected))
def test_a_stop_stays_one_in_any_dress_and_at_any_question(
    language: str, drawn: st.DataObject, expected: Expected
) -> None:
    _, text = drawn.draw(dressed(_said(language, "stop")))
    assert asked(Question(expected), text, language, COUNTRIES[language]).intent is Intent.STOP


# --- what is never missed in a long text

STORIES = {
    "fr": "je suis venu hier au guichet avec ma soeur et la dame nous a dit de revenir demain matin",
    "en": "we went to the office with my sister yesterday and the lady told us to come back next week",
    "sw": "tulienda ofisini na dada yangu jana na mama wa pale alituambia turudi wiki ijayo asubuhi",
}
TOLD = {"fr": "mon code pin est {}", "en": "my pin is {}", "sw": "pin yangu ni {}"}


@st.composite
def inside_a_story(draw: st.DrawFn, language: str, told: str) -> str:
    """Words somewhere in up to 1,600 letters about something else."""
    story = STORIES[language].split() * 14
    before = draw(st.integers(0, 120))
    after = draw(st.integers(0, 120))
    return " ".join([*story[:before], told, *story[before : before + after]])[:LONGEST]


def _dangers(language: str) -> Iterator[str]:
    tables = packaged.reader_words(language)["distress"]
    assert isinstance(tables, dict)
    for kind, table in tables.items():
        if kind != "harmless":
            yield from (phrase for phrase in table.get("sure", []) if " " in phrase)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=scaled(600))
@given(drawn=st.data())
def test_danger_is_found_anywhere_in_a_long_text(language: str, drawn: st.DataObject) -> None:
    phrase = drawn.draw(st.sampled_from(sorted(_dangers(language))))
    text = drawn.draw(inside_a_story(language, phrase))
    assert asked(Question(Expected.NUMBER), text, language, COUNTRIES[language]).intent is Intent.DISTRESS


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=scaled(600))
@given(drawn=st.data(), code=st.integers(1000, 99999999).map(str))
def test_a_secret_is_struck_anywhere_in_a_long_text_and_stays_struck(
    language: str, drawn: st.DataObject, code: str
) -> None:
    text = drawn.draw(inside_a_story(language, TOLD[language].format(code)))
    struck, had_secret = strike_secrets(text, language)
    assert had_secret
    assert code not in struck
    again, _ = strike_secrets(struck, language)
    assert again.count(STRUCK) >= struck.count(STRUCK) == 1
    for expected in Expected:
        assert asked(Question(expected), text, language, COUNTRIES[language]).intent is Intent.SECRET
        assert asked(Question(expected), struck, language, COUNTRIES[language]).intent is Intent.SECRET




# --- a long text costs as much as it is long, and no more

COSTLY = (Expected.YES_NO, Expected.CHOICE, Expected.NUMBER, Expected.AMOUNT, Expected.PLACE, Expected.ANY)
LONG = {
    "a story": lambda language: STORIES[language] + " ",
    "new words": lambda _: " ".join(f"{first}{second}o" for first in "bdfgklmnprt" for second in "aeiouy") + " ",
    "numbers": lambda _: "vingt deux thirty five kumi na mbili 12 ",
    "passwords": lambda _: "mot de passe:x1y2,code pin;",
    "one word": lambda _: "abc",
    "every sign": lambda _: "é1’ß. 😀٣٤ ﬁ\u0301\n",
}


def _calls(text: str, language: str, expected: Expected) -> int:
    """How many functions are called, ours and Python's own, to read a text."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    question = Question(expected, shipped_choice(language) if expected is Expected.CHOICE else ())
    asked(question, text, language, COUNTRIES[language])
    sys.setprofile(count)
    try:
        asked(question, text, language, COUNTRIES[language])
    finally:
        sys.setprofile(None)
    return calls


def shipped_choice(language: str) -> tuple[Option, ...]:
    """The longest list of options that one of our procedures shows."""
    return max((question.options for question in shipped(language)), key=len)


@pytest.mark.parametrize("kind", LONG)
@pytest.mark.parametrize("language", LANGUAGES)
def test_twice_as_long_a_text_is_at_most_twice_as_much_work(language: str, kind: str) -> None:
    piece = LONG[kind](language)
    times = LONGEST // len(piece) // 2
    for expected in COSTLY:
        half, whole = (_calls(piece * count, language, expected) for count in (times, 2 * times))
        assert whole <= 2.2 * half + MARGIN, (expected, half, whole)
        assert whole <= MOST, (expected, half, whole)
