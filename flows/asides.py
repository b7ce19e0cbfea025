"""The machine's own questions before the open one: did you mean, start again, stop, erase, which key."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.alphabet import sendable
from flows.answering import accept, not_understood
from flows.asking import said
from flows.commands import always, step_back
from flows.definition import Ask
from flows.doubting import as_typed, chosen, meant, which_options
from flows.effects import EraseAll, OpenMenu, StopTexts
from flows.machine import Machine
from flows.reader import Certainty, Expected, Intent, Option, Reading, read
from flows.session import Aside, Session, Status, Turn
from flows.walk import arrive
from flows.wording import Say

__all__ = ["answer_aside"]

LONGEST_KEY = 1
HARMFUL = frozenset({Aside.STOP, Aside.ERASE, Aside.RESTART})  # only a clear yes does it; anything else means no


def answer_aside(machine: Machine, session: Session, text: str, now: datetime, say: Say) -> Turn | None:
    """The turn for a reply to the machine's own question; None where it is none: then it is read as if not asked."""
    aside, language = session.aside, machine.spoken(session.language)
    if aside is None:
        return None
    if aside is Aside.WHICH:
        return _which(machine, session, text, now, say)
    reading = read(
        Expected.YES_NO,
        text,
        options=tuple(Option(number, say(f"{aside}.{number}")) for number in ("1", "2")),
        language=language,
        country=machine.country,
        today=now.date(),
        strict=aside in HARMFUL,
    )
    place = replace(session, aside=None, guess=None)
    if reading.certainty is Certainty.SURE and reading.intent is Intent.ANSWER and isinstance(reading.value, bool):
        return _decided(machine, session, place, now, say, yes=reading.value)
    if reading.intent is Intent.BACK:
        return _question(machine, place, say)
    if reading.intent is Intent.REPEAT:
        return Turn(session, said(machine, session, say, fresh=False))
    return _always(machine, place, reading, text, now, say)


def _which(machine: Machine, session: Session, text: str, now: datetime, say: Say) -> Turn | None:
    """Which of several places: one of them, another digit the same question, anything else read as if not asked."""
    place, step = replace(session, aside=None, guess=None), machine.steps.get(session.step)
    if isinstance(step, Ask) and (value := chosen(machine, session, text, now)) is not None:
        return accept(machine, place, step, value, now, say)
    reading = read(
        Expected.CHOICE,
        text,
        options=which_options(machine, session),
        language=machine.spoken(session.language),
        country=machine.country,
        today=now.date(),
    )
    if reading.intent is Intent.BACK:
        return _question(machine, place, say)
    if reading.intent in {Intent.REPEAT, Intent.MORE, Intent.INVALID} and len(text.strip()) <= LONGEST_KEY:
        return Turn(session, said(machine, session, say, fresh=False))
    return _always(machine, place, reading, text, now, say)


def _always(machine: Machine, place: Session, reading: Reading, text: str, now: datetime, say: Say) -> Turn | None:
    if reading.intent is Intent.STOP and reading.certainty is not Certainty.SURE:
        return None
    return always(machine, place, reading, text, now, say)


def _decided(machine: Machine, session: Session, place: Session, now: datetime, say: Say, *, yes: bool) -> Turn | None:
    step = machine.steps.get(place.step)
    match session.aside:
        case Aside.STOP if yes:
            return Turn(place, (), (StopTexts(),))
        case Aside.ERASE if yes:
            return Turn(place, (), (EraseAll(),))
        case Aside.RESTART if yes:
            return arrive(
                machine, replace(place, answers=(), lead=()), machine.start, now, say, head="restarted"
            )
        case Aside.NEARLY if isinstance(step, Ask):
            if (taken := meant(session) if yes else as_typed(session)) is not None:
                return accept(machine, place, step, taken, now, say)
            return not_understood(machine, place, step, "", now, say)
        case Aside.KEY_OR_PLACE if isinstance(step, Ask):
            key = sendable(str(session.guess)[:2])
            if yes:
                return accept(machine, place, step, {"place": key}, now, say)
            return step_back(machine, place, say) if key.endswith("9") else _question(machine, place, say)
    return _question(machine, place, say)


def _question(machine: Machine, place: Session, say: Say) -> Turn:
    """No: on with what was open, or with the menu where nothing was."""
    if place.status is Status.ACTIVE and isinstance(machine.steps.get(place.step), Ask):
        return Turn(place, said(machine, place, say, fresh=False))
    return Turn(place, (), (OpenMenu(),))
