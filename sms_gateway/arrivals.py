"""What every arrival needs: the line it came in on, the person, and its row in the mailbox."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from sms_gateway import services as services_
from sms_gateway.channels.base import HopsEnded, InboundHop, InboundText
from sms_gateway.context import Services
from sms_gateway.errors import FormError
from sms_gateway.services import Line, Service
from sms_gateway.store import mailbox, people
from sms_gateway.store.people import Person
from sms_gateway.store.tables import EventKind, PersonStatus
from sms_gateway.taking import Taking


def line_of(tx: Connection, inbound: InboundText | InboundHop | HopsEnded, kind: str) -> tuple[Service, Line]:
    """The service and the line of an arrival. Raises FormError for an address that is not ours."""
    found = services_.by_line(tx, channel=inbound.channel, kind=kind, address=inbound.line)
    if found is None:
        raise FormError("No line of ours has this address.")
    return found


def answer_line(service: Service, line: Line) -> Line:
    """The line that texts to whoever came in on `line` leave from."""
    return line if line.kind == "sms" else service.sms_line(line.channel) or line


def person_of(tx: Connection, services: Services, service: Service, line: Line, phone: str, now: datetime) -> Person:
    """The person behind a phone, locked; from now on we answer them from this line."""
    person = people.lock_or_create(
        tx,
        services.sealer,
        organisation_id=service.organisation_id,
        service_id=service.id,
        phone=phone,
        language=service.languages[0],
        now=now,
    )
    if person.erased_at is not None:  # they were forgotten as they asked, and begin anew
        people.change(tx, person.id, erased_at=None)
        person = replace(person, erased_at=None)
    texts_from = answer_line(service, line)
    if person.sms_line_id == texts_from.id:
        return person
    people.change(tx, person.id, sms_line_id=texts_from.id)
    return replace(person, sms_line_id=texts_from.id)


def put(
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
    """Store an arrival that this transaction takes, its words sealed; its id, or None where it came before."""
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
        taken_at=now,
    )


def wake_if_stopped(taking: Taking) -> None:
    """Whoever writes to us after STOP begins anew: silence ends with what the person starts."""
    if taking.person.stopped:
        taking.change_person(status=PersonStatus.ACTIVE)


def privacy(taking: Taking) -> str:
    """What is kept, for how long, and the words that end it."""
    service = taking.service
    return taking.phrase("privacy_notice", organisation=service.organisation, days=str(service.retention_days))
