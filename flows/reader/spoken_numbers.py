"""Phone and card numbers written in words: "zéro six douze trente-quatre…", "oh seven double two…", "sifuri saba…".

A row of number words, one right after the other, that makes as many digits as a phone number has. Times, prices and
ages have other words between, or fewer digits.
"""

from __future__ import annotations

import re

from flows.reader.folding import strip_accents

__all__ = ["spoken_numbers"]

SHORTEST, LONGEST = 8, 20  # digits: a phone number in the country, a card or an account
FEWEST_WORDS = 3  # number words in the row; the rest may be figures
_UNITS = {
    0: "zero oh sifuri ziro",
    1: "un une one moja",
    2: "deux two mbili",
    3: "trois three tatu",
    4: "quatre four nne",
    5: "cinq five tano",
    6: "six sita",
    7: "sept seven saba",
    8: "huit eight nane",
    9: "neuf nine tisa",
    11: "onze eleven",
    12: "douze twelve",
    13: "treize thirteen",
    14: "quatorze fourteen",
    15: "quinze fifteen",
    16: "seize sixteen",
    17: "seventeen",
    18: "eighteen",
    19: "nineteen",
}
_TENS = {
    10: "dix ten kumi",
    20: "vingt twenty ishirini",
    30: "trente thirty thelathini",
    40: "quarante forty arobaini",
    50: "cinquante fifty hamsini",
    60: "soixante sixty sitini",
    70: "septante seventy sabini",
    80: "huitante octante eighty themanini quatrevingt quatrevingts",
    90: "nonante ninety tisini",
}
_VALUES = {word: value for table in (_UNITS, _TENS) for value, words in table.items() for word in words.split()}
_TENS_VALUES = frozenset(_TENS)
_TIMES = {"double": 2, "triple": 3}
_LINKS = {"et", "na", "and"}  # "vingt et un", "kumi na mbili"; they end no row
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[\s,.;:/'’\-–—]*")
_FOUR_TWENTIES = re.compile(r"\bquatre[\s-]+(vingts?)\b")


def spoken_numbers(text: str) -> list[str]:
    """The digits of each number in words, in the order of the text; figures between the words count with them."""
    plain = _FOUR_TWENTIES.sub(r"quatre\1", strip_accents(text.casefold()))
    rows: list[list[str]] = [[]]
    end = 0
    for found in _WORD.finditer(plain):
        apart = _BETWEEN.fullmatch(plain, end, found.start()) is None
        end = found.end()
        word = found.group()
        if apart or not _counts(word):
            rows.append([])
        if _counts(word):
            rows[-1].append(word)
    return [digits for row in rows if (digits := _digits(row))]


def _counts(word: str) -> bool:
    return word in _VALUES or word in _TIMES or word in _LINKS or word.isdecimal()


def _digits(row: list[str]) -> str:
    """What a row of words dials; nothing where it is too short, or too few of it are words."""
    if sum(word in _VALUES for word in row) < FEWEST_WORDS:
        return ""
    digits, tens, times = "", 0, 1
    for word in row:
        if word in _LINKS:
            continue
        if word in _TIMES:
            times = _TIMES[word]
            continue
        value = _VALUES.get(word)
        if tens and value is not None and _adds(tens, value):
            digits = digits[:-2] + str(tens + value)
        else:
            digits += (word if value is None else str(value)) * times
        tens = value if value in _TENS_VALUES and value is not None else 0
        if tens == 10 and digits.endswith(("70", "90")) and word == "dix":
            tens = 0
            tens = int(digits[-2:])  # "soixante-dix-sept"
        times = 1
    return digits if SHORTEST <= len(digits) <= LONGEST else ""


def _adds(tens: int, value: int) -> bool:
    """Whether a number word goes on with the tens before it: vingt-deux, dix-sept, soixante-douze, quatre-vingt-dix."""
    if tens in {60, 80} and 10 <= value <= 19:
        return True
    return 1 <= value <= 9
