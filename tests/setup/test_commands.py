"""The commands, as programs and people use them: lines in, lines out, and one sentence where something is wrong."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sms_gateway.cli import main
from tests.running import ROOT

FLOW = ROOT / "flows" / "library" / "france" / "carte_identite.yaml"
TRANSCRIPT = ROOT / "flows" / "library" / "france" / "carte_identite_perdue.transcript"
FINDING = {"flow", "step", "rule", "severity", "locale", "channel", "message", "line"}


@pytest.fixture
def guichet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on a data folder of the test's own."""
    monkeypatch.setenv("GUICHET_DATA", str(tmp_path / "var"))

    def run(*words: str, given: str | bytes = "") -> Result:
        return CliRunner().invoke(main, list(words), input=given, catch_exceptions=False)

    return run


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that has been started on before."""
    data = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GUICHET_DATA", str(data))
        assert CliRunner().invoke(main, ["prepare"], catch_exceptions=False).exit_code == 0
    return data


def answers(result: Result) -> list[dict[str, Any]]:
    """The JSON lines that a command wrote."""
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


# --- measure and read


def test_measure_tells_what_each_text_costs(guichet: Any) -> None:
    lines = [{"id": 1, "text": "Bonjour"}, {"id": "b", "text": "é{" * 60 + "x"}, {"id": 3, "text": "Dossier reçu"}]
    first, second, third = answers(guichet("measure", given="\n".join(map(json.dumps, lines)) + "\n\n"))
    assert first == {
        "id": 1,
        "encoding": "GSM-7",
        "segments": 1,
        "units": 7,
        "part_units": [7],
        "non_gsm7": [],
        "rewritten": "Bonjour",
    }
    assert (second["id"], second["segments"], sum(second["part_units"])) == ("b", 2, 181)
    assert (third["encoding"], third["non_gsm7"], third["rewritten"]) == ("UCS-2", ["ç"], "Dossier recu")


def test_measure_answers_even_for_half_a_character(guichet: Any) -> None:
    (answer,) = answers(guichet("measure", given='{"id": 1, "text": "a\\ud83d"}\n'))
    assert (answer["encoding"], answer["units"], answer["non_gsm7"]) == ("UCS-2", 2, ["\ufffd"])


def test_read_tells_what_a_text_means(guichet: Any) -> None:
    asked = {"id": "x", "lang": "fr", "expected": "choice", "options": ["1 Perdue", "2 Volée"], "today": "2026-03-10"}
    lines = [asked | {"text": "volle"}, asked | {"text": "je veux parler a quelqu'un", "id": "y"}]
    first, second = answers(guichet("read", given="".join(json.dumps(line) + "\n" for line in lines)))
    assert first == {"id": "x", "intent": "answer", "value": 2}
    assert (second["id"], second["intent"]) == ("y", "human")


def test_a_line_is_answered_at_once_for_a_program_that_waits() -> None:
    command = [sys.executable, "-m", "sms_gateway", "measure"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "text": "é"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number


@pytest.mark.parametrize(
    ("command", "line", "words"),
    [
        ("measure", "nonsense", "Line 2 is no JSON"),
        ("measure", "[1]", "Line 2 is no JSON object"),
        ("measure", '{"id": 2}', "Line 2 lacks 'text'"),
        ("read", '{"id": 2, "expected": "colour", "text": "x", "today": "2026-03-10"}', "Line 2"),
    ],
)
def test_a_line_that_cant_be_read_is_named(guichet: Any, command: str, line: str, words: str) -> None:
    good = '{"id": 1, "lang": "fr", "expected": "any", "text": "x", "today": "2026-03-10"}'
    result = guichet(command, given=f"{good}\n{line}\n")
    assert result.exit_code == 1
    assert words in result.stderr
    assert len(result.stdout.splitlines()) == 1


# --- check and play


def test_the_library_has_no_error_and_findings_have_their_fields(guichet: Any) -> None:
    result = guichet("check", "--json", "--today", "2026-06-01")
    assert result.exit_code == 0
    assert all(set(finding) == FINDING for finding in json.loads(result.stdout))


def test_a_fact_that_has_expired_is_an_error_on_that_day(guichet: Any) -> None:
    result = guichet("check", str(FLOW), "--json", "--today", "2030-01-01")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert {finding["severity"] for finding in found} <= {"error", "warning"}
    assert any(finding["severity"] == "error" and finding["flow"] == "carte_identite" for finding in found)


def test_a_flow_with_an_error_fails_the_check_in_words(guichet: Any, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(FLOW.read_text().replace("start:", "begin:", 1))
    result = guichet("check", str(path), "--country", "france")
    assert result.exit_code == 1
    assert "broken" in result.stdout
    assert "line" in result.stdout


def test_a_transcript_goes_as_written_and_one_that_does_not_shows_where(guichet: Any, tmp_path: Path) -> None:
    assert guichet("play", str(TRANSCRIPT)).exit_code == 0
    changed = tmp_path / "france" / TRANSCRIPT.name
    changed.parent.mkdir()
    shutil.copy(FLOW, changed.parent)
    lines = TRANSCRIPT.read_text().splitlines()
    spoken = next(number for number, line in enumerate(lines) if line.startswith("< "))
    lines[spoken] = "< Something that nobody says."
    changed.write_text("\n".join(lines) + "\n")
    result = guichet("play", str(TRANSCRIPT), str(changed))
    assert result.exit_code == 1
    assert "Something that nobody says." in result.stdout
    assert f"{TRANSCRIPT}: as written." in result.stdout


# --- accounts


def test_an_account_is_made_and_its_password_comes_from_standard_input(guichet: Any) -> None:
    made = guichet("account", "add", "--role", "volunteer", "--login", "fatou", "--phone", "+33 6 12 34 56 78",
                   "--languages", "fr, en", given="une phrase longue\n")  # fmt: skip
    assert made.exit_code == 0, made.output
    assert "une phrase longue" not in made.output
    again = guichet("account", "add", "--role", "editor", "--login", "fatou", given="une autre phrase\n")
    assert again.exit_code != 0
    assert "another one" in again.stderr


@pytest.mark.parametrize(
    ("words", "password", "said"),
    [
        (("--role", "volunteer", "--login", "awa2"), "court", "at least 8 characters"),
        (("--role", "volunteer", "--login", "awa2", "--phone", "12"), "une phrase longue", "A phone starts with +"),
        (("--role", "volunteer", "--login", "awa2", "--organisation", "no"), "une phrase longue", "no organisation"),
    ],
)
def test_an_account_that_cant_be_says_why(
    guichet: Any, prepared: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], password: str, said: str
) -> None:
    monkeypatch.setenv("GUICHET_DATA", str(prepared))
    refused = guichet("account", "add", *words, given=f"{password}\n")
    assert refused.exit_code == 2
    assert said in refused.stderr


def test_a_password_is_no_option(guichet: Any) -> None:
    assert guichet("account", "add", "--role", "editor", "--login", "x", "--password", "y").exit_code == 2


# --- doctor, and all of them


def test_the_doctor_says_what_to_mend(guichet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = guichet("doctor")
    assert fresh.exit_code == 1
    assert "lacks migrations" in fresh.stdout
    assert guichet("prepare").exit_code == 0
    well = guichet("doctor")
    assert (well.exit_code, "to mend" in well.stdout) == (0, False), well.stdout
    monkeypatch.setenv("GUICHET_HOOK_SECRETS", "short")
    monkeypatch.setenv("GUICHET_DATABSE_URL", "x")
    ill = guichet("doctor")
    assert ill.exit_code == 1
    assert "openssl rand -hex 32" in ill.stdout
    assert "GUICHET_DATABSE_URL is no setting" in ill.stdout


def test_the_doctor_knows_the_database_of_a_newer_guichet(guichet: Any, prepared: Path, tmp_path: Path) -> None:
    shutil.copytree(prepared, tmp_path / "var")
    with sqlite3.connect(tmp_path / "var" / "guichet.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    said = guichet("doctor")
    assert said.exit_code == 1
    assert "belongs to a newer Guichet" in said.stdout
    assert "Start that version" in said.stdout
    assert "it brings the database" not in said.stdout


def test_the_doctor_names_a_wrong_setting(guichet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    assert "PORT can't be used as it is." in guichet("doctor").stdout


@pytest.mark.parametrize("command", ["run", "read", "measure", "check", "play", "phone", "account", "doctor"])
def test_every_command_has_its_help(guichet: Any, command: str) -> None:
    assert command in guichet("--help").stdout
    assert guichet(command, "--help").exit_code == 0


def test_commands_start_quickly_since_they_import_what_they_need() -> None:
    code = "import sys, sms_gateway.cli; print({'flask', 'sqlalchemy', 'flows', 'redis', 'granian'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.strip() == "set()"
