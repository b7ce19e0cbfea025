"""The outbox: messages waiting to leave, in order per phone, each sent under a lease.

A message is claimed in one transaction, handed to the gateway outside any, and what the gateway said is recorded in a
third. A process that dies in between leaves a lease that lapses: nobody then knows whether the text left, so it is
UNKNOWN, and `settling` decides.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Row, insert, or_, select, update

from flows import alphabet
from sms_gateway import settling
from sms_gateway.channels.base import (
    OutboundText,
    RefusalKind,
    Refused,
)
from sms_gateway.context import Services
from sms_gateway.store import journal, messages, people
from sms_gateway.store.database import after_commit
from sms_gateway.store.people import Person
from sms_gateway.store.sealing import Erased
from sms_gateway.store.tables import (
    MessageKind,
    MessageState,
    lanes,
    outbox,
)

log = structlog.get_logger(__name__)

_ADD = insert(outbox).returning(outbox.c.id, sort_by_parameter_order=True)


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
            select(lanes.c.held_until).where(lanes.c.lane == lane).with_for_update(key_share=True)
        ).scalar_one_or_none()
        row = messages.next_of_lane(tx, lane, held=held_until is not None and held_until > now)
        if row is None or row.state != MessageState.WAITING or row.not_before > now:
            return None
        text = _outbound(services, row)
        if text is None:
            messages.settle(tx, row, MessageState.CANCELLED, now=now, reason="erased")
            return None
        lease, until = secrets.token_hex(8), now + settling.LEASE
        tx.execute(
            update(outbox)
            .where(outbox.c.id == row.id)
            .values(state=MessageState.SENDING, lease=lease, lease_until=until, attempts=row.attempts + 1)
        )
        return Claim(row.id, lease, row.channel, text)


def deliver(services: Services, claimed: Claim) -> None:
    """Hand a claimed message to its gateway and record what it said; then ring for the next one of that phone."""
    result = services.carrier(claimed.channel, claimed.text.line).send(claimed.text)
    now = services.clock()
    opted_out = isinstance(result, Refused) and result.kind is RefusalKind.OPTED_OUT
    with services.database.write() as tx:
        row = messages.lock(tx, claimed.message_id, person_too=opted_out)
        if row is None or row.state != MessageState.SENDING or row.lease != claimed.lease:
            return  # the lease had lapsed: the message is unknown by now, and settled as such
        settling.record(tx, services, row, result, now)
        following = messages.next_of_lane(tx, row.lane, held=False)
        if following is not None and following.id != row.id:
            after_commit(tx, lambda: services.ring("send_message", following.id))


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


def resend(tx: Connection, services: Services, message_id: int, *, case_id: int, now: datetime) -> bool:
    """Put an undelivered message back into its phone's order, because a person pressed for it; False if it may not."""
    changed = tx.execute(
        update(outbox)
        .where(outbox.c.id == message_id, outbox.c.case_id == case_id, outbox.c.state == MessageState.FAILED)
        .values(
            state=MessageState.WAITING,
            not_before=now,
            lease=None,
            lease_until=None,
            settled_at=None,
            raised_at=None,
            reason=None,
            attempts=0,
            resent=True,
        )
    )
    if changed.rowcount != 1:
        return False
    after_commit(tx, lambda: services.ring("send_message", message_id))
    return True


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
