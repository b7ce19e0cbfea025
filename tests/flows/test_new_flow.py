"""`guichet new-flow` writes a flow that works at once, and never over another."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flows import packaged
from flows.checker import check
from flows.definition import End, Handoff
from flows.parser import parse
from flows.transcript import play
from sms_gateway.cli import main
from tests.flows.talking import TODAY


def begin(folder: Path, *words: str) -> Result:
    """The command, writing into a folder."""
    return CliRunner().invoke(main, ["new-flow", *words, "--folder", str(folder)])


@pytest.mark.parametrize("country", packaged.countries())
def test_a_new_flow_is_checked_and_played_at_once(country, tmp_path):
    folder = tmp_path / country
    folder.mkdir()
    told = begin(folder, country, "carte_grise")
    assert told.exit_code == 0, told.output
    assert check([folder], today=TODAY) == []
    conversations = sorted(folder.glob("*.transcript"))
    assert [path.name for path in conversations] == ["carte_grise.transcript", "carte_grise_person.transcript"]
    assert [play(path) for path in conversations] == [[], []]
    runner = CliRunner()
    assert runner.invoke(main, ["check", str(folder)]).exit_code == 0
    assert runner.invoke(main, ["play", *map(str, conversations)]).exit_code == 0


def test_its_conversations_reach_its_end_and_its_person(tmp_path):
    begin(tmp_path, "france", "carte_grise", "--title", "Carte grise perdue")
    flow = parse((tmp_path / "carte_grise.yaml").read_text(), file="carte_grise")
    assert flow.title.text == "Carte grise perdue"
    assert flow.keywords == ("carte grise perdue",)
    assert {type(step) for step in flow.steps.values()} >= {End, Handoff}
    assert "Demain" in (tmp_path / "carte_grise.transcript").read_text()
    assert "! case opened: handoff" in (tmp_path / "carte_grise_person.transcript").read_text()


def test_it_says_what_to_do_next_and_where_the_translations_go(tmp_path):
    told = begin(tmp_path, "france", "carte_grise").output
    assert "guichet check" in told
    assert "--country france" in told
    assert "locales/en/LC_MESSAGES/france.po" in told
    assert "make translations" in told


def test_nothing_is_written_over_what_is_there(tmp_path):
    kept = tmp_path / "carte_grise_person.transcript"
    kept.write_text("mine")
    told = begin(tmp_path, "france", "carte_grise")
    assert told.exit_code == 1
    assert "nothing was written" in told.output
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]
    assert kept.read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["frence", "carte"], "Write `france`."),
        (["japan", "carte"], "Write one of: cote_divoire, france, kenya."),
        (["france", "Carte Grise"], "Write `carte_grise`."),
        (["france", "menu"], "a name of the machine's own"),
        (["france", "carte", "--title", "Carte: grise"], "YAML reads otherwise"),
    ],
)
def test_a_name_that_can_not_be_is_told_with_what_to_write(words, said, tmp_path):
    told = begin(tmp_path, *words)
    assert told.exit_code == 1
    assert said in told.output
    assert list(tmp_path.iterdir()) == []


def test_a_shipped_flow_is_never_written_over():
    path = packaged.LIBRARY / "france" / "carte_identite.yaml"
    before = path.read_bytes()
    told = CliRunner().invoke(main, ["new-flow", "france", "carte_identite"])
    assert told.exit_code == 1
    assert path.read_bytes() == before
