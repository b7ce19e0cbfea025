"""A compiled flow: every name resolved, every sentence taken apart, in every language; frozen and re-entrant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flows.bundle import DangerText
from flows.definition import Definition, Fact, Step
from flows.reader.reading import Option
from flows.wording import Voice

__all__ = ["GROUP", "Legend", "Machine", "option_number"]

GROUP = 5  # options on one screen; the next screen's numbers go on at 11, then 21


def option_number(index: int) -> int:
    """The number of an option by its place: 1 to 5, then 11 to 15, 21 to 25; the same on SMS and USSD."""
    return index // GROUP * 10 + index % GROUP + 1


@dataclass(frozen=True, slots=True)
class Legend:
    """The three lines of a legend: "0 Une personne", "9 Retour", "8 Suite", or those with a leading 0."""

    person: str
    back: str
    more: str


@dataclass(frozen=True, eq=False)
class Machine:
    """A flow that can be run. `hash` is the sha256 of its bundle: a session is pinned to it.

    dated: the facts with a last day that a step's sentences hold. choices: the keys of a question's options in order;
    options: the same as the reader needs them, by (language, step). examples: what follows "Exemple :".
    definition: the flow with the steps of all that it calls. topic: what its cases are about. named: a flow that people
    know by its title, not a dialogue of the machine's own. follow_ups: the questions that come days after the end
    (`flows.follow_up`). remind_after_days: after how many a question left open is asked once more, 0 for never.
    """

    hash: str
    code: str
    country: str
    source_language: str
    languages: tuple[str, ...]
    discreet: bool
    start: str
    definition: Definition = field(repr=False)
    steps: Mapping[str, Step]
    dated: Mapping[str, tuple[Fact, ...]]
    choices: Mapping[str, tuple[str, ...]]
    options: Mapping[tuple[str, str], tuple[Option, ...]]
    examples: Mapping[tuple[str, str], str]
    voices: Mapping[str, Voice]
    choice_legends: Mapping[str, Legend]
    open_legends: Mapping[str, Legend]
    topic: str = ""
    named: bool = False
    follow_ups: frozenset[str] = frozenset()
    remind_after_days: int = 0
    danger: Mapping[str, DangerText] = field(default_factory=dict)
    bundle: str = field(default="", repr=False)

    def spoken(self, language: str) -> str:
        """This language, or the flow's own where it doesn't speak it."""
        return language if language in self.voices else self.source_language

    def expired(self, step: str, today: date) -> bool:
        """Whether the step would say a fact past its last day."""
        return any(fact.valid_to is not None and fact.valid_to < today for fact in self.dated.get(step, ()))
