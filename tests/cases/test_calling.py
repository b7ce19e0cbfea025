"""A person wishes a call: whoever is asked reads it, and a call that was made counts as an answer."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from flows import alphabet
from sms_gateway.cases import desk
from sms_gateway.errors import StaleAnswer
from sms_gateway.store.people import Person
from sms_gateway.store.tables import CaseState, EntryKind, journal
from tests.cases.town import Town

ANNE, CITIZEN = "+33612340001", "+33612340099"


def wishes_a_call(place: Town) -> int:
    """A person is told that we are late and answers 3; the number of their case."""
    promise = place.asks(CITIZEN, "Bonjour")
    place.clock.set(promise.by - timedelta(minutes=10))
    place.sweep()

    def answers(tx: Any, person: Person) -> Any:
        return desk.answer_slip(tx, place.services, person, place.service, words="3", event_id=None, now=place.now)

    assert "ajouté" in place.as_person(CITIZEN, answers).words
    return promise.number


def has_it(place: Town, number: int) -> tuple[int, desk.CaseView]:
    """Anne takes the case on the web; her account, and what she reads."""
    anne = place.account("Anne", phone=ANNE)
    desk.take(place.services, place.scope(anne), number, place.now)
    return anne, view(place, anne, number)


def view(place: Town, anne: int, number: int) -> desk.CaseView:
    with place.services.database.read() as tx:
        return desk.case_view(tx, place.services, place.scope(anne), number, place.now)


def test_an_offer_says_that_they_wish_a_call_in_one_text(place: Town) -> None:
    number = wishes_a_call(place)
    anne = place.account("Anne", phone=ANNE)
    place.clock.advance(minutes=10)
    place.sweep()
    offer = place.texts_to_account(anne)[0]
    assert f"numéro {number} : " in offer
    assert ", à appeler" in offer
    assert alphabet.measure(alphabet.rewrite(offer)).segments == 1


def test_a_call_that_was_made_is_an_answer_and_the_person_has_it_in_writing(place: Town) -> None:
    number = wishes_a_call(place)
    anne, before = has_it(place, number)
    assert before.line.wishes_call
    for _ in range(2):  # the button pressed twice
        desk.called(
            place.services, place.scope(anne), number, epoch=before.epoch, seen_seq=before.seen_seq, now=place.now
        )
    case, after = place.case(number), view(place, anne, number)
    assert (case.state, case.wish, case.promised_by) == (CaseState.ANSWERED, None, None)
    assert case.first_answer_at == place.now
    assert not after.line.wishes_call
    [said] = [text for text in place.texts_to(CITIZEN) if "vous a appelé" in text]
    assert said.startswith(f"Anne vous a appelé pour le numéro {number}. ")
    with place.services.database.read() as tx:
        noted = tx.execute(select(journal.c.account_id).where(journal.c.what == "called")).scalars().all()
    assert noted == [anne]


def test_whoever_missed_the_call_says_so_and_waits_again(place: Town) -> None:
    number = wishes_a_call(place)
    anne, seen = has_it(place, number)
    desk.called(place.services, place.scope(anne), number, epoch=seen.epoch, seen_seq=seen.seen_seq, now=place.now)
    place.writes(CITIZEN, "Je n'ai pas eu d'appel")
    case = place.case(number)
    assert (case.state, case.unanswered_since) == (CaseState.CLAIMED, place.now)


def test_a_text_that_came_during_the_call_keeps_waiting(place: Town) -> None:
    number = wishes_a_call(place)
    anne, seen = has_it(place, number)
    place.writes(CITIZEN, "J'ai oublié de dire une chose")
    desk.called(place.services, place.scope(anne), number, epoch=seen.epoch, seen_seq=seen.seen_seq, now=place.now)
    assert place.case(number).state == CaseState.CLAIMED


def test_a_call_of_somebody_who_has_it_no_more_is_no_answer_and_takes_no_draft(place: Town) -> None:
    number = wishes_a_call(place)
    anne, seen = has_it(place, number)
    desk.keep_draft(place.services, place.scope(anne), number, words="Bonjour, je", now=place.now)
    desk.pass_on(place.services, place.scope(anne), number, epoch=seen.epoch, now=place.now)
    with pytest.raises(StaleAnswer):
        desk.called(place.services, place.scope(anne), number, epoch=seen.epoch, seen_seq=seen.seen_seq, now=place.now)
    case = place.case(number)
    assert (case.wish, case.settled_seq) == ("call", 0)
    marc = place.account("Marc")
    desk.take(place.services, place.scope(marc), number, place.now)
    kept = [line.words for line in view(place, marc, number).thread if line.kind is EntryKind.DRAFT]
    assert kept == ["Bonjour, je"]


def test_what_was_being_written_is_still_there_after_the_call(place: Town) -> None:
    number = wishes_a_call(place)
    anne, seen = has_it(place, number)
    desk.keep_draft(place.services, place.scope(anne), number, words="Bonjour, je", now=place.now)
    desk.called(place.services, place.scope(anne), number, epoch=seen.epoch, seen_seq=seen.seen_seq, now=place.now)
    assert view(place, anne, number).draft == "Bonjour, je"
