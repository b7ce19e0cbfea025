"""The JSON Schema says what the parser says: every flow that is read validates, every broken construct does not."""

import datetime
import json
from collections.abc import Callable

import fastjsonschema
import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from flows import grammar, packaged
from flows.parser import ParseError, parse
from flows.schema import schema
from sms_gateway.cli import main
from tests.flows.talking import LOST_CARD
from tests.flows.test_checker import BROKEN
from tests.flows.test_engine_promises import EVERY_KIND
from tests.flows.test_help import FLOW as WITH_HELP
from tests.flows.test_subflows import ADDRESS, CARD, HELPED

LIBRARY = sorted(path for path in packaged.LIBRARY.glob("*/*.yaml") if path.name != "pack.yaml")
UNREADABLE = {"unreadable", "duplicate_key", "too_many_options"}  # YAML itself, or what the schema knows too
HEAD = "title: Essai\nlanguages: [fr]\nkeywords: [essai]\n"


@pytest.fixture(scope="module")
def validate() -> Callable[[object], object]:
    return fastjsonschema.compile(schema())


def as_an_editor_reads(text: str) -> object:
    """A YAML page as values: dates are texts in JSON."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=_text))


def _text(value: object) -> str:
    assert isinstance(value, datetime.date)
    return value.isoformat()


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_every_flow_that_we_ship_validates(path, validate):
    validate(as_an_editor_reads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sorted(BROKEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_flow_that_is_well_written_but_wrong_elsewhere_validates(path, validate):
    if path.stem not in UNREADABLE:
        validate(as_an_editor_reads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "construct",
    [
        "a: {end: Fin.}",
        "a: {tell: Bonjour., go: b}",
        "a: {tell: [Un., Deux.], also_by_sms: yes, go: b}",
        "a: {ask: Quoi ?, choices: {x: Un, y: {label: Deux, also: [zwei], go: b}}, go: c}",
        "a: {ask: Quoi ?, choices: {x: {label: Un, also: {fr: [un], en: one}}}, unclear_means: x, go: b}",
        "a: {ask: Quoi ?, from: villes, go: b}",
        "a: {ask: Oui ?, expect: yes_no, if_yes: b, if_no: return, simpler: Non ?, help: 'Dites oui.'}",
        "a: {ask: Quoi ?, expect: number, go: b}",
        "a: {ask: Quoi ?, expect: number -3 to 120, go: b}",
        "a: {ask: Quoi ?, expect: amount 1 to 500, go: b}",
        *(f"a: {{ask: Quoi ?, expect: {kind}, go: b}}" for kind in ("place", "name", "date", "amount", "text")),
        "a: {decide: [{when: {b: 0 to 17, c.d: [yes, no]}, because: Voilà., go: b}, {when: {b: 18}, go: c}]}",
        "a: {handoff: {topic: x, summary: y, answer_within: 1 working day, urgent: yes}, go: b}",
        "a: {handoff: {topic: x, summary: y, answer_within: 30 minutes, go: b}}",
        "a: {call: adresse}",
        "a: {call: adresse, summary: 'De {b}', go: b}",
        "a: {ask_again: {after: 21 days, ask: Oui ?, if_no: b}, end: Fin.}",
        "a: {do: helped yes}",
        "a: {do: 'open_flow {b}', go: c}",
    ],
)
def test_what_the_parser_reads_validates(construct, validate):
    text = f"{HEAD}start: a\nsteps:\n  {construct}\n"
    parse(text, file="essai")
    validate(as_an_editor_reads(text))


@pytest.mark.parametrize("text", [LOST_CARD, EVERY_KIND, WITH_HELP, CARD, ADDRESS, HELPED])
def test_the_flows_of_other_tests_validate(text, validate):
    parse(text, file="essai")
    validate(as_an_editor_reads(text))


@pytest.mark.parametrize(
    "construct",
    [
        "a: {}",
        "a: bonjour",
        "a: {tel: [Bonjour]}",
        "a: {tell: [Bonjour], gol: b}",
        "a: {tell: [], go: b}",
        "a: {tell: [Bonjour], also_by_sms: perhaps}",
        "a: {ask: Quoi ?}",
        "a: {ask: Quoi ?, expect: numbre}",
        "a: {ask: Quoi ?, expect: choice}",
        "a: {ask: Quoi ?, expect: number a lot}",
        "a: {ask: Quoi ?, expect: place 3}",
        "a: {ask: Quoi ?, expect: text, if_yes: b}",
        "a: {ask: Quoi ?, expect: text, choices: {x: Un}}",
        "a: {ask: Quoi ?, choices: {}}",
        "a: {ask: Quoi ?, choices: {X: Un}}",
        "a: {ask: Quoi ?, choices: {x: {label: Un, als: [a]}}}",
        "a: {ask: Quoi ?, choices: {x: {label: Un, also: {français: [a]}}}}",
        "a: {decide: []}",
        "a: {decide: [{go: b}]}",
        "a: {decide: [{when: {b: 1}, goes: b}]}",
        "a: {handoff: {summary: x}}",
        "a: {handoff: {topic: x, summary: y, answer_within: soon}}",
        "a: {ask_again: {after: 3 weeks, ask: Oui ?, if_no: b}, end: Fin.}",
        "a: {ask_again: {ask: Oui ?, if_no: b}, end: Fin.}",
        "a: {do: opn_menu}",
        "a: {do: helped maybe}",
        "a: {call: }",
        "a: {call: adresse, with: b}",
        "a é: {end: Fin.}",
        "a: {end: }",
    ],
)
def test_what_the_parser_refuses_does_not_validate(construct, validate):
    text = f"{HEAD}start: a\nsteps:\n  {construct}\n"
    with pytest.raises(ParseError):
        parse(text, file="essai")
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        validate(as_an_editor_reads(text))


@pytest.mark.parametrize(
    "line",
    [
        "titel: x",
        "languages: [francais]",
        "discreet: perhaps",
        "facts: {prix: {valeur: 1}}",
        "facts: {prix: {value: 1, valid_to: demain}}",
        "facts: {Prix: {value: 1}}",
        "waive: {L14: }",
        "tested: {people: some, on: 2026-03-12}",
        "tested: {people: 6}",
    ],
)
def test_a_wrong_line_at_the_top_does_not_validate(line, validate):
    text = "\n".join({key.partition(":")[0]: key for key in (*HEAD.splitlines(), line)}.values())
    text += "\nstart: a\nsteps: {a: {end: Fin.}}\n"
    with pytest.raises(ParseError):
        parse(text, file="essai")
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        validate(as_an_editor_reads(text))


def test_an_editor_shows_what_every_word_is_for():
    tables = (grammar.FLOW, grammar.FACT, grammar.CHOICE, grammar.ROW, grammar.HANDOFF, *grammar.STEPS.values())
    written = json.dumps(schema(), ensure_ascii=False)
    for key in (key for table in tables for key in table.values()):
        assert key.about.endswith(".") or key.about.endswith("].")
        assert json.dumps(key.about, ensure_ascii=False) in written


def test_the_command_prints_it():
    told = CliRunner().invoke(main, ["schema"])
    assert told.exit_code == 0
    assert json.loads(told.output) == schema()
