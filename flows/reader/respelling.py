"""Writes what people type by ear or in short as a dictionary has it: "jé plu ri1" is "j ai plus rien"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.reader.alternatives import whole_words
from flows.reader.folding import strip_accents

__all__ = ["Respelling"]

WORDS = re.compile(r"[^\W_]+")


class Respelling:
    """One language's short and heard spellings: words or groups of words → as they are spelled."""

    def __init__(self, spellings: Mapping[str, str]) -> None:
        """A key with accents holds only for these accents ("jé"); one without for all."""
        keys = {" ".join(WORDS.findall(key.casefold())): value for key, value in spellings.items()}
        self._accented = _Replacing({key: value for key, value in keys.items() if key != strip_accents(key)})
        self._plain = _Replacing({key: value for key, value in keys.items() if key == strip_accents(key)})

    def spelled(self, text: str) -> str | None:
        """The text as it would be spelled, in small letters without signs; None where nothing in it changes."""
        line = f" {' '.join(WORDS.findall(text.casefold()))} "
        first = self._accented.line(line)
        second = self._plain.line(strip_accents(first))
        return second.strip() if second != strip_accents(line) else None


class _Replacing:
    """Replaces whole words, the longest group first."""

    def __init__(self, spellings: Mapping[str, str]) -> None:
        self._spellings = dict(spellings)
        self._pattern = whole_words(spellings)

    def line(self, line: str) -> str:
        return self._pattern.sub(lambda found: self._spellings[found.group()], line) if self._pattern else line
