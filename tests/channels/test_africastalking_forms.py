"""Africa's Talking's forms: every field of every hook, what must be there, and what a hostile form can't do."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.channels.africastalking import REPORT_STATUSES, Account, AfricasTalking
from sms_gateway.channels.base import (
    DeliveryReport,
    HopsEnded,
    Ignored,
    InboundHop,
    InboundText,
    OptedOut,
    ReportStatus,
)
from sms_gateway.errors import FormError
from tests.clocks import FixedClock

PHONE = "+254711082300"
TEXT = {
    "id": "f3b0c442-98fc-1c14-9afb-f4c8996fb924",
    "from": PHONE,
    "to": "22384",
    "text": "Nimepoteza kitambulisho",
    "date": "2026-03-10 09:00:00",
    "linkId": "SampleLinkId",
    "networkCode": "63902",
    "cost": "KES 1.00",
}
HOP = {
    "sessionId": "ATUid_1",
    "phoneNumber": PHONE,
    "networkCode": "63902",
    "serviceCode": "*384*77#",
    "text": "1*2",
}
END = {
    "date": "2026-03-10 09:00:00",
    "sessionId": "ATUid_1",
    "serviceCode": "*384*77#",
    "networkCode": "63902",
    "phoneNumber": PHONE,
    "status": "Incomplete",
    "cost": "KES 0.5",
    "durationInMillis": "4200",
    "hopsCount": "2",
    "input": "1*2",
    "lastAppResponse": "CON …",
    "errorMessage": "",
}
REPORT = {"id": "ATXid_1", "status": "Success", "phoneNumber": PHONE, "networkCode": "63902", "retryCount": "0"}
OPT_OUT = {"senderId": "22384", "phoneNumber": PHONE}


def adapter_at(moment: datetime, *, secret: bytes = b"k" * 32) -> AfricasTalking:
    return AfricasTalking(
        account_of=lambda line: Account("guichet", "a-key"), delivery_secret=secret, clock=FixedClock(moment)
    )


MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ADAPTER = adapter_at(MORNING)
READERS: dict[str, tuple[Callable[[Mapping[str, str]], object], dict[str, str]]] = {
    "sms": (ADAPTER.read_text, TEXT),
    "ussd": (ADAPTER.read_hop, HOP),
    "ussd-end": (ADAPTER.read_end, END),
    "delivery": (ADAPTER.read_report, REPORT),
    "optout": (ADAPTER.read_opt_out, OPT_OUT),
}
NEEDED = [
    ("sms", "id"),
    ("sms", "from"),
    ("sms", "to"),
    ("ussd", "sessionId"),
    ("ussd", "phoneNumber"),
    ("ussd", "serviceCode"),
    ("ussd-end", "sessionId"),
    ("ussd-end", "phoneNumber"),
    ("delivery", "id"),
    ("delivery", "status"),
    ("delivery", "phoneNumber"),
    ("optout", "senderId"),
    ("optout", "phoneNumber"),
]


def test_a_text_is_read_field_by_field() -> None:
    assert ADAPTER.read_text(TEXT) == InboundText(
        channel="africastalking",
        delivery_key=TEXT["id"],
        line="22384",
        phone=PHONE,
        text="Nimepoteza kitambulisho",
        sent_at=MORNING,
    )


def test_a_hop_is_read_field_by_field() -> None:
    hop = ADAPTER.read_hop(HOP)
    assert hop == InboundHop("africastalking", hop.delivery_key, "ATUid_1", "*384*77#", PHONE, "1*2")


@pytest.mark.parametrize(
    ("status", "dropped"), [("Success", False), ("Incomplete", True), ("Failed", True), ("", True)]
)
def test_a_session_that_ended_otherwise_than_by_success_was_dropped(status: str, dropped: bool) -> None:
    ended = ADAPTER.read_end(END | {"status": status})
    assert ended == HopsEnded("africastalking", ended.delivery_key, "ATUid_1", "*384*77#", PHONE, dropped)


@pytest.mark.parametrize(("word", "status"), [*REPORT_STATUSES.items(), ("Delivered", ReportStatus.DELIVERED)])
def test_each_status_of_a_report_is_read(word: str, status: ReportStatus) -> None:
    for said in (word, word.capitalize(), word.upper()):
        report = ADAPTER.read_report(REPORT | {"status": said})
        assert isinstance(report, DeliveryReport)
        assert report.status is status


def test_a_status_that_nobody_knows_is_kept_with_its_word() -> None:
    report = ADAPTER.read_report(REPORT | {"status": "Teleported"})
    assert isinstance(report, DeliveryReport)
    assert (report.status, report.reason) == (ReportStatus.OTHER, "Teleported")


@pytest.mark.parametrize(
    "reason",
    [
        "InsufficientCredit",
        "InvalidLinkId",
        "UserIsInactive",
        "UserInBlackList",
        "UserAccountSuspended",
        "NotNetworkSubcriber",
        "NotNetworkSubscriber",
        "UserNotSubscribedToProduct",
        "UserDoesNotExist",
        "DeliveryFailure",
        "DoNotDisturbRejection",
    ],
)
def test_the_reason_of_a_failure_is_the_gateways_word(reason: str) -> None:
    report = ADAPTER.read_report(REPORT | {"status": "Failed", "failureReason": reason})
    assert isinstance(report, DeliveryReport)
    assert (report.status, report.reason) == (ReportStatus.FAILED, reason)


def test_an_opt_out_is_read_and_another_day_is_another_wish() -> None:
    first = ADAPTER.read_opt_out(OPT_OUT)
    assert isinstance(first, OptedOut)
    assert (first.phone, first.sender) == (PHONE, "22384")
    assert adapter_at(MORNING + timedelta(minutes=10)).read_opt_out(OPT_OUT) == first
    assert adapter_at(MORNING + timedelta(days=30)).read_opt_out(OPT_OUT) != first


@pytest.mark.parametrize(("hook", "field"), NEEDED)
@pytest.mark.parametrize("value", [None, "", "   ", "\x00", "x" * 5_000])
def test_a_form_without_what_it_must_have_is_refused_whole(hook: str, field: str, value: str | None) -> None:
    read, form = READERS[hook]
    broken = {name: text for name, text in form.items() if name != field}
    if value is not None:
        broken[field] = value
    with pytest.raises(FormError) as refusal:
        read(broken)
    assert field in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert "711082300" not in str(refusal.value)


@pytest.mark.parametrize(
    ("hook", "field"),
    [(hook, field) for hook, (_, form) in READERS.items() for field in form if (hook, field) not in NEEDED],
)
def test_every_other_field_may_be_missing(hook: str, field: str) -> None:
    read, form = READERS[hook]
    assert not isinstance(read({name: text for name, text in form.items() if name != field}), Ignored)


@pytest.mark.parametrize("sender", ["MTN", "Orange Info", "36179", "+1234", "hash:9f86d081"])
def test_a_text_from_somebody_who_cannot_be_answered_is_taken_and_left(sender: str) -> None:
    assert isinstance(ADAPTER.read_text(TEXT | {"from": sender}), Ignored)
    assert isinstance(ADAPTER.read_report(REPORT | {"phoneNumber": sender}), Ignored)
    assert isinstance(ADAPTER.read_opt_out(OPT_OUT | {"phoneNumber": sender}), Ignored)


def test_a_dial_from_no_number_is_refused_since_no_screen_could_be_shown() -> None:
    with pytest.raises(FormError, match="phoneNumber"):
        ADAPTER.read_hop(HOP | {"phoneNumber": "MTN"})


def test_a_simulated_phone_is_nobody_at_a_real_gateway() -> None:
    assert isinstance(ADAPTER.read_text(TEXT | {"from": "+999000001"}), Ignored)


def test_an_empty_or_missing_text_is_a_text() -> None:
    for form in (TEXT | {"text": ""}, {name: text for name, text in TEXT.items() if name != "text"}):
        text = ADAPTER.read_text(form)
        assert isinstance(text, InboundText)
        assert text.text == ""


def test_an_endless_id_has_a_key_that_the_table_holds() -> None:
    text = ADAPTER.read_text(TEXT | {"id": "x" * 500})
    assert isinstance(text, InboundText)
    assert len(text.delivery_key) <= 120
    assert text == ADAPTER.read_text(TEXT | {"id": "x" * 500})


def test_the_key_of_a_hop_is_of_its_session_and_of_all_that_it_typed() -> None:
    key = ADAPTER.read_hop(HOP).delivery_key
    assert ADAPTER.read_hop(HOP).delivery_key == key
    assert ADAPTER.read_hop(HOP | {"text": "1*2*"}).delivery_key != key
    assert ADAPTER.read_hop(HOP | {"sessionId": "ATUid_11", "text": "*2"}).delivery_key != key
    assert adapter_at(MORNING, secret=b"another").read_hop(HOP).delivery_key != key
    assert len(key) <= 120


def test_two_long_sessions_that_end_alike_have_two_keys() -> None:
    one, other = ("1*" * 3_000, "2*" + "1*" * 2_999)
    assert ADAPTER.read_hop(HOP | {"text": one}).delivery_key != ADAPTER.read_hop(HOP | {"text": other}).delivery_key


def test_no_key_shows_a_phone() -> None:
    for read, form in READERS.values():
        assert "711082300" not in repr(read(form))
        assert "711082300" not in read(form).delivery_key  # type: ignore[attr-defined]


field_names = st.sampled_from(sorted({name for _, form in READERS.values() for name in form}))
values = st.text(max_size=300) | st.sampled_from(
    [PHONE, "22384", "Success", "MTN", "+1234", "\x00", "\u202e", "9" * 9_000]
)


@given(st.sampled_from(sorted(READERS)), st.dictionaries(field_names, values), st.booleans())
def test_no_form_breaks_a_reader(hook: str, form: dict[str, str], whole: bool) -> None:
    read, good = READERS[hook]
    try:
        found = read(good | form if whole else form)
    except FormError:
        return
    assert isinstance(found, InboundText | InboundHop | HopsEnded | DeliveryReport | OptedOut | Ignored)
    if not isinstance(found, Ignored):
        assert found.phone.startswith("+")
        assert 0 < len(found.delivery_key) <= 120
