"""What the explorer found: how much it saw, and each broken promise with the conversation that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.session import Channel

__all__ = ["Broken", "Explored", "Place"]

Place = tuple[str, Channel]


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that breaks: its name, what happens, at which step, and the shortest conversation that shows it.

    transcript: what `guichet play` can read; the last event is the one.
    """

    promise: str
    message: str
    step: str
    language: str
    channel: Channel
    transcript: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.step, self.language, str(self.channel)) if part)
        return f"{self.message} ({self.promise}: {where})"


@dataclass(frozen=True)
class Explored:
    """One flow: states visited and known by language and channel, events tried, steps met, and what broke."""

    flow: str
    country: str
    visited: Mapping[Place, int]
    known: Mapping[Place, int]
    events: int
    steps: tuple[int, int]
    broken: tuple[Broken, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether all that can be reached was visited."""
        return self.visited == self.known

    def lines(self) -> Iterator[str]:
        """For people: one line a language and channel, then what broke."""
        met, steps = self.steps
        broken = f"{len(self.broken)} promises broken" if self.broken else "all promises kept"
        yield f"{self.country}/{self.flow}: {met} of {steps} steps, {self.events} events, {broken}"
        for (language, channel), known in sorted(self.known.items()):
            visited = self.visited.get((language, channel), 0)
            most = "" if self.whole else " known, cut at the bound"
            yield f"  {language} {channel:4} {visited} of {known} states{most}"
        for each in self.broken:
            yield f"\n{each}\n\n{each.transcript}"
