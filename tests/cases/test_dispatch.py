"""Whom to ask: severity and age, who suits, who is free, and in which order; no one starves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sms_gateway.cases.dispatch import (
    OFFER_BY_SMS,
    OFFER_ON_WEB,
    Outlook,
    Volunteer,
    Wanted,
    choose,
    place_in_queue,
    suited,
)

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
CASE = Wanted(1, 2, NOW, "fr", "papiers", region="isere")


def chosen(wanted: Wanted, *volunteers: Volunteer, ahead: tuple[Wanted, ...] = ()) -> list[int]:
    return [one.account_id for one in choose(wanted, volunteers, ahead=ahead).chosen]


@pytest.mark.parametrize(
    "unfit",
    [
        Volunteer(1, languages=("en",)),
        Volunteer(1, on_shift=False),
        Volunteer(1, paused=True),
        Volunteer(1, has_phone=False),
        Volunteer(1, asked_now=True),
        Volunteer(1, load=1),
        Volunteer(1, at_screen=True, load=3, capacity=3),
    ],
)
def test_whoever_can_not_now_is_not_asked(unfit: Volunteer) -> None:
    assert chosen(CASE, unfit) == []
    assert chosen(CASE, unfit, Volunteer(2)) == [2]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Volunteer(9, offered_24h=5, load=0), Volunteer(1)),  # 9 knows the person
        (Volunteer(9, regions=("isere",), offered_24h=3), Volunteer(1)),
        (Volunteer(9), Volunteer(1, offered_24h=1)),
        (Volunteer(9, at_screen=True, capacity=3), Volunteer(1, at_screen=True, capacity=3, load=1)),
        (Volunteer(1), Volunteer(9)),
    ],
)
def test_the_order_of_asking(first: Volunteer, second: Volunteer) -> None:
    wanted = replace(CASE, knows=9) if first.offered_24h == 5 else CASE
    assert chosen(wanted, second, first) == [first.id]


def test_one_then_three_at_once() -> None:
    everybody = [Volunteer(number) for number in range(1, 9)]
    assert chosen(CASE, *everybody) == [1]
    assert chosen(replace(CASE, asked=frozenset({1}), offers_made=1), *everybody) == [2, 3, 4]


def test_who_knows_the_person_is_asked_alone_however_many_were_asked_before() -> None:
    everybody = [Volunteer(number) for number in range(1, 9)]
    again = replace(CASE, offers_made=5, knows=7)
    assert chosen(again, *everybody) == [7]
    assert chosen(replace(again, asked=frozenset({7})), *everybody) == [1, 2, 3]


def test_what_is_urgent_or_the_desk_has_already_asks_three_at_once() -> None:
    everybody = [Volunteer(number) for number in range(1, 9)]
    assert chosen(replace(CASE, severity=1), *everybody) == [1, 2, 3]
    assert chosen(replace(CASE, at_desk=True), *everybody) == [1, 2, 3]


def test_the_topic_first_then_everybody_in_the_language() -> None:
    expert, other = Volunteer(5, topics=("papiers",)), Volunteer(1, topics=("logement",))
    assert chosen(CASE, other, expert) == [5]
    assert chosen(replace(CASE, asked=frozenset({5})), other, expert) == [1]
    assert chosen(CASE, other, replace(expert, load=1)) == [], "an expert who will be free is waited for"


HERE = Volunteer(9, regions=("isere",), offered_24h=4)
BESIDE = Volunteer(8, regions=("drome",), beside=frozenset({"isere"}), offered_24h=3)
FAR = Volunteer(7, regions=("nord",), offered_24h=2)
OTHER_TOPIC = Volunteer(6, topics=("logement",))


def test_the_region_first_then_its_neighbours_then_every_region_then_everybody_in_the_language() -> None:
    everybody = (OTHER_TOPIC, FAR, BESIDE, HERE)
    circles, asked = [], frozenset[int]()
    for _ in everybody:
        one = choose(replace(CASE, asked=asked), everybody).chosen[0]
        circles.append((one.account_id, one.reasons[0]))
        asked |= {one.account_id}
    assert circles == [(9, "circle:region"), (8, "circle:neighbours"), (7, "circle:topic"), (6, "circle:anybody")]


def test_who_knows_the_topic_is_waited_for_but_nobody_for_a_region() -> None:
    assert choose(CASE, [OTHER_TOPIC, replace(HERE, load=1)]).outlook is Outlook.WAIT
    assert chosen(CASE, OTHER_TOPIC, replace(HERE, paused=True)) == [6]
    assert chosen(CASE, FAR, replace(HERE, load=1)) == [7]


def test_whoever_names_no_region_is_everywhere() -> None:
    assert chosen(CASE, FAR, BESIDE, Volunteer(5, offered_24h=9)) == [5]


def test_what_is_urgent_waits_for_no_region() -> None:
    assert chosen(replace(CASE, severity=1), FAR, replace(HERE, load=1)) == [7]


def test_a_case_without_a_region_asks_every_region_at_once() -> None:
    assert chosen(replace(CASE, region=None), FAR, BESIDE, HERE) == [7]


def test_a_case_that_waits_for_who_knows_its_topic_keeps_nobody_else() -> None:
    older = Wanted(2, 2, NOW - timedelta(hours=1), "fr", "papiers")
    other = replace(CASE, topic=OTHER_TOPIC.topics[0])
    assert chosen(other, OTHER_TOPIC, replace(HERE, topics=("papiers",), load=1), ahead=(older,)) == [6]


def test_a_topic_that_asks_for_a_training_is_offered_only_to_who_had_it() -> None:
    untrained = Volunteer(1, untrained_for=frozenset({"papiers"}))
    assert choose(CASE, [untrained]).outlook is Outlook.NOBODY, "the desk, at once"
    assert not suited(CASE, [untrained])
    assert chosen(CASE, untrained, Volunteer(2, offered_24h=9)) == [2]
    assert chosen(replace(CASE, topic="logement"), untrained) == [1]


def test_what_there_is_to_do_where_nobody_is_asked() -> None:
    assert choose(CASE, []).outlook is Outlook.NOBODY
    assert choose(CASE, [Volunteer(1, load=1)]).outlook is Outlook.WAIT
    assert choose(replace(CASE, asked=frozenset({1})), [Volunteer(1)]).outlook is Outlook.EXHAUSTED


def test_the_screen_gives_three_minutes_a_phone_ten() -> None:
    by_phone, at_screen = Volunteer(1), Volunteer(2, at_screen=True)
    assert choose(CASE, [by_phone]).chosen[0].time == OFFER_BY_SMS
    assert choose(CASE, [at_screen]).chosen[0].time == OFFER_ON_WEB


def test_the_reasons_are_kept() -> None:
    reasons = choose(replace(CASE, knows=1), [Volunteer(1, regions=("isere",))]).chosen[0].reasons
    assert {"language:fr", "topic:papiers", "knows_the_person", "region:isere"} <= set(reasons)


def test_danger_first_then_age_and_an_ordinary_case_overtakes_a_fresh_urgent_one() -> None:
    fresh_urgent = place_in_queue(1, NOW)
    assert place_in_queue(0, NOW) < fresh_urgent
    assert fresh_urgent < place_in_queue(2, NOW - timedelta(minutes=119))
    assert place_in_queue(2, NOW - timedelta(minutes=121)) < fresh_urgent


def test_a_case_that_waits_longer_keeps_the_place_that_it_needs() -> None:
    older = Wanted(2, 2, NOW - timedelta(hours=1), "fr", "papiers")
    assert chosen(CASE, Volunteer(1), ahead=(older,)) == []
    swahili = replace(older, language="sw")
    assert chosen(CASE, Volunteer(1, languages=("fr",)), ahead=(swahili,)) == [1]
    assert chosen(older, Volunteer(1), ahead=(CASE,)) == [1]
    assert chosen(CASE, Volunteer(1), ahead=(replace(older, asked=frozenset({1})),)) == [1]


def test_a_case_ahead_keeps_no_phone_that_its_line_does_not_reach() -> None:
    older = Wanted(2, 2, NOW - timedelta(hours=1), "fr", "papiers", reaches_phones=False)
    assert chosen(CASE, Volunteer(1), ahead=(older,)) == [1]
    assert chosen(CASE, Volunteer(1, at_screen=True), ahead=(older,)) == []


def test_a_promise_counts_on_those_who_are_busy_but_not_on_those_who_pause() -> None:
    assert suited(CASE, [Volunteer(1, load=1)])
    assert not suited(
        CASE, [Volunteer(1, paused=True), Volunteer(2, on_shift=False), Volunteer(3, has_phone=False)]
    )
