"""Queries of numbers that were shown to ring somebody: who saw one, when, and the texts that took one to a phone."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from sms_gateway.store import journal as lines
from sms_gateway.store.tables import accounts, cases, journal, outbox

_SHOWN, _CALLED = "number_shown", "called"


def note(
    tx: Connection,
    case: Row[Any],
    *,
    person_id: int,
    account_id: int,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """An account sees a person's number: who, when, in which case; never the number itself.

    `message_id`: of the text that took it to their phone.
    """
    lines.record(
        tx,
        case.organisation_id,
        _SHOWN,
        now=now,
        person_id=person_id,
        case_id=case.id,
        account_id=account_id,
        message_id=message_id,
    )


def seen(tx: Connection, case_id: int) -> list[Row[Any]]:
    """(account_id, name, at) of each time that the number was shown for the wish that stands now, oldest first."""
    met = select(func.max(journal.c.id)).where(journal.c.case_id == case_id, journal.c.what == _CALLED)
    query = (
        select(journal.c.account_id, accounts.c.name, journal.c.at)
        .join(accounts, accounts.c.id == journal.c.account_id)
        .where(journal.c.case_id == case_id, journal.c.what == _SHOWN)
        .where(journal.c.id > func.coalesce(met.scalar_subquery(), 0))
    )
    return list(tx.execute(query.order_by(journal.c.id)))


def forget(tx: Connection, person_id: int) -> None:
    """Empty the texts that took this person's number to a phone of ours: they are sealed under the team's key."""
    own = select(cases.c.id).where(cases.c.person_id == person_id)
    shared = select(cases.c.merged_into_id).where(cases.c.person_id == person_id, cases.c.merged_into_id.is_not(None))
    theirs = journal.c.case_id.in_(own) | journal.c.case_id.in_(shared)
    query = select(journal.c.detail).where(theirs, journal.c.what == _SHOWN)
    took = [each["message_id"] for each in tx.execute(query).scalars() if each.get("message_id")]
    if took:
        tx.execute(update(outbox).where(outbox.c.id.in_(took), outbox.c.account_id.is_not(None)).values(body=""))
