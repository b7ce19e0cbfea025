"""The procedures that we ship: they pass the checker, their conversations go as written, their bundles stay."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from flows import packaged
from flows.checker import check
from flows.compiler import compile_bundle
from flows.definition import Ask, Expected
from flows.finding import FindingSeverity
from flows.transcript import play, read_transcript

SHIPPED = [(country, code) for country in packaged.countries() for code in packaged.flow_codes(country)]
TRANSCRIPTS = [path for country, code in SHIPPED for path in packaged.transcripts(country, code)]
WRITTEN_FOR = date(2026, 11, 24)


def test_the_library_has_no_error() -> None:
    findings = check(today=WRITTEN_FOR)
    assert [str(finding) for finding in findings if finding.severity is FindingSeverity.ERROR] == []


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_written_conversation_goes_as_it_is_written(path: Path) -> None:
    assert [str(difference) for difference in play(path)] == []


@pytest.mark.parametrize(("country", "code"), SHIPPED)
def test_every_procedure_has_written_conversations_in_its_own_folder(country: str, code: str) -> None:
    assert packaged.transcripts(country, code)
    assert {path.parent.name for path in packaged.transcripts(country, code)} == {country}


@pytest.mark.parametrize(("country", "code"), SHIPPED)
def test_every_procedure_speaks_every_language_of_its_country_and_is_written_in_each(country: str, code: str) -> None:
    languages = packaged.pack(country).languages
    assert packaged.flow(country, code).languages == languages
    written = {read_transcript(path).header["language"] for path in packaged.transcripts(country, code)}
    assert written == set(languages)


def test_every_transcript_in_the_library_belongs_to_a_procedure() -> None:
    assert sorted(packaged.LIBRARY.rglob("*.transcript")) == sorted(TRANSCRIPTS)


@pytest.mark.parametrize(("country", "code"), SHIPPED)
def test_a_procedure_is_asked_for_by_its_own_title(country: str, code: str) -> None:
    flow = packaged.flow(country, code)
    assert flow.keywords
    assert code in packaged.flow_names(country, packaged.flow_codes(country), flow.languages[0])


@pytest.mark.parametrize(("country", "code"), SHIPPED)
def test_every_fact_has_a_source_and_the_day_of_its_source(country: str, code: str) -> None:
    for fact in packaged.flow(country, code).facts.values():
        assert fact.source
        assert fact.checked


@pytest.mark.parametrize(("country", "code"), SHIPPED)
def test_every_topic_of_a_hand_off_is_one_of_the_country(country: str, code: str) -> None:
    steps = packaged.flow(country, code).steps.values()
    topics = {step.topic for step in steps if hasattr(step, "topic")}
    assert topics <= set(packaged.pack(country).topics)


def test_the_procedures_ask_every_kind_of_question() -> None:
    asked = {
        step.expected
        for country, code in SHIPPED
        for step in packaged.flow(country, code).steps.values()
        if isinstance(step, Ask)
    }
    assert {Expected.CHOICE, Expected.YES_NO, Expected.NUMBER, Expected.PLACE, Expected.TEXT} <= asked


@pytest.mark.parametrize("country", packaged.countries())
def test_a_menu_has_the_procedures_of_its_country_and_is_never_empty(country: str) -> None:
    codes = packaged.flow_codes(country)
    machine = compile_bundle(packaged.menu_bundle(country, codes))
    assert machine.choices[machine.start] == codes
    without = compile_bundle(packaged.menu_bundle(country, ()))
    question = without.steps[without.start]
    assert isinstance(question, Ask)
    assert question.expected is Expected.TEXT
    assert packaged.menu_bundle(country, ()) == packaged.menu_bundle(country, ("made_by_somebody_else",))


def test_a_bundle_is_whole_and_keeps_the_authors_order() -> None:
    bundle = json.loads(packaged.bundle("france", "carte_identite"))
    assert list(bundle["flow"]["steps"]["comment"]["choices"]) == ["perdue", "volee", "autre"]
    assert bundle["sentences"]["fr"]["comment.choices.volee"] == "Volée"
    assert bundle["flow"]["facts"]["timbre"]["value"] == "25 EUR"
    assert bundle["phrases"]["fr"]["keys_choice"] == "0 Une personne\n9 Retour\n8 Suite"
    assert bundle["danger"]["violence"]["values"] == {"emergency": "17", "number": "3919"}


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_bundle_has_the_same_bytes_in_every_process(seed: str) -> None:
    code = "import sys; from flows import packaged; sys.stdout.write(packaged.bundle('kenya', 'lost_id'))"
    environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(packaged.FLOWS.parent), "PYTHONIOENCODING": "utf-8"}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment)
    assert told.stdout.decode() == packaged.bundle("kenya", "lost_id")


def test_a_procedure_that_is_not_ours_is_named() -> None:
    with pytest.raises(KeyError, match="kenya/carte_identite"):
        packaged.flow("kenya", "carte_identite")
