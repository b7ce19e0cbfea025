"""Where people are in their conversations: one active session per person, each pinned to the bundle it began on."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, String, bindparam, cast, exists, insert, select, update

from flows.session import Session, decode, encode
from sms_gateway.store.people import Person
from sms_gateway.store.tables import SessionStatus, VersionState, events, flow_versions, people, sessions

OURS = "desk"  # the channel of events of our own
WITHDRAWN_KEY = "withdrawn:"  # and the session's id: the delivery key of the event that ends it


@dataclass(frozen=True)
class Stored:
    """A session as it lies in the database: its row, and the place that it keeps.

    withdrawn: nobody goes on in its version any more (`sms_gateway.withdrawal`).
    """

    id: int
    flow: str
    bundle_hash: str
    case_id: int | None
    status: SessionStatus
    place: Session
    updated_at: datetime
    withdrawn: bool = False


@dataclass(frozen=True)
class Found:
    """A session that stands in a withdrawn version, and whose it is."""

    session_id: int
    person_id: int
    service_id: int
    organisation_id: int


_VERSION_WITHDRAWN = exists().where(
    flow_versions.c.bundle_hash == sessions.c.bundle_hash,
    flow_versions.c.state == VersionState.WITHDRAWN,
    flow_versions.c.organisation_id == sessions.c.organisation_id,
)
_ROWS = select(sessions, _VERSION_WITHDRAWN.label("withdrawn"))
_STANDING = sessions.c.status != SessionStatus.ENDED

# Statements of every turn are made once: putting one together costs more than sending it.
_ACTIVE = _ROWS.where(sessions.c.person_id == bindparam("person"), sessions.c.status == SessionStatus.ACTIVE)
_SAVE = update(sessions).where(sessions.c.id == bindparam("session")).values(version=sessions.c.version + 1)


def active(tx: Connection, person: Person) -> Stored | None:
    """The person's one active session. Raises flows.session.SessionError for one that can't be read any more."""
    row = tx.execute(_ACTIVE, {"person": person.id}).first()
    return _stored(row, person) if row else None


def last_parked(tx: Connection, person: Person, case_id: int | None = None) -> Stored | None:
    """The session that was put aside last; with `case_id`, the one that waits for that case."""
    condition = sessions.c.status == SessionStatus.PARKED
    return _one(tx, person, condition if case_id is None else condition & (sessions.c.case_id == case_id))


def withdrawn_of(tx: Connection, person: Person) -> list[Stored]:
    """The person's sessions that stand in withdrawn versions, the active one first."""
    query = _ROWS.where(sessions.c.person_id == person.id, _STANDING, _VERSION_WITHDRAWN)
    return [_stored(row, person) for row in tx.execute(query.order_by(sessions.c.status, sessions.c.id.desc()))]


def in_withdrawn(tx: Connection, *, since: datetime, limit: int) -> list[Found]:
    """Sessions that stand in withdrawn versions, touched since then, for which no event has been put yet."""
    has_event = exists().where(
        events.c.channel == OURS, events.c.delivery_key == WITHDRAWN_KEY + cast(sessions.c.id, String)
    )
    query = (
        select(sessions.c.id, sessions.c.person_id, sessions.c.organisation_id, people.c.service_id)
        .distinct()
        .join(people, people.c.id == sessions.c.person_id)
        .join(
            flow_versions,
            (flow_versions.c.bundle_hash == sessions.c.bundle_hash)
            & (flow_versions.c.organisation_id == sessions.c.organisation_id),
        )
        .where(
            flow_versions.c.state == VersionState.WITHDRAWN, _STANDING, sessions.c.updated_at >= since, ~has_event
        )
        .order_by(sessions.c.id)
        .limit(limit)
    )
    return [Found(row.id, row.person_id, row.service_id, row.organisation_id) for row in tx.execute(query)]


def find(tx: Connection, person: Person, session_id: int) -> Stored | None:
    """One session of a person. Raises flows.session.SessionError for one that can't be read any more."""
    return _one(tx, person, sessions.c.id == session_id)


def end(tx: Connection, session_id: int, *, now: datetime) -> None:
    """End a session that nobody can read, or that can't go on."""
    tx.execute(
        update(sessions)
        .where(sessions.c.id == session_id, _STANDING)
        .values(status=SessionStatus.ENDED, updated_at=now)
    )


def flow_of(tx: Connection, session_id: int) -> str:
    """What a session was a conversation of, whatever became of it."""
    return str(tx.execute(select(sessions.c.flow).where(sessions.c.id == session_id)).scalar_one())


def begin(tx: Connection, person: Person, *, flow: str, place: Session, now: datetime) -> Stored:
    """Store a new session under its own status; the one that was active must have been put aside or ended before."""
    status = SessionStatus(place.status.value)
    row = tx.execute(
        insert(sessions)
        .values(
            organisation_id=person.organisation_id,
            person_id=person.id,
            bundle_hash=place.machine,
            flow=flow,
            status=status,
            state=person.words.seal(encode(place)),
            created_at=now,
            updated_at=now,
        )
        .returning(sessions.c.id)
    )
    return Stored(int(row.scalar_one()), flow, place.machine, None, status, place, now)


def save(
    tx: Connection, person: Person, stored: Stored, place: Session, *, now: datetime, status: SessionStatus
) -> Stored:
    """Keep the new place of a session; gives the session as it lies there now."""
    state = person.words.seal(encode(place))
    tx.execute(_SAVE, {"session": stored.id, "status": status, "state": state, "updated_at": now})
    return replace(stored, place=place, status=status, updated_at=now)


def set_status(tx: Connection, stored: Stored, status: SessionStatus, *, now: datetime) -> Stored:
    """Put a session aside, wake it, or end it; gives the session as it lies there now."""
    tx.execute(update(sessions).where(sessions.c.id == stored.id).values(status=status, updated_at=now))
    return replace(stored, status=status, updated_at=now)


def wait_for_case(tx: Connection, session_id: int, case_id: int) -> None:
    """Remember which case a parked session waits for."""
    tx.execute(update(sessions).where(sessions.c.id == session_id).values(case_id=case_id))


def end_all(tx: Connection, person: Person, *, now: datetime) -> None:
    """End every session of a person that still stands."""
    standing = sessions.c.status != SessionStatus.ENDED
    tx.execute(
        update(sessions)
        .where(sessions.c.person_id == person.id, standing)
        .values(status=SessionStatus.ENDED, updated_at=now)
    )


def _one(tx: Connection, person: Person, condition: Any) -> Stored | None:
    query = _ROWS.where(sessions.c.person_id == person.id, condition)
    row = tx.execute(query.order_by(sessions.c.updated_at.desc(), sessions.c.id.desc()).limit(1)).first()
    return _stored(row, person) if row else None


def _stored(row: Row[Any], person: Person) -> Stored:
    return Stored(
        id=row.id,
        flow=row.flow,
        bundle_hash=row.bundle_hash,
        case_id=row.case_id,
        status=SessionStatus(row.status),
        place=decode(person.words.open(row.state)),
        updated_at=row.updated_at,
        withdrawn=bool(row.withdrawn),
    )
