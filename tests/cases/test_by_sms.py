"""A volunteer with a basic phone: everything by texts of at most 160 signs, and nothing sent by mistake."""

import pytest

from flows.alphabet import measure
from sms_gateway.cases import desk
from sms_gateway.cases.by_sms import is_volunteer_now
from sms_gateway.cases.sms_words import Said, Word, read_word
from sms_gateway.store.tables import CaseState, Role
from tests.cases.town import Town

ANNE, MARC = "+33612345001", "+33612345002"
CITIZEN = "+33698765432"


def test_the_whole_story_by_text(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    promise = place.asks(CITIZEN, "Je suis au 06 11 22 33 44. Qui peut payer le timbre ?")
    place.sweep()
    [offer] = place.texts_to_account(anne)
    assert f"numéro {promise.number}" in offer
    assert "1 Prendre" in offer
    assert "timbre" not in offer
    assert "06" not in offer

    place.volunteer_texts(anne, "1")
    yours, *parts = place.texts_to_account(anne)[1:]
    assert "est à vous" in yours
    assert "timbre" in " ".join(parts)
    assert "11 22 33" not in " ".join(parts), "the number in the text is masked"
    assert place.case(promise.number).state == CaseState.CLAIMED

    place.sweep()
    place.volunteer_texts(anne, "Bonjour, je suis Anne. Le timbre est à 25 euros. Allez à la mairie.")
    takes_over, words = place.texts_to(CITIZEN)
    assert "Anne, une vraie personne" in takes_over
    assert words == "Bonjour, je suis Anne. Le timbre est à 25 euros. Allez à la mairie."
    assert "C'est parti" in place.texts_to_account(anne)[-1]
    assert place.case(promise.number).state == CaseState.ANSWERED

    place.sweep()
    place.writes(CITIZEN, "Avec quels papiers ?")
    assert "Avec quels papiers" in place.texts_to_account(anne)[-1]
    place.sweep()
    place.volunteer_texts(anne, "NOTE a déjà la photo")
    assert "Note gardée" in place.texts_to_account(anne)[-1]
    place.volunteer_texts(anne, "Une photo et une preuve d'adresse.")
    assert place.texts_to(CITIZEN)[2:] == ["Une photo et une preuve d'adresse."]

    place.sweep()
    place.volunteer_texts(anne, "FIN")
    assert "c'est fini comment" in place.texts_to_account(anne)[-1]
    place.volunteer_texts(anne, "1")
    assert "est fini" in place.texts_to_account(anne)[-1]
    case = place.case(promise.number)
    assert (case.state, case.outcome) == (CaseState.CLOSED, "settled")


def test_closing_is_refused_over_a_text_that_came_in_and_the_text_is_shown(place: Town) -> None:
    anne, number = taken_by_sms(place)
    place.volunteer_texts(anne, "Allez à la mairie.")
    place.sweep()
    place.writes(CITIZEN, "Et le dimanche ?")
    place.sweep()
    place.volunteer_texts(anne, "FIN 1")
    not_yet, shown = place.texts_to_account(anne)[-2:]
    assert "reste ouvert" in not_yet
    assert "Et le dimanche" in shown
    assert place.case(number).state == CaseState.CLAIMED
    place.volunteer_texts(anne, "fin 1")  # shown, and said again: it needs nothing
    assert place.case(number).state == CaseState.CLOSED


def test_a_case_that_nobody_answered_is_not_finished_by_text(place: Town) -> None:
    anne, number = taken_by_sms(place)
    for _ in range(3):
        place.volunteer_texts(anne, "FIN 4")
    assert place.case(number).state == CaseState.CLAIMED
    assert place.texts_to(CITIZEN) == []


def test_a_second_press_of_1_sends_nothing_to_the_person(place: Town) -> None:
    anne, number = taken_by_sms(place)
    place.volunteer_texts(anne, "1")
    assert place.texts_to(CITIZEN) == []
    assert "est à vous" in place.texts_to_account(anne)[-1]
    assert place.case(number).state == CaseState.CLAIMED


def test_1_after_another_took_it_is_told_kindly(place: Town) -> None:
    anne, marc = place.account("Anne", phone=ANNE), place.account("Marc", phone=MARC)
    promise = place.asks(CITIZEN)
    place.sweep()
    place.pass_time(minutes=11)
    place.volunteer_texts(marc, "1")
    place.volunteer_texts(anne, "1")
    assert place.case(promise.number).owner_id == marc
    assert "juste avant vous" in place.texts_to_account(anne)[-1]


def test_an_offer_that_ran_out_is_taken_while_nobody_has_the_case(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    promise = place.asks(CITIZEN)
    place.sweep()
    place.pass_time(minutes=25)
    place.volunteer_texts(anne, "1")
    assert place.case(promise.number).owner_id == anne


def test_2_asks_somebody_else_at_once(place: Town) -> None:
    anne, marc = place.account("Anne", phone=ANNE), place.account("Marc", phone=MARC)
    place.asks(CITIZEN)
    place.sweep()
    place.volunteer_texts(anne, "2")
    place.sweep()
    assert "Merci" in place.texts_to_account(anne)[-1]
    assert "1 Prendre" in place.texts_to_account(marc)[-1]


def test_3_pauses_and_start_comes_back(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    place.asks(CITIZEN)
    place.sweep()
    place.volunteer_texts(anne, "3")
    assert "Bonne pause" in place.texts_to_account(anne)[-1]
    assert place.row(anne).paused_until > place.now
    place.volunteer_texts(anne, "START")
    assert place.row(anne).paused_until is None


def test_passing_on_asks_the_next_with_the_notes(place: Town) -> None:
    marc = place.account("Marc", phone=MARC, paused_by_us=True)
    anne, number = taken_by_sms(place)
    place.volunteer_texts(anne, "NOTE vit à Lyon")
    place.volunteer_texts(marc, "START")
    place.volunteer_texts(anne, "PASSE")
    assert "quelqu'un d'autre" in place.texts_to_account(anne)[-1]
    place.sweep()
    place.volunteer_texts(marc, "1")
    assert place.case(number).owner_id == marc
    assert "vit à Lyon" in " ".join(place.texts_to_account(marc))


def test_words_for_one_of_two_cases_ask_which_and_are_not_typed_again(place: Town) -> None:
    anne, first = taken_by_sms(place)
    second = place.asks("+33698765433", "Autre chose").number
    coordinator = place.account("Chef", role=Role.COORDINATOR)
    desk.reassign(place.services, place.scope(coordinator, Role.COORDINATOR), second, to_account=anne, now=place.now)
    place.sweep()
    place.volunteer_texts(anne, "Bonjour, allez à la mairie.")
    assert "C'est pour qui" in place.texts_to_account(anne)[-1]
    assert place.texts_to(CITIZEN) == place.texts_to("+33698765433") == []
    place.volunteer_texts(anne, "2")
    sent = {CITIZEN: place.texts_to(CITIZEN), "+33698765433": place.texts_to("+33698765433")}
    assert sorted(len(texts) for texts in sent.values()) == [0, 2]
    assert {first, second} == {place.case(first).number, place.case(second).number}


def test_words_after_the_lease_ended_are_kept_as_a_draft(place: Town) -> None:
    anne, number = taken_by_sms(place)
    place.account("Marc", phone=MARC)
    place.pass_time(minutes=21)
    place.volunteer_texts(anne, "Allez à la mairie.")
    assert place.texts_to(CITIZEN) == []
    assert "gardé" in place.texts_to_account(anne)[-1]
    marc = place.row(anne).id + 1
    place.volunteer_texts(marc, "1")
    assert place.case(number).owner_id == marc
    assert "Allez à la mairie." in " ".join(place.texts_to_account(marc))


def test_an_answer_sent_before_the_new_text_left_for_the_phone_does_not_settle_it(place: Town) -> None:
    anne, number = taken_by_sms(place)
    place.volunteer_texts(anne, "Allez à la mairie.")
    place.everything_leaves()
    place.clock.advance(minutes=2)
    place.writes(CITIZEN, "Laquelle ?")
    place.volunteer_texts(anne, "Et prenez une photo.")
    assert place.case(number).state == CaseState.CLAIMED
    assert place.case(number).unanswered_since is not None


def test_me_makes_the_phone_a_citizens_and_back(place: Town) -> None:
    anne, _number = taken_by_sms(place)
    place.volunteer_texts(anne, "MOI")
    assert "vous écrivez pour" in place.texts_to_account(anne)[-1]
    with place.services.database.read() as tx:
        assert not is_volunteer_now(tx, place.row(anne), place.now, "Bonjour")
        assert is_volunteer_now(tx, place.row(anne), place.now, "moi")
    place.volunteer_texts(anne, "moi")
    assert not place.row(anne).as_citizen


def test_more_reads_on_in_a_long_case(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    place.asks(CITIZEN, " ".join(f"mot{number}" for number in range(150)))
    place.sweep()
    place.volunteer_texts(anne, "1")
    read = " ".join(place.texts_to_account(anne))
    assert "mot149" not in read
    for _ in range(4):
        place.volunteer_texts(anne, "SUITE")
    read = " ".join(place.texts_to_account(anne))
    assert all(f"mot{number}" in read for number in range(150))


def test_every_text_to_a_phone_is_one_sms(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    place.asks(CITIZEN, "€€€ {[]} " * 40 + "œuvre ça et là " * 10)
    place.sweep()
    place.volunteer_texts(anne, "1")
    place.volunteer_texts(anne, "SUITE")
    assert all(measure(text).segments == 1 for text in place.texts_to_account(anne))


def test_help_tells_a_coordinator_who_takes_it_by_2(place: Town) -> None:
    anne, number = taken_by_sms(place)
    chef = place.account("Chef", role=Role.COORDINATOR, phone="+33612345009")
    place.volunteer_texts(anne, "AIDE")
    assert "Un collègue" in place.texts_to_account(anne)[-1]
    assert "Anne a besoin de vous" in place.texts_to_account(chef)[-1]
    place.volunteer_texts(chef, "2")
    assert place.case(number).owner_id == chef


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Suite", Said(Word.MORE)),
        ("HISTO", Said(Word.HISTORY)),
        ("Historia!", Said(Word.HISTORY)),
        (" FIN. ", Said(Word.DONE)),
        ("fin 2", Said(Word.DONE, 2)),
        ("Tayari 1", Said(Word.DONE, 1)),
        ("fin 7", Said()),
        ("note: appeler demain", Said(Word.NOTE, rest="appeler demain")),
        ("notez bien l'adresse", Said()),
        ("Passez à la mairie", Said()),
        ("pitisha", Said(Word.PASS_ON)),
        ("Moi aussi j'ai perdu ma carte", Said()),
        ("1", Said(digit=1)),
        ("١", Said(digit=1)),
        ("12", Said()),
        ("", Said()),
    ],
)
def test_only_whole_messages_are_words(text: str, said: Said) -> None:
    assert read_word(text) == said


@pytest.mark.parametrize("text", ["", " ", "\n", "FIN 7", "fin 12"])
def test_half_a_word_is_no_answer(place: Town, text: str) -> None:
    anne, number = taken_by_sms(place)
    place.volunteer_texts(anne, text)
    assert place.texts_to(CITIZEN) == []
    assert place.case(number).state == CaseState.CLAIMED


def test_a_digit_with_a_word_answers_a_question_of_ours_and_goes_to_nobody(place: Town) -> None:
    anne, _number = taken_by_sms(place)
    place.volunteer_texts(anne, "FIN")
    place.volunteer_texts(anne, "1 réglé")
    assert place.texts_to(CITIZEN) == []


def taken_by_sms(place: Town) -> tuple[int, int]:
    """Anne took a case by text: her account and the case's number."""
    anne = place.account("Anne", phone=ANNE)
    promise = place.asks(CITIZEN)
    place.sweep()
    place.volunteer_texts(anne, "1")
    place.sweep()
    assert place.case(promise.number).owner_id == anne
    return anne, promise.number
