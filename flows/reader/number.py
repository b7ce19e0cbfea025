"""Reads a whole number: digits, words, sentences around them, the letter O for 0."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, takewhile

from text_to_num import alpha2digit

from flows import packaged
from flows.reader.folding import Folded, fold, strip_accents
from flows.reader.reading import Certainty, Intent, Reading
from flows.reader.slips import Known
from flows.reader.vocabulary import Vocabulary, others, vocabulary
from flows.reader.wordlists import Phrases

__all__ = ["Found", "find_number", "mend_digits", "number_names", "read_number", "without_figured_words"]

BY_LIBRARY = {"fr", "en"}
LOOKALIKE = re.compile(r"(?<![^\W\d_])[0-9OoIl|]*[0-9][0-9OoIl|]*(?![^\W\d_])")
MENDED = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "|": "1"})
THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:[ .,'’]\d{3})+(?![\d])")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
NEGATIVE = re.compile(r"^[-−]\s?\d")
ORDINAL = re.compile(r"(?<!\d)\d{1,2}\s?(?:er|ere|eme|ieme|st|nd|rd|th)\b")
ORDINAL_ENDING = re.compile(r"(?<=\d)(?:er|ere|e|eme|ieme|st|nd|rd|th)\b")
LARGEST = 10**9
FEW = 3
LONGEST = 24  # words in which numbers typed by ear are looked for
SHORTEST_HEARD, SHORTEST_TYPED = 3, 4  # letters of a sound, and of a word, by which a number is told
TENS_THAT_COUNT_ON = {60, 80}  # "60 dix" is 70, as it is said


@dataclass(frozen=True, slots=True)
class Found:
    """A number in a text, and whether it was said plainly."""

    value: float
    sure: bool


def read_number(folded: Folded, words: Vocabulary, low: int | None, high: int | None) -> Reading | None:
    """A number within the bounds, SURE or NEARLY; INVALID with the number where it is out of them."""
    found = find_number(folded, words)
    if found is None:
        return None
    if found.value != int(found.value):
        return None
    value = int(found.value)
    if (low is not None and value < low) or (high is not None and value > high):
        return Reading(Certainty.UNCLEAR, Intent.INVALID, value)
    return Reading(Certainty.SURE if found.sure else Certainty.NEARLY, Intent.ANSWER, value)


def find_number(folded: Folded, words: Vocabulary) -> Found | None:
    """The one number that a text says; None where there is none, or where several could be meant."""
    found = _find(folded, words)
    if found and (words.numbers.bounds.find(folded.line) or words.numbers.fractions.find(folded.line)):
        return Found(found.value, False)
    return found


def _find(folded: Folded, words: Vocabulary) -> Found | None:
    numbers = words.numbers
    if NEGATIVE.search(folded.text):
        return None
    mended = mend_digits(without_figured_words(folded.text, words))
    text = THOUSANDS.sub(lambda found: re.sub(r"\D", "", found.group()), mended)
    digits = NUMBER.findall(text)
    if digits:
        return _of_digits(digits, text, words)
    counted = "".join(word for word in folded.words if word not in numbers.units)
    if folded.squeezed in numbers.none or counted in numbers.none or _says_only(numbers.none_phrases, folded, words):
        return Found(0, True)
    if folded.squeezed in numbers.one and folded.squeezed not in words.commands["human"].words:
        return Found(1, False)
    if _says_only(numbers.one_phrases, folded, words) and len(folded.words) > 1:
        return Found(1, False)
    bare = words.hedges.without(f" {without_figured_words(folded.line.strip(), words)} ")
    bare = f" {' '.join(_unglued(bare.split(), words))} " if words.numbers.words else bare
    spoken = tuple(word for word in bare.split() if word not in numbers.units or word in numbers.word_scales)
    if (pair := numbers.pairs.get(" ".join(spoken)) or numbers.pairs.get(folded.line.strip())) is not None:
        return Found(pair, True)
    if words.language in BY_LIBRARY:
        return _by_library(bare, spoken, words)
    return _by_table(spoken, words)


def _says_only(phrases: Phrases, folded: Folded, words: Vocabulary) -> bool:
    """Nothing but these phrases, and what may stand around an answer: "hakuna hata mmoja", "moi, toute seule"."""
    left = phrases.without(folded.line)
    if left == folded.line:
        return False
    left = words.fillers.without(words.polite.without(left))
    said = words.numbers.units | words.small_words | words.no.plain
    return not [word for word in left.split() if word not in said]


def _unglued(spoken: list[str], words: Vocabulary) -> Iterable[str]:
    """ "natano" is "na tano": the word that adds was written on to the number."""
    for word in spoken:
        plus = next((plus for plus in words.numbers.plus if word.startswith(plus) and len(plus) > 1), "")
        number = word[len(plus) :]
        known = number in words.numbers.words or number in words.numbers.spelled
        if plus and known and word not in words.known_words:
            yield from (plus, number)
        else:
            yield word


def mend_digits(text: str) -> str:
    """Letters that stand for digits among digits: "2O" is 20, "l2" is 12."""
    return LOOKALIKE.sub(lambda found: found.group().translate(MENDED), text)


def without_figured_words(text: str, words: Vocabulary) -> str:
    """The text without words that are typed with a figure in them: "ri1", "b4"."""
    if text.isalpha() or not any(map(str.isdigit, text)):
        return text
    tables = [each.respelling for each in (words, *others(words.language))]
    typed = [(token, strip_accents(token).strip(",.;:!?")) for token in text.split()]
    return " ".join(token for token, word in typed if not any(table.is_word(word) for table in tables))


def _of_digits(digits: list[str], text: str, words: Vocabulary) -> Found | None:
    counted = ORDINAL.sub(" ", strip_accents(text))  # in "3 et le 4eme arrive" only the 3 counts
    if len(others := NUMBER.findall(counted)) < len(digits) and others:
        text, digits = counted, others
    values = [float(digit.replace(",", ".")) for digit in digits if len(digit) <= 12]
    folded = fold(ORDINAL_ENDING.sub("", strip_accents(text)))
    if len(values) == 1:
        beside = [words.numbers.written[word] for word in folded.split if words.numbers.written.get(word, 0) > 1]
        if words.numbers.counts_on and beside and values[0] in TENS_THAT_COUNT_ON and beside[0] < 20:
            return Found(values[0] + beside[0], False)
        if _counts_oneself(folded, words):
            return Found(values[0] + 1, False)
        return _scaled(values[0], folded, words)
    between = [word for word in folded.split if not word[0].isdigit()]
    if len(values) > 1 and values[0] > max(values[1:]) and not words.numbers.within.isdisjoint(between):
        return Found(values[0], False)
    if len(values) > 1 and _are_of_kinds(folded, words) and sum(values) < LARGEST:
        return Found(sum(values), False)
    summed = all(value == int(value) for value in values) and (
        "+" in text or any(word in words.numbers.plus for word in between)
    )
    either = any(word in words.numbers.choice_words for word in between) or "/" in text or "-" in text
    if values and summed and not either and sum(values) < LARGEST:
        return Found(sum(values), False)
    same = set(values)
    return Found(values[0], False) if len(same) == 1 else None


def _counts_oneself(folded: Folded, words: Vocabulary) -> bool:
    """ "moi et mes 2 enfants", "me and 4 others": the person, and so many more."""
    before = list(takewhile(lambda word: not word[0].isdigit(), folded.split))
    own = [place for place, word in enumerate(before) if word in words.numbers.plus]
    return bool(own) and "".join(before[: own[0]]) in words.numbers.one


def _are_of_kinds(folded: Folded, words: Vocabulary) -> bool:
    """Every number has its own kind of people behind it: "2 garçons 1 fille". Not years and months."""
    kinds = [after for number, after in pairwise(folded.split) if number.isdigit()]
    spoken = [word for word in folded.split if word.isdigit()]
    known = all(kind in words.numbers.units and kind not in words.dates.units for kind in kinds)
    return known and len(set(kinds)) == len(spoken)


def _scaled(value: float, folded: Folded, words: Vocabulary) -> Found | None:
    scales = {**words.numbers.scales, **words.numbers.word_scales}
    factor = 1
    for word in folded.split:
        ending = word.lstrip("0123456789")
        if ending in scales and (ending != word or len(folded.split) > 1):
            factor = scales[ending]
    total = value * factor
    extra = [word for word in folded.split if word not in words.known_words and not word[0].isdigit()]
    return Found(total, len(extra) <= 3) if total < LARGEST else None


def _by_library(bare: str, spoken: tuple[str, ...], words: Vocabulary) -> Found | None:
    numbers = words.numbers
    if len(spoken) == 1:
        word = spoken[0]
        if word in numbers.written:
            return Found(numbers.written[word], True)
        if word in numbers.spelled:
            return Found(numbers.spelled[word], False)
    plain = bare.split()
    if any(word in numbers.choice_words for word in plain):
        return None
    # "too" is 2 alone or beside a number, in a sentence it is a word.
    few = len(spoken) <= FEW or any(numbers.written.get(word, 0) > 1 for word in plain)
    mended = [
        _mended(word, words) if _is_unsure(word, words) and (few or word not in packaged.frequent_words(words.language))
        else word
        for word in plain[:LONGEST]
    ]
    if mended != plain[:LONGEST] and len(told := _library(" ".join(mended), words)) == 1:
        return Found(told[0], False)
    written = alpha2digit(bare.strip(), words.language, threshold=0)
    exact = [float(digit.replace(",", ".")) for digit in NUMBER.findall(written)]
    if len(exact) == 1:
        found = _scaled(exact[0], fold(written), words)
        return Found(1, False) if found == Found(1, True) and any(_is_unsure(word, words) for word in plain) else found
    if len(exact) > 1:
        return Found(sum(exact), False) if any(word in numbers.plus for word in bare.split()) else None
    return None


def _is_unsure(word: str, words: Vocabulary) -> bool:
    """A word that may be a number typed by ear: one that we know as such, or that we don't know at all."""
    if word in words.numbers.units or word in words.small_words:
        return False
    return word in words.numbers.spelled or (word not in words.known_words and not word.isdigit())


@cache
def number_names(language: str) -> Known:
    """The words for numbers of a language, to find those that a mistyped word may be."""
    words = vocabulary(language)
    return Known(words.numbers.written, words.sound)


def _library(line: str, words: Vocabulary) -> list[float]:
    """Numbers that text2num finds; a lone "un"/"a" of a sentence is an article, which it leaves alone."""
    written = alpha2digit(line.strip(), words.language, threshold=0)
    return [float(digit.replace(",", ".")) for digit in NUMBER.findall(written)]


def _mended(word: str, words: Vocabulary) -> str:
    numbers = words.numbers
    if word in numbers.written or word in words.small_words or len(word) < 3:
        return word
    if word in numbers.spelled:
        value = numbers.spelled[word]
        return next((name for name, number in numbers.written.items() if number == value), word)
    if len(words.sound.word(word)) < SHORTEST_HEARD and len(word) < SHORTEST_TYPED:
        return word
    close = number_names(words.language).alike(word)
    return close.pop() if len(close) == 1 else word


def _by_table(spoken: tuple[str, ...], words: Vocabulary) -> Found | None:
    """Numbers of a language that text2num does not know, by its own table: "elfu mbili mia tano", "kumi na mbili"."""
    numbers = words.numbers
    parts: list[tuple[str, int]] = []
    sure = True
    for word in spoken:
        if word in numbers.words:
            parts.append(("number", numbers.words[word]))
        elif word in numbers.word_scales:
            parts.append(("scale", numbers.word_scales[word]))
        elif word in numbers.spelled:
            mended, sure = numbers.spelled[word], False
            parts.append(("scale" if mended >= 100 else "number", mended))
        elif word in numbers.choice_words:
            return None
        elif word not in numbers.plus and word not in words.small_words and word not in words.known_words:
            close = number_names(words.language).alike(word)
            if len(close) == 1 and len(word) > 3:
                parts.append(("number", numbers.written[close.pop()]))
            sure = False
    value = _sum(parts)
    if value is None and all(kind == "number" for kind, _ in parts) and any(word in numbers.plus for word in spoken):
        return Found(sum(number for _, number in parts), False)
    return None if value is None else Found(value, sure)


def _sum(parts: list[tuple[str, int]]) -> int | None:
    """Scales stand before what multiplies them, and "mia" after "elfu" multiplies it: elfu mia mbili is 200,000."""
    if not parts:
        return None
    total, scale, small = 0, 0, 0
    for position, (kind, value) in enumerate(parts):
        if kind == "number":
            if (value >= 10 and small) or (value < 10 and small % 10):
                if not scale:
                    return None
                total, scale, small = total + scale * small, 0, 0
            small += value
        else:
            if scale:
                if small == 0 and value < scale and position:
                    scale *= value
                    continue
                total += scale * (small or 1)
            elif small:
                total += small * value
                small = 0
                continue
            scale, small = value, 0
    return total + (scale * (small or 1) if scale else small)
