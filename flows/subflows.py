"""Sub-flows: the steps of a flow that is called stand in the caller's, under the name of the step that calls them.

Step `ville` of the sub-flow that step `adresse` calls becomes `adresse/ville`. Its ends say their words and go on where
the call goes; so does a hand-off, once its case is over; `go: return` goes on without a word. Where the call names no
`go`, they are the ends of the whole flow. Its sentences know its own questions and facts only; those of the caller may
say `{adresse.ville}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from flows.definition import (
    Ask,
    AskAgain,
    Call,
    Decide,
    Definition,
    Do,
    End,
    Handoff,
    Row,
    Step,
    Tell,
    Words,
    targets,
)
from flows.finding import Finding
from flows.grammar import RETURN
from flows.page import nearest
from flows.soundness import GATEWAY_VALUES
from flows.wording import renamed

__all__ = ["MAX_DEPTH", "MAX_STEPS", "Placed", "Whole", "called", "is_sub_flow", "placed_sentences", "whole_flow"]

MAX_DEPTH = 3
MAX_STEPS = 200


@dataclass(frozen=True, slots=True)
class Placed:
    """One call. step: its whole name ("adresse", "adresse/pays"); back: where its ends go on, "" where nowhere.

    summary: what a hand-off in it says first, from the calls on the way here.
    """

    step: str
    code: str
    definition: Definition
    back: str
    summary: str = ""

    @property
    def prefix(self) -> str:
        """What stands before the names of its steps."""
        return f"{self.step}/"


@dataclass(frozen=True)
class Whole:
    """A flow with the steps of all that it calls, and what is wrong with its calls."""

    definition: Definition
    placed: Mapping[str, Placed]
    findings: tuple[Finding, ...] = ()

    def at_home(self, finding: Finding) -> Finding:
        """A finding in a called flow as that flow's own: under its code, its step, its path."""
        call, _, step = finding.step.rpartition("/")
        found = self.placed.get(call)
        if found is None:
            return finding
        path = finding.path.replace(found.prefix, "", 1)
        if isinstance(found.definition.steps.get(step), End) and path == f"{step}.tell.1":
            path = f"{step}.end"
        message = finding.message.replace(found.prefix, "").replace(f"{{{found.step.replace('/', '.')}.", "{")
        return replace(finding, flow=found.code, step=step, path=path, message=message)

    def in_place(self, finding: Finding) -> Finding:
        """The same, with its step and path as they are called here, in the words of the called flow's own author."""
        home = self.at_home(finding)
        if home is finding:
            return finding
        prefix = f"{finding.step.rpartition('/')[0]}/"
        path = f"{prefix}{home.path}" if finding.path.startswith(prefix) else finding.path
        return replace(home, flow=finding.flow, step=finding.step, path=path)

    def at_call(self, finding: Finding) -> Finding:
        """The same, told where the flow calls it: for somebody who has only the caller before them."""
        home = self.at_home(finding)
        if home is finding:
            return finding
        message = f"In `{home.flow}`, step `{home.step}`: {home.message}"
        call = finding.step.partition("/")[0]
        return replace(finding, step=call, path="", message=message, line=self.definition.steps[call].line)


def is_sub_flow(definition: Definition) -> bool:
    """Whether it is there to be called: nothing that people send leads to it."""
    return not definition.keywords


def whole_flow(definition: Definition, known: Mapping[str, Definition], *, code: str = "") -> Whole:
    """The flow with every call's steps in it. code: its own, so that a sub-flow can't call itself."""
    placed: dict[str, Placed] = {}
    findings = list(_place(definition, known, None, (code,), placed))
    if findings or not placed:
        return Whole(definition, placed, tuple(findings))
    steps = {step.name: step for step in _steps(definition, None, placed)}
    if len(steps) > MAX_STEPS:
        message = f"{len(steps)} steps with those of its calls: at most {MAX_STEPS}. Make two flows of it."
        first = next(iter(placed))
        line = definition.steps[first].line
        return Whole(definition, placed, (Finding(definition.file, first, "call", message, line),))
    facts = dict(definition.facts)
    for each in placed.values():
        own = each.definition.facts.items()
        facts |= {each.prefix + name: replace(fact, name=each.prefix + name) for name, fact in own}
    return Whole(replace(definition, steps=steps, facts=facts), placed)


def called(definition: Definition, known: Mapping[str, Definition]) -> dict[str, Definition]:
    """Every sub-flow that it calls, itself or through another, by code; unknown ones left out."""
    found: dict[str, Definition] = {}
    waiting = [definition]
    while waiting:
        for step in waiting.pop().steps.values():
            if isinstance(step, Call) and step.flow not in found and step.flow in known:
                found[step.flow] = known[step.flow]
                waiting.append(known[step.flow])
    return dict(sorted(found.items()))


def placed_sentences(
    said: Mapping[str, str], placed: Iterable[Placed], of_sub_flows: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """The sentences of the flow in one language with those of its calls, by whole path.

    of_sub_flows: by code, by path, in the same language.
    """
    whole = dict(said)
    for each in placed:
        for path, text in of_sub_flows.get(each.code, {}).items():
            name, _, part = path.partition(".")
            step = each.definition.steps.get(name)
            if not part or step is None:
                continue
            if isinstance(step, End) and each.back:
                part = "tell.1"
            inside = _inside(text, each)
            whole[f"{each.prefix}{name}.{part}"] = _summed(inside, each) if isinstance(step, Handoff) else inside
    return whole


def _place(
    definition: Definition,
    known: Mapping[str, Definition],
    inside: Placed | None,
    trail: tuple[str, ...],
    placed: dict[str, Placed],
) -> Iterator[Finding]:
    """Note where each call's steps come; give what stands against it."""
    for step in definition.steps.values():
        if not isinstance(step, Call):
            continue
        if fault := _fault(step, known, trail):
            yield Finding(definition.file, step.name, "call", fault, step.line)
            continue
        sub = known[step.flow]
        back = _target(step.go, inside)
        summary = _call_summary(step, inside)
        here = Placed((inside.prefix if inside else "") + step.name, step.flow, sub, back, summary)
        placed[here.step] = here
        if len(placed) > MAX_STEPS:
            return
        if not back and any(target == RETURN for each in sub.steps.values() for target, _ in targets(each)):
            message = f"`{step.flow}` comes back here. Write `go:` and the step that comes then."
            yield Finding(definition.file, step.name, "call", message, step.line)
        yield from _place(sub, known, here, (*trail, step.flow), placed)


def _call_summary(step: Call, inside: Placed | None) -> str:
    own = step.summary.text if step.summary else ""
    parts = (inside.summary, _inside(own, inside)) if inside else (own,)
    return ", ".join(part for part in parts if part)


def _fault(step: Call, known: Mapping[str, Definition], trail: tuple[str, ...]) -> str:
    """Why a call can't be, and what to write instead; "" where it can."""
    if step.flow not in known:
        guess = nearest(step.flow, known)
        file = f"{step.flow}.yaml"
        advice = f"Write `{guess}`." if guess else f"Write it in `{file}` beside this flow, without `keywords`."
        return f"There is no sub-flow `{step.flow}`. {advice}"
    if not is_sub_flow(known[step.flow]):
        return f"`{step.flow}` has keywords: it is a flow of its own. Call one without `keywords`."
    if step.flow in trail:
        way = " → ".join((*trail[trail.index(step.flow) :], step.flow))
        return f"`{step.flow}` calls itself ({way}). Take this call out."
    if len(trail) > MAX_DEPTH:
        return f"This is the call of a call of a call: at most {MAX_DEPTH} deep. Write the steps of `{step.flow}` here."
    return ""


def _steps(definition: Definition, inside: Placed | None, placed: Mapping[str, Placed]) -> Iterator[Step]:
    """Every step, those of a call after the step that calls it."""
    for step in definition.steps.values():
        moved = _moved(step, inside, placed)
        yield moved
        if moved.name in placed:
            yield from _steps(placed[moved.name].definition, placed[moved.name], placed)


def _moved(step: Step, inside: Placed | None, placed: Mapping[str, Placed]) -> Step:
    """The step as it stands in the whole flow."""
    if inside is None:
        return replace(step, go=f"{step.name}/{placed[step.name].definition.start}") if isinstance(step, Call) else step
    name = inside.prefix + step.name

    say = _say(inside)

    def to(target: str) -> str:
        return _target(target, inside)

    match step:
        case Tell():
            return replace(step, name=name, words=tuple(map(say, step.words)), go=to(step.go))
        case Ask():
            return _asked(step, inside)
        case Decide():
            return replace(step, name=name, rows=tuple(_row(row, inside) for row in step.rows))
        case Handoff():
            words = replace(step.summary, text=_summed(_inside(step.summary.text, inside), inside))
            return replace(step, name=name, summary=words, go=to(step.go) or inside.back)
        case Do():
            return replace(step, name=name, answer_of=step.answer_of and inside.prefix + step.answer_of, go=to(step.go))
        case End() if inside.back:
            return Tell(name, (say(step.words),), inside.back, line=step.line)
        case End():
            return replace(step, name=name, words=say(step.words))
        case Call():
            summary = say(step.summary) if step.summary else None
            return replace(step, name=name, summary=summary, go=f"{name}/{placed[name].definition.start}")
        case AskAgain():
            return replace(step, name=name, words=say(step.words), if_no=to(step.if_no), end=say(step.end))


def _asked(step: Ask, inside: Placed) -> Ask:
    say = _say(inside)
    return replace(
        step,
        name=inside.prefix + step.name,
        words=say(step.words),
        choices=tuple(
            replace(each, label=say(each.label), go=_target(each.go, inside)) for each in step.choices
        ),
        go=_target(step.go, inside),
        simpler=say(step.simpler) if step.simpler else None,
        help=say(step.help) if step.help else None,
    )


def _say(inside: Placed) -> Callable[[Words], Words]:
    return lambda words: replace(words, text=_inside(words.text, inside))


def _row(row: Row, inside: Placed) -> Row:
    when = tuple(replace(each, step=inside.prefix + each.step) for each in row.when)
    because = _say(inside)(row.because) if row.because else None
    return replace(row, when=when, go=_target(row.go, inside), because=because)


def _target(target: str, inside: Placed | None) -> str:
    if inside is None or not target:
        return target
    return inside.back if target == RETURN else inside.prefix + target


def _summed(text: str, inside: Placed) -> str:
    """What a volunteer reads of a hand-off: first what the calls on the way to it say."""
    return ", ".join(part for part in (inside.summary, text) if part)


def _inside(text: str, inside: Placed) -> str:
    """A sentence of a called flow: its own questions and facts under their whole names."""
    own = {*inside.definition.steps, *inside.definition.facts}
    dotted = inside.step.replace("/", ".")

    def whole(name: str) -> str:
        first = name.partition(".")[0]
        return name if first in GATEWAY_VALUES and first not in own else f"{dotted}.{name}"

    return renamed(text, whole)
