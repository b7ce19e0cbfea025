"""Two versions that began from the same one, put together step by step; what both changed differently is left open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flows.bundle import canonical
from flows.places import UnknownPlace, step_of

__all__ = ["Merged", "merge", "take"]

Place = tuple[str, ...]  # ("flow", "steps", "comment"), ("sentences", "fr", "comment.ask"), ("phrases",)
TABLES = frozenset({("flow",), ("flow", "steps"), ("flow", "facts"), ("sentences",), ("subflows",), ("transcripts",)})
MARK = "old"


@dataclass(frozen=True, slots=True)
class Merged:
    """A content, and the names of what both sides changed differently: ours stands there until somebody decides."""

    content: str
    undecided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One version: every value by its place, in the order of its content."""

    values: Mapping[Place, Any]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it speaks."""
        return tuple(self.values["languages",])

    def named(self, name: str, languages: Iterable[str]) -> dict[Place, Any]:
        """All that belongs to one name, in these languages."""
        return {
            place: value
            for place, value in self.values.items()
            if _name(place) == name and (place[0] not in {"sentences", MARK} or place[1] in languages)
        }

    def source(self, path: str) -> str | None:
        """A sentence in the flow's own language."""
        text: str | None = self.values.get(("sentences", self.values["source_language",], path))
        return text


def merge(base: str, ours: str, theirs: str) -> Merged:
    """What both sides made of `base`. What one side changed is that side's; what both did differently stays ours.

    Decided one by one: each step (its tree and its sentences in all languages), "facts.NAME", "subflows.CODE",
    "transcripts.NAME", "title", "keywords", and each other key of the flow or its bundle ("start", "phrases"). A
    language that only one side has comes with its sentences; where the other side changed the source, they lag behind
    and are marked so.
    """
    old, mine, other = _side(base), _side(ours), _side(theirs)
    sides: dict[str, Side] = {}
    undecided = []
    for name in dict.fromkeys(map(_name, (*mine.values, *other.values, *old.values))):
        was, here, there = (side.named(name, old.languages) for side in (old, mine, other))
        sides[name] = other if here == was else mine
        if was not in (here, there) and here != there:
            undecided.append(name)
    first, second = (other, mine) if list(mine.values) == list(old.values) else (mine, other)
    merged = _built(sides, old, first, second)
    if not merged["flow"].get("steps"):  # each side took away what the other kept: nothing is left to merge
        return Merged(ours, tuple(dict.fromkeys(map(_name, other.values))))
    return Merged(canonical(merged), tuple(undecided))


def take(content: str, other: str, name: str) -> str:
    """The content with one thing as the other version has it; gone where the other has none. Raises UnknownPlace."""
    here, there = _side(content), _side(other)
    names = set(map(_name, (*here.values, *there.values)))
    if name not in names:
        raise UnknownPlace(name)
    sides = dict.fromkeys(names, here) | {name: there}
    return canonical(_built(sides, here, here, there))


def _side(content: str) -> Side:
    return Side(dict(_places(json.loads(content), ())))


def _places(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    if place == (MARK,):
        yield from (((MARK, language, path), True) for language, paths in value.items() for path in paths)
    elif isinstance(value, dict) and value and (not place or place in TABLES or place[:-1] == ("sentences",)):
        for key, each in value.items():
            yield from _places(each, (*place, key))
    else:
        yield place, value


def _name(place: Place) -> str:
    """What a place is decided with."""
    match place:
        case ("flow", "steps", step):
            return step
        case ("sentences" | "old", _, path):
            return step_of(path) or path
        case ("sentences", _):
            return "languages"
        case ("flow", "facts", fact):
            return f"facts.{fact}"
        case ("subflows", code):
            return f"subflows.{code}"
        case ("transcripts", transcript):
            return f"transcripts.{transcript}"
        case _:
            return place[-1]


def _built(sides: Mapping[str, Side], base: Side, first: Side, second: Side) -> dict[str, Any]:
    """The bundle of what stands in the side chosen for each name, in the order of the first."""
    spoken = sides["languages"].languages
    merged: dict[str, Any] = {}
    for place in _ordered(first.values, second.values):
        side = sides[_name(place)]
        if place[0] in {"sentences", MARK} and place[1] not in spoken:
            continue
        if place[0] in {"sentences", MARK} and place[1] not in (*base.languages, *side.languages):
            lent = first if side is second else second
            if side.source(place[-1]) is None or place not in lent.values:
                continue
            _put(merged, place, lent.values[place])
            if side.source(place[-1]) != lent.source(place[-1]):
                _put(merged, (MARK, place[1], place[-1]), True)
        elif place in side.values:
            _put(merged, place, side.values[place])
    if MARK in merged:
        merged[MARK] = {language: list(paths) for language, paths in merged[MARK].items()}
    return merged


def _put(merged: dict[str, Any], place: Place, value: Any) -> None:
    table = merged
    for key in place[:-1]:
        if not isinstance(table.get(key), dict):
            table[key] = {}
        table = table[key]
    if not (value == {} and isinstance(table.get(place[-1]), dict)):
        table[place[-1]] = value


def _ordered(first: Iterable[Place], second: Iterable[Place]) -> list[Place]:
    """The places of both: those of the first as they are, each other one after what it followed in the second."""
    after: dict[Place, list[Place]] = {}
    known = set(first)
    previous: Place = ()
    for place in second:
        if place in known:
            previous = place
        else:
            after.setdefault(previous, []).append(place)
    return [*after.get((), ()), *(each for place in first for each in (place, *after.get(place, ())))]
