"""What happens to a person without their typing: a case that ended, an opt-out at the network."""

from datetime import datetime

from sqlalchemy import Connection, select

from flows import screens
from flows.session import Channel
from sms_gateway import days_after, saying, turns, withdrawal
from sms_gateway import services as services_
from sms_gateway.cases import desk
from sms_gateway.channels.base import OptedOut
from sms_gateway.context import Services
from sms_gateway.store import journal, mailbox, people, sessions
from sms_gateway.store.tables import EventKind, MessageKind, PersonStatus, events
from sms_gateway.taking import Taking, Text

MOST_FAILURES = 3  # of a stored event, before it is set aside


def opted_out(tx: Connection, services: Services, inbound: OptedOut, now: datetime) -> None:
    """As STOP, in every service that knows the phone."""
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


def take_stored(tx: Connection, services: Services, event_id: int, now: datetime) -> None:
    """Take one stored event in a turn, unless one has taken it."""
    row = tx.execute(select(events).where(events.c.id == event_id)).first()
    if row is None or row.taken_at is not None or row.person_id is None:
        return
    person = people.lock(tx, services.sealer, row.person_id)
    row = tx.execute(select(events).where(events.c.id == event_id).with_for_update(key_share=True)).one()
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
    elif row.kind == EventKind.WITHDRAWN:
        withdrawal.take_event(taking)
    elif row.kind == EventKind.TIMER:
        days_after.take_event(taking, row.delivery_key)
    saying.send(taking, tuple(Text(body, MessageKind.NOTICE) for body in screens.sms(taking.said)))


def _case_ended(taking: Taking, case_id: int) -> None:
    """A case was closed: ask whether it helped. A conversation in its midst is put aside, and comes back after."""
    closed = desk.last_closed(taking.tx, taking.person, now=taking.now)
    if closed is None or closed.case_id != case_id or not closed.ask_helped:
        return
    turns.go_on_quietly(taking, case_id)
    taking.put_aside(taking.active_session())
    turns.start_dialogue(taking, "case_closed", case=str(closed.number))


def set_aside_after_failures(tx: Connection, event_id: int, now: datetime) -> None:
    """An event that fails again and again is set aside, so that it holds up nothing; the journal says so."""
    row = tx.execute(select(events).where(events.c.id == event_id)).one()
    if row.failed >= MOST_FAILURES:
        mailbox.taken(tx, event_id, now=now)
        if row.kind == EventKind.TIMER:
            days_after.set_aside(tx, row.delivery_key, now)
        journal.record(tx, row.organisation_id, "event_set_aside", now=now, person_id=row.person_id, event_id=event_id)
