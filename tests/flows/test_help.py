"""Whoever asks for help at a question hears what that question says about itself, then the question again."""

from pathlib import Path

import pytest

from flows.checker import check
from flows.compiler import compile_bundle
from flows.contents import sentences_of
from flows.editing import SentenceEdit, apply
from flows.effects import OpenCase, SayHelp
from flows.extractor import extract_flow
from flows.files import freeze_definition
from flows.finding import FindingSeverity
from flows.parser import parse
from flows.session import Channel
from tests.flows.talking import TODAY, Phone, machine_of

FLOW = """
title: Carte perdue
languages: [fr]
keywords: [carte]
start: nom
steps:
  nom: {ask: "Votre nom ? Exemple : Ali", expect: name, go: plainte}
  plainte:
    ask: Avez-vous le papier de la police ?
    help: "Bonjour {nom}. La police donne ce papier quand vous dites le vol."
    expect: yes_no
    if_yes: fin
    if_no: seul
  seul: {end: Allez à la police.}
  fin: {end: Bon courage.}
"""


@pytest.mark.parametrize("word", ["aide", "AIDE", "help", "msaada"])
def test_help_at_a_question_is_its_own_then_the_question_with_the_key_to_a_person(word):
    phone = Phone(machine_of(FLOW)).send("Zoé", word)
    assert phone.effects == ()
    told = "\n".join(phone.texts)
    assert "Bonjour Zoé. La police donne ce papier" in told
    assert told.index("La police donne") < told.index("Avez-vous le papier") < told.index("0 Une personne")
    assert any(isinstance(effect, OpenCase) for effect in phone.send("0").effects)


def test_help_is_not_told_again_with_the_answer_that_follows():
    phone = Phone(machine_of(FLOW)).send("Zoé", "aide", "zut alors quoi")
    assert phone.session.tries == 1
    assert "La police donne" not in "\n".join(phone.texts)
    assert phone.send("1").session.step == "fin"


def test_help_is_not_on_the_screen_any_more_once_an_answer_was_not_understood():
    phone = Phone(machine_of(FLOW), Channel.USSD).send("Zoé", "aide", "8", "zut alors quoi")
    assert phone.session.tries == 1
    assert "La police donne" not in phone.screen


def test_without_its_own_a_question_has_the_general_help():
    assert Phone(machine_of(FLOW)).send("aide").effects == (SayHelp(),)


def test_on_a_screen_help_comes_before_the_question_which_can_be_answered():
    phone = Phone(machine_of(FLOW), Channel.USSD).send("Zoé", "aide")
    assert phone.screen.startswith("Bonjour Zoé.")
    if "1 Oui" not in phone.screen:
        phone.send("8")
    assert "1 Oui" in phone.screen
    assert phone.send("1").session.step == "fin"


def test_back_after_help_gives_the_question_before():
    assert Phone(machine_of(FLOW)).send("Zoé", "aide", "9").session.step == "nom"


def test_help_at_the_machines_own_question_is_that_of_the_open_question():
    phone = Phone(machine_of(FLOW)).send("Zoé", "effacer")
    assert phone.session.aside
    assert "La police donne" in "\n".join(phone.send("aide").texts)


def test_help_that_no_screen_holds_is_refused(tmp_path: Path):
    path = tmp_path / "carte.yaml"
    path.write_text(FLOW)
    assert [each for each in check([path], today=TODAY) if each.severity is FindingSeverity.ERROR] == []
    path.write_text(FLOW.replace("La police donne", "La police de votre quartier ou de votre village donne aussi " * 2))
    found = [each for each in check([path], today=TODAY) if each.rule == "screen_too_long"]
    assert [(each.path, each.line) for each in found] == [("plainte.help", 10)]


def test_help_is_a_message_of_its_own_beside_its_question(tmp_path: Path):
    path = tmp_path / "carte.yaml"
    path.write_text(FLOW.replace('help: "Bonjour {nom}.', 'help: "{nom}, pas de papier ?'))
    assert [each.rule for each in check([path], today=TODAY)] == []  # two questions at once would be L09


def test_help_is_edited_and_extracted_as_any_sentence(tmp_path: Path):
    content = freeze_definition(parse(FLOW, file="carte"), code="carte", country="france")
    assert "plainte.help" in [each.path for each in sentences_of(content)]
    changed = apply(content, SentenceEdit("plainte.help", "fr", "La police donne ce papier."))
    assert "La police donne ce papier." in "\n".join(Phone(compile_bundle(changed)).send("Zoé", "aide").texts)
    path = tmp_path / "carte.yaml"
    path.write_text(FLOW)
    with path.open("rb") as file:
        found = {message[0]: comments for _, _, message, comments in extract_flow(file, (), (), {})}
    assert "MSAADA" in found["carte#plainte.help"][0]
