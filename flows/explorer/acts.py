"""What can happen to a person at one place: options, classes of answers, the words that always work, bad luck.

An act is a line of a written conversation: "> 1", "@ dropped". Those of keys are tried in every state; those of words
once at each place, for what a text means there depends on the question, not on how the person came to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flows import packaged
from flows.definition import Ask, Expected
from flows.explorer.classes import numbers, outside
from flows.machine import Machine
from flows.session import Channel, Session, Status

__all__ = ["Act", "Kind", "Persona", "acts_at", "back_word", "is_open"]

WRONG_KEY = "> 7"  # options are 1 to 5, then 11 to 15: never this
UNREADABLE = "> xqzw"  # no word in any language
CLOSED = frozenset({Expected.CHOICE, Expected.YES_NO})
LONG_ENOUGH = 5  # letters of a label in which a slip of the thumb still leaves a word
ANSWERS: Mapping[Expected, Sequence[str]] = {
    Expected.PLACE: ("Abobo", "Saint-Barthelemy-sur-la-Colline"),
    Expected.NAME: ("Zoé", "Marie-Antoinette Nguessan Kouadio"),
    Expected.DATE: ("12/3/1980",),
    Expected.AMOUNT: ("2500",),
    Expected.TEXT: ("mon sac {x} 😀",),
}


class Persona(StrEnum):
    """Who does it."""

    READER = "reader"
    SILENT = "silent"
    MISSPELLER = "misspeller"
    IMPATIENT = "impatient"
    MIND_CHANGER = "mind changer"
    REDIALLER = "redialler"
    STOPPER = "stopper"


class Kind(StrEnum):
    """What the person means, or what befalls them: decides which promises are looked at."""

    ANSWER = "answer"
    ASIDE = "aside"
    UNCLEAR = "unclear"
    OUTSIDE = "outside"
    MISSPELT = "misspelt"
    PERSON = "person"
    DANGER = "danger"
    STOP = "stop"
    ERASE = "erase"
    MENU = "menu"
    HELP = "help"
    LANGUAGE = "language"
    REPEAT = "repeat"
    WHERE = "where"
    RESTART = "restart"
    BACK = "back"
    MORE = "more"
    CHANGE = "change"
    SILENCE = "silence"
    REDIAL = "redial"
    CHANNEL = "channel"
    CASE_ENDED = "case_ended"
    TIMER = "timer"


@dataclass(frozen=True, slots=True)
class Act:
    """One event as a written conversation holds it. about: the option meant, the language, the answer's number.

    once: a matter of words, tried once at each place.
    """

    given: str
    kind: Kind
    persona: Persona = Persona.READER
    about: str = ""
    once: bool = False


def is_open(machine: Machine, session: Session) -> bool:
    """Whether any text may be an answer here, so that keys have a 0 before them."""
    step = machine.steps.get(session.step)
    if session.aside is not None or session.status is not Status.ACTIVE or not isinstance(step, Ask):
        return False
    return step.expected not in CLOSED


def back_word(machine: Machine, language: str) -> str:
    """The legend's own word for back: read as such at every question."""
    return f"> {machine.choice_legends[machine.spoken(language)].back.partition(' ')[2]}"


def acts_at(machine: Machine, session: Session) -> Iterator[Act]:
    """Everything that can happen here."""
    step = machine.steps.get(session.step)
    if session.aside is not None:
        yield from (Act(f"> {key}", Kind.ASIDE) for key in ("1", "2"))
    elif session.status is Status.ACTIVE and isinstance(step, Ask):
        yield from _answers(machine, session, step)
        yield from _slips(machine, session, step)
    yield Act(UNREADABLE if is_open(machine, session) else WRONG_KEY, Kind.UNCLEAR)
    yield from _keys(machine, session)
    yield from _words(machine, session)
    yield from _happenings(session)


def _answers(machine: Machine, session: Session, step: Ask) -> Iterator[Act]:
    language = machine.spoken(session.language)
    keys = machine.choices.get(step.name, ())
    for key, option in zip(keys, machine.options.get((language, step.name), ()), strict=False):
        yield Act(f"> {option.key}", Kind.ANSWER, about=key)
        yield Act(f"> {option.label}", Kind.ANSWER, about=key, once=True)
    if step.expected is Expected.NUMBER:
        yield from (Act(f"> {number}", Kind.ANSWER) for number in numbers(machine, step))
        yield from (Act(f"> {number}", Kind.OUTSIDE, once=True) for number in outside(step))
    for text in ANSWERS.get(step.expected, ()):
        yield Act(f"> {text}", Kind.ANSWER)


def _slips(machine: Machine, session: Session, step: Ask) -> Iterator[Act]:
    """Labels as somebody types them in a hurry, and two answers in one text."""
    options = machine.options.get((machine.spoken(session.language), step.name), ())
    keys = machine.choices.get(step.name, ())
    for key, option in zip(keys, options, strict=False):
        label = option.label
        if len(label) >= LONG_ENOUGH:
            for typed in (label[:2] + label[3:], label[0] + label[2] + label[1] + label[3:]):
                yield Act(f"> {typed}", Kind.MISSPELT, Persona.MISSPELLER, key, once=True)
    if len(options) > 1:
        both = f"> {options[0].key} {options[1].key}"
        yield Act(both, Kind.MISSPELT, Persona.IMPATIENT, once=True)


def _keys(machine: Machine, session: Session) -> Iterator[Act]:
    zero = "0" if is_open(machine, session) else ""
    yield Act(f"> {zero}0", Kind.PERSON)
    yield Act(f"> {zero}9", Kind.BACK, Persona.MIND_CHANGER)
    yield Act(f"> {zero}8", Kind.MORE)
    if session.status is not Status.ACTIVE or session.aside is not None:
        return
    change = _command(machine, session, "change")
    for number in range(1, len(session.answers) + 1):
        yield Act(f"> {change} {number}", Kind.CHANGE, Persona.MIND_CHANGER, str(number))


def _words(machine: Machine, session: Session) -> Iterator[Act]:
    words = packaged.reader_words(machine.spoken(session.language))
    distress: Mapping[str, Any] = words["distress"]  # type: ignore[assignment]
    yield Act("> STOP", Kind.STOP, Persona.STOPPER)
    yield Act("> ?", Kind.REPEAT)
    for language in machine.languages:
        if language != session.language:
            named: Sequence[str] = packaged.reader_words(language)["named"]  # type: ignore[assignment]
            yield Act(f"> {named[0]}", Kind.LANGUAGE, about=language)
    yield Act(f"> {_command(machine, session, 'restart')}", Kind.RESTART, Persona.MIND_CHANGER)
    yield Act(f"> {distress['violence']['sure'][0]}", Kind.DANGER, once=True)
    for name in ("human", "menu", "help", "where", "erase"):
        kind = Kind.PERSON if name == "human" else Kind(name)
        yield Act(f"> {_command(machine, session, name)}", kind, once=True)


def _command(machine: Machine, session: Session, name: str) -> str:
    commands: Mapping[str, Any] = packaged.reader_words(machine.spoken(session.language))["commands"]  # type: ignore[assignment]
    return str(commands[name]["words"][0])


def _happenings(session: Session) -> Iterator[Act]:
    yield Act("@ undelivered", Kind.SILENCE, Persona.SILENT, once=True)
    yield Act("@ timer reminder", Kind.SILENCE, Persona.SILENT, once=True)
    yield Act("@ redial", Kind.REDIAL, Persona.REDIALLER)
    if session.channel is Channel.USSD:
        yield Act("@ dropped", Kind.SILENCE, Persona.REDIALLER, once=True)
    other = Channel.SMS if session.channel is Channel.USSD else Channel.USSD
    yield Act(f"@ channel {other}", Kind.CHANNEL, Persona.REDIALLER)
    yield Act("@ case ended settled", Kind.CASE_ENDED)
    yield Act("@ timer", Kind.TIMER, Persona.SILENT)
