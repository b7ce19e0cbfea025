"""Every rule refuses its one tiny broken flow, and says where and how to mend it."""

import re
from datetime import date
from pathlib import Path

import pytest

from flows import checker, plain, rules, soundness
from flows.checker import check
from flows.finding import FindingSeverity
from tests.flows.talking import LOST_CARD, TODAY

BROKEN = Path(__file__).parent.parent / "broken_flows"
FILES = sorted(BROKEN.glob("*.yaml"))
# What the compiler and the tables find under names of their own.
ELSEWHERE = {"missing_sentence", "unreadable", "duplicate_key", "decide_gap", "decide_overlap", "free_text_echoed"}
ELSEWHERE |= {"bad_braces", "waiver", "call", "not_reached"}
# What needs a translation to be found: `tests/flows/plain`.
IN_CONTENTS = {"L32"}
NAMES = {"decision_table": "decide_gap", "readable_braces": "bad_braces"}


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_broken_flow_is_refused_for_its_own_reason(path):
    found = check([path], today=TODAY)
    assert {finding.rule for finding in found} == {path.stem}
    for finding in found:
        assert finding.flow == path.stem
        assert finding.line > 0
        assert finding.message.endswith(".")
        assert len(re.findall(r"[.:?] ", finding.message)) >= 1, "says what is wrong, then what to write"


def test_every_rule_has_its_broken_flow():
    named = {NAMES.get(rule.__name__, rule.__name__) for rule in (*soundness.RULES, *rules.RULES)}
    plainly = {*plain.SENTENCE_RULES, *plain.MESSAGE_RULES, *plain.FLOW_RULES} - IN_CONTENTS
    assert named | ELSEWHERE | plainly == {path.stem for path in FILES}


def test_a_whole_flow_has_no_finding(tmp_path):
    path = tmp_path / "carte.yaml"
    path.write_text(LOST_CARD)
    assert check([path], today=TODAY) == []


def test_the_day_decides_whether_a_fact_holds(tmp_path):
    path = tmp_path / "carte.yaml"
    path.write_text(LOST_CARD)
    assert check([path], today=date(2026, 8, 1)) == []
    assert [each.rule for each in check([path], today=date(2026, 12, 31))] == ["fact_unverified"]
    assert "fact_expired" in [each.rule for each in check([path], today=date(2027, 1, 2))]


def test_what_we_ship_has_no_error():
    found = [finding for finding in check(today=TODAY) if finding.severity is FindingSeverity.ERROR]
    assert found == []


def test_a_file_that_is_not_there_is_a_finding():
    assert [each.rule for each in check(["/nowhere/flow.yaml"], today=TODAY)] == ["unreadable"]


def test_the_country_comes_from_the_folder_then_from_the_option(tmp_path):
    folder = tmp_path / "kenya"
    folder.mkdir()
    text = "title: T\nlanguages: [en]\nkeywords: [t]\nstart: a\nsteps:\n  a: {end: Go there.}\n"
    for path in (folder / "flow.yaml", tmp_path / "flow.yaml"):
        path.write_text(text)
        assert check([path], today=TODAY, country="cote_divoire" if path.parent == tmp_path else "") == []


@pytest.mark.parametrize(
    ("name", "said"),
    [("{nom}", "m" * 20), ("{lieu}", "m" * 30), ("{n}", "120"), ("{choix}", "Le plus long"), ("{case}", "987654")],
)
def test_a_screen_is_measured_with_each_value_at_its_longest(tmp_path, name, said):
    path = tmp_path / "carte.yaml"
    filler = "x" * (160 - len("\n1 Oui\n2 Non\n0 Une personne\n9 Retour") - len(said) - 1)
    text = f"""
title: Essai
languages: [fr]
keywords: [essai]
start: nom
steps:
  nom: {{ask: Votre nom ?, expect: name, go: lieu}}
  lieu: {{ask: Votre ville ?, expect: place, go: n}}
  n: {{ask: "Combien ? Exemple : 3", expect: number 0 to 120, go: choix}}
  choix: {{ask: Lequel ?, choices: {{a: {{label: Le plus long}}, b: {{label: Bref}}}}, go: long}}
  long: {{ask: "{filler} {name}", expect: yes_no, go: fin}}
  fin: {{end: Fini.}}
"""
    path.write_text(text)
    assert screens_of(path) == [FindingSeverity.WARNING]
    path.write_text(text.replace(filler, f"{filler}x"))
    assert screens_of(path) == [FindingSeverity.ERROR]


def screens_of(path):
    """How grave the screens of a flow are that are too long."""
    return [each.severity for each in check([path], today=TODAY) if each.rule == "screen_too_long"]


def test_a_finding_reads_as_one_line():
    found = check([BROKEN / "missing_target.yaml"], today=TODAY)
    assert str(found[0]) == (
        "missing_target, line 7: error: There is no step `fim`. Write `fin`. (missing_target: a)"
    )


def test_checker_names_what_it_gives():
    assert checker.check is check
