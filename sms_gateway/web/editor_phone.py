"""The phone beside a procedure: what a step shows in a language on a channel, how full it is, what it costs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from flows.definition import Ask
from flows.editing import StepKind, StepView
from flows.preview import Part, Shown, shown
from flows.screens import SCREEN
from sms_gateway.web.countries import language_name
from sms_gateway.web.editor_findings import Problem, title_of
from sms_gateway.web.words import _, ngettext

UNSEEN = {StepKind.HANDS_OVER, StepKind.DOES, StepKind.CALLS}
GAUGE = 326  # the gauge's inner width, in its picture's units


@dataclass(frozen=True)
class Tag:
    """How long a step is in one language."""

    words: str
    fits: bool


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
    """The phone beside the conversation. besides: what a question says at other times, each with when that is."""

    step: str
    title: str
    language: str
    channel: str
    screens: tuple[Screen, ...]
    gauges: tuple[Gauge, ...]
    notes: tuple[str, ...]
    nothing: str
    besides: tuple[tuple[str, tuple[Screen, ...]], ...] = ()


@dataclass(frozen=True)
class Chosen:
    """What the phone shows: by link, or by the buttons of a form."""

    step: str
    language: str
    channel: str


def phone(content: str, view: StepView, chosen: Chosen, found: Sequence[Problem]) -> Phone:
    """The chosen step as the phone shows it, with every value at its longest."""
    seen = look(content, view.name, chosen.language, chosen.channel) if view.kind not in UNSEEN else Shown(view.kind)
    size = _too_long(found, view.name, chosen.language)
    return Phone(
        step=view.name,
        title=f"{view.number}. {kind_said(view)} {title_of(view.name)}",
        language=chosen.language,
        channel=chosen.channel,
        screens=tuple(_screen(part) for part in seen.parts),
        gauges=_gauges(seen, chosen.channel, size),
        notes=(*_ran_out(found, view.name), *_notes(seen, chosen.channel)),
        nothing=_nothing(view.kind),
        besides=tuple(_besides(content, view, chosen)),
    )


def _besides(content: str, view: StepView, chosen: Chosen) -> Iterator[tuple[str, tuple[Screen, ...]]]:
    """Its help, and its simpler words, where it has some."""
    if not isinstance(view.step, Ask):
        return
    seen = partial(shown, content, step=view.name, language=chosen.language, channel=chosen.channel)
    if view.step.help:
        yield _("Said to whoever asks for help here:"), tuple(map(_screen, seen(help=True).parts))
    if view.step.simpler:
        yield _("Said simpler, when an answer is not understood:"), tuple(map(_screen, seen(simpler=True).parts))


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


def kind_said(view: StepView) -> str:
    """What a step does, as its card says it."""
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
