"""The checks that every gateway's form goes through: words, phones, moments, fields."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.channels.base import (
    TEXT_LIMIT,
    USSD_LIMIT,
    InboundText,
    clean_text,
    gateway_time,
    inbound_phone,
    line_address,
    new_input,
    required_field,
    session_text,
    simulated_phone,
)
from sms_gateway.errors import FormError


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("bonjour", "bonjour"),
        ("e\u0301te\u0301", "été"),
        ("a\x00b", "ab"),
        ("a\x1b[31mb", "a[31mb"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("\u2066hidden\u2069", "hidden"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("tab\there", "tab here"),
        ("\ud83d lone", " lone"),
        ("😀", "😀"),
        ("", ""),
    ],
)
def test_words_are_kept_and_what_cannot_be_seen_is_not(raw: str, kept: str) -> None:
    assert clean_text(raw) == kept


def test_a_text_is_cut_at_its_limit() -> None:
    assert len(clean_text("x" * 10_000)) == TEXT_LIMIT


@given(st.text())
def test_a_cleaned_text_stays_as_it_is_when_cleaned_again(raw: str) -> None:
    once = clean_text(raw)
    assert clean_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("raw", "phone"),
    [
        ("+254711082300", "+254711082300"),
        (" 254711082300", "+254711082300"),  # an unescaped plus sign in a form
        ("254711082300", "+254711082300"),
        ("00254711082300", "+254711082300"),
        ("+254 711-082.300", "+254711082300"),
        ("+254711082300\n", "+254711082300"),
        ("+33700123456", "+33700123456"),  # possible, not valid yet
        ("+2250707070707", "+2250707070707"),
        ("MTN", None),
        ("36179", None),
        ("40404", None),
        ("29051234", None),  # possible behind a plus sign, a short code without one
        ("0711082300", None),
        ("+1234", None),
        ("+٢٥٤٧١١٠٨٢٣٠٠", None),
        ("+" + "1" * 40, None),
        ("+999000001", None),
        ("+1800FLOWERS", None),
        ("", None),
    ],
)
def test_a_phone_is_what_could_be_answered(raw: str, phone: str | None) -> None:
    assert inbound_phone(raw) == phone


@given(st.text(max_size=60))
def test_a_phone_is_e164_or_none(raw: str) -> None:
    phone = inbound_phone(raw)
    assert phone is None or (phone.startswith("+") and phone[1:].isascii() and phone[1:].isdigit())
    assert phone is None or inbound_phone(phone) == phone


def test_no_number_is_both_real_and_simulated() -> None:
    for raw in ("+999000001", "999000001", " 999000001", "+254711082300", "+99900000000000"):
        assert inbound_phone(raw) is None or simulated_phone(raw) is None
    assert simulated_phone("+999000001") == "+999000001"
    assert simulated_phone(" 999000001") == "+999000001"
    assert simulated_phone("+254711082300") is None
    assert simulated_phone("MTN") is None


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2017-05-03T06:04:45Z", datetime(2017, 5, 3, 6, 4, 45, tzinfo=UTC)),
        ("2017-05-03 06:04:45", datetime(2017, 5, 3, 6, 4, 45, tzinfo=UTC)),
        ("2017-05-03T06:04:45.123Z", datetime(2017, 5, 3, 6, 4, 45, 123_000, tzinfo=UTC)),
        ("2017-05-03T09:04:45+03:00", datetime(2017, 5, 3, 6, 4, 45, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_gateways_moment_is_read_in_each_of_its_forms(raw: str, moment: datetime | None) -> None:
    assert gateway_time(raw) == moment


def test_a_missing_or_blank_field_refuses_the_form_with_one_line() -> None:
    for form in ({}, {"id": ""}, {"id": "  "}, {"id": "\x00\u200b"}):
        with pytest.raises(FormError, match=r"^The form has no id\.$"):
            required_field(form, "id")
    with pytest.raises(FormError, match="longer than"):
        required_field({"id": "x" * 121}, "id")


def test_a_line_is_an_address_and_never_read_as_a_phone() -> None:
    assert line_address({"to": "40404"}, "to") == "40404"
    assert line_address({"to": "*384*77#"}, "to") == "*384*77#"
    assert line_address({"to": " 254700000000"}, "to") == "+254700000000"


def test_beyond_its_limit_a_session_keeps_the_end_of_its_text_and_the_newest_answer() -> None:
    before = "1*" * 2_048
    stored = session_text({"text": before}, "text")
    now = session_text({"text": before + "*12"}, "text")
    assert len(now) == USSD_LIMIT
    assert new_input(stored, now) == "12"


def test_no_repr_shows_a_number_or_words() -> None:
    shown = repr(InboundText("africastalking", "id", "22384", "+254711082300", "help me"))
    assert "711082300" not in shown
    assert "help" not in shown
