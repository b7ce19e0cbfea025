"""Rules about asking: one thing at a time, with its form, and nothing that nobody needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from flows.definition import Ask, Decide, Definition, Do, Expected, Handoff, sentences, targets
from flows.finding import Finding, FindingSeverity
from flows.machine import Machine
from flows.plain.said import Fault, Message, error, sentence_cuts, terms, warning
from flows.reader.folding import strip_accents
from flows.wording import TemplateError, template

__all__ = ["one_thing_at_a_time", "same_as_source", "shown_form", "unused_answer"]

ORDERS_WISHED = 2
SHOWN_BY_EXAMPLE = {Expected.NUMBER, Expected.DATE, Expected.AMOUNT, Expected.NAME}
EXAMPLES = {"fr": "Exemple : 34", "en": "Example: 34", "sw": "Mfano: 34"}
# French: "Allez", "puis demandez"; not "vous allez", not "Avez-vous".
FRENCH_ORDER = re.compile(
    r"(?:^|, |\bet |\bpuis |\bou |\balors )(?:n[e'] ?)?(\w+ez|dites|faites)(?!-vous\b)(?:-\w+)?\b"
)
FIRST_WORDS = re.compile(r"(?:^|, |\band |\bthen |\bor |\bna |\bkisha |\bau )(?:please |first |then )?([^\W\d_]+)")
NOT_ORDERS = {"assez", "chez", "nez", "avez", "savez", "pouvez", "devez", "voulez", "etes", "serez", "aurez"}
WORDS_TO_COMPARE = 3


def one_thing_at_a_time(message: Message) -> Iterator[Fault]:
    """L09: one question a message, and at most two things to do."""
    asked = [said for said in message.said for _ in range(said.text.count("?"))]
    if len(asked) > 1:
        advice = f"{len(asked)} questions in one message: which one is answered? Ask one, the next in its own step."
        yield error(advice, asked[1])
    told = [(said, order) for said in message.said for order in _orders(said.text, message.language)]
    if len(told) > ORDERS_WISHED:
        listed = ", ".join(f"`{order}`" for _, order in told)
        advice = f"{len(told)} things to do at once: {listed}. Keep {ORDERS_WISHED}, tell the rest in its own step."
        yield warning(advice, told[ORDERS_WISHED][0])


def shown_form(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """L10: a number, a day, a sum or a name is asked with an example of how to write it."""
    for language in machine.languages:
        for name, step in definition.steps.items():
            if isinstance(step, Ask) and step.expected in SHOWN_BY_EXAMPLE and (language, name) not in machine.examples:
                example = EXAMPLES.get(language, EXAMPLES["en"])
                message = f"How is the answer written? End the question with an example: `{example}`."
                line = step.words.line or step.line
                yield Finding(definition.file, name, "L10", message, line, locale=language, path=f"{name}.ask")


def same_as_source(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """L32: a translation has other words than what it translates."""
    source = machine.voices[machine.source_language]
    for language in machine.languages:
        if language == machine.source_language:
            continue
        for path, words in sentences(definition):
            text = str(machine.voices[language].templates.get(path, ""))
            if path != "title" and words.text and text == str(source.templates.get(path)):
                if len(re.findall(r"[^\W\d_]+", words.text)) < WORDS_TO_COMPARE or path.endswith(".summary"):
                    continue
                step = path.partition(".")[0]
                message = f"This is the same in `{language}` as in `{machine.source_language}`. Translate it."
                yield Finding(definition.file, step, "L32", message, words.line, locale=language, path=path)


def unused_answer(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """L34: whatever is asked decides something, is said again, or stands in what a volunteer reads."""
    used = _used(definition)
    for name, step in definition.steps.items():
        if not isinstance(step, Ask) or name in used or len({target for target, _ in targets(step)}) > 1:
            continue
        if step.expected is Expected.TEXT and _reaches_a_person(definition, name):
            continue
        message = f"Nothing uses this answer. Leave the question out, or write `{{{name}}}` in a hand-off's summary."
        yield Finding(definition.file, name, "L34", message, step.line, FindingSeverity.ERROR, path=f"{name}.ask")


def _orders(text: str, language: str) -> Iterator[str]:
    for cut in sentence_cuts(text):
        plain = strip_accents(cut)
        if language == "fr":
            yield from (hit[1] for hit in FRENCH_ORDER.finditer(plain) if hit[1] not in NOT_ORDERS)
        else:
            orders = terms(language, "orders")
            yield from (hit[1] for hit in FIRST_WORDS.finditer(plain) if orders.found(hit[1]))


def _used(definition: Definition) -> set[str]:
    used: set[str] = set()
    for _, words in sentences(definition):
        try:
            used.update(template(words.text).names)
        except TemplateError:
            continue
    for step in definition.steps.values():
        if isinstance(step, Decide):
            used.update(condition.step for row in step.rows for condition in row.when)
        elif isinstance(step, Do) and step.answer_of:
            used.add(step.answer_of)
    return used


def _reaches_a_person(definition: Definition, name: str) -> bool:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        step = definition.steps.get(current)
        if step is None or current in seen:
            continue
        if isinstance(step, Handoff):
            return True
        seen.add(current)
        waiting += [target for target, _ in targets(step)]
    return False
