"""A procedure as its editor reads it: step cards in the order of the conversation, and the phone that shows one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flows.definition import Ask, Decide
from flows.editing import ChoiceView, Sentence, StepKind, StepView, Way
from flows.preview import Part, Shown, shown
from flows.screens import SCREEN
from sms_gateway.web import editor_way
from sms_gateway.web.countries import language_name
from sms_gateway.web.editor_findings import Problem, title_of
from sms_gateway.web.words import _, ngettext

SLOT = re.compile(r"\{([a-z][a-z0-9_]*)[^{}]*\}")
UNSEEN = {StepKind.HANDS_OVER, StepKind.DOES, StepKind.CALLS}
GAUGE = 326  # the gauge's inner width, in its picture's units
BRANCHES = re.compile(r"\{[a-z][a-z0-9_]*,(?:[^{}]|\{[^{}]*\})*\}")


@dataclass(frozen=True)
class Piece:
    """Words, or a slot that is filled while the phone shows them."""

    text: str
    slot: bool = False


@dataclass(frozen=True)
class Text:
    """One sentence in one language, with what is to be mended in it."""

    language: str
    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...] = ()
    simpler: bool = False


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
class Tag:
    """How long a step is in one language."""

    words: str
    fits: bool


@dataclass(frozen=True)
class Card:
    """One step as the page shows it."""

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


@dataclass(frozen=True)
class Screen:
    """What one screen or text holds: what fits, and what is past the bound."""

    kept: str
    lost: str


@dataclass(frozen=True)
class Gauge:
    """How full a screen or text is. filled, bound: in the units of its picture."""

    name: str
    units: int
    limit: int

    @property
    def over(self) -> bool:
        """Whether it is more than full."""
        return self.units > self.limit

    @property
    def filled(self) -> int:
        """How wide the green part is."""
        return round(min(self.units, self.limit) / max(self.units, self.limit, 1) * GAUGE)

    @property
    def bound(self) -> int:
        """Where the bound stands."""
        return 2 + round(self.limit / max(self.units, self.limit, 1) * GAUGE)


@dataclass(frozen=True)
class Phone:
    """The phone beside the conversation."""

    step: str
    title: str
    language: str
    channel: str
    screens: tuple[Screen, ...]
    gauges: tuple[Gauge, ...]
    notes: tuple[str, ...]
    nothing: str


@dataclass(frozen=True)
class Chosen:
    """What the phone shows: by link, or by the buttons of a form."""

    step: str
    language: str
    channel: str


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
    return [_card(content, view, titles, said, found, source, languages, chosen) for view in steps]


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


def phone(content: str, view: StepView, chosen: Chosen, found: Sequence[Problem]) -> Phone:
    """The chosen step as the phone shows it, with every value at its longest."""
    seen = look(content, view.name, chosen.language, chosen.channel) if view.kind not in UNSEEN else Shown(view.kind)
    size = _too_long(found, view.name, chosen.language)
    return Phone(
        step=view.name,
        title=f"{view.number}. {_kind(view)} {title_of(view.name)}",
        language=chosen.language,
        channel=chosen.channel,
        screens=tuple(_screen(part) for part in seen.parts),
        gauges=_gauges(seen, chosen.channel, size),
        notes=(*_ran_out(found, view.name), *_notes(seen, chosen.channel)),
        nothing=_nothing(view.kind),
    )


def tags(
    content: str, view: StepView, languages: Iterable[str], channel: str, found: Sequence[Problem]
) -> tuple[Tag, ...]:
    """How long a step is, language by language."""
    if view.kind in UNSEEN or view.kind is StepKind.DECIDES:
        return ()
    return tuple(
        _tag(look(content, view.name, language, channel), language, channel, _too_long(found, view.name, language))
        for language in languages
    )


@lru_cache(maxsize=2000)
def look(content: str, step: str, language: str, channel: str) -> Shown:
    """What a step shows; kept, since a page asks for every step in every language."""
    return shown(content, step=step, language=language, channel=channel)


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
            text = Text(language, pieces(words), here, simpler=sentence.part == "simpler")
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
        kind=_kind(view),
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
    )


def _options(
    view: StepView, titles: Mapping[str, Target], mine: Sequence[Problem], source: str, content: str
) -> tuple[Option, ...]:
    """The keys of a question, as the phone numbers them; the last one calls a person."""
    if not isinstance(view.step, Ask):
        return ()
    made = [_option(choice, view, titles, mine, source) for choice in view.choices]
    person = Option("0" if made else "00", (Piece(_("A person")),), person=True)
    return (*made, person)


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


def _kind(view: StepView) -> str:
    kinds = {
        StepKind.ASKS: _("Asks"),
        StepKind.SAYS: _("Says"),
        StepKind.DECIDES: _("Decides by the answers"),
        StepKind.HANDS_OVER: _("Gives to a person"),
        StepKind.ENDS: _("Ends"),
        StepKind.DOES: _("Does"),
        StepKind.CALLS: _("Goes through"),
        StepKind.ASKS_AGAIN: _("Asks again later"),
    }
    return kinds[view.kind]


def _nothing(kind: StepKind) -> str:
    if kind is StepKind.HANDS_OVER:
        return _("Nothing of this step stands on the phone: these words are for whoever answers.")
    return _("This step shows nothing.")


def _too_long(found: Sequence[Problem], step: str, language: str) -> int:
    """How long the checker finds a question that no screen holds; 0 for any other."""
    here = (one for one in found if (one.rule, one.step, one.language) == ("screen_too_long", step, language))
    return max((one.size for one in here if one.size > SCREEN), default=0)


def _tag(seen: Shown, language: str, channel: str, size: int) -> Tag:
    name = language_name(language)
    name = name[:1].upper() + name[1:]
    if channel == "sms":
        texts = ngettext("%(n)s SMS", "%(n)s SMS", seen.segments)
        return Tag(_("%(language)s %(size)s", language=name, size=texts), not seen.too_long)
    if len(seen.parts) > 1 and not size:
        return Tag(_("%(language)s %(n)s screens", language=name, n=len(seen.parts)), not seen.too_long)
    units = size or sum(part.septets for part in seen.parts)
    return Tag(_("%(language)s %(size)s of %(limit)s", language=name, size=units, limit=SCREEN), not seen.too_long)


def _screen(part: Part) -> Screen:
    bound = part.over if part.over >= 0 else len(part.text)
    return Screen(part.text[:bound], part.text[bound:])


def _gauges(seen: Shown, channel: str, size: int) -> tuple[Gauge, ...]:
    """One a screen; one in all for texts, and for a question that needs more than its screen."""
    if not seen.parts or not seen.limit:
        return ()
    if channel == "sms":
        return (Gauge("", sum(part.septets for part in seen.parts), seen.limit),)
    if size:
        return (Gauge("", size, seen.limit),)
    several = len(seen.parts) > 1
    return tuple(
        Gauge(_("Screen %(n)s:", n=number) if several else "", part.septets, seen.limit)
        for number, part in enumerate(seen.parts, 1)
    )


def _ran_out(found: Sequence[Problem], step: str) -> tuple[str, ...]:
    """A fact past its day is not said: the phone beside it shows what would be."""
    ran_out = any((one.rule, one.step) == ("fact_expired", step) for one in found)
    return (_("Not said today: people are sent to a person here."),) if ran_out else ()


def _notes(seen: Shown, channel: str) -> tuple[str, ...]:
    notes = []
    if channel == "sms" and seen.parts and seen.encoding:
        notes.append(ngettext("%(n)s SMS is paid, in %(encoding)s.", "%(n)s SMS are paid, in %(encoding)s.",
                              seen.segments, encoding=seen.encoding))  # fmt: skip
    if seen.encoding == "UCS-2":
        notes.append(_("A sign that no basic phone has makes it dearer."))
    if channel == "ussd" and len(seen.parts) > 1 and not seen.too_long:
        notes.append(_("Key 8 turns to the next screen."))
    if any(part.rewritten for part in seen.parts):
        notes.append(_("Accents that phones lack become plain letters."))
    return tuple(notes)
