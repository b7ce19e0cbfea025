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
    @ today 2027-02-01            what happens besides: today, channel sms, dropped, redial, undelivered, case ended
                                  OUTCOME; timer: the days until a step asks again have passed; days 21: so many have
    # a remark

Accents are compared as they are sent: `âge` and `age` are the same.

A version in the database carries its own: there `flow:` is that version, and nothing is read from a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flows import packaged
from flows.alphabet import rewrite
from flows.compiler import compile_bundle
from flows.effects import Effect, OpenCase
from flows.engine import advance, again, start
from flows.files import country_of, freeze_file
from flows.machine import Machine
from flows.new_words import only_words
from flows.screens import kept, sms, ussd
from flows.session import (
    CaseEnded,
    Channel,
    Dropped,
    Event,
    Session,
    Sleep,
    TextArrived,
    TimerRang,
    Turn,
    Undelivered,
    decode,
    encode,
)
from flows.telling import tell_effect
from flows.transcript_text import Exchange, Said, Transcript, TranscriptError, read_text, read_transcript
from flows.wording import sayer

__all__ = [
    "Difference",
    "Exchange",
    "Said",
    "Transcript",
    "TranscriptError",
    "happens",
    "play",
    "play_text",
    "read_text",
    "read_transcript",
    "retell",
    "retell_text",
    "stands",
    "steps_met",
]

NOON = time(12)
TODAY, DAYS, TIMER = "@ today ", "@ days ", "@ timer"


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a conversation went another way than it is written.

    step: where it is now. acceptable: the steps, the answers and what the gateway is asked are the same; only words are
    new, or the last day of a fact.
    """

    file: str
    line: int
    given: str
    expected: tuple[str, ...]
    actual: tuple[str, ...]
    step: str = ""
    acceptable: bool = False

    def __str__(self) -> str:
        same = [part for part in self.expected if part in self.actual]
        told = [f"{self.file}, line {self.line}: after {self.given or 'the beginning'}"]
        told += [f"    {'  ' if part in same else '- '}{_indent(part)}" for part in self.expected]
        told += [f"    + {_indent(part)}" for part in self.actual if part not in same]
        return "\n".join(told)


def _indent(text: str) -> str:
    return text.replace("\n", "\n      ")


@dataclass(frozen=True, slots=True)
class Moment:
    """What followed one exchange: what was said, and where it led (its words left out)."""

    exchange: Exchange
    said: tuple[Said, ...]
    session: Session
    effects: tuple[Effect, ...]

    def way(self) -> tuple[object, ...]:
        """Where it led: equal for two versions that differ in words only."""
        at = self.session
        answers = tuple((answer.step, str(answer.value)) for answer in at.answers)
        asked = tuple(replace(each, summary="") if isinstance(each, OpenCase) else each for each in self.effects)
        return at.step, at.status, answers, at.lead, at.tries, at.aside, str(at.guess), at.language, asked


def play(path: str | Path) -> list[Difference]:
    """Every place where the conversation differs from what is written; none where it goes as written.

    Raises TranscriptError, ParseError or CompileError where there is nothing to play.
    """
    transcript = read_transcript(path)
    machine = _machine(transcript)
    return _differences(transcript, tuple(_played(transcript, machine)), machine, None)


def play_text(machine: Machine, text: str, name: str, *, before: Machine | None = None) -> list[Difference]:
    """The same for a conversation that a version carries. Raises TranscriptError.

    before: the version that it agreed with, with the same steps: then a difference is acceptable exactly where both
    go the same way. Without it, that is told by the words: no sentence that the flow still has was said instead.
    """
    return _differences(read_text(text, name), _moments(machine, text, name), machine, before)


def steps_met(machine: Machine, text: str, name: str) -> frozenset[str]:
    """Every step that a written conversation waits at, ends at, or is told on its way. Raises TranscriptError."""
    moments = _moments(machine, text, name)
    return frozenset(
        part.partition("#")[0] for moment in moments for part in (moment.session.step, *moment.session.lead)
    )


def stands(machine: Machine, text: str, name: str = "") -> Session:
    """Where a written conversation stands after its last line. Raises TranscriptError."""
    return _moments(machine, text, name)[-1].session


def retell(path: str | Path) -> str:
    """The transcript as the conversation goes now: its header and what the person sends, with the true replies."""
    transcript = read_transcript(path)
    return _retold(transcript, _machine(transcript))


def retell_text(machine: Machine, text: str, name: str = "") -> str:
    """The same for a conversation that a version carries: what is stored when its new words are accepted."""
    return _retold(read_text(text, name), machine)


def _retold(transcript: Transcript, machine: Machine) -> str:
    lines = [f"{key}: {value}" for key, value in transcript.header.items()] + [""]
    for moment in _played(transcript, machine):
        lines += moment.exchange.remarks
        lines += [moment.exchange.given] if moment.exchange.given else []
        lines += [str(said) for said in moment.said]
    return "\n".join([*lines, *transcript.remarks]) + "\n"


def _differences(
    transcript: Transcript, moments: Sequence[Moment], machine: Machine, before: Machine | None
) -> list[Difference]:
    same_way = _same_way(transcript, machine, before, moments) if before else None
    differences = []
    for moment in moments:
        expected = tuple(replace(said, text=rewrite(said.text), line=0) for said in moment.exchange.expected)
        actual = tuple(replace(said, text=rewrite(said.text)) for said in moment.said)
        if expected != actual:
            differences.append(
                Difference(
                    str(transcript.path),
                    moment.exchange.expected[0].line if moment.exchange.expected else moment.exchange.line,
                    moment.exchange.given,
                    tuple(map(str, expected)),
                    tuple(map(str, actual)),
                    moment.session.step,
                    same_way if same_way is not None else only_words(machine, _plain(expected), _plain(actual)),
                )
            )
    return differences


def _plain(said: Sequence[Said]) -> list[tuple[str, str]]:
    return [(each.mark, each.text) for each in said]


def _same_way(transcript: Transcript, machine: Machine, before: Machine, moments: Sequence[Moment]) -> bool:
    """Whether both versions go the same way, at least with the last days that the facts had."""
    way = [moment.way() for moment in _played(transcript, before)]
    if way == [moment.way() for moment in moments]:
        return True
    dated = replace(machine, dated=before.dated)
    return way == [moment.way() for moment in _played(transcript, dated)]


@lru_cache(maxsize=64)
def _moments(machine: Machine, text: str, name: str) -> tuple[Moment, ...]:
    """A version's conversation as it goes there; kept, for a check looks at it more than once."""
    return tuple(_played(read_text(text, name), machine))


def _played(transcript: Transcript, machine: Machine) -> Iterator[Moment]:
    header = transcript.header
    now = datetime.combine(date.fromisoformat(header["today"]), NOON, ZoneInfo(header.get("timezone", "UTC")))
    channel, language = Channel(header.get("channel", "sms")), header.get("language", machine.source_language)
    values = {key.removeprefix("value "): value for key, value in header.items() if key.startswith("value ")}
    session: Session | None = None
    rings: datetime | None = None
    for exchange in transcript.exchanges:
        if session is None:
            say = sayer(machine, language)
            turn = start(machine, channel=channel, language=language, now=now, say=say, values=values)
        else:
            now = _moved(exchange.given, now, rings)
            turn = happens(machine, session, _rung(exchange.given, now, rings), now)
        rings = next((now + timedelta(each.days) for each in turn.effects if isinstance(each, Sleep)), rings)
        session = decode(encode(turn.session))
        yield Moment(exchange, tuple(_said(turn)), session, turn.effects)


def _moved(given: str, now: datetime, rings: datetime | None) -> datetime:
    """What day it is after a line."""
    if given.startswith(TODAY):
        return datetime.combine(date.fromisoformat(given.removeprefix(TODAY)), NOON, now.tzinfo)
    if given.startswith(DAYS) and given.removeprefix(DAYS).isdecimal():
        return now + timedelta(int(given.removeprefix(DAYS)))
    return max(now, rings) if given == TIMER and rings else now


def _rung(given: str, now: datetime, rings: datetime | None) -> str:
    """Days that pass ring the timer when it is time."""
    return TIMER if given.startswith(DAYS) and rings and now >= rings else given


def happens(machine: Machine, session: Session, given: str, now: datetime) -> Turn:
    """What a line of a written conversation leads to: "> 34", "@ dropped", "@ redial"."""
    mark, _, text = given.partition(" ")
    say = sayer(machine, session.language)
    if mark == ">":
        return advance(machine, session, TextArrived(text), now, say)
    if text == "redial":
        return again(machine, session, now, say)
    if text.startswith("channel "):
        return Turn(session.moved_to(Channel(text.removeprefix("channel "))))
    event = _event(text)
    return advance(machine, session, event, now, say) if event else Turn(session)


def _machine(transcript: Transcript) -> Machine:
    header = transcript.header
    country = header.get("country") or country_of(transcript.path)
    if "dialogue" in header:
        return compile_bundle(packaged.dialogue_bundle(country, header["dialogue"]))
    return compile_bundle(freeze_file(transcript.path.parent / f"{header['flow']}.yaml", country=country).bundle)


def _event(text: str) -> Event | None:
    if text.startswith("case ended"):
        return CaseEnded(text.removeprefix("case ended").strip())
    if text == "timer" or text.startswith("timer "):
        return TimerRang(text.removeprefix("timer").strip())
    happened: dict[str, Event] = {"dropped": Dropped(), "undelivered": Undelivered()}
    return happened.get(text)


def _said(turn: Turn) -> Iterator[Said]:
    if turn.session.channel is Channel.SMS:
        yield from (Said("<", body) for body in sms(turn))
    elif turn.replies:
        yield Said("<", ussd(turn.replies, turn.session.page).text)
        yield from (Said("<<", body) for body in kept(turn))
    yield from (Said("!", tell_effect(effect)) for effect in turn.effects)
