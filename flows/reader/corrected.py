"""Reads an answer that corrects itself: "2 non pardon 3", "pas le 1 le 3". It is always asked about."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from flows.reader.folding import strip_accents
from flows.reader.reading import Certainty, Intent, Reading
from flows.reader.vocabulary import Vocabulary

__all__ = ["read_corrected"]

Reader = Callable[[str], Reading | None]
LONGEST = 14  # words; what is longer tells a story
TOKEN = re.compile(r"[^\s,;]+")
EDGES = ".,;:!?()"


def read_corrected(text: str, words: Vocabulary, read: Reader, *, besides: frozenset[str]) -> Reading | None:
    """The answer that stays, NEARLY; None where nothing is corrected. `read` reads one part of the text.

    besides: words that are answers here ("non" to a yes/no question) and correct nothing.
    """
    tokens = TOKEN.findall(text)
    plain = [re.sub(r"\W", "", strip_accents(token)) for token in tokens]
    if not 2 < len(tokens) <= LONGEST:
        return None
    for phrase in words.corrections["instead"]:
        if phrase in besides:
            continue
        if place := _last(plain, phrase.split()):
            after = read(" ".join(tokens[place + len(phrase.split()) :]).strip(EDGES))
            if _is_answer(read(" ".join(tokens[:place]).strip(EDGES))) and after and _is_answer(after):
                return replace(after, certainty=Certainty.NEARLY)
    for phrase in words.corrections["not"]:
        if phrase not in besides and (found := _denied(tokens, plain, phrase.split(), read)):
            return replace(found, certainty=Certainty.NEARLY)
    return None


def _denied(tokens: list[str], plain: list[str], phrase: list[str], read: Reader) -> Reading | None:
    """ "not 1, 2" and "2 not 1": the answer that is not denied."""
    place, size = _first(plain, phrase), len(phrase)
    if place is None or place + size >= len(tokens):
        return None
    before = read(" ".join(tokens[:place]).strip(EDGES)) if place else None
    if before and _is_answer(before):
        other = read(" ".join(tokens[place + size :]).strip(EDGES))
        return before if other and _is_answer(other) and other.value != before.value else None
    rest = tokens[place + size :]
    for cut in range(len(rest) - 1, 0, -1):
        denied, meant = read(" ".join(rest[:cut]).strip(EDGES)), read(" ".join(rest[cut:]).strip(EDGES))
        if denied and meant and _is_answer(denied) and _is_answer(meant) and denied.value != meant.value:
            return meant
    return None


def _is_answer(reading: Reading | None) -> bool:
    return reading is not None and reading.intent is Intent.ANSWER


def _first(plain: list[str], phrase: list[str]) -> int | None:
    size = len(phrase)
    return next((place for place in range(len(plain) - size + 1) if plain[place : place + size] == phrase), None)


def _last(plain: list[str], phrase: list[str]) -> int:
    """Where a phrase stands last, with something on both sides; 0 where it does not."""
    size = len(phrase)
    places = [place for place in range(1, len(plain) - size) if plain[place : place + size] == phrase]
    return places[-1] if places else 0
