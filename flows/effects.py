"""What can happen to a person in a conversation, and what a conversation asks of the gateway."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "AddToCase",
    "AskLanguage",
    "CaseEnded",
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
    "RestartFlow",
    "ResumeFlow",
    "SayHelp",
    "Severity",
    "ShowAnswer",
    "Sleep",
    "StartTexts",
    "StopTexts",
    "TellCounter",
    "TextArrived",
    "TimerRang",
    "Undelivered",
]


class Reason(StrEnum):
    """Why a case was opened."""

    ASKED = "asked"
    HANDOFF = "handoff"
    NOT_UNDERSTOOD = "not_understood"
    DANGER = "danger"
    FACT_EXPIRED = "fact_expired"
    FAILED = "failed"


class Severity(StrEnum):
    """How urgent a case is: `reference/casework.md` S0, S1, S2."""

    DANGER = "danger"
    URGENT = "urgent"
    NORMAL = "normal"


# ---- events: what happens to a person ----


@dataclass(frozen=True, slots=True)
class TextArrived:
    """The person wrote. `struck`: a secret was struck out of the text before it came here."""

    text: str
    struck: bool = False


@dataclass(frozen=True, slots=True)
class CaseEnded:
    """The case that the conversation waited for is closed."""

    outcome: str


@dataclass(frozen=True, slots=True)
class TimerRang:
    """The days that a step asked for have passed. `step`: which one, "" for the one that the person is at."""

    step: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """The USSD session broke off."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Our last text did not reach the phone."""


Event = TextArrived | CaseEnded | TimerRang | Dropped | Undelivered


# ---- effects: what the gateway must do, in order, in the same transaction ----


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Open a case, or join the open one; then say by when a person answers. `summary` is ours, `words` the person's.

    language: the one that words of danger were written and answered in, where it is not the conversation's.
    """

    reason: Reason
    topic: str = ""
    summary: str = ""
    words: str = ""
    severity: Severity = Severity.NORMAL
    answer_within_minutes: int | None = None
    danger: str | None = None
    discreet: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class AddToCase:
    """Put these words into the person's open case; the gateway says note_joined."""

    words: str


@dataclass(frozen=True, slots=True)
class ReopenCase:
    """Reopen the case that was closed last; the gateway says reopened."""


@dataclass(frozen=True, slots=True)
class NewMatter:
    """What was written after closing is about something else: it goes to a case of its own."""


@dataclass(frozen=True, slots=True)
class TellCounter:
    """Name the counter nearest to the town that was just written, or say that none is known."""


@dataclass(frozen=True, slots=True)
class RecordHelped:
    """Whether the case that was closed last helped."""

    helped: bool


@dataclass(frozen=True, slots=True)
class ShowAnswer:
    """Send the volunteer's last answer once more, by SMS."""


@dataclass(frozen=True, slots=True)
class StopTexts:
    """No text any more; the gateway says stop_confirmed, once."""


@dataclass(frozen=True, slots=True)
class StartTexts:
    """Texts again; the gateway says start_confirmed, then the menu."""


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    """Keep this language for the person. The turn's replies, if any, are already in it."""

    language: str


@dataclass(frozen=True, slots=True)
class AskLanguage:
    """Show language_menu, then come back to this conversation (`again`)."""


@dataclass(frozen=True, slots=True)
class OpenMenu:
    """Show the service's menu."""


@dataclass(frozen=True, slots=True)
class OpenFound:
    """Begin the flow that free words were about; the gateway knows which one it asked about."""


@dataclass(frozen=True, slots=True)
class OpenFlow:
    """Begin this flow."""

    flow: str


@dataclass(frozen=True, slots=True)
class ResumeFlow:
    """Go on with the conversation that was open before this dialogue (`again`), or show the menu."""


@dataclass(frozen=True, slots=True)
class RestartFlow:
    """Begin the conversation that was open before this dialogue anew."""


@dataclass(frozen=True, slots=True)
class SayHelp:
    """Say help, then the open question once more (`again`)."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """Ring (`TimerRang`) when this many days have passed: the step that asked for it asks its question then."""

    step: str
    days: int


@dataclass(frozen=True, slots=True)
class EraseAll:
    """Erase the person's words, answers and requests; the gateway says erased."""


Effect = (
    OpenCase
    | AddToCase
    | ReopenCase
    | NewMatter
    | TellCounter
    | RecordHelped
    | ShowAnswer
    | StopTexts
    | StartTexts
    | ChooseLanguage
    | AskLanguage
    | OpenMenu
    | OpenFlow
    | OpenFound
    | ResumeFlow
    | RestartFlow
    | SayHelp
    | Sleep
    | EraseAll
)
