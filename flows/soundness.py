"""The rules that a flow must keep to be run at all: where each step leads, and which values its sentences may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from flows.definition import (
    Ask,
    AskAgain,
    Call,
    Decide,
    Definition,
    Do,
    End,
    Expected,
    Handoff,
    Step,
    Tell,
    Words,
    sentences,
    targets,
)
from flows.finding import Finding
from flows.grammar import MAX_OPTIONS, RETURN
from flows.page import nearest
from flows.tables import gaps_and_overlaps
from flows.wording import TemplateError, template

__all__ = ["GATEWAY_VALUES", "MAX_OPTIONS", "RULES", "unsound"]

# What the gateway may give at the start of a conversation (`reference/phrases.yaml`, values that come back).
GATEWAY_VALUES = frozenset(
    {"service", "organisation", "phone", "price", "case", "by", "from", "volunteer", "topic", "emergency", "number"}
    | {"cost", "languages", "question", "days", "code"}
)


def unsound(definition: Definition) -> tuple[Finding, ...]:
    """Every finding of every rule below; a flow that has one can't be compiled."""
    return tuple(finding for rule in RULES for finding in rule(definition))


def _found(definition: Definition, step: str, rule: str, message: str, line: int, path: str = "") -> Finding:
    return Finding(definition.file, step, rule, message, line, path=path)


def missing_target(definition: Definition) -> Iterator[Finding]:
    """Every `go` leads to a step that exists."""
    for name, target, line in _edges(definition):
        if target == RETURN and not definition.keywords:
            continue
        if target == RETURN:
            message = f"`{RETURN}` leads back from a sub-flow: one without `keywords`. Name a step of this flow."
            yield _found(definition, name, "missing_target", message, line)
        elif target and target not in definition.steps:
            guess = nearest(target, definition.steps)
            advice = f"Write `{guess}`." if guess else f"Add a step `{target}:`."
            yield _found(definition, name, "missing_target", f"There is no step `{target}`. {advice}", line)


def silent_end(definition: Definition) -> Iterator[Finding]:
    """Nothing ends without a last word: a step that leads nowhere is an `end:` or a `handoff:`."""
    for name, target, line in _edges(definition):
        if not target:
            message = "The conversation stops here without a word. Write `go:` and a step, or make an `end:` step."
            yield _found(definition, name, "silent_end", message, line)
    if any(missing_target(definition)) or any(loop_without_question(definition)):
        return
    for name, step in definition.steps.items():
        if isinstance(step, Handoff | End | Do) or name not in _reachable(definition) or "" in _next(step):
            continue
        if not any(_ends(definition, reached) for reached in _reachable_from(definition, name)):
            message = "From here no `end:` and no `handoff:` can be reached. Lead one of its ways to an ending."
            yield _found(definition, name, "silent_end", message, step.line)


def unreachable_step(definition: Definition) -> Iterator[Finding]:
    """Every step can be reached from the start."""
    if any(missing_target(definition)):
        return
    reachable = _reachable(definition)
    for name, step in definition.steps.items():
        if name not in reachable:
            message = f"No way leads to `{name}`. Write `go: {name}` where it should come, or remove it."
            yield _found(definition, name, "unreachable_step", message, step.line)


def loop_without_question(definition: Definition) -> Iterator[Finding]:
    """No circle of steps that never waits for the person."""
    passing = {name for name, step in definition.steps.items() if isinstance(step, Tell | Decide | Do | Call)}
    following = {name: [each for each in _next(definition.steps[name]) if each in passing] for name in passing}
    for name in definition.steps:
        if name in passing and _comes_back(name, following):
            message = f"`{name}` comes back to itself without a question. Put a question or an `end:` on the way."
            yield _found(definition, name, "loop_without_question", message, definition.steps[name].line)
            return


def too_many_options(definition: Definition) -> Iterator[Finding]:
    """At most five written options; more only from data."""
    for name, step in definition.steps.items():
        if isinstance(step, Ask) and len(step.choices) > MAX_OPTIONS:
            message = f"{len(step.choices)} options: a screen holds {MAX_OPTIONS}. Ask in two steps."
            yield _found(definition, name, "too_many_options", message, step.line)


def decision_table(definition: Definition) -> Iterator[Finding]:
    """A decision has exactly one row for everything that can have been answered."""
    for name, step in definition.steps.items():
        if isinstance(step, Decide):
            for rule, message, line in gaps_and_overlaps(definition, step):
                yield _found(definition, name, rule, message, line)


def readable_braces(definition: Definition) -> Iterator[Finding]:
    """Braces hold a name or a plural."""
    for path, words in sentences(definition):
        try:
            template(words.text)
        except TemplateError as error:
            yield _found(definition, _step_of(path), "bad_braces", str(error), words.line, path)


def unknown_name(definition: Definition) -> Iterator[Finding]:
    """What stands in braces is a fact, an earlier question, or something that the service knows."""
    asked = {name for name, step in definition.steps.items() if isinstance(step, Ask)}
    known = asked | set(definition.facts) | GATEWAY_VALUES
    for path, words in sentences(definition):
        for name in _names(words):
            step = definition.steps.get(name)
            if name not in known:
                guess = nearest(name, sorted(asked | set(definition.facts)))
                name, guess = name.replace("/", "."), guess and guess.replace("/", ".")
                advice = f"Write `{{{guess}}}`." if guess else f"Add it under `facts:`, or ask it in a step `{name}:`."
                message = f"`{{{name}}}` is no fact and no question. {advice}"
                yield _found(definition, _step_of(path), "unknown_name", message, words.line, path)
            elif isinstance(step, Ask) and step.expected is Expected.TEXT:
                message = f"`{{{name}}}` would repeat the person's own words. Say it without them."
                yield _found(definition, _step_of(path), "free_text_echoed", message, words.line, path)


def not_yet_answered(definition: Definition) -> Iterator[Finding]:
    """What a sentence, a decision or an effect needs was asked on every way that leads to it."""
    before = _answered_before(definition)
    for name, step in definition.steps.items():
        for needed, line, path in _needed(definition, step):
            if name in before and needed not in before[name]:
                asked = needed.replace("/", ".")
                message = f"`{asked}` may not have been asked when `{name}` comes. Ask it on every way to here."
                yield _found(definition, name, "not_yet_answered", message, line, path)


def never_asked(definition: Definition) -> Iterator[Finding]:
    """A discreet flow sends nothing that was not asked for: no question days later, no reminder."""
    if not definition.discreet:
        return
    for name, step in definition.steps.items():
        if isinstance(step, AskAgain):
            message = "A discreet flow sends nothing unasked: this would never be asked. Keep the `end:` alone."
            yield _found(definition, name, "never_asked", message, step.line)
    if definition.remind_after_days:
        message = "A discreet flow sends nothing unasked: nobody would be reminded. Take `remind` out."
        yield _found(definition, "", "never_asked", message, definition.title.line)


RULES: tuple[Callable[[Definition], Iterable[Finding]], ...] = (
    missing_target,
    silent_end,
    unreachable_step,
    loop_without_question,
    too_many_options,
    decision_table,
    readable_braces,
    unknown_name,
    not_yet_answered,
    never_asked,
)


def _edges(definition: Definition) -> Iterator[tuple[str, str, int]]:
    yield "", definition.start, 0
    for name, step in definition.steps.items():
        yield from ((name, target, line) for target, line in targets(step))


def _next(step: Step) -> list[str]:
    return [target for target, _ in targets(step)]


def _reachable(definition: Definition) -> set[str]:
    return _reachable_from(definition, definition.start)


def _reachable_from(definition: Definition, start: str) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in reached or name not in definition.steps:
            continue
        reached.add(name)
        waiting.extend(_next(definition.steps[name]))
    return reached


def _ends(definition: Definition, name: str) -> bool:
    step = definition.steps[name]
    if isinstance(step, End | Handoff | AskAgain) or RETURN in _next(step):
        return True
    return isinstance(step, Do) and not step.go


def _comes_back(name: str, following: Mapping[str, list[str]]) -> bool:
    reached: set[str] = set()
    waiting = list(following[name])
    while waiting:
        current = waiting.pop()
        if current == name:
            return True
        if current not in reached:
            reached.add(current)
            waiting.extend(following[current])
    return False


def _answered_before(definition: Definition) -> Mapping[str, frozenset[str]]:
    """For each reachable step, the questions that were answered on every way that leads to it."""
    before: dict[str, frozenset[str]] = {definition.start: frozenset()}
    waiting = [definition.start]
    while waiting:
        name = waiting.pop()
        step = definition.steps.get(name)
        if step is None:
            continue
        after = before[name] | ({name} if isinstance(step, Ask) else frozenset())
        for target, _ in targets(step):
            known = before[target] & after if target in before else after
            if target in definition.steps and (target not in before or known != before[target]):
                before[target] = known
                waiting.append(target)
    return before


def _needed(definition: Definition, step: Step) -> Iterator[tuple[str, int, str]]:
    asked = {name for name, each in definition.steps.items() if isinstance(each, Ask)}
    if isinstance(step, Do) and step.answer_of:
        yield step.answer_of, step.line, ""
    if isinstance(step, Decide):
        yield from ((each.step, row.line, "") for row in step.rows for each in row.when if each.step in asked)
    for path, words in sentences(definition):
        if _step_of(path) == step.name:
            yield from ((name, words.line, path) for name in _names(words) if name in asked)


def _names(words: Words) -> tuple[str, ...]:
    try:
        return template(words.text).names
    except TemplateError:
        return ()


def _step_of(path: str) -> str:
    return path.partition(".")[0] if "." in path else ""
