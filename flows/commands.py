"""The words that always work, at every place: a person, danger, menu, stop, help, language, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flows.alphabet import sendable
from flows.asking import helped, said
from flows.definition import Ask
from flows.effects import (
    AskLanguage,
    ChooseLanguage,
    OpenMenu,
    Reason,
    SayHelp,
    Severity,
    StartTexts,
    StopTexts,
)
from flows.machine import Machine
from flows.reader import Certainty, Intent, Reading
from flows.session import Aside, Channel, Reply, Session, Status, Turn
from flows.walk import open_case
from flows.wording import Say, sayer

__all__ = ["always", "ask_aside", "clean", "danger_reply", "step_back", "to_person"]

LONGEST_TEXT = 2000
KEYS = frozenset("0123456789")


def clean(text: str) -> str:
    """The text as it can be kept and sent: cut at 2,000 characters, without lone surrogates."""
    return sendable(text[:LONGEST_TEXT])


def always(machine: Machine, session: Session, reading: Reading, text: str, now: datetime, say: Say) -> Turn | None:
    """The turn for a word that works everywhere, or None where the text is something else."""
    match reading.intent:
        case Intent.HUMAN:
            return to_person(machine, session, text)
        case Intent.DISTRESS:
            return _danger(machine, session, reading, text)
        case Intent.MENU:
            return Turn(session, (), (OpenMenu(),))
        case Intent.STOP if reading.certainty is Certainty.SURE:
            return Turn(session, (), (StopTexts(),))
        case Intent.STOP:
            return ask_aside(machine, session, Aside.STOP, say)
        case Intent.START:
            return Turn(session, (), (StartTexts(),))
        case Intent.ERASE:
            return ask_aside(machine, session, Aside.ERASE, say)
        case Intent.HELP:
            return _help(machine, session, say)
        case Intent.SWITCH_LANGUAGE:
            return _language(machine, session, reading)
    return None


def _help(machine: Machine, session: Session, say: Say) -> Turn:
    """The help of the open question, then the question with its keys; the general one where it has none."""
    step = machine.steps.get(session.step)
    if session.status is not Status.ACTIVE or not isinstance(step, Ask) or step.help is None:
        return Turn(session, (), (SayHelp(),))
    place = replace(session, lead=(helped(step),), page=0, aside=None, guess=None)
    return Turn(place, said(machine, place, say))


def to_person(machine: Machine, session: Session, text: str) -> Turn:
    """`0`: a case at once, with what is known so far. The conversation stays where it is."""
    words = "" if set(text.strip()) <= KEYS else text
    return Turn(session, (), (open_case(machine, session, Reason.ASKED, words),))


def ask_aside(machine: Machine, session: Session, aside: Aside, say: Say) -> Turn:
    """Put a question of the machine's own before whatever is open."""
    asked = replace(session, aside=aside, guess=None)
    return Turn(asked, said(machine, asked, say, fresh=False))


def step_back(machine: Machine, session: Session, say: Say, *, changing: bool = False) -> Turn:
    """Undo: the last answer is taken back and its question asked again, as it was."""
    if not session.answers or (session.step in machine.follow_ups and not changing):
        place = replace(session, aside=None, guess=None)
        return Turn(place, said(machine, place, say, head="back_at_start", fresh=False))
    last = session.answers[-1]
    place = replace(
        session,
        step=last.step,
        answers=session.answers[:-1],
        status=Status.ACTIVE,
        lead=last.lead,
        tries=0,
        page=last.page,
        aside=None,
        guess=None,
    )
    return Turn(place, said(machine, place, say, head="back_done", fresh=False))


def danger_reply(machine: Machine, session: Session, kind: str, language: str, *, discreet: bool) -> Reply | None:
    """What is said at once in a kind of danger, in a language of the machine; None where the machine has no words.

    An SMS holds the number alone; a screen stays open, with the key to a person.
    """
    told = machine.danger.get("discreet" if discreet else kind) or machine.danger.get(kind)
    if told is None:
        return None
    values = {name: value if isinstance(value, str) else value.get(language, "") for name, value in told.values.items()}
    words = sayer(machine, language)(told.phrase, **values)
    if not words or session.channel is Channel.SMS:
        return Reply(words) if words else None
    legend = machine.choice_legends[machine.spoken(language)]
    return Reply(words, legend=(legend.person,), more=legend.more, back=legend.back, expects_answer=True)


def _danger(machine: Machine, session: Session, reading: Reading, text: str) -> Turn:
    """The number first, then a person: no question, no delay. The conversation stays where it is.

    It is said in the language that the words are in: whoever is in danger may fall back into their own.
    """
    kind = str(reading.value or "life")
    language = reading.language if reading.language in machine.voices else machine.spoken(session.language)
    reply = danger_reply(machine, session, kind, language, discreet=machine.discreet)
    case = open_case(machine, session, Reason.DANGER, text, severity=Severity.DANGER, danger=kind)
    return Turn(session, (reply,) if reply else (), (replace(case, language=reading.language),))


def _language(machine: Machine, session: Session, reading: Reading) -> Turn:
    if not isinstance(reading.value, str):
        return Turn(session, (), (AskLanguage(),))
    if reading.value not in machine.languages or session.status is not Status.ACTIVE:
        return Turn(session, (), (ChooseLanguage(reading.value),))
    place = replace(session.in_language(reading.value), aside=None, guess=None)
    replies = said(machine, place, sayer(machine, reading.value), head="language_kept", fresh=False)
    return Turn(place, replies, (ChooseLanguage(reading.value),))
