"""Writes what people type by ear or in short as a dictionary has it: "jé plu ri1" is "j ai plus rien"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.reader.folding import strip_accents
from flows.reader.sequences import Sequences

__all__ = ["Respelling"]

WORDS = re.compile(r"[^\W_]+")


class Respelling:
    """One language's short and heard spellings: words or groups of words → as they are spelled."""

    def __init__(self, spellings: Mapping[str, str]) -> None:
        """A key with accents holds only for these accents ("jé"); one without for all."""
        keys = {" ".join(WORDS.findall(key.casefold())): value for key, value in spellings.items()}
        self._accented = _Replacing({key: value for key, value in keys.items() if key != strip_accents(key)})
        self._plain = _Replacing({key: value for key, value in keys.items() if key == strip_accents(key)})

    def is_word(self, typed: str) -> bool:
        """A word that is typed with a figure in it: "ri1", "b4". Its figure is no number."""
        return typed[:1].isalpha() and self._plain.knows(typed)

    def spelled(self, text: str) -> str | None:
        """The text as it would be spelled, in small letters without signs; None where nothing in it changes."""
        line = " ".join(WORDS.findall(text.casefold()))
        heard = line if line.isascii() else strip_accents(self._accented.line(line))
        spelled = self._plain.line(heard)
        return spelled if spelled != strip_accents(line) else None


class _Replacing:
    """Replaces whole words, the longest group first."""

    def __init__(self, spellings: Mapping[str, str]) -> None:
        self._spellings = dict(spellings)
        self._known = Sequences(spellings)

    def knows(self, word: str) -> bool:
        """One of the words or groups of words."""
        return word in self._spellings

    def line(self, line: str) -> str:
        words = line.split(" ")
        written: list[str] = []
        behind = 0
        for start, end, known in self._known.found(words):
            written += [*words[behind:start], self._spellings[known]]
            behind = end
        return " ".join([*written, *words[behind:]]) if behind else line
