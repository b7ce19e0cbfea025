"""An answer that has not left when its case goes into another: it leaves from there, or its writer hears it is kept."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from sms_gateway.cases import desk
from sms_gateway.settings import Settings
from sms_gateway.store.tables import CaseState, EntryKind, HeldState, Role, Wish, accounts, cases, held_answers
from tests.cases import town
from tests.cases.town import Town
from tests.clocks import FixedClock

MINE, HERS = "+33698765432", "+33698765433"
ANNE, CHEF = "+33612345000", "+33612345009"
WORDS = "Allez à la mairie."


@pytest.fixture
def place(settings: Settings, clock: FixedClock) -> Iterator[Town]:
    """The town, with 15 seconds to take an answer back."""
    built = town.build(replace(settings, undo_seconds=15), clock)
    yield built
    built.services.database.close()


def says(place: Town, account: int, number: int) -> None:
    """They take a case and answer it; the words wait."""
    got = desk.take(place.services, place.scope(account), number, place.now)
    assert isinstance(got, desk.Taken)
    said = desk.answer(
        place.services, place.scope(account), number, epoch=got.epoch, words=WORDS, seen_seq=1, now=place.now
    )
    assert isinstance(said, desk.Waits)


def merge(place: Town, number: int, into: int, *, by: int) -> None:
    role = Role(place.row(by).role)
    assert desk.merge_into(place.services, place.scope(by, role), number, into=into, now=place.now) is None


def leave(place: Town) -> None:
    place.clock.advance(seconds=15)
    desk.leave_due(place.services, place.now)


def sent(place: Town) -> list[str]:
    return [text for phone in (MINE, HERS) for text in place.texts_to(phone) if text == WORDS]


def row_of(place: Town) -> tuple[int, HeldState]:
    with place.services.database.read() as tx:
        [row] = tx.execute(select(held_answers.c.case_id, held_answers.c.state)).all()
    return row.case_id, HeldState(row.state)


def test_its_writer_has_both_and_it_leaves_from_the_case_that_stays(place: Town) -> None:
    anne = place.account("Anne")
    mine, hers = place.asks(MINE).number, place.asks(HERS, "C'est pour la carte de mon frère").number
    says(place, anne, mine)
    desk.take(place.services, place.scope(anne), hers, place.now)
    merge(place, mine, hers, by=anne)
    assert row_of(place) == (place.case(hers).id, HeldState.WAITING)
    assert sent(place) == []
    leave(place)
    assert sent(place) == [WORDS]
    case = place.case(hers)
    assert (case.state, case.first_answer_at) == (CaseState.CLAIMED, place.now)
    assert case.last_inbound_seq - case.settled_seq == 2, "nobody answered what the other case had asked"


def test_it_answers_its_own_texts_where_nothing_else_waits(place: Town) -> None:
    anne = place.account("Anne")
    hers = place.asks(HERS, "C'est pour la carte de mon frère").number
    says(place, anne, hers)
    leave(place)
    place.clock.advance(minutes=1)  # the same words right after would be a button pressed twice
    mine = place.asks(MINE).number
    says(place, anne, mine)
    merge(place, mine, hers, by=anne)
    leave(place)
    case = place.case(hers)
    assert (case.state, case.settled_seq) == (CaseState.ANSWERED, case.last_inbound_seq)


def test_taken_along_where_nobody_had_the_other_case(place: Town) -> None:
    anne = place.account("Anne")
    chef = place.account("Chef", role=Role.COORDINATOR)
    mine, hers = place.asks(MINE).number, place.asks(HERS, "C'est pour la carte de mon frère").number
    says(place, anne, mine)
    merge(place, mine, hers, by=chef)
    assert place.case(hers).owner_id == anne
    leave(place)
    assert sent(place) == [WORDS]


def test_whoever_loses_the_case_hears_that_their_words_are_kept(place: Town) -> None:
    anne, marc = place.account("Anne", phone=ANNE), place.account("Marc")
    chef = place.account("Chef", role=Role.COORDINATOR)
    mine, hers = place.asks(MINE).number, place.asks(HERS, "C'est pour la carte de mon frère").number
    says(place, anne, mine)
    desk.take(place.services, place.scope(marc), hers, place.now)
    merge(place, mine, hers, by=chef)
    leave(place)
    assert sent(place) == []
    assert row_of(place)[1] is HeldState.DRAFT
    assert "gardé" in place.texts_to_account(anne)[-1]
    with place.services.database.read() as tx:
        view = desk.case_view(tx, place.services, place.scope(marc), hers, place.now)
    assert [line.words for line in view.thread if line.kind is EntryKind.DRAFT] == [WORDS]


def test_what_a_coordinator_is_to_read_stays_in_their_list_under_the_new_number(place: Town) -> None:
    anne = place.account("Anne")
    chef = place.account("Chef", role=Role.COORDINATOR)
    with place.services.database.write() as tx:
        tx.execute(update(accounts).where(accounts.c.id == anne).values(review_left=1))
    mine, hers = place.asks(MINE).number, place.asks(HERS, "C'est pour la carte de mon frère").number
    says(place, anne, mine)
    merge(place, mine, hers, by=chef)
    scope = place.scope(chef, Role.COORDINATOR)
    with place.services.database.read() as tx:
        [held] = desk.held_answers(tx, place.services, scope, place.now)
    assert held.number == hers
    assert held.held.words == WORDS
    assert desk.let_go(place.services, scope, held.held.id, now=place.now) is HeldState.LEFT
    assert sent(place) == [WORDS]


def test_a_wish_for_a_call_goes_along(place: Town) -> None:
    chef = place.account("Chef", role=Role.COORDINATOR)
    mine, hers = place.asks(MINE).number, place.asks(HERS, "C'est pour la carte de mon frère").number
    with place.services.database.write() as tx:
        tx.execute(update(cases).where(cases.c.number == mine).values(wish=Wish.CALL))
    merge(place, mine, hers, by=chef)
    assert place.case(hers).wish == Wish.CALL
