"""What each path through a flow costs by SMS: the parts that we send and the texts that the person sends, at most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from flows import packaged
from flows.alphabet import measure, rewrite
from flows.asking import said
from flows.compiler import CompileError, compile_bundle
from flows.definition import Ask, AskAgain, Decide, Handoff, targets
from flows.effects import CaseEnded, TimerRang
from flows.engine import advance, start
from flows.explorer.classes import numbers
from flows.files import freeze_file
from flows.machine import GROUP, Machine
from flows.parser import ParseError
from flows.screens import sms
from flows.session import Answer, Channel, Session, Status, Turn, Value
from flows.walk import arrive
from flows.wording import Say, SayValue
from flows.worst import longest, longest_unasked

__all__ = ["Cost", "costs", "tables"]

MOMENT = datetime(2026, 1, 1, 12, tzinfo=UTC)  # any: what is counted is said while the facts hold
NO_FLOWS = frozenset({"pack.yaml", "common.yaml"})
HEAD = "{name}, {language}: SMS parts that we send, texts that the person sends, at most"
NOTE = "Not counted: what is asked again, help, ways back, reminders, our promise of an answer, what a person writes."


@dataclass(frozen=True, slots=True)
class Cost:
    """The dearest way to an ending or a hand-off, from the first text on. Each number is the most of any way there.

    parts: SMS parts that we pay, each sentence with its longest values. texts: what the person sends, the first text
    and each turn of a list's page included.
    """

    ending: str
    parts: int
    texts: int


Most = Mapping[str, tuple[int, int]]


def costs(machine: Machine, language: str) -> tuple[Cost, ...]:
    """The cost of each ending and hand-off that can be reached, in the order of the flow's steps.

    Every answer that a decision tells apart is tried, every option on its own page of a list. A question that a way
    comes back to is asked once. A hand-off goes on as soon as its case is closed; a question that comes days later is
    counted with who we are and STOP. Values are counted in the letters of an SMS.
    """
    most = _Walk(replace(machine, dated={}), language).from_the_start()
    place = {name: number for number, name in enumerate(machine.steps)}
    return tuple(Cost(name, *most[name]) for name in sorted(most, key=lambda name: place[name]))


def tables(paths: Iterable[Path], *, country: str = "") -> Iterator[str]:
    """One table a flow and language, as lines; the whole library where no path is named. What can't run has none."""
    told = False
    for path in map(Path, tuple(paths) or (packaged.LIBRARY,)):
        for file in sorted(each for each in path.rglob("*.yaml") if each.name not in NO_FLOWS) or [path]:
            with suppress(ParseError, CompileError, OSError, UnicodeDecodeError):
                frozen = freeze_file(file, country=country)
                machine = compile_bundle(frozen.bundle)
                for language in machine.languages if frozen.definition.keywords else ():
                    yield HEAD.format(name=file.stem, language=language)
                    found = costs(machine, language)
                    width = max((len(each.ending) for each in found), default=0)
                    yield from (f"  {each.ending:{width}} {each.parts:4} {each.texts:4}" for each in found)
                    told = True
    if told:
        yield NOTE


@dataclass
class _Walk:
    """One machine in one language. known: the costs from a place on, by all that they depend on."""

    machine: Machine
    language: str
    known: dict[tuple[object, ...], Most] = field(default_factory=dict)

    def __post_init__(self) -> None:
        decisions = [step for step in self.machine.steps.values() if isinstance(step, Decide)]
        self.decisive = {condition.step for step in decisions for row in step.rows for condition in row.when}
        self.circling = _circling(self.machine)

    def from_the_start(self) -> Most:
        turn = start(self.machine, channel=Channel.SMS, language=self.language, now=MOMENT, say=self.say)
        return self._after(turn, _parts(turn), 1, frozenset())

    @property
    def say(self) -> Say:
        def at_its_longest(path: str, **values: SayValue) -> str:
            return longest(self.machine, self.language, path)

        return at_its_longest

    def _after(self, turn: Turn, parts: int, texts: int, asked: frozenset[str]) -> Most:
        """The costs of all that follows a turn, added to its own."""
        session = turn.session
        step = self.machine.steps[session.step]
        onward: Most
        if session.status is Status.ACTIVE and isinstance(step, Ask):
            onward = {} if step.name in asked else self._from(session, step, asked)
        else:
            onward = _most([{step.name: (0, 0)}, self._later(session, asked)])
        return {name: (parts + more, texts + further) for name, (more, further) in onward.items()}

    def _later(self, session: Session, asked: frozenset[str]) -> Most:
        """What follows the end of a case, or days."""
        step = self.machine.steps[session.step]
        if isinstance(step, Handoff) and step.go:
            turn = advance(self.machine, session, CaseEnded("settled"), MOMENT, self.say)
            return self._after(turn, _parts(turn), 0, asked)
        if isinstance(step, AskAgain) and session.status is Status.SLEEPING:
            turn = advance(self.machine, session, TimerRang(), MOMENT, self.say)
            question = self.machine.steps[turn.session.step]
            if isinstance(question, Ask):
                unasked = longest_unasked(self.machine, self.language, question, "followup_ask")
                return self._after(turn, measure(rewrite(unasked)).segments, 0, asked)
        return {}

    def _from(self, session: Session, step: Ask, asked: frozenset[str]) -> Most:
        """The costs from an open question on."""
        decided = tuple((each.step, str(each.value)) for each in session.answers if each.step in self.decisive)
        key = (step.name, bool(session.answers), decided, asked)
        if key not in self.known:
            self.known[key] = _most(self._answered(session, step, asked))
        return self.known[key]

    def _answered(self, session: Session, step: Ask, asked: frozenset[str]) -> Iterator[Most]:
        asked = asked | {step.name} if step.name in self.circling else asked
        paged = 0
        for number, (value, go) in enumerate(_answers(self.machine, step)):
            page = number // GROUP if self.machine.choices.get(step.name) else 0
            if page and number % GROUP == 0:
                turned = replace(session, page=page)
                paged += _parts(Turn(turned, said(self.machine, turned, self.say, fresh=False)))
            given = Answer(step.name, value, page=page, lead=session.lead)
            before = tuple(each for each in session.answers if each.step != step.name)
            place = replace(session, answers=(*before, given), lead=(), page=0)
            turn = arrive(self.machine, place, go, MOMENT, self.say)
            yield self._after(turn, paged + _parts(turn), page + 1, asked)


def _answers(machine: Machine, step: Ask) -> Iterator[tuple[Value, str]]:
    """Every answer that leads its own way, and where it leads: options in their order, the classes of a number."""
    ways = {choice.key: choice.go for choice in step.choices}
    options = machine.choices.get(step.name, ())
    if options:
        yield from ((key, ways.get(key) or step.go) for key in options)
    elif any(step.name in _asked_of(each) for each in machine.steps.values()):
        yield from ((number, step.go) for number in numbers(machine, step))
    else:
        yield "", step.go


def _asked_of(step: object) -> set[str]:
    return {each.step for row in step.rows for each in row.when} if isinstance(step, Decide) else set()


def _circling(machine: Machine) -> frozenset[str]:
    """The questions that a way can come back to."""
    onward = {name: {target for target, _ in targets(step) if target} for name, step in machine.steps.items()}
    for name, step in machine.steps.items():
        if isinstance(step, AskAgain):
            onward[name] = {each for each in machine.follow_ups if each.rpartition("/")[0] == name}
    circling = set()
    for name, step in machine.steps.items():
        met: set[str] = set()
        further = set(onward[name])
        while further:
            met |= further
            further = {each for one in further for each in onward.get(one, ())} - met
        if name in met and isinstance(step, Ask):
            circling.add(name)
    return frozenset(circling)


def _most(found: Iterable[Most]) -> Most:
    most: dict[str, tuple[int, int]] = {}
    for each in found:
        for name, (parts, texts) in each.items():
            before = most.get(name, (0, 0))
            most[name] = (max(before[0], parts), max(before[1], texts))
    return most


def _parts(turn: Turn) -> int:
    return sum(measure(body).segments for body in sms(turn))
