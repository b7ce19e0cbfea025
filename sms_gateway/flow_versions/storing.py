"""The rows of frozen contents: stored under their hash, once; forgotten when nothing points to them any more."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, delete, exists, func, or_, select

from sms_gateway.store.tables import bundles, flow_versions, sessions
from sms_gateway.store.upsert import on_both

KEPT = timedelta(days=3)  # a row that a running process relies on is younger: it is written again every 12 hours
_AT_A_TIME = 200


def hash_of(content: str) -> str:
    """What a content is found by, as its machine has it."""
    return hashlib.sha256(content.encode()).hexdigest()


def content(tx: Connection, bundle_hash: str) -> str:
    """The content of a stored bundle. Raises KeyError."""
    found = tx.execute(select(bundles.c.content).where(bundles.c.hash == bundle_hash)).scalar_one_or_none()
    if found is None:
        raise KeyError(bundle_hash)
    return str(found)


def contents(tx: Connection, hashes: Collection[str]) -> dict[str, str]:
    """The contents of stored bundles by their hash, read at once; those that are not there are left out."""
    if not hashes:
        return {}
    found = tx.execute(select(bundles.c.hash, bundles.c.content).where(bundles.c.hash.in_(sorted(hashes))))
    return {row.hash: str(row.content) for row in found}


def store(tx: Connection, content: str, now: datetime) -> str:
    """Store a content, or say that it is needed where it lies there already; gives its hash.

    The row stays locked until the transaction ends, so that nobody forgets it before something points to it.
    """
    bundle_hash = hash_of(content)
    row = {"hash": bundle_hash, "content": content, "created_at": now, "kept_at": now}
    tx.execute(_store()[tx.dialect.name], row)
    return bundle_hash


@cache
def _store() -> Any:
    return on_both(
        lambda insert: (made := insert(bundles)).on_conflict_do_update(
            index_elements=["hash"], set_={"kept_at": made.excluded.kept_at}
        )
    )


def forget(tx: Connection, *, now: datetime) -> int:
    """Delete what nothing has needed for days: superseded versions, menus and dialogues of earlier times."""
    old = func.coalesce(bundles.c.kept_at, bundles.c.created_at) < now - KEPT
    found = tx.execute(select(bundles.c.hash).where(old, ~_needed()).limit(_AT_A_TIME)).scalars().all()
    return forget_these(tx, found)


def forget_these(tx: Connection, hashes: Collection[str]) -> int:
    """Delete these bundles, but for those that a conversation or a version points to; gives how many went.

    They are locked first: what points to one from now on waits; what pointed to it before is seen by the deletion.
    """
    locked = select(bundles.c.hash).where(bundles.c.hash.in_(hashes)).order_by(bundles.c.hash)
    mine = tx.execute(locked.with_for_update(skip_locked=True)).scalars().all()
    return tx.execute(delete(bundles).where(bundles.c.hash.in_(mine), ~_needed())).rowcount if mine else 0


def _needed() -> Any:
    pinned = exists().where(sessions.c.bundle_hash == bundles.c.hash)
    version = exists().where(
        or_(flow_versions.c.bundle_hash == bundles.c.hash, flow_versions.c.follows == bundles.c.hash)
    )
    return or_(pinned, version)
