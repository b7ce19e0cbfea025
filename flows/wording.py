"""The sentences of a version in one language: `say(path, **values)`, with plurals, amounts and dates by CLDR."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Protocol

from babel import Locale
from babel.dates import format_date

from flows.moments import when_by, when_from
from flows.money import Amount, say_amount

if TYPE_CHECKING:
    from flows.definition import Common
    from flows.machine import Machine

__all__ = [
    "Say",
    "SayValue",
    "Template",
    "TemplateError",
    "Voice",
    "phrase_sayer",
    "renamed",
    "sayer",
    "template",
    "when_by",
    "when_from",
]

SayValue = str | int | float | date | Amount

NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
BRANCH = re.compile(r"(?:^|,)\s*(zero|one|two|few|many|other)\s*:\s*")


class TemplateError(Exception):
    """A sentence whose braces can't be read; its text says what to write instead."""


class Say(Protocol):
    """`say(path, **values)`: the sentence at a step path ("age.ask") or a phrase's name ("back_done")."""

    def __call__(self, path: str, **values: SayValue) -> str:
        """The sentence, its values put in; "" where this version has no such sentence."""
        ...


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value goes."""

    name: str


@dataclass(frozen=True, slots=True)
class Plural:
    """Words that depend on a number: CLDR category → pieces; `{n}` in them is the number."""

    name: str
    branches: Mapping[str, tuple[str | Slot, ...]]


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence taken apart once: its plain pieces, slots and plurals, and the names that it needs."""

    pieces: tuple[str | Slot | Plural, ...]
    names: tuple[str, ...]

    def fill(self, values: Mapping[str, SayValue], language: str) -> str:
        """The sentence; a value that is missing leaves nothing behind."""
        return "".join(
            [
                piece
                if isinstance(piece, str)
                else show(values.get(piece.name, ""), language)
                if isinstance(piece, Slot)
                else _plural(piece, values.get(piece.name, 0), language)
                for piece in self.pieces
            ]
        )


@dataclass(frozen=True, slots=True)
class Voice:
    """All sentences of one version in one language. Callable: it is the Say of that language."""

    language: str
    templates: Mapping[str, Template]
    facts: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, path: str, **values: SayValue) -> str:
        """The sentence at a path; facts are known here, every other value is given."""
        found = self.templates.get(path)
        if found is None:
            return ""
        return found.fill({**self.facts, **values}, self.language) if found.names else "".join(map(str, found.pieces))

    def names(self, path: str) -> tuple[str, ...]:
        """The names of the values that a sentence needs."""
        found = self.templates.get(path)
        return found.names if found else ()


def sayer(machine: Machine, language: str) -> Voice:
    """The Say of a machine in a language; in the flow's own language where it doesn't speak this one."""
    return machine.voices.get(language) or machine.voices[machine.source_language]


def phrase_sayer(common: Common, language: str) -> Voice:
    """The Say of the machine's own phrases alone (`library/common.yaml`): what the gateway says."""
    spoken = language if language in common.languages else common.languages[0]
    texts = {name: phrase.texts[spoken] for name, phrase in common.phrases.items() if spoken in phrase.texts}
    return Voice(spoken, {name: template(text) for name, text in texts.items()})


@cache
def template(text: str) -> Template:
    """Take a sentence apart. Raises TemplateError where its braces can't be read."""
    pieces: list[str | Slot | Plural] = []
    names: list[str] = []
    position = 0
    while (opening := text.find("{", position)) >= 0:
        closing = _closing(text, opening)
        if opening > position:
            pieces.append(text[position:opening])
        piece = _piece(text[opening + 1 : closing])
        pieces.append(piece)
        names.append(piece.name)
        position = closing + 1
    if "}" in text[position:]:
        raise TemplateError("A `}` has no `{` before it. Remove it, or write `{name}`.")
    if position < len(text):
        pieces.append(text[position:])
    return Template(tuple(pieces), tuple(dict.fromkeys(names)))


def renamed(text: str, name_of: Callable[[str], str]) -> str:
    """The sentence with other names in its braces; as it is where they can't be read."""
    try:
        template(text)
    except TemplateError:
        return text
    parts: list[str] = []
    position = 0
    while (opening := text.find("{", position)) >= 0:
        closing = _closing(text, opening)
        name, colon, rest = text[opening + 1 : closing].partition(":")
        parts += [text[position : opening + 1], name_of(name.strip()), colon, rest, "}"]
        position = closing + 1
    return "".join([*parts, text[position:]])


def _closing(text: str, opening: int) -> int:
    depth = 0
    for position in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
    raise TemplateError("A `{` is never closed. Write `{name}`.")


def _piece(inside: str) -> Slot | Plural:
    name, colon, rest = inside.partition(":")
    name = name.strip()
    if not NAME.fullmatch(name):
        raise TemplateError(f"`{{{inside}}}` can't be read. Write `{{name}}` with a small-letter name.")
    name = name.replace(".", "/")  # `adresse.ville` is what step `adresse/ville` asked (flows/subflows.py)
    if not colon:
        return Slot(name)
    marker, _, branches = rest.partition(",")
    found = list(BRANCH.finditer(branches))
    if marker.strip() != "n" or not any(branch[1] == "other" for branch in found):
        example = f"{{{name}: n, one: un enfant, other: {{n}} enfants}}"
        raise TemplateError(f"`{{{inside}}}` can't be read. Write `{example}`.")
    ends = [branch.start() for branch in found[1:]] + [len(branches)]
    return Plural(
        name, {branch[1]: _branch(branches[branch.end() : end]) for branch, end in zip(found, ends, strict=True)}
    )


def _branch(text: str) -> tuple[str | Slot, ...]:
    pieces: list[str | Slot] = []
    for number, part in enumerate(text.strip().split("{n}")):
        if number:
            pieces.append(Slot("n"))
        if "{" in part or "}" in part:
            raise TemplateError(f"`{text.strip()}` holds braces. Inside a plural only `{{n}}` is put in.")
        if part:
            pieces.append(part)
    return tuple(pieces)


def _plural(piece: Plural, value: SayValue, language: str) -> str:
    number = value if isinstance(value, int | float) else _number(str(value))
    pieces = piece.branches.get(_rule(language)(number)) or piece.branches["other"]
    return "".join(part if isinstance(part, str) else show(number, language) for part in pieces)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else 0


@cache
def _rule(language: str) -> Callable[[float], str]:
    return Locale.parse(language).plural_form


def show(value: SayValue, language: str) -> str:
    """A value as people read it: "25 euros", "12 mars 2026", "34"."""
    match value:
        case str():
            return value
        case Amount():
            return say_amount(value, language)
        case date():
            return say_date(value, language)
        case float():
            return f"{value:g}".replace(".", "," if language == "fr" else ".")
        case _:
            return str(value)


def say_date(day: date, language: str) -> str:
    """ "12 mars 2026", "12 March 2026", "12 Machi 2026"; French says "1er"."""
    text = format_date(day, "d MMMM y", locale=language)
    return f"1er{text[1:]}" if language == "fr" and day.day == 1 else text
