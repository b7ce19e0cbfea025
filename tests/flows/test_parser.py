"""Every mistake in a flow is told with its line, and with what to write instead."""

from datetime import date

import pytest

from flows.definition import Ask, Condition, Decide, Handoff, sentences
from flows.parser import ParseError, definition_of, parse, parse_common
from tests.flows.talking import LOST_CARD

START = "title: Essai\nlanguages: [fr]\nstart: a\nsteps:\n"


def test_a_flow_is_read_with_its_steps_facts_and_sentences():
    flow = parse(LOST_CARD, file="carte.yaml")
    assert flow.languages == ("fr",)
    assert flow.facts["timbre"].valid_to == date(2027, 1, 1)
    age, qui, retard = flow.steps["age"], flow.steps["qui"], flow.steps["retard"]
    assert isinstance(age, Ask)
    assert (age.low, age.high) == (0, 120)
    assert isinstance(qui, Decide)
    assert qui.rows[0].when == (Condition("age", (), 0, 17),)
    assert isinstance(retard, Handoff)
    assert retard.answer_within_minutes == 24 * 60
    paths = [path for path, _ in sentences(flow)]
    assert paths[:4] == ["title", "comment.ask", "comment.choices.perdue", "comment.choices.volee"]


def test_a_frozen_flow_reads_as_the_same_flow():
    flow = parse(LOST_CARD, file="carte.yaml")
    thawed = definition_of(flow.tree, file="carte.yaml")
    assert thawed.tree == flow.tree
    assert [words.text for _, words in sentences(thawed)] == [words.text for _, words in sentences(flow)]


def test_every_value_is_a_string():
    flow = parse(START + "  a:\n    end: 012\n", file="x")
    assert dict(sentences(flow))["a.end"].text == "012"


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("title: A\ntitle: B\n", 2, "stands twice (first on line 1)"),
        (START + "  a:\n    ask: Votre âge ? Exemple : 34\n", 6, "needs quotes"),
        (START + "  a:\n    tel: [Bonjour]\n", 6, "Write `tell`"),
        (START + "  a:\n    tell: [Bonjour]\n    gol: b\n", 7, "Write `go`"),
        (START + "  a:\n    ask: Combien ?\n    expect: numbre 0 to 9\n", 7, "Write `number`"),
        (START + "  a:\n    ask: Combien ?\n    expect: number 9 to 0\n", 7, "Write `0 to 9`"),
        (START + "  a:\n    ask: Combien ?\n    expect: number a lot\n", 7, "Write it so: `0 to 120`"),
        (START + "  a:\n    ask: Combien ?\n", 6, "What answer does it wait for?"),
        (START + "  a:\n    ask: Oui ?\n    expect: place 3\n", 7, "Write `expect: place`"),
        (START + "  a:\n    ask: Oui ?\n    expect: text\n    if_yes: a\n", 5, "expect: yes_no"),
        (START + "  a é:\n    end: Fin\n", 5, "Write `a`"),
        (START + "  a:\n    end:\n", 6, "`end` is empty"),
        (START + "  a:\n    decide: []\n", 6, "`decide` is a list"),
        (START + "  a:\n    decide: [{go: a}]\n", 6, "When does this row hold?"),
        (START + "  a:\n    handoff: {summary: x}\n", 6, "`topic` is missing"),
        (START + "  a:\n    handoff: {topic: x, summary: x, answer_within: soon}\n", 6, "Write `2 hours`"),
        (START + "  a:\n    do: opn_menu\n", 6, "Write `open_menu`"),
        (START + "  a:\n    do: helped maybe\n", 6, "Write `do: helped yes` or `do: helped no`"),
        (START + "  a:\n    tell: &x [Bonjour]\n    go: a\n", 6, "Anchors"),
        (START + "  a: bonjour\n", 5, "says nothing"),
        (START + "  a:\n    tell: [Bonjour]\n    also_by_sms: perhaps\n", 7, "Write `also_by_sms: yes`"),
        ("title: A\nlanguages: [francais]\nstart: a\nsteps: {a: {end: x}}\n", 2, "Write `fr`."),
        ("title: A\nlanguages: [FR]\nstart: a\nsteps: {a: {end: x}}\n", 2, "Write `fr`."),
        ("title: A\nlanguages: [fx]\nstart: a\nsteps: {a: {end: x}}\n", 2, "Write `fr`, `en` or `sw`"),
        (START + "  a:\n    handoff: {topic: x, summary: x, answer_within: 2 houres}\n", 6, "Write `2 hours`"),
        (START + "  a:\n    handoff: {topic: x, summary: x, answer_within: 1 jour}\n", 6, "Write `1 day`"),
        (START + "  a:\n    ask_again: {after: 3 weeks, ask: Oui ?, if_no: a}\n", 6, "Write `after: 21 days`"),
        (START + "  a:\n    ask_again: {after: bientôt, ask: Oui ?, if_no: a}\n", 6, "Write `after: 21 days`"),
        (START + "  a:\n    ask: Oui ?\n    expect: yesno\n", 7, "Write `yes_no`"),
        (START + "  a:\n    ask: Oui ?\n    choices: {x: {label: X, also: {anglais: [ex]}, go: a}}\n", 7, "Write `en`"),
        (START + "  return:\n    end: Fin\n", 5, "Give the step another name"),
        ("title: A\nlanguages: [fr]\nstart: a\n", 1, "A flow needs steps"),
        ("title: A\nlanguages: [fr]\nfacts: {prix: {value: 1, valid_to: demain}}\nstart: a\nsteps: {a: {end: x}}\n", 3,
         "`valid_to: 2026-03-12`"),
        ("title: A\nlanguages: [fr]\nwaive: {L14: }\nstart: a\nsteps: {a: {end: x}}\n", 3, "Write `L14: the reason"),
        ("title: A\nlanguages: [fr]\ntested: {people: some, on: 2026-03-12}\nstart: a\nsteps: {a: {end: x}}\n", 3,
         "Write `people: 6`"),
        ("title: A\nlanguages: [fr]\ntested: {people: 6}\nstart: a\nsteps: {a: {end: x}}\n", 3, "`on: 2026-03-12`"),
        ("", 1, "The file is empty"),
        ("- a\n", 1, "There should be a table"),
        ("title: [\n", 2, "YAML can't read this"),
        ("title: A\n---\ntitle: B\n", 2, "one flow"),
    ],
)  # fmt: skip
def test_a_mistake_says_its_line_and_what_to_write(text, line, told):
    with pytest.raises(ParseError) as caught:
        parse(text, file="essai.yaml")
    assert any(told in problem.message for problem in caught.value.problems), str(caught.value)
    assert any(problem.line == line for problem in caught.value.problems), str(caught.value)
    assert "essai.yaml, line" in str(caught.value)


def test_all_mistakes_are_told_at_once():
    with pytest.raises(ParseError) as caught:
        parse(START.replace("start: a", "strat: a") + "  a:\n    tel: [x]\n  b:\n    en: x\n", file="x")
    assert len(caught.value.problems) == 4


def test_a_dialogue_names_only_phrases_that_exist():
    text = """
languages: [fr]
phrases:
  menu: {where: x, channel: both, fr: "Vous cherchez :"}
dialogues:
  d: {start: a, steps: {a: {end: {phrase: menus}}}}
"""
    with pytest.raises(ParseError, match="Write `menu`"):
        parse_common(text, file="common.yaml")
