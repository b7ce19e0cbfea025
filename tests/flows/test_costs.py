"""What a path costs is what a conversation that takes it really sends, at its longest."""

import pytest
from click.testing import CliRunner

from flows import packaged
from flows.alphabet import measure
from flows.compiler import compile_bundle
from flows.costs import Cost, costs, tables
from flows.machine import Machine
from flows.transcript import read_text, retell_text
from sms_gateway.cli import main
from tests.flows.talking import LOST_CARD, list_machine, machine_of

NAMED = """
title: Nom
languages: [fr]
start: nom
steps:
  nom:
    ask: "Quel est votre nom ? Exemple : Awa"
    expect: name
    go: combien
  combien:
    ask: "Combien d'enfants ? Exemple : 2"
    expect: number 0 to 100
    go: suite
  suite:
    ask: "{nom}, VOUS vous avez {combien: n, one: un enfant, other: {n} enfants}. Est-ce juste ?"
    expect: yes_no
    if_yes: fin
    if_no: nom
  fin:
    end: Merci {nom}.
"""
FILL = " ".join(["Une phrase"] * 9)
LONG = "m" * 20


def sent(machine: Machine, *given: str, language: str = "fr") -> tuple[int, int]:
    """The parts and the texts of a written conversation, as it is told."""
    lines = "\n".join(line if line.startswith("@") else f"> {line}" for line in given)
    told = retell_text(machine, f"flow: essai\nlanguage: {language}\ntoday: 2026-03-12\n\n{lines}\n")
    said = [each.text for one in read_text(told, "").exchanges for each in one.expected if each.mark == "<"]
    return sum(measure(text).segments for text in said), sum(not line.startswith("@") for line in given)


def cost(machine: Machine, ending: str, language: str = "fr") -> tuple[int, int]:
    (found,) = [each for each in costs(machine, language) if each.ending == ending]
    return found.parts, found.texts


def test_the_dearest_way_to_each_ending_is_what_a_conversation_on_it_sends() -> None:
    machine = machine_of(LOST_CARD)
    handed_over = ("carte", "volee", "12", "non")
    assert cost(machine, "retard") == sent(machine, *handed_over)
    assert cost(machine, "fin") == sent(machine, *handed_over, "@ case ended settled")


@pytest.mark.parametrize("language", ["en", "sw"])
def test_what_we_ship_costs_what_its_longest_way_sends(language: str) -> None:
    machine = compile_bundle(packaged.bundle("kenya", "lost_id"))
    way = ("lost id", "2", "2", "1", "Kisumu", "near the market")
    assert cost(machine, "person", language) == sent(machine, *way, language=language)
    late = (*way, "@ case ended settled", "@ timer", "2")
    parts, texts = sent(machine, *late, language=language)
    assert cost(machine, "late", language) == (parts, texts)


def test_values_count_with_their_longest_and_a_question_that_comes_back_is_asked_once() -> None:
    long = machine_of(NAMED.replace("VOUS", FILL))
    assert cost(long, "fin") == sent(long, "nom", LONG, "100", "1")
    assert cost(long, "fin")[0] == sent(long, "nom", "Awa", "1", "1")[0] + 1


def test_an_option_on_the_last_page_costs_the_pages_before_it() -> None:
    machine = list_machine([f"Ville {number}" for number in range(1, 18)])
    (found,) = costs(machine, "fr")
    assert (found.parts, found.texts) == sent(machine, "ville", "8", "8", "8", "32")


def test_a_flow_that_cannot_run_has_no_table(tmp_path) -> None:
    (tmp_path / "carte.yaml").write_text(LOST_CARD)
    (tmp_path / "autre.yaml").write_text("start: nowhere")
    told = list(tables([tmp_path], country="france"))
    assert told[0].startswith("carte, fr: ")
    assert told[1].split() == ["fin", *map(str, cost(machine_of(LOST_CARD), "fin"))]
    assert len(told) == 4


def test_check_tells_the_costs_where_it_is_asked_to(tmp_path) -> None:
    path = tmp_path / "carte.yaml"
    path.write_text(LOST_CARD)
    asked = CliRunner().invoke(main, ["check", str(path), "--country", "france", "--costs"])
    assert "carte, fr: SMS parts that we send" in asked.output
    assert "SMS parts that we send" not in CliRunner().invoke(main, ["check", str(path), "--country", "france"]).output


def test_a_cost_names_its_ending_in_the_order_of_the_flow() -> None:
    assert [each.ending for each in costs(machine_of(LOST_CARD), "fr")] == ["fin", "retard"]
    assert isinstance(costs(machine_of(LOST_CARD), "fr")[0], Cost)
