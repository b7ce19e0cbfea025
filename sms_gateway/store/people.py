"""People: one row a (service, phone), taken and locked by every turn; found by the keyed hash of the phone."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, bindparam, delete, insert, select, update

from sms_gateway.store import shown_numbers
from sms_gateway.store.database import must_last
from sms_gateway.store.scope import Scope
from sms_gateway.store.sealing import Erased, Seal, Sealer
from sms_gateway.store.tables import PersonStatus, lanes, people, person_keys, services
from sms_gateway.store.upsert import on_both

_ROWS = select(people, person_keys.c.sealed_key).outerjoin(person_keys, person_keys.c.person_id == people.c.id)
_FIND = _ROWS.where(
    people.c.service_id == bindparam("service"), people.c.lane.in_(bindparam("lanes", expanding=True))
).with_for_update(key_share=True, of=people)
_CHANGE = update(people).where(people.c.id == bindparam("person"))
_CREATE = on_both(
    lambda insert: insert(people).on_conflict_do_nothing(index_elements=["service_id", "lane"]).returning(people.c.id)
)
_LANE = on_both(lambda insert: insert(lanes).on_conflict_do_nothing())
_NUMBERS = on_both(
    lambda insert: (
        insert(lanes)
        .values(lane=bindparam("to"), next_number=1 + bindparam("count", type_=Integer))
        .on_conflict_do_update(
            index_elements=["lane"], set_={"next_number": lanes.c.next_number + bindparam("count", type_=Integer)}
        )
        .returning(lanes.c.next_number)
    )
)


@dataclass(frozen=True)
class Person:
    """A citizen as one service knows them. `seal` is None once they were erased."""

    id: int
    organisation_id: int
    service_id: int
    lane: str
    pseudonym: int
    language: str
    language_chosen: bool
    status: PersonStatus
    welcomed: bool
    sms_line_id: int | None
    region: str | None
    place: str | None
    answers_in_window: int
    window_began_at: datetime | None
    last_text_print: str | None
    last_text_at: datetime | None
    last_text_place: str | None
    last_seen_at: datetime
    erased_at: datetime | None
    seal: Seal | None = field(repr=False)
    sealed_phone: str | None = field(repr=False)

    @property
    def stopped(self) -> bool:
        """They asked for no more texts."""
        return self.status is PersonStatus.STOPPED

    @property
    def words(self) -> Seal:
        """Their seal. Raises AssertionError for an erased person: a turn gives a new key before it uses this."""
        assert self.seal is not None, "an erased person has no words"
        return self.seal


def lock_or_create(
    tx: Connection,
    sealer: Sealer,
    *,
    organisation_id: int,
    service_id: int,
    phone: str,
    language: str,
    now: datetime,
) -> Person:
    """The person with this phone in this service, locked until the transaction ends; made where there is none."""
    row = _find(tx, sealer, service_id, sealer.lanes(phone))
    if row is None:
        _create(tx, sealer, organisation_id, service_id, phone, language, now)
        row = _find(tx, sealer, service_id, sealer.lanes(phone))
        assert row is not None
    if row.sealed_key is None:
        new_key(tx, sealer, row.id, phone, now=now)
        row = _find(tx, sealer, service_id, sealer.lanes(phone))
        assert row is not None
    return _person(row, sealer)


def find(tx: Connection, sealer: Sealer, *, service_id: int, phone: str) -> Person | None:
    """The person with this phone in this service, locked; None where there is none, or where they were erased."""
    row = _find(tx, sealer, service_id, sealer.lanes(phone))
    return _person(row, sealer) if row is not None and row.sealed_key is not None else None


def lock(tx: Connection, sealer: Sealer, person_id: int) -> Person | None:
    """The person, locked until the transaction ends; None where there is no such row."""
    query = _ROWS.where(people.c.id == person_id).with_for_update(key_share=True, of=people)
    row = tx.execute(query).first()
    if row is not None and not _has_its_key(row, sealer):
        row = tx.execute(query).first()
    return _person(row, sealer) if row else None


def read(tx: Connection, sealer: Sealer, person_id: int) -> Person | None:
    """The person, not locked: to read or to write to them beside the person whom a transaction has locked."""
    row = tx.execute(_ROWS.where(people.c.id == person_id)).first()
    return _person(row, sealer) if row else None


def load(tx: Connection, sealer: Sealer, scope: Scope, person_id: int) -> Person | None:
    """The person as a reader sees them, not locked; None outside the scope."""
    query = _ROWS.where(people.c.id == person_id, people.c.organisation_id == scope.organisation_id)
    row = tx.execute(query).first()
    return _person(row, sealer) if row else None


def phone_of(person: Person) -> str | None:
    """The number, for the gateway, and for whoever rings somebody who wished it; None once erased."""
    return person.seal.open(person.sealed_phone) if person.seal and person.sealed_phone else None


def change(tx: Connection, person_id: int, **columns: Any) -> None:
    """Set columns of a locked person. Whether we may write to them is on disk before they are told."""
    if "status" in columns:
        must_last(tx)
    tx.execute(_CHANGE, {"person": person_id} | columns)


def erase(tx: Connection, person_id: int) -> None:
    """Forget a person: their key goes, and every sealed word with it; the row stays, empty, under its hash."""
    must_last(tx)
    tx.execute(delete(person_keys).where(person_keys.c.person_id == person_id))
    shown_numbers.forget(tx, person_id)
    known = ("phone", "last_text_print", "last_text_at", "last_text_place", "region", "place", "erased_at")
    change(tx, person_id, welcomed=False, language_chosen=False, **dict.fromkeys(known))


def new_key(tx: Connection, sealer: Sealer, person_id: int, phone: str, *, now: datetime) -> None:
    """Give a person without a key a fresh one, and seal their number under it."""
    seal, sealed_key = sealer.new_person_key()
    tx.execute(insert(person_keys).values(person_id=person_id, sealed_key=sealed_key, created_at=now))
    change(tx, person_id, phone=seal.seal(phone))


def ensure_lane(tx: Connection, lane: str) -> None:
    """Make the lane's row where it is missing."""
    tx.execute(_LANE[tx.dialect.name], {"lane": lane})


def next_numbers(tx: Connection, lane: str, count: int) -> range:
    """The next `count` places in the order of a phone's messages; locks the lane, and makes it where it is missing."""
    following = int(tx.execute(_NUMBERS[tx.dialect.name], {"to": lane, "count": count}).scalar_one())
    return range(following - count, following)


def _find(tx: Connection, sealer: Sealer, service_id: int, hashes: tuple[str, ...]) -> Row[Any] | None:
    where = {"service": service_id, "lanes": hashes}
    row = tx.execute(_FIND, where).first()
    if row is not None and not _has_its_key(row, sealer):
        row = tx.execute(_FIND, where).first()
    return row


def _has_its_key(row: Row[Any], sealer: Sealer) -> bool:
    """Whether the key that came with a locked row is the row's.

    PostgreSQL gives a row that we waited for as it is now, but what is joined to it as it was before: an erasure in
    between leaves a key that is gone. Reading once more, under the lock, gives both as they are.
    """
    if row.sealed_key is None or row.phone is None:
        return row.sealed_key is None
    try:
        sealer.person(row.sealed_key).open(row.phone)
    except Erased:
        return False
    return True


def _create(
    tx: Connection, sealer: Sealer, organisation_id: int, service_id: int, phone: str, language: str, now: datetime
) -> None:
    seal, sealed_key = sealer.new_person_key()
    pseudonym = tx.execute(
        update(services)
        .where(services.c.id == service_id)
        .values(next_pseudonym=services.c.next_pseudonym + 1)
        .returning(services.c.next_pseudonym)
    ).scalar_one()
    row = {
        "organisation_id": organisation_id,
        "service_id": service_id,
        "lane": sealer.lane(phone),
        "phone": seal.seal(phone),
        "pseudonym": pseudonym - 1,
        "language": language,
        "created_at": now,
        "last_seen_at": now,
    }
    made = tx.execute(_CREATE[tx.dialect.name], row).scalar_one_or_none()
    if made is not None:  # else another transaction made them meanwhile
        tx.execute(insert(person_keys).values(person_id=made, sealed_key=sealed_key, created_at=now))


def _person(row: Row[Any], sealer: Sealer) -> Person:
    return Person(
        id=row.id,
        organisation_id=row.organisation_id,
        service_id=row.service_id,
        lane=row.lane,
        pseudonym=row.pseudonym,
        language=row.language,
        language_chosen=row.language_chosen,
        status=PersonStatus(row.status),
        welcomed=row.welcomed,
        sms_line_id=row.sms_line_id,
        region=row.region,
        place=row.place,
        answers_in_window=row.answers_in_window,
        window_began_at=row.window_began_at,
        last_text_print=row.last_text_print,
        last_text_at=row.last_text_at,
        last_text_place=row.last_text_place,
        last_seen_at=row.last_seen_at,
        erased_at=row.erased_at,
        seal=sealer.person(row.sealed_key) if row.sealed_key else None,
        sealed_phone=row.phone,
    )
