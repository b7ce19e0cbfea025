"""What became of a message: the gateway's answer, its reports, and sends of which nobody knows whether they left.

No SMS gateway has a key against doubles. So after an unknown send its phone waits for the delivery report; then the
machine's own texts leave once more, once, and a person's words never do: a person presses for it.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row, insert, select, update

from sms_gateway.channels.base import (
    Accepted,
    DeliveryReport,
    RefusalKind,
    Refused,
    ReportStatus,
    Result,
    Unknown,
)
from sms_gateway.context import Services
from sms_gateway.store import journal, messages, people
from sms_gateway.store.database import after_commit
from sms_gateway.store.tables import (
    MessageKind,
    MessageState,
    PersonStatus,
    delivery_reports,
    lanes,
    outbox,
)
from sms_gateway.store.tables import people as people_table

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=25)  # a call to the gateway takes 12.1 s at most; what a dead sender held moves within 30
CLOCKS_DIFFER = timedelta(seconds=1)  # between the machines of an installation
DANGER_HOLD = timedelta(seconds=5)
BACKOFF = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
CONFIGURATION_WAIT = timedelta(minutes=5)  # somebody must mend a setting or a balance first
_BLACKLISTED = ("UserInBlackList", "UserInBlacklist")  # Africa's Talking spells it in two ways


def record_report(services: Services, report: DeliveryReport) -> None:
    """Keep a delivery report and let it climb the message's state; one that matches nothing yet waits for its message.

    A report may come before the gateway's id is stored, twice, late, in any order; a final state never regresses.
    """
    now = services.clock()
    hashes = services.sealer.lanes(report.phone)
    with services.database.write() as tx:
        if report.reason in _BLACKLISTED:
            its_people = select(people_table.c.id).where(people_table.c.lane.in_(hashes)).order_by(people_table.c.id)
            tx.execute(its_people.with_for_update(key_share=True))
        of_phone = select(lanes.c.lane).where(lanes.c.lane.in_(hashes)).order_by(lanes.c.lane)
        tx.execute(of_phone.with_for_update(key_share=True))
        # Only under the lock: a sender that stores this id at the same moment would not find the report, nor we the id.
        its_id = outbox.c.gateway_id == report.gateway_id
        found = tx.execute(select(outbox.c.id).where(its_id, outbox.c.lane.in_(hashes))).scalar()
        row = messages.lock(tx, found) if found else None
        seen = select(delivery_reports.c.id).where(
            delivery_reports.c.channel == report.channel,
            delivery_reports.c.gateway_id == report.gateway_id,
            delivery_reports.c.status == report.status,
        )
        if tx.execute(seen).first() is None:
            tx.execute(
                insert(delivery_reports).values(
                    channel=report.channel,
                    gateway_id=report.gateway_id,
                    lane=hashes[0],
                    status=report.status,
                    reason=report.reason[:120],
                    message_id=row.id if row else None,
                    received_at=now,
                )
            )
        if row is not None:
            _climb(tx, services, row, report.status, report.reason, now)
        else:
            _match_unknown(tx, services, hashes, now, since=now)


def settle_lapsed(services: Services, *, now: datetime, limit: int = 200) -> int:
    """What the sweeper does each time: leases that lapsed become UNKNOWN, unknown sends are settled, the due ones ring.

    Gives the number of messages that were rung for.
    """
    with services.database.read() as tx:
        lapsed = list(
            tx.execute(
                select(outbox.c.id)
                .where(outbox.c.state.in_((MessageState.SENDING, MessageState.UNKNOWN)), outbox.c.lease_until < now)
                .order_by(outbox.c.id)
                .limit(limit)
            ).scalars()
        )
    for message_id in lapsed:
        with services.database.write() as tx:
            row = messages.lock(tx, message_id)
            if row is None or row.lease_until is None or row.lease_until >= now:
                continue
            if row.state == MessageState.SENDING:
                _become_unknown(tx, services, row, "the sender died", now)
            elif row.state == MessageState.UNKNOWN:
                _settle_unknown(tx, services, row, now)
    return len(lapsed)


def record(tx: Connection, services: Services, row: Row[Any], result: Result, now: datetime) -> None:
    """Record what the gateway said about a message that this process had leased; its lane is locked."""
    match result:
        case Accepted(gateway_id, cost):
            tx.execute(
                update(outbox)
                .where(outbox.c.id == row.id)
                .values(state=MessageState.SENT, gateway_id=gateway_id, cost=cost, lease=None, settled_at=now)
            )
            messages.release(tx, row.lane)
            _climb_by_stored_reports(tx, services, row.id, gateway_id, now)
        case Unknown(reason):
            _become_unknown(tx, services, row, reason, now)
        case Refused(reason, kind):
            _record_refusal(tx, services, row, reason, kind, now)
    log.info("sent", message_id=row.id, result=type(result).__name__.lower(), attempt=row.attempts)


def _record_refusal(
    tx: Connection, services: Services, row: Row[Any], reason: str, kind: RefusalKind, now: datetime
) -> None:
    if kind is RefusalKind.OPTED_OUT and row.person_id is not None:
        people.change(tx, row.person_id, status=PersonStatus.STOPPED)
        journal.record(tx, row.organisation_id, "opted_out_at_gateway", now=now, person_id=row.person_id)
    if kind in (RefusalKind.PERMANENT, RefusalKind.OPTED_OUT):
        _fail(tx, services, row, reason, now)
    elif kind is RefusalKind.CONFIGURATION:
        log.error("gateway_needs_mending", message_id=row.id, reason=reason[:60])
        messages.wait(tx, row, now + CONFIGURATION_WAIT, reason)
    elif row.attempts > len(BACKOFF):
        _fail(tx, services, row, reason, now)
    else:
        messages.wait(tx, row, now + BACKOFF[row.attempts - 1], reason)


def _fail(tx: Connection, services: Services, row: Row[Any], reason: str, now: datetime) -> None:
    """It did not arrive. The case of an answer hears of it in a transaction of its own: the person comes first."""
    messages.fail(tx, row, reason, now)
    if row.kind == MessageKind.ANSWER and row.case_id is not None:
        tx.execute(update(outbox).where(outbox.c.id == row.id).values(raised_at=None))
        after_commit(tx, lambda: services.ring("raise_answer", row.id))


def _become_unknown(tx: Connection, services: Services, row: Row[Any], reason: str, now: datetime) -> None:
    """Nobody knows whether it left: its phone waits for a report, at most `hold_seconds`; danger texts wait less."""
    hold = timedelta(seconds=services.settings.hold_seconds)
    if row.kind == MessageKind.DANGER:
        hold = min(hold, DANGER_HOLD)
    tx.execute(
        update(outbox)
        .where(outbox.c.id == row.id)
        .values(state=MessageState.UNKNOWN, lease=None, lease_until=now + hold, reason=reason[:200])
    )
    tx.execute(update(lanes).where(lanes.c.lane == row.lane).values(held_until=now + hold))
    claimed_at = row.lease_until - LEASE
    _match_unknown(tx, services, (row.lane,), now, since=claimed_at - CLOCKS_DIFFER)


def _settle_unknown(tx: Connection, services: Services, row: Row[Any], now: datetime) -> None:
    """The hold is over and no report came: the machine's own texts leave once more, once; a person's never do."""
    messages.release(tx, row.lane)
    machine_made = row.kind in (MessageKind.REPLY, MessageKind.NOTICE, MessageKind.TEAM, MessageKind.DANGER)
    if machine_made and not row.resent:
        tx.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(state=MessageState.WAITING, not_before=now, lease_until=None, resent=True)
        )
        journal.record(tx, row.organisation_id, "text_sent_again", now=now, person_id=row.person_id, message_id=row.id)
    else:
        messages.fail(tx, row, messages.NOBODY_KNOWS, now)
        tx.execute(update(outbox).where(outbox.c.id == row.id).values(raised_at=now))  # shown; it may have arrived


def _match_unknown(
    tx: Connection, services: Services, hashes: tuple[str, ...], now: datetime, *, since: datetime
) -> None:
    """Settle a phone's one unknown message by a report that no known message has claimed.

    `since`: when it was claimed. An older report is of a text before it, whose own id was never learned.
    """
    unknown = select(outbox).where(outbox.c.lane.in_(hashes), outbox.c.state == MessageState.UNKNOWN)
    row = tx.execute(unknown.with_for_update(key_share=True)).first()
    if row is None:
        return
    report = tx.execute(
        select(delivery_reports)
        .where(
            delivery_reports.c.lane.in_(hashes),
            delivery_reports.c.message_id.is_(None),
            delivery_reports.c.received_at >= since,
        )
        .order_by(delivery_reports.c.id)
        .limit(1)
    ).first()
    if report is None:
        return
    tx.execute(
        update(outbox)
        .where(outbox.c.id == row.id)
        .values(state=MessageState.SENT, gateway_id=report.gateway_id, lease_until=None, settled_at=now)
    )
    messages.release(tx, row.lane)
    _climb_by_stored_reports(tx, services, row.id, report.gateway_id, now)
    following = messages.next_of_lane(tx, row.lane, held=False)
    if following is not None:
        after_commit(tx, lambda: services.ring("send_message", following.id))


def _climb_by_stored_reports(
    tx: Connection, services: Services, message_id: int, gateway_id: str | None, now: datetime
) -> None:
    if gateway_id is None:
        return
    reports = tx.execute(
        select(delivery_reports).where(
            delivery_reports.c.gateway_id == gateway_id, delivery_reports.c.message_id.is_(None)
        )
    ).all()
    for report in reports:
        tx.execute(update(delivery_reports).where(delivery_reports.c.id == report.id).values(message_id=message_id))
        row = tx.execute(select(outbox).where(outbox.c.id == message_id)).one()
        _climb(tx, services, row, ReportStatus(report.status), report.reason or "", now)


def _climb(tx: Connection, services: Services, row: Row[Any], status: ReportStatus, reason: str, now: datetime) -> None:
    """Move a message up: sent, then delivered or failed, and no further. Delivered wins over an earlier failed."""
    state = MessageState(row.state)
    if status is ReportStatus.DELIVERED and state is not MessageState.DELIVERED and state is not MessageState.CANCELLED:
        messages.settle(tx, row, MessageState.DELIVERED, now=now, reason=None)
        messages.release_if_unknown(tx, row)
    elif status is ReportStatus.FAILED and (state not in messages.FINAL or row.reason == messages.NOBODY_KNOWS):
        if reason in _BLACKLISTED and row.person_id is not None:
            people.change(tx, row.person_id, status=PersonStatus.STOPPED)
        _fail(tx, services, row, reason or "not delivered", now)
        messages.release_if_unknown(tx, row)
    elif status in (ReportStatus.SENT, ReportStatus.ABSENT) and state in (MessageState.SENDING, MessageState.UNKNOWN):
        messages.settle(tx, row, MessageState.SENT, now=now, reason=None)
        messages.release_if_unknown(tx, row)
