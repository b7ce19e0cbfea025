"""Queries of cases and their threads: found, locked, changed by compare-and-set, and never by words."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, delete, func, insert, select, tuple_, union_all, update

from sms_gateway.store.database import must_last
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import (
    CaseState,
    EntryKind,
    MessageKind,
    MessageState,
    OfferState,
    accounts,
    case_entries,
    cases,
    lines,
    offers,
    outbox,
    people,
    services,
)

UNREACHABLE_AFTER = 3  # answers in a row that did not arrive: nobody is asked for another, the desk decides
UNOWNED = (CaseState.QUEUED, CaseState.OFFERED, CaseState.ESCALATED)
_PERSON = cases.c.person_id == bindparam("person")
_OWN = select(cases.c.id).where(_PERSON, cases.c.state != CaseState.CLOSED)
_JOINED = select(cases.c.merged_into_id).where(_PERSON, cases.c.merged_into_id.is_not(None))
_OPEN = (
    select(cases)
    .where(cases.c.id.in_(union_all(_OWN, _JOINED)), cases.c.state != CaseState.CLOSED)
    .order_by(case((_PERSON, 0), else_=1), cases.c.id)
    .limit(1)
)


def next_number(tx: Connection, organisation_id: int) -> int:
    """A number that no case of the organisation has: its first service counts for all of them."""
    first = select(func.min(services.c.id)).where(services.c.organisation_id == organisation_id).scalar_subquery()
    counted = (
        update(services)
        .where(services.c.id == first)
        .values(next_case_number=services.c.next_case_number + 1)
        .returning(services.c.next_case_number)
    )
    return int(tx.execute(counted).scalar_one()) - 1


def add(tx: Connection, **columns: Any) -> int:
    """Store a new case; its id. On disk before anybody is told its number."""
    must_last(tx)
    return int(tx.execute(insert(cases).values(**columns).returning(cases.c.id)).scalar_one())


def find(tx: Connection, scope: Scope, number: int) -> Row[Any] | None:
    """The case with this number in the scope's organisation, not locked."""
    return tx.execute(
        select(cases).where(cases.c.organisation_id == scope.organisation_id, cases.c.number == number)
    ).first()


def find_id(tx: Connection, case_id: int) -> Row[Any] | None:
    """The case with this id, not locked."""
    return tx.execute(select(cases).where(cases.c.id == case_id)).first()


def lock(tx: Connection, case_id: int) -> Row[Any] | None:
    """The case, locked; its person is locked before, always."""
    return tx.execute(select(cases).where(cases.c.id == case_id).with_for_update(key_share=True)).first()


def open_of(tx: Connection, person_id: int) -> Row[Any] | None:
    """The one open case of a person: their own, else the one that theirs went into (`cases.merging`)."""
    return tx.execute(_OPEN, {"person": person_id}).first()


def last_closed_of(tx: Connection, person_id: int, *, since: datetime) -> Row[Any] | None:
    """The case of a person that was closed last, if after `since`."""
    query = select(cases).where(
        cases.c.person_id == person_id,
        cases.c.state == CaseState.CLOSED,
        cases.c.closed_at >= since,
        cases.c.merged_into_id.is_(None),
    )
    return tx.execute(query.order_by(cases.c.closed_at.desc(), cases.c.id.desc()).limit(1)).first()


def change(
    tx: Connection, case_id: int, *, from_state: str, from_epoch: int, from_seq: int, columns: dict[str, Any]
) -> bool:
    """Compare-and-set: True where the case was still as it was read, and is now as given."""
    must_last(tx)
    changed = tx.execute(
        update(cases)
        .where(
            cases.c.id == case_id,
            cases.c.state == from_state,
            cases.c.epoch == from_epoch,
            cases.c.last_inbound_seq == from_seq,
        )
        .values(**columns)
    )
    return changed.rowcount == 1


def set_columns(tx: Connection, case_id: int, **columns: Any) -> None:
    """Set columns of a locked case that no rule reads (when a joined text was last confirmed, whether it helped)."""
    tx.execute(update(cases).where(cases.c.id == case_id).values(**columns))


def due(tx: Connection, *, now: datetime, limit: int) -> list[int]:
    """The ids of open cases whose deadline has passed: danger first, then the longest waiting."""
    query = select(cases.c.id).where(cases.c.state != CaseState.CLOSED, cases.c.next_deadline <= now)
    return list(tx.execute(query.order_by(cases.c.severity, cases.c.next_deadline, cases.c.id).limit(limit)).scalars())


def waiting_unasked(tx: Connection, organisation_id: int, *, limit: int = 500) -> list[Row[Any]]:
    """The cases that nobody has and nobody is asked about now, the longest waiting first; the desk's own among them.

    Each with the `channel` of the line that it came in on.
    """
    asked = select(offers.c.id).where(offers.c.case_id == cases.c.id, offers.c.state == OfferState.OPEN)
    query = (
        select(cases, lines.c.channel)
        .join(lines, lines.c.id == cases.c.line_id)
        .where(
            cases.c.organisation_id == organisation_id,
            cases.c.state.in_(UNOWNED),
            cases.c.undelivered < UNREACHABLE_AFTER,
            ~asked.exists(),
        )
    )
    return list(tx.execute(query.order_by(cases.c.unanswered_since, cases.c.id).limit(limit)))


def wake(tx: Connection, case_ids: Sequence[int], *, now: datetime) -> list[int]:
    """Make these waiting cases due now; those that another transaction holds are left. Gives the woken, as named."""
    free = (
        select(cases.c.id)
        .where(cases.c.id.in_(case_ids), cases.c.state.in_(UNOWNED), cases.c.next_deadline > now)
        .order_by(cases.c.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    found = set(tx.execute(free).scalars())
    if found:
        tx.execute(update(cases).where(cases.c.id.in_(found)).values(next_deadline=now))
    return [case_id for case_id in case_ids if case_id in found]


def unowned_until(tx: Connection, moment: datetime, *, limit: int) -> list[int]:
    """The ids of cases that nobody has, and whose deadline is not after a moment; the nearest deadlines first."""
    query = select(cases.c.id).where(cases.c.state.in_(UNOWNED), cases.c.next_deadline <= moment)
    return list(tx.execute(query.order_by(cases.c.next_deadline, cases.c.id).limit(limit)).scalars())


def with_lanes(tx: Connection, case_ids: Collection[int]) -> list[Row[Any]]:
    """These cases, not locked, each with the `lane` of its person."""
    query = select(cases, people.c.lane).join(people, people.c.id == cases.c.person_id)
    return list(tx.execute(query.where(cases.c.id.in_(case_ids)).order_by(cases.c.id)))


def put_off(tx: Connection, read: Sequence[Row[Any]], *, until: datetime) -> set[int]:
    """Compare-and-set of many: a new deadline for each case that is as it was read and not held now; their ids."""
    is_as_read = tuple_(cases.c.id, cases.c.state, cases.c.epoch, cases.c.last_inbound_seq, cases.c.next_deadline).in_(
        [(row.id, row.state, row.epoch, row.last_inbound_seq, row.next_deadline) for row in read]
    )
    free = select(cases.c.id).where(is_as_read).order_by(cases.c.id)
    found = set(tx.execute(free.with_for_update(key_share=True, skip_locked=True)).scalars())
    if found:
        tx.execute(update(cases).where(cases.c.id.in_(found)).values(next_deadline=until))
    return found


def unowned(tx: Connection, organisation_id: int, *, limit: int = 500) -> list[Row[Any]]:
    """The cases that nobody has, the longest waiting first."""
    query = select(cases).where(cases.c.organisation_id == organisation_id, cases.c.state.in_(UNOWNED))
    return list(tx.execute(query.order_by(cases.c.unanswered_since, cases.c.id).limit(limit)))


def count_before(
    tx: Connection, organisation_id: int, line_id: int, *, since: datetime, but: int | None
) -> dict[tuple[str, str], int]:
    """How many cases nobody has that wait longer than since `since`, by language and topic; `but`: the one that asks.

    Those of the simulator for a case on a line of it, the real ones for a real one: their phones are others.
    """
    own = select(lines.c.channel).where(lines.c.id == line_id).scalar_subquery()
    query = (
        select(cases.c.language, cases.c.topic, func.count())
        .join(lines, lines.c.id == cases.c.line_id)
        .where(
            cases.c.organisation_id == organisation_id,
            cases.c.state.in_(UNOWNED),
            cases.c.undelivered < UNREACHABLE_AFTER,
            cases.c.unanswered_since <= since,
            cases.c.id != (but or 0),
            (lines.c.channel == "simulator") == (own == "simulator"),
        )
    )
    return {(row[0], row[1]): row[2] for row in tx.execute(query.group_by(cases.c.language, cases.c.topic))}


def open_cases(tx: Connection, organisation_id: int, *, limit: int = 1000) -> list[Row[Any]]:
    """Every open case of an organisation, its owner's name, its person's pseudonym; the longest waiting first."""
    query = (
        select(cases, accounts.c.name.label("owner"), people.c.pseudonym)
        .join(people, people.c.id == cases.c.person_id)
        .outerjoin(accounts, accounts.c.id == cases.c.owner_id)
        .where(cases.c.organisation_id == organisation_id, cases.c.state != CaseState.CLOSED)
    )
    return list(tx.execute(query.order_by(cases.c.unanswered_since, cases.c.id).limit(limit)))


def owned_by(tx: Connection, account_id: int) -> list[Row[Any]]:
    """The open cases that an account has; those that wait for its answer first, the newest taken first."""
    query = select(cases).where(
        cases.c.owner_id == account_id, cases.c.state.in_((CaseState.CLAIMED, CaseState.ANSWERED))
    )
    return sorted(tx.execute(query), key=lambda row: (row.state != CaseState.CLAIMED, -row.lease_until.timestamp()))


def at_hand(tx: Connection, account_id: int) -> list[Row[Any]]:
    """The cases that an account's words are about: those that it has now; where it has none, those it put aside."""
    return owned_by(tx, account_id) or sorted(held_by(tx, account_id), key=lambda row: (row.parked_until, row.id))


def held_by(tx: Connection, account_id: int) -> list[Row[Any]]:
    """Every open case that an account has, with those that it put aside."""
    return list(tx.execute(select(cases).where(cases.c.owner_id == account_id, cases.c.state != CaseState.CLOSED)))


def waits(
    tx: Connection, service_id: int, language: str, *, since: datetime
) -> list[tuple[datetime, datetime | None]]:
    """When each case of a language was opened since then, and first answered; None while it waits for that."""
    query = select(cases.c.opened_at, cases.c.first_answer_at).where(
        cases.c.service_id == service_id,
        cases.c.language == language,
        cases.c.opened_at >= since,
        cases.c.first_answer_at.is_not(None) | (cases.c.state != CaseState.CLOSED),
    )
    return [(opened, answered) for opened, answered in tx.execute(query)]


# ---- the thread of a case ----


def add_entry(
    tx: Connection,
    case: Row[Any],
    kind: EntryKind,
    *,
    body: str,
    at: datetime,
    seq: int = 0,
    account_id: int | None = None,
    event_id: int | None = None,
    message_id: int | None = None,
    person_id: int | None = None,
) -> int:
    """Append to a case's thread; `body` is sealed by the caller, numbers inside masked before.

    `person_id`: whose key seals it; it is kept where that is not the case's own person.
    """
    must_last(tx)
    made = insert(case_entries).values(
        organisation_id=case.organisation_id,
        case_id=case.id,
        seq=seq,
        kind=kind,
        account_id=account_id,
        event_id=event_id,
        message_id=message_id or None,
        person_id=None if person_id == case.person_id else person_id,
        body=body,
        at=at,
    )
    return int(tx.execute(made.returning(case_entries.c.id)).scalar_one())


def entries(tx: Connection, case_id: int) -> list[Row[Any]]:
    """A case's thread, oldest first, with the name of whoever wrote and the state of what was sent."""
    query = (
        select(
            case_entries,
            accounts.c.name.label("author"),
            outbox.c.state.label("sent_state"),
            outbox.c.reason.label("sent_reason"),
            outbox.c.settled_at.label("sent_at"),
        )
        .outerjoin(accounts, accounts.c.id == case_entries.c.account_id)
        .outerjoin(outbox, outbox.c.id == case_entries.c.message_id)
        .where(case_entries.c.case_id == case_id)
    )
    return list(tx.execute(query.order_by(case_entries.c.at, case_entries.c.id)))


def move_texts(tx: Connection, case_id: int, *, to: int, after_seq: int) -> None:
    """Move the person's texts after `after_seq` into a case that was just opened; its own first text was empty."""
    own = case_entries.c.case_id == to
    tx.execute(delete(case_entries).where(own, case_entries.c.kind == EntryKind.CITIZEN))
    theirs = (case_entries.c.case_id == case_id, case_entries.c.seq > after_seq)
    tx.execute(update(case_entries).where(*theirs).values(case_id=to, seq=case_entries.c.seq - after_seq))
    last = select(func.max(case_entries.c.seq)).where(own).scalar_subquery()
    tx.execute(update(cases).where(cases.c.id == to).values(last_inbound_seq=last))


def last_entry(tx: Connection, case_id: int, kind: EntryKind) -> Row[Any] | None:
    """The newest entry of a kind."""
    query = select(case_entries).where(case_entries.c.case_id == case_id, case_entries.c.kind == kind)
    return tx.execute(query.order_by(case_entries.c.id.desc()).limit(1)).first()


def drop_drafts(tx: Connection, case_id: int, account_id: int) -> None:
    """Forget an account's drafts in a case: they were sent, or are replaced by a newer one."""
    tx.execute(
        case_entries.delete().where(
            case_entries.c.case_id == case_id,
            case_entries.c.account_id == account_id,
            case_entries.c.kind == EntryKind.DRAFT,
        )
    )


def first_after(tx: Connection, case_id: int, seq: int) -> datetime | None:
    """When the first text of the person after `seq` came."""
    query = select(func.min(case_entries.c.at)).where(
        case_entries.c.case_id == case_id, case_entries.c.kind == EntryKind.CITIZEN, case_entries.c.seq > seq
    )
    found: datetime | None = tx.execute(query).scalar_one()
    return found


def last_answerer(tx: Connection, person_id: int) -> int | None:
    """The volunteer who answered this person last, in any case: who knows them."""
    query = (
        select(case_entries.c.account_id)
        .join(cases, cases.c.id == case_entries.c.case_id)
        .where(cases.c.person_id == person_id, case_entries.c.kind == EntryKind.ANSWER)
    )
    return tx.execute(query.order_by(case_entries.c.id.desc()).limit(1)).scalar()


def unsettled_texts(tx: Connection, case_id: int, settled_seq: int) -> list[Row[Any]]:
    """The person's texts that are neither answered nor set aside, oldest first."""
    query = select(case_entries).where(
        case_entries.c.case_id == case_id, case_entries.c.kind == EntryKind.CITIZEN, case_entries.c.seq > settled_seq
    )
    return list(tx.execute(query.order_by(case_entries.c.seq)))


def forwarded(tx: Connection, entry_id: int, message_id: int) -> None:
    """A person's text was put into the outbox for the phone of the volunteer who has the case."""
    tx.execute(update(case_entries).where(case_entries.c.id == entry_id).values(message_id=message_id))


def seen_by_phone(tx: Connection, case_id: int, account_id: int, last_seq: int) -> int:
    """Up to which text a volunteer can have read on a basic phone: none that has not left for it yet."""
    query = (
        select(func.min(case_entries.c.seq))
        .join(outbox, outbox.c.id == case_entries.c.message_id)
        .where(
            case_entries.c.case_id == case_id,
            case_entries.c.kind == EntryKind.CITIZEN,
            outbox.c.account_id == account_id,
            outbox.c.state.in_((MessageState.WAITING, MessageState.SENDING)),
        )
    )
    first_unseen: int | None = tx.execute(query).scalar_one()
    return last_seq if first_unseen is None else first_unseen - 1


def was_told_late_last(tx: Connection, person_id: int, case_id: int) -> bool:
    """Whether the last text to a person is one that nobody asked for, about this case: that it is late."""
    query = select(outbox.c.kind, outbox.c.case_id).where(outbox.c.person_id == person_id)
    last = tx.execute(query.order_by(outbox.c.id.desc()).limit(1)).first()
    return last is not None and last.kind == MessageKind.NOTICE and last.case_id == case_id


def service_of_line(tx: Connection, line_id: int) -> int:
    """The service that a line belongs to."""
    return int(tx.execute(select(lines.c.service_id).where(lines.c.id == line_id)).scalar_one())


STILL_TALKING = timedelta(minutes=45)  # an answered case weighs on its owner this long; the person may write back


def load_of(tx: Connection, account_ids: list[int], *, quiet_from: datetime) -> dict[int, int]:
    """How many cases weigh on each account. `quiet_from`: an answered case whose lease ends before is quiet by now."""
    query = (
        select(cases.c.owner_id, func.count())
        .where(
            cases.c.owner_id.in_(account_ids),
            (cases.c.state == CaseState.CLAIMED)
            | ((cases.c.state == CaseState.ANSWERED) & (cases.c.lease_until > quiet_from)),
        )
        .group_by(cases.c.owner_id)
    )
    return {row[0]: row[1] for row in tx.execute(query)}
