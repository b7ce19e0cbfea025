"""The checker's rules about words: what they cost at their longest, what a phone can't carry, and facts that end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from flows.alphabet import fits_gsm, measure, outside, rewrite, septets
from flows.definition import Ask, AskAgain, Definition, End, Expected, Tell
from flows.finding import Finding, FindingSeverity
from flows.machine import Machine
from flows.reader.asked_secret import asked_secret
from flows.worst import longest, longest_help, longest_screen, longest_sentences

__all__ = ["MAX_SEGMENTS", "RULES", "SMS_ROOM"]

SCREEN = 160
SCREEN_WISHED = 140
MAX_SEGMENTS = 2
SMS_ROOM = {"GSM-7": 153 * MAX_SEGMENTS, "UCS-2": 67 * MAX_SEGMENTS}  # what that many parts hold
STALE = timedelta(days=183)
# Words that change their sense without accents (`reference/voice.md` §5); Côte d'Ivoire is a name.
CONFUSED = re.compile(
    r"\b(dûs?|sûre?s?|mûre?s?|jeûner?|tâches?|pêcher?|côtes?(?! d['’]Ivoire)|l[ea] vôtre)\b",
    re.IGNORECASE,
)


def screen_too_long(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """A question, its options and the whole legend fit one screen, every value at its longest; so does its help."""
    for language in machine.languages:
        for step in definition.steps.values():
            if not isinstance(step, Ask):
                continue
            for part in ("ask", "simpler") if step.simpler else ("ask",):
                size = septets(rewrite(longest_screen(machine, language, step, part)))
                if size > SCREEN_WISHED:
                    yield _screen(definition, step, part, language, size)
            if step.help and (size := septets(rewrite(longest_help(machine, language, step)))) > SCREEN:
                yield _screen(definition, step, "help", language, size)


def _screen(definition: Definition, step: Ask, part: str, language: str, size: int) -> Finding:
    over = size > SCREEN
    beside = "keys" if part == "help" else "options and keys"
    message = f"{size} septets at its longest, with {beside}: a screen holds {SCREEN}. "
    return Finding(
        definition.file,
        step.name,
        "screen_too_long",
        message + (f"Shorten it by {size - SCREEN}." if over else f"Aim at {SCREEN_WISHED}."),
        (step.help or step.words).line if part == "help" else step.words.line or step.line,
        FindingSeverity.ERROR if over else FindingSeverity.WARNING,
        language,
        "ussd",
        f"{step.name}.{part}",
        max(size - SCREEN, 0),
    )


def text_too_dear(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """What a step tells takes two SMS parts at most, with every value at its longest."""
    for language in machine.languages:
        for step in definition.steps.values():
            if not isinstance(step, Tell | AskAgain | End):
                continue
            size = len(step.words) if isinstance(step, Tell) else 0
            paths = [f"{step.name}.tell.{number}" for number in range(1, size + 1)] or [f"{step.name}.end"]
            cost = measure(rewrite("\n".join(longest(machine, language, path) for path in paths)))
            if cost.segments > MAX_SEGMENTS:
                message = f"{cost.segments} SMS parts at its longest: at most {MAX_SEGMENTS}. Cut it into two steps."
                yield Finding(
                    definition.file,
                    step.name,
                    "text_too_dear",
                    message,
                    step.line,
                    locale=language,
                    channel="sms",
                    path=paths[-1],
                    how_much=cost.units - SMS_ROOM[cost.encoding],
                )


def not_on_phone(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """Every sentence can be written with what a basic phone has, its accents rewritten."""
    for language in machine.languages:
        for path, text, line in longest_sentences(definition, machine, language):
            written = rewrite(text)
            if not fits_gsm(written):
                signs = " ".join(outside(written))
                message = f"A basic phone can't show: {signs}. Write it with plain letters and signs."
                yield Finding(definition.file, _step(path), "not_on_phone", message, line, locale=language, path=path)


def confused_without_accents(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """No word that means something else once its accents are gone (dû, sûr, tâche…)."""
    for language in machine.languages:
        for path, text, line in longest_sentences(definition, machine, language):
            if language == "fr" and (found := CONFUSED.search(text)):
                message = f"`{found[0]}` loses its accent on a phone and means something else. Use another word."
                yield Finding(
                    definition.file, _step(path), "confused_without_accents", message, line, locale=language, path=path
                )


def asks_secret(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """Nobody is asked for a code, a password or a card number; a warning against giving one is fine."""
    for language in machine.languages:
        for path, text, line in longest_sentences(definition, machine, language):
            step = definition.steps.get(_step(path))
            written = isinstance(step, Ask) and step.expected not in {Expected.CHOICE, Expected.YES_NO}
            if word := asked_secret(text, written_answer=written):
                message = f"This asks for a secret (`{word}`). Nobody is asked for one: ask for something else."
                yield Finding(definition.file, _step(path), "asks_secret", message, line, locale=language, path=path)


def fact_expired(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """No fact is past its last day."""
    for fact in definition.facts.values():
        if fact.valid_to and fact.valid_to < today:
            message = f"`{fact.name}` was valid to {fact.valid_to}. Look at its source, then write the new `valid_to`."
            step = _first_use(machine, fact.name)
            yield Finding(definition.file, step, "fact_expired", message, fact.line, path=f"facts.{fact.name}")


def fact_unverified(definition: Definition, machine: Machine, today: date) -> Iterator[Finding]:
    """A fact has a source, and a date on which that source said so, not older than six months."""
    for fact in definition.facts.values():
        if not fact.source:
            message = f"`{fact.name}` has no source. Write where it comes from: `source: service-public.gouv.fr`."
        elif fact.checked is None:
            message = f"When did its source say `{fact.name}`? Write `checked: {today}`."
        elif today - fact.checked > STALE:
            message = f"`{fact.name}` was checked on {fact.checked}, over six months ago. Look at its source again."
        else:
            continue
        step = _first_use(machine, fact.name)
        yield Finding(
            definition.file,
            step,
            "fact_unverified",
            message,
            fact.line,
            FindingSeverity.WARNING,
            path=f"facts.{fact.name}",
        )


def _first_use(machine: Machine, fact: str) -> str:
    voice = machine.voices[machine.source_language]
    return next((_step(path) for path in voice.templates if "." in path and fact in voice.names(path)), "")


def _step(path: str) -> str:
    return path.partition(".")[0] if "." in path else ""


RULES: tuple[Callable[[Definition, Machine, date], Iterator[Finding]], ...] = (
    screen_too_long,
    text_too_dear,
    not_on_phone,
    confused_without_accents,
    asks_secret,
    fact_expired,
    fact_unverified,
)
