"""An answer sent on the web can be taken back for some seconds; nothing is answered before it has left."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sms_gateway.cases import desk
from sms_gateway.errors import NotFound, StaleAnswer
from sms_gateway.settings import Settings
from sms_gateway.store.tables import CaseState, EntryKind, HeldState, Role
from tests.cases import town
from tests.cases.town import Town
from tests.clocks import FixedClock
from tests.databases import settings_for

CITIZEN = "+33698765432"
SECONDS = 15
WORDS = "Allez à la mairie."


@pytest.fixture
def place(settings: Settings, clock: FixedClock) -> Any:
    """The town, with 15 seconds to take an answer back."""
    built = town.build(replace(settings, undo_seconds=SECONDS), clock)
    yield built
    built.services.database.close()


@pytest.fixture
def small(sqlite_url: str, tmp_path: Path, clock: FixedClock) -> Any:
    """The same, on SQLite alone: for what is decided before any database is asked."""
    built = town.build(replace(settings_for(tmp_path, sqlite_url), undo_seconds=SECONDS), clock)
    yield built
    built.services.database.close()


def taken(place: Town, name: str = "Anne", **more: Any) -> tuple[int, int, int]:
    """A case in a volunteer's hands: the account, the number, the epoch."""
    account = place.account(name)
    number = place.asks(CITIZEN, **more).number
    got = desk.take(place.services, place.scope(account), number, place.now)
    assert isinstance(got, desk.Taken)
    return account, number, got.epoch


def says(place: Town, account: int, number: int, epoch: int, words: str = WORDS, seen: int | None = None) -> Any:
    return desk.answer(
        place.services, place.scope(account), number, epoch=epoch, words=words, seen_seq=seen, now=place.now
    )


def view_of(place: Town, account: int, number: int) -> desk.CaseView:
    with place.services.database.read() as tx:
        return desk.case_view(tx, place.services, place.scope(account), number, place.now)


def held_of(place: Town, account: int, number: int) -> int:
    held = view_of(place, account, number).held
    assert held is not None
    return held.id


def back(place: Town, account: int, number: int, held_id: int) -> HeldState:
    return desk.take_back(place.services, place.scope(account), number, held_id=held_id, now=place.now)


def seconds_pass(place: Town, seconds: int = SECONDS) -> None:
    place.clock.advance(seconds=seconds)
    desk.leave_due(place.services, place.now)


def test_an_answer_leaves_when_its_seconds_are_over_and_not_before(place: Town) -> None:
    anne, number, epoch = taken(place)
    waits = says(place, anne, number, epoch)
    assert isinstance(waits, desk.Waits)
    assert waits.leaves_at == place.now + timedelta(seconds=SECONDS)
    seconds_pass(place, SECONDS - 1)
    assert place.texts_to(CITIZEN) == []
    assert place.case(number).state == CaseState.CLAIMED
    assert place.case(number).promised_by is not None, "the promise runs until it has left"
    seconds_pass(place, 1)
    assert place.texts_to(CITIZEN)[1:] == [WORDS]
    assert place.case(number).state == CaseState.ANSWERED
    seconds_pass(place)
    assert len(place.texts_to(CITIZEN)) == 2, "once"


def test_taken_back_it_is_a_draft_again_and_never_leaves(place: Town) -> None:
    anne, number, epoch = taken(place)
    says(place, anne, number, epoch)
    held_id = held_of(place, anne, number)
    assert back(place, anne, number, held_id) is HeldState.TAKEN_BACK
    assert back(place, anne, number, held_id) is HeldState.TAKEN_BACK, "pressed twice"
    seconds_pass(place)
    assert place.texts_to(CITIZEN) == []
    view = view_of(place, anne, number)
    assert (view.draft, view.held, view.may_answer) == (WORDS, None, True)
    says(place, anne, number, epoch, "Allez à la préfecture.")
    seconds_pass(place)
    assert place.texts_to(CITIZEN)[1:] == ["Allez à la préfecture."]
    assert view_of(place, anne, number).draft == ""


def test_too_late_to_take_back_says_so_and_changes_nothing(small: Town) -> None:
    anne, number, epoch = taken(small)
    says(small, anne, number, epoch)
    held_id = held_of(small, anne, number)
    seconds_pass(small, SECONDS + 1)
    assert back(small, anne, number, held_id) is HeldState.LEFT
    assert small.texts_to(CITIZEN)[1:] == [WORDS]
    assert view_of(small, anne, number).draft == ""


def test_nobody_takes_back_what_another_wrote(small: Town) -> None:
    anne, number, epoch = taken(small)
    says(small, anne, number, epoch)
    chef = small.account("Chef", role=Role.COORDINATOR)
    with pytest.raises(NotFound):
        desk.take_back(
            small.services,
            small.scope(chef, Role.COORDINATOR),
            number,
            held_id=held_of(small, anne, number),
            now=small.now,
        )
    seconds_pass(small)
    assert small.texts_to(CITIZEN)[1:] == [WORDS]


def test_a_text_that_came_in_between_keeps_waiting(place: Town) -> None:
    anne, number, epoch = taken(place)
    says(place, anne, number, epoch, seen=1)
    place.writes(CITIZEN, "Et la photo ?")
    seconds_pass(place)
    case = place.case(number)
    assert (case.state, case.settled_seq, case.last_inbound_seq) == (CaseState.CLAIMED, 1, 2)
    assert place.texts_to(CITIZEN)[1:] == [WORDS]


def test_what_is_said_without_a_page_settles_what_there_was_and_nothing_later(small: Town) -> None:
    anne, number, epoch = taken(small)
    says(small, anne, number, epoch)
    small.writes(CITIZEN, "Et la photo ?")
    seconds_pass(small)
    assert small.case(number).settled_seq == 1


def test_closing_waits_with_the_answer(place: Town) -> None:
    anne, number, epoch = taken(place)
    sent = desk.answer_and_close(
        place.services, place.scope(anne), number, epoch=epoch, words=WORDS, outcome=desk.Outcome.SETTLED, seen_seq=1,
        now=place.now,
    )  # fmt: skip
    assert not sent.closed
    assert place.case(number).state == CaseState.CLAIMED
    seconds_pass(place)
    assert (place.case(number).state, place.case(number).outcome) == (CaseState.CLOSED, "settled")
    assert place.texts_to(CITIZEN)[1:] == [WORDS]


def test_closing_after_the_answer_was_said_waits_for_it_too(small: Town) -> None:
    anne, number, epoch = taken(small)
    says(small, anne, number, epoch)
    ended = desk.close(
        small.services, small.scope(anne), number, epoch=epoch, outcome=desk.Outcome.COUNTER, seen_seq=1, now=small.now
    )
    assert isinstance(ended, desk.Waits)
    seconds_pass(small)
    assert small.case(number).outcome == "counter"


def test_a_text_in_between_keeps_a_case_open_that_was_to_be_closed(small: Town) -> None:
    anne, number, epoch = taken(small)
    desk.answer_and_close(
        small.services, small.scope(anne), number, epoch=epoch, words=WORDS, outcome=desk.Outcome.SETTLED, seen_seq=1,
        now=small.now,
    )  # fmt: skip
    small.writes(CITIZEN, "Attendez")
    seconds_pass(small)
    assert small.case(number).state == CaseState.CLAIMED
    assert small.texts_to(CITIZEN)[1:] == [WORDS]


@pytest.mark.parametrize("how", ["given", "freed", "left"])
def test_whatever_takes_the_case_away_makes_a_draft_of_it(place: Town, how: str) -> None:
    anne, number, epoch = taken(place)
    says(place, anne, number, epoch)
    held_id = held_of(place, anne, number)
    chef = place.scope(place.account("Chef", role=Role.COORDINATOR), Role.COORDINATOR)
    marc = place.account("Marc")
    if how == "left":
        desk.release_all(place.services, chef, anne, place.now)
    else:
        desk.reassign(place.services, chef, number, to_account=marc if how == "given" else None, now=place.now)
    if how != "given":
        desk.take(place.services, place.scope(marc), number, place.now)
    seconds_pass(place)
    assert place.texts_to(CITIZEN) == [], "nothing of somebody who has not got the case"
    thread = view_of(place, marc, number).thread
    assert [(line.kind, line.author, line.words) for line in thread[1:]] == [(EntryKind.DRAFT, "Anne", WORDS)]
    with pytest.raises(NotFound):  # nor is the case hers to look at
        view_of(place, anne, number)
    assert back(place, anne, number, held_id) is HeldState.DRAFT


def test_given_away_and_given_back_it_still_does_not_leave(small: Town) -> None:
    anne, number, epoch = taken(small)
    says(small, anne, number, epoch)
    chef = small.scope(small.account("Chef", role=Role.COORDINATOR), Role.COORDINATOR)
    for to in (small.account("Marc"), anne):
        desk.reassign(small.services, chef, number, to_account=to, now=small.now)
    seconds_pass(small)
    assert small.texts_to(CITIZEN) == []
    assert view_of(small, anne, number).draft == WORDS


def test_the_person_who_stops_gets_nothing_more(place: Town) -> None:
    anne, number, epoch = taken(place)
    says(place, anne, number, epoch)
    place.as_person(CITIZEN, lambda tx, person: desk.stop_by_citizen(tx, place.services, person, now=place.now))
    seconds_pass(place)
    assert place.texts_to(CITIZEN) == []
    assert place.case(number).outcome == "stopped"


def test_a_lease_does_not_end_over_an_answer_that_is_about_to_leave(small: Town) -> None:
    anne, number, epoch = taken(small)
    small.clock.set(small.case(number).lease_until - timedelta(seconds=5))
    says(small, anne, number, epoch)
    small.clock.advance(seconds=10)
    small.sweep()
    assert small.case(number).owner_id == anne
    seconds_pass(small, 5)
    assert small.texts_to(CITIZEN)[-1] == WORDS


def test_in_danger_it_leaves_at_once(small: Town) -> None:
    anne, number, epoch = taken(small, severity=0, danger="child")
    assert isinstance(says(small, anne, number, epoch), desk.Sent)
    assert small.texts_to(CITIZEN)[-1] == WORDS


def test_no_seconds_set_it_leaves_at_once(small: Town) -> None:
    services = small.services
    small.services = replace(services, settings=replace(services.settings, undo_seconds=0))
    anne, number, epoch = taken(small)
    assert isinstance(says(small, anne, number, epoch), desk.Sent)


def test_by_text_it_leaves_at_once(small: Town) -> None:
    anne = small.account("Anne", phone="+33612345001")
    small.asks(CITIZEN)
    small.sweep()
    for said in ("1", WORDS):
        small.volunteer_texts(anne, said)
    assert small.texts_to(CITIZEN)[-1] == WORDS


def test_the_same_words_pressed_twice_leave_once_and_others_come_after(place: Town) -> None:
    anne, number, epoch = taken(place)
    for words in (WORDS, WORDS, "Prenez une photo.", "Prenez une photo."):
        says(place, anne, number, epoch, words)
    assert place.texts_to(CITIZEN)[1:] == [WORDS], "who goes on writing lets the first one go"
    seconds_pass(place)
    says(place, anne, number, epoch, "Prenez une photo.")
    seconds_pass(place)
    assert place.texts_to(CITIZEN)[1:] == [WORDS, "Prenez une photo."]


def test_who_passes_the_case_on_or_puts_it_aside_lets_the_answer_go_first(small: Town) -> None:
    anne, number, epoch = taken(small)
    says(small, anne, number, epoch)
    day = (small.now + timedelta(days=3)).date()
    assert desk.park(small.services, small.scope(anne), number, epoch=epoch, day=day, now=small.now) is None
    assert small.case(number).state == CaseState.PARKED
    says(small, anne, number, epoch, "Prenez une photo.")
    desk.pass_on(small.services, small.scope(anne), number, epoch=epoch, now=small.now)
    seconds_pass(small)
    assert small.texts_to(CITIZEN)[1:] == [WORDS, "Prenez une photo."]


def test_a_stale_answer_is_kept_as_before_and_what_waits_is_not_touched(small: Town) -> None:
    anne, number, epoch = taken(small)
    marc = small.account("Marc")
    says(small, anne, number, epoch)
    with pytest.raises(StaleAnswer):
        says(small, marc, number, epoch, "Bonjour")
    seconds_pass(small)
    assert small.texts_to(CITIZEN)[1:] == [WORDS]


def test_several_sweepers_and_a_hand_that_takes_it_back_agree(place: Town) -> None:
    anne, number, epoch = taken(place)
    says(place, anne, number, epoch)
    held_id = held_of(place, anne, number)
    place.clock.advance(seconds=SECONDS)
    became: list[HeldState] = []
    threads = [threading.Thread(target=desk.leave_due, args=(place.services, place.now)) for _ in range(3)]
    threads.append(threading.Thread(target=lambda: became.append(back(place, anne, number, held_id))))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    answers = place.texts_to(CITIZEN)[1:]
    assert became == [HeldState.LEFT] if answers else became == [HeldState.TAKEN_BACK]
    assert answers in ([WORDS], [])
    assert view_of(place, anne, number).draft == ("" if answers else WORDS)
