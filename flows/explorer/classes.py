"""Which numbers a flow tells apart: its decision tables cut a question's range, and each piece is one class."""

from __future__ import annotations

from collections.abc import Iterator

from flows.definition import Ask, Condition, Decide
from flows.machine import Machine

__all__ = ["class_of", "conditions_on", "numbers", "outside"]

LOWEST, HIGHEST = 0, 1_000_000  # of a question without bounds


def conditions_on(machine: Machine, step: str) -> Iterator[Condition]:
    """Everything that decisions ask about the answer of a step."""
    for each in machine.steps.values():
        if isinstance(each, Decide):
            yield from (condition for row in each.rows for condition in row.when if condition.step == step)


def numbers(machine: Machine, step: Ask) -> tuple[int, ...]:
    """The first and the last number of each class, so also the bounds of the question."""
    low = LOWEST if step.low is None else step.low
    high = HIGHEST if step.high is None else step.high
    edges = {low, high}
    for condition in conditions_on(machine, step.name):
        if condition.low is not None and condition.high is not None:
            edges |= {condition.low - 1, condition.low, condition.high, condition.high + 1}
    return tuple(sorted(edge for edge in edges if low <= edge <= high))


def outside(step: Ask) -> tuple[int, ...]:
    """The nearest numbers that the question doesn't take."""
    below = () if step.low is None or step.low <= 0 else (step.low - 1,)
    return below if step.high is None else (*below, step.high + 1)


def class_of(machine: Machine, step: str, value: float) -> tuple[bool, ...]:
    """Which of the conditions on a step a number meets: all that the flow can tell of it."""
    return tuple(
        condition.low is not None and condition.high is not None and condition.low <= value <= condition.high
        for condition in conditions_on(machine, step)
    )
