"""Known sequences of words, found in a text by one look at each of its words; the longest one wins at each place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Sequences"]


class _Begun:
    """What is known to follow some words: the sequence that ends here, if one does, and the words that may be next."""

    __slots__ = ("following", "known")

    def __init__(self) -> None:
        self.following: dict[str, _Begun] = {}
        self.known: str | None = None


class Sequences:
    """Hundreds of sequences of words as one tree. A text costs one look for each word, however many are known."""

    def __init__(self, known: Iterable[str]) -> None:
        """known: lines of words with single blanks; an empty one is nothing to look for."""
        self._tree = _Begun()
        for line in known:
            if line:
                self._learn(line)
        self._first = self._tree.following.keys()

    def _learn(self, line: str) -> None:
        place = self._tree
        for word in line.split(" "):
            place = place.following.setdefault(word, _Begun())
        place.known = line

    def found(self, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """Where known sequences stand, from the left, none over another: first word, the word behind, the sequence."""
        if self._first.isdisjoint(words):
            return
        begun = self._tree.following
        behind = 0
        for start in [place for place, word in enumerate(words) if word in begun]:
            if start >= behind and (longest := self._longest(words, start)):
                behind = longest[0]
                yield start, *longest

    def _longest(self, words: Sequence[str], start: int) -> tuple[int, str] | None:
        longest = None
        at: int = start
        place = self._tree.following.get(words[start])
        while place is not None:
            at += 1
            if place.known is not None:
                longest = at, place.known
            place = place.following.get(words[at]) if at < len(words) else None
        return longest
