"""Counters as stored: an organisation's own, one row a place of the list that they came from."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from sms_gateway.store.tables import counters
from sms_gateway.store.upsert import on_both

_SOME = 200  # rows of one statement: SQLite binds at most 32,766 values
_FACTS = (
    "name", "place", "place_key", "postcode", "region", "address", "hours", "phone", "topics", "latitude",
    "longitude", "active", "off_by_us", "checked_on",
)  # fmt: skip
_KEEP = on_both(
    lambda insert: (
        (made := insert(counters)).on_conflict_do_update(
            index_elements=["organisation_id", "source_id"],
            set_={name: made.excluded[name] for name in (*_FACTS, "changed_at")},
        )
    )
)


@dataclass(frozen=True, kw_only=True)
class Counter:
    """A counter's facts. `topics` () does everything; degrees are WGS 84; `checked_on` is an ISO date.

    off_by_us: somebody switched it off by hand, so that no list switches it on again.
    """

    source_id: str
    name: str
    place: str
    place_key: str
    postcode: str | None = None
    region: str | None = None
    address: str = ""
    hours: str = ""
    phone: str = ""
    topics: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    active: bool = True
    off_by_us: bool = False
    checked_on: str | None = None


def of_organisation(tx: Connection, organisation_id: int) -> list[Counter]:
    """Every counter of an organisation, also those switched off, in the order of their source ids."""
    query = select(counters).where(counters.c.organisation_id == organisation_id).order_by(counters.c.source_id)
    return [
        Counter(**{name: row[name] for name in ("source_id", *_FACTS)} | {"topics": tuple(row["topics"])})
        for row in tx.execute(query).mappings()
    ]


def has_any(tx: Connection, organisation_id: int) -> bool:
    """Whether an organisation has a counter that people may be sent to."""
    query = select(counters.c.id).where(counters.c.organisation_id == organisation_id, counters.c.active.is_(True))
    return tx.execute(query.limit(1)).first() is not None


def keep(tx: Connection, organisation_id: int, kept: Iterable[Counter], *, now: datetime) -> None:
    """Write counters, over those with the same source ids."""
    rows = [
        asdict(counter) | {"topics": list(counter.topics), "organisation_id": organisation_id, "changed_at": now}
        for counter in kept
    ]
    for start in range(0, len(rows), _SOME):
        tx.execute(_KEEP[tx.dialect.name], rows[start : start + _SOME])


def switch_off(tx: Connection, organisation_id: int, source_ids: Iterable[str], *, now: datetime) -> None:
    """Make counters answer nobody any more; their rows stay."""
    change = update(counters).where(counters.c.organisation_id == organisation_id)
    for source_id in source_ids:
        tx.execute(change.where(counters.c.source_id == source_id).values(active=False, changed_at=now))


def switch(tx: Connection, organisation_id: int, source_id: str, *, on: bool, now: datetime) -> bool:
    """Switch one off by hand, whatever lists say later, or on again; False where there is none, or it is so already."""
    changed = tx.execute(
        update(counters)
        .where(
            counters.c.organisation_id == organisation_id,
            counters.c.source_id == source_id,
            counters.c.active.is_(not on),
        )
        .values(active=on, off_by_us=not on, changed_at=now)
    )
    return changed.rowcount == 1
