"""The journal: what happened, append-only, ids and names alone; chained in batches so that a change shows."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from sms_gateway.store.tables import journal, journal_chain

Detail = str | int | bool | None
_BATCH = 5_000


def record(
    tx: Connection,
    organisation_id: int,
    what: str,
    *,
    now: datetime,
    person_id: int | None = None,
    case_id: int | None = None,
    account_id: int | None = None,
    **ids_and_names: Detail,
) -> None:
    """Append one line. `ids_and_names` holds no words and no numbers of people."""
    tx.execute(
        insert(journal).values(
            organisation_id=organisation_id,
            at=now,
            what=what,
            person_id=person_id,
            case_id=case_id,
            account_id=account_id,
            detail=ids_and_names,
        )
    )


def chain(tx: Connection, *, now: datetime, settled_before: datetime) -> int:
    """Link the lines that came since the last link; gives their count. Run by one process at a time.

    Lines younger than `settled_before` wait: a transaction that began earlier may still commit a smaller id.
    """
    last = tx.execute(select(journal_chain).order_by(journal_chain.c.id.desc()).limit(1)).first()
    since = select(journal).where(journal.c.id > (last.last_id if last else 0)).order_by(journal.c.id).limit(_BATCH)
    # Up to the first young line, and not past it: an older one behind it would leave it out of every link.
    rows = list(takewhile(lambda row: row.at < settled_before, tx.execute(since)))
    if not rows:
        return 0
    link = _link(last.hash if last else "", rows)
    tx.execute(insert(journal_chain).values(first_id=rows[0].id, last_id=rows[-1].id, hash=link, made_at=now))
    return len(rows)


def first_broken_link(tx: Connection) -> int | None:
    """The id of the first link that no longer fits its lines; None when the whole journal is as it was written."""
    before, last_id = "", 0
    for link in tx.execute(select(journal_chain).order_by(journal_chain.c.id)):
        rows = tx.execute(
            select(journal).where(journal.c.id > last_id, journal.c.id <= link.last_id).order_by(journal.c.id)
        ).all()
        if _link(before, rows) != link.hash:
            return int(link.id)
        before, last_id = link.hash, link.last_id
    return None


def _link(before: str, rows: Iterable[Row[Any]]) -> str:
    digest = hashlib.sha256(before.encode())
    for row in rows:
        line = [row.id, row.organisation_id, row.at.isoformat(), row.what, row.person_id, row.case_id, row.account_id]
        digest.update(json.dumps([*line, row.detail], sort_keys=True).encode())
    return digest.hexdigest()
