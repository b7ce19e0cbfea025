"""USSD sessions: what each has typed so far, since a gateway sends the whole of it at every hop."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select

from sms_gateway.store.people import Person
from sms_gateway.store.sealing import Sealer
from sms_gateway.store.tables import ussd_sessions
from sms_gateway.store.upsert import on_both

KEPT = timedelta(minutes=30)  # networks end a session after 2 to 3 minutes (channels.md §3)

_CHANGING = ("person_id", "so_far", "hops", "ended", "updated_at")
_TYPED = select(ussd_sessions).where(ussd_sessions.c.session_hash == bindparam("session"))
_KEEP = on_both(
    lambda insert: (made := insert(ussd_sessions)).on_conflict_do_update(
        index_elements=["session_hash"], set_={name: made.excluded[name] for name in _CHANGING}
    )
)


@dataclass(frozen=True)
class Typed:
    """A session that a gateway still speaks of."""

    so_far: str
    hops: int
    ended: bool


def typed(tx: Connection, person: Person, session_hash: str) -> Typed | None:
    """What this session typed before this hop; None when it is new."""
    row = tx.execute(_TYPED, {"session": session_hash}).first()
    if row is None or row.person_id != person.id:
        return None
    return Typed(person.words.open(row.so_far), row.hops, row.ended)


def keep(
    tx: Connection, person: Person, session_hash: str, *, so_far: str, hops: int, ended: bool, now: datetime
) -> None:
    """Remember what this session typed, for its next hop."""
    row = {
        "session_hash": session_hash,
        "organisation_id": person.organisation_id,
        "person_id": person.id,
        "so_far": person.words.seal(so_far),
        "hops": hops,
        "ended": ended,
        "updated_at": now,
    }
    tx.execute(_KEEP[tx.dialect.name], row)


def hash_of(sealer: Sealer, channel: str, session: str) -> str:
    """What a session is found by; the gateway's id itself is not kept."""
    return sealer.print_of("ussd", channel, session)


def forget(tx: Connection, *, now: datetime) -> int:
    """Drop the sessions that no network speaks of any more."""
    return tx.execute(delete(ussd_sessions).where(ussd_sessions.c.updated_at < now - KEPT)).rowcount
