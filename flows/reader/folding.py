"""Makes typed texts comparable: no accents, capitals, punctuation or invisible signs; words, a line, one long word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

__all__ = ["Folded", "Sound", "clean", "collapse", "fold", "glue", "strip_accents"]

# Zero-width signs, variation selectors, the keycap frame, soft hyphen, byte order mark.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufe0e\ufe0f\u20e3\ufeff]")
APOSTROPHES = re.compile("['’‘ʼ´`]")
DOTTED = re.compile(r"(?<![^\W_])([^\W\d_](?:\.[^\W\d_])+)(?![^\W_])")
WORDS = re.compile(r"[^\W_]+")
# Of what people type only the last few single words are remembered, never a text.
FEW = 256
# So many new words are heard faster together than one by one.
SEVERAL = 8
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
    apart: tuple[str, ...]
    """The words before any letter was put before the next word."""

    def leaning(self, elisions: frozenset[str]) -> Folded:
        """The same text by the elisions of another language."""
        words = glue(self.apart, elisions)
        return self if words == self.words else replace(self, words=words, line=f" {' '.join(words)} ")


def clean(text: str) -> str:
    """The text in one Unicode form (fullwidth and circled digits become digits), without invisible signs."""
    return text.strip() if text.isascii() else INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()


def strip_accents(text: str) -> str:
    """Small letters without accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", text.casefold().translate(LIGATURES))
    marks = [sign for sign in set(apart) if unicodedata.combining(sign)]
    return apart.translate(dict.fromkeys(map(ord, marks))) if marks else apart


def fold(text: str, elisions: frozenset[str] = frozenset()) -> Folded:
    """Fold a text. `elisions` are letters that lean on the next word: "j ai" and "j'ai" fold alike."""
    cleaned = clean(text)
    plain = strip_accents(cleaned)
    if "." in plain:
        plain = DOTTED.sub(lambda found: found[1].replace(".", ""), plain)
    split = apart = tuple(WORDS.findall(plain))
    if APOSTROPHES.search(plain):
        split = tuple(WORDS.findall(APOSTROPHES.sub(" ", plain)))
        apart = tuple(WORDS.findall(APOSTROPHES.sub("", plain)))
    words = glue(apart, elisions)
    return Folded(cleaned, words, split, f" {' '.join(words)} ", "".join(words), apart)


def glue(words: tuple[str, ...], elisions: frozenset[str]) -> tuple[str, ...]:
    """Put letters that lean on the next word before it."""
    if elisions.isdisjoint(words):
        return words
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
        """rules: pattern and replacement, in their order. They are written for one word, and read many at once."""
        self._rules = [(re.compile(_within_a_line(pattern), re.MULTILINE), written) for pattern, written in rules]
        self._ours: dict[str, str] = {}
        self._typed = lru_cache(maxsize=FEW)(self._key)

    def learn(self, words: Iterable[str]) -> None:
        """Remember the keys of words of our own: tables and labels."""
        new = [word for word in words if word not in self._ours]
        self._ours |= zip(new, self._keys(new), strict=True)

    def word(self, word: str) -> str:
        """The key of one word; digits stay."""
        return self._ours.get(word) or self._typed(word)

    def keys(self, words: Sequence[str]) -> list[str]:
        """The key of each word. Those of a long text are made all at once: that costs a tenth."""
        ours = self._ours
        unknown = [word for word in set(words) if word not in ours]
        if not unknown:
            return [ours[word] for word in words]
        typed = zip(unknown, self._keys(unknown) if len(unknown) > SEVERAL else map(self._typed, unknown), strict=True)
        known = dict(typed)
        return [ours[word] if word in ours else known[word] for word in words]

    def line(self, words: Sequence[str]) -> str:
        """The keys of several words as one line, for finding phrases in it."""
        return f" {' '.join(self.keys(words))} "

    def _key(self, word: str) -> str:
        return self._keys([word])[0]

    def _keys(self, words: Sequence[str]) -> list[str]:
        lines = "\n".join("" if word.isdigit() else word for word in words)
        for pattern, written in self._rules:
            lines = pattern.sub(written, lines)
        keys = lines.split("\n") if words else ()
        return [word if word.isdigit() else key for word, key in zip(words, keys, strict=True)]


def _within_a_line(pattern: str) -> str:
    """A rule for one word, made fit for a word a line: what is "no such letter" there is no end of a line either."""
    return pattern.replace("[^", "[^\\n")
