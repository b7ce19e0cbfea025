"""What an effect asks of the gateway, in one line that a reader of transcripts understands."""

from __future__ import annotations

from flows.durations import told as told_time
from flows.effects import (
    AddToCase,
    AskLanguage,
    ChooseLanguage,
    Effect,
    EraseAll,
    NewMatter,
    OpenCase,
    OpenFlow,
    OpenFound,
    OpenMenu,
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
)

__all__ = ["tell_effect"]


def tell_effect(effect: Effect) -> str:
    """`case opened: handoff urgent, papiers, within 1 day: Carte volée, 34 ans | their words`, `helped: yes`."""
    match effect:
        case OpenCase():
            return _case(effect)
        case AddToCase():
            return f"added to case: {_line(effect.words)}"
        case RecordHelped():
            return f"helped: {'yes' if effect.helped else 'no'}"
        case ChooseLanguage():
            return f"language: {effect.language}"
        case OpenFlow():
            return f"flow: {effect.flow}"
        case OpenFound():
            return "the found flow"
        case ReopenCase():
            return "case reopened"
        case NewMatter():
            return "new matter"
        case TellCounter():
            return "counter told"
        case ShowAnswer():
            return "answer shown again"
        case StopTexts():
            return "texts stopped"
        case StartTexts():
            return "texts started"
        case AskLanguage():
            return "language asked"
        case OpenMenu():
            return "menu"
        case ResumeFlow():
            return "resumed"
        case RestartFlow():
            return "restarted"
        case SayHelp():
            return "help"
        case Sleep():
            return f"asks again in {effect.days} day{'' if effect.days == 1 else 's'}"
        case EraseAll():
            return "all erased"


def _case(effect: OpenCase) -> str:
    kind = [str(effect.reason)]
    if effect.danger:
        kind.append(effect.danger)
    elif effect.severity is not Severity.NORMAL:
        kind.append(str(effect.severity))
    told = f"case opened: {' '.join(kind)}"
    told += f", {effect.topic}" if effect.topic else ""
    told += f", within {told_time(effect.answer_within_minutes)}" if effect.answer_within_minutes else ""
    told += f": {_line(effect.summary)}" if effect.summary else ""
    return told + (f" | {_line(effect.words)}" if effect.words else "")


def _line(text: str) -> str:
    return " / ".join(text.split("\n"))
