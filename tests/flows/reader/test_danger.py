"""Danger as people write it of themselves and of others is heard, in each language, whatever was asked."""

import tomllib
from pathlib import Path

import pytest

from flows.reader import Intent
from tests.flows.reader.asking import ask

SENTENCES = tomllib.loads((Path(__file__).parent / "danger.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in SENTENCES.items() for text in texts]
)
def test_danger_is_heard_at_every_question(language: str, text: str) -> None:
    heard = {kind: ask(language, kind, text).intent for kind in ("any", "yes_no", "choice", "text", "place")}
    assert set(heard.values()) == {Intent.DISTRESS}, heard
    assert ask(language, "any", text.upper()).intent is Intent.DISTRESS
