"""kill -9 at random moments: one thread that ends processes of an installation, as a bad day does."""

import os
import random
import signal
import threading
import time
from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from tests.running import RunningGuichet

EVERY = ("web-process", "web", "worker", "redis")
LONGEST = 0.8  # seconds between two kills
BOTH = 0.2  # how often the other web server goes at the same moment
LIVES = 2.0  # seconds that a process lives at least: most of that it takes to start, and it should be killed at work


class Killer:
    """Kills processes at random until it is told to stop; `killed` counts them by name."""

    def __init__(self, guichet: RunningGuichet, names: Sequence[str], seed: int) -> None:
        self.guichet, self.names, self.chance = guichet, names, random.Random(seed)
        self.killed: Tally[str] = Tally()
        self.born: dict[int, float] = {}  # when each process was first seen
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._kill)

    def _kill(self) -> None:
        while not self.stopped.wait(self.chance.uniform(0, LONGEST)):
            grown = self._grown()
            if not grown:
                continue
            name, pid = self.chance.choice(grown)
            self._end(name, pid)
            if name == "web" and self.chance.random() < BOTH:
                for at in grown:
                    if at[0] == "web" and at[1] != pid:
                        self._end(*at)

    def _grown(self) -> list[tuple[str, int]]:
        """Who may be killed now: those that had time to start; of those that serve, only while two do."""
        alive = [(name, pid) for name in self.names for pid in self.guichet.pids.get(name, [])]
        now = time.monotonic()
        grown = [at for at in alive if now - self.born.setdefault(at[1], now) > LIVES]
        serving = sum(name == "web-process" for name, _ in grown)
        return [at for at in grown if serving > 1 or not at[0].startswith("web")]

    def _end(self, name: str, pid: int) -> None:
        self.guichet.ever_started.add(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
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
