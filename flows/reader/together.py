"""Finds words that mean something only together: "mari" and "coups", "baby" and "swallowed", a few words apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["Together"]

LONGEST_GROUP = 3  # words of one alternative: "ne respire plus"
SHORTEST_BEGINNING = 3  # letters before the "*" of "frapp*"


class Together:
    """Rules written "mari|copain + frapp*|coup*": one of each group, in any order, at most `within` words apart.

    An alternative is a word, up to three words, or the beginning of a word with "*".
    """

    def __init__(self, rules: Iterable[str], *, within: int = 10) -> None:
        """Raises ValueError for a beginning of fewer than three letters: it would be found everywhere."""
        self._within = within
        self._sizes: list[int] = []
        self._rules: list[str] = []
        self._words: dict[str, list[tuple[int, int]]] = {}
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
                    self._words.setdefault(alternative, []).append((number, place))
                    continue
                beginning = alternative[:-1]
                if len(beginning) < SHORTEST_BEGINNING:
                    raise ValueError(f"{alternative!r} in {rule!r} is too short: write three letters before the *")
                known = self._beginnings.setdefault(beginning[:SHORTEST_BEGINNING], [])
                known.append((beginning, number, place))

    def find(self, words: Sequence[str]) -> str | None:
        """The first rule of which every group stands in the text, near enough together."""
        last: dict[tuple[int, int], int] = {}
        for position, word in enumerate(words):
            for number, place in self._said(words, position, word):
                last[number, place] = position
                groups = [last.get((number, each)) for each in range(self._sizes[number])]
                if all(each is not None and position - each <= self._within for each in groups):
                    return self._rules[number]
        return None

    def _said(self, words: Sequence[str], position: int, word: str) -> Iterable[tuple[int, int]]:
        yield from self._words.get(word, ())
        for size in range(2, LONGEST_GROUP + 1):
            if position + 1 >= size:
                yield from self._words.get(" ".join(words[position + 1 - size : position + 1]), ())
        for beginning, number, place in self._beginnings.get(word[:SHORTEST_BEGINNING], ()):
            if word.startswith(beginning):
                yield number, place
