"""What is asked about before it is taken: the guess that a session keeps, and what yes, no and a number say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from flows.definition import Ask, Expected
from flows.machine import Machine
from flows.reader import Certainty, Option, Reading, read
from flows.session import Aside, Session, Value
from flows.shown import shown_value
from flows.wording import show

__all__ = ["as_typed", "chosen", "common_name", "doubted", "meant", "stored_value", "which_options"]

TYPED = "typed"  # in the guess of a place: what the person wrote, taken as it is where they say no
LONGEST_DIGIT = 1


def doubted(machine: Machine, session: Session, step: Ask, reading: Reading, text: str, now: datetime) -> Session:
    """The session that asks about a reading without certainty: about one value, or which of several."""
    if reading.choices:
        values = [stored_value(machine, step, each) for each in reading.choices]
        guess: dict[str, object] = {str(key): value for key, value in enumerate(values, 1)}
        return replace(session, aside=Aside.WHICH, guess=guess)
    value = stored_value(machine, step, reading.value)
    if step.expected is Expected.PLACE and isinstance(value, dict) and "place" in value:
        plain = read(step.expected, text, language=machine.spoken(session.language), today=now.date())
        if plain.certainty is Certainty.SURE and isinstance(plain.value, dict) and (typed := plain.value.get("place")):
            value = value | {TYPED: typed}
    return replace(session, aside=Aside.NEARLY, guess=value)


def stored_value(machine: Machine, step: Ask, value: object) -> Value:
    """What was read as it is kept: a choice by its key, yes and no by their words. None where it can't be used."""
    if step.expected is Expected.YES_NO:
        return None if not isinstance(value, bool) else "yes" if value else "no"
    if step.expected is Expected.CHOICE:
        keys = machine.choices.get(step.name, ())
        numbers = [option.key for option in machine.options.get((machine.source_language, step.name), ())]
        return keys[numbers.index(str(value))] if str(value) in numbers else None
    if isinstance(value, bool | int | float | str):
        return value
    return {str(name): part for name, part in value.items()} if isinstance(value, dict) else None


def meant(session: Session) -> Value:
    """The guess that a yes takes."""
    guess = session.guess
    return {name: part for name, part in guess.items() if name != TYPED} if isinstance(guess, dict) else guess


def as_typed(session: Session) -> Value:
    """What a no takes: a place that is no other, as it was typed. None where there is nothing to take."""
    typed = session.guess.get(TYPED) if isinstance(session.guess, dict) else None
    return {"place": typed} if isinstance(typed, str) else None


def which_options(machine: Machine, session: Session) -> tuple[Option, ...]:
    """The places that are asked about, each behind its key: "1 Saint-Denis (974)"."""
    language = machine.spoken(session.language)
    return tuple(
        Option(key, show(shown_value(machine, session.step, value, language), language))
        for key, value in _choices(session).items()
    )


def common_name(options: tuple[Option, ...]) -> str:
    """What the labels begin with, all of them: "Saint-Denis", "Vitry"; else the labels, one after another."""
    words = [option.label.partition(" (")[0] for option in options]
    first = words[0] if words else ""
    while first and not all(f"{word} ".startswith((f"{first} ", f"{first}-")) for word in words):
        first = first[: max(first.rfind(" "), first.rfind("-"), 0)]
    return first or " / ".join(words)


def chosen(machine: Machine, session: Session, text: str, now: datetime) -> Value:
    """The place that a reply chooses: by its key, by its label, or by what tells it apart ("le 93"); None if none."""
    language, options = machine.spoken(session.language), which_options(machine, session)
    reading = read(Expected.CHOICE, text, options=options, language=language, today=now.date())
    choices = _choices(session)
    if reading.certainty is Certainty.SURE and str(reading.value) in choices:
        return choices[str(reading.value)]
    if len(text.strip()) <= LONGEST_DIGIT:
        return None
    name = common_name(options)
    narrowed = read(Expected.PLACE, f"{name} {text}", language=language, country=machine.country, today=now.date())
    if narrowed.certainty is not Certainty.SURE or not isinstance(narrowed.value, dict):
        return None
    said = str(narrowed.value.get("place"))
    same = [value for value in choices.values() if isinstance(value, dict) and _is_called(value, said)]
    return same[0] if len(same) == 1 else None


def _is_called(value: Mapping[str, object], said: str) -> bool:
    return f"{value.get('place')} (".startswith(f"{said} (")


def _choices(session: Session) -> dict[str, Value]:
    guess: Mapping[str, object] = session.guess if isinstance(session.guess, dict) else {}
    return {key: value for key, value in guess.items() if isinstance(value, dict)}
