"""Reads a whole number: digits, words, sentences around them, the letter O for 0."""

from __future__ import annotations

import re
from dataclasses import dataclass

from text_to_num import alpha2digit

from flows.reader.folding import Folded, fold, strip_accents
from flows.reader.reading import Certainty, Intent, Reading
from flows.reader.slips import alike
from flows.reader.vocabulary import Vocabulary

__all__ = ["Found", "find_number", "mend_digits", "read_number"]

BY_LIBRARY = {"fr", "en"}
LOOKALIKE = re.compile(r"(?<![^\W\d_])[0-9OoIl|]*[0-9][0-9OoIl|]*(?![^\W\d_])")
MENDED = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "|": "1"})
THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:[ .,'’]\d{3})+(?![\d])")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
NEGATIVE = re.compile(r"^[-−]\s?\d")
ORDINAL_ENDING = re.compile(r"(?<=\d)(?:er|ere|e|eme|ieme|st|nd|rd|th)\b")
LARGEST = 10**9


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
    text = THOUSANDS.sub(lambda found: re.sub(r"\D", "", found.group()), mend_digits(folded.text))
    digits = NUMBER.findall(text)
    if digits:
        return _of_digits(digits, text, words)
    counted = "".join(word for word in folded.words if word not in numbers.units)
    if folded.squeezed in numbers.none or counted in numbers.none:
        return Found(0, True)
    if folded.squeezed in numbers.one and folded.squeezed not in words.commands["human"].words:
        return Found(1, False)
    bare = words.hedges.without(folded.line)
    spoken = tuple(word for word in bare.split() if word not in numbers.units or word in numbers.word_scales)
    if (pair := numbers.pairs.get(" ".join(spoken)) or numbers.pairs.get(folded.line.strip())) is not None:
        return Found(pair, True)
    if words.language in BY_LIBRARY:
        return _by_library(bare, spoken, words)
    return _by_table(spoken, words)


def mend_digits(text: str) -> str:
    """Letters that stand for digits among digits: "2O" is 20, "l2" is 12."""
    return LOOKALIKE.sub(lambda found: found.group().translate(MENDED), text)


def _of_digits(digits: list[str], text: str, words: Vocabulary) -> Found | None:
    values = [float(digit.replace(",", ".")) for digit in digits if len(digit) <= 12]
    folded = fold(ORDINAL_ENDING.sub("", strip_accents(text)))
    if len(values) == 1:
        return _scaled(values[0], folded, words)
    between = [word for word in folded.split if not word[0].isdigit()]
    summed = all(value == int(value) for value in values) and (
        "+" in text or any(word in words.numbers.plus for word in between)
    )
    either = any(word in words.numbers.choice_words for word in between) or "/" in text or "-" in text
    if values and summed and not either and sum(values) < LARGEST:
        return Found(sum(values), False)
    same = set(values)
    return Found(values[0], False) if len(same) == 1 else None


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
    written = alpha2digit(bare.strip(), words.language, threshold=0)
    exact = [float(digit.replace(",", ".")) for digit in NUMBER.findall(written)]
    if len(exact) == 1:
        return _scaled(exact[0], fold(written), words)
    if len(exact) > 1:
        return Found(sum(exact), False) if any(word in numbers.plus for word in bare.split()) else None
    mended = [_mended(word, words) for word in spoken]
    found = _library(" ".join(mended), words)
    return Found(found[0], False) if len(found) == 1 else None


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
    close = {name for name in numbers.written if alike(word, name, words.sound) is not None}
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
        elif word not in numbers.plus and word not in words.small_words:
            close = {name for name in numbers.written if alike(word, name, words.sound) is not None}
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
