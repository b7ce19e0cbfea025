"""Days after: what a flow asks again or after a case, and the one reminder of a question left open.

Nobody asked for these texts, so they are held back: by day only, never after STOP, never in a discreet flow, never
while a case or another conversation of the person is open. Each is a turn of an event of the mailbox (`store.timers`).
"""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from flows import engine, screens
from flows.asking import said
from flows.definition import Ask, AskAgain, Handoff
from flows.machine import Machine
from flows.session import CaseEnded, Channel, Reply, Session, SessionError, Status, TimerRang, Turn
from flows.wording import sayer
from sms_gateway import daytime, phrases, turns
from sms_gateway.cases import desk
from sms_gateway.context import Services
from sms_gateway.store import journal, sessions, timers
from sms_gateway.store.sessions import Stored
from sms_gateway.store.tables import SessionStatus
from sms_gateway.store.timers import Timer, TimerKind
from sms_gateway.taking import DIALOGUE, MENU, Taking

log = structlog.get_logger(__name__)

MOST_TRIES = 3  # a day apart, while the person is busy with something else
TRY_AGAIN = timedelta(days=1)
A_SCREEN_LASTS = timedelta(days=1)  # a menu of ours that nobody has touched for longer is no conversation
_AT_A_TIME = 100


def put_events(services: Services) -> list[int]:
    """Turn the timers whose time has come into events, a batch at a time; gives their ids."""
    now = services.clock()
    with services.database.read() as tx:
        if not timers.any_due(tx, now):
            return []
    with services.database.write() as tx:
        return timers.ring(tx, now=now, limit=_AT_A_TIME)


def sleep(taking: Taking, session_id: int, days: int) -> None:
    """A conversation ended for now: its question comes when so many days have passed."""
    due = daytime.when_to_write(taking.service, taking.now + timedelta(days=days))
    timers.begin(taking.tx, taking.person, session_id, TimerKind.FOLLOW_UP, due)


def ask_later(taking: Taking, session_id: int) -> None:
    """A case is closed and its conversation goes on with a question: it comes a day later."""
    due = daytime.when_to_write(taking.service, taking.now + TRY_AGAIN)
    timers.begin(taking.tx, taking.person, session_id, TimerKind.FOLLOW_UP, due)


def remind_later(taking: Taking, session_id: int, machine: Machine) -> None:
    """A conversation began whose flow reminds people: look after it once the days have passed."""
    if machine.remind_after_days and not machine.discreet:
        due = daytime.when_to_write(taking.service, taking.now + timedelta(days=machine.remind_after_days))
        timers.begin(taking.tx, taking.person, session_id, TimerKind.REMINDER, due)


def take_event(taking: Taking, delivery_key: str) -> None:
    """The turn of a timer that rang."""
    timer = timers.rung_by(taking.tx, delivery_key)
    if timer is None:
        return
    try:
        stored = sessions.find(taking.tx, taking.person, timer.session_id)
    except SessionError:
        log.error("session_unreadable", person_id=taking.person.id)
        sessions.end(taking.tx, timer.session_id, now=taking.now)
        return
    if stored is None or stored.status is SessionStatus.ENDED:
        return
    if timer.kind is TimerKind.FOLLOW_UP:
        _ask(taking, timer, stored)
    else:
        _remind(taking, timer, stored)


def set_aside(tx: Connection, delivery_key: str, now: datetime) -> None:
    """The event failed again and again: its question is not asked any more."""
    timer = timers.rung_by(tx, delivery_key)
    if timer is not None and timer.kind is TimerKind.FOLLOW_UP:
        sessions.end(tx, timer.session_id, now=now)


def _ask(taking: Taking, timer: Timer, stored: Stored) -> None:
    """The question that a flow asks again; where it can't be asked, the conversation ends quietly."""
    if why := _never(taking, stored):
        _end(taking, timer, stored, why)
        return
    machine = turns.machine_of(taking, stored)
    event = _due(machine, stored.place)
    if event is None:
        return  # it was asked before
    if machine.discreet:
        _end(taking, timer, stored, "discreet")
    elif _comes_later(taking, timer):
        return
    elif _is_busy(taking, stored):
        if not _try_again(taking, timer):
            _end(taking, timer, stored, "busy")
    else:
        place = _here(taking, machine, stored)
        say = sayer(machine, place.language)
        turn = engine.advance(machine, place, event, taking.local_now, say)
        if turn.session.status is not Status.ACTIVE or turn.effects:
            _end(taking, timer, stored, "fact_expired")
            return
        _say(taking, stored, replace(turn, replies=said(machine, turn.session, say, keys=True)), "followup_ask")
        _record(taking, timer, stored, "asked_again")


def _due(machine: Machine, place: Session) -> TimerRang | CaseEnded | None:
    """What leads to the question that is asked now; None where nothing is."""
    step = machine.steps.get(place.step)
    if isinstance(step, AskAgain):
        return TimerRang(step.name)
    goes_on = isinstance(step, Handoff) and step.go and place.status is Status.PARKED
    return CaseEnded("settled") if goes_on else None


def _remind(taking: Taking, timer: Timer, stored: Stored) -> None:
    """A question left open is asked once more, once a conversation. Whoever went on since is left alone until later."""
    place = stored.place
    if place.status is not Status.ACTIVE or _never(taking, stored):
        return
    machine = turns.machine_of(taking, stored)
    if machine.discreet or place.step in machine.follow_ups or not isinstance(machine.steps.get(place.step), Ask):
        return
    left_for = timedelta(days=machine.remind_after_days)
    if stored.updated_at + left_for > taking.now:
        due = daytime.when_to_write(taking.service, stored.updated_at + left_for)
        timers.again(taking.tx, timer, due, tries=timer.tries)
        return
    if _comes_later(taking, timer):
        return
    if stored.status is not SessionStatus.ACTIVE or _is_busy(taking, stored):
        if not _try_again(taking, timer):
            _record(taking, timer, stored, "not_reminded", why="busy")
        return
    place = _here(taking, machine, stored)
    turn = engine.again(machine, place, taking.local_now, sayer(machine, place.language), keys=True)
    if turn.session.status is Status.ACTIVE and not turn.effects:
        _say(taking, stored, turn, "reminder")
        _record(taking, timer, stored, "reminded")


def _never(taking: Taking, stored: Stored) -> str:
    """Why a person is not written to at all; "" where they may be."""
    if stored.withdrawn:
        return "withdrawn"
    return "stopped" if taking.person.stopped else "erased" if taking.person.erased_at is not None else ""


def _comes_later(taking: Taking, timer: Timer) -> bool:
    """At night, and on a day on which the counter is closed, it waits for the next morning that is none of both."""
    moment = daytime.when_to_write(taking.service, taking.now)
    if moment <= taking.now:
        return False
    timers.again(taking.tx, timer, moment, tries=timer.tries)
    return True


def _is_busy(taking: Taking, stored: Stored) -> bool:
    """Whether a case of theirs is open, or they are in another conversation."""
    if desk.standing(taking.tx, taking.person, now=taking.now) is not None:
        return True
    active = taking.active_session()
    if active is None or active.id == stored.id:
        return False
    ours = active.flow == MENU or active.flow.startswith(DIALOGUE)
    return not ours or taking.now - active.updated_at < A_SCREEN_LASTS


def _try_again(taking: Taking, timer: Timer) -> bool:
    """Ring a day later; False where that was the last time."""
    tries = timer.tries + 1
    if tries >= MOST_TRIES:
        return False
    timers.again(taking.tx, timer, daytime.when_to_write(taking.service, taking.now + TRY_AGAIN), tries=tries)
    return True


def _here(taking: Taking, machine: Machine, stored: Stored) -> Session:
    return stored.place.moved_to(Channel.SMS).in_language(machine.spoken(taking.language))


def _say(taking: Taking, stored: Stored, turn: Turn, phrase: str) -> None:
    """One text: who we are, the question with its keys, how to stop."""
    turns.wake(taking, stored, turn.session)
    question = "\n".join(screens.sms(turn.replies))
    text = phrases.say(turn.session.language, phrase, service=taking.service.name, question=question)
    taking.said.append(Reply(text))


def _end(taking: Taking, timer: Timer, stored: Stored, why: str) -> None:
    taking.set_status(stored, SessionStatus.ENDED)
    _record(taking, timer, stored, "not_asked_again", why=why)


def _record(taking: Taking, timer: Timer, stored: Stored, what: str, *, why: str = "") -> None:
    journal.record(
        taking.tx,
        taking.service.organisation_id,
        what,
        now=taking.now,
        person_id=taking.person.id,
        session_id=stored.id,
        flow=stored.flow,
        tries=timer.tries,
        why=why,
    )
