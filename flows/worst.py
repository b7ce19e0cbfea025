"""Every sentence with each of its values at its longest: what a screen must hold in the worst case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from flows import packaged
from flows.alphabet import rewrite, septets
from flows.definition import Ask, Definition, Expected, sentences
from flows.machine import GROUP, Machine
from flows.money import Amount
from flows.shown import LONGEST_NAME, LONGEST_PLACE
from flows.wording import Plural, Slot, Template, show

__all__ = ["longest", "longest_help", "longest_screen", "longest_sentences", "longest_unasked"]

LONGEST_DATES = tuple(date(2026, month, 28) for month in range(1, 13))
LONGEST_AMOUNT = Decimal("100000000.99")
UNBOUNDED = 1_000_000_000  # a number question without bounds


def longest(machine: Machine, language: str, path: str) -> str:
    """The longest that the sentence at a path can become, plural branches included."""
    voice = machine.voices[language]
    found: Template | None = voice.templates.get(path)
    if found is None:
        return ""
    return "".join(_piece(machine, language, piece, voice.facts) for piece in found.pieces)


def longest_screen(machine: Machine, language: str, step: Ask, part: str = "ask") -> str:
    """The longest that a question's first screen can become, with its options and its keys. part: ask or simpler."""
    shown = machine.options[language, step.name][:GROUP]
    legend = (machine.choice_legends if shown else machine.open_legends)[language]
    options = [f"{option.key} {option.label}" for option in shown]
    return "\n".join((longest(machine, language, f"{step.name}.{part}"), *options, legend.person, legend.back))


def longest_help(machine: Machine, language: str, step: Ask) -> str:
    """The longest that a question's help can become, with its keys: a screen of its own before the question."""
    closed = step.expected in {Expected.CHOICE, Expected.YES_NO}
    legend = (machine.choice_legends if closed else machine.open_legends)[language]
    return "\n".join((longest(machine, language, f"{step.name}.help"), legend.person, legend.back, legend.more))


def longest_unasked(machine: Machine, language: str, step: Ask, phrase: str) -> str:
    """The longest text that asks a question unasked, days later: who we are, the question, its keys, how to stop.

    phrase: `followup_ask` or `reminder`, of common.yaml; one that isn't there in this language is the question alone.
    """
    shown = machine.options[language, step.name][:GROUP]
    legend = (machine.choice_legends if shown else machine.open_legends)[language]
    keys = (legend.person,) if step.name in machine.follow_ups else (legend.person, legend.back)
    options = [f"{option.key} {option.label}" for option in shown]
    question = "\n".join((longest(machine, language, f"{step.name}.ask"), *options, *keys))
    around = packaged.common().phrases[phrase]
    service = around.values["service"]
    name = service if isinstance(service, str) else max(service.values(), key=_size)
    return around.texts.get(language, "{question}").replace("{service}", name).replace("{question}", question)


def longest_sentences(definition: Definition, machine: Machine, language: str) -> Iterator[tuple[str, str, int]]:
    """(path, text, line) of every sentence that people see, its title left out, and of every label that none wrote."""
    for path, words in sentences(definition):
        if path != "title" and not path.endswith(".summary"):
            yield path, longest(machine, language, path), words.line
    for step in definition.steps.values():
        if isinstance(step, Ask):
            written = [choice for choice in step.choices if choice.label.text]
            for option in machine.options[language, step.name][len(written) :]:
                yield f"{step.name}.choices", option.label, step.line


def _piece(machine: Machine, language: str, piece: str | Slot | Plural, facts: Mapping[str, str]) -> str:
    if isinstance(piece, str):
        return piece
    value = facts.get(piece.name) or longest_value(machine, language, piece.name)
    if isinstance(piece, Slot):
        return value
    branches = (
        "".join(part if isinstance(part, str) else value for part in parts) for parts in piece.branches.values()
    )
    return max(branches, key=_size)


def longest_value(machine: Machine, language: str, name: str) -> str:
    """The longest that the value of a question, or one that the gateway gives, is ever shown."""
    step = machine.steps.get(name)
    if not isinstance(step, Ask):
        return _from_gateway(name, language)
    match step.expected:
        case Expected.CHOICE | Expected.YES_NO:
            return max((option.label for option in machine.options[language, name]), key=_size, default="")
        case Expected.NUMBER:
            bounds = (step.low, step.high)
            return max((str(UNBOUNDED if bound is None else bound) for bound in bounds), key=len)
        case Expected.NAME:
            return "m" * LONGEST_NAME
        case Expected.PLACE:
            return "m" * LONGEST_PLACE
        case Expected.DATE:
            return max((show(day, language) for day in LONGEST_DATES), key=_size)
        case Expected.AMOUNT:
            amount = Amount(LONGEST_AMOUNT, packaged.currency(machine.country, language))
            return show(amount, language)
        case Expected.TEXT:
            return ""


def _from_gateway(name: str, language: str) -> str:
    """The longest that the machine's own phrases give for a value of the gateway."""
    known = (phrase.values.get(name, "") for phrase in packaged.common().phrases.values())
    return max((value if isinstance(value, str) else value.get(language, "") for value in known), key=_size, default="")


def _size(text: str) -> int:
    return septets(rewrite(text))
