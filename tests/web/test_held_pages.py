"""The pages of answers that have not left, without scripts: taking one back, reading one first, letting it go."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from sms_gateway.store.tables import CaseState, accounts, cases, organisations, outbox
from sms_gateway.web.accounts import limiter
from tests.clocks import FixedClock
from tests.databases import settings_for
from tests.web.house import House, Visitor, open_house

CITIZEN = "+99920000001"
WORDS = "Allez à la police."


@pytest.fixture
def house(data: Path, clock: FixedClock) -> Iterator[House]:
    """A house with 15 seconds to take an answer back."""
    settings = settings_for(data, f"sqlite:///{data / 'guichet.sqlite'}")
    built = open_house(replace(settings, undo_seconds=15), clock)
    limiter.reset()
    yield built
    built.services.database.close()


@pytest.fixture
def asked(house: House) -> int:
    """The number of a case that somebody has just opened."""
    return house.ask_for_a_person(CITIZEN, "ya plus de chauffage")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def send(visitor: Visitor, number: int, **form: str) -> str:
    """Send the answer box as its page gives it, and read the page that comes."""
    page = visitor.get(f"/inbox/{number}").text
    kept = {"epoch": hidden(page, "epoch"), "seen_seq": hidden(page, "seen_seq")}
    return visitor.get(visitor.post(f"/inbox/{number}", kept | form).location).text


def press_back(visitor: Visitor, number: int, page: str) -> str:
    form = {"act": "back", "held": hidden(page, "held")}
    return visitor.get(visitor.post(f"/inbox/{number}", form).location).text


def answers(house: House) -> int:
    with house.services.database.read() as tx:
        return len(tx.execute(select(outbox.c.id).where(outbox.c.kind == "answer")).all())


def test_an_answer_says_when_it_leaves_and_comes_back_into_its_field(house: House, asked: int) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    page = send(awa, asked, words=WORDS, act="answer")
    assert "part dans 15 secondes" in page
    assert ">Annuler l’envoi</button>" in page
    assert f">{WORDS}</p>" in page
    assert answers(house) == 0
    page = press_back(awa, asked, page)
    assert "Rien n’est parti" in page
    assert f">{WORDS}</textarea>" in page
    assert "Annuler" not in page


def test_too_late_is_said_as_it_is(house: House, asked: int, clock: FixedClock) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    page = send(awa, asked, words=WORDS, act="answer")
    clock.advance(seconds=16)
    house.work()
    assert answers(house) == 1
    said = press_back(awa, asked, page)
    assert "Elle est partie" in said
    assert "Annuler" not in said


def test_sending_and_finishing_stays_with_the_case_until_it_has_left(
    house: House, asked: int, clock: FixedClock
) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    page = send(awa, asked, words=WORDS, finish="settled")
    assert "Ensuite le cas est fini" in page
    clock.advance(seconds=15)
    house.work()
    with house.services.database.read() as tx:
        assert tx.execute(select(cases.c.state).where(cases.c.number == asked)).scalar_one() == CaseState.CLOSED


NUMBER = "Appelez le 06 11 22 33 44."


def held_path(page: str) -> str:
    found = re.search(r'action="(/desk/answers/\d+)"', page)
    assert found is not None
    return found[1]


def test_an_answer_that_is_read_first_says_why_and_can_be_changed(house: House, asked: int) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    page = send(awa, asked, words=NUMBER, act="answer")
    assert "Un coordinateur la lit d’abord" in page
    assert "un numéro de téléphone" in page
    assert "part dans" not in page
    assert 'value="answer"' not in page, "one answer at a time is read"
    page = press_back(awa, asked, page)
    assert f">{NUMBER}</textarea>" in page
    assert answers(house) == 0


def test_a_coordinator_reads_what_waits_and_lets_it_go(house: House, asked: int, clock: FixedClock) -> None:
    awa, claire = house.signed_in("awa"), house.signed_in("claire")
    assert "Aucune réponse n’attend" in claire.get("/desk/answers").text
    awa.post("/inbox/next")
    send(awa, asked, words=NUMBER, act="answer")
    clock.advance(minutes=11)
    assert "1 réponse attend que vous la lisiez" in claire.get("/desk").text
    page = claire.get("/desk/answers").text
    for said in (NUMBER, "ya plus de chauffage", "attend depuis 11 minutes", "numéro de téléphone", f"<b>{asked}</b>"):
        assert said in page, said
    done = claire.post(held_path(page), {"act": "go"})
    assert "part maintenant" in claire.get(done.location).text
    assert answers(house) == 1
    assert "attend que vous" not in claire.get("/desk").text
    assert claire.post(held_path(page), {"act": "?"}).status_code == 400


def test_a_coordinator_gives_it_back_with_a_word(house: House, asked: int) -> None:
    awa, claire = house.signed_in("awa"), house.signed_in("claire")
    awa.post("/inbox/next")
    send(awa, asked, words=NUMBER, act="answer")
    path = held_path(claire.get("/desk/answers").text)
    claire.post(path, {"act": "back", "words": "Sans numéro, merci"})
    page = awa.get(f"/inbox/{asked}").text
    assert "Sans numéro, merci" in page
    assert f">{NUMBER}</textarea>" in page
    assert "avec la personne qui l’a écrite" in claire.get(claire.post(path, {"act": "go"}).location).text


def test_in_danger_it_has_left_and_is_marked_as_read(house: House) -> None:
    house.text(CITIZEN, "je veux mourir")
    (number,) = house.numbers()
    awa, claire = house.signed_in("awa"), house.signed_in("claire")
    awa.post("/inbox/next")
    assert "Votre réponse part maintenant" in send(awa, number, words=NUMBER, act="answer")
    page = claire.get("/desk/answers").text
    assert "En danger, rien n’attend" in page
    claire.post(held_path(page), {"act": "read"})
    assert NUMBER not in claire.get("/desk/answers").text


def test_the_first_answers_of_somebody_new_are_read_until_a_coordinator_ends_it(house: House, asked: int) -> None:
    with house.services.database.write() as tx:
        tx.execute(update(organisations).values(reviewed_answers=7))
    claire = house.signed_in("claire")
    claire.post("/desk/volunteers/new", {"name": "Fatou", "login": "fatou", "languages": "fr"})
    with house.services.database.read() as tx:
        fatou = tx.execute(select(accounts).where(accounts.c.login == "fatou")).one()
        assert tx.execute(select(accounts.c.review_left).where(accounts.c.login == "awa")).scalar_one() == 0
    assert fatou.review_left == 7
    visitor = house.signed_in("fatou")
    visitor.post("/inbox/next")
    assert "premières réponses" in send(visitor, asked, words=WORDS, act="answer")
    work = f"/desk/volunteers/{fatou.id}/work"
    assert 'value="7"' in claire.get(work).text
    form = {"languages": ["fr"], "capacity": "3", "review_left": "0"}
    claire.post(work, form)
    with house.services.database.read() as tx:
        assert tx.execute(select(accounts.c.review_left).where(accounts.c.login == "fatou")).scalar_one() == 0
    assert claire.post(work, form | {"review_left": "many"}).status_code == 422
