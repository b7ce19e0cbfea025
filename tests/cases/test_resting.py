"""Rest after hard cases: nobody is asked again at once, their phone says so kindly, and the desk asks how they are."""

from datetime import timedelta

import pytest

from sms_gateway.cases import desk
from sms_gateway.cases.resting import AFTER_DANGER, Why, why_rest
from sms_gateway.errors import NotAllowed, NotFound
from sms_gateway.store.tables import Role
from tests.cases.town import Town

ANNE, MARC, CHEF = "+33612347001", "+33612347002", "+33612347003"
ANSWER = "Bonjour, appelez le 15, ils viennent."


def answers(place: Town, account: int, phone: str, *, severity: int = 2, words: str = ANSWER) -> int:
    """Somebody asks, this volunteer takes it and answers; the number of the case."""
    number = place.asks(phone, severity=severity, danger="life" if severity == 0 else None).number
    place.sweep()
    place.volunteer_texts(account, "1")
    place.everything_leaves()
    place.volunteer_texts(account, words)
    place.everything_leaves()
    assert place.case(number).first_answer_at == place.now
    return number


def to_ask(place: Town, chef: int) -> list[tuple[str, Why, int | None]]:
    with place.services.database.read() as tx:
        found = desk.to_ask(tx, place.scope(chef, Role.COORDINATOR), place.now)
    return [(one.name, one.why, one.number) for one in found]


@pytest.mark.parametrize(
    ("severity", "heavy", "minutes_ago", "why"),
    [
        (0, 1, [0], Why.DANGER),
        (1, 3, [0], Why.SEVERAL),
        (1, 2, [0], None),
        (2, 3, [0], Why.SEVERAL),
        (2, 0, range(0, 181, 20), Why.LONG),
        (2, 0, range(0, 161, 20), None),
        (2, 0, [*range(0, 100, 20), *range(150, 300, 20)], None),  # a break of more than half an hour
        (2, 0, [], None),
    ],
)
def test_what_is_a_reason_to_rest(
    place: Town, severity: int, heavy: int, minutes_ago: list[int], why: Why | None
) -> None:
    answered = [place.now - timedelta(minutes=one) for one in minutes_ago]
    assert why_rest(severity=severity, heavy_lately=heavy, answered_at=answered, now=place.now) is why


def test_after_danger_nobody_else_is_offered_for_an_hour_and_the_phone_says_so_kindly(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    number = answers(place, anne, "+33698700001", severity=0)
    assert place.row(anne).rests_until == place.now + AFTER_DANGER
    told = place.texts_to_account(anne)[-1]
    assert told.startswith("Merci, c'était lourd.")
    assert "avant 11h" in told
    assert "AIDE" in told
    place.volunteer_texts(anne, "FIN 1")
    other = place.asks("+33698700002").number
    place.pass_time(minutes=50)
    assert not any(f"{other}" in text for text in place.texts_to_account(anne)), "no offer while they rest"
    place.pass_time(minutes=20)
    assert any(f"numéro {other}" in text for text in place.texts_to_account(anne)), "after it, they are asked again"
    assert number != other


def test_it_is_said_once_and_lasts_from_the_last_answer(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    answers(place, anne, "+33698700001", severity=0)
    place.clock.advance(minutes=30)
    place.writes("+33698700001", "Ils sont là, merci, que faire ensuite ?")
    place.everything_leaves()
    place.volunteer_texts(anne, "Restez avec eux.")
    assert place.row(anne).rests_until == place.now + AFTER_DANGER
    assert sum("c'était lourd" in text for text in place.texts_to_account(anne)) == 1


def test_a_volunteer_ends_their_rest_by_one_word_and_is_not_sent_back_for_the_same_case(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    answers(place, anne, "+33698700001", severity=0)
    place.volunteer_texts(anne, "START")
    assert place.row(anne).rests_until is None
    place.volunteer_texts(anne, "FIN 1")
    assert place.row(anne).rests_until is None
    other = place.asks("+33698700002").number
    place.sweep()
    assert any(f"numéro {other}" in text for text in place.texts_to_account(anne))


def test_on_the_web_the_same_ends_it(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    answers(place, anne, "+33698700001", severity=0)
    desk.pause(place.services, place.scope(anne), anne, until=None, now=place.now)
    assert place.row(anne).rests_until is None


def test_a_third_urgent_case_within_hours_is_a_reason_and_two_are_none(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    for at in range(2):
        answers(place, anne, f"+3369870001{at}", severity=1)
        place.volunteer_texts(anne, "FIN 1")
        place.clock.advance(minutes=20)
    assert place.row(anne).rests_until is None
    answers(place, anne, "+33698700013", severity=1)
    assert place.row(anne).rest_why == Why.SEVERAL
    assert place.row(anne).rests_until == place.now + timedelta(minutes=30)
    place.volunteer_texts(anne, "FIN 1")
    place.clock.advance(minutes=40)
    answers(place, anne, "+33698700014", severity=1)
    assert place.row(anne).rests_until < place.now, "what lies before a rest no longer counts"


def test_whoever_answers_for_hours_is_offered_a_break_and_still_asked(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    for at in range(10):
        answers(place, anne, f"+3369870002{at}", words=f"Bonjour, voici la réponse {at}.")
        place.volunteer_texts(anne, "FIN 1")
        place.clock.advance(minutes=20)
    told = [text for text in place.texts_to_account(anne) if "Une pause ? PAUSE" in text]
    assert len(told) == 1
    assert place.row(anne).rests_until is None
    answers(place, anne, "+33698700031")


def test_who_passes_a_case_of_danger_on_rests_too(place: Town) -> None:
    anne, marc = place.account("Anne", phone=ANNE), place.account("Marc", phone=MARC)
    number = place.asks("+33698700001", severity=0, danger="life").number
    place.sweep()
    place.volunteer_texts(anne, "1")
    place.volunteer_texts(anne, "PASSE")
    assert place.row(anne).rest_why == Why.DANGER
    place.sweep()
    place.volunteer_texts(marc, "1")
    assert place.case(number).owner_id == marc


def test_who_was_asked_instead_reads_why_the_choice_was_smaller(place: Town) -> None:
    anne, marc = place.account("Anne", phone=ANNE), place.account("Marc", phone=MARC)
    chef = place.account("Chef", role=Role.COORDINATOR)
    place.asks("+33698700001", severity=0, danger="life")
    place.sweep()
    place.volunteer_texts(anne, "1")
    place.everything_leaves()
    place.volunteer_texts(anne, ANSWER)
    number = place.asks("+33698700002").number
    place.sweep()
    with place.services.database.read() as tx:
        view = desk.case_view(tx, place.services, place.scope(chef, Role.COORDINATOR), number, place.now)
    [offer] = view.offers
    assert offer.volunteer == "Marc"
    assert "resting:1" in offer.reasons
    assert marc


def test_the_desk_asks_how_they_are_until_somebody_has(place: Town) -> None:
    chef = place.account("Chef", role=Role.COORDINATOR)
    anne = place.account("Anne", phone=ANNE)
    number = answers(place, anne, "+33698700001", severity=0)
    assert to_ask(place, chef) == [("Anne", Why.DANGER, number)]
    with pytest.raises(NotAllowed):
        desk.asked(place.services, place.scope(anne), anne, now=place.now)
    desk.asked(place.services, place.scope(chef, Role.COORDINATOR), anne, now=place.now)
    desk.asked(place.services, place.scope(chef, Role.COORDINATOR), anne, now=place.now)
    assert to_ask(place, chef) == []
    assert place.row(anne).rests_until is not None, "asking ends nobody's rest"
    with pytest.raises(NotFound):
        desk.asked(place.services, place.scope(chef, Role.COORDINATOR), 9_999, now=place.now)


def test_a_coordinator_who_answers_danger_is_asked_by_nobody(place: Town) -> None:
    chef = place.account("Chef", role=Role.COORDINATOR, phone=CHEF)
    number = place.asks("+33698700001", severity=0, danger="life").number
    desk.take(place.services, place.scope(chef, Role.COORDINATOR), number, place.now)
    desk.answer(
        place.services, place.scope(chef, Role.COORDINATOR), number, epoch=1, words=ANSWER, now=place.now
    )
    assert place.row(chef).rests_until is None


def test_help_from_somebody_who_has_no_case_reaches_the_coordinator(place: Town) -> None:
    chef = place.account("Chef", role=Role.COORDINATOR, phone=CHEF)
    anne = place.account("Anne", phone=ANNE)
    answers(place, anne, "+33698700001", severity=0)
    place.volunteer_texts(anne, "FIN 1")
    place.volunteer_texts(anne, "AIDE")
    assert "Anne demande à vous parler" in place.texts_to_account(chef)[-1]
