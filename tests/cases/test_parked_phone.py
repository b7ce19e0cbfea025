"""A basic phone whose cases wait for a day is still a volunteer's, and nothing of it reaches anybody by mistake."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from sms_gateway.cases import by_sms, desk
from sms_gateway.store.tables import CaseState
from tests.cases.town import Town

CITIZEN, OTHER, ANNE = "+33698765432", "+33698765433", "+33612345000"
THURSDAY = date(2026, 3, 12)  # the town begins on a Tuesday


@pytest.fixture
def parked(place: Town) -> tuple[int, int]:
    """Anne, who answered a case from her phone and put it aside, days ago; and its number."""
    anne = place.account("Anne", phone=ANNE)
    number = place.asks(CITIZEN).number
    place.sweep()
    place.volunteer_texts(anne, "1")
    place.everything_leaves()
    place.volunteer_texts(anne, "Attendez le papier.")
    epoch = place.case(number).epoch
    assert desk.park(place.services, place.scope(anne), number, epoch=epoch, day=THURSDAY, now=place.now) is None
    place.clock.advance(hours=30)
    place.everything_leaves()
    return anne, number


def test_its_words_are_a_volunteers_and_leave_for_nobody(place: Town, parked: tuple[int, int]) -> None:
    anne, number = parked
    before = place.texts_to(CITIZEN)
    for words in ("HISTO", "SUITE", "NOTE il rappelle jeudi", "FIN", "0"):
        assert is_volunteers(place, anne, words), words
        place.volunteer_texts(anne, words)
    assert place.texts_to(CITIZEN) == before
    said = "\n".join(place.texts_to_account(anne)[-6:])
    assert "Attendez le papier" in said
    assert "Note gard" in said
    assert "fini comment" in said
    assert place.case(number).state == CaseState.PARKED


def test_free_words_are_asked_about_before_they_leave(place: Town, parked: tuple[int, int]) -> None:
    anne, number = parked
    before = place.texts_to(CITIZEN)
    place.volunteer_texts(anne, "Je rentre tard ce soir")
    assert place.texts_to(CITIZEN) == before
    assert "Pas encore parti" in place.texts_to_account(anne)[-1]
    for no in ("2", "0"):
        place.volunteer_texts(anne, no)
    assert place.texts_to(CITIZEN) == before
    place.volunteer_texts(anne, "Votre papier est la")
    place.volunteer_texts(anne, "1")
    assert place.texts_to(CITIZEN)[-1] == "Votre papier est la"
    assert place.case(number).state == CaseState.ANSWERED


def test_it_can_be_finished_from_the_phone(place: Town, parked: tuple[int, int]) -> None:
    anne, number = parked
    place.volunteer_texts(anne, "FIN 1")
    assert place.case(number).state == CaseState.CLOSED


def test_its_owner_hears_on_the_phone_that_the_day_has_come(place: Town, parked: tuple[int, int]) -> None:
    anne, number = parked
    place.clock.set(place.case(number).parked_until + timedelta(seconds=1))
    place.sweep()
    assert place.case(number).state == CaseState.CLAIMED
    assert "son jour est venu" in place.texts_to_account(anne)[-1]


def test_a_pause_at_one_of_two_offers_locks_every_person_before_the_account(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    for phone in (CITIZEN, OTHER):
        number = place.asks(phone).number
        offer_to(place, anne, number)
    with statements(place) as run:
        place.volunteer_texts(anne, "3")
    persons = [at for at, sql in enumerate(run) if "FROM people LEFT OUTER JOIN person_keys" in sql]
    account = next(at for at, sql in enumerate(run) if sql.startswith("UPDATE accounts"))
    assert len([at for at in persons if at < account]) >= 2, "both persons are locked before the account is"


def is_volunteers(town: Town, account_id: int, words: str) -> bool:
    with town.services.database.read() as tx:
        return by_sms.is_volunteer_now(tx, town.row(account_id), town.now, words)


def offer_to(town: Town, account_id: int, number: int) -> None:
    """Make an offer by hand, as when two of danger are asked about at once."""
    from sms_gateway.cases import lifecycle, moving
    from sms_gateway.cases.case import Moved

    with town.services.database.write() as tx:
        row = town.case(number)
        record, _person = moving.lock_with_person(tx, town.services.sealer, case_id=row.id, person_id=row.person_id)
        moved = lifecycle.offer(record.case, now=town.now, to=((account_id, timedelta(minutes=10)),))
        assert isinstance(moved, Moved)
        moving.store(tx, record, moved, now=town.now)


@contextmanager
def statements(town: Town) -> Iterator[list[str]]:
    """Every statement that runs meanwhile, in order."""
    run: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        run.append(" ".join(statement.split()))

    engine = town.services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(engine, "before_cursor_execute", note)
