"""Queries of what a volunteer has carried lately, and of those whom nobody has asked how they are since."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from sms_gateway.store.tables import EntryKind, OfferState, accounts, case_entries, cases, offers

_URGENT = 1


def taken_since(tx: Connection, account_id: int, since: datetime) -> list[Row[Any]]:
    """(case_id, severity, ended_at) of every case that an account took since then, and has or has finished."""
    query = (
        select(offers.c.case_id, cases.c.severity, offers.c.ended_at)
        .join(cases, cases.c.id == offers.c.case_id)
        .where(offers.c.account_id == account_id, offers.c.state == OfferState.TAKEN, offers.c.ended_at >= since)
    )
    return list(tx.execute(query))


def heavy_of(taken: Iterable[Row[Any]], *, since: datetime) -> int:
    """How many of these cases are urgent or of danger, and were taken since then."""
    return len({one.case_id for one in taken if one.severity <= _URGENT and one.ended_at >= since})


def answered_at(tx: Connection, account_id: int, case_ids: list[int], *, since: datetime) -> list[datetime]:
    """When an account answered in these cases since then."""
    query = select(case_entries.c.at).where(
        case_entries.c.case_id.in_(case_ids),
        case_entries.c.account_id == account_id,
        case_entries.c.kind == EntryKind.ANSWER,
        case_entries.c.at >= since,
    )
    return list(tx.execute(query).scalars())


def unasked(tx: Connection, organisation_id: int, *, since: datetime) -> list[Row[Any]]:
    """The volunteers whom something weighed on since then, and of whom no coordinator has said "I asked"; newest first.

    Each with the `number` of the case it was.
    """
    query = (
        select(accounts, cases.c.number)
        .outerjoin(cases, cases.c.id == accounts.c.rest_case_id)
        .where(
            accounts.c.organisation_id == organisation_id,
            accounts.c.active,
            accounts.c.rest_why.is_not(None),
            accounts.c.rest_began_at >= since,
        )
    )
    return list(tx.execute(query.order_by(accounts.c.rest_began_at.desc(), accounts.c.id)))
