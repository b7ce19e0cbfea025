"""Where a person's case stands, for the conversation that says it: the open one, or the one that was closed last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from sms_gateway.cases import moving
from sms_gateway.cases.case import DANGER, SAME_MATTER, Outcome
from sms_gateway.cases.following import opened
from sms_gateway.store import cases as stored
from sms_gateway.store import offers
from sms_gateway.store.people import Person
from sms_gateway.store.tables import CaseState, EntryKind


@dataclass(frozen=True)
class Standing:
    """Where an open case stands. `volunteer`: who answered last and still has it. `parked_since`: when a person last
    took the conversation or spoke in it."""

    case_id: int
    number: int
    state: CaseState
    by: datetime
    volunteer: str | None
    last_answer: str | None
    machine_parked: bool
    parked_since: datetime | None
    danger: bool


@dataclass(frozen=True)
class ClosedCase:
    """The case that was closed last. `ask_helped`: nobody has said yet whether it helped, and it may be asked."""

    case_id: int
    number: int
    outcome: str
    closed_at: datetime
    helped: bool | None
    ask_helped: bool


def standing(tx: Connection, person: Person, *, now: datetime) -> Standing | None:
    """Where the person's open case stands; None where there is none."""
    row = stored.open_of(tx, person.id)
    if row is None:
        return None
    record = moving.read(tx, row)
    case = record.case
    answer = stored.last_entry(tx, row.id, EntryKind.ANSWER)
    owner = offers.account(tx, case.owner_id) if case.owner_id is not None and answer is not None else None
    taken = [one.ended_at for one in case.offers if one.account_id == case.owner_id and one.ended_at is not None]
    since = [*taken, *([answer.at] if answer is not None else [])]
    return Standing(
        case_id=row.id,
        number=row.number,
        state=case.state,
        by=case.promised_by or case.next_deadline or now,
        volunteer=owner.name if owner is not None else None,
        last_answer=opened(person, answer.body) if answer is not None and _went_to(person, answer, row) else None,
        machine_parked=case.machine_parked,
        parked_since=max(since) if since and case.machine_parked else None,
        danger=case.severity == DANGER,
    )


def _went_to(person: Person, answer: Row[Any], case: Row[Any]) -> bool:
    """Whether an answer went to this phone: two that share a case don't read each other's."""
    return bool((answer.person_id or case.person_id) == person.id)


def last_closed(tx: Connection, person: Person, *, now: datetime) -> ClosedCase | None:
    """The person's case that was closed last, within the time in which a text may be about the same matter."""
    row = stored.last_closed_of(tx, person.id, since=now - SAME_MATTER)
    if row is None:
        return None
    may_ask = row.helped is None and row.outcome not in {Outcome.STOPPED, Outcome.UNREACHABLE} and not row.discreet
    return ClosedCase(row.id, row.number, row.outcome, row.closed_at, row.helped, may_ask)
