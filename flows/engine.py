"""Start a conversation, and move it by one event: same inputs, same Turn, always; never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from flows.answering import answer_question
from flows.asides import answer_aside
from flows.asking import said
from flows.commands import always, clean
from flows.definition import Ask, AskAgain, End, Handoff
from flows.effects import AddToCase, CaseEnded, Event, OpenMenu, TextArrived, TimerRang
from flows.follow_up import asked_name
from flows.machine import Machine
from flows.reader import Certainty, Expected, Intent, read
from flows.screens import previous_page, ussd
from flows.session import Channel, Session, Status, Turn
from flows.walk import arrive, fact_expired, failed
from flows.wording import Say

__all__ = ["advance", "again", "start"]


def start(
    machine: Machine,
    *,
    channel: Channel,
    language: str,
    now: datetime,
    say: Say,
    values: Mapping[str, str] | None = None,
) -> Turn:
    """Begin a conversation. `now` is aware, in the service's time zone: its date is the person's today.

    values: what the gateway knows and the first words need, e.g. {"by": "aujourd'hui avant 17h", "case": "4271"}.
    """
    session = Session(
        machine.hash, machine.start, channel, machine.spoken(language), values=dict(values) if values else {}
    )
    return arrive(machine, session, machine.start, now, say)


def advance(machine: Machine, session: Session, event: Event, now: datetime, say: Say) -> Turn:
    """What one event leads to. Total: any event at any place gives a Turn, with at most 3 replies."""
    match event:
        case TextArrived():
            return _in_date(machine, _text(machine, session, clean(event.text), now, say, struck=event.struck), now)
        case CaseEnded():
            return _case_ended(machine, session, now, say)
        case TimerRang():
            return _rang(machine, session, event.step, now, say)
        case _:
            return Turn(session)


def again(machine: Machine, session: Session, now: datetime, say: Say, *, keys: bool = False) -> Turn:
    """The open question once more, from its first page: after help, after a resume, in another language.

    keys: with its legend, also in a text: days later nobody knows the keys by heart.
    """
    place = replace(session, aside=None, guess=None, page=0)
    if place.status is not Status.ACTIVE:
        return Turn(place)
    if not isinstance(machine.steps.get(place.step), Ask | AskAgain | End):
        return failed(machine, place)
    if _stale(machine, place, now):
        return fact_expired(machine, place)
    if place.channel is Channel.SMS:
        place = replace(place, lead=())
    return Turn(place, said(machine, place, say, fresh=False, keys=keys))


def _text(machine: Machine, session: Session, text: str, now: datetime, say: Say, *, struck: bool) -> Turn:
    step = machine.steps.get(session.step)
    if session.aside is not None and (turn := answer_aside(machine, session, text, now, say)):
        return turn
    if session.aside is not None:
        session = replace(session, aside=None, guess=None)
    if session.status is Status.ACTIVE and isinstance(step, Ask):
        if _stale(machine, session, now):
            return fact_expired(machine, session)
        return answer_question(machine, session, step, text, now, say, struck=struck)
    return _elsewhere(machine, session, text, now, say)


def _elsewhere(machine: Machine, session: Session, text: str, now: datetime, say: Say) -> Turn:
    """A text where no question is open: it waits for a person, reads the last screens, or is over."""
    reading = read(
        Expected.ANY, text, language=machine.spoken(session.language), country=machine.country, today=now.date()
    )
    if session.channel is Channel.USSD and session.status is not Status.ENDED and (turn := _paged(
        machine, session, reading.intent if reading.certainty is Certainty.SURE else Intent.UNCLEAR, now, say
    )):
        return turn
    if turn := always(machine, session, reading, text, now, say):
        return turn
    step = machine.steps.get(session.step)
    if session.status is Status.PARKED:
        return Turn(session, (), (AddToCase(text),))
    if session.status is Status.ACTIVE and not isinstance(step, AskAgain | End):
        return failed(machine, session, text)
    return Turn(_over(machine, session), (), (OpenMenu(),))


def _over(machine: Machine, session: Session) -> Session:
    """The last words were read: over, or asleep until the question that comes later."""
    sleeps = session.status is not Status.ENDED and isinstance(machine.steps.get(session.step), AskAgain)
    return replace(session, status=Status.SLEEPING if sleeps and not machine.discreet else Status.ENDED)


def _paged(machine: Machine, session: Session, intent: Intent, now: datetime, say: Say) -> Turn | None:
    """`8` and `9` among the screens of words that end a conversation or come before a person."""
    if intent not in {Intent.MORE, Intent.BACK} or _stale(machine, session, now):
        return None
    replies = said(machine, session, say, fresh=False)
    if not replies:
        return None
    if intent is Intent.BACK:
        if not session.page:
            return None
        return Turn(replace(session, page=previous_page(replies, session.page)), replies)
    following = ussd(replies, session.page).next_page
    if following is None:
        return None
    place = replace(session, page=following)
    over = place.status is Status.ACTIVE and ussd(replies, following).next_page is None
    return Turn(_over(machine, place) if over else place, replies)


def _case_ended(machine: Machine, session: Session, now: datetime, say: Say) -> Turn:
    """A closed case lets a hand-off go on; what waited for nothing else is over."""
    step = machine.steps.get(session.step)
    if session.status is not Status.PARKED:
        return Turn(session)
    if isinstance(step, Handoff) and step.go:
        return arrive(machine, replace(session, lead=()), step.go, now, say)
    return Turn(replace(session, status=Status.ENDED, lead=(), page=0))


def _rang(machine: Machine, session: Session, step: str, now: datetime, say: Say) -> Turn:
    """Days have passed: the question is asked. Where a fact in it has ended since, nothing is asked any more."""
    asks = machine.steps.get(session.step)
    if not isinstance(asks, AskAgain) or session.status not in {Status.SLEEPING, Status.ACTIVE} or machine.discreet:
        return Turn(session)
    if step not in {"", asks.name}:
        return Turn(session)
    awake = replace(session, lead=(), page=0, aside=None, guess=None)
    if machine.expired(asked_name(asks.name), now.date()):
        return Turn(replace(awake, status=Status.ENDED))
    return arrive(machine, awake, asked_name(asks.name), now, say)


def _in_date(machine: Machine, turn: Turn, now: datetime) -> Turn:
    """The turn, unless it comes back to words that hold a fact past its last day: then a person answers."""
    if turn.session.status is not Status.ACTIVE or turn.session.aside is not None:
        return turn
    if not _stale(machine, turn.session, now):
        return turn
    expired = fact_expired(machine, turn.session)
    return replace(expired, effects=(*turn.effects, *expired.effects))


def _stale(machine: Machine, session: Session, now: datetime) -> bool:
    """Whether anything on the screen would be a fact past its last day."""
    today = now.date()
    if session.channel is Channel.SMS:
        return machine.expired(session.step, today)
    shown = (part.partition("#")[0] for part in session.lead)
    return machine.expired(session.step, today) or any(machine.expired(part, today) for part in shown)
