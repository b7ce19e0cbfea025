"""The rules of plain language that a machine can check, L01 to L35: `docs/plain-language.md` tells them to authors.

A pass is no proof that people understand: only people of the public can give that (`tested:` in a flow).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from flows.definition import Definition
from flows.finding import Finding
from flows.machine import Machine
from flows.plain import questions, signs, size, wording
from flows.plain.said import Fault, Message, Part, Said, messages

__all__ = ["FLOW_RULES", "MESSAGE_RULES", "RULES", "SENTENCE_RULES", "Part", "lint", "plain_words"]

SENTENCE_RULES: Mapping[str, Callable[[Said], Iterator[Fault]]] = {
    "L01": size.sentence_too_long,
    "L07": size.label_too_long,
    "L11": wording.jargon,
    "L14": size.word_too_long,
    "L15": signs.numbers,
    "L16": signs.dates,
    "L17": signs.clock,
    "L18": wording.negation,
    "L19": wording.official_style,
    "L20": wording.blame,
    "L26": signs.links,
    "L27": signs.paid_call,
    "L31": signs.capitals_and_signs,
}
MESSAGE_RULES: Mapping[str, Callable[[Message], Iterator[Fault]]] = {
    "L02": size.text_of_two_parts,
    "L08": size.similar_options,
    "L09": questions.one_thing_at_a_time,
    "L12": wording.acronym,
    "L13": wording.rare_words,
}
FLOW_RULES: Mapping[str, Callable[[Definition, Machine, date], Iterator[Finding]]] = {
    "L05": size.many_options,
    "L06": size.deep_menu,
    "L10": questions.shown_form,
    "L32": questions.same_as_source,
    "L34": questions.unused_answer,
}


def lint(text: str, language: str, part: Part = Part.STATEMENT) -> list[tuple[str, Fault]]:
    """What the rules have against one text, by rule: for what a volunteer is about to send."""
    return list(_faults(Message((Said(text, language, part),))))


def plain_words(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """Every rule about sentences and messages, over all that people read, in every language, at its longest."""
    for message in messages(definition, machine):
        for rule, fault in _faults(message):
            said = fault.about or message.said[-1]
            yield Finding(
                definition.file,
                said.step,
                rule,
                fault.message,
                said.line,
                fault.severity,
                said.language,
                path=said.path,
            )


def _faults(message: Message) -> Iterator[tuple[str, Fault]]:
    for name, rule in SENTENCE_RULES.items():
        for said in message.said:
            yield from ((name, Fault(fault.message, fault.severity, said)) for fault in rule(said))
    for name, of_message in MESSAGE_RULES.items():
        yield from ((name, fault) for fault in of_message(message))


RULES: tuple[Callable[[Definition, Machine, date], Iterator[Finding]], ...] = (plain_words, *FLOW_RULES.values())
