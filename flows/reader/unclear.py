"""An unclear reply, made fit for an editor to learn from: no numbers, no secrets, no names, and no long story."""

from __future__ import annotations

import re

from flows import packaged
from flows.reader.folding import clean, strip_accents
from flows.reader.masking import MASK, mask_numbers
from flows.reader.secret import strike_secrets
from flows.reader.vocabulary import vocabulary

__all__ = ["NAME", "fit_to_learn_from"]

NAME = "…"  # stands where a name stood
MOST_WORDS = 12  # a longer reply tells a story: a person reads it, an editor can learn no word from it
MOST_LETTERS = 120
DIGITS = re.compile(r"\d[\d .,/-]{2,}\d")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def fit_to_learn_from(text: str, *, language: str, country: str) -> str | None:
    """The reply without what is nobody's business; None where nothing is left to learn from.

    A reply that introduces somebody is not kept; a word with a capital inside one is struck unless everybody uses it.
    """
    shown = clean(text)
    if len(shown) > MOST_LETTERS or len(shown.split()) > MOST_WORDS:
        return None
    struck, had_secret = strike_secrets(shown, language)
    if had_secret or _introduces_somebody(shown, language):
        return None
    struck = DIGITS.sub(MASK, _without_names(mask_numbers(struck, country), language))
    left = [word for word in WORD.findall(struck) if len(word) > 1]
    return " ".join(struck.split()) if left else None


def _introduces_somebody(text: str, language: str) -> bool:
    words = vocabulary(language)
    return words.introductions.find(words.fold(text).line) is not None


def _without_names(text: str, language: str) -> str:
    if text.isupper():  # capitals say nothing there
        return text
    known = packaged.frequent_words(language) | vocabulary(language).known_words
    first = True

    def or_name(found: re.Match[str]) -> str:
        nonlocal first
        word, begins = found.group(), first
        first = False
        is_name = word[0].isupper() and not word.isupper() and not begins and strip_accents(word) not in known
        return NAME if is_name else word

    return WORD.sub(or_name, text)
