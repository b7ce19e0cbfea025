"""A town of several: which one is asked, answered by number or by its department; a misspelt one, by yes and no."""

import pytest

from flows import alphabet
from flows.effects import OpenMenu
from flows.session import Aside
from tests.flows.talking import Phone, machine_of

TOWN = machine_of("""
title: Ville
languages: [fr]
keywords: [ville]
start: ville
steps:
  ville:
    ask: "Quelle ville ? Exemple : Lyon"
    expect: place
    go: fin
  fin:
    end: "Fini {ville}"
""")


def asked(text: str) -> Phone:
    phone = Phone(TOWN).send(text)
    assert phone.session.aside is not None
    return phone


def test_which_town_is_asked_with_the_department_of_each() -> None:
    phone = asked("j'habite à saint denis")
    assert phone.session.aside is Aside.WHICH
    assert phone.texts == (
        "Vous voulez dire : Saint-Denis ?\n1 Saint-Denis (974)\n2 Saint-Denis (93)\n3 Saint-Denis (11)\n0 Une personne",
    )
    assert alphabet.measure(phone.texts[0]).segments == 1


@pytest.mark.parametrize(
    ("reply", "town"),
    [
        ("2", "Saint-Denis (93)"),
        ("3", "Saint-Denis (11)"),
        ("le 2", "Saint-Denis (93)"),
        ("93", "Saint-Denis (93)"),
        ("le 93", "Saint-Denis (93)"),
        ("réunion", "Saint-Denis (974)"),
        ("Saint-Denis (11)", "Saint-Denis (11)"),
        ("Lyon", "Lyon"),
        ("Saint-Denis 93", "Saint-Denis (93)"),
    ],
)
def test_a_number_or_what_tells_it_apart_chooses_and_another_town_is_another_answer(reply: str, town: str) -> None:
    phone = asked("st denis").send(reply)
    assert phone.session.answers[0].value == {"place": town}


def test_a_part_of_the_name_chooses() -> None:
    assert "Vitry ?" in asked("vitry").texts[0]
    assert asked("vitry").send("le francois").session.answers[0].value == {"place": "Vitry-le-François (51)"}


@pytest.mark.parametrize("reply", ["4", "7", "8"])
def test_another_number_asks_the_same_again(reply: str) -> None:
    phone = asked("st denis")
    before = phone.texts
    assert phone.send(reply).texts == before
    assert phone.session.answers == ()


def test_the_words_that_always_work_do_here_too() -> None:
    assert asked("st denis").send("menu").effects == (OpenMenu(),)
    assert asked("st denis").send("0").effects
    assert asked("st denis").send("9").texts[0].startswith("Quelle ville")
    assert asked("st denis").send("au secours il me tape").effects


def test_yes_takes_the_misspelt_town_and_no_takes_what_was_typed() -> None:
    assert asked("grenobel").texts[0].startswith("Vous voulez dire : Grenoble ?\n1 Oui")
    assert asked("grenobel").send("1").session.answers[0].value == {"place": "Grenoble"}
    assert asked("grenobel").send("2").session.answers[0].value == {"place": "Grenobel"}


def test_no_to_a_town_among_other_words_asks_again() -> None:
    phone = asked("chez ma soeur à grenoble").send("2")
    assert phone.session.answers == ()
    assert phone.session.step == "ville"
