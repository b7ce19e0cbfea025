"""What volunteers paid in texts, month by month, so that they can be paid back: how many and how long, never the words.

A text counts in the transaction that takes it, so that one that the gateway brings twice counts once. Texts from
simulated phones cost nobody anything and do not count.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import Role, accounts, volunteer_texts
from sms_gateway.store.upsert import on_both

_A_MONTH = ["account_id", "month"]
_COUNT = on_both(
    lambda insert: (made := insert(volunteer_texts)).on_conflict_do_update(
        index_elements=_A_MONTH,
        set_={
            "texts": volunteer_texts.c.texts + made.excluded.texts,
            "parts": volunteer_texts.c.parts + made.excluded.parts,
        },
    )
)


@dataclass(frozen=True)
class Month:
    """What one volunteer's phone sent in a month ("2026-11"). parts: what an operator charges."""

    name: str
    month: str
    texts: int
    parts: int


def count(tx: Connection, *, organisation_id: int, account_id: int, parts: int, timezone: str, now: datetime) -> None:
    """One text of so many parts came in. Its month is that of the service's clock."""
    row = {
        "organisation_id": organisation_id,
        "account_id": account_id,
        "month": f"{now.astimezone(ZoneInfo(timezone)):%Y-%m}",
        "texts": 1,
        "parts": parts,
    }
    tx.execute(_COUNT[tx.dialect.name], row)


def months(tx: Connection, scope: Scope, *, account_id: int | None = None) -> list[Month]:
    """By month, the newest first, then by name: everybody's for a coordinator, one's own for anybody else."""
    query = (
        select(accounts.c.name, volunteer_texts.c.month, volunteer_texts.c.texts, volunteer_texts.c.parts)
        .join(accounts, accounts.c.id == volunteer_texts.c.account_id)
        .where(volunteer_texts.c.organisation_id == scope.organisation_id)
        .order_by(volunteer_texts.c.month.desc(), accounts.c.name, accounts.c.id)
    )
    if scope.role != Role.COORDINATOR:
        account_id = scope.account_id
    if account_id is not None:
        query = query.where(volunteer_texts.c.account_id == account_id)
    return [Month(row.name, row.month, row.texts, row.parts) for row in tx.execute(query)]
