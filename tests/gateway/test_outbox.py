"""The outbox: in order per phone, each text once, and what happens when nobody knows whether one left."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from sms_gateway import outbox, settling
from sms_gateway.channels.base import Accepted, DeliveryReport, RefusalKind, Refused, ReportStatus, Unknown
from sms_gateway.context import Services
from sms_gateway.settings import Settings
from sms_gateway.store import people
from sms_gateway.store.tables import MessageKind, MessageState, delivery_reports, journal, lanes
from sms_gateway.store.tables import outbox as outbox_table
from tests.clocks import FixedClock
from tests.gateway.parts import PHONE, ObedientGateway, a_person, wired


@pytest.fixture
def gateway() -> ObedientGateway:
    return ObedientGateway()


@pytest.fixture
def services(settings: Settings, clock: FixedClock, gateway: ObedientGateway) -> Iterator[Services]:
    made = wired(settings, clock, gateway)
    yield made
    made.database.close()


def put(services: Services, *bodies: str, kind: MessageKind = MessageKind.REPLY) -> list[int]:
    person, line_id = a_person(services)
    with services.database.write() as tx:
        return [
            outbox.add_to_person(tx, services, person, body=body, kind=kind, now=services.clock(), line_id=line_id)
            for body in bodies
        ]


def send_all(services: Services) -> None:
    """What a worker does: claim and deliver whatever is due, until nothing is."""
    for _ in range(50):
        with services.database.read() as tx:
            due = outbox.due_messages(tx, now=services.clock())
        claims = [outbox.claim(services, message_id, now=services.clock()) for message_id in due]
        if not any(claims):
            return
        for claim in claims:
            if claim is not None:
                outbox.deliver(services, claim)


def states(services: Services) -> list[str]:
    with services.database.read() as tx:
        return list(tx.execute(select(outbox_table.c.state).order_by(outbox_table.c.id)).scalars())


def report(gateway_id: str, status: ReportStatus, reason: str = "", phone: str = PHONE) -> DeliveryReport:
    return DeliveryReport("africastalking", f"{gateway_id}/{status}", gateway_id, phone, status, reason)


def test_texts_to_one_phone_leave_in_their_order(services: Services, gateway: ObedientGateway) -> None:
    put(services, "one", "two", "three")
    send_all(services)
    assert [message.body for message in gateway.sent] == ["one", "two", "three"]
    assert states(services) == [MessageState.SENT] * 3


def test_a_claimed_text_is_nobody_elses(services: Services) -> None:
    first, second = put(services, "one", "two")
    assert outbox.claim(services, first, now=services.clock()) is not None
    assert outbox.claim(services, first, now=services.clock()) is None
    assert outbox.claim(services, second, now=services.clock()) is None, "the next one waits for the first"


def test_a_temporary_refusal_is_tried_again_later_and_holds_the_next_ones(
    services: Services, gateway: ObedientGateway, clock: FixedClock
) -> None:
    put(services, "one", "two")
    gateway.answers.append(Refused("429", RefusalKind.TEMPORARY))
    send_all(services)
    assert gateway.sent == []
    clock.advance(seconds=6)
    send_all(services)
    assert [message.body for message in gateway.sent] == ["one", "two"]


def test_a_permanent_refusal_fails_and_lets_the_next_one_go(services: Services, gateway: ObedientGateway) -> None:
    put(services, "one", "two")
    gateway.answers.append(Refused("InvalidPhoneNumber", RefusalKind.PERMANENT))
    send_all(services)
    assert [message.body for message in gateway.sent] == ["two"]
    assert states(services) == [MessageState.FAILED, MessageState.SENT]
    with services.database.read() as tx:
        assert "text_not_delivered" in tx.execute(select(journal.c.what)).scalars().all()


def test_an_opted_out_phone_gets_no_notice_any_more(services: Services, gateway: ObedientGateway) -> None:
    put(services, "one")
    gateway.answers.append(Refused("UserInBlacklist", RefusalKind.OPTED_OUT))
    send_all(services)
    person, line_id = a_person(services)
    with services.database.write() as tx:
        stopped = people.lock(tx, services.sealer, person.id)
        assert stopped is not None
        assert stopped.stopped
        withheld = outbox.add_to_person(
            tx, services, stopped, body="news", kind=MessageKind.NOTICE, now=services.clock(), line_id=line_id
        )
    assert withheld == 0


def test_an_unknown_send_holds_its_phone_until_the_report_comes(services: Services, gateway: ObedientGateway) -> None:
    put(services, "one", "two")
    gateway.answers.append(Unknown("read timed out"))
    send_all(services)
    assert gateway.sent == []
    settling.record_report(services, report("gw-lost", ReportStatus.DELIVERED))
    send_all(services)
    assert [message.body for message in gateway.sent] == ["two"]
    assert states(services) == [MessageState.DELIVERED, MessageState.SENT]


def test_an_unknown_reply_is_sent_once_more_and_no_more(
    services: Services, gateway: ObedientGateway, clock: FixedClock
) -> None:
    put(services, "one")
    gateway.answers.extend([Unknown("reset"), Unknown("reset")])
    for _ in range(6):
        send_all(services)
        clock.advance(seconds=31)
        settling.settle_lapsed(services, now=clock())
    assert states(services) == [MessageState.FAILED]
    with services.database.read() as tx:
        attempts = tx.execute(select(outbox_table.c.attempts)).scalar_one()
    assert attempts == 2


def test_a_persons_words_are_never_sent_again_blindly(
    services: Services, gateway: ObedientGateway, clock: FixedClock
) -> None:
    put(services, "I am Awa", kind=MessageKind.ANSWER)
    gateway.answers.append(Unknown("reset"))
    send_all(services)
    clock.advance(seconds=31)
    settling.settle_lapsed(services, now=clock())
    send_all(services)
    assert gateway.sent == []
    assert states(services) == [MessageState.FAILED]


def test_a_sender_that_died_leaves_an_unknown_send(
    services: Services, gateway: ObedientGateway, clock: FixedClock
) -> None:
    (first,) = put(services, "one")
    dead = outbox.claim(services, first, now=clock())
    assert dead is not None
    clock.advance(seconds=61)
    settling.settle_lapsed(services, now=clock())
    assert states(services) == [MessageState.UNKNOWN]
    clock.advance(seconds=31)
    settling.settle_lapsed(services, now=clock())
    send_all(services)
    assert [message.body for message in gateway.sent] == ["one"]
    outbox.deliver(services, dead)  # it comes back from the dead: what it learns changes nothing any more
    assert states(services) == [MessageState.SENT]


def test_a_late_report_of_an_earlier_text_settles_no_later_one(
    services: Services, gateway: ObedientGateway, clock: FixedClock
) -> None:
    """The first is sent again, since nobody knows of it; then its report comes. The second's sender dies before it
    calls: that report is not the second's, which has not left."""
    put(services, "one", "two")
    gateway.answers.append(Unknown("read timed out"))
    send_all_once(services)
    clock.advance(seconds=31)
    settling.settle_lapsed(services, now=clock())
    send_all_once(services)
    settling.record_report(services, report("gw-of-the-lost-one", ReportStatus.DELIVERED))
    clock.advance(seconds=5)
    with services.database.read() as tx:
        (second,) = outbox.due_messages(tx, now=clock())
    assert outbox.claim(services, second, now=clock()) is not None
    clock.advance(seconds=26)
    settling.settle_lapsed(services, now=clock())
    assert states(services) == [MessageState.SENT, MessageState.UNKNOWN]


def send_all_once(services: Services) -> None:
    """One text of each phone that is due leaves, or does not."""
    with services.database.read() as tx:
        due = outbox.due_messages(tx, now=services.clock())
    for message_id in due:
        if claim := outbox.claim(services, message_id, now=services.clock()):
            outbox.deliver(services, claim)


def test_a_report_and_the_gateways_answer_that_meet_find_each_other(services: Services) -> None:
    """The report is read while the sender's transaction, which stores the id, has not ended."""
    (message_id,) = put(services, "one")
    with services.database.read() as tx:
        lane = tx.execute(select(outbox_table.c.lane)).scalar_one()
    reporting = threading.Thread(
        target=settling.record_report, args=(services, report("gw-1", ReportStatus.DELIVERED)), daemon=True
    )
    with services.database.write() as tx:
        tx.execute(select(lanes).where(lanes.c.lane == lane).with_for_update(key_share=True))
        reporting.start()
        reporting.join(0.3)  # it waits for the phone's lane now, or it would have ended
        assert reporting.is_alive()
        row = tx.execute(select(outbox_table).where(outbox_table.c.id == message_id)).one()
        settling.record(tx, services, row, Accepted("gw-1"), services.clock())
    reporting.join(10)
    assert states(services) == [MessageState.DELIVERED]


def test_danger_texts_pass_a_held_phone(services: Services, gateway: ObedientGateway) -> None:
    put(services, "one", "two")
    gateway.answers.append(Unknown("reset"))
    send_all(services)
    put(services, "Call 112", kind=MessageKind.DANGER)
    send_all(services)
    assert [message.body for message in gateway.sent] == ["Call 112"]


def test_a_report_that_comes_before_the_gateways_answer_is_kept_for_it(
    services: Services, gateway: ObedientGateway
) -> None:
    put(services, "one")

    def delivered_first(message: object) -> Accepted:
        settling.record_report(services, report("gw-early", ReportStatus.DELIVERED))
        return Accepted("gw-early")

    gateway.answers.append(delivered_first)
    send_all(services)
    assert states(services) == [MessageState.DELIVERED]


def test_a_report_of_another_phone_changes_nothing(services: Services) -> None:
    put(services, "one")
    send_all(services)
    with services.database.read() as tx:
        gateway_id = tx.execute(select(outbox_table.c.gateway_id)).scalar_one()
    settling.record_report(services, report(gateway_id, ReportStatus.FAILED, phone="+254711999999"))
    assert states(services) == [MessageState.SENT]


@pytest.mark.parametrize(
    "order", list(permutations([ReportStatus.SENT, ReportStatus.ABSENT, ReportStatus.FAILED, ReportStatus.DELIVERED]))
)
def test_reports_in_any_order_end_alike(services: Services, order: tuple[ReportStatus, ...]) -> None:
    put(services, "one")
    send_all(services)
    with services.database.read() as tx:
        gateway_id = tx.execute(select(outbox_table.c.gateway_id)).scalar_one()
    for status in (*order, *order):
        settling.record_report(services, report(gateway_id, status))
    assert states(services) == [MessageState.DELIVERED]
    with services.database.read() as tx:
        assert len(tx.execute(select(delivery_reports.c.id)).all()) == 4


def test_an_erased_persons_texts_are_cancelled(services: Services, gateway: ObedientGateway) -> None:
    put(services, "one")
    person, _ = a_person(services)
    with services.database.write() as tx:
        people.erase(tx, person.id)
    send_all(services)
    assert gateway.sent == []
    assert states(services) == [MessageState.CANCELLED]


def test_a_wrong_setting_at_the_gateway_waits_for_somebody_to_mend_it(
    services: Services, gateway: ObedientGateway, clock: FixedClock
) -> None:
    put(services, "one")
    gateway.answers.extend([Refused("InsufficientBalance", RefusalKind.CONFIGURATION)] * 20)
    for _ in range(20):
        send_all(services)
        clock.advance(seconds=int(timedelta(minutes=6).total_seconds()))
    send_all(services)
    assert [message.body for message in gateway.sent] == ["one"]
