"""Rows of the outbox and of its lanes: which is next for a phone, and how a message is settled."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, or_, select, update

from sms_gateway.store import journal
from sms_gateway.store.tables import (
    MessageKind,
    MessageState,
    accounts,
    lanes,
    lines,
    outbox,
    person_keys,
)
from sms_gateway.store.tables import people as people_table

NOBODY_KNOWS = "nobody knows whether it left"  # the reason of a message of which no report ever came
UNSETTLED = (MessageState.WAITING, MessageState.SENDING, MessageState.UNKNOWN)
FINAL = (MessageState.DELIVERED, MessageState.FAILED, MessageState.CANCELLED)


def lock(tx: Connection, message_id: int, *, person_too: bool = False) -> Row[Any] | None:
    """A message with its phone's lane locked, in the order that every turn keeps: person, lane, message."""
    where = tx.execute(select(outbox.c.lane, outbox.c.person_id).where(outbox.c.id == message_id)).first()
    if where is None:
        return None
    if person_too and where.person_id is not None:
        whose = select(people_table.c.id).where(people_table.c.id == where.person_id)
        tx.execute(whose.with_for_update(key_share=True))
    tx.execute(select(lanes.c.lane).where(lanes.c.lane == where.lane).with_for_update(key_share=True))
    return tx.execute(select(outbox).where(outbox.c.id == message_id).with_for_update(key_share=True)).first()


def next_of_lane(tx: Connection, lane: str, *, held: bool) -> Row[Any] | None:
    """The message whose turn it is: danger first, then by number; while a phone is held, danger alone."""
    query = (
        select(
            outbox,
            lines.c.channel,
            lines.c.address,
            people_table.c.phone.label("person_phone"),
            person_keys.c.sealed_key,
            accounts.c.phone.label("account_phone"),
        )
        .join(lines, lines.c.id == outbox.c.line_id)
        .outerjoin(people_table, people_table.c.id == outbox.c.person_id)
        .outerjoin(person_keys, person_keys.c.person_id == outbox.c.person_id)
        .outerjoin(accounts, accounts.c.id == outbox.c.account_id)
        .where(outbox.c.lane == lane, outbox.c.state.in_(UNSETTLED))
    )
    danger_first = case((outbox.c.kind == MessageKind.DANGER, 0), else_=1)
    waiting_danger = (outbox.c.kind == MessageKind.DANGER) & (outbox.c.state == MessageState.WAITING)
    if held:
        query = query.where(waiting_danger)
    row = tx.execute(query.order_by(danger_first, outbox.c.number).limit(1)).first()
    if row is not None and row.kind == MessageKind.DANGER and row.state != MessageState.WAITING and not held:
        plain = query.where(or_(outbox.c.kind != MessageKind.DANGER, waiting_danger))
        return tx.execute(plain.order_by(danger_first, outbox.c.number).limit(1)).first()
    return row


def wait(tx: Connection, row: Row[Any], until: datetime, reason: str) -> None:
    """Put a refused message back; it may leave from `until` on."""
    tx.execute(
        update(outbox)
        .where(outbox.c.id == row.id)
        .values(state=MessageState.WAITING, not_before=until, lease=None, lease_until=None, reason=reason[:200])
    )


def fail(tx: Connection, row: Row[Any], reason: str, now: datetime) -> None:
    """A text did not arrive: the row says so, the journal too; a case shows it to whoever has it."""
    settle(tx, row, MessageState.FAILED, now=now, reason=reason)
    journal.record(
        tx,
        row.organisation_id,
        "text_not_delivered",
        now=now,
        person_id=row.person_id,
        case_id=row.case_id,
        account_id=row.account_id,
        message_id=row.id,
    )


def settle(tx: Connection, row: Row[Any], state: MessageState, *, now: datetime, reason: str | None) -> None:
    """A message has its last state, or SENT; nobody leases it any more."""
    tx.execute(
        update(outbox)
        .where(outbox.c.id == row.id)
        .values(state=state, lease=None, lease_until=None, settled_at=now, reason=reason[:200] if reason else None)
    )


def release(tx: Connection, lane: str) -> None:
    """A phone's next message may leave."""
    tx.execute(update(lanes).where(lanes.c.lane == lane).values(held_until=None))


def release_if_unknown(tx: Connection, row: Row[Any]) -> None:
    """A phone that waited for this very message waits no more."""
    if row.state == MessageState.UNKNOWN:
        release(tx, row.lane)
