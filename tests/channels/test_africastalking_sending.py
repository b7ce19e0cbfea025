"""Texts to Africa's Talking: each answer and each fault has its one result, and what may have left is never lost."""

import socket
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.channels.africastalking import STATUS_CODES, Account, AfricasTalking, read_answer
from sms_gateway.channels.base import Accepted, OutboundText, RefusalKind, Refused, Unknown
from tests.clocks import FixedClock
from tests.stand_ins.africastalking import Fault, FaultKind, StandIn

PHONE = "+254711082300"
MESSAGE = OutboundText("17", PHONE, "22384", "Votre carte est prête. é €", "GSM-7")


def test_a_text_leaves_with_the_fields_that_the_gateway_reads(adapter: AfricasTalking, gateway: StandIn) -> None:
    result = adapter.send(MESSAGE)
    (send,) = gateway.sends
    assert result == Accepted(gateway_id=send.id, cost="KES 0.8000")
    assert (send.to, send.sender, send.message) == (PHONE, "22384", "Votre carte est prête. é €")
    assert (send.username, send.key) == ("guichet", "a-key")


def test_a_ussd_code_is_never_the_sender_of_a_text(adapter: AfricasTalking, gateway: StandIn) -> None:
    adapter.send(replace(MESSAGE, line="*384*77#"))
    assert gateway.sends[0].sender == ""


@pytest.mark.parametrize(("code", "name", "kind"), [(code, *row) for code, row in STATUS_CODES.items()])
def test_each_status_code_has_its_result(
    adapter: AfricasTalking, gateway: StandIn, code: int, name: str, kind: RefusalKind | None
) -> None:
    gateway.will(Fault(FaultKind.REFUSE, code))
    result = adapter.send(MESSAGE)
    if kind is None:
        assert result == Accepted(gateway_id=None, cost="0")
    else:
        assert result == Refused(name, kind)


def test_a_status_code_that_nobody_knows_may_have_left(adapter: AfricasTalking, gateway: StandIn) -> None:
    gateway.will(Fault(FaultKind.REFUSE, 777))
    assert adapter.send(MESSAGE) == Unknown("status code 777")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("InvalidSenderId", RefusalKind.CONFIGURATION),
        ("InsufficientBalance", RefusalKind.CONFIGURATION),
        ("UserInBlacklist", RefusalKind.OPTED_OUT),
        ("", RefusalKind.TEMPORARY),
        ("something new", RefusalKind.TEMPORARY),
    ],
)
def test_no_recipients_is_a_refusal_although_the_status_is_201(
    adapter: AfricasTalking, gateway: StandIn, word: str, kind: RefusalKind
) -> None:
    gateway.will(Fault(FaultKind.EMPTY, word=word))
    result = adapter.send(MESSAGE)
    assert isinstance(result, Refused)
    assert result.kind is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RefusalKind.PERMANENT),
        (401, RefusalKind.CONFIGURATION),
        (403, RefusalKind.CONFIGURATION),
        (404, RefusalKind.CONFIGURATION),
        (302, RefusalKind.CONFIGURATION),
        (408, RefusalKind.TEMPORARY),
        (429, RefusalKind.TEMPORARY),
        (500, None),
        (502, None),
        (503, None),
        (504, None),
    ],
)
def test_each_http_status_has_its_result(
    adapter: AfricasTalking, gateway: StandIn, status: int, kind: RefusalKind | None
) -> None:
    gateway.will(Fault(FaultKind.HTTP, status))
    expected = Unknown(f"HTTP {status}") if kind is None else Refused(f"HTTP {status}", kind)
    assert adapter.send(MESSAGE) == expected
    assert gateway.tries == 1, "the adapter never tries again by itself"


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.HANG_BEFORE,
        FaultKind.HANG_AFTER,
        FaultKind.RESET_BEFORE,
        FaultKind.RESET_AFTER,
        FaultKind.ERROR_AFTER,
        FaultKind.TRUNCATED_AFTER,
        FaultKind.CUT_AFTER,
        FaultKind.HTML_AFTER,
        FaultKind.LIST_AFTER,
        FaultKind.OTHER_NUMBER_AFTER,
    ],
)
def test_whatever_may_have_left_is_unknown_and_not_sent_again(
    adapter: AfricasTalking, gateway: StandIn, kind: FaultKind
) -> None:
    gateway.will(Fault(kind))
    assert isinstance(adapter.send(MESSAGE), Unknown)
    assert gateway.tries == 1
    assert len(gateway.sends) == (1 if kind.endswith("_after") else 0)


@pytest.mark.parametrize("kind", [FaultKind.CHARSET, FaultKind.STRING_CODE])
def test_an_answer_in_another_dress_is_still_an_acceptance(
    adapter: AfricasTalking, gateway: StandIn, kind: FaultKind
) -> None:
    gateway.will(Fault(kind))
    assert adapter.send(MESSAGE) == Accepted(gateway.sends[0].id, "KES 0.8000")


def test_an_acceptance_without_an_id_is_an_acceptance(adapter: AfricasTalking, gateway: StandIn) -> None:
    gateway.will(Fault(FaultKind.NO_ID_AFTER))
    assert adapter.send(MESSAGE) == Accepted(None, "KES 0.8000")


def test_a_gateway_that_is_not_there_took_nothing(clock: FixedClock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: every connection is refused
        account = Account("guichet", "a-key", f"http://127.0.0.1:{taken.getsockname()[1]}")
        adapter = AfricasTalking(account_of=lambda line: account, delivery_secret=b"k", clock=clock)
        result = adapter.send(MESSAGE)
    assert result == Refused("ConnectionError", RefusalKind.TEMPORARY)


def test_a_line_without_an_account_sends_nothing(clock: FixedClock) -> None:
    adapter = AfricasTalking(account_of=lambda line: None, delivery_secret=b"k", clock=clock)
    result = adapter.send(MESSAGE)
    assert isinstance(result, Refused)
    assert result.kind is RefusalKind.CONFIGURATION


def test_each_line_sends_from_its_own_account(gateway: StandIn, clock: FixedClock) -> None:
    accounts = {line: Account(f"user-{line}", f"key-{line}", gateway.url) for line in ("22384", "38000")}
    adapter = AfricasTalking(account_of=accounts.get, delivery_secret=b"k", clock=clock)
    threads = [threading.Thread(target=adapter.send, args=(replace(MESSAGE, line=line),)) for line in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(send.sender, send.username, send.key) for send in gateway.sends} == {
        ("22384", "user-22384", "key-22384"),
        ("38000", "user-38000", "key-38000"),
    }


@pytest.mark.parametrize("phone", ["", "0711082300", "+1234", "+254711082300\n", "+٢٥٤٧١١٠٨٢٣٠٠", "+999000001", "MTN"])
def test_what_is_no_number_never_reaches_the_gateway(adapter: AfricasTalking, gateway: StandIn, phone: str) -> None:
    assert adapter.send(replace(MESSAGE, phone=phone)) == Refused("not an international number", RefusalKind.PERMANENT)
    assert gateway.tries == 0


def test_the_sdks_own_hosts_are_used_without_a_stand_in() -> None:
    from sms_gateway.channels.africastalking import _sms_service

    production = _sms_service(Account("guichet", "a-key"), [])
    sandbox = _sms_service(Account("sandbox", "a-key"), [])
    assert production._make_url("/messaging") == "https://api.africastalking.com/version1/messaging"
    assert sandbox._make_url("/messaging") == "https://api.sandbox.africastalking.com/version1/messaging"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["SMSMessageData", "Recipients", "Message", "statusCode", "number", "messageId", "cost"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(json_values | st.text())
def test_no_answer_breaks_it_and_none_without_our_number_is_an_acceptance(answer: object) -> None:
    assert isinstance(read_answer(answer, phone=PHONE), Refused | Unknown)


def test_no_reason_holds_a_number_or_words(adapter: AfricasTalking, gateway: StandIn) -> None:
    gateway.will(Fault(FaultKind.EMPTY, word=f"nobody at {PHONE} wants: {MESSAGE.body}"), Fault(FaultKind.HTML_AFTER))
    for _ in range(2):
        shown = repr(adapter.send(MESSAGE))
        assert "711082300" not in shown
        assert "carte" not in shown
