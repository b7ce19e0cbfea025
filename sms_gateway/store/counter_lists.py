"""Lists of counters that were handed in on a page, stored until somebody keeps them: the newest of an organisation."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from sms_gateway.store.tables import counter_lists


@dataclass(frozen=True)
class HandedIn:
    """A file as it came. `whole`: what it lacks is to be switched off."""

    id: int
    content: bytes
    whole: bool


def put(
    tx: Connection, organisation_id: int, account_id: int, content: bytes, *, whole: bool, now: datetime
) -> int:
    """Store a file in the place of an earlier one; its id."""
    drop(tx, organisation_id)
    row = {"organisation_id": organisation_id, "account_id": account_id, "content": content, "whole": whole}
    made = insert(counter_lists).values(**row, made_at=now).returning(counter_lists.c.id)
    return int(tx.execute(made).scalar_one())


def find(tx: Connection, organisation_id: int, list_id: int) -> HandedIn | None:
    """The file; None once it was kept, or where a newer one took its place."""
    query = select(counter_lists).where(
        counter_lists.c.organisation_id == organisation_id, counter_lists.c.id == list_id
    )
    row = tx.execute(query).first()
    return HandedIn(row.id, row.content, row.whole) if row else None


def drop(tx: Connection, organisation_id: int) -> None:
    """Forget the file of an organisation."""
    tx.execute(delete(counter_lists).where(counter_lists.c.organisation_id == organisation_id))
