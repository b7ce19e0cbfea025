"""The mailbox's doors: each event that comes in is stored and taken in exactly one turn, in one transaction.

Only when that has committed does anybody hear 2xx. A turn that fails rolls back; a second transaction stores the text
and opens a case, so that a fault of ours reaches a person and never ends in silence.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import DBAPIError

from flows import reader, screens
from flows.session import Channel, Reason, Reply
from sms_gateway import effects, outbox, phrases, turns
from sms_gateway import services as services_
from sms_gateway.cases import by_sms, desk
from sms_gateway.channels.base import HopsEnded, InboundHop, InboundText, OptedOut, new_input
from sms_gateway.context import Services
from sms_gateway.errors import FormError, StoreUnavailable
from sms_gateway.services import Line, Service
from sms_gateway.store import journal, mailbox, people, sessions, ussd
from sms_gateway.store.database import is_unavailable
from sms_gateway.store.people import Person
from sms_gateway.store.tables import EventKind, MessageKind, PersonStatus, accounts, events
from sms_gateway.turns import DIALOGUE, MENU, Taking, Text

log = structlog.get_logger(__name__)

PRESSED_TWICE = timedelta(seconds=10)  # the same words to the same question this soon are one answer
ANSWERS_WINDOW = timedelta(minutes=10)
ANSWERS_IN_WINDOW = 60  # automatic answers to one phone; a person who types fast stays far below
REST = timedelta(minutes=60)
MOST_FAILURES = 3  # of a stored event, before a person is asked to look

_T = TypeVar("_T")


@dataclass(frozen=True)
class UssdAnswer:
    """The screen of one hop; `ends` where the session is over with it."""

    text: str
    ends: bool


def receive_text(services: Services, inbound: InboundText) -> None:
    """Take an SMS: stored and answered once this returns. Raises FormError for a line that is not ours, and
    StoreUnavailable where the database can take nothing."""
    now = services.clock()

    def turn(tx: Connection) -> None:
        _text(tx, services, inbound, now)

    def keep(tx: Connection) -> None:
        _keep_for_a_person(tx, services, inbound, now)

    _in_one_transaction(services, turn, keep, durable=True)


def receive_hop(services: Services, inbound: InboundHop) -> UssdAnswer:
    """Take one USSD answer or a dial, and give the next screen; a repeat is given the same bytes. Raises as
    receive_text does."""
    now = services.clock()

    def turn(tx: Connection) -> UssdAnswer:
        return _hop(tx, services, inbound, now)

    def keep(tx: Connection) -> UssdAnswer:
        promised = _keep_for_a_person(tx, services, inbound, now)
        return UssdAnswer(promised, ends=True)

    return _in_one_transaction(services, turn, keep, durable=False)


def receive_end(services: Services, inbound: HopsEnded) -> None:
    """A USSD session is over; one that broke off in the middle goes on by SMS, by one text, unless it is discreet."""
    now = services.clock()

    def turn(tx: Connection) -> None:
        _hops_ended(tx, services, inbound, now)

    _in_one_transaction(services, turn, None, durable=False)


def receive_opt_out(services: Services, inbound: OptedOut) -> None:
    """The network was told that a phone wants no more texts: as STOP, in every service that knows the phone."""
    now = services.clock()

    def turn(tx: Connection) -> None:
        _opted_out(tx, services, inbound, now)

    _in_one_transaction(services, turn, None, durable=True)


def take_event(services: Services, event_id: int) -> None:
    """Take an event that was stored without a turn (a case's outcome, a timer); harmless when one has taken it."""
    now = services.clock()
    try:
        with services.database.write() as tx:
            _take_stored(tx, services, event_id, now)
    except Exception as error:
        if is_unavailable(error):
            raise
        log.exception("event_failed", event_id=event_id)
        with services.database.write() as tx:
            mailbox.count_failure(tx, event_id)
            _set_aside_after_failures(tx, event_id, now)


def take_waiting(services: Services) -> int:
    """Take every stored event that waits; what the sweeper calls. Gives their number."""
    with services.database.read() as tx:
        waiting = mailbox.waiting(tx, before=services.clock(), limit=100)
    for row in waiting:
        take_event(services, row.id)
    return len(waiting)


# ---- one transaction ----


def _in_one_transaction(
    services: Services, turn: Callable[[Connection], _T], keep: Callable[[Connection], _T] | None, *, durable: bool
) -> _T:
    try:
        with services.database.write(durable=durable) as tx:
            return turn(tx)
    except FormError:
        raise
    except DBAPIError as error:
        if is_unavailable(error):
            raise StoreUnavailable("The database can't take anything now.") from error
        log.exception("turn_failed", error=type(error).__name__)
        fault: Exception = error
    except Exception as error:  # an outermost loop: a bug reaches a person, not silence
        log.exception("turn_failed", error=type(error).__name__)
        fault = error
    if keep is None:
        raise fault
    try:
        with services.database.write() as tx:
            return keep(tx)
    except DBAPIError as error:
        if is_unavailable(error):
            raise StoreUnavailable("The database can't take anything now.") from error
        raise


def _keep_for_a_person(tx: Connection, services: Services, inbound: InboundText | InboundHop, now: datetime) -> str:
    """Store what came in and open a case with it; gives what the person is told."""
    service, line = _line_of(tx, inbound, "ussd" if isinstance(inbound, InboundHop) else "sms")
    person = _person(tx, services, service, line, inbound.phone, now)
    words, _struck = reader.strike_secrets(inbound.text, person.language)
    kind = EventKind.HOP if isinstance(inbound, InboundHop) else EventKind.TEXT
    event_id = _put(tx, services, inbound, service, line, kind, person=person, words=words, now=now)
    if event_id is None:
        return ""
    channel = Channel.USSD if isinstance(inbound, InboundHop) else Channel.SMS
    taking = Taking(tx, services, service, person, channel, _answer_line(service, line).id, event_id, now, words)
    opened = desk.open_case(
        tx,
        services,
        person,
        service,
        line_id=taking.line_id,
        topic="other",
        summary="",
        words=words,
        event_id=event_id,
        reason=Reason.FAILED,
        severity=2,
        danger=None,
        answer_within_minutes=None,
        language=taking.language,
        discreet=False,
        now=now,
    )
    effects.promise(taking, opened, Reason.FAILED)
    told = taking.said[-1].text
    _send(taking, (Text(told),))
    mailbox.taken(tx, event_id, now=now, person_id=person.id)
    return told


# ---- texts ----


def _text(tx: Connection, services: Services, inbound: InboundText, now: datetime) -> None:
    service, line = _line_of(tx, inbound, "sms")
    account = _volunteer(tx, services, service, inbound, now)
    if account is not None:
        words, _struck = reader.strike_secrets(inbound.text, account.language)
        event_id = _put(
            tx, services, inbound, service, line, EventKind.TEXT, account_id=account.id, words=words, now=now
        )
        if event_id is not None:
            by_sms.take_text(tx, services, account, line_id=line.id, event_id=event_id, text=words, now=now)
            mailbox.taken(tx, event_id, now=now)
            if not account.as_citizen and _is_citizen_now(tx, account.id):
                _show_menu_to_volunteer(tx, services, service, line, inbound.phone, event_id, now)
        return
    person = _person(tx, services, service, line, inbound.phone, now)
    words, struck = reader.strike_secrets(inbound.text, person.language)
    event_id = _put(tx, services, inbound, service, line, EventKind.TEXT, person=person, words=words, now=now)
    if event_id is None:
        return  # a repeat: stored and answered already
    taking = Taking(tx, services, service, person, Channel.SMS, line.id, event_id, now, words)
    if not _pressed_twice(taking):
        _wake_if_stopped(taking)
        if not person.welcomed:
            _welcome(taking)
        turns.take_text(taking, struck=struck)
        _send(taking, tuple(Text(body) for body in screens.sms(taking.said)))
    _remember_text(taking)
    mailbox.taken(tx, event_id, now=now)


def _pressed_twice(taking: Taking) -> bool:
    """The same words to the same question within seconds: a key pressed twice, or a network that resends."""
    person = taking.person
    if person.last_text_at is None or taking.now - person.last_text_at > PRESSED_TWICE:
        return False
    return person.last_text_print == _print(taking) and person.last_text_place == _place_of(taking)


def _remember_text(taking: Taking) -> None:
    taking.change_person(
        last_text_print=_print(taking),
        last_text_at=taking.now,
        last_text_place=_place_of(taking),
        last_seen_at=taking.now,
    )


def _print(taking: Taking) -> str:
    return taking.services.sealer.print_of(str(taking.person.id), " ".join(taking.words.casefold().split()))


def _place_of(taking: Taking) -> str:
    """Where the person is: the same after a text that changed nothing, another one after a step."""
    stored = turns.active_session(taking)
    if stored is None:
        return "-"
    place = stored.place
    return f"{stored.id}/{place.step}/{place.page}/{len(place.answers)}/{place.tries}/{place.aside or ''}"[:120]


def _wake_if_stopped(taking: Taking) -> None:
    """Whoever writes to us after STOP begins anew: silence ends with what the person starts."""
    if taking.person.stopped:
        taking.change_person(status=PersonStatus.ACTIVE)


def _welcome(taking: Taking) -> None:
    """The first contact: who we are, that a person is one key away, what is kept."""
    service = taking.service
    price = phrases.price(taking.language)
    taking.first.append(Text(taking.phrase("first_contact", service=service.name, price=price)))
    taking.first.append(Text(_privacy(taking)))
    taking.change_person(welcomed=True)


def _privacy(taking: Taking) -> str:
    service = taking.service
    return taking.phrase("privacy_notice", organisation=service.organisation, days=str(service.retention_days))


def _is_citizen_now(tx: Connection, account_id: int) -> bool:
    return bool(tx.execute(select(accounts.c.as_citizen).where(accounts.c.id == account_id)).scalar_one())


def _show_menu_to_volunteer(
    tx: Connection, services: Services, service: Service, line: Line, phone: str, event_id: int, now: datetime
) -> None:
    """After MOI, a volunteer's phone is a citizen's: the menu comes next."""
    person = _person(tx, services, service, line, phone, now)
    taking = Taking(tx, services, service, person, Channel.SMS, line.id, event_id, now)
    turns.show_menu(taking)
    _send(taking, tuple(Text(body) for body in screens.sms(taking.said)))


# ---- USSD ----


def _hop(tx: Connection, services: Services, inbound: InboundHop, now: datetime) -> UssdAnswer:
    service, line = _line_of(tx, inbound, "ussd")
    person = _person(tx, services, service, line, inbound.phone, now)
    session_hash = ussd.hash_of(services.sealer, inbound.channel, inbound.session)
    typed = ussd.typed(tx, person, session_hash)
    goes_on = typed is not None and not typed.ended
    previous = typed.so_far if typed is not None and goes_on else None
    newest, struck = reader.strike_secrets(new_input(previous, inbound.text), person.language)
    event_id = _put(tx, services, inbound, service, line, EventKind.HOP, person=person, words=newest, now=now)
    if event_id is None:
        return _stored_screen(tx, inbound, person)
    taking = Taking(tx, services, service, person, Channel.USSD, _answer_line(service, line).id, event_id, now, newest)
    _wake_if_stopped(taking)
    head = None
    if not person.welcomed:
        head = taking.phrase("first_contact_ussd", service=service.name)
        taking.beside.append(Text(_privacy(taking)))
        taking.change_person(welcomed=True)
    _type(taking, goes_on=goes_on, struck=struck)
    answer = _screen(taking, head)
    _send(taking, tuple(Text(body) for body in screens.kept(taking.said)))
    hops = typed.hops + 1 if typed is not None else 1
    ussd.keep(tx, person, session_hash, so_far=inbound.text, hops=hops, ended=answer.ends, now=now)
    taking.change_person(last_seen_at=now)
    mailbox.taken(tx, event_id, now=now, reply=taking.person.words.seal(_packed(answer)))
    return answer


def _type(taking: Taking, *, goes_on: bool, struck: bool) -> None:
    """One hop: an answer to the open screen, or a dial with the keys that were dialled with it (*384*77*2#)."""
    if goes_on:
        stored = turns.active_session(taking)
        if stored is not None:
            turns.take_text(taking, struck=struck)
            return
    dialled = () if goes_on else tuple(taking.words.split("*")) if taking.words else ()
    taking.words = ""
    turns.take_dial(taking)
    for key in dialled:
        if turns.active_session(taking) is None:
            break
        taking.said.clear()
        taking.words = key
        turns.take_text(taking)


def _screen(taking: Taking, head: str | None) -> UssdAnswer:
    said = ([Reply(head)] if head else []) + taking.said
    stored = turns.active_session(taking)
    page = stored.place.page if stored is not None else 0
    screen = screens.ussd(said, page)
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


def _hops_ended(tx: Connection, services: Services, inbound: HopsEnded, now: datetime) -> None:
    service, line = _line_of(tx, inbound, "ussd")
    person = _person(tx, services, service, line, inbound.phone, now)
    event_id = _put(tx, services, inbound, service, line, EventKind.HOPS_ENDED, person=person, words="", now=now)
    if event_id is None:
        return
    mailbox.taken(tx, event_id, now=now)
    session_hash = ussd.hash_of(services.sealer, inbound.channel, inbound.session)
    typed = ussd.typed(tx, person, session_hash)
    if typed is None or typed.ended:
        return
    ussd.keep(tx, person, session_hash, so_far=typed.so_far, hops=typed.hops, ended=True, now=now)
    taking = Taking(tx, services, service, person, Channel.SMS, _answer_line(service, line).id, event_id, now)
    stored = turns.active_session(taking)
    if not inbound.dropped or stored is None or stored.flow == MENU or stored.flow.startswith(DIALOGUE):
        return
    if turns.is_discreet(taking, stored):
        return
    turns.again(taking, stored)
    question = "\n".join(screens.sms(taking.said))
    code = service.dial_code(inbound.channel) or line.address
    body = taking.phrase("resume_by_sms", code=code, question=question)
    taking.said.clear()
    _send(taking, (Text(body, MessageKind.NOTICE),))


# ---- other events ----


def _opted_out(tx: Connection, services: Services, inbound: OptedOut, now: datetime) -> None:
    for service in services_.all_services(tx):
        person = people.find(tx, services.sealer, service_id=service.id, phone=inbound.phone)
        if person is None:
            continue
        key = f"{inbound.delivery_key}/{service.id}"
        event_id = mailbox.put(
            tx,
            organisation_id=service.organisation_id,
            service_id=service.id,
            kind=EventKind.OPT_OUT,
            channel=inbound.channel,
            delivery_key=key,
            now=now,
            person_id=person.id,
        )
        if event_id is None or person.stopped:
            continue
        mailbox.taken(tx, event_id, now=now)
        desk.stop_by_citizen(tx, services, person, now=now)
        sessions.end_all(tx, person, now=now)
        people.change(tx, person.id, status=PersonStatus.STOPPED)
        journal.record(tx, service.organisation_id, "opted_out", now=now, person_id=person.id)


def _take_stored(tx: Connection, services: Services, event_id: int, now: datetime) -> None:
    row = tx.execute(select(events).where(events.c.id == event_id)).first()
    if row is None or row.taken_at is not None or row.person_id is None:
        return
    person = people.lock(tx, services.sealer, row.person_id)
    row = tx.execute(select(events).where(events.c.id == event_id).with_for_update()).one()
    if person is None or person.seal is None or row.taken_at is not None:
        if row.taken_at is None:
            mailbox.taken(tx, event_id, now=now)
        return
    service = services_.load(tx, person.service_id)
    line = service.line(person.sms_line_id) if person.sms_line_id else None
    line = line or service.sms_line("")
    mailbox.taken(tx, event_id, now=now)
    if line is None:
        return
    taking = Taking(tx, services, service, person, Channel.SMS, line.id, event_id, now)
    if row.kind == EventKind.OUTCOME and row.case_id is not None:
        _case_ended(taking, row.case_id)
    _send(taking, tuple(Text(body, MessageKind.NOTICE) for body in screens.sms(taking.said)))


def _case_ended(taking: Taking, case_id: int) -> None:
    """A case was closed: ask whether it helped. A conversation in its midst is put aside, and comes back after."""
    closed = desk.last_closed(taking.tx, taking.person, now=taking.now)
    if closed is None or closed.case_id != case_id or not closed.ask_helped:
        return
    turns.put_aside(taking, turns.active_session(taking))
    turns.start_dialogue(taking, "case_closed", case=str(closed.number))


def _set_aside_after_failures(tx: Connection, event_id: int, now: datetime) -> None:
    row = tx.execute(select(events).where(events.c.id == event_id)).one()
    if row.failed >= MOST_FAILURES:
        mailbox.taken(tx, event_id, now=now)
        journal.record(tx, row.organisation_id, "event_set_aside", now=now, person_id=row.person_id, event_id=event_id)


# ---- what every door needs ----


def _line_of(tx: Connection, inbound: InboundText | InboundHop | HopsEnded, kind: str) -> tuple[Service, Line]:
    found = services_.by_line(tx, channel=inbound.channel, kind=kind, address=inbound.line)
    if found is None:
        raise FormError("No line of ours has this address.")
    return found


def _answer_line(service: Service, line: Line) -> Line:
    """The line that texts to whoever came in on `line` leave from."""
    return line if line.kind == "sms" else service.sms_line(line.channel) or line


def _person(tx: Connection, services: Services, service: Service, line: Line, phone: str, now: datetime) -> Person:
    person = people.lock_or_create(
        tx,
        services.sealer,
        organisation_id=service.organisation_id,
        service_id=service.id,
        phone=phone,
        language=service.languages[0],
        now=now,
    )
    answer_line = _answer_line(service, line)
    if person.sms_line_id == answer_line.id:
        return person
    people.change(tx, person.id, sms_line_id=answer_line.id)
    return replace(person, sms_line_id=answer_line.id)


def _volunteer(
    tx: Connection, services: Services, service: Service, inbound: InboundText, now: datetime
) -> Row[Any] | None:
    """The account behind a phone, where it is a volunteer's at this moment: it has an offer or a case."""
    query = select(accounts).where(
        accounts.c.organisation_id == service.organisation_id,
        accounts.c.lane.in_(services.sealer.lanes(inbound.phone)),
        accounts.c.active.is_(True),
    )
    account = tx.execute(query).first()
    if account is None or not by_sms.is_volunteer_now(tx, account, now, inbound.text):
        return None
    return account


def _put(
    tx: Connection,
    services: Services,
    inbound: InboundText | InboundHop | HopsEnded,
    service: Service,
    line: Line,
    kind: EventKind,
    *,
    words: str,
    now: datetime,
    person: Person | None = None,
    account_id: int | None = None,
) -> int | None:
    seal = person.words.seal if person is not None else services.sealer.team.seal
    return mailbox.put(
        tx,
        organisation_id=service.organisation_id,
        service_id=service.id,
        kind=kind,
        channel=inbound.channel,
        delivery_key=inbound.delivery_key,
        now=now,
        person_id=person.id if person is not None else None,
        account_id=account_id,
        line_id=line.id,
        body=seal(words) if words else None,
        sent_at=inbound.sent_at if isinstance(inbound, InboundText) else None,
    )


def _send(taking: Taking, texts: tuple[Text, ...]) -> None:
    """Put what was said into the outbox, in order; over the cap on automatic answers, say so once and then rest."""
    every = [*taking.first, *texts, *taking.beside]
    if not every or not _within_cap(taking, len(every), urgent=taking.promised):
        return
    for index, text in enumerate(every):
        outbox.add_to_person(
            taking.tx,
            taking.services,
            taking.person,
            body=text.body,
            kind=text.kind,
            now=taking.now,
            line_id=taking.line_id,
            event_id=taking.event_id,
            turn_index=index,
        )


def _within_cap(taking: Taking, count: int, *, urgent: bool) -> bool:
    """Count automatic answers; a promise of a person and danger texts pass every cap."""
    person, now = taking.person, taking.now
    began = person.window_began_at
    resting = person.answers_in_window > ANSWERS_IN_WINDOW
    if began is None or now - began > (REST if resting else ANSWERS_WINDOW):
        began, sent = now, 0
    else:
        sent = person.answers_in_window
    if urgent:
        return True
    if sent > ANSWERS_IN_WINDOW:
        return False
    taking.change_person(window_began_at=began, answers_in_window=sent + count)
    if sent + count <= ANSWERS_IN_WINDOW:
        return True
    body = taking.phrase(
        "too_many_texts",
        minutes=str(int(REST.total_seconds() // 60)),
        emergency=phrases.emergency(taking.service.country),
    )
    taking.change_person(window_began_at=now, answers_in_window=ANSWERS_IN_WINDOW + 1)
    outbox.add_to_person(
        taking.tx,
        taking.services,
        taking.person,
        body=body,
        kind=MessageKind.REPLY,
        now=now,
        line_id=taking.line_id,
        event_id=taking.event_id,
    )
    return False
