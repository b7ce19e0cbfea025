"""The rules tell what a neighbour says from what an office writes: how often, on messages written for it."""

import tomllib
from pathlib import Path

import pytest

from flows.plain import Part, lint

MESSAGES = tomllib.loads((Path(__file__).parent / "messages.toml").read_text(encoding="utf-8"))


def flagged(language, text):
    """The rules that have something against a text."""
    part = Part.QUESTION if "?" in text else Part.STATEMENT
    return sorted({rule for rule, _ in lint(text, language, part)})


@pytest.mark.parametrize("language", ["fr", "en", "sw"])
def test_office_language_is_found_and_plain_language_is_left_alone(language):
    found = {text: flagged(language, text) for text in MESSAGES[language]["bad"]}
    blamed = {text: rules for text in MESSAGES[language]["good"] if (rules := flagged(language, text))}
    hits = sum(1 for rules in found.values() if rules)
    precision, recall = hits / (hits + len(blamed)), hits / len(found)
    missed = [text for text, rules in found.items() if not rules]
    told = f"precision {precision:.2f}, recall {recall:.2f}\nblamed: {blamed}\nmissed: {missed}"
    assert (precision, recall) >= (1.0, 0.95), told
    assert recall >= 0.95, told
