"""The order of a conversation: each step after those that lead to it, the first choice first."""

from __future__ import annotations

from flows.definition import Definition, Step, targets

__all__ = ["in_conversation"]


def in_conversation(definition: Definition) -> tuple[Step, ...]:
    """Every step, from the start on; those that no way leads to come last, as they are written."""
    finished: list[str] = []
    seen: set[str] = set()
    waiting = [(definition.start, False)]
    while waiting:
        name, done = waiting.pop()
        if done:
            finished.append(name)
        elif name in definition.steps and name not in seen:
            seen.add(name)
            # The last way is walked first, so that the first one stands first once the list is turned round.
            waiting += [(name, True), *((target, False) for target, _line in targets(definition.steps[name]))]
    rest = [name for name in definition.steps if name not in seen]
    return tuple(definition.steps[name] for name in (*reversed(finished), *rest))
