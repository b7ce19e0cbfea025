"""The journal: it only grows, and a line that was changed behind its back shows."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from sms_gateway.context import Services
from sms_gateway.settings import Settings
from sms_gateway.store import journal
from sms_gateway.store.tables import journal as journal_table
from sms_gateway.store.tables import organisations
from tests.clocks import FixedClock
from tests.gateway.parts import ObedientGateway, wired

SETTLED = timedelta(seconds=30)


@pytest.fixture
def services(settings: Settings, clock: FixedClock) -> Iterator[Services]:
    made = wired(settings, clock, ObedientGateway())
    yield made
    made.database.close()


def write(services: Services, *ages: int) -> None:
    """Lines of so many seconds ago, in this order."""
    with services.database.write() as tx:
        organisation = tx.execute(select(organisations.c.id)).scalar_one()
        for age in ages:
            journal.record(tx, organisation, "seen", now=services.clock() - timedelta(seconds=age))


def chain(services: Services) -> int:
    with services.database.write() as tx:
        return journal.chain(tx, now=services.clock(), settled_before=services.clock() - SETTLED)


def broken(services: Services) -> int | None:
    with services.database.read() as tx:
        return journal.first_broken_link(tx)


@pytest.mark.parametrize("change", [update(journal_table).values(what="nothing"), delete(journal_table)])
def test_no_line_is_changed_or_removed(services: Services, change: object) -> None:
    write(services, 60)
    with pytest.raises(DBAPIError, match="the journal only grows"), services.database.write() as tx:
        tx.execute(change)  # type: ignore[call-overload]


def test_a_line_changed_behind_the_journals_back_shows(services: Services) -> None:
    write(services, 60, 50)
    assert chain(services) == 2
    assert broken(services) is None
    with services.database.write() as tx:
        if services.database.is_sqlite:
            tx.execute(text("DROP TRIGGER journal_no_update"))
        else:
            tx.execute(text("DROP TRIGGER journal_only_grows ON journal"))
        first = tx.execute(select(journal_table.c.id).order_by(journal_table.c.id).limit(1)).scalar_one()
        tx.execute(update(journal_table).where(journal_table.c.id == first).values(what="nothing"))
    assert broken(services) == 1


def test_a_young_line_waits_for_its_link_and_is_in_it(services: Services, clock: FixedClock) -> None:
    write(services, 60, 5, 60)  # the second was written by a clock that runs ahead
    assert chain(services) == 1
    clock.advance(seconds=40)
    assert chain(services) == 2
    assert broken(services) is None
