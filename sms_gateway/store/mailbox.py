"""The mailbox: each event of a person is stored once, and taken in exactly one turn."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from sms_gateway.store.tables import EventKind, events
from sms_gateway.store.upsert import on_both

_PUT = on_both(
    lambda insert: (
        insert(events).on_conflict_do_nothing(index_elements=["channel", "delivery_key"]).returning(events.c.id)
    )
)
_CHANGE = update(events).where(events.c.id == bindparam("event"))


def put(
    tx: Connection,
    *,
    organisation_id: int,
    service_id: int,
    kind: EventKind,
    channel: str,
    delivery_key: str,
    now: datetime,
    person_id: int | None = None,
    account_id: int | None = None,
    case_id: int | None = None,
    line_id: int | None = None,
    body: str | None = None,
    sent_at: datetime | None = None,
    taken_at: datetime | None = None,
) -> int | None:
    """Store an event; its id, or None where (channel, delivery key) is stored already: a repeat changes nothing.

    `body` is sealed by the caller, secrets struck out before. `taken_at`: a turn of this very transaction takes it.
    """
    row = {
        "organisation_id": organisation_id,
        "service_id": service_id,
        "kind": kind,
        "channel": channel,
        "delivery_key": delivery_key,
        "received_at": now,
        "person_id": person_id,
        "account_id": account_id,
        "case_id": case_id,
        "line_id": line_id,
        "body": body,
        "sent_at": sent_at,
        "taken_at": taken_at,
    }
    return tx.execute(_PUT[tx.dialect.name], row).scalar_one_or_none()


def find(tx: Connection, channel: str, delivery_key: str) -> Row[Any] | None:
    """The stored event of a delivery, or None."""
    query = select(events).where(events.c.channel == channel, events.c.delivery_key == delivery_key)
    return tx.execute(query).first()


def taken(tx: Connection, event_id: int, *, now: datetime, **columns: Any) -> None:
    """Mark an event as taken by the turn of this transaction; `columns` say more (person_id, case_id, reply)."""
    tx.execute(_CHANGE, {"event": event_id, "taken_at": now} | columns)


def answered(tx: Connection, event_id: int, reply: str) -> None:
    """Keep the sealed screen of a hop, for its repeats."""
    tx.execute(_CHANGE, {"event": event_id, "reply": reply})


def waiting(tx: Connection, *, before: datetime, limit: int) -> list[Row[Any]]:
    """Events that no turn has taken yet, oldest first."""
    query = select(events).where(events.c.taken_at.is_(None), events.c.received_at <= before)
    return list(tx.execute(query.order_by(events.c.id).limit(limit)))


def count_failure(tx: Connection, event_id: int) -> None:
    """One more turn failed on this event."""
    tx.execute(update(events).where(events.c.id == event_id).values(failed=events.c.failed + 1))


def forget_replies(tx: Connection, *, before: datetime) -> int:
    """Drop the stored replies of events older than `before`."""
    query = update(events).where(events.c.reply.is_not(None), events.c.received_at < before).values(reply=None)
    return tx.execute(query).rowcount
