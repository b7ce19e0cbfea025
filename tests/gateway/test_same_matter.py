"""A text after a case was closed: it waits for a person at once, and the reply to "the same matter?" loses nothing."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from sms_gateway import services as services_
from sms_gateway.cases import desk
from sms_gateway.context import Services
from sms_gateway.conversations import take_waiting
from sms_gateway.store import people
from sms_gateway.store.tables import CaseState, EntryKind, Role, case_entries, cases
from tests.cases.town import FRANCE, Town
from tests.clocks import FixedClock
from tests.gateway.talk import Phone

LATER = "Le guichet a encore refusé mon dossier hier matin"
QUESTION = (
    "Une personne va lire votre message. C'est la suite de la demande numéro {} ?\n"
    "1 Oui\n2 Non, autre chose\n0 Une personne"
)


@pytest.fixture
def town(services: Services, clock: FixedClock) -> Town:
    with services.database.read() as tx:
        france = next(one for one in services_.all_services(tx) if one.code == FRANCE)
    return Town(services, france, clock)


def test_it_is_queued_before_the_question_is_answered_and_one_says_so(town: Town, french: Phone) -> None:
    number = _answered_and_closed(town, french)
    assert french.text(LATER) == [QUESTION.format(number)]
    case = town.case(number)
    assert (case.state, case.unanswered_since) == (CaseState.QUEUED, town.now)
    assert _texts(town, french, number)[-1] == LATER
    [said] = french.text("1")
    assert said.startswith(f"La demande numéro {number} est rouverte. Une personne vous répond")
    assert _numbers(town) == [number]
    assert _texts(town, french, number)[-1] == LATER


def test_two_puts_the_words_into_a_case_of_their_own(town: Town, french: Phone) -> None:
    number = _answered_and_closed(town, french)
    before, texts = town.case(number), _texts(town, french, number)
    french.text(LATER)
    [said] = french.text("2")
    [_old, new] = _numbers(town)
    assert f"numéro {new}" in said
    after, opened = town.case(number), town.case(new)
    assert (after.state, after.outcome, after.helped) == (CaseState.CLOSED, before.outcome, True)
    assert _texts(town, french, number) == texts
    assert _texts(town, french, new) == [LATER]
    assert (opened.state, opened.last_inbound_seq, opened.settled_seq) == (CaseState.QUEUED, 1, 0)
    take_waiting(town.services)
    assert french.news() == [], "nobody asks again whether the old one helped"


def test_words_that_are_no_clear_reply_mean_the_same_matter_and_join_it(town: Town, french: Phone) -> None:
    number = _answered_and_closed(town, french)
    french.text(LATER)
    french.text("il manque une photo, disent-ils")
    assert _numbers(town) == [number]
    assert _texts(town, french, number)[-2:] == [LATER, "il manque une photo, disent-ils"]


def test_whoever_does_not_reply_is_answered_and_a_late_reply_loses_nothing(town: Town, french: Phone) -> None:
    number = _answered_and_closed(town, french)
    french.text(LATER)
    town.sweep()
    anne = town.row_of("anne").id
    assert f"numéro {number}" in town.texts_to_account(anne)[-1]
    assert isinstance(desk.take(town.services, town.scope(anne), number, town.now), desk.Taken)
    french.text("2")
    assert _numbers(town) == [number]
    assert _texts(town, french, number)[-2:] == [LATER, "2"]


def test_words_at_did_it_help_are_about_the_matter(town: Town, french: Phone) -> None:
    number = _answered_and_closed(town, french, helped="")
    assert french.text(LATER) == [QUESTION.format(number)]
    assert _texts(town, french, number)[-1] == LATER


def test_what_is_not_about_it_opens_nothing(town: Town, french: Phone, clock: FixedClock) -> None:
    """Did it help comes first; thanks, MENU and a flow's name ask for nothing more; nor do words after 14 days."""
    number = _answered_and_closed(town, french, helped="1")
    for words, days in (("Merci beaucoup", 0), ("MENU", 0), ("carte perdue", 1), (LATER, 14)):
        clock.set(town.now + timedelta(days=days))
        assert QUESTION.format(number) not in french.text(words)
        assert town.case(number).state == CaseState.CLOSED


def _answered_and_closed(town: Town, phone: Phone, *, helped: str = "oui") -> int:
    """A case that Anne answered and closed; the person was asked whether it helped, and said so."""
    anne = town.account("Anne", phone="+33612345000", role=Role.VOLUNTEER)
    phone.speaking("fr").text("0")
    phone.text("Ma carte est perdue depuis lundi")
    [number] = _numbers(town)
    taken = desk.take(town.services, town.scope(anne), number, town.now)
    assert isinstance(taken, desk.Taken)
    seen = town.case(number).last_inbound_seq
    desk.answer_and_close(
        town.services,
        town.scope(anne),
        number,
        epoch=taken.epoch,
        words="Allez à la mairie.",
        outcome=desk.Outcome.SETTLED,
        seen_seq=seen,
        now=town.now,
    )
    take_waiting(town.services)
    assert any("Cela vous a aidé" in text for text in phone.news())
    if helped:
        phone.text(helped)
    return number


def _numbers(town: Town) -> list[int]:
    with town.services.database.read() as tx:
        return list(tx.execute(select(cases.c.number).order_by(cases.c.number)).scalars())


def _texts(town: Town, phone: Phone, number: int) -> list[str]:
    """What the person wrote in one case, in the order of its numbers, which leave no gap."""

    def act(tx: Any, person: people.Person) -> list[str]:
        own = (case_entries.c.case_id == town.case(number).id) & (case_entries.c.kind == EntryKind.CITIZEN)
        rows = tx.execute(select(case_entries).where(own).order_by(case_entries.c.seq)).all()
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        return [person.words.open(row.body) for row in rows]

    return town.as_person(phone.number, act)  # type: ignore[no-any-return]
