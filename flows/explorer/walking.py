"""Breadth first through a flow: every state once, every act at it, every promise after it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flows.alphabet import rewrite
from flows.definition import Ask, AskAgain, End, Handoff, Step, Tell
from flows.engine import start
from flows.explorer.acts import Act, Kind, acts_at, back_word
from flows.explorer.promises import PROMISES, Happened, back_gives_back, seen
from flows.explorer.report import Broken, Explored, Place
from flows.explorer.states import Reading, State, readings, state_of
from flows.machine import Machine
from flows.session import Channel, Session, Status, Turn
from flows.soundness import GATEWAY_VALUES
from flows.transcript import happens, retell_text
from flows.wording import sayer
from flows.worst import longest_value

__all__ = ["LIMIT", "explore"]

LIMIT = 20_000  # states of one flow
NOON = time(12)
EVERY_STEP, EVERY_OPTION = "every_step_reached", "every_option_reached"
OPTION_LOST = "an option can't be chosen"
OPTION_HIDDEN = "an option is never shown"
STEP_LOST = "no conversation comes to this step"


@dataclass(frozen=True, slots=True)
class Node:
    """One state: how it was first come to, and for each answer the session before it."""

    session: Session
    parent: int
    given: str
    trail: tuple[Session, ...] = ()


@dataclass
class Walk:
    """What is known so far of one flow."""

    machine: Machine
    now: datetime
    limit: int
    read: Reading
    values: dict[str, str]
    shown: dict[str, Step]
    nodes: list[Node] = field(default_factory=list)
    known: dict[State, int] = field(default_factory=dict)
    waiting: deque[int] = field(default_factory=deque)
    counted: Counter[Place] = field(default_factory=Counter)
    visited: Counter[Place] = field(default_factory=Counter)
    worded: set[State] = field(default_factory=set)
    taken: set[tuple[str, str, Channel, str]] = field(default_factory=set)
    shown_options: set[tuple[str, str, Channel, str]] = field(default_factory=set)
    met: dict[str, int] = field(default_factory=dict)
    broken: dict[tuple[str, str], Broken] = field(default_factory=dict)
    events: int = 0


def explore(machine: Machine, *, today: date, limit: int = LIMIT) -> Explored:
    """Every state of a flow up to `limit`, in each language and on each channel, as on one day and after its facts."""
    now = datetime.combine(today, NOON, ZoneInfo("UTC"))
    walk = Walk(machine, now, limit, readings(machine), _values(machine), _shown_steps(machine))
    for language in machine.languages:
        for channel in Channel:
            _begin(walk, language, channel)
    while walk.waiting and sum(walk.visited.values()) < limit:
        _visit(walk, walk.waiting.popleft())
    if not walk.waiting:
        _lost(walk)
    return Explored(
        machine.code,
        machine.country,
        dict(walk.visited),
        dict(walk.counted),
        walk.events,
        (len(walk.met), len(_shown_steps(machine))),
        tuple(walk.broken.values()),
    )


def _values(machine: Machine) -> dict[str, str]:
    """What the gateway would give at the start, at its longest."""
    names = {
        name
        for voice in machine.voices.values()
        for path in voice.templates
        if path.partition(".")[0] in machine.steps
        for name in voice.names(path)
    }
    return {name: longest_value(machine, machine.source_language, name) for name in sorted(names & GATEWAY_VALUES)}


def _shown_steps(machine: Machine) -> dict[str, Step]:
    """The steps that a person sees; decisions and effects are passed by without a trace."""
    seen_by_them = Ask | AskAgain | Tell | End | Handoff
    return {name: step for name, step in machine.steps.items() if isinstance(step, seen_by_them)}


def _begin(walk: Walk, language: str, channel: Channel) -> None:
    say = sayer(walk.machine, language)
    turn = start(walk.machine, channel=channel, language=language, now=walk.now, say=say, values=walk.values)
    first = Session(walk.machine.hash, walk.machine.start, channel, language)
    act = Act(f"> {walk.machine.code}", Kind.REPEAT)
    walk.nodes.append(Node(first, -1, ""))
    said = seen(turn)
    _look(walk, Happened(walk.machine, first, act, turn, (), said), len(walk.nodes) - 1)
    _reach(walk, turn, len(walk.nodes) - 1, act, (), said)


def _visit(walk: Walk, index: int) -> None:
    node = walk.nodes[index]
    here = node.session
    walk.visited[here.language, here.channel] += 1
    place: State = (here.step, here.language, here.channel, here.status, here.aside, here.page > 0, bool(here.answers))
    words = place not in walk.worded
    walk.worded.add(place)
    for act in acts_at(walk.machine, here):
        if words or not act.once:
            _try(walk, index, node, act)
    _on_later_days(walk, index, node)


def _try(walk: Walk, index: int, node: Node, act: Act) -> None:
    walk.events += 1
    turn = happens(walk.machine, node.session, act.given, walk.now)
    happened = Happened(walk.machine, node.session, act, turn, node.trail, seen(turn))
    _look(walk, happened, index)
    before, after = node.session.answers, turn.session.answers
    trail = node.trail[: len(after)]
    if len(after) > len(before):
        trail = (*node.trail, node.session)
        asked = walk.machine.choices.get(after[-1].step, ())
        if after[-1].value in asked:
            walk.taken.add((after[-1].step, node.session.language, node.session.channel, str(after[-1].value)))
        _undo(walk, turn, trail, index, act)
    _reach(walk, turn, index, act, trail, happened.said)


def _undo(walk: Walk, turn: Turn, trail: tuple[Session, ...], index: int, act: Act) -> None:
    """Each answer taken back at once, whichever way led to it."""
    if turn.session.status is not Status.ACTIVE or turn.session.page:
        return
    back = Act(back_word(walk.machine, turn.session.language), Kind.BACK)
    undone = happens(walk.machine, turn.session, back.given, walk.now)
    walk.events += 1
    happened = Happened(walk.machine, turn.session, back, undone, trail, seen(undone))
    if message := back_gives_back(happened):
        _break(walk, back_gives_back.__name__, message, happened, index, (act.given, back.given))


def _look(walk: Walk, happened: Happened, index: int) -> None:
    for promise in PROMISES:
        if message := promise(happened):
            _break(walk, promise.__name__, message, happened, index, (happened.act.given,))


def _reach(
    walk: Walk, turn: Turn, index: int, act: Act, trail: tuple[Session, ...], said: tuple[str, ...]
) -> None:
    """Note a state that was not known, to be visited when its turn comes."""
    session = turn.session
    state = state_of(walk.machine, session, walk.read)
    if state in walk.known or len(walk.known) > 2 * walk.limit:
        return
    walk.known[state] = len(walk.nodes)
    walk.waiting.append(len(walk.nodes))
    walk.counted[session.language, session.channel] += 1
    for step in (session.step, *(part.partition("#")[0] for part in session.lead)):
        if step in walk.shown:
            walk.met.setdefault(step, len(walk.nodes))
    walk.nodes.append(Node(session, index, act.given, trail))
    _note_options(walk, session, said)


def _note_options(walk: Walk, session: Session, said: tuple[str, ...]) -> None:
    """Which options the phone shows here."""
    at = (session.language, session.channel)
    keys = walk.machine.choices.get(session.step, ())
    options = walk.machine.options.get((walk.machine.spoken(session.language), session.step), ())
    lines = [line for text in said for line in text.split("\n")]
    for key, option in zip(keys, options, strict=False):
        if session.aside is None and any(line.startswith(f"{option.key} ") for line in lines):
            walk.shown_options.add((session.step, *at, key))


# ---- a day after the facts ----


def _on_later_days(walk: Walk, index: int, node: Node) -> None:
    """After a fact's last day none of its words is said: looked at wherever something is open."""
    if node.session.status is Status.ENDED or node.session.aside is not None:
        return
    for day, words in _ended_facts(walk.machine, node.session.language, walk.now.date()).items():
        late = walk.now + (day - walk.now.date())
        for given in ("@ redial", "> 1", "> 9", "> 8"):
            turn = happens(walk.machine, node.session, given, late)
            walk.events += 1
            if any(word in text for word in words for text in seen(turn)):
                act = Act(given, Kind.REPEAT)
                happened = Happened(walk.machine, node.session, act, turn, node.trail, ())
                message = "a fact past its last day is said"
                _break(walk, "no_fact_past_its_day", message, happened, index, (f"@ today {day}", given))


def _ended_facts(machine: Machine, language: str, today: date) -> dict[date, set[str]]:
    """The day after the last of each dated fact → the words of all facts that have ended by then."""
    facts = {fact for each in machine.dated.values() for fact in each if fact.valid_to and fact.valid_to >= today}
    said = machine.voices[machine.spoken(language)].facts
    days = {fact.valid_to + timedelta(days=1) for fact in facts if fact.valid_to}
    return {
        day: {rewrite(said[fact.name]) for fact in facts if fact.valid_to and fact.valid_to < day and fact.name in said}
        for day in days
    }


# ---- what broke ----


def _break(
    walk: Walk, promise: str, message: str, happened: Happened, index: int, given: tuple[str, ...]
) -> None:
    key = (promise, happened.before.step)
    if key not in walk.broken:
        at = happened.before
        told = _transcript(walk, index, given)
        walk.broken[key] = Broken(promise, message, at.step, at.language, at.channel, told)


def _lost(walk: Walk) -> None:
    """Options that nobody could choose, steps that nobody came to: known once all was visited."""
    for step in walk.shown.values():
        index = walk.met.get(step.name)
        if index is None:
            at = walk.nodes[0].session
            told = _transcript(walk, 0, (f"> {walk.machine.code}",))
            lost = Broken(EVERY_STEP, STEP_LOST, step.name, at.language, at.channel, told)
            walk.broken[EVERY_STEP, step.name] = lost
        elif isinstance(step, Ask):
            _options_lost(walk, step, index)


def _options_lost(walk: Walk, step: Ask, index: int) -> None:
    for language in walk.machine.languages:
        for channel in Channel:
            for key in walk.machine.choices.get(step.name, ()):
                option = (step.name, language, channel, key)
                lost_how = OPTION_LOST if option not in walk.taken else OPTION_HIDDEN
                if option not in walk.taken or option not in walk.shown_options:
                    message = f"{lost_how}: `{key}`"
                    told = _transcript(walk, index, ())
                    lost = Broken(EVERY_OPTION, message, step.name, language, channel, told)
                    walk.broken.setdefault((EVERY_OPTION, step.name), lost)


def _transcript(walk: Walk, index: int, given: tuple[str, ...]) -> str:
    """The conversation that led here, with what the phone showed."""
    lines = [*reversed(list(_path(walk, index))), *given]
    first = walk.nodes[index].session
    while walk.nodes[index].parent >= 0:
        index = walk.nodes[index].parent
        first = walk.nodes[index].session
    header = {
        "flow" if walk.machine.named else "dialogue": walk.machine.code,
        "country": walk.machine.country,
        "channel": first.channel,
        "language": first.language,
        "today": walk.now.date(),
        **{f"value {name}": value for name, value in walk.values.items()},
    }
    text = "\n".join([*(f"{key}: {value}" for key, value in header.items()), "", *lines]) + "\n"
    return retell_text(walk.machine, text)


def _path(walk: Walk, index: int) -> Iterator[str]:
    while index >= 0:
        node = walk.nodes[index]
        if node.given:
            yield node.given
        index = node.parent
