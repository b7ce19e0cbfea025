"""kill -9 at random moments: one thread that ends processes of an installation, as a bad day does."""

import random
import threading
import time
from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.running import RunningGuichet

EVERY = ("web-process", "web", "worker", "redis")
SHORTEST, LONGEST = 0.05, 0.6  # seconds between two kills


class Killer:
    """Kills processes at random until it is told to stop; `killed` counts them by name."""

    def __init__(self, guichet: RunningGuichet, names: Sequence[str], seed: int) -> None:
        self.guichet, self.names, self.chance = guichet, names, random.Random(seed)
        self.killed: Tally[str] = Tally()
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._kill)

    def _kill(self) -> None:
        while not self.stopped.wait(self.chance.uniform(SHORTEST, LONGEST)):
            name = self.chance.choice(self.names)
            if self.guichet.pids.get(name):
                try:
                    self.guichet.kill(name)
                except (IndexError, ProcessLookupError):
                    continue  # it went by itself at that moment
                self.killed[name] += 1

    @property
    def count(self) -> int:
        """How many were killed so far."""
        return sum(self.killed.values())


@contextmanager
def killing(guichet: RunningGuichet, *names: str, seed: int | None = None) -> Iterator[Killer]:
    """A bad day for as long as the block lasts; its seed is printed, so that it can be had again."""
    seed = time.time_ns() if seed is None else seed
    print(f"chaos with seed {seed}")
    killer = Killer(guichet, names or EVERY, seed)
    killer.thread.start()
    try:
        yield killer
    finally:
        killer.stopped.set()
        killer.thread.join()
        print(f"killed: {dict(killer.killed)}")
