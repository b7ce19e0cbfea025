"""A written conversation once more, in another language or on the other channel: the same answers, the same steps.

What a person did in it is taken by its value: an option by its number, yes and no by theirs, a number or a place as it
was read, the key to a person, the legend's own word for back. Paging is left out: the other channel has none of it.
Words are not compared; steps, answers and effects are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flows import packaged
from flows.asking import said
from flows.compiler import compile_bundle
from flows.definition import Ask, Expected
from flows.effects import CaseEnded, Effect, OpenCase, Reason, TextArrived
from flows.engine import advance, start
from flows.files import country_of, freeze_file
from flows.machine import Machine
from flows.screens import ussd
from flows.session import Answer, Channel, Session, Status, Turn
from flows.shown import PLACE_PARTS
from flows.telling import tell_effect
from flows.transcript import Difference, Exchange, Transcript
from flows.wording import sayer

__all__ = ["replay"]

NOON = time(12)
UNREADABLE = "xqzw"  # no word in any language
CASE_ENDED = "case ended"


@dataclass(frozen=True, slots=True)
class Began:
    """The first text."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question was answered."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class WentBack:
    """So many answers were taken back."""

    times: int


@dataclass(frozen=True, slots=True)
class AskedForPerson:
    """The key to a person."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Words that are no answer: not understood, or for the person who has the case."""

    text: str


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """The case that was waited for has ended."""

    outcome: str


@dataclass(frozen=True, slots=True)
class DayCame:
    """Another day."""

    today: date


Move = Began | Answered | WentBack | AskedForPerson | Typed | CaseClosed | DayCame


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation under way: where it is, on which day, and what its last event led to."""

    machine: Machine
    now: datetime
    turn: Turn

    @property
    def session(self) -> Session:
        """Where the person is."""
        return self.turn.session

    def hears(self, text: str) -> Talk:
        """The same talk after one more text."""
        say = sayer(self.machine, self.session.language)
        return replace(self, turn=advance(self.machine, self.session, TextArrived(text), self.now, say))

    def at(self, session: Session) -> Talk:
        """The same talk with the person at another screen of the same question."""
        return replace(self, turn=Turn(session))


def replay(
    transcript: Transcript, *, language: str, channel: Channel, machine: Machine | None = None
) -> list[Difference]:
    """Where the same answers lead elsewhere in that language on that channel; none where they lead the same way.

    machine: that of the flow beside the transcript, unless given. After one difference the two are in different places,
    so it is the last. Raises ParseError, CompileError or OSError where there is nothing to play.
    """
    machine = machine or _machine(transcript)
    talk = _begun(machine, transcript, language=language, channel=channel)
    for move, exchange, written in _moves(machine, transcript):
        talk = _moved(talk, move)
        expected, actual = _told(move, written), _told(move, talk)
        if expected != actual:
            file = f"{transcript.path} ({language}, {channel})"
            return [Difference(file, exchange.line, exchange.given, expected, actual)]
    return []


def _machine(transcript: Transcript) -> Machine:
    header = transcript.header
    country = header.get("country") or country_of(transcript.path)
    if "dialogue" in header:
        return compile_bundle(packaged.dialogue_bundle(country, header["dialogue"]))
    return compile_bundle(freeze_file(transcript.path.parent / f"{header['flow']}.yaml", country=country).bundle)


def _begun(machine: Machine, transcript: Transcript, *, language: str, channel: Channel) -> Talk:
    header = transcript.header
    now = datetime.combine(date.fromisoformat(header["today"]), NOON, ZoneInfo(header.get("timezone", "UTC")))
    values = {key.removeprefix("value "): value for key, value in header.items() if key.startswith("value ")}
    say = sayer(machine, language)
    return Talk(machine, now, start(machine, channel=channel, language=language, now=now, say=say, values=values))


# ---- what was done, as it is written ----


def _moves(machine: Machine, transcript: Transcript) -> Iterator[tuple[Move, Exchange, Talk]]:
    """What the person did, with where it led. What moved nothing (a page turned, a question repeated) is left out."""
    header = transcript.header
    language = header.get("language", machine.source_language)
    talk = _begun(machine, transcript, language=language, channel=Channel(header.get("channel", "sms")))
    yield Began(), transcript.exchanges[0], talk
    for exchange in transcript.exchanges[1:]:
        mark, _, text = exchange.given.partition(" ")
        before = talk
        if mark == ">":
            talk = talk.hears(text)
            move = _move(before.session, talk.turn, text)
        else:
            move = _beside(text)
            if move:
                talk = _moved(talk, move)
            elif text.startswith("channel "):
                talk = talk.at(talk.session.moved_to(Channel(text.removeprefix("channel "))))
        if move:
            yield move, exchange, talk


def _move(before: Session, turn: Turn, text: str) -> Move | None:
    after = turn.session
    if len(after.answers) < len(before.answers):
        return WentBack(len(before.answers) - len(after.answers))
    if len(after.answers) > len(before.answers):
        return Answered(after.answers[-1])
    if any(isinstance(effect, OpenCase) and effect.reason is Reason.ASKED for effect in turn.effects):
        return AskedForPerson()
    if turn.effects or after.tries > before.tries:
        return Typed(UNREADABLE if before.aside else text)
    return None


def _beside(text: str) -> Move | None:
    if text.startswith("today "):
        return DayCame(date.fromisoformat(text.removeprefix("today ")))
    if text.startswith(CASE_ENDED):
        return CaseClosed(text.removeprefix(CASE_ENDED).strip())
    return None


# ---- the same once more ----


def _moved(talk: Talk, move: Move) -> Talk:
    match move:
        case Began():
            return talk
        case Answered(answer):
            talk = _at_the_question(talk)
            return talk.hears(_typed(talk, answer))
        case WentBack(times):
            for _ in range(times):
                word = talk.machine.choice_legends[talk.session.language].back.partition(" ")[2]
                talk = talk.at(replace(talk.session, page=0)).hears(word)
            return talk
        case AskedForPerson():
            legends = talk.machine.open_legends if _is_open(talk) else talk.machine.choice_legends
            return talk.hears(legends[talk.session.language].person.partition(" ")[0])
        case Typed(text):
            return _at_the_question(talk).hears(text)
        case CaseClosed(outcome):
            say = sayer(talk.machine, talk.session.language)
            return replace(talk, turn=advance(talk.machine, talk.session, CaseEnded(outcome), talk.now, say))
        case DayCame(today):
            return replace(talk, now=datetime.combine(today, NOON, talk.now.tzinfo), turn=Turn(talk.session))


def _at_the_question(talk: Talk) -> Talk:
    """On USSD: the pages turned, until the question is on the screen."""
    if talk.session.channel is not Channel.USSD or not isinstance(talk.machine.steps.get(talk.session.step), Ask):
        return talk
    shown = said(talk.machine, talk.session, sayer(talk.machine, talk.session.language), fresh=False)
    page = talk.session.page
    while not (screen := ussd(shown, page)).reached and screen.next_page is not None:
        page = screen.next_page
    return talk.at(replace(talk.session, page=page))


def _is_open(talk: Talk) -> bool:
    step = talk.machine.steps.get(talk.session.step)
    return isinstance(step, Ask) and step.expected not in {Expected.CHOICE, Expected.YES_NO}


def _typed(talk: Talk, answer: Answer) -> str:
    """An answer as somebody types it who reads the screen."""
    options = talk.machine.options.get((talk.session.language, answer.step), ())
    keys = talk.machine.choices.get(answer.step, ())
    if options and answer.value in keys:
        return options[keys.index(str(answer.value))].key
    if isinstance(answer.value, dict):  # a place or an amount
        parts = [answer.value[part] for part in (*reversed(PLACE_PARTS), "amount") if part in answer.value]
        return " ".join(str(part) for part in parts)
    return str(answer.value)


def _told(move: Move, talk: Talk) -> tuple[str, ...]:
    """Where a move led, without a word of it: the steps on the way, the answers, what is asked of the gateway."""
    session = talk.session
    way = tuple(part for part in session.lead if ":" not in part) if isinstance(move, Began | Answered) else ()
    answers = ", ".join(f"{answer.step}: {answer.value}" for answer in session.answers)
    parked = ("waits for a case",) if session.status is Status.PARKED else ()
    tries = (f"asked again: {session.tries}",) if session.tries else ()
    effects = (_effect(effect) for effect in talk.turn.effects)
    return (f"steps: {', '.join((*way, session.step))}", f"answers: {answers}", *tries, *parked, *effects)


def _effect(effect: Effect) -> str:
    if not isinstance(effect, OpenCase):
        return tell_effect(effect)
    return f"case opened: {effect.reason}, {effect.topic}, {effect.severity}, {effect.danger or 'no danger'}"
