"""A text after a case was closed: the case opens again at once, and what turns out to be another matter leaves it.

docs/decisions/0012-same-matter.md says why in this order.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from sms_gateway.cases import asked, lifecycle, moving
from sms_gateway.cases.asked import Promise
from sms_gateway.cases.case import ORDINARY, SAME_MATTER, Moved, Outcome
from sms_gateway.cases.following import Desk, carry_out
from sms_gateway.cases.letters import Letters
from sms_gateway.context import Services
from sms_gateway.services import Service
from sms_gateway.store import cases as stored
from sms_gateway.store import journal
from sms_gateway.store.people import Person


@dataclass(frozen=True)
class OpenedAgain:
    """How a case stood before a text opened it again: what "something else" gives back. `seq`: its last text then."""

    number: int
    seq: int
    outcome: str
    helped: bool | None


def open_again(
    tx: Connection,
    services: Services,
    person: Person,
    service: Service,
    *,
    event_id: int | None,
    words: str,
    now: datetime,
) -> OpenedAgain | None:
    """Queue the case that was closed last with these words, before anybody is asked whether they belong to it.

    None where none was closed in the last 14 days, where one is open, or where the person had stopped it themselves.
    """
    last = stored.last_closed_of(tx, person.id, since=now - SAME_MATTER)
    if last is None or last.outcome == Outcome.STOPPED or stored.open_of(tx, person.id) is not None:
        return None
    before = OpenedAgain(last.number, last.last_inbound_seq, last.outcome, last.helped)
    asked.reopen(tx, services, person, service, event_id=event_id, words=words, now=now)
    return before


def leave_for_another(
    tx: Connection,
    services: Services,
    person: Person,
    service: Service,
    before: OpenedAgain,
    *,
    line_id: int,
    language: str,
    reason: str,
    now: datetime,
) -> Promise | None:
    """The texts that opened a case again move into a new one, and the old one is closed as it was.

    None where that is no more possible: somebody has the case by now, and reads the texts where they are.
    """
    row = stored.open_of(tx, person.id)
    if row is None or row.number != before.number:
        return None
    record = moving.lock(tx, row.id)
    assert record is not None
    moved = lifecycle.close_again(record.case, outcome=before.outcome, now=now)
    if not isinstance(moved, Moved):
        return None
    desk = Desk(tx, services, service, person, Letters(), now)
    carry_out(desk, record, moved)
    stored.set_columns(tx, row.id, helped=before.helped)
    opened = asked.open_case(
        tx,
        services,
        person,
        service,
        line_id=line_id,
        topic="other",
        summary="",
        words="",
        event_id=None,
        reason=reason,
        severity=min(ORDINARY, record.case.severity),
        danger=None,
        answer_within_minutes=None,
        language=language,
        discreet=bool(row.discreet),
        now=now,
    )
    stored.move_texts(tx, row.id, to=opened.case_id, after_seq=before.seq)
    journal.record(
        tx,
        person.organisation_id,
        "texts_moved",
        now=now,
        person_id=person.id,
        case_id=opened.case_id,
        number=opened.number,
        left=before.number,
    )
    return opened
