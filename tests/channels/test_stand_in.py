"""The stand-in is a fair one: over real sockets it reports, repeats and joins answers as gateway and networks do."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from werkzeug.serving import make_server

from sms_gateway import spool
from sms_gateway.channels.africastalking import Account, AfricasTalking
from sms_gateway.channels.base import DeliveryReport, OutboundText
from tests.channels.test_hooks import NEW, Door, Shown, door_at
from tests.clocks import FixedClock
from tests.running import free_port
from tests.stand_ins.africastalking import NO_REPORTS, OUT_OF_ORDER, Fault, FaultKind, Reports, StandIn, start_stand_in
from tests.stand_ins.network import Network
from tests.waiting import until

MESSAGE = OutboundText("17", "+254711082300", "22384", "Hello", "GSM-7")


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return door_at(tmp_path)


@pytest.fixture
def hooks_url(door: Door) -> Iterator[str]:
    """The hooks on a real port."""
    server = make_server("127.0.0.1", 0, door.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.port}/hooks/africastalking/{NEW}"
    server.shutdown()
    thread.join()
    server.server_close()


def send_to(gateway: StandIn, clock: FixedClock) -> None:
    account = Account("guichet", "a-key", gateway.url)
    AfricasTalking(account_of=lambda line: account, delivery_secret=b"k", clock=clock).send(MESSAGE)


def statuses(door: Door) -> list[str]:
    return [str(report.status) for report in door.behind.taken if isinstance(report, DeliveryReport)]


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        (Reports(), ["sent", "delivered"]),
        (OUT_OF_ORDER, ["delivered", "sent"]),
        (Reports(copies=2), ["sent", "sent", "delivered", "delivered"]),
        (Reports(statuses=("Failed",), failure_reason="UserInBlackList"), ["failed"]),
        (Reports(before_answer=True), ["sent", "delivered"]),
    ],
)
def test_reports_come_as_planned(
    door: Door, hooks_url: str, clock: FixedClock, reports: Reports, expected: list[str]
) -> None:
    with start_stand_in(hooks=hooks_url, reports=reports) as gateway:
        send_to(gateway, clock)
        if reports.before_answer:
            assert statuses(door) == expected
        until(lambda: len(statuses(door)) >= len(expected))
    assert statuses(door) == expected


def test_no_reports_means_none(door: Door, hooks_url: str, clock: FixedClock) -> None:
    with start_stand_in(hooks=hooks_url, reports=NO_REPORTS) as gateway:
        send_to(gateway, clock)
        assert gateway.wait_for(1, phone=MESSAGE.phone)[0].message == "Hello"
    assert door.behind.taken == []


def test_a_text_that_was_taken_is_reported_whatever_the_sender_was_told(
    door: Door, hooks_url: str, clock: FixedClock
) -> None:
    with start_stand_in(hooks=hooks_url) as gateway:
        gateway.will(Fault(FaultKind.RESET_AFTER))
        send_to(gateway, clock)
        until(lambda: statuses(door) == ["sent", "delivered"])


def test_a_report_is_repeated_until_it_is_taken(door: Door, hooks_url: str, clock: FixedClock) -> None:
    spool.folder(door.services).write_text("in the way")
    door.behind.down = True
    with start_stand_in(hooks=hooks_url, reports=Reports(statuses=("Success",), delay=0)) as gateway:
        send_to(gateway, clock)
        until(lambda: 503 in gateway.report_answers)
        door.behind.down = False
        until(lambda: statuses(door) == ["delivered"])


def test_a_text_is_posted_again_until_a_2xx(door: Door, hooks_url: str) -> None:
    spool.folder(door.services).write_text("in the way")
    door.behind.down = True
    network = Network(hooks_url)
    posting = threading.Thread(target=network.text, kwargs={"phone": MESSAGE.phone, "line": "22384", "text": "Hi"})
    posting.start()
    until(lambda: network.refused)
    door.behind.down = False
    posting.join(10)
    assert [inbound.text for inbound in door.behind.taken] == ["Hi"]
    assert set(network.refused) == {503}


def test_copies_at_once_are_all_delivered_with_one_key(door: Door, hooks_url: str) -> None:
    answers = Network(hooks_url).text(phone=MESSAGE.phone, line="22384", text="Hi", copies=5, at_once=True)
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({inbound.delivery_key for inbound in door.behind.taken}) == 1


def test_a_dialog_joins_answers_and_tells_its_end(door: Door, hooks_url: str) -> None:
    dialog = Network(hooks_url).dial(phone=MESSAGE.phone, code="*384*77#")
    assert dialog.screen.startswith("Welcome")
    dialog.answer("1")
    dialog.answer("")
    door.behind.screen = Shown("Bye", ends=True)
    assert dialog.answer("0") == "Bye"
    assert dialog.over
    assert dialog.hang_up().status_code == 200
    hops, ended = door.behind.taken[:-1], door.behind.taken[-1]
    assert [hop.text for hop in hops] == ["", "1", "1*", "1**0"]
    assert (ended.dropped, ended.session) == (False, dialog.session)


def test_a_test_in_another_process_may_tell_and_ask_it() -> None:
    port = free_port()
    with start_stand_in(port=port) as gateway:
        assert gateway.url == f"http://127.0.0.1:{port}"
        told = requests.post(f"{gateway.url}/control/fault", json={"kind": "http", "code": 429}, timeout=5)
        form = {"username": "guichet", "to": "+254711082300", "message": "Hello", "from": "22384"}
        headers = {"apiKey": "k"}
        answers = [
            requests.post(f"{gateway.url}/version1/messaging", data=form, headers=headers, timeout=5) for _ in range(2)
        ]
        sends = requests.get(f"{gateway.url}/control/sends", timeout=5).json()
    assert told.status_code == 200
    assert [answer.status_code for answer in answers] == [429, 201]
    assert [send["message"] for send in sends] == ["Hello"]
