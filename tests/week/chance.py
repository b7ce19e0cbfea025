"""Chance that does not hang on the order of events: each draw has a name, and the same name gives the same number."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Chance:
    """Draws of one seed. Two weeks that differ in one threshold meet the same people and the same tempers."""

    seed: int

    def of(self, *name: object) -> random.Random:
        """A generator of its own for this name."""
        return random.Random(f"{self.seed}/{'/'.join(map(str, name))}")

    def happens(self, share: float, *name: object) -> bool:
        """Whether something of this probability happens."""
        return self.of(*name).random() < share

    def after(self, median: float, spread: float, *name: object) -> timedelta:
        """A duration around a median in seconds: lognormal, as reaction times are."""
        return timedelta(seconds=median * self.of(*name).lognormvariate(0, spread))


def pick(random_: random.Random, weights: Mapping[str, float]) -> str:
    """One of the names, by weight."""
    return random_.choices(list(weights), list(weights.values()))[0]
