"""Queries of offers and of those whom they are made to: volunteers, their shifts, their coordinators."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from sms_gateway.store.tables import OfferState, Role, accounts, cases, offers, people, shifts


def of_round(tx: Connection, case_id: int, number: int) -> list[Row[Any]]:
    """The offers of a case in one round of asking, oldest first."""
    query = select(offers).where(offers.c.case_id == case_id, offers.c.round == number)
    return list(tx.execute(query.order_by(offers.c.id)))


def made_for(tx: Connection, case_ids: Iterable[int]) -> list[Row[Any]]:
    """Every offer of these cases, oldest first, with the names of those who were asked."""
    query = (
        select(offers, accounts.c.name.label("volunteer"))
        .join(accounts, accounts.c.id == offers.c.account_id)
        .where(offers.c.case_id.in_(list(case_ids)))
    )
    return list(tx.execute(query.order_by(offers.c.id)))


def add(tx: Connection, **columns: Any) -> None:
    """Store an offer."""
    tx.execute(insert(offers).values(**columns))


def change(tx: Connection, case_id: int, account_id: int, number: int, **columns: Any) -> None:
    """Change an account's newest offer of a case in one round."""
    newest = (
        select(func.max(offers.c.id))
        .where(offers.c.case_id == case_id, offers.c.account_id == account_id, offers.c.round == number)
        .scalar_subquery()
    )
    tx.execute(update(offers).where(offers.c.id == newest).values(**columns))


def of_their_own(tx: Connection, case_ids: Iterable[int]) -> list[Row[Any]]:
    """(case_id, account_id) of those cases whose person is one of our accounts too, by their phone."""
    query = (
        select(cases.c.id.label("case_id"), accounts.c.id.label("account_id"))
        .join(people, people.c.id == cases.c.person_id)
        .join(accounts, accounts.c.lane == people.c.lane)
        .where(cases.c.id.in_(list(case_ids)), accounts.c.organisation_id == cases.c.organisation_id)
    )
    return list(tx.execute(query))


def open_for(tx: Connection, account_id: int) -> list[Row[Any]]:
    """The offers of an account that still run, newest first, with their cases' numbers."""
    query = (
        select(offers, cases.c.number)
        .join(cases, cases.c.id == offers.c.case_id)
        .where(offers.c.account_id == account_id, offers.c.state == OfferState.OPEN)
    )
    return list(tx.execute(query.order_by(offers.c.id.desc())))


def latest_for(tx: Connection, account_id: int, *, since: datetime) -> Row[Any] | None:
    """The newest offer of an account, whatever became of it."""
    query = (
        select(offers, cases.c.number)
        .join(cases, cases.c.id == offers.c.case_id)
        .where(offers.c.account_id == account_id, offers.c.offered_at >= since)
    )
    return tx.execute(query.order_by(offers.c.id.desc()).limit(1)).first()


def busy(tx: Connection, account_ids: list[int]) -> set[int]:
    """Those of the accounts that have an offer which still runs."""
    query = select(offers.c.account_id).where(offers.c.account_id.in_(account_ids), offers.c.state == OfferState.OPEN)
    return set(tx.execute(query).scalars())


def counts_since(tx: Connection, account_ids: list[int], since: datetime) -> dict[int, int]:
    """How many offers each account had since then."""
    query = (
        select(offers.c.account_id, func.count())
        .where(offers.c.account_id.in_(account_ids), offers.c.offered_at >= since)
        .group_by(offers.c.account_id)
    )
    return {row[0]: row[1] for row in tx.execute(query)}


def count_for_case(tx: Connection, case_id: int) -> int:
    """How many offers a case has seen, in all rounds."""
    return int(tx.execute(select(func.count()).select_from(offers).where(offers.c.case_id == case_id)).scalar_one())


def volunteers(tx: Connection, organisation_id: int) -> list[Row[Any]]:
    """The active volunteers of an organisation, by id."""
    return _accounts(tx, organisation_id, Role.VOLUNTEER)


def coordinators(tx: Connection, organisation_id: int) -> list[Row[Any]]:
    """The active coordinators of an organisation, by id."""
    return _accounts(tx, organisation_id, Role.COORDINATOR)


def everybody(tx: Connection, organisation_id: int) -> list[Row[Any]]:
    """All who answer people in an organisation, active or not, by role and name."""
    query = select(accounts).where(
        accounts.c.organisation_id == organisation_id, accounts.c.role.in_((Role.VOLUNTEER, Role.COORDINATOR))
    )
    return list(tx.execute(query.order_by(accounts.c.role.desc(), accounts.c.name, accounts.c.id)))


def _accounts(tx: Connection, organisation_id: int, role: Role) -> list[Row[Any]]:
    query = select(accounts).where(
        accounts.c.organisation_id == organisation_id, accounts.c.role == role, accounts.c.active
    )
    return list(tx.execute(query.order_by(accounts.c.id)))


def shifts_of(tx: Connection, organisation_id: int) -> dict[int, list[tuple[int, int, int]]]:
    """Each account's shifts as (weekday, from minute, to minute); an account without rows is on shift at every hour."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    query = select(shifts.c.account_id, shifts.c.weekday, shifts.c.from_minute, shifts.c.to_minute)
    for account, weekday, start, end in tx.execute(query.where(shifts.c.organisation_id == organisation_id)):
        found.setdefault(account, []).append((weekday, start, end))
    return found


def account(tx: Connection, account_id: int) -> Row[Any] | None:
    """An account, not locked."""
    return tx.execute(select(accounts).where(accounts.c.id == account_id)).first()


def lock_accounts(tx: Connection, account_ids: Iterable[int]) -> dict[int, Row[Any]]:
    """These accounts, locked in the order of their ids; cases and persons are locked before, always."""
    query = select(accounts).where(accounts.c.id.in_(sorted(set(account_ids)))).order_by(accounts.c.id)
    return {row.id: row for row in tx.execute(query.with_for_update(key_share=True))}


def set_account(tx: Connection, account_id: int, **columns: Any) -> None:
    """Set columns of an account."""
    tx.execute(update(accounts).where(accounts.c.id == account_id).values(**columns))
