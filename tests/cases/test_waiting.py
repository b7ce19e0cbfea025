"""A night with hundreds of waiting cases costs a handful of transactions, and nothing that must be said is put off."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from sms_gateway.cases import desk, waiting
from sms_gateway.cases.case import CORRECT_BEFORE, DESK_BEFORE, LOOK_AGAIN
from sms_gateway.store.tables import CaseState, Role, cases, offers, people
from tests.cases.town import Town, build
from tests.clocks import FixedClock
from tests.databases import SQLite, settings_for

NIGHT = datetime(2026, 3, 10, 21, 0, tzinfo=UTC)  # 22:00 in Paris; the counter opens at 8
AT_NIGHT_NOBODY = {"quiet_from": 20 * 60, "quiet_to": 8 * 60}


@dataclass
class Counted:
    """What a database was asked."""

    transactions: int = 0
    statements: int = 0


def test_two_hundred_cases_that_wait_share_their_looks(place: Town) -> None:
    place.clock.set(NIGHT)
    place.account("Anne", phone="+33612345000", **AT_NIGHT_NOBODY)
    numbers = crowd(place, 200)
    with counted(place) as cost:
        desk.act_on_deadlines(place.services, place.now)
    assert cost.transactions <= 4, cost
    assert cost.statements <= 40, cost
    assert deadlines(place, numbers) == {place.now + LOOK_AGAIN}


@pytest.mark.parametrize(
    ("state", "before"), [(CaseState.QUEUED, DESK_BEFORE), (CaseState.ESCALATED, CORRECT_BEFORE)]
)
def test_a_look_is_never_put_off_past_the_moment_when_the_desk_hears_or_a_promise_is_corrected(
    place: Town, state: CaseState, before: timedelta
) -> None:
    busy = place.account("Anne", phone="+33612345000")
    place.asks("+33698700000")
    place.sweep()
    place.volunteer_texts(busy, "1")  # she has her hands full: the others wait for her
    several = [place.asks(f"+3369870{at:04}") for at in range(1, 6)]
    soonest = min(promise.by for promise in several)
    place.clock.set(soonest - before - timedelta(minutes=2))
    with place.services.database.write() as tx:
        ids = list(tx.execute(select(cases.c.id).where(cases.c.number.in_([one.number for one in several]))).scalars())
        tx.execute(update(cases).where(cases.c.id.in_(ids)).values(state=state))
    waiting.put_off(place.services, ids, now=place.now, limit=200)
    for promise in several:
        assert place.case(promise.number).next_deadline == min(promise.by - before, place.now + LOOK_AGAIN)


def test_cases_that_came_apart_look_together(place: Town) -> None:
    place.clock.set(NIGHT)
    place.account("Anne", phone="+33612345000", **AT_NIGHT_NOBODY)
    numbers = []
    for at in range(5):
        place.clock.set(NIGHT + timedelta(seconds=40 * at))
        numbers.append(place.asks(f"+3369870{at:04}").number)
        place.sweep()
    assert deadlines(place, numbers) == {place.now + LOOK_AGAIN}


@pytest.mark.parametrize("hour", [NIGHT, NIGHT.replace(hour=9)])
def test_together_or_alone_each_case_fares_the_same(
    sqlite_files: SQLite, tmp_path: Path, hour: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two towns with the same people; in the second, each case has a look of its own."""
    shared = fates(sqlite_files, tmp_path / "shared", hour)
    monkeypatch.setattr(waiting, "that_look", lambda tx, case_ids, *, now: set())
    assert fates(sqlite_files, tmp_path / "alone", hour) == shared


def fates(files: SQLite, folder: Path, hour: datetime) -> list[tuple[Any, ...]]:
    """What becomes of a dozen cases of three languages and two topics in a new town when the sweeper passes."""
    folder.mkdir()
    place = build(settings_for(folder, files.migrated(folder)), FixedClock(hour))
    place.account("Chef", role=Role.COORDINATOR, phone="+33612345099")
    place.account("Anne", phone="+33612345000", languages=["fr"])
    place.account("Marc", phone="+33612345001", languages=["en"], topics=["papiers"])
    for at in range(12):
        place.asks(
            f"+3369870{at:04}",
            language=("fr", "en", "sw")[at % 3],
            topic=("papiers", "logement")[at % 2],
            severity=(2, 1, 2, 2)[at % 4],
        )
    place.sweep()
    with place.services.database.read() as tx:
        asked = select(cases.c.number, cases.c.state, cases.c.next_deadline, offers.c.account_id).outerjoin(offers)
        found = [tuple(row) for row in tx.execute(asked.order_by(cases.c.id, offers.c.id))]
    place.services.database.close()
    return found


def crowd(place: Town, count: int) -> list[int]:
    """So many people who ask at one moment: one who does, and copies of what is stored of them; the cases' numbers."""
    first = place.asks("+33698700000")
    with place.services.database.write() as tx:
        person = dict(tx.execute(select(people)).one()._mapping)
        case = dict(tx.execute(select(cases)).one()._mapping)
        for at in range(1, count):
            copy = {"id": person["id"] + at, "lane": f"{person['lane']}-{at}", "pseudonym": person["pseudonym"] + at}
            tx.execute(insert(people).values(person | copy))
            copy = {"id": case["id"] + at, "person_id": person["id"] + at, "number": first.number + at}
            tx.execute(insert(cases).values(case | copy))
    return [first.number + at for at in range(count)]


def deadlines(place: Town, numbers: list[int]) -> set[datetime]:
    """The next moments of these cases, none of which anybody has."""
    with place.services.database.read() as tx:
        rows = list(tx.execute(select(cases).where(cases.c.number.in_(numbers))))
    assert {row.state for row in rows} == {CaseState.QUEUED}
    return {row.next_deadline for row in rows}


@contextmanager
def counted(place: Town) -> Iterator[Counted]:
    """Count transactions and statements meanwhile."""
    cost = Counted()
    engine = place.services.database.engine

    def begun(_connection: object) -> None:
        cost.transactions += 1

    def asked(*_all: object) -> None:
        cost.statements += 1

    event.listen(engine, "begin", begun)
    event.listen(engine, "before_cursor_execute", asked)
    try:
        yield cost
    finally:
        event.remove(engine, "begin", begun)
        event.remove(engine, "before_cursor_execute", asked)
