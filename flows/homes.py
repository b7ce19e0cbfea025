"""Where the words of each step stand: in the flow itself, or in a version's own copy of a flow that it calls.

Step `ville` of the flow that step `adresse` calls is `adresse/ville` here too, its question `adresse/ville.ask`, its
fact `adresse/prix`: a name that none of the caller's can have. Two calls of the same flow share the one copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from flows.compiler import whole_of
from flows.definition import Definition, Fact
from flows.places import UnknownPlace, conversation_order, opened
from flows.subflows import Whole

__all__ = ["Home", "facts_of", "first_name", "home_of", "homes", "laid_out", "order_of", "part_of"]

ITSELF = ""


@dataclass(frozen=True)
class Home:
    """One call, or the flow itself (its call and code are "").

    definition: as its author wrote it. part: what the bundle holds of it, to read only. same_as: an earlier call of the
    same flow.
    """

    call: str
    code: str
    definition: Definition
    part: Mapping[str, Any]
    same_as: str = ""

    @property
    def prefix(self) -> str:
        """What stands before its names."""
        return f"{self.call}/" if self.call else ""

    @property
    def said(self) -> Mapping[str, Mapping[str, str]]:
        """Its sentences, by language, by its own paths."""
        said: Mapping[str, Mapping[str, str]] = self.part["sentences"]
        return said


@lru_cache(maxsize=64)
def laid_out(content: str) -> Whole:
    """The flow with the steps of all that it calls; its own alone where a call can't be."""
    return whole_of(content)


def order_of(content: str) -> tuple[str, ...]:
    """Every step, those of called flows too, in the order of the conversation."""
    return conversation_order(laid_out(content).definition)


@lru_cache(maxsize=64)
def homes(content: str) -> Mapping[str, Home]:
    """The flow itself, then each call in the order of the conversation, by its step."""
    bundle, definition = opened(content)
    found = {ITSELF: Home(ITSELF, "", definition, bundle)}
    whole = laid_out(content)
    first: dict[str, str] = {}
    for step in () if whole.findings else order_of(content):
        if step in whole.placed:
            placed = whole.placed[step]
            code = placed.code
            earlier = first.setdefault(code, step)
            same_as = earlier if earlier != step else ""
            found[step] = Home(step, code, placed.definition, bundle["subflows"][code], same_as)
    return MappingProxyType(found)


def home_of(content: str, name: str) -> tuple[Home, str]:
    """Where a step, a sentence or a fact stands, and its own name there. Raises UnknownPlace."""
    step, dot, part = name.partition(".")
    call, _, own = step.rpartition("/")
    found = homes(content).get(call)
    if found is None:
        raise UnknownPlace(name)
    return found, f"{own}{dot}{part}"


def first_name(content: str, name: str) -> str:
    """A step, a sentence or a fact as the first call of its flow names it: the same for all that share it."""
    home, own = home_of(content, name)
    return f"{home.same_as}/{own}" if home.same_as else name


def part_of(bundle: dict[str, Any], home: Home) -> dict[str, Any]:
    """The same part in a bundle that may be written to."""
    part: dict[str, Any] = bundle["subflows"][home.code] if home.code else bundle
    return part


def facts_of(content: str) -> dict[str, Fact]:
    """Every fact that can be changed, by its name here; what two calls share stands once."""
    return {
        home.prefix + name: fact
        for home in homes(content).values()
        if not home.same_as
        for name, fact in home.definition.facts.items()
    }
