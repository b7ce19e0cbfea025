"""What volunteers pay in texts is counted once a text, by the month of the service's clock, without the words."""

from datetime import UTC, datetime

from sqlalchemy import select

from sms_gateway import texts
from sms_gateway.channels.base import InboundText
from sms_gateway.store import volunteer_texts
from sms_gateway.store.tables import Role
from sms_gateway.store.tables import volunteer_texts as table
from tests.cases.town import LINE, Town

ANNE, SIMULATED = "+33612345001", "+99910000001"


def sends(place: Town, phone: str, text: str, key: str) -> None:
    """A text through the gateway of the town's real line."""
    channel = next(line.channel for line in place.service.lines if line.address == LINE and line.channel != "simulator")
    with place.services.database.write() as tx:
        texts.take(tx, place.services, InboundText(channel, key, LINE, phone, text), place.now)


def test_each_text_counts_once_with_its_parts(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    sends(place, ANNE, "PAUSE", "a")
    sends(place, ANNE, "PAUSE", "a")  # the gateway brings it again
    place.asks("+33698765432")
    sends(place, ANNE, "START", "b")
    place.sweep()
    sends(place, ANNE, "é" * 161, "c")  # two parts
    sends(place, ANNE, "👍", "d")
    [month] = months(place, anne)
    assert month == volunteer_texts.Month("Anne", "2026-03", texts=4, parts=5)


def test_a_month_is_that_of_the_services_clock(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    place.clock.set(datetime(2026, 3, 31, 21, 59, tzinfo=UTC))  # 23:59 in Paris
    sends(place, ANNE, "PAUSE", "a")
    place.clock.set(datetime(2026, 3, 31, 22, 1, tzinfo=UTC))
    sends(place, ANNE, "PAUSE", "b")
    assert [(one.month, one.texts) for one in months(place, anne)] == [("2026-04", 1), ("2026-03", 1)]


def test_a_simulated_phone_pays_nothing(place: Town) -> None:
    anne = place.account("Anne", phone=SIMULATED)
    sends(place, SIMULATED, "PAUSE", "a")
    assert months(place, anne) == []


def test_a_volunteer_reads_their_own_and_a_coordinator_everybodys(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    marc = place.account("Marc", phone="+33612345002")
    sends(place, ANNE, "PAUSE", "a")
    sends(place, "+33612345002", "PAUSE", "b")
    assert [one.name for one in months(place, marc)] == ["Marc"]
    chef = place.account("Chef", role=Role.COORDINATOR)
    with place.services.database.read() as tx:
        every = volunteer_texts.months(tx, place.scope(chef, Role.COORDINATOR))
        kept = tx.execute(select(table)).first()
    assert [one.name for one in every] == ["Anne", "Marc"]
    assert kept is not None
    assert "PAUSE" not in str(kept)
    assert months(place, anne) != []


def months(place: Town, account_id: int) -> list[volunteer_texts.Month]:
    with place.services.database.read() as tx:
        return volunteer_texts.months(tx, place.scope(account_id))
