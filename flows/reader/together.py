"""Finds words that mean something only together: "mari" and "coups", "baby" and "swallowed", a few words apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

__all__ = ["Together"]

SHORTEST_BEGINNING = 3  # letters before the "*" of "frapp*"


class Together:
    """Rules written "mari|copain + frapp*|coup*": one of each group, in any order, at most `within` words apart.

    An alternative is a word, some words, or the beginning of a word with "*".
    """

    def __init__(self, rules: Iterable[str], *, within: int = 10) -> None:
        """Raises ValueError for a beginning of fewer than three letters: it would be found everywhere."""
        self._within = within
        self._sizes: list[int] = []
        self._rules: list[str] = []
        self._words: dict[str, list[tuple[tuple[str, ...], int, int]]] = {}  # by the last word of an alternative
        self._beginnings: dict[str, list[tuple[str, int, int]]] = {}
        for rule in rules:
            self._learn(rule)

    def _learn(self, rule: str) -> None:
        number = len(self._rules)
        groups = [group.split("|") for group in rule.split("+")]
        self._rules.append(rule)
        self._sizes.append(len(groups))
        for place, alternatives in enumerate(groups):
            for alternative in (each.strip() for each in alternatives):
                if not alternative.endswith("*"):
                    said = tuple(alternative.split())
                    self._words.setdefault(said[-1], []).append((said, number, place))
                    continue
                beginning = alternative[:-1]
                if len(beginning) < SHORTEST_BEGINNING:
                    raise ValueError(f"{alternative!r} in {rule!r} is too short: write three letters before the *")
                known = self._beginnings.setdefault(beginning[:SHORTEST_BEGINNING], [])
                known.append((beginning, number, place))

    def find(self, words: Sequence[str]) -> str | None:
        """The first rule of which every group stands in the text, near enough together."""
        said = [(at, *rule) for at in self._telling(words) for rule in self._said(words, at, words[at])]
        groups = Counter(number for number, _ in {(number, place) for _, number, place in said})
        whole = {number for number, count in groups.items() if count == self._sizes[number]}
        last: dict[tuple[int, int], int] = {}
        for at, number, place in said if whole else ():
            last[number, place] = at
            if number in whole and all(
                at - last.get((number, each), -self._within - 1) <= self._within for each in range(self._sizes[number])
            ):
                return self._rules[number]
        return None

    def _telling(self, words: Sequence[str]) -> list[int]:
        """Where a word stands that some rule may be about: hardly any in most texts."""
        known, begun = self._words, self._beginnings
        return [at for at, word in enumerate(words) if word in known or word[:SHORTEST_BEGINNING] in begun]

    def _said(self, words: Sequence[str], position: int, word: str) -> Iterable[tuple[int, int]]:
        for said, number, place in self._words.get(word, ()):
            if len(said) == 1 or tuple(words[max(position + 1 - len(said), 0) : position + 1]) == said:
                yield number, place
        for beginning, number, place in self._beginnings.get(word[:SHORTEST_BEGINNING], ()):
            if word.startswith(beginning):
                yield number, place
