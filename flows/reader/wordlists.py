"""The kinds of word lists that a language has: phrases to find, commands, yes and no, dangers, numbers, days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.reader.reading import Danger
from flows.reader.sequences import Sequences
from flows.reader.together import Together

__all__ = ["Agreement", "Commands", "Dangers", "Dates", "Numbers", "Phrases", "Telltale"]

LONG = 6  # letters: a short word begins so by chance


class Phrases:
    """Phrases looked for inside a message, as whole words: in its line (" word word "), or among its words."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._known = Sequences(line.strip() for line in lines)

    def find(self, line: str) -> str | None:
        """The first phrase that stands in the line; the longest one that begins there."""
        return self.among(line.split(" "))

    def among(self, words: Sequence[str]) -> str | None:
        """The same, of a text's words."""
        return next((phrase for _, _, phrase in self._known.found(words)), None)

    def without(self, line: str) -> str:
        """The line with every such phrase taken out."""
        words = line.split(" ")
        left = self.left(words)
        return line if left is words else f" {' '.join(word for word in left if word)} "

    def left(self, words: Sequence[str]) -> Sequence[str]:
        """What is left of a text's words without every such phrase; the very same ones where it has none."""
        kept: list[str] = []
        behind = 0
        for start, end, _ in self._known.found(words):
            kept += words[behind:start]
            behind = end
        return [*kept, *words[behind:]] if behind else words


@dataclass(frozen=True, slots=True)
class Commands:
    """One word that always works: `words` are whole messages (squeezed); the phrases may stand among other words;
    `glued` are the phrases without gaps."""

    words: frozenset[str]
    phrases: Phrases
    sounds: Phrases
    glued: frozenset[str]


@dataclass(frozen=True, slots=True)
class Dangers:
    """Words of danger: `sure` by how they sound, `maybe` as written, `together` a few words apart; which danger each
    is. `spellings`: how a single word of `sure` is written, so that one that only sounds like it does not count."""

    harmless: Phrases
    sure: Phrases
    maybe: Phrases
    together: Together
    kinds: Mapping[str, Danger]
    spellings: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Yes, or no: signs, whole messages that say it or hesitate, how a sentence that says it begins.

    `phrases` are its words to be found among others; `plain` the few that say it wherever they stand ("oui", never
    "ok"). `consent`: lines, which alone count where consent is asked for; `held_consent`: the same, letters held down.
    """

    signs: tuple[str, ...]
    words: frozenset[str]
    collapsed: frozenset[str]
    heard: frozenset[str]
    hesitant: frozenset[str]
    hesitant_phrases: Phrases
    phrases: Phrases
    plain: frozenset[str]
    consent: frozenset[str]
    held_consent: frozenset[str]
    beginnings: tuple[str, ...]
    """Lines without their last space; without any where they are only the first letters of a word ("nime-")."""

    def begins(self, line: str) -> str | None:
        """The beginning that the line has, if any."""
        return next((beginning for beginning in self.beginnings if line.startswith(beginning)), None)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Words for numbers. `words` and `word_scales` only where text2num does not know the language."""

    none: frozenset[str]
    none_phrases: Phrases
    one: frozenset[str]
    one_phrases: Phrases
    pairs: Mapping[str, int]
    words: Mapping[str, int]
    word_scales: Mapping[str, int]
    written: Mapping[str, int]
    spelled: Mapping[str, int]
    ordinals: Mapping[str, str]
    plus: frozenset[str]
    choice_words: frozenset[str]
    within: frozenset[str]
    bounds: Phrases
    fractions: Phrases
    units: frozenset[str]
    scales: Mapping[str, int]
    counts_on: bool
    """Sixty and eighty are counted on from: "60 dix" is 70."""


@dataclass(frozen=True, slots=True)
class Dates:
    """Words for days; days are relative to today, "?" where people don't mean one day."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    relative: Mapping[str, int | None]
    ago: Phrases
    ahead: Phrases
    units: Mapping[str, str]
    next: frozenset[str]
    last: frozenset[str]
    past: frozenset[str]
    past_beginnings: tuple[str, ...]
    """Words, and beginnings of words ("nili-"), by which a sentence tells of what was."""
    day_words: frozenset[str]
    """Words that make a day of a number: "le 11", "tarehe 11"."""
    this_month: Phrases
    lead: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Telltale:
    """Words by which a text is known to be in one language: whole ones, and how words of that language begin."""

    words: frozenset[str]
    beginnings: tuple[str, ...]

    def count(self, words: Iterable[str]) -> int:
        """How many different words of a text tell."""
        return sum(1 for word in set(words) if word in self.words or (len(word) > LONG and self._begins(word)))

    def _begins(self, word: str) -> bool:
        return any(word.startswith(beginning) for beginning in self.beginnings)
