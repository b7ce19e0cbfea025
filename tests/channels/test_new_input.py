"""A USSD hop's own input: each pitfall of the accumulated `text`, one test each."""

from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.channels.base import TEXT_LIMIT, new_input

typed = st.text(st.characters(exclude_characters="#", max_codepoint=0x7E, min_codepoint=0x21), min_size=1, max_size=12)


def test_the_first_hop_of_a_dial_has_no_input() -> None:
    assert new_input(None, "") == ""


def test_a_star_that_the_person_typed_belongs_to_the_answer() -> None:
    assert new_input("1", "1*12*3") == "12*3"


def test_an_answer_may_begin_and_end_with_a_star() -> None:
    assert new_input("1", "1**5*") == "*5*"


def test_an_empty_answer_is_an_answer() -> None:
    assert new_input("1", "1*") == ""
    assert new_input("1*", "1**2") == "2"


def test_a_direct_dial_brings_its_input_with_the_first_hop() -> None:
    assert new_input(None, "2") == "2"


def test_the_answer_to_a_first_screen_has_no_star_before_it() -> None:
    assert new_input("", "2") == "2"


def test_an_empty_answer_to_a_first_screen_is_a_lone_star() -> None:
    assert new_input("", "*") == ""


def test_a_text_equal_to_the_stored_one_is_a_retry_without_new_input() -> None:
    assert new_input("1*2", "1*2") == ""


def test_a_trailing_hash_is_taken_off() -> None:
    assert new_input("1", "1*2#") == "2"
    assert new_input(None, "2#") == "2"


def test_what_came_before_is_never_walked_again() -> None:
    assert new_input("1*9*9*1*9", "1*9*9*1*9*0") == "0"


def test_a_text_of_four_thousand_characters_still_gives_its_last_answer() -> None:
    before = "*".join(["1"] * 2_048)
    assert new_input(before, before + "*34") == "34"


def test_a_new_session_of_the_same_phone_starts_afresh() -> None:
    assert new_input(None, "1*2") == "1*2"


def test_a_network_that_sends_only_the_last_answer_is_understood() -> None:
    assert new_input("1", "2") == "2"
    assert new_input("1", "12") == "12"
    assert new_input("3", "34*1") == "1"


def test_blanks_and_the_digits_of_other_scripts_are_made_plain() -> None:
    assert new_input("1", "1* 2 ") == "2"
    assert new_input("1", "1*１２") == "12"
    assert new_input("1", "1*٣٤") == "34"


@given(st.lists(typed, min_size=1, max_size=20), typed)
def test_whatever_was_typed_before_the_new_input_is_what_was_typed_now(before: list[str], now: str) -> None:
    stored = "*".join(before)
    assert new_input(stored, f"{stored}*{now}") == now


@given(st.none() | st.text(max_size=200), st.text(max_size=4_096))
def test_no_text_breaks_it(previous: str | None, text: str) -> None:
    found = new_input(previous, text)
    assert isinstance(found, str)
    assert len(found) <= TEXT_LIMIT
