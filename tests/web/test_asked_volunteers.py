"""Why each volunteer was asked, as a coordinator reads it."""

import pytest

from sms_gateway.web.asked_volunteers import reason_words
from tests.web.house import House


def test_the_page_of_a_case_tells_who_was_asked_and_why(house: House) -> None:
    number = house.ask_for_a_person("+99933500041", "Ma carte est perdue")
    house.work()
    page = house.signed_in("claire").get(f"/desk/give/{number}").text
    told = page.partition("<ul class=\"g-texte\">")[2].partition("</ul>")[0]
    assert "<b>Awa</b>" in told
    assert ":" not in told.partition("g-doux")[2].partition("</span>")[0].partition(">")[2], "codes are no words"


@pytest.mark.parametrize(
    "reason",
    [
        "circle:region",
        "circle:neighbours",
        "circle:topic",
        "circle:anybody",
        "language:fr",
        "topic:any",
        "topic:papiers",
        "knows_the_person",
        "region:isere",
        "offers_24h:2",
        "load:1",
        "of:7",
        "by_themselves",
        "danger",
    ],
)
def test_every_reason_has_words(house: House, reason: str) -> None:
    with house.app.test_request_context():
        (words,) = reason_words((reason,), "papers")
    assert ":" not in words
    assert "_" not in words


def test_a_reason_of_a_later_version_stays_as_it_is(house: House) -> None:
    with house.app.test_request_context():
        assert reason_words(("moon:full",), "papers") == ("moon:full",)
