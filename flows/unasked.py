"""The checker's rules about texts that nobody asked for: a question days later, a reminder. They are short."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from flows.alphabet import measure, rewrite, septets
from flows.definition import Ask, AskAgain, Definition
from flows.finding import Finding, FindingSeverity
from flows.follow_up import asked_name
from flows.machine import Machine
from flows.rules import SCREEN, SCREEN_WISHED
from flows.worst import longest_screen, longest_unasked

__all__ = ["RULES"]

ONE_PART = {"GSM-7": 160, "UCS-2": 70}
MOST_PARTS = 2  # of a reminder: the question was asked in as many before


def follow_up_too_long(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """A question that comes days later is one text with who we are and STOP, and one screen for whoever dials."""
    for language in machine.languages:
        for step in definition.steps.values():
            asked = machine.steps.get(asked_name(step.name))
            if not isinstance(step, AskAgain) or not isinstance(asked, Ask):
                continue
            size = septets(rewrite(longest_screen(machine, language, asked)))
            if size > SCREEN_WISHED:
                over = size > SCREEN
                advice = f"Shorten it by {size - SCREEN}." if over else f"Aim at {SCREEN_WISHED}."
                message = f"{size} septets at its longest, with options and keys: a screen holds {SCREEN}. {advice}"
                severity = FindingSeverity.ERROR if over else FindingSeverity.WARNING
                yield _found(definition, step, "screen_too_long", message, language, "ussd", size - SCREEN, severity)
            cost = measure(rewrite(longest_unasked(machine, language, asked, "followup_ask")))
            if cost.segments > 1:
                more = cost.units - ONE_PART[cost.encoding]
                message = f"{cost.segments} SMS parts with who we are and STOP: at most 1. Shorten it by {more}."
                yield _found(definition, step, "text_too_dear", message, language, "sms", more)


def reminder_too_long(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """Where whoever leaves a question open is reminded, each question fits two texts with who we are and STOP."""
    if not definition.remind_after_days:
        return
    for language in machine.languages:
        for step in definition.steps.values():
            if not isinstance(step, Ask):
                continue
            cost = measure(rewrite(longest_unasked(machine, language, step, "reminder")))
            if cost.segments > MOST_PARTS:
                message = f"Its reminder takes {cost.segments} SMS parts: at most {MOST_PARTS}. Shorten the question."
                yield _found(definition, step, "text_too_dear", message, language, "sms", 0)


def _found(
    definition: Definition,
    step: Ask | AskAgain,
    rule: str,
    message: str,
    language: str,
    channel: str,
    how_much: int,
    severity: FindingSeverity = FindingSeverity.ERROR,
) -> Finding:
    part = "ask_again" if isinstance(step, AskAgain) else "ask"
    line, path = step.words.line or step.line, f"{step.name}.{part}"
    return Finding(
        definition.file, step.name, rule, message, line, severity, language, channel, path, max(how_much, 0)
    )


RULES: tuple[Callable[[Definition, Machine, date], Iterator[Finding]], ...] = (follow_up_too_long, reminder_too_long)
