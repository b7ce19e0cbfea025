"""Contestants take turns: rounds are interleaved, so that whatever else the machine does hits each of them alike."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """One line of the table: ours beside its floor, both medians of the rounds, and the median of their ratios.

    `quicker`: True where more is better (a rate), False for a time. `ratio` is how much of the floor's speed we have.
    """

    name: str
    unit: str
    ours: float
    floor: float
    ratio: float
    beside: str
    quicker: bool


def compare(
    name: str,
    *,
    unit: str,
    beside: str,
    ours: Callable[[], float],
    floor: Callable[[], float],
    quicker: bool,
    rounds: int = ROUNDS,
) -> Figure:
    """One warm round of each, then `rounds` of both, one after the other; what each gives is in `unit`."""
    ours()
    floor()
    pairs = [(ours(), floor()) for _ in range(rounds)]
    shares = [mine / theirs if quicker else theirs / mine for mine, theirs in pairs]
    return Figure(
        name, unit, median(one for one, _ in pairs), median(one for _, one in pairs), median(shares), beside, quicker
    )
