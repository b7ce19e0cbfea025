"""The answers so far, as they are shown, summed up for a person, and decided on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from flows.alphabet import sendable
from flows.definition import Ask, Condition, Expected, Row
from flows.machine import Machine
from flows.money import Amount
from flows.session import Session, Value
from flows.wording import Say, SayValue, sayer, show

__all__ = ["fill", "free_words", "holds", "recap", "shown_value", "summary"]

LONGEST_NAME = 20
LONGEST_PLACE = 30
PLACE_PARTS = ("place", "street", "postcode")


def fill(machine: Machine, session: Session, say: Say, path: str) -> str:
    """The sentence at a path with this person's answers in it. Free text is never repeated."""
    language = machine.spoken(session.language)
    return say(path, **_values(machine, session, language, machine.voices[language].names(path)))


def _values(machine: Machine, session: Session, language: str, names: tuple[str, ...]) -> dict[str, SayValue]:
    values: dict[str, SayValue] = {}
    for name in names:
        answer = session.answer(name)
        if answer is not None:
            values[name] = shown_value(machine, name, answer.value, language)
        elif name in session.values:
            values[name] = sendable(session.values[name])
    return values


def shown_value(machine: Machine, step_name: str, value: Value, language: str) -> SayValue:
    """An answer as it may be shown: the label chosen, a number, a name cut at 20 and a place cut at 30 characters."""
    step = machine.steps.get(step_name)
    if not isinstance(step, Ask):
        return ""
    match step.expected:
        case Expected.CHOICE | Expected.YES_NO:
            return _label(machine, step_name, value, language)
        case Expected.NUMBER:
            return value if isinstance(value, int | float) and not isinstance(value, bool) else ""
        case Expected.NAME:
            return sendable(value[:LONGEST_NAME]).strip() if isinstance(value, str) else ""
        case Expected.PLACE:
            parts = value if isinstance(value, dict) else {"place": value}
            place = next((parts[part] for part in PLACE_PARTS if part in parts), "")
            return sendable(place[:LONGEST_PLACE]).strip() if isinstance(place, str) else ""
        case Expected.DATE:
            return _date(value)
        case Expected.AMOUNT:
            return _amount(value)
        case Expected.TEXT:
            return ""


def _label(machine: Machine, step_name: str, value: Value, language: str) -> str:
    options = machine.options.get((language, step_name), ())
    keys = machine.choices.get(step_name, ())
    if not isinstance(value, str) or value not in keys:
        return ""
    return options[keys.index(value)].label


def _date(value: Value) -> SayValue:
    if not isinstance(value, str):
        return ""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return sendable(value[:LONGEST_NAME])


def _amount(value: Value) -> SayValue:
    if not isinstance(value, dict):
        return ""
    amount, currency = value.get("amount"), value.get("currency")
    if isinstance(amount, bool) or not isinstance(amount, int | float | str) or not isinstance(currency, str):
        return ""
    try:
        number = Decimal(str(amount))
    except InvalidOperation:
        return ""
    return Amount(number, currency[:3]) if number.is_finite() and abs(number) < 10**12 else ""


def holds(session: Session, row: Row) -> bool:
    """Whether a row of a decision table holds for the answers given."""
    return all(_meets(session, condition) for condition in row.when)


def _meets(session: Session, condition: Condition) -> bool:
    answer = session.answer(condition.step)
    if answer is None:
        return False
    if condition.low is not None and condition.high is not None and not condition.values:
        value = answer.value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return condition.low <= value <= condition.high
        return value == str(condition.low)
    return answer.value in condition.values


def recap(machine: Machine, session: Session) -> tuple[str, ...]:
    """The answers given, numbered in their order, free text left out: what OU shows and CHANGER counts."""
    language = machine.spoken(session.language)
    told = (show(shown_value(machine, each.step, each.value, language), language) for each in session.answers)
    return tuple(f"{number} {text}" for number, text in enumerate(told, 1) if text)


def summary(machine: Machine, session: Session) -> str:
    """What the conversation gathered so far, in the flow's own language, for the person who answers."""
    language = machine.source_language
    said = [show(shown_value(machine, each.step, each.value, language), language) for each in session.answers]
    known = ", ".join(text for text in said if text)
    title = sayer(machine, language)("title") if machine.named else ""
    return ". ".join(part for part in (title, known) if part)


def free_words(machine: Machine, session: Session) -> str:
    """What the person wrote in their own words at the questions that take them."""
    free = (
        answer.value
        for answer in session.answers
        if isinstance(step := machine.steps.get(answer.step), Ask) and step.expected is Expected.TEXT
    )
    return "\n".join(sendable(text) for text in free if isinstance(text, str) and text)
