"""Plays a written conversation through the real compiler and engine: one reader for tests, command line and editor.

    flow: carte_identite          the YAML file beside this one; or `dialogue: case_closed`, one of the machine's own
    country: france               where the folder's name doesn't say
    channel: sms
    language: fr
    today: 2026-03-12
    value case: 4271              what the gateway knows at the start

    > carte volee                 what the person sends (the first one names the flow)
    < Votre carte est …           what the phone shows: a text, or a USSD screen; further lines are indented
    << Prenez une photo …         a text that comes beside a USSD screen
    ! case opened: asked, …       what the gateway is asked to do
    @ today 2027-02-01            what happens besides: today, channel sms, dropped, undelivered, case ended OUTCOME
    # a remark

Accents are compared as they are sent: `âge` and `age` are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from flows import packaged
from flows.alphabet import rewrite
from flows.compiler import compile_bundle
from flows.engine import advance, start
from flows.files import country_of, freeze_file
from flows.machine import Machine
from flows.screens import kept, sms, ussd
from flows.session import CaseEnded, Channel, Dropped, Event, Session, TextArrived, Turn, Undelivered, decode, encode
from flows.telling import tell_effect
from flows.wording import sayer

__all__ = ["Difference", "Exchange", "Transcript", "TranscriptError", "play", "read_transcript", "retell"]

NOON = time(12)
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
    """One event and all that should follow it. `given` is the line as written, "" for the very beginning."""

    given: str
    line: int
    expected: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    """A written conversation."""

    path: Path
    header: Mapping[str, str]
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a conversation went another way than it is written."""

    file: str
    line: int
    given: str
    expected: tuple[str, ...]
    actual: tuple[str, ...]

    def __str__(self) -> str:
        same = [part for part in self.expected if part in self.actual]
        told = [f"{self.file}, line {self.line}: after {self.given or 'the beginning'}"]
        told += [f"    {'  ' if part in same else '- '}{_indent(part)}" for part in self.expected]
        told += [f"    + {_indent(part)}" for part in self.actual if part not in same]
        return "\n".join(told)


def _indent(text: str) -> str:
    return text.replace("\n", "\n      ")


def play(path: str | Path) -> list[Difference]:
    """Every place where the conversation differs from what is written; none where it goes as written.

    Raises TranscriptError, ParseError or CompileError where there is nothing to play.
    """
    transcript = read_transcript(path)
    differences = []
    for exchange, turn_said in _played(transcript):
        expected = tuple(str(replace(said, text=rewrite(said.text))) for said in exchange.expected)
        actual = tuple(str(replace(said, text=rewrite(said.text))) for said in turn_said)
        if expected != actual:
            line = exchange.expected[0].line if exchange.expected else exchange.line
            differences.append(Difference(str(transcript.path), line, exchange.given, expected, actual))
    return differences


def retell(path: str | Path) -> str:
    """The transcript as the conversation goes now: its header and what the person sends, with the true replies."""
    transcript = read_transcript(path)
    lines = [f"{key}: {value}" for key, value in transcript.header.items()] + [""]
    for exchange, turn_said in _played(transcript):
        lines += [exchange.given] if exchange.given else []
        lines += [str(said) for said in turn_said]
    return "\n".join(lines) + "\n"


def _played(transcript: Transcript) -> Iterator[tuple[Exchange, tuple[Said, ...]]]:
    machine = _machine(transcript)
    header = transcript.header
    now = datetime.combine(date.fromisoformat(header["today"]), NOON, ZoneInfo(header.get("timezone", "UTC")))
    channel, language = Channel(header.get("channel", "sms")), header.get("language", machine.source_language)
    values = {key.removeprefix("value "): value for key, value in header.items() if key.startswith("value ")}
    session: Session | None = None
    for exchange in transcript.exchanges:
        mark, _, text = exchange.given.partition(" ")
        say = sayer(machine, session.language if session else language)
        if session is None:
            turn = start(machine, channel=channel, language=language, now=now, say=say, values=values)
        elif mark == ">":
            turn = advance(machine, session, TextArrived(text), now, say)
        else:
            word, _, rest = text.partition(" ")
            if word == "today":
                now = datetime.combine(date.fromisoformat(rest), NOON, now.tzinfo)
            if word == "channel":
                session = session.moved_to(Channel(rest))
            event = _event(text)
            turn = advance(machine, session, event, now, say) if event else Turn(session)
        session = decode(encode(turn.session))
        yield exchange, tuple(_said(turn))


def _machine(transcript: Transcript) -> Machine:
    header = transcript.header
    country = header.get("country") or country_of(transcript.path)
    if "dialogue" in header:
        return compile_bundle(packaged.dialogue_bundle(country, header["dialogue"]))
    return compile_bundle(freeze_file(transcript.path.parent / f"{header['flow']}.yaml", country=country).bundle)


def _event(text: str) -> Event | None:
    if text.startswith("case ended"):
        return CaseEnded(text.removeprefix("case ended").strip())
    happened: dict[str, Event] = {"dropped": Dropped(), "undelivered": Undelivered()}
    return happened.get(text)


def _said(turn: Turn) -> Iterator[Said]:
    if turn.session.channel is Channel.SMS:
        yield from (Said("<", body) for body in sms(turn))
    elif turn.replies:
        yield Said("<", ussd(turn.replies, turn.session.page).text)
        yield from (Said("<<", body) for body in kept(turn))
    yield from (Said("!", tell_effect(effect)) for effect in turn.effects)


# ---- reading ----


def read_transcript(path: str | Path) -> Transcript:
    """The transcript in a file. Raises TranscriptError where it can't be read."""
    path = Path(path)
    header: dict[str, str] = {}
    exchanges: list[Exchange] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        mark = next((mark for mark in MARKS if line == mark or line.startswith(f"{mark} ")), "")
        if line.startswith("#") or (not line.strip() and not _open(exchanges)):
            continue
        if mark in {">", "@"}:
            exchanges.append(Exchange(line, number, ()))
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
    return Transcript(path, header, tuple(exchanges))


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
