"""Taking an answer back on a basic phone, where answers by text are held for a while: 0, until it has left."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from flows import alphabet
from sms_gateway.cases import desk
from sms_gateway.settings import Settings
from sms_gateway.store.tables import CaseState
from tests.cases import town
from tests.cases.town import Town
from tests.clocks import FixedClock

ANNE, CITIZEN = "+33612345001", "+33698765432"
WORDS = "Allez à la mairie avec une photo."


@pytest.fixture
def place(settings: Settings, clock: FixedClock) -> Iterator[Town]:
    """The town, with a minute to take an answer by text back."""
    built = town.build(replace(settings, undo_by_text_seconds=60), clock)
    yield built
    built.services.database.close()


@pytest.fixture
def anne(place: Town) -> int:
    """A volunteer who has taken a case and answered it by text."""
    account = place.account("Anne", phone=ANNE)
    place.asks(CITIZEN)
    place.sweep()
    for text in ("1", WORDS):
        place.volunteer_texts(account, text)
        place.everything_leaves()
    return account


def leave(place: Town, *, seconds: int) -> None:
    place.clock.advance(seconds=seconds)
    desk.leave_due(place.services, place.now)


def sent(place: Town) -> int:
    return place.texts_to(CITIZEN).count(WORDS)


def last(place: Town, anne: int) -> str:
    return place.texts_to_account(anne)[-1]


def test_the_phone_reads_when_it_leaves_and_it_does(place: Town, anne: int) -> None:
    assert "part dans 60 secondes. Annuler : 0" in last(place, anne)
    leave(place, seconds=59)
    assert sent(place) == 0
    leave(place, seconds=1)
    assert sent(place) == 1
    place.volunteer_texts(anne, "0")
    assert "Trop tard" in last(place, anne)
    assert alphabet.measure(alphabet.rewrite(last(place, anne))).segments == 1


def test_0_takes_it_back_and_nothing_leaves(place: Town, anne: int) -> None:
    place.clock.advance(seconds=30)
    place.volunteer_texts(anne, "0")
    assert "Annulé" in last(place, anne)
    leave(place, seconds=120)
    assert sent(place) == 0
    assert place.case(4001).state == CaseState.CLAIMED
    place.volunteer_texts(anne, "Allez voir la poste.")
    leave(place, seconds=60)
    assert "Allez voir la poste." in place.texts_to(CITIZEN)


@pytest.mark.parametrize("word", ["PASSE", "FIN 1", "Encore une chose."])
def test_whoever_goes_on_lets_it_go_first(place: Town, anne: int, word: str) -> None:
    place.volunteer_texts(anne, word)
    assert sent(place) == 1


def test_a_short_answer_that_begins_with_a_number_is_no_half_word_once_the_minute_is_over(
    place: Town, anne: int
) -> None:
    leave(place, seconds=61)
    place.volunteer_texts(anne, "3 mois")
    leave(place, seconds=61)
    assert "3 mois" in place.texts_to(CITIZEN)


def test_another_digit_takes_nothing_back_and_sends_nothing(place: Town, anne: int) -> None:
    before = place.texts_to(CITIZEN)
    place.volunteer_texts(anne, "5")
    assert place.texts_to(CITIZEN) == before
    leave(place, seconds=60)
    assert sent(place) == 1
