"""Which endings the written conversations of a flow come to: publishing needs each of them, and each hand-off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from flows.definition import AskAgain, End, Handoff
from flows.finding import Finding, FindingSeverity
from flows.machine import Machine
from flows.subflows import Whole, is_sub_flow
from flows.transcript import TranscriptError, steps_met

__all__ = ["endings", "not_reached"]

RECORD = "Record {which}: `guichet phone --record {code}_WORD.transcript`, beside the flow."


def not_reached(whole: Whole, machine: Machine, transcripts: Mapping[str, str]) -> Iterator[Finding]:
    """Every ending and every hand-off, also those of the flows it calls, is in a written conversation.

    A flow that is only called needs none of its own: those who call it have them.
    """
    if is_sub_flow(whole.definition):
        return
    if not transcripts:
        message = f"No written conversation goes through this flow yet. {_record(whole, 'one')}"
        yield Finding("", "", "not_reached", message, whole.definition.title.line)
        return
    met: set[str] = set()
    for name, text in transcripts.items():
        with suppress(TranscriptError):  # told where it is played
            met |= steps_met(machine, text, name)
    for name in endings(whole):
        if name not in met:
            step = whole.definition.steps[name]
            kind = "hands over to a person" if isinstance(step, Handoff) else "ends"
            message = f"No written conversation {kind} at `{name}`. {_record(whole)}"
            yield Finding("", name, "not_reached", message, step.line, FindingSeverity.ERROR)


def _record(whole: Whole, which: str = "one that does") -> str:
    return RECORD.format(which=which, code=Path(whole.definition.file).stem)


def endings(whole: Whole) -> tuple[str, ...]:
    """The steps at which a conversation ends or waits for a person, those of called flows by their whole name."""
    return tuple(name for name in whole.definition.steps if _ends(whole, name))


def _ends(whole: Whole, name: str) -> bool:
    """An ending of a called flow goes on in the caller: there it only tells."""
    call, _, own = name.rpartition("/")
    step = whole.definition.steps[name]
    if call in whole.placed:
        step = whole.placed[call].definition.steps.get(own, step)
    return isinstance(step, End | Handoff | AskAgain)
