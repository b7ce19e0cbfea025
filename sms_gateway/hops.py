"""A USSD hop: what was typed on a screen, or a dial; and what happens when the session breaks off."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from flows import reader, screens
from flows.session import Channel, Reply
from sms_gateway import arrivals, languages, reception, saying, turns, withdrawal
from sms_gateway.channels.base import HopsEnded, InboundHop, new_input
from sms_gateway.context import Services
from sms_gateway.store import mailbox, ussd
from sms_gateway.store.people import Person
from sms_gateway.store.tables import EventKind, MessageKind
from sms_gateway.taking import DIALOGUE, MENU, Taking, Text

SEEN_AGAIN = timedelta(hours=1)  # silence is counted in days: not every hop has to write when a person was seen


@dataclass(frozen=True)
class UssdAnswer:
    """The screen of one hop; `ends` where the session is over with it."""

    text: str
    ends: bool


def take(tx: Connection, services: Services, inbound: InboundHop, now: datetime) -> UssdAnswer:
    """Take a hop in a turn: its screen, the same bytes for a repeat."""
    service, line = arrivals.line_of(tx, inbound, "ussd")
    person = arrivals.person_of(tx, services, service, line, inbound.phone, now)
    session_hash = ussd.hash_of(services.sealer, inbound.channel, inbound.session)
    typed = ussd.typed(tx, person, session_hash)
    goes_on = typed is not None and not typed.ended
    previous = typed.so_far if typed is not None and goes_on else None
    newest, struck = reader.strike_secrets(new_input(previous, inbound.text), person.language)
    event_id = arrivals.put(tx, services, inbound, service, line, EventKind.HOP, person=person, words=newest, now=now)
    if event_id is None:
        return _stored_screen(tx, inbound, person)
    taking = Taking(
        tx, services, service, person, Channel.USSD, arrivals.answer_line(service, line).id, event_id, now, newest
    )
    arrivals.wake_if_stopped(taking)
    _type(taking, goes_on=goes_on, struck=struck)
    answer = _screen(taking, _welcome(taking))
    if now - person.last_seen_at > SEEN_AGAIN:
        taking.change_person(last_seen_at=now)
    saying.send(taking, tuple(Text(body) for body in screens.kept(taking.said)))
    hops = typed.hops + 1 if typed is not None else 1
    ussd.keep(tx, taking.person, session_hash, so_far=inbound.text, hops=hops, ended=answer.ends, now=now)
    mailbox.answered(tx, event_id, taking.person.words.seal(_packed(answer)))
    return answer


def _type(taking: Taking, *, goes_on: bool, struck: bool) -> None:
    """One hop: an answer to the open screen, or a dial with the keys that were dialled with it (*384*77*2#)."""
    if goes_on and (taking.words or taking.active_session() is not None):
        reception.take_text(taking, struck=struck)  # 0 is a person on a flow's last screen too, where nothing is asked
        return
    dialled = () if goes_on else tuple(taking.words.split("*")) if taking.words else ()
    taking.words = ""
    reception.take_dial(taking, direct=bool(dialled))
    for key in dialled:
        if taking.active_session() is None:
            break
        taking.said.clear()
        taking.words = key
        reception.take_text(taking)


def _welcome(taking: Taking) -> str | None:
    """The first contact, once the language is known that it is in: who we are on the screen, what is kept by SMS."""
    person, stored = taking.person, taking.active_session()
    if person.welcomed or person.stopped or person.erased_at is not None:
        return None
    if stored is not None and stored.flow == languages.ASKED_FIRST and not taking.promised:
        return None
    taking.beside.append(Text(arrivals.privacy(taking)))
    taking.change_person(welcomed=True)
    return None if taking.promised else taking.phrase("first_contact_ussd", service=taking.service.name)


def _screen(taking: Taking, head: str | None) -> UssdAnswer:
    said = ([Reply(head)] if head else []) + taking.said
    stored = taking.active_session()
    shows_question = bool(said) and said[-1].expects_answer  # its page is no page of what is said in its place
    screen = screens.ussd(said, stored.place.page if stored is not None and shows_question else 0)
    return UssdAnswer(screen.text, ends=not screen.expects_answer)


def _stored_screen(tx: Connection, inbound: InboundHop, person: Person) -> UssdAnswer:
    """The screen that this very hop was answered with before."""
    row = mailbox.find(tx, inbound.channel, inbound.delivery_key)
    if row is None or row.reply is None or row.person_id != person.id:
        return UssdAnswer("", ends=True)  # long past: the hook says its apology
    packed = person.words.open(row.reply)
    return UssdAnswer(packed[1:], ends=packed[0] == "E")


def _packed(answer: UssdAnswer) -> str:
    return ("E" if answer.ends else "C") + answer.text


def ended(tx: Connection, services: Services, inbound: HopsEnded, now: datetime) -> None:
    """A session is over: one that broke off in a question goes on by SMS, by one text, unless it is discreet."""
    service, line = arrivals.line_of(tx, inbound, "ussd")
    person = arrivals.person_of(tx, services, service, line, inbound.phone, now)
    event_id = arrivals.put(
        tx, services, inbound, service, line, EventKind.HOPS_ENDED, person=person, words="", now=now
    )
    if event_id is None:
        return
    session_hash = ussd.hash_of(services.sealer, inbound.channel, inbound.session)
    typed = ussd.typed(tx, person, session_hash)
    if typed is None or typed.ended:
        return
    ussd.keep(tx, person, session_hash, so_far=typed.so_far, hops=typed.hops, ended=True, now=now)
    taking = Taking(tx, services, service, person, Channel.SMS, arrivals.answer_line(service, line).id, event_id, now)
    stored = taking.active_session()
    if not inbound.dropped or stored is None or stored.flow == MENU or stored.flow.startswith(DIALOGUE):
        return
    if stored.withdrawn:  # asked first: its machine may be one that can't be made any more
        if not withdrawal.is_discreet(taking, stored):
            withdrawal.leave(taking, stored)
            saying.send(taking, tuple(Text(body, MessageKind.NOTICE) for body in screens.sms(taking.said)))
        return
    if turns.is_discreet(taking, stored):
        return
    turns.again(taking, stored)
    question = "\n".join(screens.sms(taking.said))
    code = service.dial_code(inbound.channel) or line.address
    body = taking.phrase("resume_by_sms", code=code, question=question)
    taking.said.clear()
    saying.send(taking, (Text(body, MessageKind.NOTICE),))
