"""The number of a person who wishes a call: shown once, to whoever has the case, and journaled (promise 9).

Never in a list, a log or a text of the thread. A coordinator may look again, for a volunteer who lost it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import phonenumbers
from sqlalchemy import Connection

from sms_gateway import outbox, phrases
from sms_gateway.cases import whose
from sms_gateway.cases.at_case import at_case
from sms_gateway.cases.following import Desk
from sms_gateway.cases.moving import Record
from sms_gateway.cases.sms_phone import Phone
from sms_gateway.context import Services
from sms_gateway.errors import NotAllowed, NotFound
from sms_gateway.store import people, shown_numbers
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import Role, Wish

PRESSED_TWICE = timedelta(minutes=1)  # the page of the first press may never have been seen


class NotShown(StrEnum):
    """Why a number stays hidden."""

    NO_WISH = "no call is wished"
    SEEN = "they saw it before"


@dataclass(frozen=True)
class Seen:
    """Who saw the number for the wish that stands, and when."""

    account_id: int
    name: str
    at: datetime


def show_number(services: Services, scope: Scope, number: int, *, now: datetime) -> str | NotShown:
    """The number, as it is dialled from abroad, to the owner of the case or to a coordinator.

    Raises NotFound for a case of somebody else, NotAllowed for the machine.
    """
    with at_case(services, scope, number, now) as (desk, record):
        if scope.account_id is None:
            raise NotAllowed("Only a person does this.")
        is_coordinator = scope.role is Role.COORDINATOR
        if record.case.owner_id != scope.account_id and not is_coordinator:
            raise NotFound(f"There is no case {number} of yours.")
        return _reveal(desk, record, scope.account_id, again=is_coordinator)


def by_phone(phone: Phone, desk: Desk, record: Record, words: str) -> None:
    """NUMERO on the basic phone of whoever has the case."""
    found = _reveal(desk, record, phone.account.id, again=False, phone=phone)
    if found is NotShown.NO_WISH:
        phone.about(desk, record, "number_hidden")
    elif found is NotShown.SEEN:
        phone.about(desk, record, "number_seen")


def seen_by(tx: Connection, case_id: int) -> tuple[Seen, ...]:
    """Who saw the number for the wish that stands, oldest first."""
    return tuple(Seen(one.account_id, one.name, one.at) for one in shown_numbers.seen(tx, case_id))


def is_wished(record: Record) -> bool:
    """Whether the person of an open case wishes a call, and nobody has said that they called."""
    return record.case.is_open and record.row.wish == Wish.CALL


def _reveal(
    desk: Desk, record: Record, account_id: int, *, again: bool, phone: Phone | None = None
) -> str | NotShown:
    """Open the number, with its line in the journal. `phone`: whose text asked for it, and which it leaves for."""
    to = whose.to_answer(desk.tx, desk.services.sealer, desk.person, record.id)
    number = people.phone_of(to)
    if not is_wished(record) or number is None:
        return NotShown.NO_WISH
    before = [one.at for one in seen_by(desk.tx, record.id) if one.account_id == account_id]
    if before and phone is None and before[-1] > desk.now - PRESSED_TWICE:
        return _dialled(number)  # the same press: one line in the journal
    if before and not again:
        return NotShown.SEEN
    message_id = _text(phone, record, _dialled(number)) if phone is not None else None
    shown_numbers.note(
        desk.tx, record.row, person_id=to.id, account_id=account_id, now=desk.now, message_id=message_id
    )
    return _dialled(number)


def _text(phone: Phone, record: Record, number: str) -> int:
    """The number to a volunteer's phone; the id of that message. It is the only text of its transaction."""
    body = phrases.say(phone.account.language, "number_to_ring", case=str(record.number), phone=number)
    return outbox.add_to_account(
        phone.tx,
        phone.services,
        phone.account,
        body=body,
        line_id=phone.line_id,
        now=phone.now,
        case_id=record.id,
    )


def _dialled(number: str) -> str:
    """A number as people read it and can dial it from anywhere; a simulated one as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
