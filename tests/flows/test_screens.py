"""What the phone shows: nothing dropped, nothing over its limit, stable numbers, and only keys that do something."""

import re

import pytest

from flows import packaged
from flows.alphabet import fits_gsm, septets
from flows.compiler import compile_bundle
from flows.machine import option_number
from flows.screens import ussd
from flows.session import Channel, Reply, Status
from tests.flows.talking import LOST_CARD, Phone, list_machine, machine_of

CARD = machine_of(LOST_CARD)
SIZES = range(1, 61)


def labels(count: int) -> list[str]:
    """Town names, some short, some that no author would write so long."""
    names = ["Lyon", "Saint-Étienne-du-Rouvray", "Nice", "Villeneuve-lès-Avignon sur le Rhône", "Pau", "Ô"]
    return [f"{names[number % len(names)]} {number}" for number in range(count)]


def pages(phone: Phone) -> list[str]:
    """Every screen, by pressing 8 until there is none."""
    seen = [phone.screen]
    while seen[-1].rpartition("\n")[2].startswith(("8 ", "08 ")):
        phone.send("8" if seen[-1].rpartition("\n")[2].startswith("8 ") else "08")
        seen.append(phone.screen)
        assert len(seen) < 200
    return seen


@pytest.mark.parametrize("language", ["fr", "en", "sw"])
@pytest.mark.parametrize("count", SIZES)
def test_every_option_of_a_long_list_is_shown_and_can_be_chosen(language, count):
    machine = list_machine(labels(count), language=language)
    screens = pages(Phone(machine, Channel.USSD))
    shown = [line for screen in screens for line in screen.split("\n")]
    for number, label in enumerate(labels(count)):
        key = option_number(number)
        assert any(line.startswith(f"{key} ") for line in shown), label
    for screen in screens:
        assert septets(screen) <= 160
        assert fits_gsm(screen)
        assert re.search(r"^0 ", screen, re.MULTILINE)
    last = count - 1
    assert Phone(machine, Channel.USSD).send(str(option_number(last))).session.answers[0].value == f"v{last}"


def test_numbers_go_on_at_11_and_21_on_both_channels():
    machine = list_machine(labels(13))
    phone = Phone(machine, Channel.SMS)
    assert [line.partition(" ")[0] for line in phone.texts[0].split("\n")[1:]] == ["1", "2", "3", "4", "5", "0", "8"]
    phone.send("8")
    assert phone.texts[0].startswith("La suite :\n11 ")
    assert phone.texts[0].endswith("\n0 Une personne\n9 Retour\n8 Suite")
    phone.send("suite")
    assert [line.partition(" ")[0] for line in phone.texts[0].split("\n")] == ["La", "21", "22", "23", "0", "9"]
    assert phone.send("9").texts[0].startswith("La suite :\n11 ")
    assert phone.send("23").session.answers[0].value == "v12"


def test_a_screen_never_holds_more_than_five_options_however_short():
    screens = pages(Phone(list_machine([f"V{number}" for number in range(12)]), Channel.USSD))
    counted = [sum(1 for line in screen.split("\n") if re.match(r"\d+ V", line)) for screen in screens]
    assert counted == [5, 5, 2]


def test_a_wrong_key_stays_on_the_page():
    phone = Phone(list_machine(labels(20)), Channel.USSD)
    first = phone.screen
    phone.send("8", "8")
    page = phone.session.page
    phone.send("7")
    assert phone.session.page == page
    assert phone.screen.startswith("Pardon, pas compris. Un seul chiffre :\nLa suite :\n")
    phone.send("9", "9")
    assert phone.screen == first


def test_a_long_text_is_paged_at_words_and_its_question_comes_last():
    words = " ".join(f"mot{number}" for number in range(120))
    machine = machine_of(f"""
title: Essai
languages: [fr]
keywords: [essai]
start: dit
steps:
  dit: {{tell: ["{words}"], go: age}}
  age: {{ask: "Votre age ? Exemple : 34", expect: number 0 to 120, go: fin}}
  fin: {{end: "{words}"}}
""")
    phone = Phone(machine, Channel.USSD)
    screens = pages(phone)
    shown = " ".join(screens).replace("\n", " ")
    assert all(f"mot{number} " in shown for number in range(120))
    assert "Votre age ? Exemple : 34" in screens[-1]
    assert all(septets(screen) <= 160 for screen in screens)
    ending = pages(phone.send("34"))
    assert phone.session.status is Status.ENDED
    assert all(f"mot{number} " in " ".join(ending).replace("\n", " ") for number in range(120))


def test_a_key_pressed_among_the_words_before_a_question_answers_nothing():
    words = "Venez avec un parent. " + "Il signe la demande. " * 8
    long = machine_of(LOST_CARD.replace("Venez avec un parent.", words))
    phone = Phone(long, Channel.USSD).send("1", "12")
    assert "1 Oui" not in phone.screen
    phone.send("1")
    assert phone.session.step == "recue"
    assert phone.screen.startswith("Pardon, pas compris.")
    assert phone.send("8", "8", "1").session.step == "fin"


def test_a_later_screen_can_go_back_to_the_first():
    phone = Phone(list_machine(labels(10)), Channel.USSD)
    assert "9 Retour" not in phone.screen
    assert "9 Retour" in phone.send("8").screen


def test_a_screen_that_expects_nothing_ends_the_session():
    shown = ussd((Reply("Une personne vous répond aujourd'hui avant 17h. Votre demande : numéro 42."),))
    assert not shown.expects_answer
    assert shown.next_page is None


def test_the_last_words_before_a_person_fit_the_end_of_a_session():
    common = packaged.common()
    gone = Reply(common.phrases["not_understood_person"].texts["fr"])
    by = "mercredi 24 septembre avant 17h30"
    opened = Reply(common.phrases["handoff_open"].texts["fr"].format(by=by, case="987654"))
    shown = ussd((gone, opened))
    assert not shown.expects_answer
    assert septets(shown.text) <= 182


def test_a_name_in_another_script_stands_whole_in_the_sms_only():
    machine = machine_of("""
title: Essai
languages: [fr]
keywords: [essai]
start: nom
steps:
  nom: {ask: Votre nom ?, expect: name, go: fin}
  fin: {end: "Merci {nom}."}
""")
    assert Phone(machine).send("ሰላማዊት").texts[0].startswith("Merci ሰላማዊት.")
    assert Phone(machine, Channel.USSD).send("ሰላማዊት").screen.startswith("Merci ....")


@pytest.mark.parametrize("name", sorted(packaged.common().dialogues))
@pytest.mark.parametrize("country", packaged.countries())
def test_every_dialogue_of_the_machine_fits_one_screen(name, country):
    machine = compile_bundle(packaged.dialogue_bundle(country, name)) if name != "menu" else list_machine(["Lyon"])
    values = {"case": "987654", "by": "mercredi 24 septembre avant 17h30", "volunteer": "Marie-Antoinette"}
    phone = Phone(machine, Channel.USSD, values=values | {"topic": "Carte d'identité perdue"})
    assert ussd(phone.turn.replies).next_page is None
    assert septets(phone.screen) <= 160
