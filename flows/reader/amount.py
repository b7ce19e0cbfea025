"""Reads an amount of money: 5k, ksh 2,500, 1.200,50, 12€50, 2500/=, "elfu mbili"."""

from __future__ import annotations

import re
from functools import cache

from flows import packaged
from flows.reader.folding import strip_accents
from flows.reader.number import find_number, mend_digits, without_figured_words
from flows.reader.reading import Certainty, Intent, Reading
from flows.reader.vocabulary import Vocabulary, vocabulary

__all__ = ["read_amount"]

FIGURE = re.compile(r"\d(?:[\d.,'’ \u00a0\u202f]*\d)?")
SCALE = re.compile(r"^\s*([^\W\d_]+)(?![^\W\d_])")
MILLIONS = {"m": 1_000_000, "million": 1_000_000, "millions": 1_000_000, "milioni": 1_000_000}
RANGES = re.compile(r"\d\s*(?:-|/|a|à|to|till|until|hadi|mpaka|et|e|and|n|na|ou|or|au|ama)\s*\d")
AND_BY_EAR = re.compile(r"\d\s+(?:e|n)\s+\d")  # "e" is a currency too: looked for before that is taken out
LARGEST = 10**12
THOUSAND = 1000


def read_amount(
    text: str, words: Vocabulary, country: str, low: int | None, high: int | None
) -> Reading | None:
    """{"amount", "currency"}: the currency that is named, else the country's. INVALID where it is out of bounds."""
    plain = strip_accents(mend_digits(without_figured_words(text, words))).strip()
    if AND_BY_EAR.search(plain):
        return None
    currency, bare = _currency(plain, words)
    line = words.fold(bare).line
    if words.numbers.fractions.find(line):
        return _halved(line, words, country, low, high)
    bounded = bool(words.numbers.bounds.find(line))
    found = _figure(bare, words)
    if found is None and not re.search(r"\d", bare):
        number = find_number(words.fold(bare), words)
        found = (number.value, number.sure) if number else None
    if found is None:
        return None
    value, sure = found
    amount: int | float = int(value) if value == int(value) else round(value, 2)
    if (low is not None and amount < low) or (high is not None and amount > high):
        return Reading(Certainty.UNCLEAR, Intent.INVALID, amount)
    named = currency or packaged.currency(country, words.language)
    certainty = Certainty.SURE if sure and not bounded else Certainty.NEARLY
    return Reading(certainty, Intent.ANSWER, {"amount": amount, "currency": named})


def _currency(plain: str, words: Vocabulary) -> tuple[str | None, str]:
    """The currency named, and the text with a decimal point where its sign stood between figures (12€50)."""
    for currency, name, pattern, between in _currencies(words.language):
        if name in plain and pattern.search(plain):
            return currency, pattern.sub(" ", between.sub(".", plain))
    return None, plain


@cache
def _currencies(language: str) -> tuple[tuple[str, str, re.Pattern[str], re.Pattern[str]], ...]:
    """Each name of a currency: alone, and between the figures of an amount."""
    found = []
    for currency, names in vocabulary(language).money.items():
        for name in sorted(names, key=len, reverse=True):
            plain = strip_accents(name)
            left = r"(?<![^\W\d_])" if name[0].isalnum() else ""
            right = r"(?![^\W\d_])" if name[-1].isalnum() else ""
            word = f"{left}{re.escape(plain)}{right}"
            found.append((currency, plain, re.compile(word), re.compile(rf"(?<=\d)\s*{word}\s*(?=\d\d(?!\d))")))
    return tuple(found)


def _figure(text: str, words: Vocabulary) -> tuple[float, bool] | None:
    if RANGES.search(re.sub(r"(?<=\d)[ ](?=\d{3}(?!\d))", "", text)):
        return None
    figures = list(FIGURE.finditer(text))
    if len(figures) != 1:
        return None
    value = _decimal(figures[0].group())
    if value is None:
        return None
    behind = SCALE.match(text[figures[0].end():])
    scales = {**words.numbers.scales, **words.numbers.word_scales, **MILLIONS}
    if behind and behind[1] not in scales and not _may_stand_behind(behind[1], words):
        return (value, False) if behind[1] not in words.known_words else None
    value *= scales.get(behind[1], 1) if behind else 1
    before = text[:figures[0].start()].split()
    if before and before[-1] in words.numbers.word_scales:
        value *= words.numbers.word_scales[before[-1]]
    elif before and before[-1] in words.numbers.scales and (told := find_number(words.fold(" ".join(before)), words)):
        return (told.value + value, False) if told.value > value else None
    return (value, True) if value < LARGEST else None


def _may_stand_behind(word: str, words: Vocabulary) -> bool:
    """Behind a figure of money: any word but a unit of another thing ("3 fois rien"), and one that nobody knows."""
    return word in words.known_words and word not in words.numbers.units - words.dates.units.keys()


def _halved(
    line: str, words: Vocabulary, country: str, low: int | None, high: int | None
) -> Reading | None:
    """ "half a million", "laki mbili na nusu": half of a thousand or more, NEARLY; None for half of anything else."""
    scales = {**words.numbers.scales, **words.numbers.word_scales}
    scale = next((scales[word] for word in line.split() if scales.get(word, 0) >= THOUSAND), 0)
    bare = words.numbers.fractions.without(line)
    small = words.small_words | words.numbers.plus | words.filler_words
    left = [word for word in bare.split() if word not in small]
    if not scale or words.numbers.choice_words & set(left):
        return None
    told = find_number(words.fold(" ".join(left)), words) if len(left) > 1 else None
    if told is None and (len(left) != 1 or left[0] not in scales):
        return None
    amount = int((told.value if told else 0) + scale / 2)
    if (low is not None and amount < low) or (high is not None and amount > high):
        return Reading(Certainty.UNCLEAR, Intent.INVALID, amount)
    value: dict[str, object] = {"amount": amount, "currency": packaged.currency(country, words.language)}
    return Reading(Certainty.NEARLY, Intent.ANSWER, value)


def _decimal(figure: str) -> float | None:
    """1.200,50 and 1,200.50 and 1 200 and 12,5: behind the last sign one or two figures are cents, three thousands."""
    compact = re.sub(r"[\s'’]", "", figure)
    if not re.fullmatch(r"[\d.,]+", compact) or (" " in figure and not _grouped(figure)):
        return None
    signs = [sign for sign in compact if sign in ".,"]
    if not signs:
        return float(compact)
    whole, _, cents = compact.rpartition(signs[-1])
    if len(cents) in {1, 2} and signs.count(signs[-1]) == 1:
        return float(f"{re.sub('[.,]', '', whole)}.{cents}")
    if len(cents) == 3 and all(len(group) == 3 for group in re.split("[.,]", compact)[1:]):
        return float(re.sub("[.,]", "", compact))
    return None


def _grouped(figure: str) -> bool:
    return bool(re.fullmatch(r"\d{1,3}(?:[\s'’]+\d{3})+(?:[.,]\d{1,2})?", figure))
