"""The words of the flow language: which keys stand where, what each takes, and what it is for.

The parser reads by these tables, and the JSON Schema is made of them: what one accepts, the other completes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flows.definition import Expected

__all__ = [
    "ASK_AGAIN",
    "BOUNDED",
    "CHOICE",
    "EXPECT_FORMS",
    "FACT",
    "FLOW",
    "HANDOFF",
    "IDENTIFIER",
    "LANGUAGE",
    "LONGEST_SENTENCE",
    "MAX_OPTIONS",
    "QUESTIONS",
    "RANGE",
    "REMIND",
    "RETURN",
    "ROW",
    "STEPS",
    "TESTED",
    "Key",
    "Takes",
    "words_of",
]

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,39}")
LANGUAGE = re.compile(r"[a-z]{2,3}")
RANGE = re.compile(r"(-?\d{1,9})(?: to (-?\d{1,9}))?")
LONGEST_SENTENCE = 1000
MAX_OPTIONS = 5
RETURN = "return"  # where a step of a sub-flow leads back to the flow that called it
BOUNDED = (Expected.NUMBER, Expected.AMOUNT)  # the answers that may have bounds: `number 0 to 120`
EXPECT_FORMS = "yes_no, number 0 to 120, place, name, date, amount, text"


class Takes(StrEnum):
    """What stands behind a key."""

    SENTENCE = "sentence"
    SENTENCES = "sentences"
    TEXT = "text"
    TEXTS = "texts"
    NAME = "name"
    GO = "go"
    YES = "yes"
    DAY = "day"
    PEOPLE = "people"
    LANGUAGES = "languages"
    EXPECT = "expect"
    EFFECT = "effect"
    TIME = "time"
    DAYS = "days"
    ALSO = "also"
    CONDITIONS = "conditions"
    CHOICES = "choices"
    ROWS = "rows"
    HANDOFF = "handoff"
    ASK_AGAIN = "ask_again"
    REMIND = "remind"
    FACTS = "facts"
    LISTS = "lists"
    WAIVERS = "waivers"
    TESTED = "tested"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Key:
    """One word of the language. about: what an editor of files shows beside it."""

    takes: Takes
    about: str
    required: bool = False


Keys = Mapping[str, Key]

GO = Key(Takes.GO, "The step that comes next.")

FLOW: Keys = {
    "title": Key(Takes.SENTENCE, "What the flow is about, as people would say it.", required=True),
    "languages": Key(Takes.LANGUAGES, "The languages that it is complete in: [fr, en].", required=True),
    "keywords": Key(Takes.TEXTS, "Words that lead to it. A flow without any is a sub-flow: others call it."),
    "discreet": Key(Takes.YES, "yes: nothing of it on a screen or a text that others may see."),
    "facts": Key(Takes.FACTS, "What is true for a time: amounts, days, words, each with its source."),
    "lists": Key(Takes.LISTS, "Lists of options by name."),
    "waive": Key(Takes.WAIVERS, "Rules of plain language that don't hold here, each with its reason."),
    "remind": Key(Takes.REMIND, "Whoever leaves a question open is asked it once more, by one text."),
    "tested": Key(Takes.TESTED, "With how many people of its public it was tried, and on which day."),
    "start": Key(Takes.NAME, "The first step.", required=True),
    "steps": Key(Takes.STEPS, "The steps by name.", required=True),
}
FACT: Keys = {
    "value": Key(Takes.TEXT, "An amount (25 EUR), a day (2026-10-30) or words.", required=True),
    "source": Key(Takes.TEXT, "Who says so."),
    "checked": Key(Takes.DAY, "The day on which the source said so."),
    "valid_to": Key(Takes.DAY, "Its last day. After it, people are sent to a person."),
    "note": Key(Takes.TEXT, "For the next author."),
}
REMIND: Keys = {
    "after": Key(Takes.DAYS, "How long after their last answer: 1 day.", required=True),
}
TESTED: Keys = {
    "people": Key(Takes.PEOPLE, "How many people tried it.", required=True),
    "on": Key(Takes.DAY, "On which day.", required=True),
}
CHOICE: Keys = {
    "label": Key(Takes.SENTENCE, "What the person sees behind the number."),
    "also": Key(Takes.ALSO, "Other words for it: a list, or one for each language."),
    "go": Key(Takes.GO, "The step that comes next; that of the question where it is left out."),
}
ROW: Keys = {
    "when": Key(Takes.CONDITIONS, "What must have been answered: {age: 0 to 17}.", required=True),
    "because": Key(Takes.SENTENCE, "Why, told to the person."),
    "go": GO,
}
HANDOFF: Keys = {
    "topic": Key(Takes.TEXT, "Which volunteers: a topic of the country.", required=True),
    "summary": Key(Takes.SENTENCE, "What the volunteer reads first.", required=True),
    "answer_within": Key(Takes.TIME, "At the latest: 2 hours, 1 working day."),
    "urgent": Key(Takes.YES, "yes: before the others."),
    "go": Key(Takes.GO, "The step that comes after the person's answer."),
}
ASK_AGAIN: Keys = {
    "after": Key(Takes.DAYS, "How long after the end: 21 days.", required=True),
    "ask": Key(Takes.SENTENCE, "A question that yes or no answers.", required=True),
    "if_no": Key(Takes.GO, "The step that comes where they say no.", required=True),
}
STEPS: Mapping[str, Keys] = {
    "ask": {
        "ask": Key(Takes.SENTENCE, "The question.", required=True),
        "choices": Key(Takes.CHOICES, "Its options, at most 5."),
        "from": Key(Takes.NAME, "Options that come from data: the name of a list."),
        "expect": Key(Takes.EXPECT, f"What it waits for: {EXPECT_FORMS}."),
        "if_yes": Key(Takes.GO, "With yes_no: the step that comes after yes."),
        "if_no": Key(Takes.GO, "With yes_no: the step that comes after no."),
        "simpler": Key(Takes.SENTENCE, "The same in simpler words, where an answer was not understood."),
        "help": Key(Takes.SENTENCE, "What is said to somebody who sends AIDE, HELP or MSAADA here."),
        "unclear_means": Key(Takes.NAME, "The choice that an unclear answer means."),
        "every_language": Key(Takes.YES, "yes: asked in every language at once."),
        "go": GO,
    },
    "tell": {
        "tell": Key(Takes.SENTENCES, "What is said, without waiting.", required=True),
        "also_by_sms": Key(Takes.YES, "yes: beside a screen, by SMS too: it stays on the phone."),
        "go": GO,
    },
    "decide": {
        "decide": Key(Takes.ROWS, "A table over earlier answers: exactly one row holds.", required=True),
    },
    "handoff": {
        "handoff": Key(Takes.HANDOFF, "A person takes over.", required=True),
        "go": Key(Takes.GO, "The step that comes after the person's answer."),
    },
    "do": {
        "do": Key(Takes.EFFECT, "What the machine's own dialogues ask of the gateway.", required=True),
        "go": GO,
    },
    "call": {
        "call": Key(Takes.NAME, "A sub-flow: its steps come here.", required=True),
        "summary": Key(Takes.SENTENCE, "What a volunteer reads first of a hand-off in it."),
        "go": Key(Takes.GO, "Where it comes back to; without it, its ends are the ends of this flow."),
    },
    "ask_again": {
        "ask_again": Key(Takes.ASK_AGAIN, "A question some days later.", required=True),
        "end": Key(Takes.SENTENCE, "The last words until then.", required=True),
    },
    "end": {
        "end": Key(Takes.SENTENCE, "The last words.", required=True),
    },
}
# How a question says what it waits for: by one of these keys.
QUESTIONS = ("choices", "from", "expect")


def words_of(keys: Keys) -> tuple[str, ...]:
    """The words of a table."""
    return tuple(keys)
