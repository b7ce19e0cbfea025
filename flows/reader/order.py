"""The order in which a text is read: secrets, danger, stop, a person, the other words that always work, the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flows import packaged
from flows.reader.amount import read_amount
from flows.reader.choice import answers, exact_label, exact_name, read_choice, read_whole_words, says_label
from flows.reader.commands import may_mean_stop, read_command, read_mistyped_command, read_stop, read_wish_to_stop
from flows.reader.corrected import read_corrected
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
from flows.reader.thesaurus import with_thesaurus, with_topics
from flows.reader.vocabulary import Vocabulary, vocabulary
from flows.reader.yes_no import read_yes_no

__all__ = ["read"]

LONGEST_KEY = 3
LONGEST = 1600
LONGEST_CHOICE = 24  # words; what is longer tells a story, and costs time
LONGEST_ANSWER = 400  # letters: who writes more tells a story, and answers at its beginning or not at all
MAYBE_STOP = {Intent.PROBLEM, Intent.OTHER, Intent.UNCLEAR, Intent.QUESTION}
SAYS_NOTHING = {Intent.UNCLEAR, Intent.OTHER, Intent.PROBLEM}
MAY_BE_SPELLED = SAYS_NOTHING | {Intent.INVALID}  # tried again as a dictionary spells it
HAS_WORDS_OF_ITS_OWN = {Expected.TEXT, Expected.NAME, Expected.PLACE}


@dataclass(frozen=True, slots=True)
class Question:
    """What is open: the kind of answer, the options on the screen, the bounds, the person's language and country."""

    expected: Expected
    options: tuple[Option, ...]
    language: str
    country: str
    today: date
    low: int | None
    high: int | None
    strict: bool


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

    options: those on the screen (for yes/no: keys 1 and 2). low, high: the bounds of a number or amount. strict:
    consent; only a digit or a whole yes or no counts. Nothing of the text is kept.
    """
    question = Question(Expected(expected), tuple(options), language, country, today, low, high, strict)
    stripped = text.strip()
    if len(stripped) <= LONGEST_KEY and stripped.isascii() and stripped.isdigit():
        return _digits(question, stripped)
    words = vocabulary(language)
    folded = words.fold(clean(text)[:LONGEST])
    if secret := _secret(text[:LONGEST], language):
        return secret
    spelled = words.spelled(folded)
    if danger := read_distress(folded, spelled, words):
        return danger
    if options:
        shown = with_thesaurus(answers(question.options, words), country, words.language)
        question = replace(question, options=shown)
    reading = _understood(question, folded, spelled, words)
    if reading.intent in MAYBE_STOP and may_mean_stop(folded, words):
        return replace(reading, maybe_stop=True)
    return reading


def _understood(question: Question, folded: Folded, spelled: Folded, words: Vocabulary) -> Reading:
    """What a text means as it was typed; where that says nothing, as a dictionary spells it."""
    reading = _wanted(question, folded, words) or _answered(question, folded, words)
    if _answers_anyway(question, reading, folded, words) and (stop := read_wish_to_stop(folded, words)):
        return stop
    if question.strict or reading.intent not in MAY_BE_SPELLED:
        return reading
    if reading.intent in SAYS_NOTHING and (stop := read_wish_to_stop(folded, words)):
        return stop
    if spelled is not folded:
        spelled = _beginning(spelled, words)
        again = _wanted(question, spelled, words) or _answered(question, spelled, words)
        if again.intent is Intent.ANSWER or _says_more(again, reading):
            return again
    return reading


def _answers_anyway(question: Question, reading: Reading, folded: Folded, words: Vocabulary) -> bool:
    """Taken for an answer, though it speaks of messages: "no more of your texts" is no "No"."""
    asked = not question.strict and question.expected not in {Expected.TEXT, Expected.NAME}
    return asked and reading.intent is Intent.ANSWER and not words.stop_about.isdisjoint(folded.words)


def _says_more(again: Reading, reading: Reading) -> bool:
    """What a text means as it is spelled, where that is more than what it meant as it was typed."""
    if reading.intent is Intent.PROBLEM:
        return again.intent not in SAYS_NOTHING
    return again.intent is not Intent.UNCLEAR and reading.intent in SAYS_NOTHING


def _digits(question: Question, digits: str) -> Reading:
    """The short way: one to three digits can be no secret, no word and no danger."""
    expected, number = question.expected, int(digits)
    if not _is_option(question, digits):
        key = read_key(expected, digits, low=question.low, high=question.high)
        if key:
            return key
    if expected is Expected.YES_NO:
        return Reading(Certainty.SURE, Intent.ANSWER, number == 1) if number in {1, 2} else _invalid(number)
    if expected is Expected.CHOICE:
        known = any(option.key == str(number) for option in question.options)
        return Reading(Certainty.SURE, Intent.ANSWER, number) if known else _invalid(number)
    if expected is Expected.NUMBER:
        above = question.high is not None and number > question.high
        below = question.low is not None and number < question.low
        return _invalid(number) if above or below else Reading(Certainty.SURE, Intent.ANSWER, number)
    words = vocabulary(question.language)
    found = _read_answer(question, words.fold(digits), words)
    return found or Reading(Certainty.UNCLEAR, Intent.UNCLEAR)


def _is_option(question: Question, digits: str) -> bool:
    """8 and 9 are options only where a line of their own says something else than more and back."""
    shown = question.options
    if question.expected is not Expected.CHOICE or not any(option.key == digits for option in shown):
        return False
    return digits not in {"0", "8", "9"} or any(
        option.key == digits for option in answers(shown, vocabulary(question.language))
    )


def _invalid(number: int) -> Reading:
    return Reading(Certainty.UNCLEAR, Intent.INVALID, number)


def _secret(text: str, language: str) -> Reading | None:
    if STRUCK in text:
        return Reading(Certainty.SURE, Intent.SECRET)
    found = find_secrets(text, language)
    return Reading(Certainty.SURE, Intent.SECRET, found[0].kind) if found else None


def _wanted(question: Question, folded: Folded, words: Vocabulary) -> Reading | None:
    """STOP first; then a label on the screen, word for word; then the words that always work."""
    stop = None if _is_story(folded) else read_stop(question.expected, folded, words)
    if stop and stop.certainty is Certainty.SURE:
        return stop
    if question.expected is Expected.CHOICE and question.options:
        label = exact_label(folded, question.options, words.language)
        if label:
            return label
    if stop:
        return stop
    if question.expected is Expected.YES_NO and folded.squeezed in words.yes.words | words.no.words:
        return None
    return read_command(question.expected, folded, words)


def _answered(question: Question, folded: Folded, words: Vocabulary) -> Reading:
    """The answer that the question waits for; else what the text is instead."""
    expected = question.expected
    own = expected in HAS_WORDS_OF_ITS_OWN
    if expected is Expected.CHOICE and (named := exact_name(folded, question.options, words.language)):
        return named
    if question.strict and (consent := _read_answer(question, folded, words)):
        return consent
    if _is_story(folded):
        return _told(question, folded, words)
    if not own and words.explaining.find(folded.line) and len(folded.words) <= LONGEST_CHOICE:
        return Reading(Certainty.SURE, Intent.QUESTION)
    if corrected := _corrected(question, folded, words):
        return corrected
    agrees = expected is Expected.YES_NO and folded.squeezed in words.yes.words | words.no.words
    if expected is not Expected.TEXT and not agrees and (uncertain := read_uncertain(folded, words, inside=own)):
        return uncertain
    if own and (aside := _aside(expected, folded, words)):
        return aside
    return (
        _chosen(question, folded, words)
        or _in_another_language(question, folded)
        or read_greeting(folded, words)
        or read_uncertain(folded, words, inside=True, first=True)
        or read_question(folded, words)
        or (None if own else read_mistyped_command(folded, words) or read_mistyped_greeting(folded, words))
        or read_feeling(expected, folded, words)
    )


def _told(question: Question, folded: Folded, words: Vocabulary) -> Reading:
    """What a story is: an answer by its beginning, or a question, an insult, a problem somewhere in it."""
    expected, said = question.expected, _beginning(folded, words)
    if expected in {Expected.NAME, Expected.PLACE} and (aside := _aside(expected, folded, words)):
        return aside
    return (
        _chosen(question, folded if expected is Expected.TEXT else said, words)
        or _in_another_language(question, said)
        or read_question(folded, words)
        or read_feeling(expected, folded, words)
    )


def _is_story(folded: Folded) -> bool:
    return len(folded.text) > LONGEST_ANSWER


def _beginning(folded: Folded, words: Vocabulary) -> Folded:
    """Where an answer is looked for: in all of a text, or in the whole words at the beginning of a story."""
    if not _is_story(folded):
        return folded
    cut = folded.text[:LONGEST_ANSWER]
    return words.fold(cut.rpartition(" ")[0] or cut)


def _corrected(question: Question, folded: Folded, words: Vocabulary) -> Reading | None:
    """ANSWER, NEARLY, where one part of the text takes back the other."""
    if question.strict or question.expected in {Expected.TEXT, Expected.ANY}:
        return None
    said = words.no.plain | words.yes.plain | words.negations
    besides = said if question.expected is Expected.YES_NO else frozenset()

    def read_part(part: str) -> Reading | None:
        return _read_answer(question, words.fold(part), words) if part else None

    return read_corrected(folded.text, words, read_part, besides=besides)


def _chosen(question: Question, folded: Folded, words: Vocabulary) -> Reading | None:
    """The answer; for a choice also by words that no flow has listed.

    One of those alone is taken, among others it is asked about; and also where a flow's words say another option, but
    not by its label: "papier" is a card, "mon papier rose pour conduire" is none.
    """
    found = _read_answer(question, folded, words)
    if question.expected is not Expected.CHOICE or len(folded.words) > LONGEST_CHOICE:
        return found
    if found and (found.intent is not Intent.ANSWER or any(word.isdigit() for word in folded.words)):
        return found
    options = with_topics(question.options, words.language)
    named = exact_name(folded, options, words.language)
    if named and (found is None or found.certainty is Certainty.NEARLY):
        return named
    if named is None:
        named = read_whole_words(folded, words, options) if found else read_choice(folded, words, options)
    if named is None or named.intent is not Intent.ANSWER:
        return found
    if found and (found.value == named.value or says_label(folded, question.options, words.language, found.value)):
        return found
    return replace(named, certainty=Certainty.NEARLY)


def _in_another_language(question: Question, folded: Folded) -> Reading | None:
    """A number, amount or day in another language of the country: people mix them."""
    if question.expected not in {Expected.NUMBER, Expected.AMOUNT, Expected.DATE}:
        return None
    numbers = vocabulary(question.language).numbers
    if numbers.fractions.find(folded.line) or any(word in numbers.choice_words for word in folded.words):
        return None
    for language in packaged.spoken(question.country):
        other = vocabulary(language)
        if language != question.language and (found := _read_answer(question, folded.leaning(other.elisions), other)):
            return found
    return None


def _aside(expected: Expected, folded: Folded, words: Vocabulary) -> Reading | None:
    """Where any words could be the answer: a text that plainly is none."""
    if greeting := read_greeting(folded, words):
        return greeting
    if expected is Expected.TEXT:
        return None
    feeling = read_feeling(expected, folded, words)
    return feeling if feeling.intent is Intent.ABUSE else read_question(folded, words)


def _read_answer(question: Question, folded: Folded, words: Vocabulary) -> Reading | None:
    low, high = question.low, question.high
    match question.expected:
        case Expected.YES_NO:
            return read_yes_no(folded, words, question.options, strict=question.strict)
        case Expected.CHOICE:
            return read_choice(folded, words, question.options)
        case Expected.NUMBER:
            return read_number(folded, words, low, high)
        case Expected.AMOUNT:
            return read_amount(folded.text, words, question.country, low, high)
        case Expected.DATE:
            return read_date(folded, words, question.today)
        case Expected.NAME:
            return read_name(folded, words)
        case Expected.PLACE:
            return read_place(folded, words, question.country)
        case Expected.TEXT:
            return Reading(Certainty.SURE, Intent.ANSWER, folded.text) if folded.text else None
        case Expected.ANY:
            return None
