"""The order in which a text is read: secrets, danger, stop, a person, the other words that always work, the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flows.reader.amount import read_amount
from flows.reader.choice import answers, exact_label, read_choice
from flows.reader.commands import may_mean_stop, read_command, read_mistyped_command, read_stop
from flows.reader.date import read_date
from flows.reader.distress import read_distress
from flows.reader.feelings import (
    read_feeling,
    read_greeting,
    read_mistyped_greeting,
    read_question,
    read_uncertain,
)
from flows.reader.folding import Folded, clean
from flows.reader.keys import read_key
from flows.reader.name import read_name
from flows.reader.number import read_number
from flows.reader.place import read_place
from flows.reader.reading import Certainty, Expected, Intent, Option, Reading
from flows.reader.secret import STRUCK, find_secrets
from flows.reader.thesaurus import with_thesaurus
from flows.reader.vocabulary import Vocabulary, vocabulary
from flows.reader.yes_no import read_yes_no

__all__ = ["read"]

LONGEST_KEY = 3
LONGEST = 1600
HAS_WORDS_OF_ITS_OWN = {Expected.TEXT, Expected.NAME, Expected.PLACE}


def read(
    expected: Expected | str,
    text: str,
    *,
    options: Sequence[Option] = (),
    language: str,
    country: str = "",
    today: date,
    low: int | None = None,
    high: int | None = None,
    strict: bool = False,
) -> Reading:
    """What a text means as the reply to a question. Same arguments, same reading; never an exception for any text.

    options: those on the screen (for yes/no: keys 1 and 2). low, high: the bounds of a number or amount. strict: consent;
    only a digit or a whole yes or no counts. Nothing of the text is kept.
    """
    expected = Expected(expected)
    stripped = text.strip()
    if len(stripped) <= LONGEST_KEY and stripped.isascii() and stripped.isdigit():
        return _digits(expected, stripped, tuple(options), language, country, today, low, high)
    words = vocabulary(language)
    folded = words.fold(clean(text)[:LONGEST])
    if secret := _secret(text[:LONGEST], language):
        return secret
    if danger := read_distress(folded, words):
        return danger
    shown = with_thesaurus(answers(options, words), country, words.language) if options else ()
    reading = _wanted(expected, folded, words, shown)
    if reading is None:
        reading = _answered(expected, folded, words, shown, country, today, low, high, strict=strict)
    if reading.intent in {Intent.PROBLEM, Intent.OTHER, Intent.UNCLEAR, Intent.QUESTION} and may_mean_stop(folded, words):
        return replace(reading, maybe_stop=True)
    return reading


def _digits(
    expected: Expected,
    digits: str,
    options: tuple[Option, ...],
    language: str,
    country: str,
    today: date,
    low: int | None,
    high: int | None,
) -> Reading:
    """The short way: one to three digits can be no secret, no word and no danger."""
    closed = expected in {Expected.CHOICE, Expected.YES_NO}
    if closed and not any(option.key == digits for option in options) or not closed or digits in {"0", "8", "9"}:
        shown = answers(options, vocabulary(language)) if digits in {"8", "9"} and options else ()
        if not any(option.key == digits for option in shown) and (
            key := read_key(expected, digits, low=low, high=high)
        ):
            return key
    number = int(digits)
    if expected is Expected.YES_NO:
        known = number in {1, 2}
        return Reading(Certainty.SURE, Intent.ANSWER, number == 1) if known else _invalid(number)
    if expected is Expected.CHOICE:
        known = any(option.key == str(number) for option in options)
        return Reading(Certainty.SURE, Intent.ANSWER, number) if known else _invalid(number)
    if expected is Expected.NUMBER:
        outside = (low is not None and number < low) or (high is not None and number > high)
        return _invalid(number) if outside else Reading(Certainty.SURE, Intent.ANSWER, number)
    if expected is Expected.TEXT:
        return Reading(Certainty.SURE, Intent.ANSWER, digits)
    words = vocabulary(language)
    found = _read_answer(expected, words.fold(digits), words, options, country, today, low, high, strict=False)
    return found or Reading(Certainty.UNCLEAR, Intent.UNCLEAR)


def _invalid(number: int) -> Reading:
    return Reading(Certainty.UNCLEAR, Intent.INVALID, number)


def _secret(text: str, language: str) -> Reading | None:
    if STRUCK in text:
        return Reading(Certainty.SURE, Intent.SECRET)
    found = find_secrets(text, language)
    return Reading(Certainty.SURE, Intent.SECRET, found[0].kind) if found else None


def _wanted(expected: Expected, folded: Folded, words: Vocabulary, shown: tuple[Option, ...]) -> Reading | None:
    """STOP first; then a label on the screen, word for word; then the words that always work."""
    stop = read_stop(expected, folded, words)
    if stop and stop.certainty is Certainty.SURE:
        return stop
    if shown and expected is Expected.CHOICE and (label := exact_label(folded, shown, words.language)):
        return label
    if stop:
        return stop
    if expected is Expected.YES_NO and folded.squeezed in words.yes.words | words.no.words:
        return None
    return read_command(expected, folded, words)


def _answered(
    expected: Expected,
    folded: Folded,
    words: Vocabulary,
    shown: tuple[Option, ...],
    country: str,
    today: date,
    low: int | None,
    high: int | None,
    *,
    strict: bool,
) -> Reading:
    """The answer that the question waits for; else what the text is instead."""
    own = expected in HAS_WORDS_OF_ITS_OWN
    if expected is not Expected.TEXT and (uncertain := read_uncertain(folded, words, inside=own)):
        return uncertain
    if own and (aside := _aside(expected, folded, words)):
        return aside
    if answer := _read_answer(expected, folded, words, shown, country, today, low, high, strict=strict):
        return answer
    return (
        read_greeting(folded, words)
        or read_uncertain(folded, words, inside=True)
        or read_question(folded, words)
        or (None if own else read_mistyped_command(folded, words) or read_mistyped_greeting(folded, words))
        or read_feeling(expected, folded, words)
    )


def _aside(expected: Expected, folded: Folded, words: Vocabulary) -> Reading | None:
    """Where any words could be the answer: a text that plainly is none."""
    if greeting := read_greeting(folded, words):
        return greeting
    if expected is Expected.TEXT:
        return None
    feeling = read_feeling(expected, folded, words)
    return feeling if feeling.intent is Intent.ABUSE else read_question(folded, words)


def _read_answer(
    expected: Expected,
    folded: Folded,
    words: Vocabulary,
    shown: tuple[Option, ...],
    country: str,
    today: date,
    low: int | None,
    high: int | None,
    *,
    strict: bool,
) -> Reading | None:
    match expected:
        case Expected.YES_NO:
            return read_yes_no(folded, words, shown, strict=strict)
        case Expected.CHOICE:
            return read_choice(folded, words, shown)
        case Expected.NUMBER:
            return read_number(folded, words, low, high)
        case Expected.AMOUNT:
            return read_amount(folded.text, words, country, low, high)
        case Expected.DATE:
            return read_date(folded, words, today)
        case Expected.NAME:
            return read_name(folded, words)
        case Expected.PLACE:
            return read_place(folded, words)
        case Expected.TEXT:
            return Reading(Certainty.SURE, Intent.ANSWER, folded.text) if folded.text else None
        case Expected.ANY:
            return None
