"""What no machine understood comes to an editor, who says what was meant; the draft learns it, and nobody's name."""

import pytest
from sqlalchemy import func, select

from sms_gateway import retention
from sms_gateway.flow_versions import drafts
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import Role, accounts, people, person_keys, unclear_replies
from sms_gateway.web.accounts import make_account
from tests.web.house import PASSWORD, House, Visitor, add_organisation

PHONES = ("+99933500091", "+99933500092")
PAGE = "/editor/unclear"


@pytest.fixture
def paul(house: House) -> Visitor:
    return house.signed_in("paul")


def wrote(house: House, *words: str, phone: str = PHONES[0]) -> None:
    """Somebody comes to the question of how the card was lost, and writes this."""
    for said in ("perdu ma carte d'identité", *words):
        house.text(phone, said)
    house.work()


def waiting(house: House) -> int:
    with house.services.database.read() as tx:
        return int(tx.execute(select(func.count()).select_from(unclear_replies)).scalar_one())


def forms(page: str) -> list[str]:
    """What the forms of the page are about: the ids of their replies."""
    return [part.split('"', 1)[0] for part in page.split('name="ids" value="')[1:]]


def draft(house: House) -> str:
    with house.services.database.read() as tx:
        row = tx.execute(select(accounts).where(accounts.c.login == "paul")).one()
        found = drafts.open_draft(tx, Scope(row.organisation_id, row.id), "france", "carte_identite")
    return found.content if found else ""


def test_a_reply_that_was_unclear_waits_and_the_draft_learns_it(house: House, paul: Visitor) -> None:
    wrote(house, "zarbiu flonk en carafe")
    wrote(house, "ZARBIU, flonk en carafe", phone=PHONES[1])
    assert "2 réponses n’ont pas été comprises" in paul.get("/editor").text
    page = paul.get(PAGE).text
    [ids] = forms(page)
    assert "Votre carte d&#39;identité est perdue ou volée ?" in page or "Votre carte d'identité" in page
    answer = paul.post(PAGE, {"ids": ids, "act": "learn", "meaning": "perdue", "words": "zarbiu flonk"})
    assert answer.status_code == 303, answer.text
    assert "zarbiu flonk" in draft(house)
    assert waiting(house) == 0


def test_a_word_that_would_change_a_written_conversation_is_refused(house: House, paul: Visitor) -> None:
    wrote(house, "zarbiu")
    [ids] = forms(paul.get(PAGE).text)
    answer = paul.post(PAGE, {"ids": ids, "act": "learn", "meaning": "perdue", "words": "volée"})
    assert answer.status_code == 422
    assert draft(house) == ""
    assert waiting(house) == 1


@pytest.mark.parametrize("form", [{"meaning": ""}, {"words": " , "}, {"words": "x" * 81}, {"meaning": "no such"}])
def test_a_form_that_says_nothing_is_told_why(house: House, paul: Visitor, form: dict[str, str]) -> None:
    wrote(house, "zarbiu")
    [ids] = forms(paul.get(PAGE).text)
    answer = paul.post(PAGE, {"ids": ids, "act": "learn", "meaning": "perdue", "words": "zarbiu"} | form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert waiting(house) == 1


def test_what_teaches_nothing_is_left_out_and_a_second_press_says_so(house: House, paul: Visitor) -> None:
    wrote(house, "zarbiu")
    [ids] = forms(paul.get(PAGE).text)
    assert paul.post(PAGE, {"ids": ids, "act": "drop"}).status_code == 303
    assert waiting(house) == 0
    for odd in (ids, "", "abc", "1,,x", "9" * 40):
        assert paul.post(PAGE, {"ids": odd, "act": "learn", "meaning": "perdue", "words": "z"}).status_code == 303
    assert "déjà décidé" in paul.get(PAGE).text


def test_words_that_name_nothing_become_a_keyword_of_a_procedure(house: House, paul: Visitor) -> None:
    house.text(PHONES[0], "bonjour")
    house.text(PHONES[0], "zarbiu disparu")
    [ids] = forms(paul.get(PAGE).text)
    answer = paul.post(PAGE, {"ids": ids, "act": "learn", "meaning": "carte_identite", "words": "zarbiu disparu"})
    assert answer.status_code == 303, answer.text
    assert '"zarbiu disparu"' in draft(house)


def test_no_name_and_no_number_is_kept_and_what_is_kept_is_sealed(house: House, paul: Visitor) -> None:
    wrote(house, "zarbiu avec Mamadou 0612345678", "je m'appelle Awa Diop", "12")
    with house.services.database.read() as tx:
        bodies = list(tx.execute(select(unclear_replies.c.body)).scalars())
    assert len(bodies) == 1
    assert "zarbiu" not in bodies[0]
    page = paul.get(PAGE).text
    assert "zarbiu" in page
    assert "Mamadou" not in page
    assert "0612345678" not in page


def test_whoever_is_erased_is_in_no_list(house: House, paul: Visitor) -> None:
    wrote(house, "zarbiu")
    with house.services.database.write() as tx:
        tx.execute(person_keys.delete().where(person_keys.c.person_id.in_(select(people.c.id))))
    assert forms(paul.get(PAGE).text) == []
    retention.forget_what_is_past(house.services)
    assert waiting(house) == 0


def test_another_organisations_editor_sees_and_decides_nothing(house: House) -> None:
    wrote(house, "zarbiu")
    with house.services.database.read() as tx:
        ids = str(tx.execute(select(unclear_replies.c.id)).scalar_one())

    add_organisation(house, "elsewhere")
    make_account(house.services, login="eve", password=PASSWORD, role=Role.EDITOR, organisation="elsewhere")
    eve = house.signed_in("eve")
    assert "zarbiu" not in eve.get(PAGE).text
    eve.post(PAGE, {"ids": ids, "act": "drop"})
    assert waiting(house) == 1
