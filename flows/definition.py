"""What a flow is made of: its steps, questions, choices, facts and sentences, as frozen values.

A flow is a YAML page (`title`, `languages`, `keywords`, `discreet`, `facts`, `start`, `steps`; where there is a reason
`waive: {L14: why}`, where people have tried it `tested: {people: 6, on: 2026-03-12}`; `remind: {after: 1 day}` for
whoever left a question open). Each step has one kind:

    tell: [sentence, …]        also_by_sms: yes · go: step
    ask: sentence              simpler: the same in simpler words · help: what is said to whoever asks for help here
                               unclear_means: choice · go: step, and one of
                               choices: {key: {label, also, go}}, at most 5 (also: a list, or one for each language)
                               from: LIST, options frozen with the bundle (places, counters, flows), paged
                               expect: yes_no (if_yes: step · if_no: step)
                               expect: number 0 to 120 | place | name | date | amount | text
    decide: [{when: {step: 0 to 17}, because: sentence, go: step}, …]
    handoff: {topic, summary, answer_within, urgent, go}
    call: SUB-FLOW             another flow of the country, without keywords: its steps come here · go: where it comes
                               back to · summary: what a volunteer reads first of its hand-offs (flows/subflows.py)
    do: EFFECT argument        what the machine's own dialogues ask of the gateway (EFFECTS below) · go: step
    ask_again: {after: 21 days, ask: sentence, if_no: step}    a yes/no question some days later · end: until then
    end: sentence

In `library/common.yaml` a sentence may be `{phrase: NAME}`: the words of that phrase. Its numbered lines ("1 Oui") are
the labels of the choices, in their order; its legend lines ("0 Une personne", "{keys}") are left to the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

__all__ = [
    "EFFECTS",
    "Ask",
    "AskAgain",
    "Call",
    "Choice",
    "Common",
    "Condition",
    "Decide",
    "Definition",
    "Do",
    "DoName",
    "End",
    "Expected",
    "Fact",
    "Handoff",
    "Phrase",
    "Row",
    "Step",
    "Tell",
    "Tested",
    "Waiver",
    "Words",
    "sentences",
    "targets",
]


class Expected(StrEnum):
    """What a question waits for; the same words as the reader's."""

    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    PLACE = "place"
    NAME = "name"
    DATE = "date"
    AMOUNT = "amount"
    TEXT = "text"


class DoName(StrEnum):
    """The effects that a step of the machine's own dialogues may name after `do:`."""

    OPEN_CASE = "open_case"
    ADD_TO_CASE = "add_to_case"
    REOPEN_CASE = "reopen_case"
    NEW_MATTER = "new_matter"
    TELL_COUNTER = "tell_counter"
    HELPED = "helped"
    SHOW_ANSWER = "show_answer"
    OPEN_MENU = "open_menu"
    OPEN_FLOW = "open_flow"
    OPEN_FOUND = "open_found"
    RESUME = "resume"
    RESTART = "restart"
    CHOOSE_LANGUAGE = "choose_language"
    ASK_LANGUAGE = "ask_language"
    SAY_HELP = "say_help"
    STOP_TEXTS = "stop_texts"
    START_TEXTS = "start_texts"
    ERASE_ALL = "erase_all"


# What stands after each effect: nothing, {step} (the answer given there), or one of the listed words.
EFFECTS: Mapping[DoName, tuple[str, ...]] = {
    DoName.OPEN_CASE: ("", "{step}"),
    DoName.ADD_TO_CASE: ("{step}",),
    DoName.REOPEN_CASE: ("",),
    DoName.NEW_MATTER: ("",),
    DoName.TELL_COUNTER: ("",),
    DoName.HELPED: ("yes", "no"),
    DoName.SHOW_ANSWER: ("",),
    DoName.OPEN_FOUND: ("",),
    DoName.OPEN_MENU: ("",),
    DoName.OPEN_FLOW: ("{step}",),
    DoName.RESUME: ("",),
    DoName.RESTART: ("",),
    DoName.CHOOSE_LANGUAGE: ("{step}",),
    DoName.ASK_LANGUAGE: ("",),
    DoName.SAY_HELP: ("",),
    DoName.STOP_TEXTS: ("",),
    DoName.START_TEXTS: ("",),
    DoName.ERASE_ALL: ("",),
}


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence as its author wrote it, or the name of a phrase of common.yaml that is said instead."""

    text: str
    line: int = 0
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a question: its key in `{step}` conditions, what the person sees, other words for it.

    also: the words of every language, for people mix them; also_in: the same by language, where the author says which.
    """

    key: str
    label: Words
    go: str = ""
    also: tuple[str, ...] = ()
    line: int = 0
    also_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tell:
    """Sentences that wait for nothing."""

    name: str
    words: tuple[Words, ...]
    go: str = ""
    also_by_sms: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """A question. `choices` are written options (yes/no: `yes` and `no`); `source` names a list of the bundle."""

    name: str
    words: Words
    expected: Expected
    choices: tuple[Choice, ...] = ()
    source: str = ""
    low: int | None = None
    high: int | None = None
    go: str = ""
    simpler: Words | None = None
    help: Words | None = None
    unclear_means: str = ""
    every_language: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Condition:
    """What the answer of one earlier step must be: one of `values`, or a whole number from `low` to `high`."""

    step: str
    values: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a decision table; all its conditions must hold."""

    when: tuple[Condition, ...]
    go: str = ""
    because: Words | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Decide:
    """A decision table over earlier answers: exactly one row holds, whatever was answered."""

    name: str
    rows: tuple[Row, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Handoff:
    """A case is opened and the conversation waits for its outcome; then `go`, or the end."""

    name: str
    topic: str
    summary: Words
    answer_within_minutes: int | None = None
    urgent: bool = False
    go: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Do:
    """An effect by name (the machine's own dialogues only). `answer_of` is the step whose answer it takes."""

    name: str
    effect: DoName
    argument: str = ""
    answer_of: str = ""
    go: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class End:
    """The last words of a conversation."""

    name: str
    words: Words
    line: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """The steps of another flow, and where they come back to; once they stand here, `go` is the first of them.

    summary: what a volunteer reads first of a hand-off among them.
    """

    name: str
    flow: str
    go: str = ""
    summary: Words | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class AskAgain:
    """The last words, and a yes/no question some days after them: yes is thanked, no leads to `if_no`."""

    name: str
    after_days: int
    words: Words
    if_no: str
    end: Words
    line: int = 0


Step = Tell | Ask | Decide | Handoff | Do | End | Call | AskAgain


@dataclass(frozen=True, slots=True)
class Fact:
    """Something true until `valid_to` (that day included): an amount ("25 EUR") or words, with its source."""

    name: str
    value: str
    source: str = ""
    checked: date | None = None
    valid_to: date | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule that a flow may leave, by its number or its name, and why."""

    rule: str
    reason: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Tested:
    """With how many people of its public a flow was tried, and on which day."""

    people: int
    on: date


@dataclass(frozen=True)
class Definition:
    """A flow as its author wrote it. `tree` is the same as plain mappings, lists and strings: what a bundle freezes."""

    file: str
    title: Words
    languages: tuple[str, ...]
    keywords: tuple[str, ...]
    discreet: bool
    facts: Mapping[str, Fact]
    start: str
    steps: Mapping[str, Step]
    tree: Mapping[str, object] = field(repr=False)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    waive: Mapping[str, Waiver] = field(default_factory=dict)
    tested: Tested | None = None
    remind_after_days: int = 0  # 0: nobody is reminded


@dataclass(frozen=True, slots=True)
class Phrase:
    """One of the machine's own phrases: when and on which channel it is said, its longest values, its words."""

    name: str
    where: str
    channel: str
    values: Mapping[str, str | Mapping[str, str]]
    texts: Mapping[str, str]
    line: int = 0


@dataclass(frozen=True)
class Common:
    """`library/common.yaml`: `phrases`, and `dialogues` (flows whose sentences are phrases)."""

    file: str
    languages: tuple[str, ...]
    phrases: Mapping[str, Phrase]
    dialogues: Mapping[str, Definition]


def sentences(definition: Definition) -> Iterator[tuple[str, Words]]:
    """Every sentence that the flow can say, in its order, by step path: what is translated, frozen and measured.

    Yes/no labels, labels of phrases and of lists have no path here: they come from common.yaml or from data.
    """
    yield "title", definition.title
    for step in definition.steps.values():
        yield from ((f"{step.name}.{part}", words) for part, words in _of_step(step))


def _of_step(step: Step) -> Iterator[tuple[str, Words]]:
    match step:
        case Tell():
            yield from ((f"tell.{number}", words) for number, words in enumerate(step.words, 1))
        case Ask():
            yield "ask", step.words
            if step.simpler:
                yield "simpler", step.simpler
            if step.help:
                yield "help", step.help
            yield from ((f"choices.{choice.key}", choice.label) for choice in step.choices if choice.label.text)
        case Decide():
            yield from ((f"because.{number}", row.because) for number, row in enumerate(step.rows, 1) if row.because)
        case Handoff():
            yield "summary", step.summary
        case End():
            yield "end", step.words
        case AskAgain():
            yield "end", step.end
            yield "ask_again", step.words
        case Call():
            if step.summary:
                yield "summary", step.summary
        case Do():
            return


def targets(step: Step) -> Iterator[tuple[str, int]]:
    """Every step that can come next, with the line that names it; "" where the author named none."""
    match step:
        case Ask(choices=choices) if choices:
            yield from ((choice.go or step.go, choice.line or step.line) for choice in choices)
        case Decide():
            yield from ((row.go, row.line) for row in step.rows)
        case AskAgain():
            yield step.if_no, step.line
        case End():
            return
        case Handoff() | Do():
            if step.go:
                yield step.go, step.line
        case _:
            yield step.go, step.line
