"""Where one person is in a conversation, what can happen to them, and what a turn gives back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import cast

from flows.effects import (
    AddToCase,
    AskLanguage,
    CaseEnded,
    ChooseLanguage,
    Dropped,
    Effect,
    EraseAll,
    Event,
    NewMatter,
    OpenCase,
    OpenFlow,
    OpenFound,
    OpenMenu,
    Reason,
    RecordHelped,
    ReopenCase,
    RestartFlow,
    ResumeFlow,
    SayHelp,
    Severity,
    ShowAnswer,
    Sleep,
    StartTexts,
    StopTexts,
    TellCounter,
    TextArrived,
    TimerRang,
    Undelivered,
)

__all__ = [
    "FORMAT",
    "AddToCase",
    "Answer",
    "Aside",
    "AskLanguage",
    "CaseEnded",
    "Channel",
    "ChooseLanguage",
    "Dropped",
    "Effect",
    "EraseAll",
    "Event",
    "NewMatter",
    "OpenCase",
    "OpenFlow",
    "OpenFound",
    "OpenMenu",
    "Reason",
    "RecordHelped",
    "ReopenCase",
    "Reply",
    "RestartFlow",
    "ResumeFlow",
    "SayHelp",
    "Session",
    "SessionError",
    "Severity",
    "ShowAnswer",
    "Sleep",
    "StartTexts",
    "Status",
    "StopTexts",
    "TellCounter",
    "TextArrived",
    "TimerRang",
    "Turn",
    "Undelivered",
    "Value",
    "decode",
    "encode",
]

FORMAT = 1


class Channel(StrEnum):
    """How the person reaches us at this moment."""

    SMS = "sms"
    USSD = "ussd"


class Status(StrEnum):
    """ACTIVE: waits for the person. PARKED: a case must end first. SLEEPING: until a follow-up. ENDED: over."""

    ACTIVE = "active"
    PARKED = "parked"
    SLEEPING = "sleeping"
    ENDED = "ended"


class Aside(StrEnum):
    """A question of the machine's own, put before the open one: 1 is yes (or the first), 2 is no (or the second)."""

    NEARLY = "nearly"
    WHICH = "which"  # which of two or three places; guess has each value under its key
    KEY_OR_PLACE = "key_or_place"
    RESTART = "restart_confirm"
    STOP = "stop_ask"
    ERASE = "erase_ask"


Value = bool | int | float | str | dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that was given: at which step, what, and how that question stood there. The list is the way back."""

    step: str
    value: Value
    page: int = 0
    lead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """Where one person is. Pinned to `machine` (a content hash). Values are copied, never changed.

    lead: what was said since the last answer, before the open question ("papiers" a step, "phrase:back_done" a phrase).
    page: USSD: how many words and lines of the content came before this screen; SMS: which group of options.
    aside and guess: the machine's own question that is open, and the value it is about.
    values: given by the gateway at the start, e.g. {"by": "mardi 12 mars avant 17h", "case": "4271"}.
    """

    machine: str
    step: str
    channel: Channel
    language: str
    status: Status = Status.ACTIVE
    answers: tuple[Answer, ...] = ()
    lead: tuple[str, ...] = ()
    tries: int = 0
    page: int = 0
    aside: Aside | None = None
    guess: Value = None
    values: Mapping[str, str] = field(default_factory=dict)

    def moved_to(self, channel: Channel) -> Session:
        """The same place on another channel (USSD to SMS after a drop), from the first page of the question."""
        return self if channel is self.channel else replace(self, channel=channel, page=0)

    def in_language(self, language: str) -> Session:
        """The same place in another language, from the first page of the question."""
        return self if language == self.language else replace(self, language=language, page=0)

    def answer(self, step: str) -> Answer | None:
        """The last answer given at a step."""
        return next((answer for answer in reversed(self.answers) if answer.step == step), None)


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing to say. The legend has only lines whose key does something; `more` is the line for what doesn't fit.

    options: numbered lines, "1 Perdue". more_head: what a later screen of a long list begins with. back: the line for a
    later screen, where the first one has nothing to go back to. head: stays on top of whichever screen is shown.
    keep: send it by SMS too, beside a USSD screen. expects_answer: the last reply of a turn keeps a USSD session open.
    """

    text: str
    options: tuple[str, ...] = ()
    legend: tuple[str, ...] = ()
    more: str = ""
    back: str = ""
    more_head: str = ""
    head: bool = False
    keep: bool = False
    expects_answer: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What one event led to: where the person is now, at most 3 replies, and the effects in their order."""

    session: Session
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()


# ---- stored form ----


class SessionError(Exception):
    """A stored session that this program can't read."""


def encode(session: Session) -> str:
    """The session as JSON, with its format number."""
    stored: dict[str, object] = {
        "format": FORMAT,
        "machine": session.machine,
        "step": session.step,
        "channel": session.channel,
        "language": session.language,
        "status": session.status,
        "answers": [[each.step, each.value, each.page, each.lead] for each in session.answers],
        "lead": session.lead,
        "tries": session.tries,
        "page": session.page,
    }
    if session.aside is not None:
        stored |= {"aside": session.aside, "guess": session.guess}
    if session.values:
        stored["values"] = dict(session.values)
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> Session:
    """The session that was stored, in any format that ever existed. Raises SessionError for anything else."""
    try:
        stored = json.loads(text)
        if stored["format"] == 1:
            return _from_format_1(stored)
        raise SessionError(f"a session has format {stored['format']}; this program reads 1")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SessionError(f"a stored session can't be read: {type(error).__name__}") from None


def _from_format_1(stored: Mapping[str, object]) -> Session:
    aside = stored.get("aside")
    return Session(
        machine=str(stored["machine"]),
        step=str(stored["step"]),
        channel=Channel(str(stored["channel"])),
        language=str(stored["language"]),
        status=Status(str(stored["status"])),
        answers=tuple(_answer(each) for each in _list(stored["answers"])),
        lead=tuple(str(part) for part in _list(stored["lead"])),
        tries=int(str(stored["tries"])),
        page=int(str(stored["page"])),
        aside=Aside(str(aside)) if aside is not None else None,
        guess=cast("Value", stored.get("guess")),
        values={str(name): str(value) for name, value in _mapping(stored.get("values") or {}).items()},
    )


def _answer(stored: object) -> Answer:
    step, value, page, lead = _list(stored)
    return Answer(str(step), cast("Value", value), int(str(page)), tuple(str(part) for part in _list(lead)))


def _mapping(stored: object) -> Mapping[str, object]:
    if not isinstance(stored, dict):
        raise TypeError("not a mapping")
    return stored


def _list(stored: object) -> list[object]:
    if not isinstance(stored, list):
        raise TypeError("not a list")
    return stored
