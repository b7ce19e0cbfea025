"""The desk over real databases: what people are told, what volunteers see, what the clock does, several at once."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from sms_gateway.cases import deadlines, desk, waiting
from sms_gateway.errors import NotAllowed, NotFound, StaleAnswer, TooLong
from sms_gateway.store import people
from sms_gateway.store.people import Person
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import CaseState, EntryKind, EventKind, OfferState, Role, events, journal, offers
from tests.cases.town import Town

CITIZEN = "+33698765432"
ANNE, MARC = "+33612345001", "+33612345002"


def test_a_case_gets_a_number_a_time_and_an_offer_at_once(place: Town) -> None:
    place.account("Anne", phone=ANNE)
    promise = place.asks(CITIZEN)
    assert promise.kind is desk.PromiseKind.OPEN
    assert promise.by == place.now + timedelta(hours=1)
    assert place.case(promise.number).next_deadline == place.now
    assert place.sweep() == 1
    assert place.case(promise.number).state == CaseState.OFFERED


def test_numbers_are_the_organisations_own_and_never_given_twice(place: Town) -> None:
    numbers = [place.asks(f"+3369876{each:04}").number for each in range(5)]
    assert len(set(numbers)) == 5


def test_nobody_on_shift_is_said_and_the_desk_hears_at_once(place: Town) -> None:
    chef = place.account("Chef", role=Role.COORDINATOR, phone="+33612345099")
    promise = place.asks(CITIZEN)
    assert promise.kind is desk.PromiseKind.NOBODY
    place.sweep()
    assert place.case(promise.number).state == CaseState.ESCALATED
    assert len(place.texts_to_account(chef)) == 1
    place.volunteer_texts(chef, "1")
    assert place.case(promise.number).owner_id == chef


def test_at_night_a_true_opening_time_is_told_and_no_coordinator_is_woken(place: Town) -> None:
    chef = place.account("Chef", role=Role.COORDINATOR, phone="+33612345099")
    place.clock.set(datetime(2026, 3, 10, 21, 30, tzinfo=UTC))
    promise = place.asks(CITIZEN)
    assert promise.kind is desk.PromiseKind.NIGHT
    assert promise.by == datetime(2026, 3, 11, 9, 0, tzinfo=UTC)  # 10:00 in Paris
    place.pass_time(hours=8)
    assert place.texts_to_account(chef) == []
    place.pass_time(hours=2)
    assert len(place.texts_to_account(chef)) == 1


def test_an_offer_that_runs_out_at_night_pauses_nobody(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    place.clock.set(datetime(2026, 3, 10, 21, 30, tzinfo=UTC))
    place.asks(CITIZEN)
    place.asks("+33698765433")
    place.pass_time(minutes=30)
    assert not place.row(anne).paused_by_us
    assert place.row(anne).expired_in_a_row == 0


def test_danger_reaches_three_volunteers_and_the_coordinators_at_any_hour(place: Town) -> None:
    chef = place.account("Chef", role=Role.COORDINATOR, phone="+33612345099")
    phones = [place.account(f"V{each}", phone=f"+336123450{each:02}") for each in range(4)]
    place.clock.set(datetime(2026, 3, 10, 23, 30, tzinfo=UTC))
    place.asks(CITIZEN, severity=0, danger="child")
    place.sweep()
    assert sum(bool(place.texts_to_account(one)) for one in phones) >= 3
    assert "enfant en danger" in place.texts_to_account(chef)[0]


def test_a_second_wish_joins_the_open_case_and_may_make_it_urgent(place: Town) -> None:
    first = place.asks(CITIZEN)
    second = place.asks(CITIZEN, "Mon logement", severity=1)
    assert (second.case_id, second.joined) == (first.case_id, True)
    assert second.by == first.by
    assert place.case(first.number).severity == 1
    assert place.case(first.number).last_inbound_seq == 2


def test_a_burst_of_texts_is_confirmed_once(place: Town) -> None:
    place.asks(CITIZEN)
    said = [place.writes(CITIZEN, f"et {each}") for each in range(4)]
    assert [wrote.say_joined for wrote in said if wrote] == [True, False, False, False]
    place.clock.advance(minutes=11)
    later = place.writes(CITIZEN, "et encore")
    assert later is not None
    assert later.say_joined


def test_where_it_stands_before_and_after_an_answer(place: Town) -> None:
    anne, number, epoch = taken(place)
    before = place.standing(CITIZEN)
    assert before is not None
    assert (before.volunteer, before.machine_parked) == (None, True)
    place.clock.advance(minutes=3)
    desk.answer(place.services, place.scope(anne), number, epoch=epoch, words="Allez à la mairie.", now=place.now)
    after = place.standing(CITIZEN)
    assert after is not None
    assert (after.volunteer, after.last_answer, after.parked_since) == ("Anne", "Allez à la mairie.", place.now)


def test_an_answered_person_who_writes_again_finds_the_same_volunteer_and_a_new_promise(place: Town) -> None:
    anne, number, epoch = taken(place)
    desk.answer(place.services, place.scope(anne), number, epoch=epoch, words="Allez à la mairie.", now=place.now)
    place.clock.advance(hours=3)
    place.writes(CITIZEN, "Laquelle ?")
    case = place.case(number)
    assert (case.state, case.owner_id, case.epoch) == (CaseState.CLAIMED, anne, epoch)
    assert case.promised_by > place.now
    assert case.lease_until == place.now + timedelta(minutes=20)


def test_thank_you_needs_no_answer(place: Town) -> None:
    anne, number, epoch = taken(place)
    desk.answer(place.services, place.scope(anne), number, epoch=epoch, words="Allez à la mairie.", now=place.now)
    place.writes(CITIZEN, "merci beaucoup")
    assert place.case(number).state == CaseState.ANSWERED


def test_closing_tells_the_conversation_once(place: Town) -> None:
    anne, number, epoch = taken(place)
    sent = desk.answer_and_close(
        place.services,
        place.scope(anne),
        number,
        epoch=epoch,
        words="Allez à la mairie.",
        outcome=desk.Outcome.COUNTER,
        seen_seq=1,
        now=place.now,
    )
    assert sent.closed
    with place.services.database.read() as tx:
        waiting = tx.execute(select(events).where(events.c.kind == EventKind.OUTCOME)).all()
    assert [row.case_id for row in waiting] == [place.case(number).id]
    closed = place.as_person(CITIZEN, lambda tx, person: desk.last_closed(tx, person, now=place.now))
    assert (closed.number, closed.ask_helped) == (number, True)


def test_an_answered_case_that_nobody_writes_in_ends_by_itself_and_a_word_opens_it_again(place: Town) -> None:
    anne, number, epoch = taken(place)
    marc = place.account("Marc", phone=MARC)
    desk.answer(place.services, place.scope(anne), number, epoch=epoch, words="Allez à la mairie.", now=place.now)
    place.clock.advance(days=2)
    place.sweep()
    assert (place.case(number).state, place.case(number).outcome) == (CaseState.CLOSED, "quiet")
    promise = place.as_person(
        CITIZEN,
        lambda tx, person: desk.reopen(
            tx, place.services, person, place.service, event_id=None, words="La mairie a dit non", now=place.now
        ),
    )
    assert promise.number == number
    place.sweep()
    assert f"numéro {number}" in place.texts_to_account(anne)[-1], "who knows the person is asked first"
    assert place.texts_to_account(marc) == []


def test_what_a_volunteer_may_see(place: Town) -> None:
    anne, number, _epoch = taken(place)
    marc = place.account("Marc", phone=MARC)
    chef = place.account("Chef", role=Role.COORDINATOR)
    with place.services.database.read() as tx:
        mine = desk.case_view(tx, place.services, place.scope(anne), number, place.now)
        all_of_it = desk.case_view(tx, place.services, place.scope(chef, Role.COORDINATOR), number, place.now)
        with pytest.raises(NotFound):
            desk.case_view(tx, place.services, place.scope(marc), number, place.now)
        assert [line.number for line in desk.waiting(tx, place.scope(anne), place.now)] == [number]
        assert desk.waiting(tx, place.scope(marc), place.now) == []
        [line] = desk.desk_view(tx, place.scope(chef, Role.COORDINATOR), place.now).taken
    assert [said.words for said in mine.thread] == ["Je suis au #####. Ma carte est perdue"]
    assert mine.may_answer
    assert [offer.volunteer for offer in all_of_it.offers] == ["Anne"]
    assert "language:fr" in all_of_it.offers[0].reasons
    assert line.owner == "Anne"


def test_a_case_that_waits_is_shown_without_its_words(place: Town) -> None:
    place.asks(CITIZEN)
    anne = place.account("Anne")
    with place.services.database.read() as tx:
        [line] = desk.waiting(tx, place.scope(anne), place.now)
        view = desk.case_view(tx, place.services, place.scope(anne), line.number, place.now)
    assert (view.may_take, view.thread, view.summary) == (True, (), "")


def test_take_next_serves_the_longest_waiting_that_suits(place: Town) -> None:
    place.asks("+33698765430", language="en")
    place.clock.advance(minutes=1)
    first = place.asks("+33698765431")
    place.clock.advance(minutes=1)
    place.asks("+33698765432")
    anne = place.account("Anne", languages=["fr"], capacity=1)
    assert desk.take_next(place.services, place.scope(anne), place.now) == first.number
    with pytest.raises(NotAllowed):
        desk.take_next(place.services, place.scope(anne), place.now)


def test_nobody_takes_their_own_case(place: Town) -> None:
    anne = place.account("Anne", phone=CITIZEN)
    number = place.asks(CITIZEN).number
    place.sweep()
    assert place.texts_to_account(anne) == []
    assert isinstance(desk.take(place.services, place.scope(anne), number, place.now), desk.TooLate)


def test_a_discreet_case_says_nothing_in_its_offer(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    place.asks(CITIZEN, discreet=True)
    place.sweep()
    [offer] = place.texts_to_account(anne)
    assert "personnel" in offer
    assert "papiers" not in offer


def test_a_simulated_phone_and_a_real_line_never_meet(place: Town) -> None:
    toy = place.account("Toy", phone=ANNE, simulated=True)
    place.asks(CITIZEN)
    place.sweep()
    assert place.texts_to_account(toy) == []


def test_a_case_of_the_simulator_keeps_no_real_phone_from_a_case_of_a_real_line(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    toy_line = next(line.id for line in place.service.lines if line.kind == "sms" and line.channel == "simulator")
    toy = place.asks("+33698765400", line_id=toy_line).number
    place.clock.advance(minutes=1)
    real = place.asks(CITIZEN).number
    place.sweep()
    assert place.case(toy).owner_id is None
    assert place.case(real).state == CaseState.OFFERED
    assert len(place.texts_to_account(anne)) == 1


def test_a_button_pressed_twice_sends_once(place: Town) -> None:
    anne, number, epoch = taken(place)
    for _ in range(2):
        desk.answer(place.services, place.scope(anne), number, epoch=epoch, words="Allez à la mairie.", now=place.now)
    assert place.texts_to(CITIZEN)[1:] == ["Allez à la mairie."]


@pytest.mark.parametrize(
    ("digit", "said", "kept"),
    [("1", "vous répond", ""), ("2", "pas de guichet", "2 Un guichet"), ("3", "ajouté", "3 Par téléphone")],
)
def test_a_digit_answers_the_text_that_says_late(place: Town, digit: str, said: str, kept: str) -> None:
    promise = place.asks(CITIZEN, "Bonjour")
    place.clock.set(promise.by - timedelta(minutes=10))

    def answers(tx: Any, person: Person) -> str:
        answered = desk.answer_slip(
            tx, place.services, person, place.service, words=digit, event_id=None, now=place.now
        )
        return answered.words if answered else ""

    assert place.as_person(CITIZEN, answers) == "", "nothing was said yet"
    place.sweep()
    assert said in place.as_person(CITIZEN, answers)
    chef = place.scope(place.account("Chef", role=Role.COORDINATOR), Role.COORDINATOR)
    with place.services.database.read() as tx:
        view = desk.case_view(tx, place.services, chef, promise.number, place.now)
    assert kept in view.thread[-1].words


def test_the_words_of_an_erased_person_are_gone_from_every_page(place: Town) -> None:
    anne, number, _epoch = taken(place)

    def erases(tx: Any, person: Person) -> None:
        desk.stop_by_citizen(tx, place.services, person, now=place.now)
        people.erase(tx, person.id)

    place.as_person(CITIZEN, erases)
    place.as_person(CITIZEN, lambda tx, person: None)  # they come back, under a new key
    with place.services.database.read() as tx:
        view = desk.case_view(tx, place.services, place.scope(anne), number, place.now)
    assert [line.words for line in view.thread] == [""]


def test_drafts_outlive_their_owner(place: Town) -> None:
    anne, number, epoch = taken(place)
    marc = place.account("Marc")
    desk.keep_draft(place.services, place.scope(anne), number, words="Bonjour, je", now=place.now)
    desk.keep_draft(place.services, place.scope(anne), number, words="Bonjour, je cherche", now=place.now)
    desk.pass_on(place.services, place.scope(anne), number, epoch=epoch, now=place.now, words="parle arabe")
    desk.take(place.services, place.scope(marc), number, place.now)
    with place.services.database.read() as tx:
        view = desk.case_view(tx, place.services, place.scope(marc), number, place.now)
    kept = [(line.kind, line.author, line.words) for line in view.thread[1:]]
    assert kept == [(EntryKind.DRAFT, "Anne", "Bonjour, je cherche"), (EntryKind.NOTE, "Anne", "parle arabe")]


def test_another_volunteer_is_introduced(place: Town) -> None:
    anne, number, epoch = taken(place)
    marc = place.account("Marc")
    chef = place.scope(place.account("Chef", role=Role.COORDINATOR), Role.COORDINATOR)
    desk.answer(place.services, place.scope(anne), number, epoch=epoch, words="Je cherche.", now=place.now)
    desk.reassign(place.services, chef, number, to_account=marc, now=place.now)
    desk.answer(
        place.services, place.scope(marc), number, epoch=place.case(number).epoch, words="Trouvé.", now=place.now
    )
    assert "Marc suit maintenant" in place.texts_to(CITIZEN)[2]
    with pytest.raises(StaleAnswer):
        desk.answer(place.services, place.scope(anne), number, epoch=epoch, words="Trop tard.", now=place.now)


@pytest.mark.parametrize("words", ["", "   ", "a" * 307, "ẹ" * 135])
def test_an_answer_that_two_parts_do_not_hold_is_refused(place: Town, words: str) -> None:
    anne, number, epoch = taken(place)
    with pytest.raises(TooLong):
        desk.answer(place.services, place.scope(anne), number, epoch=epoch, words=words, now=place.now)
    assert place.texts_to(CITIZEN) == []


def test_whoever_leaves_has_no_case_any_more(place: Town) -> None:
    anne, number, _epoch = taken(place)
    chef = place.scope(place.account("Chef", role=Role.COORDINATOR), Role.COORDINATOR)
    assert desk.release_all(place.services, chef, anne, place.now) == 1
    assert place.case(number).owner_id is None


def test_only_coordinators_reassign_and_nobody_crosses_organisations(place: Town) -> None:
    anne, number, _epoch = taken(place)
    with pytest.raises(NotAllowed):
        desk.reassign(place.services, place.scope(anne), number, to_account=anne, now=place.now)
    elsewhere = Scope(9999, Role.COORDINATOR, anne)
    with pytest.raises(NotFound):
        desk.reassign(place.services, elsewhere, number, to_account=None, now=place.now)
    with pytest.raises(NotAllowed):
        desk.take(place.services, Scope(place.service.organisation_id, Role.EDITOR, anne), number, place.now)


def test_several_sweepers_at_once_do_everything_once(place: Town) -> None:
    for each in range(6):
        place.account(f"V{each}", phone=f"+336123450{each:02}")
    numbers = [place.asks(f"+336987654{each:02}").number for each in range(6)]
    faults: list[BaseException] = []

    def sweep() -> None:
        try:
            for _ in range(5):
                desk.act_on_deadlines(place.services, place.now)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    place.sweep()
    assert faults == []
    with place.services.database.read() as tx:
        made = tx.execute(select(offers.c.case_id, offers.c.account_id).where(offers.c.state == OfferState.OPEN)).all()
    assert len(made) == len(numbers)
    assert len({row.account_id for row in made}) == len(numbers), "nobody has two offers at a time"


def test_a_case_that_fails_does_not_hold_up_the_others(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    place.account("Anne", phone=ANNE)
    bad, good = place.asks("+33698765430").case_id, place.asks("+33698765431").number
    real = deadlines.wanted_of

    def fails(tx: object, record: object) -> object:
        if record.id == bad:  # type: ignore[attr-defined]
            raise RuntimeError("a fault")
        return real(tx, record)  # type: ignore[arg-type]

    monkeypatch.setattr(deadlines, "wanted_of", fails)
    for module in (deadlines, waiting):
        monkeypatch.setattr(module, "waiting_before", lambda tx, organisation_id, line: [])
    place.sweep()
    assert place.case(good).state == CaseState.OFFERED


def test_every_move_is_in_the_journal_without_a_word_or_a_number(place: Town) -> None:
    anne, number, epoch = taken(place)
    desk.answer(place.services, place.scope(anne), number, epoch=epoch, words="Allez à la mairie.", now=place.now)
    with place.services.database.read() as tx:
        rows = tx.execute(select(journal).where(journal.c.case_id == place.case(number).id)).all()
    assert [row.what for row in rows] == ["case_opened", "offered", "taken", "answered"]
    whole = " ".join(str(row) for row in rows)
    assert "mairie" not in whole
    assert "612345" not in whole
    assert "98765" not in whole


def taken(place: Town) -> tuple[int, int, int]:
    """Anne has taken a case on the web: her account, the case's number and epoch."""
    anne = place.account("Anne", phone=ANNE)
    promise = place.asks(CITIZEN, "Je suis au 06 11 22 33 44. Ma carte est perdue")
    place.sweep()
    got = desk.take(place.services, place.scope(anne), promise.number, place.now)
    assert isinstance(got, desk.Taken)
    return anne, promise.number, got.epoch
