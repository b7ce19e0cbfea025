"""Consent has three outcomes, none of them by a slip: a plain yes, a plain no, and what is neither is asked again."""

import tomllib
from pathlib import Path

import pytest

from flows.reader import Certainty, Intent, Reading
from tests.flows.reader.asking import ask

REPLIES = tomllib.loads((Path(__file__).parent / "consent.toml").read_text(encoding="utf-8"))
ENOUGH = 60
SAID = {"yes": True, "no": False}
CASES = [
    (language, outcome, text)
    for language, outcomes in REPLIES.items()
    for outcome, texts in outcomes.items()
    for text in texts
]


def outcome_of(reading: Reading) -> str:
    """What a consent question makes of a reply; anything that is no answer is asked again."""
    if reading.intent is not Intent.ANSWER:
        return "unclear"
    assert reading.certainty is Certainty.SURE
    return "yes" if reading.value is True else "no"


def test_there_are_enough_replies_of_each_outcome_in_each_language() -> None:
    assert {language: sum(map(len, outcomes.values())) >= ENOUGH for language, outcomes in REPLIES.items()} == {
        "fr": True,
        "en": True,
        "sw": True,
    }
    assert all(len(texts) > ENOUGH // 3 for outcomes in REPLIES.values() for texts in outcomes.values())


@pytest.mark.parametrize(("language", "outcome", "text"), CASES)
def test_a_reply_to_a_consent_question_has_its_outcome(language: str, outcome: str, text: str) -> None:
    assert outcome_of(ask(language, "yes_no", text, strict=True)) == outcome


@pytest.mark.parametrize(("language", "outcome", "text"), [case for case in CASES if case[1] in SAID])
def test_case_spaces_and_punctuation_change_no_consent(language: str, outcome: str, text: str) -> None:
    for dressed in (text.upper(), text.lower(), f"  {text}  ", f"{text}.", f"{text} !", f"\n{text}\n", f"({text})"):
        assert outcome_of(ask(language, "yes_no", dressed, strict=True)) == outcome
