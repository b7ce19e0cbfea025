"""A procedure as its editor reads it: step cards in the order of the conversation, and the phone that shows one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flows.definition import Ask, Decide
from flows.editing import ChoiceView, Sentence, StepView, Way
from flows.places import opened
from sms_gateway.web import editor_way
from sms_gateway.web.editor_findings import Problem, title_of
from sms_gateway.web.editor_phone import UNSEEN, Chosen, Tag, kind_said, tags
from sms_gateway.web.words import _

PERSON = re.compile(r"(00?) (.+)")  # a legend's line: the key that calls a person
SLOT = re.compile(r"\{([a-z][a-z0-9_]*)[^{}]*\}")
BRANCHES = re.compile(r"\{[a-z][a-z0-9_]*,(?:[^{}]|\{[^{}]*\})*\}")


@dataclass(frozen=True)
class Piece:
    """Words, or a slot that is filled while the phone shows them."""

    text: str
    slot: bool = False


@dataclass(frozen=True)
class Text:
    """One sentence in one language, with what is to be mended in it. lead: when it is said, if not always."""

    language: str
    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...] = ()
    lead: str = ""


@dataclass(frozen=True)
class Target:
    """Where something leads."""

    number: int
    name: str
    title: str


@dataclass(frozen=True)
class Option:
    """A key and what it says; `to` is None for the key to a person."""

    key: str
    pieces: tuple[Piece, ...]
    to: Target | None = None
    person: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Go:
    """A way on that nobody presses: what it depends on, and what is said on it."""

    words: str
    to: Target


@dataclass(frozen=True)
class Card:
    """One step as the page shows it.

    through: the title of the flow that it calls; within: of the one called that it is a step of; head: the same, where
    the steps of that call begin. same: the steps that say the same words.
    """

    number: int
    name: str
    kind: str
    title: str
    texts: tuple[Text, ...]
    others: tuple[Text, ...]
    options: tuple[Option, ...]
    goes: tuple[Go, ...]
    problems: tuple[Problem, ...]
    tags: tuple[Tag, ...]
    here: bool
    grave: bool
    shows: bool
    can_change: bool
    through: str = ""
    within: str = ""
    head: str = ""
    same: tuple[Target, ...] = ()


def cards(
    content: str,
    steps: Sequence[StepView],
    sentences: Iterable[Sentence],
    found: Sequence[Problem],
    *,
    source: str,
    languages: Sequence[str],
    chosen: Chosen,
) -> list[Card]:
    """Every step; a sentence stands in the flow's own language, and in another one where something is to be mended."""
    titles = {view.name: Target(view.number, view.name, title_of(view.name)) for view in steps}
    said = {one.path: one for one in sentences}
    made = [_card(content, view, titles, said, found, source, languages, chosen) for view in steps]
    calls = [view.name.rpartition("/")[0] for view in steps]
    return [
        replace(one, head=one.within if call != before else "")
        for one, call, before in zip(made, calls, ["", *calls], strict=False)
    ]


def card(
    content: str,
    view: StepView,
    steps: Sequence[StepView],
    sentences: Iterable[Sentence],
    found: Sequence[Problem],
    *,
    source: str,
    languages: Sequence[str],
    chosen: Chosen,
) -> Card:
    """One step alone."""
    now = [one for one in steps if one.name == view.name]
    titles = {one.name: Target(one.number, one.name, title_of(one.name)) for one in steps}
    said = {one.path: one for one in sentences}
    return _card(content, now[0], titles, said, found, source, languages, chosen)


def way(made: Sequence[Card], steps: Sequence[StepView]) -> editor_way.Way:
    """The small picture of all steps."""
    numbers = {view.name: view.number for view in steps}
    stops = [
        editor_way.Stop(
            card.number,
            card.name,
            card.title,
            tuple(dict.fromkeys(numbers[go.target] for go in view.goes if go.target in numbers)),
            card.grave,
        )
        for card, view in zip(made, steps, strict=True)
    ]
    return editor_way.draw(stops)


def pieces(text: str) -> tuple[Piece, ...]:
    """A sentence cut at its slots; a plural is one slot, named after its number."""
    found, end = [], 0
    for match in re.finditer(f"{BRANCHES.pattern}|{SLOT.pattern}", text):
        if match.start() > end:
            found.append(Piece(text[end : match.start()]))
        name = match[0][1:-1].partition(",")[0].strip()
        found.append(Piece(name.replace("_", " "), slot=True))
        end = match.end()
    return (*found, Piece(text[end:])) if text[end:] else tuple(found)


def _card(
    content: str,
    view: StepView,
    titles: Mapping[str, Target],
    said: Mapping[str, Sentence],
    found: Sequence[Problem],
    source: str,
    languages: Sequence[str],
    chosen: Chosen,
) -> Card:
    mine = [one for one in found if one.step == view.name and one.rule != "transcript_words"]
    spoken = [said[path] for path in view.paths if path in said]
    labels = {choice.path for choice in view.choices if choice.path}
    texts: list[Text] = []
    others: list[Text] = []
    shown_at: set[Problem] = set()
    for sentence in spoken:
        for language in languages:
            here = tuple(one for one in mine if one.path == sentence.path and (one.language or source) == language)
            words = sentence.texts.get(language, "")
            text = Text(language, pieces(words), here, lead=_lead(sentence))
            if language == source and sentence.path not in labels:
                texts.append(text)
                shown_at.update(here)
            elif language != source and here:
                others.append(text)
                shown_at.update(here)
    options = _options(view, titles, mine, source, content)
    shown_at.update(one for option in options for one in option.problems)
    return Card(
        number=view.number,
        name=view.name,
        kind=kind_said(view),
        title=title_of(view.name),
        texts=tuple(texts),
        others=tuple(others),
        options=options,
        goes=_goes(view, titles),
        problems=tuple(one for one in mine if one not in shown_at),
        tags=tags(content, view, languages, chosen.channel, found),
        here=view.name == chosen.step,
        grave=any(one.grave for one in mine),
        shows=view.kind not in UNSEEN,
        can_change=bool(spoken),
        through=view.through,
        within=view.within,
        same=tuple(titles[name] for name in view.also) if spoken else (),
    )


def _lead(sentence: Sentence) -> str:
    leads = {
        "simpler": _("Said simpler, when an answer is not understood:"),
        "help": _("Said to whoever asks for help here:"),
    }
    return leads.get(sentence.part, "")


def _options(
    view: StepView, titles: Mapping[str, Target], mine: Sequence[Problem], source: str, content: str
) -> tuple[Option, ...]:
    """The keys of a question, as the phone numbers them; the last one calls a person."""
    if not isinstance(view.step, Ask):
        return ()
    made = tuple(_option(choice, view, titles, mine, source) for choice in view.choices)
    phrases = opened(content)[0]["phrases"].get(source, {})
    legend = str(phrases.get("keys_choice" if made else "keys_open", ""))
    person = next((found for found in map(PERSON.fullmatch, legend.split("\n")) if found), None)
    return (*made, Option(person[1], (Piece(person[2]),), person=True)) if person else made


def _option(
    choice: ChoiceView, view: StepView, titles: Mapping[str, Target], mine: Sequence[Problem], source: str
) -> Option:
    path = choice.path or f"{view.name}.choices.{choice.key}"
    here = tuple(one for one in mine if one.path == path and (one.language or source) == source)
    label = choice.labels.get(source) or choice.key
    return Option(str(choice.number), pieces(label), titles.get(choice.target), problems=here)


def _goes(view: StepView, titles: Mapping[str, Target]) -> tuple[Go, ...]:
    """Where it goes on by itself; the next card needs no arrow, unless what leads there is a decision."""
    ways = () if view.choices else view.goes
    decides = isinstance(view.step, Decide)
    return tuple(
        Go(_condition(go) if decides else "", titles[go.target])
        for go in ways
        if go.target in titles and (decides or titles[go.target].number != view.number + 1)
    )


def _condition(go: Way) -> str:
    said = [_("%(question)s: %(answer)s", question=title_of(step), answer=answer) for step, answer in go.conditions]
    return ", ".join(said) or go.label


