"""Everyday sentences with words of danger, of secrets and of STOP in them raise none of the three, at any question."""

import tomllib
from pathlib import Path

import pytest

from flows.reader import Expected, Intent
from tests.flows.reader.asking import ask

SENTENCES = tomllib.loads((Path(__file__).parent / "innocent.toml").read_text(encoding="utf-8"))
ALARMS = {Intent.DISTRESS, Intent.SECRET, Intent.STOP}


def test_there_are_enough_innocent_sentences_in_each_language() -> None:
    assert {language: len(set(sentences)) >= 40 for language, sentences in SENTENCES.items()} == dict.fromkeys(
        ("fr", "en", "sw"), True
    )


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in SENTENCES.items() for text in texts]
)
def test_an_innocent_sentence_raises_no_alarm(language: str, text: str) -> None:
    alarms = {kind.value: ask(language, kind.value, text) for kind in Expected}
    assert {kind: reading for kind, reading in alarms.items() if reading.intent in ALARMS} == {}
