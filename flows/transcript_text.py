"""A written conversation as text → its header, what the person sends, and all that should follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from flows.session import Channel

__all__ = ["Exchange", "Said", "Transcript", "TranscriptError", "read_text", "read_transcript"]

MARKS = (">", "<<", "<", "!", "@")
HEADER = ("flow", "dialogue", "country", "channel", "language", "today", "timezone")


class TranscriptError(Exception):
    """A transcript that can't be read; the text says which line, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that the phone or the gateway gets: its mark ("<", "<<", "!") and its words."""

    mark: str
    text: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.mark} " + self.text.replace("\n", "\n  ")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One event and all that should follow it. `given` is the line as written, "" for the very beginning.

    remarks: the lines that stand before it, as written.
    """

    given: str
    line: int
    expected: tuple[Said, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """A written conversation. remarks: those that stand after its last line."""

    path: Path
    header: Mapping[str, str]
    exchanges: tuple[Exchange, ...]
    remarks: tuple[str, ...] = ()


def read_transcript(path: str | Path) -> Transcript:
    """The transcript in a file. Raises TranscriptError where it can't be read."""
    return _read(Path(path).read_text(encoding="utf-8"), Path(path))


def read_text(text: str, name: str) -> Transcript:
    """The transcript in a text. Raises TranscriptError where it can't be read."""
    return _read(text, Path(name))


def _read(text: str, path: Path) -> Transcript:
    header: dict[str, str] = {}
    exchanges: list[Exchange] = []
    remarks: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        mark = next((mark for mark in MARKS if line == mark or line.startswith(f"{mark} ")), "")
        if line.startswith("#"):
            remarks.append(line)
        elif not line.strip() and not _open(exchanges):
            continue
        elif mark in {">", "@"}:
            exchanges.append(Exchange(line, number, (), tuple(remarks)))
            remarks = []
        elif mark:
            exchanges = exchanges or [Exchange("", number, ())]
            exchanges[-1] = _with(exchanges[-1], Said(mark, line[len(mark) + 1 :], number))
        elif line.startswith("  ") and _open(exchanges):
            exchanges[-1] = _longer(exchanges[-1], line[2:])
        elif not line.strip():
            continue
        elif not exchanges and ":" in line:
            key, _, value = line.partition(":")
            header[key.strip()] = value.strip()
        else:
            raise TranscriptError(f"{path}, line {number}: begin the line with one of: {' '.join(MARKS)}.")
    _complete(path, header)
    return Transcript(path, header, tuple(exchanges), tuple(remarks))


def _open(exchanges: list[Exchange]) -> bool:
    return bool(exchanges and exchanges[-1].expected)


def _with(exchange: Exchange, said: Said) -> Exchange:
    return replace(exchange, expected=(*exchange.expected, said))


def _longer(exchange: Exchange, text: str) -> Exchange:
    last = exchange.expected[-1]
    return replace(exchange, expected=(*exchange.expected[:-1], replace(last, text=f"{last.text}\n{text}")))


def _complete(path: Path, header: Mapping[str, str]) -> None:
    if "flow" not in header and "dialogue" not in header:
        raise TranscriptError(f"{path}: which flow? Write `flow: {path.stem}` at the top.")
    if "today" not in header:
        raise TranscriptError(f"{path}: on which day? Write `today: 2026-03-12` at the top.")
    for key in header:
        if key not in HEADER and not key.startswith("value "):
            raise TranscriptError(f"{path}: `{key}` is not known at the top. Write one of: {', '.join(HEADER)}.")
    try:
        date.fromisoformat(header["today"])
        Channel(header.get("channel", "sms"))
    except ValueError as error:
        raise TranscriptError(f"{path}: {error}. Write `today: 2026-03-12` and `channel: sms` or `ussd`.") from None
