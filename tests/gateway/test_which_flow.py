"""Free words at the door: the procedure that they name begins; one that they may mean is asked about, never guessed."""

import pytest
from sqlalchemy import select

from sms_gateway.context import Services
from sms_gateway.store import people
from sms_gateway.store.tables import EntryKind, case_entries, cases
from tests.gateway.talk import Phone

MISSPELT = "ma carte d'idantité a été volé"
ASKED = "Carte d'identité perdue ?\n1 Oui\n2 Autre chose\n0 Une personne"
FIRST_QUESTION = "Votre carte d'identité est perdue ou volée ?"


def last(said: list[str]) -> str:
    return said[-1]


@pytest.fixture
def somebody(french: Phone) -> Phone:
    """Somebody who told us their language before, with no question open."""
    return french.speaking("fr")


def test_misspelt_words_are_asked_about_and_yes_begins_the_procedure(somebody: Phone) -> None:
    assert last(somebody.text(MISSPELT)) == ASKED
    assert FIRST_QUESTION in last(somebody.text("ouiii"))


def test_the_name_of_a_procedure_begins_it(somebody: Phone) -> None:
    assert FIRST_QUESTION in last(somebody.text("j'ai perdu ma carte d'identité"))


def test_something_else_leads_to_the_menu(somebody: Phone) -> None:
    somebody.text(MISSPELT)
    assert last(somebody.text("2")).startswith("Vous cherchez :\n1 Carte d'identité perdue")


@pytest.mark.parametrize("refused", ["non", "autre chose"])
def test_no_in_words_leads_to_the_menu_too(somebody: Phone, refused: str) -> None:
    somebody.text(MISSPELT)
    assert last(somebody.text(refused)).startswith("Vous cherchez :")


def test_it_is_not_asked_for_ever_a_person_comes(somebody: Phone, services: Services) -> None:
    somebody.text(MISSPELT)
    for oh in ("oh", "ah la la", "aïe"):
        said = somebody.text(f"ma carte d'idantité {oh} volé")
    assert "Votre demande : numéro" in " ".join(said)
    with services.database.read() as tx:
        assert len(tx.execute(cases.select()).all()) == 1


def test_words_that_answer_the_menu_are_read_as_its_answer(somebody: Phone) -> None:
    somebody.text("MENU")
    assert last(somebody.text("jé perdut ma carte d'idantité dan le bus")).startswith("Vous voulez dire : Carte d'id")


def test_a_person_is_one_key_away_and_reads_the_words(somebody: Phone, services: Services) -> None:
    somebody.text(MISSPELT)
    assert "Votre demande : numéro" in last(somebody.text("0"))
    assert MISSPELT in _citizens_words(services, somebody)


def test_what_is_told_after_the_key_to_a_person_is_for_that_person(somebody: Phone, services: Services) -> None:
    somebody.text(MISSPELT)
    somebody.text("0")
    assert last(somebody.text("dans le bus, mardi soir, et jé tou perdu")).startswith("C'est ajouté à votre demande")
    somebody.text("mon sac aussi")
    assert "mardi soir, et jé tou perdu mon sac aussi" in _citizens_words(services, somebody)


def test_yes_still_begins_the_procedure_after_the_key_to_a_person(somebody: Phone) -> None:
    somebody.text(MISSPELT)
    somebody.text("0")
    assert FIRST_QUESTION in last(somebody.text("oui"))


def test_words_about_nothing_that_we_have_show_the_menu(somebody: Phone) -> None:
    assert last(somebody.text("mon chat est dans larbre")).startswith("Vous cherchez :")


def _citizens_words(services: Services, phone: Phone) -> str:
    """What the volunteer reads that the person wrote."""
    own = select(case_entries).where(case_entries.c.kind == EntryKind.CITIZEN)
    with services.database.write() as tx:
        person_id = tx.execute(select(cases.c.person_id)).scalar_one()
        person = people.lock(tx, services.sealer, person_id)
        assert person is not None
        return " ".join(person.words.open(row.body) for row in tx.execute(own))
