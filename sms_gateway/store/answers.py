"""Queries of answers that left: which did not arrive, what they had settled, what of them a case has heard."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update

from sms_gateway.store.messages import NOBODY_KNOWS
from sms_gateway.store.tables import EntryKind, MessageKind, MessageState, case_entries, journal, outbox

NO_REPORT_AFTER = timedelta(hours=24)  # reports come within minutes, or once a phone is on again; then hardly any more
_UNHEARD = and_(
    outbox.c.state == MessageState.FAILED,
    outbox.c.kind == MessageKind.ANSWER,
    outbox.c.raised_at.is_(None),
)
_ARRIVES = or_(outbox.c.state.not_in((MessageState.FAILED, MessageState.CANCELLED)), outbox.c.reason == NOBODY_KNOWS)


def stands(entry: Row[Any], now: datetime) -> str | None:
    """Where the message of a thread's line stands: its state, or UNKNOWN where nobody knows whether it arrived."""
    state: str | None = entry.sent_state
    if state == MessageState.FAILED and entry.sent_reason == NOBODY_KNOWS:
        return MessageState.UNKNOWN
    if state == MessageState.SENT and entry.sent_at is not None and entry.sent_at < now - NO_REPORT_AFTER:
        return MessageState.UNKNOWN
    return state


def failed_unheard(tx: Connection, *, limit: int) -> list[int]:
    """The answers that failed, and that no case has heard of, oldest first."""
    query = select(outbox.c.id).where(_UNHEARD, outbox.c.case_id.is_not(None))
    return list(tx.execute(query.order_by(outbox.c.id).limit(limit)).scalars())


def unheard(tx: Connection, message_id: int) -> Row[Any] | None:
    """An answer that failed and that its case has not heard of, not locked; None where that is not so any more."""
    return tx.execute(select(outbox).where(outbox.c.id == message_id, _UNHEARD, outbox.c.case_id.is_not(None))).first()


def heard(tx: Connection, message_id: int, *, now: datetime) -> bool:
    """The case has heard of it; False where the message stands otherwise by now."""
    done = tx.execute(update(outbox).where(outbox.c.id == message_id, _UNHEARD).values(raised_at=now))
    return done.rowcount == 1


def entry_of(tx: Connection, message_id: int) -> Row[Any] | None:
    """The line of a thread that a message brought to the person."""
    query = select(case_entries).where(case_entries.c.message_id == message_id, case_entries.c.kind == EntryKind.ANSWER)
    return tx.execute(query).first()


def settled_before(tx: Connection, case_id: int, entry_id: int) -> int:
    """Up to which text of the person an earlier answer, one that arrived, had answered; 0 where there is none."""
    own = case_entries.c.case_id == case_id
    last = (
        select(func.max(case_entries.c.id))
        .join(outbox, outbox.c.id == case_entries.c.message_id)
        .where(own, case_entries.c.kind == EntryKind.ANSWER, case_entries.c.id < entry_id, _ARRIVES)
        .scalar_subquery()
    )
    return _last_text(tx, case_id, last)


def covered_by(tx: Connection, case_id: int, entry_id: int) -> int:
    """The newest text of the person that came before a line of the thread."""
    return _last_text(tx, case_id, entry_id)


def part_was_heard(tx: Connection, case_id: int, message: Row[Any]) -> bool:
    """Whether another text of the same answer failed, and its case has heard of it: one answer counts once."""
    query = select(outbox.c.id).where(
        _of(case_id),
        outbox.c.created_at == message.created_at,
        outbox.c.id != message.id,
        outbox.c.state == MessageState.FAILED,
        outbox.c.raised_at.is_not(None),
        outbox.c.reason != NOBODY_KNOWS,
    )
    return tx.execute(query).first() is not None


def any_arrived(tx: Connection, case_id: int) -> bool:
    """Whether an answer of this case arrived, is on its way, or perhaps arrived."""
    query = select(outbox.c.id).where(_of(case_id), _ARRIVES)
    return tx.execute(query.limit(1)).first() is not None


def reached_since_last(tx: Connection, case_id: int, person_id: int) -> bool:
    """Whether a text to the person arrived after the last answer of this case that did not."""
    last = tx.execute(
        select(func.max(journal.c.at)).where(journal.c.case_id == case_id, journal.c.what == "answer_not_delivered")
    ).scalar()
    if last is None:
        return False
    query = select(outbox.c.id).where(
        outbox.c.person_id == person_id, outbox.c.state == MessageState.DELIVERED, outbox.c.settled_at > last
    )
    return tx.execute(query.limit(1)).first() is not None


def failed_answer(tx: Connection, case_id: int, message_id: int | None = None) -> list[Row[Any]]:
    """The texts of one answer that did not arrive, or perhaps did not: the newest one, or the one that is named.

    A text that left, and of which no report came, can't be sent again: it is with the gateway.
    """
    failed = (_of(case_id), outbox.c.state == MessageState.FAILED)
    newest = select(outbox).where(*failed).order_by(outbox.c.created_at.desc(), outbox.c.id.desc())
    if message_id is not None:
        newest = newest.where(outbox.c.id == message_id)
    one = tx.execute(newest.limit(1)).first()
    if one is None:
        return []
    same = select(outbox).where(*failed, outbox.c.created_at == one.created_at)
    return list(tx.execute(same.order_by(outbox.c.id)))


def _of(case_id: int) -> ColumnElement[bool]:
    """The answers in a case's thread, with those of cases that went into it."""
    lines = select(case_entries.c.message_id).where(
        case_entries.c.case_id == case_id,
        case_entries.c.kind == EntryKind.ANSWER,
        case_entries.c.message_id.is_not(None),
    )
    return outbox.c.id.in_(lines)


def _last_text(tx: Connection, case_id: int, before_entry: Any) -> int:
    query = select(func.max(case_entries.c.seq)).where(
        case_entries.c.case_id == case_id,
        case_entries.c.kind == EntryKind.CITIZEN,
        case_entries.c.id < before_entry,
    )
    return int(tx.execute(query).scalar() or 0)
