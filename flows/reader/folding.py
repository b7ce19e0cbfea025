"""Makes typed texts comparable: no accents, capitals, punctuation or invisible signs; words, a line, one long word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Folded", "Sound", "clean", "collapse", "fold", "glue", "strip_accents"]

# Zero-width signs, variation selectors, the keycap frame, soft hyphen, byte order mark.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufe0e\ufe0f\u20e3\ufeff]")
APOSTROPHES = re.compile("['’‘ʼ´`]")
DOTTED = re.compile(r"(?<![^\W_])([^\W\d_](?:\.[^\W\d_])+)(?![^\W_])")
NOT_WORD = re.compile(r"[^\w]+|_+")
# Of what people type only the last few single words are remembered, never a text.
FEW = 256
REPEATED = re.compile(r"(.)\1+")
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ı": "i", "ł": "l"})


@dataclass(frozen=True, slots=True)
class Folded:
    """One text, folded. `line` is " word word " with apostrophes counted as nothing, for finding phrases in it;
    `split` has the words with apostrophes as gaps ("l", "argent"); `squeezed` has no gaps at all."""

    text: str
    words: tuple[str, ...]
    split: tuple[str, ...]
    line: str
    squeezed: str


def clean(text: str) -> str:
    """The text in one Unicode form (fullwidth and circled digits become digits), without invisible signs."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()


def strip_accents(text: str) -> str:
    """Small letters without accents."""
    lowered = text.casefold().translate(LIGATURES)
    if lowered.isascii():
        return lowered
    return "".join(letter for letter in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(letter))


def fold(text: str, elisions: frozenset[str] = frozenset()) -> Folded:
    """Fold a text. `elisions` are letters that lean on the next word: "j ai" and "j'ai" fold alike."""
    cleaned = clean(text)
    plain = DOTTED.sub(lambda found: found[1].replace(".", ""), strip_accents(cleaned))
    split = tuple(NOT_WORD.sub(" ", APOSTROPHES.sub(" ", plain)).split())
    joined = NOT_WORD.sub(" ", APOSTROPHES.sub("", plain)).split()
    words = glue(joined, elisions)
    return Folded(cleaned, words, split, f" {' '.join(words)} ", "".join(words))


def glue(words: list[str], elisions: frozenset[str]) -> tuple[str, ...]:
    """Put letters that lean on the next word before it."""
    if not elisions:
        return tuple(words)
    glued: list[str] = []
    waiting = ""
    for word in words:
        if word in elisions and not waiting:
            waiting = word
        else:
            glued.append(waiting + word)
            waiting = ""
    return (*glued, waiting) if waiting else tuple(glued)


@lru_cache(maxsize=FEW)
def collapse(word: str) -> str:
    """Letters held down are one letter: "ouiii" is "oui"."""
    return REPEATED.sub(r"\1", word)


class Sound:
    """How a folded word sounds in one language: words that sound alike get the same key."""

    def __init__(self, rules: list[list[str]]) -> None:
        self._rules = [(re.compile(pattern), replacement) for pattern, replacement in rules]
        self._ours: dict[str, str] = {}
        self._typed = lru_cache(maxsize=FEW)(self._key)

    def learn(self, words: Iterable[str]) -> None:
        """Remember the keys of words of our own: tables and labels."""
        self._ours |= {word: self._key(word) for word in words}

    def word(self, word: str) -> str:
        """The key of one word; digits stay."""
        return self._ours.get(word) or self._typed(word)

    def line(self, words: Iterable[str]) -> str:
        """The keys of several words as one line, for finding phrases in it."""
        return f" {' '.join(self.word(word) for word in words)} "

    def _key(self, word: str) -> str:
        if not word.isdigit():
            for pattern, replacement in self._rules:
                word = pattern.sub(replacement, word)
        return word
