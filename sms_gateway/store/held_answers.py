"""Queries of answers that were said and have not left: waiting for their moment, or for a coordinator."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from sms_gateway.store import cases as stored
from sms_gateway.store.database import must_last
from sms_gateway.store.tables import EntryKind, HeldState, held_answers

_UNSETTLED = (HeldState.WAITING, HeldState.FLAGGED)


def add(
    tx: Connection,
    case: Row[Any],
    *,
    account_id: int,
    epoch: int,
    seen_seq: int,
    body: str,
    now: datetime,
    state: HeldState = HeldState.WAITING,
    reasons: Sequence[str] = (),
    leaves_at: datetime | None = None,
    outcome: str | None = None,
) -> int:
    """Hold an answer; its id. `body` is sealed by the caller. On disk before its writer is told that it is kept."""
    must_last(tx)
    made = insert(held_answers).values(
        organisation_id=case.organisation_id,
        case_id=case.id,
        account_id=account_id,
        epoch=epoch,
        seen_seq=seen_seq,
        state=state,
        reasons=list(reasons),
        leaves_at=leaves_at,
        outcome=outcome,
        body=body,
        said_at=now,
    )
    return int(tx.execute(made.returning(held_answers.c.id)).scalar_one())


def find(tx: Connection, held_id: int) -> Row[Any] | None:
    """An answer by its id, whatever became of it; its case is locked before anything is done with it."""
    return tx.execute(select(held_answers).where(held_answers.c.id == held_id)).first()


def waiting(tx: Connection, case_id: int) -> Row[Any] | None:
    """The one answer of a case that waits."""
    query = select(held_answers).where(held_answers.c.case_id == case_id, held_answers.c.state == HeldState.WAITING)
    return tx.execute(query).first()


def due(tx: Connection, *, now: datetime, limit: int = 200) -> list[int]:
    """The ids of those whose moment has come, the oldest first."""
    query = select(held_answers.c.id).where(held_answers.c.state == HeldState.WAITING, held_answers.c.leaves_at <= now)
    return list(tx.execute(query.order_by(held_answers.c.leaves_at, held_answers.c.id).limit(limit)).scalars())


def settle(tx: Connection, held_id: int, state: HeldState, *, now: datetime, by: int | None = None) -> None:
    """It waits no more: what became of it, and who did that. Its words are elsewhere by now, and go."""
    must_last(tx)
    tx.execute(
        update(held_answers)
        .where(held_answers.c.id == held_id)
        .values(state=state, settled_at=now, settled_by=by, body="")
    )


def set_columns(tx: Connection, held_id: int, **columns: Any) -> None:
    """Set columns of an answer that waits: how its case is to be closed, when to try again, which case it is of now."""
    tx.execute(update(held_answers).where(held_answers.c.id == held_id).values(**columns))


def keep_as_draft(tx: Connection, case: Row[Any], *, epoch: int | None, now: datetime) -> None:
    """The case changes hands, or is closed: what waits in it becomes a draft, for whoever has the case next.

    `epoch`: that the case has now; what was said at this one waits on. None: it is closed.
    """
    row = waiting(tx, case.id)
    if row is None or row.epoch == epoch:
        return
    stored.drop_drafts(tx, case.id, row.account_id)
    stored.add_entry(tx, case, EntryKind.DRAFT, body=row.body, at=now, account_id=row.account_id)
    settle(tx, row.id, HeldState.DRAFT, now=now)


def of_organisation(tx: Connection, organisation_id: int) -> list[Row[Any]]:
    """What a coordinator is to read, the oldest first."""
    query = select(held_answers).where(
        held_answers.c.organisation_id == organisation_id,
        held_answers.c.state.in_(_UNSETTLED),
        held_answers.c.leaves_at.is_(None),
    )
    return list(tx.execute(query.order_by(held_answers.c.said_at, held_answers.c.id)))
