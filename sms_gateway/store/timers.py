"""What a conversation asks for days later: a row a timer, turned into one event of the mailbox each time it rings."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select, update

from sms_gateway.store import mailbox
from sms_gateway.store.people import Person
from sms_gateway.store.sessions import OURS
from sms_gateway.store.tables import EventKind, people, timers
from sms_gateway.store.upsert import on_both

_KEY = "timer"

_ONE_OF_A_KIND = ["session_id", "name"]
_ONCE = on_both(lambda insert: insert(timers).on_conflict_do_nothing(index_elements=_ONE_OF_A_KIND))
_ANEW = on_both(
    lambda insert: (made := insert(timers)).on_conflict_do_update(
        index_elements=_ONE_OF_A_KIND, set_={"due_at": made.excluded.due_at, "done_at": None, "tries": 0}
    )
)


class TimerKind(StrEnum):
    """What is done when it rings."""

    FOLLOW_UP = "follow_up"
    REMINDER = "reminder"


@dataclass(frozen=True)
class Timer:
    """One timer. tries: how often it rang in vain, because the person was busy."""

    id: int
    person_id: int
    session_id: int
    kind: TimerKind
    due_at: datetime
    tries: int


def begin(tx: Connection, person: Person, session_id: int, kind: TimerKind, due_at: datetime) -> None:
    """Ring at that moment. A conversation may sleep again, after its hand-off; it has one reminder, ever."""
    statement = _ANEW if kind is TimerKind.FOLLOW_UP else _ONCE
    row = {
        "organisation_id": person.organisation_id,
        "person_id": person.id,
        "session_id": session_id,
        "name": kind,
        "due_at": due_at,
    }
    tx.execute(statement[tx.dialect.name], row)


def any_due(tx: Connection, now: datetime) -> bool:
    """Whether a timer is to ring."""
    due = select(timers.c.id).where(timers.c.done_at.is_(None), timers.c.due_at <= now)
    return tx.execute(due.limit(1)).first() is not None


def ring(tx: Connection, *, now: datetime, limit: int) -> list[int]:
    """Turn timers whose time has come into events, each once; gives the events' ids."""
    due = (
        select(timers, people.c.service_id)
        .join(people, people.c.id == timers.c.person_id)
        .where(timers.c.done_at.is_(None), timers.c.due_at <= now)
        .order_by(timers.c.due_at, timers.c.id)
        .limit(limit)
        .with_for_update(of=timers, skip_locked=True)
    )
    rung = []
    for row in tx.execute(due).all():
        event_id = mailbox.put(
            tx,
            organisation_id=row.organisation_id,
            service_id=row.service_id,
            kind=EventKind.TIMER,
            channel=OURS,
            delivery_key=f"{_KEY}:{row.session_id}:{row.id}:{int(row.due_at.timestamp())}",
            now=now,
            person_id=row.person_id,
        )
        tx.execute(update(timers).where(timers.c.id == row.id).values(done_at=now))
        if event_id is not None:
            rung.append(event_id)
    return rung


def rung_by(tx: Connection, delivery_key: str) -> Timer | None:
    """The timer behind an event; None where it is gone with its conversation."""
    _, _, timer_id, _ = delivery_key.split(":")
    row = tx.execute(select(timers).where(timers.c.id == int(timer_id))).first()
    if row is None or row.session_id is None:
        return None
    return Timer(row.id, row.person_id, row.session_id, TimerKind(row.name), row.due_at, row.tries)


def again(tx: Connection, timer: Timer, due_at: datetime, *, tries: int) -> None:
    """Ring once more, at that moment."""
    tx.execute(update(timers).where(timers.c.id == timer.id).values(done_at=None, due_at=due_at, tries=tries))
