"""Old versions go when their last conversation has gone; a flow's newest ones stay, to go back to."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, select

from sms_gateway.flow_versions import storing
from sms_gateway.store import journal
from sms_gateway.store.tables import SessionStatus, VersionState, flow_versions, sessions

NUMBERS_KEPT = 10  # of each flow: any of them can be live again
LEFT_FOR = timedelta(days=1)  # a turn that is about to begin on a version has long ended by then
_AT_A_TIME = 200

_newer = flow_versions.alias("newer")
_drafted = flow_versions.alias("drafted")


def forget_old_versions(tx: Connection, *, now: datetime) -> int:
    """Delete the versions that nobody is in and nobody will go back to, then every content that nothing needs.

    A withdrawn one stays for good: its content must never be published again.
    """
    old = select(flow_versions.c.id, flow_versions.c.organisation_id).where(_old(now)).limit(_AT_A_TIME)
    found = tx.execute(old).all()
    if found:
        # Said once more: between the two, one of them may have been made live again.
        going = delete(flow_versions).where(flow_versions.c.id.in_([row.id for row in found]), _old(now))
        gone = tx.execute(going.returning(flow_versions.c.organisation_id)).scalars()
        for organisation_id, count in sorted(Counter(gone).items()):
            journal.record(tx, organisation_id, "versions_forgotten", now=now, count=count)
    return storing.forget(tx, now=now)


def _old(now: datetime) -> ColumnElement[bool]:
    standing = exists().where(
        sessions.c.bundle_hash == flow_versions.c.bundle_hash,
        sessions.c.organisation_id == flow_versions.c.organisation_id,
        sessions.c.status != SessionStatus.ENDED,
    )
    begun_from = exists().where(_drafted.c.base_id == flow_versions.c.id)
    return and_(
        flow_versions.c.state == VersionState.RETIRED,
        flow_versions.c.changed_at < now - LEFT_FOR,
        _numbers_after() >= NUMBERS_KEPT,
        ~standing,
        ~begun_from,
    )


def _numbers_after() -> Any:
    """How many versions of the same flow came after one."""
    return (
        select(func.count())
        .where(
            _newer.c.organisation_id == flow_versions.c.organisation_id,
            _newer.c.country == flow_versions.c.country,
            _newer.c.code == flow_versions.c.code,
            _newer.c.number > flow_versions.c.number,
        )
        .correlate(flow_versions)
        .scalar_subquery()
    )
