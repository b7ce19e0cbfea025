"""Who takes a case and goes quiet is not asked for ever: what runs out in their hands counts until they answer."""

from datetime import timedelta

from sms_gateway.cases import desk
from sms_gateway.store.tables import Role
from tests.cases.town import Town

ANNE = "+33612345000"


def test_two_cases_that_were_taken_and_not_answered_pause_a_volunteer_kindly(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    goes_quiet(place, anne, "+33698700001")
    assert not place.row(anne).paused_by_us
    goes_quiet(place, anne, "+33698700002")
    assert place.row(anne).paused_by_us
    assert "C'est bien normal" in place.texts_to_account(anne)[-1]
    place.volunteer_texts(anne, "START")
    assert not place.row(anne).paused_by_us


def test_an_answer_ends_the_row(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    goes_quiet(place, anne, "+33698700001")
    place.asks("+33698700002")
    place.sweep()
    place.volunteer_texts(anne, "1")
    assert place.row(anne).expired_in_a_row == 1, "taking alone proves nothing"
    place.everything_leaves()
    place.volunteer_texts(anne, "Bonjour, allez à la mairie.")
    assert place.row(anne).expired_in_a_row == 0


def test_what_a_coordinator_takes_away_counts_against_nobody(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    chef = place.account("Chef", role=Role.COORDINATOR)
    number = place.asks("+33698700001").number
    place.sweep()
    place.volunteer_texts(anne, "1")
    desk.reassign(place.services, place.scope(chef, Role.COORDINATOR), number, to_account=chef, now=place.now)
    assert place.row(anne).expired_in_a_row == 0


def test_a_text_that_came_back_after_the_answer_counts_against_nobody(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    number = place.asks("+33698700001").number
    place.sweep()
    place.volunteer_texts(anne, "1")
    place.everything_leaves()
    place.volunteer_texts(anne, "Bonjour, allez à la mairie.")
    place.pass_time(minutes=2)
    place.writes("+33698700001", "Et à quelle heure ?")
    place.clock.set(place.case(number).lease_until)
    place.sweep()
    assert place.case(number).owner_id is None
    assert place.row(anne).expired_in_a_row == 0


def goes_quiet(place: Town, account: int, phone: str) -> None:
    """They take a case, and their lease runs out; its person then needs nothing more."""
    number = place.asks(phone).number
    place.sweep()
    place.volunteer_texts(account, "1")
    place.clock.set(place.case(number).lease_until + timedelta(seconds=2))
    place.sweep()
    place.as_person(phone, lambda tx, person: desk.stop_by_citizen(tx, place.services, person, now=place.now))
