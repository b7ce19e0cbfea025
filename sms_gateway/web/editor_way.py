"""The way through a procedure as a small picture: a box a step, top to bottom, and a line at the side for each jump."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

BOX_WIDTH, BOX_HEIGHT, ROW = 116, 44, 72
TOP, SIDE, LANE = 2, 14, 9
MOST_LETTERS = 14


@dataclass(frozen=True)
class Box:
    """One step."""

    name: str
    lines: tuple[str, ...]
    y: int
    grave: bool


@dataclass(frozen=True)
class Line:
    """One arrow: its line, and its head. `back`: it leads to a step that stands above."""

    path: str
    head: str
    back: bool


@dataclass(frozen=True)
class Way:
    """The picture, in its own units, which are pixels at the usual size of text."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    box: int = BOX_WIDTH


@dataclass(frozen=True)
class Stop:
    """What the picture needs of a step; `to`: the numbers of the steps that can come next, counted from 1."""

    number: int
    name: str
    title: str
    to: tuple[int, ...]
    grave: bool


def draw(stops: Sequence[Stop]) -> Way:
    """Lay the steps out in their order."""
    boxes = tuple(Box(stop.name, _written(stop), _top(stop.number), stop.grave) for stop in stops)
    straight = [stop for stop in stops if stop.number + 1 in stop.to and stop.number < len(stops)]
    lanes = _lanes(stops)
    lines = (*(_down(stop.number) for stop in straight), *(line for jump in lanes for line in _around(*jump)))
    used = max((lane for *_, lane in lanes), default=-1) + 1
    width = BOX_WIDTH + 4 + (SIDE + used * LANE if used else 0)
    return Way(width, max(_top(len(stops)) + BOX_HEIGHT + TOP, 1), boxes, lines)


def _lanes(stops: Sequence[Stop]) -> list[tuple[tuple[int, ...], int, int]]:
    """Every jump by where it arrives: the steps it comes from, that one, and a lane that no other jump has there."""
    sources: dict[int, list[int]] = {}
    for stop in stops:
        for target in stop.to:
            if target not in {stop.number + 1, stop.number}:
                sources.setdefault(target, []).append(stop.number)
    spans = sorted(
        ((min(*froms, target), max(*froms, target), target) for target, froms in sources.items()),
        key=lambda span: (span[1] - span[0], span),
    )
    taken: list[list[tuple[int, int]]] = []
    found = []
    for low, high, target in spans:
        lane = next(
            (n for n, others in enumerate(taken) if all(high < begin or end < low for begin, end in others)),
            len(taken),
        )
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        found.append((tuple(sorted(sources[target])), target, lane))
    return found


def _down(number: int) -> Line:
    x, y, end = BOX_WIDTH // 2, _top(number) + BOX_HEIGHT, _top(number + 1)
    return Line(f"M{x} {y}V{end - 8}", f"M{x - 5} {end - 9}h10l-5 8z", back=False)


def _around(sources: tuple[int, ...], target: int, lane: int) -> list[Line]:
    edge = BOX_WIDTH + 3
    x = edge + SIDE + lane * LANE
    into = _top(target) + (14 if any(source < target for source in sources) else 30)
    head = f"M{edge + 9} {into - 5}v10l-8 -5z"
    lines = []
    for source in sources:
        out = _top(source) + 30
        lines.append(Line(f"M{edge} {out}H{x}V{into}H{edge + 9}", head, back=source > target))
    return lines


def _top(number: int) -> int:
    return TOP + (number - 1) * ROW


def _written(stop: Stop) -> tuple[str, ...]:
    """The name in one line or two."""
    lines = wrap(f"{stop.number} {stop.title}", MOST_LETTERS, max_lines=2, placeholder="…")
    return tuple(lines)
