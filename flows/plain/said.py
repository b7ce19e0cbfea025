"""What people read, sentence by sentence and message by message, at its longest: what every rule here looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import cast

from flows import packaged
from flows.definition import Ask, AskAgain, Decide, Definition, End, Step, Tell, sentences
from flows.finding import FindingSeverity
from flows.machine import Machine
from flows.reader.folding import strip_accents
from flows.wording import Plural, Slot, Template
from flows.worst import longest

__all__ = [
    "CAPITAL",
    "ROMAN",
    "Fault",
    "Message",
    "Part",
    "Said",
    "Terms",
    "any_of",
    "error",
    "messages",
    "sentence_cuts",
    "terms",
    "warning",
    "words_in",
]

CAPITAL = "[A-ZÀ-ÖØ-Þ]"
ROMAN = re.compile(r"(?<![\w-])(?=[XVI]{2})X{0,3}(?:IX|IV|V?I{0,3})(?:e|er|ème)?(?![\w-])")
LETTERS = re.compile(r"[^\W\d_]+")
SENTENCE_END = re.compile(r"[.!?;:…]+(?=\s|$)|\n")
STAND_IN = re.compile(r"m{12,}")  # a name or a place at its longest (`flows.worst`)
UNKNOWN = "…"  # what a person will have answered


class Part(StrEnum):
    """What a sentence is for."""

    QUESTION = "question"
    OPTION = "option"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a flow in one language. text: with every value at its longest.

    written: as its author wrote it, facts put in, "…" for what a person answers. first: on the first screen.
    """

    text: str
    language: str
    part: Part = Part.STATEMENT
    written: str = ""
    first: bool = False
    path: str = ""
    step: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """What arrives together: all that a step tells, or a question with its options."""

    said: tuple[Said, ...]

    @property
    def text(self) -> str:
        """All of it, a line each."""
        return "\n".join(each.text for each in self.said)

    @property
    def language(self) -> str:
        """Its language."""
        return self.said[0].language


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule has against a sentence, and what to write instead. about: which one of a message, else its last."""

    message: str
    severity: FindingSeverity
    about: Said | None = None


def error(message: str, about: Said | None = None) -> Fault:
    """A fault that stands against publishing."""
    return Fault(message, FindingSeverity.ERROR, about)


def warning(message: str, about: Said | None = None) -> Fault:
    """A fault to look at twice."""
    return Fault(message, FindingSeverity.WARNING, about)


def messages(definition: Definition, machine: Machine) -> Iterator[Message]:
    """Everything that people read in every language, as it arrives. Titles and summaries are not theirs to read."""
    written: dict[str, list[tuple[str, int]]] = {}
    for path, words in sentences(definition):
        written.setdefault(path.partition(".")[0], []).append((path, words.line))
    for language in machine.languages:
        for name, step in definition.steps.items():
            for part, group in _together(step, written.get(name, [])):
                said = tuple(
                    _said(machine, language, path, _part(path, part), line or step.line, first=name == definition.start)
                    for path, line in group
                )
                if said:
                    yield Message(said)


def sentence_cuts(text: str) -> Sequence[str]:
    """The sentences of a text; a line of options is one of its own."""
    return [cut.strip() for cut in SENTENCE_END.split(text) if cut and cut.strip()]


def words_in(text: str) -> list[str]:
    """Its words: runs of letters. A name at its longest is none."""
    return [word for word in LETTERS.findall(text) if not STAND_IN.fullmatch(word)]


@dataclass(frozen=True, slots=True)
class Terms:
    """Words and phrases to look for in a text: whole, whatever their capitals and accents."""

    pattern: re.Pattern[str] | None

    def found(self, text: str) -> list[str]:
        """Those that stand in a text, as the text has them, in its order."""
        if self.pattern is None:
            return []
        plain = strip_accents(text)
        same_length = len(plain) == len(text)
        source = text if same_length else plain
        return [source[hit.start() : hit.end()] for hit in self.pattern.finditer(plain)]

    def without(self, text: str) -> str:
        """The text with small letters and no accents, and without them."""
        plain = strip_accents(text)
        return self.pattern.sub(" ", plain) if self.pattern else plain


@cache
def terms(language: str, key: str) -> Terms:
    """A list of `words.toml`; nothing where the language has none."""
    table = cast("Mapping[str, Mapping[str, Sequence[str]]]", packaged.plain_words("words"))
    return Terms(any_of(table.get(language, {}).get(key, ())))


def any_of(words: Sequence[str]) -> re.Pattern[str] | None:
    """A pattern of whole words and phrases without accents, the longest first."""
    if not words:
        return None
    plain = sorted({strip_accents(word) for word in words}, key=len, reverse=True)
    each = "|".join(re.escape(word) + ("" if word.endswith("'") else r"(?![\w-])") for word in plain)
    return re.compile(rf"(?<![\w-])(?:{each})")


def _together(step: Step, paths: list[tuple[str, int]]) -> Iterator[tuple[Part, list[tuple[str, int]]]]:
    match step:
        case Ask():
            yield Part.QUESTION, [each for each in paths if not each[0].endswith((".simpler", ".help"))]
            yield Part.QUESTION, [each for each in paths if each[0].endswith(".simpler")]
            yield Part.STATEMENT, [each for each in paths if each[0].endswith(".help")]
        case AskAgain():
            yield Part.STATEMENT, [each for each in paths if each[0].endswith(".end")]
            yield Part.QUESTION, [each for each in paths if each[0].endswith(".ask_again")]
        case Tell() | End():
            yield Part.STATEMENT, paths
        case Decide():
            yield from ((Part.STATEMENT, [each]) for each in paths)
        case _:
            yield from ((Part.STATEMENT, [each]) for each in paths if not each[0].endswith(".summary"))


def _part(path: str, part: Part) -> Part:
    return Part.OPTION if ".choices." in path else part


def _said(machine: Machine, language: str, path: str, part: Part, line: int, *, first: bool) -> Said:
    voice = machine.voices[language]
    template = voice.templates.get(path)
    written = _written(template, voice.facts) if template else ""
    return Said(longest(machine, language, path), language, part, written, first, path, path.partition(".")[0], line)


def _written(template: Template, facts: Mapping[str, str]) -> str:
    return "".join(_piece(piece, facts) for piece in template.pieces)


def _piece(piece: str | Slot | Plural, facts: Mapping[str, str]) -> str:
    match piece:
        case str():
            return piece
        case Slot():
            return facts.get(piece.name, UNKNOWN)
        case Plural():
            branches = ("".join(_piece(part, facts) for part in parts) for parts in piece.branches.values())
            return max(branches, key=len, default="")
