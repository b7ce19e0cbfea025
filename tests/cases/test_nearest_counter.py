"""Who is told that we are late, and asks for a counter, hears of a real one; the case stays open."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from flows import alphabet
from sms_gateway.cases import desk
from sms_gateway.store import counters as stored
from sms_gateway.store import people
from sms_gateway.store.counters import Counter
from sms_gateway.store.people import Person
from sms_gateway.store.tables import CaseState, cases
from tests.cases.town import Town

CITIZEN = "+33612340099"
NEAR = {"place": "Montreuil", "place_key": "montreuil", "hours": "lundi 9h-12h", "phone": "01 48 70 60 00"}


def is_told_late(place: Town, town: str | None, **facts: Any) -> desk.Promise:
    """A person who named `town` is told that we are late; one counter is known."""
    with place.services.database.write() as tx:
        one = Counter(**{"source_id": "1", "name": "Maison Centrale", "address": "12 rue A"} | NEAR | facts)
        stored.keep(tx, place.service.organisation_id, [one], now=place.now)
    promise = place.asks(CITIZEN, "Bonjour")
    place.as_person(CITIZEN, lambda tx, person: people.change(tx, person.id, place=town and person.words.seal(town)))
    place.clock.set(promise.by - timedelta(minutes=10))
    place.sweep()
    return promise


def answers_two(place: Town, town: str | None, **facts: Any) -> str:
    """What they hear who answer 2 then; "?" where they are asked for their town."""
    is_told_late(place, town, **facts)

    def answers(tx: Any, person: Person) -> str:
        answered = desk.answer_slip(tx, place.services, person, place.service, words="2", event_id=None, now=place.now)
        assert answered is not None
        return "?" if answered.asks_town else answered.words

    return str(place.as_person(CITIZEN, answers))


def test_a_counter_of_their_town_is_told_and_the_case_stays_open(place: Town) -> None:
    said = answers_two(place, "MONTREUIL 93100")
    assert all(fact in said for fact in ("Maison Centrale, 12 rue A, Montreuil", "lundi 9h-12h", "01 48 70 60 00"))
    with place.services.database.read() as tx:
        assert tx.execute(select(cases.c.state)).scalar() in {CaseState.QUEUED, CaseState.OFFERED, CaseState.ESCALATED}


@pytest.mark.parametrize("facts", [{"active": False}, {"hours": ""}, {"phone": ""}, {"topics": ("impots",)}])
def test_where_none_can_be_told_that_is_said(place: Town, facts: dict[str, Any]) -> None:
    said = answers_two(place, "Montreuil", **facts)
    assert said.startswith("Nous ne connaissons pas de guichet près de vous. Une personne vous répond")


@pytest.mark.parametrize("town", [None, "Brest"])
def test_a_town_that_no_list_knows_is_asked_for(place: Town, town: str | None) -> None:
    assert answers_two(place, town) == "?"


def test_the_last_text_that_says_late_names_the_counter(place: Town) -> None:
    promise = is_told_late(place, "Montreuil")
    for _ in range(2):
        place.clock.set(place.case(promise.number).promised_by - timedelta(minutes=10))
        place.sweep()
    last = place.texts_to(CITIZEN)[-1]
    assert last.startswith(f"Pardon, parole non tenue. Numéro {promise.number} toujours ouvert : 0. Guichet : Maison")
    assert all(fact in last for fact in ("lundi 9h-12h", "01 48 70 60 00"))
    assert alphabet.measure(alphabet.rewrite(last)).segments <= 2


@pytest.mark.parametrize("town", [None, "Brest"])
def test_the_last_text_names_none_where_none_is_known(place: Town, town: str | None) -> None:
    promise = is_told_late(place, town)
    for _ in range(2):
        place.clock.set(place.case(promise.number).promised_by - timedelta(minutes=10))
        place.sweep()
    assert "reste ouverte, l'équipe la voit" in place.texts_to(CITIZEN)[-1]


def test_a_long_counter_is_told_in_two_parts_with_its_hours_whole(place: Town) -> None:
    said = answers_two(place, "Montreuil", name="m" * 120, address="m" * 200, hours="m" * 120)
    assert alphabet.measure(alphabet.rewrite(said)).segments == 2
    assert f"Ouvert {'m' * 120}. Téléphone : 01 48 70 60 00" in said


def test_hours_that_do_not_fit_are_not_told_by_halves(place: Town) -> None:
    assert "pas de guichet" in answers_two(place, "Montreuil", hours="ж" * 120)


def test_the_town_is_forgotten_with_the_person(place: Town) -> None:
    answers_two(place, "Montreuil")
    place.as_person(CITIZEN, lambda tx, person: people.erase(tx, person.id))
    assert place.as_person(CITIZEN, lambda _tx, person: person.place) is None
