"""Everybody locks a person before an account: two transactions that meet go on one after the other, on PostgreSQL.

A danger alert holds the person and then takes the account of whoever is told. A text of that very account, at the same
moment, must wait for the person with empty hands: the other way round, each would wait for the other for ever.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sms_gateway.cases import desk
from sms_gateway.store import offers, people
from sms_gateway.store.tables import Role
from tests.cases import town
from tests.cases.town import Town
from tests.clocks import FixedClock
from tests.databases import settings_for
from tests.waiting import until

ANNE, CHEF = "+33612345001", "+33612345009"
CITIZEN = "+33698765432"
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def place(postgres_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Town]:
    """A town where rows are locked one by one."""
    built = town.build(settings_for(tmp_path, postgres_url), clock)
    yield built
    built.services.database.close()


def test_a_digit_that_answers_an_alert_waits_for_the_person_with_empty_hands(place: Town) -> None:
    chef = place.account("Chef", role=Role.COORDINATOR, phone=CHEF)
    number = place.asks(CITIZEN, "Il va me tuer", severity=0, danger="violence").number
    assert f"numéro {number}" in place.texts_to_account(chef)[-1]
    meets(place, number, chef, lambda: place.volunteer_texts(chef, "1"))
    assert place.case(number).owner_id == chef


def test_a_digit_that_says_which_case_waits_for_the_person_with_empty_hands(place: Town) -> None:
    anne, number = with_a_case(place)
    chef = place.scope(place.account("Chef", role=Role.COORDINATOR), Role.COORDINATOR)
    second = place.asks("+33698765433").number
    desk.reassign(place.services, chef, second, to_account=anne, now=place.now)
    place.volunteer_texts(anne, "Allez à la mairie.")
    assert "C'est pour qui" in place.texts_to_account(anne)[-1]
    meets(place, number, anne, lambda: place.volunteer_texts(anne, str(digit_of(place, anne, number))))
    assert place.texts_to(CITIZEN)[-1] == "Allez à la mairie."


@pytest.mark.parametrize("words", ["Allez à la mairie.", "PASSE", "FIN", "NOTE a déjà la photo", "AIDE"])
def test_words_for_a_case_wait_for_the_person_with_empty_hands(place: Town, words: str) -> None:
    anne, number = with_a_case(place)
    meets(place, number, anne, lambda: place.volunteer_texts(anne, words))


@pytest.mark.parametrize("words", ["1", "2", "3", "STOP", "PAUSE"])
def test_what_answers_an_offer_waits_for_the_person_with_empty_hands(place: Town, words: str) -> None:
    anne = place.account("Anne", phone=ANNE)
    number = place.asks(CITIZEN).number
    place.sweep()
    meets(place, number, anne, lambda: place.volunteer_texts(anne, words))


def with_a_case(place: Town) -> tuple[int, int]:
    """Anne took a case by text: her account and the case's number."""
    anne = place.account("Anne", phone=ANNE)
    number = place.asks(CITIZEN).number
    place.sweep()
    place.volunteer_texts(anne, "1")
    place.everything_leaves()
    assert place.case(number).owner_id == anne
    return anne, number


def digit_of(place: Town, account: int, number: int) -> int:
    """Which digit means this case, of the two that the phone was asked about."""
    return int(place.row(account).sms_state["asked"]["cases"].index(place.case(number).id)) + 1


def meets(place: Town, number: int, account: int, act: Callable[[], None]) -> None:
    """`act` begins while another transaction holds the case's person, and this one then wants the account."""
    failed: list[BaseException] = []

    def acts() -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)

    other = threading.Thread(target=acts)
    with place.services.database.write() as tx:
        people.lock(tx, place.services.sealer, place.case(number).person_id)
        other.start()
        until(lambda: _somebody_waits(place) or not other.is_alive(), seconds=60, what="nobody ever waited")
        assert other.is_alive(), "it did not need the person"
        assert account in offers.lock_accounts(tx, [account])
    other.join(60)
    assert not other.is_alive()
    assert failed == []


def _somebody_waits(place: Town) -> bool:
    with place.services.database.read() as tx:
        return bool(tx.execute(WAITING).scalar_one())
