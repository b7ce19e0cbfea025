"""What is on disk before anybody is told: a hop need not be, what it promises must."""

import os
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from sms_gateway.settings import Settings
from sms_gateway.store import people
from sms_gateway.store.tables import PersonStatus
from tests.clocks import FixedClock
from tests.gateway.parts import ObedientGateway, a_person, wired


@pytest.fixture
def written_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that this process has forced to the disk."""
    seen: list[str] = []
    fsync = os.fsync

    def noted(file: int) -> None:
        seen.append(Path(f"/proc/self/fd/{file}").readlink().name)
        fsync(file)

    monkeypatch.setattr(os, "fsync", noted)
    return seen


def waits_for_the_disk(tx: Connection) -> bool:
    return bool(tx.execute(text("SHOW synchronous_commit")).scalar_one() == "on")


@pytest.mark.parametrize("stops", [False, True])
def test_a_write_that_may_be_late_waits_for_the_disk_once_a_person_stops_texts(
    settings: Settings, clock: FixedClock, written_out: list[str], stops: bool
) -> None:
    services = wired(settings, clock, ObedientGateway())
    person, _line = a_person(services)
    with services.database.write(durable=False) as tx:
        if stops:
            people.change(tx, person.id, status=PersonStatus.STOPPED)
        else:
            people.change(tx, person.id, last_seen_at=clock())
        if tx.dialect.name == "postgresql":
            assert waits_for_the_disk(tx) is stops
    if services.database.is_sqlite:
        assert written_out == (["guichet.sqlite-wal"] if stops else [])
    services.database.close()
