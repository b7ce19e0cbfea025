"""What the rules measure, and when a flow may leave one: with a reason, and never a promise to people."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from flows import checker, packaged, plain
from flows.checker import check, check_content, not_tried
from flows.editing import SentenceEdit, apply
from flows.finding import FindingSeverity
from flows.plain.waiving import RULE_NAMES
from tests.flows.talking import TODAY

GUIDE = Path(__file__).parents[3] / "docs" / "plain-language.md"
FLOW = """
title: Essai
languages: [fr]
keywords: [essai]
{more}start: nom
steps:
  nom: {{ask: "Votre nom ? Exemple : Awa", expect: name, go: fin}}
  fin: {{end: "{end}"}}
"""
SIXTEEN = "Bonjour {nom}. Allez à la mairie avec une photo et une preuve de votre adresse avant le soir."


@pytest.fixture
def written(tmp_path):
    """Writes a flow of one question and one last sentence; gives its path."""

    def write(end, more=""):
        path = tmp_path / "essai.yaml"
        path.write_text(FLOW.format(end=end, more=more))
        return path

    return write


def found(path):
    return [(each.rule, each.severity, each.path) for each in check([path], today=TODAY)]


def test_a_sentence_is_found_with_its_rule_and_its_place(written):
    assert found(written(SIXTEEN)) == [("L01", FindingSeverity.ERROR, "fin.end")]


def test_a_name_at_its_longest_is_no_long_word(written):
    assert found(written("Merci {nom}. Bon courage.")) == []


@pytest.mark.parametrize("rule", ["L01", "sentence_too_long"])
def test_an_error_left_for_a_reason_is_a_warning_that_says_it(written, rule):
    path = written(SIXTEEN, f"waive: {{{rule}: The mairie wants these words.}}\n")
    (finding,) = check([path], today=TODAY)
    assert (finding.rule, finding.severity) == ("L01", FindingSeverity.WARNING)
    assert finding.message.endswith("Left on purpose: The mairie wants these words.")


def test_a_warning_left_for_a_reason_is_gone(written):
    unanswerable = "Demandez un renseignement à la mairie, {nom}."
    assert [rule for rule, *_ in found(written(unanswerable))] == ["L14"]
    assert found(written(unanswerable, "waive: {L14: It stands on the door.}\n")) == []


@pytest.mark.parametrize(
    "promise",
    ["asks_secret", "L25", "missing_target", "silent_end", "missing_sentence", "fact_expired", "not_on_phone"],
)
def test_a_promise_is_kept_whatever_the_reason(written, promise):
    path = written("Bon courage, {nom}.", f"waive: {{{promise}: We are in a hurry.}}\n")
    assert found(path) == [("waiver", FindingSeverity.ERROR, "")]


def test_a_screen_that_does_not_fit_is_not_left(written):
    path = written("Bon courage, {nom}.", "waive: {L04: It is short enough for us.}\n")
    asking = "".join(f"{who} le demande. " for who in ("La mairie", "La police", "La banque", "Le tribunal"))
    long = f"Votre nom ? Il est sur la carte. Il est aussi sur la lettre. {asking}"
    path.write_text(path.read_text().replace("Votre nom ?", long))
    assert ("screen_too_long", FindingSeverity.ERROR, "nom.ask") in found(path)


def test_a_waiver_that_finds_nothing_is_told(written):
    assert found(written("Bon courage, {nom}.", "waive: {L14: Old.}\n")) == [("waiver", FindingSeverity.WARNING, "")]


def test_a_mistyped_rule_gets_the_nearest_name(written):
    (finding,) = check([written("Bon courage, {nom}.", "waive: {jargonn: Old.}\n")], today=TODAY)
    assert "Write `jargon`." in finding.message


def test_a_translation_that_is_none_is_found():
    content = packaged.bundle("france", "carte_identite")
    same = json.loads(content)["sentences"]["fr"]["refaire.ask"]
    content = apply(content, SentenceEdit("refaire.ask", "en", same))
    assert ("L32", "en", "refaire.ask") in {
        (each.rule, each.locale, each.path) for each in check_content(content, today=TODAY)
    }


def test_a_flow_says_with_whom_it_was_tried(written):
    assert not_tried([written("Bon courage, {nom}.")]) == ["essai"]
    assert not_tried([written("Bon courage, {nom}.", "tested: {people: 6, on: 2026-03-01}\n")]) == []


def test_every_rule_has_a_name_to_leave_it_by():
    rules = {**plain.SENTENCE_RULES, **plain.MESSAGE_RULES, **plain.FLOW_RULES}
    assert {rule for rule, function in rules.items() if function.__name__ not in RULE_NAMES[rule]} == set()


def test_every_rule_is_told_to_authors():
    told = re.findall(r"^\| (L\d\d) \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted([*told, "L35"]) == [f"L{number:02}" for number in range(1, 36)]


def test_what_we_ship_is_written_plainly():
    facts = {"fact_expired", "fact_unverified"}
    found = [each for each in checker.check(today=date(2026, 5, 3)) if each.rule not in facts]
    assert [str(each) for each in found if "Left on purpose" not in each.message] == []
    assert {each.flow for each in found} <= {"sans_reponse"}  # its letter is to a service
