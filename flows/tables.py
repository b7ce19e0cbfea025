"""Decision tables: whether exactly one row holds for everything that can have been answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from flows.definition import Ask, Condition, Decide, Definition, Expected
from flows.page import nearest

__all__ = ["gaps_and_overlaps"]

MAX_CASES = 20_000
Cell = str | tuple[int, int]


def gaps_and_overlaps(definition: Definition, step: Decide) -> Iterator[tuple[str, str, int]]:
    """(rule, message, line) for each fault of a table: unknown answers, cases without a row, cases with two."""
    wrong = [fault for row in step.rows for each in row.when for fault in _unknown(definition, each, row.line)]
    if wrong:
        yield from wrong
        return
    cells = _cells(definition, step)
    if prod(len(parts) for parts in cells.values()) > MAX_CASES:
        yield "decide_too_wide", "This table has too many cases to check. Decide in two steps.", step.line
        return
    names = list(cells)
    for case in product(*cells.values()):
        answers = dict(zip(names, case, strict=True))
        rows = [row for row in step.rows if all(_holds(each, answers[each.step]) for each in row.when)]
        if not rows:
            yield "decide_gap", f"No row for: {_told(answers)}. Add a row, or widen one.", step.line
            return
        if len(rows) > 1:
            message = f"Two rows for: {_told(answers)} (lines {rows[0].line} and {rows[1].line}). Narrow one of them."
            yield "decide_overlap", message, rows[1].line
            return


def _unknown(definition: Definition, condition: Condition, line: int) -> Iterator[tuple[str, str, int]]:
    asked = definition.steps.get(condition.step)
    if not isinstance(asked, Ask):
        questions = [name for name, each in definition.steps.items() if isinstance(each, Ask)]
        guess = nearest(condition.step, questions)
        advice = f"Write `{guess.replace('/', '.')}`." if guess else "Name a step that asks."
        yield "unknown_name", f"`{condition.step.replace('/', '.')}` is no question of this flow. {advice}", line
    elif asked.expected is Expected.NUMBER:
        if condition.low is None:
            yield "unknown_name", f"`{condition.step}` is a number. Write `{condition.step}: 0 to 17`.", line
        elif asked.low is None:
            yield "decide_gap", f"`{condition.step}` has no bounds. Write `expect: number 0 to 120` there.", line
    elif asked.choices:
        keys = [choice.key for choice in asked.choices]
        for value in _values(condition):
            if value not in keys:
                guess = nearest(value, keys)
                yield "unknown_name", f"`{value}` is no choice of `{condition.step}`. Write `{guess or keys[0]}`.", line
    else:
        yield "unknown_name", f"`{condition.step}` can't be decided on. Decide on a choice, yes/no or a number.", line


def _values(condition: Condition) -> tuple[str, ...]:
    return condition.values or (str(condition.low),)


def _cells(definition: Definition, step: Decide) -> Mapping[str, list[Cell]]:
    """For each question in the table, the parts within which no row can differ."""
    cells: dict[str, list[Cell]] = {}
    for name in dict.fromkeys(condition.step for row in step.rows for condition in row.when):
        asked = definition.steps[name]
        if not isinstance(asked, Ask):
            continue
        if asked.expected is Expected.NUMBER and asked.low is not None and asked.high is not None:
            conditions = [each for row in step.rows for each in row.when if each.step == name]
            cells[name] = list(_intervals(asked.low, asked.high, conditions))
        else:
            cells[name] = [choice.key for choice in asked.choices]
    return cells


def _intervals(low: int, high: int, conditions: list[Condition]) -> Iterator[tuple[int, int]]:
    starts = {low}
    for condition in conditions:
        if condition.low is not None and condition.high is not None:
            starts |= {condition.low, condition.high + 1}
    inside = sorted(start for start in starts if low <= start <= high)
    yield from zip(inside, [start - 1 for start in inside[1:]] + [high], strict=True)


def _holds(condition: Condition, cell: Cell) -> bool:
    if isinstance(cell, tuple):
        return condition.low is not None and condition.high is not None and condition.low <= cell[0] <= condition.high
    return cell in _values(condition)


def _told(answers: Mapping[str, Cell]) -> str:
    return ", ".join(
        f"{name} {cell if isinstance(cell, str) else _range(cell)}" for name, cell in answers.items()
    )


def _range(cell: tuple[int, int]) -> str:
    return str(cell[0]) if cell[0] == cell[1] else f"{cell[0]} to {cell[1]}"
