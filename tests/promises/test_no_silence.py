"""Promise 2: nobody is left in silence. A walk over every story of a case, then volunteers who say nothing at all."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from sms_gateway.cases import desk, guards, parking
from sms_gateway.cases.case import CORRECT_BEFORE, Refused, Why
from sms_gateway.store.tables import CaseState, OfferState, Role, cases, offers
from tests.cases.conftest import place  # noqa: F401 - the town, on each kind of database
from tests.cases.town import Town
from tests.cases.walk import walk

CITIZEN = "+33698765432"


@pytest.fixture
def round_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every time of a case a multiple of ten minutes: many stories meet in one state, and the walk stays short."""
    monkeypatch.setattr(guards, "LOOK_AGAIN", timedelta(minutes=10))


def test_no_story_ends_in_silence_or_in_two_answers(round_times: None) -> None:
    walked = walk()
    print(f"{walked.states} states")
    assert walked.broken == "", "\n".join(walked.story)
    assert walked.states > 5_000, "the walk saw almost nothing"


def test_without_anybody_who_acts_on_deadlines_there_is_silence(round_times: None) -> None:
    walked = walk(sweeper=False)
    assert walked.broken.startswith("silence")
    assert len(walked.story) == 1


def test_without_deadlines_there_is_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "deadline_of", lambda case, now, looked=False: None)
    assert walk().broken.startswith("silence")


def test_without_the_fence_a_text_is_put_aside_or_closed_over(
    round_times: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guards, "is_unsettled", lambda case: False)
    walked = walk()
    assert walked.broken == "it was put aside over a text that nobody answered", "\n".join(walked.story)
    assert walked.story[-1].endswith("puts it aside")
    monkeypatch.setattr(parking, "park", lambda case, **given: Refused(Why.UNANSWERED))
    walked = walk()
    assert walked.broken == "it was closed over a text that nobody answered", "\n".join(walked.story)


@pytest.mark.parametrize("silent", [0, 1, 3, 5])
def test_after_silent_volunteers_the_next_one_is_asked(place: Town, silent: int) -> None:  # noqa: F811
    """P7: with k who say nothing, the next gets the offer; two alone, then three at once."""
    for number in range(silent + 1):
        place.account(f"V{number}", phone=f"+336123450{number:02}")
    promise = place.asks(CITIZEN)
    place.pass_time(minutes=[0, 10, 20, 20][min(silent, 3)] + (10 if silent == 5 else 0) + 1)
    asked = [place.texts_to_account(place.row_of(f"v{number}").id) for number in range(silent + 1)]
    assert all(texts and f"numéro {promise.number}" in texts[0] for texts in asked)


def test_when_all_are_silent_the_desk_and_the_person_hear_before_the_promise_lapses(
    place: Town,  # noqa: F811
) -> None:
    chef = place.account("Chef", role=Role.COORDINATOR, phone="+33612345099")
    for number in range(2):
        place.account(f"V{number}", phone=f"+336123450{number:02}")
    promise = place.asks(CITIZEN)
    place.pass_time(minutes=21)
    assert place.case(promise.number).state == CaseState.ESCALATED
    [alert] = place.texts_to_account(chef)
    assert f"numéro {promise.number}" in alert
    while place.now < promise.by - CORRECT_BEFORE:
        assert place.texts_to(CITIZEN) == []
        place.pass_time(minutes=1)
    [slip] = place.texts_to(CITIZEN)
    assert slip.startswith("Pardon, retard")
    assert place.now <= promise.by
    assert place.case(promise.number).promised_by > promise.by


def test_two_offers_that_ran_out_pause_a_volunteer_kindly(place: Town) -> None:  # noqa: F811
    quiet = place.account("Quiet", phone="+33612345000")
    place.asks(CITIZEN)
    place.pass_time(minutes=11)
    place.asks("+33698765433")
    place.pass_time(minutes=11)
    assert place.row(quiet).paused_by_us
    assert "C'est bien normal" in place.texts_to_account(quiet)[-1]
    place.volunteer_texts(quiet, "START")
    assert not place.row(quiet).paused_by_us


def test_at_most_three_texts_say_late_and_the_desk_hears_for_ever(place: Town) -> None:  # noqa: F811
    chef = place.account("Chef", role=Role.COORDINATOR, phone="+33612345099")
    promise = place.asks(CITIZEN)
    for _ in range(3):
        place.clock.set(place.case(promise.number).promised_by - CORRECT_BEFORE)
        place.sweep()
    assert [text[:8] for text in place.texts_to(CITIZEN)] == ["Pardon, ", "Encore p", "Pardon. "]
    alerts = len(place.texts_to_account(chef))
    for _ in range(12):
        place.clock.set(max(place.case(promise.number).promised_by, place.now))
        place.sweep()
    assert len(place.texts_to(CITIZEN)) == 3
    assert len(place.texts_to_account(chef)) > alerts + 5
    assert place.case(promise.number).state == CaseState.ESCALATED


def test_a_lease_that_ends_gives_the_case_to_another_within_half_a_minute(place: Town) -> None:  # noqa: F811
    anne = place.account("Anne", phone="+33612345000")
    marc = place.account("Marc", phone="+33612345001")
    promise = place.asks(CITIZEN)
    place.sweep()
    place.volunteer_texts(anne, "1")
    place.pass_time(minutes=10)
    assert "encore 10 min" in place.texts_to_account(anne)[-1]
    place.pass_time(minutes=10)
    case = place.case(promise.number)
    assert case.owner_id is None
    assert "quelqu'un d'autre" in place.texts_to_account(anne)[-1]
    assert f"numéro {promise.number}" in place.texts_to_account(marc)[-1]
    assert case.state == CaseState.OFFERED


def test_no_open_case_is_ever_without_a_deadline_and_a_desk(place: Town) -> None:  # noqa: F811
    """The database itself refuses it."""
    number = place.asks(CITIZEN).number
    for wrong in ({"next_deadline": None}, {"desk_id": None}, {"state": CaseState.CLOSED}):
        with pytest.raises(IntegrityError), place.services.database.write() as tx:
            tx.execute(update(cases).where(cases.c.number == number).values(**wrong))


def test_the_offers_of_a_closed_case_end_with_it(place: Town) -> None:  # noqa: F811
    place.account("Anne", phone="+33612345000")
    place.asks(CITIZEN)
    place.sweep()
    place.as_person(CITIZEN, lambda tx, person: desk.stop_by_citizen(tx, place.services, person, now=place.now))
    with place.services.database.read() as tx:
        assert tx.execute(select(offers.c.state)).scalars().all() == [OfferState.WITHDRAWN]
