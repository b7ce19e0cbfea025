"""People: one row a phone, whoever comes first; an erasure that others wait for."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from sms_gateway.context import Services
from sms_gateway.settings import Settings
from sms_gateway.store import people
from sms_gateway.store.tables import people as people_table
from tests.clocks import FixedClock
from tests.gateway.parts import PHONE, ObedientGateway, a_person, wired
from tests.scale import scaled
from tests.waiting import until


@pytest.fixture
def services(settings: Settings, clock: FixedClock) -> Iterator[Services]:
    made = wired(settings, clock, ObedientGateway())
    yield made
    made.database.close()


def test_many_first_texts_of_one_phone_make_one_person(services: Services) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: a_person(services)[0], range(scaled(160))))
    assert len({person.id for person in made}) == 1
    with services.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(people_table)).scalar_one() == 1


def test_whoever_waits_behind_an_erasure_gets_the_new_key(services: Services) -> None:
    person, _ = a_person(services)
    got: list[people.Person] = []

    def wait_for_it() -> None:
        with services.database.write() as tx:
            locked = people.lock(tx, services.sealer, person.id)
            assert locked is not None
            got.append(locked)

    other = threading.Thread(target=wait_for_it)
    with services.database.write() as tx:
        people.lock(tx, services.sealer, person.id)
        other.start()
        if not services.database.is_sqlite:  # on SQLite it waits before it reads anything
            blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            until(lambda: tx.execute(blocked).scalar_one() > 0)
        people.erase(tx, person.id)
        people.new_key(tx, services.sealer, person.id, PHONE, now=services.clock())
    other.join(10)
    assert people.phone_of(got[0]) == PHONE
