"""Rules about size: long sentences and words, costly texts, long labels, many options, deep menus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flows.alphabet import measure, rewrite
from flows.definition import Ask, Definition, Expected, targets
from flows.finding import Finding, FindingSeverity
from flows.machine import Machine
from flows.plain.said import Fault, Message, Part, Said, error, sentence_cuts, terms, warning, words_in
from flows.reader.folding import strip_accents
from flows.rules import MAX_SEGMENTS

__all__ = [
    "deep_menu",
    "label_too_long",
    "many_options",
    "sentence_too_long",
    "similar_options",
    "text_of_two_parts",
    "word_too_long",
]

# Swahili glues its small words to the verb: fewer words, longer ones.
SENTENCE = {"sw": (9, 12)}
SENTENCE_ELSE = (12, 15)
WORD = {"sw": 13}
WORD_ELSE = 11
LABEL_WORDS = (3, 5)
LABEL_LETTERS = 24
OPTIONS_WISHED = 4
MENUS = (2, 3)


def sentence_too_long(said: Said) -> Iterator[Fault]:
    """L01: at most 12 words a sentence, never over 15; Swahili 9 and 12."""
    wished, most = SENTENCE.get(said.language, SENTENCE_ELSE)
    for cut in sentence_cuts(said.text):
        count = len(words_in(cut))
        if count > wished:
            beginning = " ".join(cut.split()[:4])
            message = f"`{beginning} …` has {count} words: {wished} are enough, {most} the most. Cut it in two."
            yield error(message) if count > most else warning(message)


def text_of_two_parts(message: Message) -> Iterator[Fault]:
    """L02: one text is one SMS; two may come in the wrong order. Three are `text_too_dear`."""
    cost = measure(rewrite(message.text))
    if message.said[0].part is Part.STATEMENT and 1 < cost.segments <= MAX_SEGMENTS:
        yield warning(f"{cost.segments} SMS parts at its longest. Shorten it to 160 letters, or make two steps of it.")


def label_too_long(said: Said) -> Iterator[Fault]:
    """L07: an option has at most 3 words, never over 5 or 24 letters."""
    if said.part is not Part.OPTION:
        return
    count, (wished, most) = len(words_in(terms(said.language, "whole").without(said.text))), LABEL_WORDS
    if count > most or len(said.text) > LABEL_LETTERS:
        yield error(f"The option `{said.text}` is too long: {most} words and {LABEL_LETTERS} letters. Say it shorter.")
    elif count > wished:
        yield warning(f"The option `{said.text}` has {count} words. Aim at {wished}: a noun, or a verb and a noun.")


def word_too_long(said: Said) -> Iterator[Fault]:
    """L14: no word of 11 letters (Swahili 13), but those that stand on a door or a paper."""
    limit = WORD.get(said.language, WORD_ELSE)
    needed = terms(said.language, "needed")
    for word in dict.fromkeys(words_in(said.text)):
        if len(word) >= limit and not needed.found(word):
            yield warning(f"`{word}` has {len(word)} letters. Find a shorter word: under {limit}.")


def many_options(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """L05: four options on a screen; the fifth is one too many for some. Six are `too_many_options`."""
    for name, step in definition.steps.items():
        if isinstance(step, Ask) and len(step.choices) > OPTIONS_WISHED:
            message = f"{len(step.choices)} options: {OPTIONS_WISHED} are read with less trouble. Ask in two steps."
            yield _finding(definition, "L05", name, message, FindingSeverity.WARNING)


def deep_menu(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """L06: at most two menus before the first useful word, never over three."""
    wished, most = MENUS
    deepest: dict[str, int] = {}
    waiting = [(definition.start, 0)]
    while waiting:
        name, count = waiting.pop()
        step = definition.steps.get(name)
        if not isinstance(step, Ask):
            continue
        depth = min(count + (step.expected is Expected.CHOICE), most + 1)
        if deepest.get(name, -1) < depth:
            deepest[name] = depth
            waiting += [(target, depth) for target, _ in targets(step)]
    for name, depth in deepest.items():
        step = definition.steps[name]
        if depth > wished and isinstance(step, Ask) and step.expected is Expected.CHOICE:
            message = f"This is menu {depth} before anything useful is said. Tell something first, or leave one out."
            severity = FindingSeverity.ERROR if depth > most else FindingSeverity.WARNING
            yield _finding(definition, "L06", name, message, severity)


def similar_options(message: Message) -> Iterator[Fault]:
    """L08: no two options that begin alike or differ by one more word."""
    options = [each for each in message.said if each.part is Part.OPTION]
    for number, one in enumerate(options):
        for other in options[number + 1 :]:
            ours, theirs = _telling(one), _telling(other)
            if ours and theirs and (ours[0] == theirs[0] or set(ours) <= set(theirs) or set(theirs) <= set(ours)):
                told = f"`{one.text}` and `{other.text}` look alike on a small screen. Begin them with different words."
                yield warning(told, other)


def _telling(said: Said) -> list[str]:
    small = terms(said.language, "small")
    return [plain for word in words_in(said.text) if (plain := strip_accents(word)) and not small.found(plain)]


def _finding(definition: Definition, rule: str, step: str, message: str, severity: FindingSeverity) -> Finding:
    return Finding(
        definition.file, step, rule, message, definition.steps[step].line, severity, path=f"{step}.ask"
    )
