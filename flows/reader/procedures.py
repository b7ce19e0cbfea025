"""Free words to a procedure: "ma carte d'idantité a été volé" is about a lost identity card. Ranked, never guessed.

Compared are the titles, keywords and labels of all procedures that are open, and, for less, the words of their choices
and what people of a country call things (its thesaurus). A word that few procedures share says more than one that many
do. Nothing of the text is kept.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from flows import packaged
from flows.reader.folding import clean, fold
from flows.reader.reading import Certainty
from flows.reader.slips import slip
from flows.reader.vocabulary import Vocabulary, vocabulary

__all__ = ["Found", "Procedure", "find_procedures"]

LONGEST = 1600
MOST_WORDS = 25  # of a text: who writes more tells a story, and its beginning says what it is about
MOST_FOUND = 3  # a menu shorter than the service's own
CLUE = 0.5  # what a word of a choice or of the thesaurus counts beside a word of a title
SAME = 1.0  # how nearly a typed word is a known one: letter by letter; by its sound; with so many slips of the thumb
SOUNDS = 0.9
SLIPS = {1: 0.75, 2: 0.5}
SHORTEST_ELIDED = 4
NEAR = 0.6  # who has so much of what the best one has is named beside it


@dataclass(frozen=True, slots=True)
class Procedure:
    """What one procedure is called. names: its title, keywords and labels; clues: the words of its choices."""

    code: str
    names: tuple[str, ...]
    clues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """SURE: this one, and nothing else was said. NEARLY: ask, about one to three, likeliest first. UNCLEAR: none."""

    certainty: Certainty
    codes: tuple[str, ...] = ()


NOTHING = Found(Certainty.UNCLEAR)


def find_procedures(text: str, procedures: Sequence[Procedure], *, language: str, country: str = "") -> Found:
    """The procedures that a text is about. Same arguments, same answer; never an exception for any text."""
    words = vocabulary(language)
    said = _said(text, words)
    index = _index(tuple(procedures), words.language, country)
    if not said or not index.entries:
        return NOTHING
    heard = [_nearest(word, index, words) for word in said]
    reached = {known: max(found[known] for found in heard if known in found) for found in heard for known in found}
    ranked = sorted(
        (judged for entry in index.entries if (judged := _judge(entry, reached, index))),
        key=lambda judged: (not judged.named, -judged.weight, judged.code),
    )
    if not ranked:
        return NOTHING
    best, others = ranked[0], ranked[1:]
    near = (best, *(other for other in others if _is_near(other, best)))
    of_it = all(any(found.get(known) == SAME for known in best.words) for found in heard)
    if len(near) == 1 and best.named and of_it and not any(word in words.negations for word in said):
        return Found(Certainty.SURE, (best.code,))
    return Found(Certainty.NEARLY, tuple(judged.code for judged in near[:MOST_FOUND]))


@dataclass(frozen=True, slots=True)
class _Entry:
    """names: the words of each name that carry meaning. clues: single words that hint at it."""

    code: str
    names: tuple[frozenset[str], ...]
    named: frozenset[str]
    clues: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Index:
    """weights: what each known word counts. sounding: the known words by their sound."""

    entries: tuple[_Entry, ...]
    weights: Mapping[str, float]
    known: tuple[str, ...]
    sounding: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Judged:
    """How much a text speaks of one procedure, by which words of it. named: by all words of a name."""

    code: str
    weight: float
    named: bool
    words: frozenset[str]


def _said(text: str, words: Vocabulary) -> tuple[str, ...]:
    split = words.fold(clean(text[:LONGEST])).split
    kept = (word for word in split if word not in words.small_words and word not in words.filler_words)
    return tuple(dict.fromkeys(kept))[:MOST_WORDS]


@lru_cache(maxsize=64)
def _index(procedures: tuple[Procedure, ...], language: str, country: str) -> _Index:
    words = vocabulary(language)
    entries = tuple(_entry(procedure, words, country) for procedure in procedures if procedure.names)
    shared = Counter(word for entry in entries for word in entry.named | entry.clues)
    words.sound.learn(shared)
    sounding: dict[str, tuple[str, ...]] = {}
    for word in shared:
        sounding[words.sound.word(word)] = (*sounding.get(words.sound.word(word), ()), word)
    weights = {word: math.log(1 + len(entries) / count) for word, count in shared.items()}
    return _Index(entries, weights, tuple(sorted(shared)), sounding)


def _entry(procedure: Procedure, words: Vocabulary, country: str) -> _Entry:
    names = tuple(dict.fromkeys(content for name in procedure.names if (content := _content(name, words))))
    named = frozenset(word for name in names for word in name)
    hints = (*procedure.clues, *_called(procedure.names[0], words.language, country))
    clues = frozenset(word for hint in hints for word in _content(hint, words))
    return _Entry(procedure.code, names, named, clues - named)


def _content(name: str, words: Vocabulary) -> frozenset[str]:
    return frozenset(word for word in words.fold(name).split if word not in words.small_words and len(word) > 1)


def _called(title: str, language: str, country: str) -> list[str]:
    """What people of a country call the things of a title."""
    named = set(fold(title).split)
    groups = packaged.thesaurus(country, language)
    return [word for heads, called in groups.items() if _heads(heads, named) for word in called]


def _heads(heads: str, named: set[str]) -> bool:
    return any(set(fold(head).split) <= named for head in heads.split(","))


def _nearest(typed: str, index: _Index, words: Vocabulary) -> dict[str, float]:
    """The known words that a typed one is or nearly is, and how nearly."""
    if typed in index.weights:
        return {typed: SAME}
    bare = typed[1:]  # "didentite": the apostrophe was left out
    if typed[0] in words.elisions and len(typed) > SHORTEST_ELIDED and bare in index.weights:
        return {bare: SAME}
    sound = words.sound.word(typed)
    if len(sound) > 1 and sound in index.sounding:
        return dict.fromkeys(index.sounding[sound], SOUNDS)
    near = process.extract(typed, index.known, scorer=OSA.distance, score_cutoff=max(SLIPS), limit=None)
    slips = {known: found for known, _, _ in near if (found := slip(typed, known))}
    return {known: SLIPS[found] for known, found in slips.items() if found == min(slips.values())}


def _judge(entry: _Entry, reached: Mapping[str, float], index: _Index) -> _Judged | None:
    """What a text has of one procedure; None where it has less than a name, or than two words with one of its title."""
    of_it = (entry.named | entry.clues) & reached.keys()
    named = any(name <= of_it for name in entry.names)
    if not named and (len(of_it) < 2 or not of_it & entry.named):
        return None
    counted = ((known, SAME if known in entry.named else CLUE) for known in sorted(of_it))
    weight = sum(reached[known] * index.weights[known] * part for known, part in counted)
    return _Judged(entry.code, weight, named, frozenset(of_it))


def _is_near(other: _Judged, best: _Judged) -> bool:
    """Whether a procedure is asked about beside the best one: nearly as much of it was said, or other things."""
    if other.named != best.named:
        return False
    return other.weight >= NEAR * best.weight or (other.named and not other.words <= best.words)
