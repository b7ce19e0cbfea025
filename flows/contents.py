"""What a frozen flow holds, for the eyes of its editor: sentences and steps in the order of the conversation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from flows.bundle import split_phrase
from flows.definition import (
    Ask,
    AskAgain,
    Call,
    Choice,
    Condition,
    Decide,
    Do,
    End,
    Handoff,
    Row,
    Step,
    Tell,
)
from flows.homes import Home, first_name, home_of, homes, laid_out, order_of
from flows.machine import option_number
from flows.places import opened, ordered_paths, step_of

__all__ = [
    "ChoiceView",
    "Sentence",
    "StepKind",
    "StepView",
    "Way",
    "kind_of",
    "says",
    "sentences_of",
    "steps_of",
    "synonyms_of",
]


class StepKind(StrEnum):
    """What a step does with the person."""

    ASKS = "asks"
    SAYS = "says"
    DECIDES = "decides"
    HANDS_OVER = "hands_over"
    ENDS = "ends"
    DOES = "does"
    CALLS = "calls"
    ASKS_AGAIN = "asks_again"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence that can be edited. texts: by language, those that have words; old: the languages that lag behind.

    step: "" for the title. part: the path without its step ("ask", "tell.1", "choices.perdue"). same_as: the path of
    the same sentence where its flow is called first.
    """

    path: str
    step: str
    part: str
    texts: Mapping[str, str]
    old: frozenset[str] = frozenset()
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One option as the phone numbers it. path: "" where its label is not the author's (yes, no, places, flows).

    also: other words for it, by language.
    """

    key: str
    number: int
    path: str
    labels: Mapping[str, str]
    also: Mapping[str, tuple[str, ...]]
    target: str


@dataclass(frozen=True, slots=True)
class Way:
    """One way on. label: the option, or what a decision asks for, in the flow's own language; "" of a single way.

    conditions: of a decision, (earlier question, answer in words) of each.
    """

    label: str
    target: str
    conditions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StepView:
    """One step. number: its place in the conversation, from 1; paths: its sentences that can be edited.

    through: the title of the flow that it calls; within: of the one called that it is a step of. also: the steps that
    say the same words, since another step calls the same flow.
    """

    number: int
    name: str
    kind: StepKind
    step: Step
    paths: tuple[str, ...]
    goes: tuple[Way, ...]
    choices: tuple[ChoiceView, ...] = ()
    through: str = ""
    within: str = ""
    also: tuple[str, ...] = ()


def sentences_of(content: str) -> tuple[Sentence, ...]:
    """Every sentence that can be edited; those of a summary (volunteers read it) in the flow's own language only."""
    place = {name: number for number, name in enumerate(order_of(content))}
    found = (each for home in homes(content).values() for each in _sentences(content, home))
    return tuple(sorted(found, key=lambda each: place.get(each.step, -1)))


def says(sentence: Sentence, fact: str) -> bool:
    """Whether a sentence says a fact, named as `facts_of` does: its own, or one of a flow that is called from there."""
    call, _, name = fact.rpartition("/")
    at = (sentence.same_as or sentence.path).partition(".")[0].rpartition("/")[0]
    if call != at and not call.startswith(f"{at}/" if at else ""):
        return False
    slot = f"{call.removeprefix(at).strip('/')}/{name}".strip("/").replace("/", ".")
    return any(f"{{{slot}}}" in text for text in sentence.texts.values())


def steps_of(content: str) -> tuple[StepView, ...]:
    """Every step, in the order of the conversation."""
    paths: dict[str, list[str]] = {}
    same: dict[str, list[str]] = {}
    order = order_of(content)
    for home in homes(content).values():
        for path in _written(home):
            paths.setdefault(step_of(home.prefix + path), []).append(home.prefix + path)
    for name in order:
        same.setdefault(first_name(content, name), []).append(name)
    return tuple(
        replace(
            _view(content, number, name, tuple(paths.get(name, ()))),
            also=tuple(each for each in same[first_name(content, name)] if each != name),
        )
        for number, name in enumerate(order, 1)
    )


def _sentences(content: str, home: Home) -> Iterator[Sentence]:
    bundle = opened(content)[0]
    source, old = str(bundle["source_language"]), home.part.get("old", {})
    for path in _written(home):
        languages = [source] if path.endswith(".summary") else bundle["languages"]
        texts = {each: home.said[each][path] for each in languages if home.said.get(each, {}).get(path)}
        behind = frozenset(each for each in languages if path in old.get(each, ()))
        name, part = home.prefix + path, path.partition(".")[2] or path
        same_as = first_name(content, name) if home.same_as else ""
        yield Sentence(name, step_of(name), part, texts, behind, same_as)


def _written(home: Home) -> tuple[str, ...]:
    """What its author wrote and can be edited. Nobody reads the title of a flow that is called."""
    return tuple(path for path in ordered_paths(home.definition) if "." in path or not home.call)


def kind_of(step: Step) -> StepKind:
    """The kind of a step."""
    return KINDS[type(step)]


KINDS: Mapping[type[Step], StepKind] = {
    Ask: StepKind.ASKS,
    Tell: StepKind.SAYS,
    Decide: StepKind.DECIDES,
    Handoff: StepKind.HANDS_OVER,
    End: StepKind.ENDS,
    Do: StepKind.DOES,
    Call: StepKind.CALLS,
    AskAgain: StepKind.ASKS_AGAIN,
}


def _view(content: str, number: int, name: str, paths: tuple[str, ...]) -> StepView:
    bundle, step, home = opened(content)[0], laid_out(content).definition.steps[name], home_of(content, name)[0]
    choices = tuple(_choices(bundle, home, step, paths)) if isinstance(step, Ask) else ()
    through = _title(bundle, step.flow) if isinstance(step, Call) else ""
    within = _title(bundle, home.code) if home.code else ""
    ways = tuple(_ways(bundle, step, choices))
    return StepView(number, name, kind_of(step), step, paths, ways, choices, through, within)


def _title(bundle: Mapping[str, Any], code: str) -> str:
    """The title of a flow that is called, in the caller's own language; its code where it is not there."""
    return str(_called(bundle, code).get("title") or code)


def _called(bundle: Mapping[str, Any], code: str) -> Mapping[str, str]:
    sub = bundle.get("subflows", {}).get(code)
    said: Mapping[str, str] = sub["sentences"].get(bundle["source_language"], {}) if sub else {}
    return said


def _ways(bundle: Mapping[str, Any], step: Step, choices: tuple[ChoiceView, ...]) -> Iterator[Way]:
    source = str(bundle["source_language"])
    match step:
        case Ask() if step.choices:
            yield from (Way(choice.labels.get(source, choice.key), choice.target) for choice in choices)
        case Decide():
            yield from (_row(bundle, row) for row in step.rows)
        case AskAgain():
            labels = split_phrase(bundle["phrases"][source].get("nearly", "")).labels
            yield Way(labels[1] if len(labels) > 1 else "", step.if_no)
        case End():
            return
        case _ if step.go:
            yield Way("", step.go)


def _row(bundle: Mapping[str, Any], row: Row) -> Way:
    conditions = tuple((each.step, _condition(bundle, each)) for each in row.when)
    return Way(", ".join(words for _, words in conditions), row.go, conditions)


def _condition(bundle: Mapping[str, Any], condition: Condition) -> str:
    """What an answer must be, in words: labels as the person sees them, or a range."""
    if condition.values:
        step, said = condition.step, bundle["sentences"][bundle["source_language"]]
        calls, _, inner = step.rpartition("/")
        if calls:  # `adresse/ville`: a question of the flow that step `adresse` calls
            step, said = inner, _called(bundle, _code(bundle, calls))
        return ", ".join(said.get(f"{step}.choices.{value}", value) for value in condition.values)
    if condition.low == condition.high:
        return str(condition.low)
    return f"{condition.low}–{condition.high}"


def _code(bundle: Mapping[str, Any], calls: str) -> str:
    """Which flow the last of these calls calls."""
    tree: Mapping[str, Any] = bundle["flow"]
    code = ""
    for call in calls.split("/"):
        code = str(tree.get("steps", {}).get(call, {}).get("call", ""))
        tree = bundle.get("subflows", {}).get(code, {}).get("flow", {})
    return code


def _choices(bundle: Mapping[str, Any], home: Home, step: Ask, paths: tuple[str, ...]) -> Iterator[ChoiceView]:
    for index, choice in enumerate(step.choices):
        path = f"{step.name}.choices.{choice.key}"
        labels = _labels(bundle, home, path.removeprefix(home.prefix))
        also = synonyms_of(choice, str(bundle["source_language"]))
        written = path if path in paths else ""
        yield ChoiceView(
            choice.key, option_number(index), written, labels, also, choice.go or step.go
        )
    for index, option in enumerate(bundle["lists"].get(step.source, ())):
        labels = _labels(bundle, home, f"lists.{step.source}.{option['key']}")
        yield ChoiceView(str(option["key"]), option_number(index), "", labels, {}, step.go)


def _labels(bundle: Mapping[str, Any], home: Home, path: str) -> dict[str, str]:
    said = home.said
    return {language: said[language][path] for language in bundle["languages"] if said.get(language, {}).get(path)}


def synonyms_of(choice: Choice, source_language: str) -> Mapping[str, tuple[str, ...]]:
    """The other words for a choice, by language; a plain list is one of the flow's own language."""
    if choice.also_in:
        return choice.also_in
    return {source_language: choice.also} if choice.also else {}
