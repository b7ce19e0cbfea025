"""What a person answers to "we are late": wait, a counter, or by phone; a bare digit, while that was the last text."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from sms_gateway import phrases
from sms_gateway.cases import region
from sms_gateway.cases.asked import citizen_wrote
from sms_gateway.cases.case import CORRECTIONS
from sms_gateway.cases.nearest_counter import knows_place, say_counter
from sms_gateway.context import Services
from sms_gateway.services import Service
from sms_gateway.store import cases as stored
from sms_gateway.store import counters
from sms_gateway.store.people import Person
from sms_gateway.store.tables import Wish

WAIT, COUNTER, BY_PHONE = "1", "2", "3"
_MEANS = {"1": WAIT, "2": COUNTER, "3": BY_PHONE, "0": BY_PHONE}


@dataclass(frozen=True)
class Answered:
    """What to say; or, with `asks_town`, that they are to be asked for their town."""

    words: str = ""
    asks_town: bool = False


def answer_slip(
    tx: Connection,
    services: Services,
    person: Person,
    service: Service,
    *,
    words: str,
    event_id: int | None,
    now: datetime,
) -> Answered | None:
    """What to say to a digit that answers slip_1 or slip_2; None where none of them is open, or it is no such digit.

    Waiting is told its time again. A counter or a call is written into the case, in the words of the option that was
    chosen, so that whoever has it, and the desk, read the wish. The case stays open when a counter is told.
    """
    row = stored.open_of(tx, person.id)
    digit = _MEANS.get(words.strip())
    if row is None or digit is None or not 0 < row.corrections < CORRECTIONS or row.promised_by is None:
        return None
    if not stored.was_told_late_last(tx, person.id, row.id):
        return None
    language = person.language if person.language in service.languages else service.languages[0]
    case = str(row.number)
    moment = phrases.by(row.promised_by, now=now, language=language, timezone=service.timezone)
    if digit == WAIT:
        return Answered(phrases.say(language, "handoff_open", by=moment, case=case))
    slip = phrases.say(language, "slip_1", by=moment, case=case)
    option = next(line for line in slip.splitlines() if line.startswith(digit))
    citizen_wrote(tx, services, person, service, event_id=event_id, words=option, now=now)
    if digit == BY_PHONE:
        stored.set_columns(tx, row.id, wish=Wish.CALL)
        return Answered(phrases.say(language, "note_joined", case=case))
    return _counter_of(tx, person, service, language=language, may_ask=True, now=now)


def answer_town(
    tx: Connection, person: Person, service: Service, *, may_ask: bool, now: datetime
) -> Answered | None:
    """What to say to a town that was asked for; None where their case is closed by now, and no counter is known.

    `person.place` is that town. `may_ask`: once more, where we don't know it.
    """
    region.settle_open_case(tx, person)
    language = person.language if person.language in service.languages else service.languages[0]
    return _counter_of(tx, person, service, language=language, may_ask=may_ask, now=now)


def _counter_of(
    tx: Connection, person: Person, service: Service, *, language: str, may_ask: bool, now: datetime
) -> Answered | None:
    """The counter near the person; else their town is asked for, where that can help; else that none is known."""
    row = stored.open_of(tx, person.id)
    if said := say_counter(tx, person, topic=row.topic if row else "other", language=language):
        return Answered(said)
    if may_ask and not knows_place(tx, person) and counters.has_any(tx, person.organisation_id):
        return Answered(asks_town=True)
    if row is None:
        return None
    moment = row.promised_by or row.next_deadline or now
    by = phrases.by(moment, now=now, language=language, timezone=service.timezone)
    return Answered(phrases.say(language, "no_counter", by=by, case=str(row.number)))
