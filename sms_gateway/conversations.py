"""The mailbox's doors: each event that comes in is stored and taken in exactly one turn, in one transaction.

Only when that has committed does anybody hear 2xx. A turn that fails rolls back; a second transaction stores the text
and opens a case, so that a fault of ours reaches a person and never ends in silence.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from flows import reader
from flows.session import Channel, Reason, Reply, Severity
from sms_gateway import arrivals, days_after, effects, hops, other_events, phrases, saying, texts, withdrawal
from sms_gateway.cases import desk
from sms_gateway.channels.base import HopsEnded, InboundHop, InboundText, OptedOut
from sms_gateway.context import Services
from sms_gateway.errors import FormError, StoreUnavailable
from sms_gateway.hops import UssdAnswer
from sms_gateway.store import mailbox
from sms_gateway.store.database import is_unavailable
from sms_gateway.store.tables import EventKind
from sms_gateway.taking import Taking, Text

log = structlog.get_logger(__name__)

HOP_PATIENCE = 1.4  # seconds for the database: a phone has its screen, or our apology, within two
TEXT_PATIENCE = 4.0  # seconds; then the text waits in the spool instead, and the next ones behind it

_T = TypeVar("_T")


def receive_text(services: Services, inbound: InboundText) -> None:
    """Take an SMS: stored and answered once this returns.

    Raises FormError for a line that is not ours, StoreUnavailable where the database can take nothing.
    """
    now = services.clock()

    def turn(tx: Connection) -> None:
        texts.take(tx, services, inbound, now)

    def keep(tx: Connection) -> None:
        _keep_for_a_person(tx, services, inbound, now)

    _in_one_transaction(services, turn, keep, durable=True)


def receive_hop(services: Services, inbound: InboundHop) -> UssdAnswer:
    """Take one USSD answer or a dial, and give the next screen; a repeat is given the same bytes.

    Raises as receive_text does.
    """
    now = services.clock()

    def turn(tx: Connection) -> UssdAnswer:
        return hops.take(tx, services, inbound, now)

    def keep(tx: Connection) -> UssdAnswer:
        promised = _keep_for_a_person(tx, services, inbound, now)
        return UssdAnswer(promised, ends=True)

    return _in_one_transaction(services, turn, keep, durable=False)


def receive_end(services: Services, inbound: HopsEnded) -> None:
    """A USSD session is over; one that broke off in the middle goes on by SMS, by one text, unless it is discreet."""
    now = services.clock()

    def turn(tx: Connection) -> None:
        hops.ended(tx, services, inbound, now)

    _in_one_transaction(services, turn, None, durable=False)


def receive_opt_out(services: Services, inbound: OptedOut) -> None:
    """The network was told that a phone wants no more texts: as STOP, in every service that knows the phone."""
    now = services.clock()

    def turn(tx: Connection) -> None:
        other_events.opted_out(tx, services, inbound, now)

    _in_one_transaction(services, turn, None, durable=True)


def take_event(services: Services, event_id: int) -> None:
    """Take an event that was stored without a turn (a case's outcome, a timer); harmless when one has taken it."""
    now = services.clock()
    try:
        with services.database.write() as tx:
            other_events.take_stored(tx, services, event_id, now)
    except Exception as error:
        if is_unavailable(error):
            raise
        log.exception("event_failed", event_id=event_id)
        with services.database.write() as tx:
            mailbox.count_failure(tx, event_id)
            other_events.set_aside_after_failures(tx, event_id, now)


def take_waiting(services: Services) -> int:
    """Take every stored event that waits; what the sweeper calls. Gives their number."""
    with services.database.read() as tx:
        waiting = mailbox.waiting(tx, before=services.clock(), limit=100)
    for row in waiting:
        take_event(services, row.id)
    return len(waiting)


def leave_withdrawn(services: Services) -> int:
    """Send a batch of those who are in a withdrawn version to a person. Gives their number."""
    put = withdrawal.put_events(services)
    for event_id in put:
        take_event(services, event_id)
    return len(put)


def ring_timers(services: Services) -> int:
    """Ask again, and remind, whoever it is time for: a batch of timers, each in a turn. Gives their number."""
    rung = days_after.put_events(services)
    for event_id in rung:
        take_event(services, event_id)
    return len(rung)


# ---- one transaction ----


def _in_one_transaction(
    services: Services, turn: Callable[[Connection], _T], keep: Callable[[Connection], _T] | None, *, durable: bool
) -> _T:
    patience = TEXT_PATIENCE if durable else HOP_PATIENCE
    try:
        with services.database.write(durable=durable, patience=patience) as tx:
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
        with services.database.write(patience=patience) as tx:
            return keep(tx)
    except DBAPIError as error:
        if is_unavailable(error):
            raise StoreUnavailable("The database can't take anything now.") from error
        raise


def _keep_for_a_person(tx: Connection, services: Services, inbound: InboundText | InboundHop, now: datetime) -> str:
    """Store what came in and open a case with it; gives what the person is told."""
    service, line = arrivals.line_of(tx, inbound, "ussd" if isinstance(inbound, InboundHop) else "sms")
    person = arrivals.person_of(tx, services, service, line, inbound.phone, now)
    words, _struck = reader.strike_secrets(inbound.text, person.language)
    kind = EventKind.HOP if isinstance(inbound, InboundHop) else EventKind.TEXT
    event_id = arrivals.put(tx, services, inbound, service, line, kind, person=person, words=words, now=now)
    if event_id is None:
        return ""
    channel = Channel.USSD if isinstance(inbound, InboundHop) else Channel.SMS
    taking = Taking(
        tx, services, service, person, channel, arrivals.answer_line(service, line).id, event_id, now, words
    )
    arrivals.wake_if_stopped(taking)
    danger = _danger_in(taking)
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
        severity=effects.SEVERITIES[Severity.DANGER if danger else Severity.NORMAL],
        danger=danger,
        answer_within_minutes=None,
        language=taking.language,
        discreet=False,
        now=now,
    )
    if danger is not None:  # the words for this kind stand in a machine, which may be what failed
        number = phrases.emergency(service.country)
        taking.said.append(Reply(taking.phrase("danger_discreet", number=number)))
    effects.promise(taking, opened, Reason.FAILED if danger is None else Reason.DANGER)
    told = taking.said[-1].text
    saying.send(taking, (Text(told),))
    mailbox.taken(tx, event_id, now=now, person_id=person.id)
    return told


def _danger_in(taking: Taking) -> str | None:
    """The kind of danger that the words of a failed turn speak of; None where they don't, or can't be read at all."""
    try:
        reading = reader.read(
            reader.Expected.ANY,
            taking.words,
            language=taking.language,
            country=taking.service.country,
            today=taking.local_now.date(),
        )
    except Exception:  # still the outermost loop: the reader itself may be what failed
        log.exception("words_unreadable")
        return None
    return str(reading.value or "life") if reading.intent is reader.Intent.DISTRESS else None
