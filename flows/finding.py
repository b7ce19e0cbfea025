"""One way in which a flow can fail a person, told to its author."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "FindingSeverity"]


class FindingSeverity(StrEnum):
    """ERROR: can't be published. WARNING: needs a second look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """What `guichet check` says: where, by which rule, for which language and channel, and how to mend it.

    path: the sentence that it is about ("comment.ask", "facts.timbre"), "" where it is about no sentence. how_much: by
    how many septets (or SMS parts) it passes the bound.
    """

    flow: str
    step: str
    rule: str
    message: str
    line: int = 0
    severity: FindingSeverity = FindingSeverity.ERROR
    locale: str = ""
    channel: str = ""
    path: str = ""
    how_much: int = 0

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.step, self.locale, self.channel) if part)
        rule = f"{self.rule}: {where}" if where else self.rule
        return f"{self.flow}, line {self.line}: {self.severity}: {self.message} ({rule})"
