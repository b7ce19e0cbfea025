"""One turn: an event of a person meets the machine that they are in, and what it asks is carried out.

Everything happens in the transaction of the caller, who holds the person's lock. A `Taking` gathers what to say; at its
end, `conversations` puts that on a screen or into the outbox.
"""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from flows import engine
from flows.bundle import ListOption
from flows.definition import AskAgain
from flows.machine import Machine
from flows.session import CaseEnded, Event, Session, Sleep, Status, Turn
from flows.wording import sayer
from sms_gateway import flow_versions, named_place, unclear
from sms_gateway.store import journal, sessions
from sms_gateway.store.sessions import Stored
from sms_gateway.store.tables import SessionStatus
from sms_gateway.taking import DIALOGUE, MENU, Taking

log = structlog.get_logger(__name__)

OPENING = "opening"  # the value of a session that keeps the words which led to it
_MOST_EFFECTS = 8  # of one turn, with those of what they began: a bound that no flow of ours comes near


def advance(taking: Taking, stored: Stored, event: Event) -> None:
    """Move a stored session by one event, and carry out what it asks; one in a withdrawn version is left instead."""
    if _left(taking, stored):
        return
    machine = machine_of(taking, stored)
    place = stored.place.moved_to(taking.channel)
    taking.opening = place.values.get(OPENING, "")
    say = sayer(machine, place.language)
    turn = engine.advance(machine, place, event, taking.local_now, say)
    named_place.keep(taking, machine, place, turn.session)
    unclear.keep(taking, machine, stored.flow, place, turn)
    _save(taking, stored, turn.session, SessionStatus(turn.session.status.value))
    _carry_out(taking, turn, machine, stored.id)


def again(taking: Taking, stored: Stored) -> None:
    """Say the open question of a session once more, and wake it if it had been put aside.

    Nobody comes back into a withdrawn version: a person answers instead.
    """
    if _left(taking, stored):
        return
    machine = machine_of(taking, stored)
    place = stored.place.moved_to(taking.channel).in_language(machine.spoken(taking.language))
    turn = engine.again(machine, place, taking.local_now, sayer(machine, place.language))
    _save(taking, stored, turn.session, SessionStatus.ACTIVE)
    _carry_out(taking, turn, machine, stored.id)


def speaks(taking: Taking, stored: Stored) -> bool:
    """Whether a session's flow is complete in the person's language."""
    return taking.language in machine_of(taking, stored).voices


def is_discreet(taking: Taking, stored: Stored) -> bool:
    """Whether nothing may be sent unasked about this conversation: another may read the phone."""
    return machine_of(taking, stored).discreet


def show_menu(taking: Taking, *, opening: str = "") -> None:
    """Begin the service's menu; what was active ends. `opening`: words that named nothing, for a person to read."""
    menu = flow_versions.menu(taking.tx, taking.service, taking.now)
    begin_machine(taking, MENU, menu, {OPENING: opening} if opening else None)


def show_short_menu(taking: Taking, lines: Sequence[ListOption], *, opening: str) -> None:
    """A menu of the few flows that free words may be about; its last line leads to the whole one."""
    found = flow_versions.short_menu(taking.tx, taking.service.country, lines, taking.now)
    begin_machine(taking, MENU, found, {OPENING: opening})


def begin_flow(taking: Taking, code: str, *, opening: str = "") -> None:
    """Begin a published flow; a code that is not published leads to the menu. `opening`: the words that led to it."""
    service = taking.service
    published = flow_versions.published(taking.tx, service.organisation_id, service.country)
    found = next((flow for flow in published if flow.code == code), None)
    if found is None:
        show_menu(taking)
        return
    journal.record(
        taking.tx, service.organisation_id, "flow_begun", now=taking.now, person_id=taking.person.id, flow=code
    )
    values = {OPENING: opening} if opening else None
    begin_machine(taking, code, flow_versions.machine(taking.tx, found.bundle_hash), values)


def start_dialogue(taking: Taking, name: str, **values: str) -> None:
    """Begin one of the machine's own dialogues; a conversation under it was put aside before by the caller."""
    machine = flow_versions.dialogue(taking.tx, taking.service.country, name, taking.now)
    begin_machine(taking, DIALOGUE + name, machine, values=values)


def wake(taking: Taking, stored: Stored, place: Session) -> None:
    """Go on at a place of a conversation that slept or lay aside; a menu of ours that was open ends."""
    if (open_now := taking.active_session()) is not None and open_now.id != stored.id:
        taking.put_aside(open_now)
    _save(taking, stored, place, SessionStatus.ACTIVE)


def go_on_quietly(taking: Taking, case_id: int) -> None:
    """A case ended: what waited for it alone is over, or sleeps until its flow asks again. Nothing of it is said.

    A flow that would ask something now asks it a day later: first the person is asked whether the answer helped.
    """
    from sms_gateway import days_after  # it wakes conversations

    stored = sessions.last_parked(taking.tx, taking.person, case_id)
    if stored is None or stored.withdrawn:
        return
    machine = machine_of(taking, stored)
    place = stored.place
    turn = engine.advance(machine, place, CaseEnded("settled"), taking.local_now, sayer(machine, place.language))
    quiet = all(isinstance(effect, Sleep) for effect in turn.effects)
    if quiet and turn.session.status in {Status.SLEEPING, Status.ENDED}:
        _save(taking, stored, turn.session, SessionStatus(turn.session.status.value))
        _carry_out(taking, replace(turn, replies=()), machine, stored.id)
    elif turn.session.status is Status.ACTIVE and not turn.effects and not machine.discreet:
        days_after.ask_later(taking, stored.id)


def begin_machine(taking: Taking, flow: str, machine: Machine, values: dict[str, str] | None = None) -> None:
    """Begin a conversation on a machine; the one that was active ends."""
    from sms_gateway import days_after  # it wakes conversations

    turn = start_machine(taking, machine, values)
    begun = begin(taking, flow, turn.session)
    days_after.remind_later(taking, begun.id, machine)
    _carry_out(taking, turn, machine, begun.id)


def start_machine(taking: Taking, machine: Machine, values: dict[str, str] | None = None) -> Turn:
    """The first turn of a machine for this person."""
    language = machine.spoken(taking.language)
    say = sayer(machine, language)
    return engine.start(
        machine, channel=taking.channel, language=language, now=taking.local_now, say=say, values=values
    )


def begin(taking: Taking, flow: str, place: Session) -> Stored:
    """Store a new session; the one that was active ends."""
    if (stored := taking.active_session()) is not None:
        taking.set_status(stored, SessionStatus.SLEEPING if _asks_again(taking, stored) else SessionStatus.ENDED)
    begun = sessions.begin(taking.tx, taking.person, flow=flow, place=place, now=taking.now)
    taking.remember(begun)
    return begun


def machine_of(taking: Taking, stored: Stored) -> Machine:
    """The machine that a session is pinned to."""
    return flow_versions.machine(taking.tx, stored.bundle_hash)


def _asks_again(taking: Taking, stored: Stored) -> bool:
    """Whether its last words are on the screen, and a question comes days after them."""
    if stored.withdrawn or stored.flow == MENU or stored.flow.startswith(DIALOGUE):
        return False
    machine = machine_of(taking, stored)
    return not machine.discreet and isinstance(machine.steps.get(stored.place.step), AskAgain)


def is_asked_again(taking: Taking, stored: Stored) -> bool:
    """Whether the open question is one that came days after the end."""
    if stored.withdrawn or stored.flow == MENU or stored.flow.startswith(DIALOGUE):
        return False
    return stored.place.step in machine_of(taking, stored).follow_ups


def _left(taking: Taking, stored: Stored) -> bool:
    from sms_gateway import withdrawal  # it opens cases with machines

    if not stored.withdrawn:
        return False
    if not withdrawal.leave(taking, stored):
        show_menu(taking)
    return True


def _save(taking: Taking, stored: Stored, place: Session, status: SessionStatus) -> None:
    taking.remember(sessions.save(taking.tx, taking.person, stored, place, now=taking.now, status=status))


def _carry_out(taking: Taking, turn: Turn, machine: Machine, session_id: int) -> None:
    from sms_gateway import effects  # they begin machines in their turn

    taking.said.extend(turn.replies)
    if turn.session.status is Status.ACTIVE:
        taking.place = turn.session
    for effect in turn.effects:
        taking.effects += 1
        if taking.effects > _MOST_EFFECTS:
            log.error("too_many_effects", person_id=taking.person.id)
            return
        effects.carry_out(taking, effect, session_id=session_id)
