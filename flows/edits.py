"""What an editor may change in a flow: one sentence, one choice's other words, the keywords, or one fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

__all__ = [
    "Edit",
    "FactEdit",
    "KeywordsEdit",
    "SentenceEdit",
    "StillRight",
    "SynonymsEdit",
    "UnusableWords",
]


class UnusableWords(ValueError):
    """What can't stand there: nothing at all in the flow's own language, or more than a sentence may hold."""


@dataclass(frozen=True, slots=True)
class SentenceEdit:
    """Other words for one sentence. In another language "" takes its translation away.

    meaning_unchanged: only the form changed (a comma, a typing mistake): no translation lags behind.
    source: of a translation, the words of the flow's own language that its author had read. Where they are others by
    now, it lags behind; None: they are those that stand there.
    """

    path: str
    language: str
    text: str
    meaning_unchanged: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True)
class SynonymsEdit:
    """All the other words for one choice in one language."""

    step: str
    choice: str
    language: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeywordsEdit:
    """All the words that lead to the flow, in every language."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactEdit:
    """A fact as it is now: its value ("25 EUR", "2026-10-30", words), who says so, looked up when, its last day."""

    name: str
    value: str
    source: str = ""
    checked: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class StillRight:
    """A translation was looked at after its source changed: it is right as it stands."""

    path: str
    language: str


Edit = SentenceEdit | SynonymsEdit | KeywordsEdit | FactEdit | StillRight
