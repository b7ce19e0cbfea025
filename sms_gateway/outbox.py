"""The outbox: messages waiting to leave, in order per phone, each sent under a lease; unknown sends are settled.

A message is claimed in one transaction, handed to the gateway outside any, and what the gateway said is recorded in a
third. A process that dies in between leaves a lease that lapses: nobody then knows whether the text left, so it is
UNKNOWN, and the rule of `settle` decides (no SMS gateway has a key against doubles).
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row, case, insert, or_, select, update

from flows import alphabet
from sms_gateway.channels.base import (
    Accepted,
    DeliveryReport,
    OutboundText,
    RefusalKind,
    Refused,
    ReportStatus,
    Result,
    Unknown,
)
from sms_gateway.context import Services
from sms_gateway.store import journal, people
from sms_gateway.store.database import after_commit
from sms_gateway.store.people import Person
from sms_gateway.store.sealing import Erased
from sms_gateway.store.tables import (
    MessageKind,
    MessageState,
    PersonStatus,
    accounts,
    delivery_reports,
    lanes,
    lines,
    outbox,
    person_keys,
)
from sms_gateway.store.tables import people as people_table

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)  # longer than any gateway call may take (12.1 s with the SDK's time-outs)
DANGER_HOLD = timedelta(seconds=5)
BACKOFF = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
CONFIGURATION_WAIT = timedelta(minutes=5)  # somebody must mend a setting or a balance first
UNSETTLED = (MessageState.WAITING, MessageState.SENDING, MessageState.UNKNOWN)
_BLACKLISTED = ("UserInBlackList", "UserInBlacklist")  # Africa's Talking spells it in two ways
_ADD = insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True)
_FINAL = (MessageState.DELIVERED, MessageState.FAILED, MessageState.CANCELLED)


@dataclass(frozen=True)
class Claim:
    """One message that this process alone may send, until its lease ends."""

    message_id: int
    lease: str
    channel: str
    text: OutboundText = field(repr=False)


def add_to_person(
    tx: Connection,
    services: Services,
    person: Person,
    *,
    body: str,
    kind: MessageKind,
    now: datetime,
    line_id: int | None = None,
    event_id: int | None = None,
    turn_index: int = 0,
    case_id: int | None = None,
    not_before: datetime | None = None,
) -> int:
    """Put a text to a person into the outbox; its id.

    0 where the person stopped our texts and this one was not asked for just now (kind NOTICE): it is journaled, not
    sent. `line_id` defaults to the line that the person last wrote to.
    """
    line = line_id or person.sms_line_id
    if line is None or _is_withheld(person, kind):
        journal.record(tx, person.organisation_id, "text_withheld", now=now, person_id=person.id, case_id=case_id)
        return 0
    (message_id,) = _add(
        tx,
        services,
        [(body, kind)],
        organisation_id=person.organisation_id,
        person_id=person.id,
        lane=person.lane,
        line_id=line,
        sealed=person.words.seal,
        event_id=event_id,
        first_index=turn_index,
        case_id=case_id,
        not_before=not_before or now,
        now=now,
    )
    return message_id


def add_turn(
    tx: Connection,
    services: Services,
    person: Person,
    texts: Sequence[tuple[str, MessageKind]],
    *,
    line_id: int,
    event_id: int,
    now: datetime,
) -> None:
    """Put all that one turn says to a person into the outbox, in its order; the same rule as for one text."""
    leaving = [(body, kind) for body, kind in texts if not _is_withheld(person, kind)]
    for _ in range(len(texts) - len(leaving)):
        journal.record(tx, person.organisation_id, "text_withheld", now=now, person_id=person.id)
    if leaving:
        _add(
            tx,
            services,
            leaving,
            organisation_id=person.organisation_id,
            person_id=person.id,
            lane=person.lane,
            line_id=line_id,
            sealed=person.words.seal,
            event_id=event_id,
            not_before=now,
            now=now,
        )


def add_to_account(
    tx: Connection,
    services: Services,
    account: Row[Any],
    *,
    body: str,
    line_id: int,
    now: datetime,
    case_id: int | None = None,
) -> int:
    """Put a text to a volunteer's or coordinator's phone into the outbox; 0 where the account has no phone."""
    if account.lane is None:
        return 0
    (message_id,) = _add(
        tx,
        services,
        [(body, MessageKind.TEAM)],
        organisation_id=account.organisation_id,
        account_id=account.id,
        lane=account.lane,
        line_id=line_id,
        sealed=services.sealer.team.seal,
        case_id=case_id,
        not_before=now,
        now=now,
    )
    return message_id


def _is_withheld(person: Person, kind: MessageKind) -> bool:
    return person.stopped and kind is MessageKind.NOTICE


def _add(
    tx: Connection,
    services: Services,
    texts: Sequence[tuple[str, MessageKind]],
    *,
    lane: str,
    sealed: Callable[[str], str],
    now: datetime,
    first_index: int = 0,
    **columns: Any,
) -> list[int]:
    """Texts to one phone, in their order; one ring, since whoever sends the first rings for the next."""
    rows = []
    for index, (number, (body, kind)) in enumerate(zip(people.next_numbers(tx, lane, len(texts)), texts, strict=True)):
        rewritten = alphabet.rewrite(body)
        size = alphabet.measure(rewritten)
        row = {
            "lane": lane,
            "number": number,
            "turn_index": first_index + index,
            "kind": kind,
            "body": sealed(rewritten),
            "encoding": size.encoding,
            "parts": size.segments,
            "created_at": now,
        }
        rows.append(row | columns)
    made = tx.execute(_ADD, rows)
    message_ids = [int(message_id) for message_id in made.scalars()]
    after_commit(tx, lambda: services.ring("send_message", message_ids[0]))
    return message_ids


def claim(services: Services, message_id: int, *, now: datetime) -> Claim | None:
    """Lease the first unsettled message of the phone that `message_id` goes to; None where nothing may leave now."""
    with services.database.write() as tx:
        lane = tx.execute(select(outbox.c.lane).where(outbox.c.id == message_id)).scalar_one_or_none()
        if lane is None:
            return None
        held_until = tx.execute(
            select(lanes.c.held_until).where(lanes.c.lane == lane).with_for_update()
        ).scalar_one_or_none()
        row = _next_of_lane(tx, lane, held=held_until is not None and held_until > now)
        if row is None or row.state != MessageState.WAITING or row.not_before > now:
            return None
        text = _outbound(services, row)
        if text is None:
            _settle(tx, row, MessageState.CANCELLED, now=now, reason="erased")
            return None
        lease = secrets.token_hex(8)
        tx.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(state=MessageState.SENDING, lease=lease, lease_until=now + LEASE, attempts=row.attempts + 1)
        )
        return Claim(row.id, lease, row.channel, text)


def deliver(services: Services, claimed: Claim) -> None:
    """Hand a claimed message to its gateway and record what it said; then ring for the next one of that phone."""
    result = services.carrier(claimed.channel, claimed.text.line).send(claimed.text)
    now = services.clock()
    opted_out = isinstance(result, Refused) and result.kind is RefusalKind.OPTED_OUT
    with services.database.write() as tx:
        row = _lock_message(tx, claimed.message_id, person_too=opted_out)
        if row is None or row.state != MessageState.SENDING or row.lease != claimed.lease:
            return  # the lease had lapsed: the message is unknown by now, and settled as such
        _record(tx, services, row, result, now)
        following = _next_of_lane(tx, row.lane, held=False)
        if following is not None and following.id != row.id:
            after_commit(tx, lambda: services.ring("send_message", following.id))


def record_report(services: Services, report: DeliveryReport) -> None:
    """Keep a delivery report and let it climb the message's state; one that matches nothing yet waits for its message.

    A report may come before the gateway's id is stored, twice, late, in any order; a final state never regresses.
    """
    now = services.clock()
    hashes = services.sealer.lanes(report.phone)
    with services.database.write() as tx:
        found = tx.execute(
            select(outbox.c.id).where(outbox.c.gateway_id == report.gateway_id, outbox.c.lane.in_(hashes))
        ).scalar()
        row = _lock_message(tx, found, person_too=report.reason in _BLACKLISTED) if found else None
        if row is None:
            tx.execute(select(lanes.c.lane).where(lanes.c.lane.in_(hashes)).order_by(lanes.c.lane).with_for_update())
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
            _match_unknown(tx, services, hashes, now)


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
            row = _lock_message(tx, message_id)
            if row is None or row.lease_until is None or row.lease_until >= now:
                continue
            if row.state == MessageState.SENDING:
                _become_unknown(tx, services, row, "the sender died", now)
            elif row.state == MessageState.UNKNOWN:
                _settle_unknown(tx, services, row, now)
    return ring_due(services, now=now, limit=limit)


def ring_due(services: Services, *, now: datetime, limit: int = 200) -> int:
    """Ring for the oldest waiting message of each phone that has one due: whoever is awake claims it."""
    with services.database.read() as tx:
        due = due_messages(tx, now=now, limit=limit)
    for message_id in due:
        services.ring("send_message", message_id)
    return len(due)


def due_messages(tx: Connection, *, now: datetime, limit: int = 200) -> list[int]:
    """One waiting message a lane that may leave now, oldest first."""
    query = (
        select(outbox.c.id, outbox.c.lane)
        .join(lanes, lanes.c.lane == outbox.c.lane)
        .where(
            outbox.c.state == MessageState.WAITING,
            outbox.c.not_before <= now,
            or_(lanes.c.held_until.is_(None), lanes.c.held_until <= now, outbox.c.kind == MessageKind.DANGER),
        )
        .order_by(outbox.c.id)
        .limit(limit)
    )
    first: dict[str, int] = {}
    for message_id, lane in tx.execute(query):
        first.setdefault(lane, message_id)
    return list(first.values())


def resend(tx: Connection, services: Services, message_id: int, *, now: datetime) -> bool:
    """Put an undelivered message back into its phone's order, because a person pressed for it; False if it may not."""
    changed = tx.execute(
        update(outbox)
        .where(outbox.c.id == message_id, outbox.c.state == MessageState.FAILED)
        .values(state=MessageState.WAITING, not_before=now, lease=None, lease_until=None, settled_at=None, resent=True)
    )
    if changed.rowcount != 1:
        return False
    after_commit(tx, lambda: services.ring("send_message", message_id))
    return True


def _lock_message(tx: Connection, message_id: int, *, person_too: bool = False) -> Row[Any] | None:
    """A message with its phone's lane locked, in the order that every turn keeps: person, lane, message."""
    where = tx.execute(select(outbox.c.lane, outbox.c.person_id).where(outbox.c.id == message_id)).first()
    if where is None:
        return None
    if person_too and where.person_id is not None:
        tx.execute(select(people_table.c.id).where(people_table.c.id == where.person_id).with_for_update())
    tx.execute(select(lanes.c.lane).where(lanes.c.lane == where.lane).with_for_update())
    return tx.execute(select(outbox).where(outbox.c.id == message_id).with_for_update()).first()


def _next_of_lane(tx: Connection, lane: str, *, held: bool) -> Row[Any] | None:
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


def _outbound(services: Services, row: Row[Any]) -> OutboundText | None:
    """The text as the gateway takes it; None where the words or the number were erased."""
    try:
        if row.person_id is not None:
            if row.sealed_key is None or row.person_phone is None:
                return None
            seal = services.sealer.person(row.sealed_key)
            phone = seal.open(row.person_phone)
        else:
            seal = services.sealer.team
            if row.account_phone is None:
                return None
            phone = seal.open(row.account_phone)
        return OutboundText(str(row.id), phone, row.address, seal.open(row.body), row.encoding)
    except Erased:
        return None


def _record(tx: Connection, services: Services, row: Row[Any], result: Result, now: datetime) -> None:
    match result:
        case Accepted(gateway_id, cost):
            tx.execute(
                update(outbox)
                .where(outbox.c.id == row.id)
                .values(state=MessageState.SENT, gateway_id=gateway_id, cost=cost, lease=None, settled_at=now)
            )
            _release(tx, row.lane)
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
        _wait(tx, row, now + CONFIGURATION_WAIT, reason)
    elif row.attempts > len(BACKOFF):
        _fail(tx, services, row, reason, now)
    else:
        _wait(tx, row, now + BACKOFF[row.attempts - 1], reason)


def _wait(tx: Connection, row: Row[Any], until: datetime, reason: str) -> None:
    tx.execute(
        update(outbox)
        .where(outbox.c.id == row.id)
        .values(state=MessageState.WAITING, not_before=until, lease=None, lease_until=None, reason=reason[:200])
    )


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
    _match_unknown(tx, services, (row.lane,), now)


def _settle_unknown(tx: Connection, services: Services, row: Row[Any], now: datetime) -> None:
    """The hold is over and no report came: the machine's own texts leave once more, once; a person's never do."""
    _release(tx, row.lane)
    machine_made = row.kind in (MessageKind.REPLY, MessageKind.NOTICE, MessageKind.TEAM, MessageKind.DANGER)
    if machine_made and not row.resent:
        tx.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(state=MessageState.WAITING, not_before=now, lease_until=None, resent=True)
        )
        journal.record(tx, row.organisation_id, "text_sent_again", now=now, person_id=row.person_id, message_id=row.id)
    else:
        _fail(tx, services, row, "nobody knows whether it left", now)


def _match_unknown(tx: Connection, services: Services, hashes: tuple[str, ...], now: datetime) -> None:
    """Settle a phone's one unknown message by a report that no known message has claimed."""
    row = tx.execute(
        select(outbox).where(outbox.c.lane.in_(hashes), outbox.c.state == MessageState.UNKNOWN).with_for_update()
    ).first()
    if row is None:
        return
    report = tx.execute(
        select(delivery_reports)
        .where(
            delivery_reports.c.lane.in_(hashes),
            delivery_reports.c.message_id.is_(None),
            delivery_reports.c.received_at >= row.created_at,
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
    _release(tx, row.lane)
    _climb_by_stored_reports(tx, services, row.id, report.gateway_id, now)
    following = _next_of_lane(tx, row.lane, held=False)
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
        _settle(tx, row, MessageState.DELIVERED, now=now, reason=None)
        _release_if(tx, row)
    elif status is ReportStatus.FAILED and state not in _FINAL:
        if reason in _BLACKLISTED and row.person_id is not None:
            people.change(tx, row.person_id, status=PersonStatus.STOPPED)
        _fail(tx, services, row, reason or "not delivered", now)
        _release_if(tx, row)
    elif status in (ReportStatus.SENT, ReportStatus.ABSENT) and state in (MessageState.SENDING, MessageState.UNKNOWN):
        _settle(tx, row, MessageState.SENT, now=now, reason=None)
        _release_if(tx, row)


def _fail(tx: Connection, services: Services, row: Row[Any], reason: str, now: datetime) -> None:
    """A text did not arrive: the row says so, the journal too; a case shows it to whoever has it."""
    _settle(tx, row, MessageState.FAILED, now=now, reason=reason)
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


def _settle(tx: Connection, row: Row[Any], state: MessageState, *, now: datetime, reason: str | None) -> None:
    tx.execute(
        update(outbox)
        .where(outbox.c.id == row.id)
        .values(state=state, lease=None, lease_until=None, settled_at=now, reason=reason[:200] if reason else None)
    )


def _release(tx: Connection, lane: str) -> None:
    tx.execute(update(lanes).where(lanes.c.lane == lane).values(held_until=None))


def _release_if(tx: Connection, row: Row[Any]) -> None:
    if row.state == MessageState.UNKNOWN:
        _release(tx, row.lane)
