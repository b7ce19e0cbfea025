"""Where a rule meets the tables: a stored case becomes a value, and a move becomes rows, by one compare-and-set."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from sms_gateway.cases.case import Case, Moved, Offer, What
from sms_gateway.errors import AlreadyTaken
from sms_gateway.store import cases as stored
from sms_gateway.store import journal, offers, people
from sms_gateway.store.people import Person
from sms_gateway.store.sealing import Sealer
from sms_gateway.store.tables import CaseState, OfferState

_QUIET = {What.ROUND}  # not worth a line in the journal each time that the clock looks


@dataclass(frozen=True)
class Record:
    """A case as it is stored (`row`: what never moves, its number, topic, language) and as the rules see it."""

    row: Row[Any]
    case: Case

    @property
    def id(self) -> int:
        """The case's id."""
        return int(self.row.id)

    @property
    def number(self) -> int:
        """The number that people are told."""
        return int(self.row.number)


def read(tx: Connection, row: Row[Any]) -> Record:
    """A stored case as a value."""
    return of_rows(row, offers.of_round(tx, row.id, row.round))


def of_rows(row: Row[Any], of_round: Iterable[Row[Any]]) -> Record:
    """A stored case as a value, from rows that were read: its own, and the offers of its present round."""
    made = tuple(
        Offer(one.account_id, OfferState(one.state), one.round, one.expires_at, one.ended_at) for one in of_round
    )
    case = Case(
        state=CaseState(row.state),
        severity=row.severity,
        epoch=row.epoch,
        owner_id=row.owner_id,
        last_inbound_seq=row.last_inbound_seq,
        settled_seq=row.settled_seq,
        unanswered_since=row.unanswered_since,
        promised_by=row.promised_by,
        corrections=row.corrections,
        next_deadline=row.next_deadline,
        lease_until=row.lease_until,
        parked_until=row.parked_until,
        half_lease_told=row.half_lease_told,
        first_answer_at=row.first_answer_at,
        outcome=row.outcome,
        closed_at=row.closed_at,
        round=row.round,
        undelivered=row.undelivered,
        offers=made,
    )
    return Record(row, case)


def lock(tx: Connection, case_id: int) -> Record | None:
    """A case for a move; its person is locked already."""
    row = stored.lock(tx, case_id)
    return read(tx, row) if row else None


def lock_with_person(tx: Connection, sealer: Sealer, *, case_id: int, person_id: int) -> tuple[Record, Person]:
    """A case and its person, locked in the order that every transaction keeps. Both ids are of rows that exist."""
    person = people.lock(tx, sealer, person_id)
    record = lock(tx, case_id)
    assert person is not None
    assert record is not None
    return record, person


def columns(case: Case) -> dict[str, Any]:
    """The columns that rules may move."""
    return {
        "state": case.state,
        "severity": case.severity,
        "epoch": case.epoch,
        "owner_id": case.owner_id,
        "last_inbound_seq": case.last_inbound_seq,
        "settled_seq": case.settled_seq,
        "unanswered_since": case.unanswered_since,
        "promised_by": case.promised_by,
        "corrections": case.corrections,
        "next_deadline": case.next_deadline,
        "lease_until": case.lease_until,
        "parked_until": case.parked_until,
        "half_lease_told": case.half_lease_told,
        "first_answer_at": case.first_answer_at,
        "outcome": case.outcome,
        "closed_at": case.closed_at,
        "round": case.round,
        "undelivered": case.undelivered,
    }


def store(
    tx: Connection,
    record: Record,
    moved: Moved,
    *,
    now: datetime,
    actor: int | None = None,
    reasons: dict[int, tuple[str, ...]] | None = None,
) -> Record:
    """Write a move: the case by compare-and-set, its offers, a line in the journal for all that happened.

    Raises AlreadyTaken where the row is not the one that was read: no lock was held, and somebody was quicker.
    """
    before, after = record.case, moved.case
    changed = stored.change(
        tx,
        record.id,
        from_state=before.state,
        from_epoch=before.epoch,
        from_seq=before.last_inbound_seq,
        columns=columns(after),
    )
    if not changed:
        raise AlreadyTaken(f"Case {record.number} has just moved.")
    _store_offers(tx, record, after, now, reasons or {})
    for event in moved.events:
        if event.what not in _QUIET:
            _note(tx, record, event.what, event.account_id, actor, after, now)
    return replace(record, case=after)


def _store_offers(
    tx: Connection, record: Record, after: Case, now: datetime, reasons: dict[int, tuple[str, ...]]
) -> None:
    known = {(one.account_id, one.round): one for one in record.case.offers}
    for one in after.offers:
        old = known.get((one.account_id, one.round))
        if old is None:
            offers.add(
                tx,
                organisation_id=record.row.organisation_id,
                case_id=record.id,
                account_id=one.account_id,
                epoch=after.epoch,
                state=one.state,
                round=one.round,
                reasons=list(reasons.get(one.account_id, ("by_themselves",))),
                offered_at=now,
                expires_at=one.expires_at,
                ended_at=one.ended_at,
            )
        elif old != one:
            offers.change(tx, record.id, one.account_id, one.round, state=one.state, ended_at=one.ended_at)


def _note(
    tx: Connection, record: Record, what: What, account_id: int | None, actor: int | None, after: Case, now: datetime
) -> None:
    journal.record(
        tx,
        record.row.organisation_id,
        what,
        now=now,
        person_id=record.row.person_id,
        case_id=record.id,
        account_id=account_id if account_id is not None else actor,
        state=after.state.value,
        epoch=after.epoch,
        by=actor,
    )
