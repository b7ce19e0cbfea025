"""The number of whoever wishes a call: once, to the one who rings, journaled; by one word on a basic phone."""

from typing import Any

import pytest
from sqlalchemy import select, update

from flows import alphabet
from sms_gateway.cases import desk
from sms_gateway.cases.sms_words import Said, Word, read_word
from sms_gateway.errors import NotFound
from sms_gateway.store import people
from sms_gateway.store.tables import CaseState, Role, Wish, accounts, cases, journal, outbox
from tests.cases.town import Town

ANNE, MARC, CITIZEN = "+33612348001", "+33612348002", "+33698765499"
READ = "+33 6 98 76 54 99"


def wishes(place: Town, phone: str = CITIZEN) -> int:
    """The number of a case whose person wishes a call."""
    number = place.asks(phone).number
    with place.services.database.write() as tx:
        tx.execute(update(cases).where(cases.c.number == number).values(wish=Wish.CALL))
    return number


def show(place: Town, account: int, number: int, role: Role = Role.VOLUNTEER) -> str | desk.NotShown:
    return desk.show_number(place.services, place.scope(account, role), number, now=place.now)


def shown_to(place: Town) -> list[int]:
    with place.services.database.read() as tx:
        query = select(journal.c.account_id).where(journal.c.what == "number_shown")
        return list(tx.execute(query.order_by(journal.c.id)).scalars())


def test_the_owner_sees_it_once_and_the_journal_says_so(place: Town) -> None:
    number = wishes(place)
    anne = place.account("Anne")
    desk.take(place.services, place.scope(anne), number, place.now)
    assert show(place, anne, number) == READ
    assert show(place, anne, number) == READ, "the button pressed twice"
    assert shown_to(place) == [anne]
    place.clock.advance(minutes=2)
    assert show(place, anne, number) is desk.NotShown.SEEN
    with place.services.database.read() as tx:
        view = desk.case_view(tx, place.services, place.scope(anne), number, place.now)
        [line] = tx.execute(select(journal).where(journal.c.what == "number_shown")).all()
    assert [(one.account_id, one.name) for one in view.number_seen] == [(anne, "Anne")]
    assert line.case_id == place.case(number).id
    assert "98" not in str(line.detail)


def test_nobody_else_sees_it_but_a_coordinator_who_may_look_again(place: Town) -> None:
    number = wishes(place)
    anne, marc = place.account("Anne"), place.account("Marc")
    chef = place.account("Chef", role=Role.COORDINATOR)
    with pytest.raises(NotFound):
        show(place, anne, number)  # nobody has it yet
    desk.take(place.services, place.scope(anne), number, place.now)
    with pytest.raises(NotFound):
        show(place, marc, number)
    for _ in range(2):
        assert show(place, chef, number, Role.COORDINATOR) == READ
        place.clock.advance(minutes=5)
    assert shown_to(place) == [chef, chef]


def test_without_the_wish_and_once_somebody_called_it_stays_hidden(place: Town) -> None:
    number = place.asks(CITIZEN).number
    anne = place.account("Anne")
    desk.take(place.services, place.scope(anne), number, place.now)
    assert show(place, anne, number) is desk.NotShown.NO_WISH
    with place.services.database.write() as tx:
        tx.execute(update(cases).values(wish=Wish.CALL))
    assert show(place, anne, number) == READ
    desk.called(place.services, place.scope(anne), number, epoch=1, seen_seq=1, now=place.now)
    assert show(place, anne, number) is desk.NotShown.NO_WISH
    with place.services.database.write() as tx:
        tx.execute(update(cases).values(wish=Wish.CALL))
    assert show(place, anne, number) == READ, "another wish, another call"


def test_a_simulated_number_is_shown_too(place: Town) -> None:
    number = wishes(place, "+99933510099")
    anne = place.account("Anne")
    desk.take(place.services, place.scope(anne), number, place.now)
    assert show(place, anne, number) == "+99933510099"


def test_by_text_one_word_asks_for_it_and_one_says_that_they_called(place: Town) -> None:
    number = wishes(place)
    anne = place.account("Anne", phone=ANNE)
    place.sweep()
    place.volunteer_texts(anne, "1")
    assert "NUMERO" in place.texts_to_account(anne)[-1]
    place.everything_leaves()
    place.volunteer_texts(anne, "Numéro")
    said = place.texts_to_account(anne)[-1]
    assert READ in said
    assert alphabet.measure(alphabet.rewrite(said)).segments == 1
    assert shown_to(place) == [anne]
    place.volunteer_texts(anne, "numero")
    assert READ not in place.texts_to_account(anne)[-1]
    assert shown_to(place) == [anne]
    place.volunteer_texts(anne, "Appelé")
    case = place.case(number)
    assert (case.state, case.wish) == (CaseState.ANSWERED, None)
    assert "Votre appel est noté" in place.texts_to_account(anne)[-1]
    assert any("Anne vous a appelé" in text for text in place.texts_to(CITIZEN))


def test_by_text_nothing_is_shown_and_nothing_sent_where_no_call_was_wished(place: Town) -> None:
    number = place.asks(CITIZEN).number
    anne = place.account("Anne", phone=ANNE)
    place.sweep()
    place.volunteer_texts(anne, "NUMERO")
    assert "pas de demande ouverte" in place.texts_to_account(anne)[-1]
    place.volunteer_texts(anne, "1")
    before = place.texts_to(CITIZEN)
    for word in ("NUMERO", "APPELE"):
        place.volunteer_texts(anne, word)
        assert "n'a pas demandé d'appel" in place.texts_to_account(anne)[-1]
    assert place.texts_to(CITIZEN) == before
    assert place.case(number).first_answer_at is None
    assert shown_to(place) == []


def test_erasing_the_person_empties_the_text_that_took_their_number_to_a_phone(place: Town) -> None:
    wishes(place)
    anne = place.account("Anne", phone=ANNE)
    place.sweep()
    for word in ("1", "NUMERO"):
        place.volunteer_texts(anne, word)

    def erase(tx: Any, person: people.Person) -> None:
        people.erase(tx, person.id)

    place.as_person(CITIZEN, erase)
    with place.services.database.read() as tx:
        bodies = tx.execute(select(outbox.c.body).where(outbox.c.account_id == anne)).scalars().all()
        words = [place.services.sealer.team.open(body) for body in bodies if body]
        assert not any(READ in said for said in words)
        assert len(words) == len(bodies) - 1
        kept = [*tx.execute(select(accounts.c.sms_state)).scalars(), *tx.execute(select(journal.c.detail)).scalars()]
    assert "98765499" not in str(kept).replace(" ", "")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("NUMERO", Word.NUMBER),
        ("number.", Word.NUMBER),
        ("Namba", Word.NUMBER),
        ("Appelé !", Word.CALLED),
        ("CALLED", Word.CALLED),
        ("nimepiga", Word.CALLED),
        ("numero 12 rue de la Paix", None),
        ("je vous ai appelé", None),
        ("appelle", None),
    ],
)
def test_the_two_words(text: str, word: Word | None) -> None:
    assert read_word(text) == (Said(word) if word else Said())
