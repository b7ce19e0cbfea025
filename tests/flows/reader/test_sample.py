"""The sample of replies, read by the function that serves `guichet read`: the score is printed, and has a floor."""

import json
from pathlib import Path

import pytest

from flows.reader import read_line

SAMPLE = json.loads((Path(__file__).parent / "replies_sample.json").read_text(encoding="utf-8"))
FLOOR = 0.95


def test_a_careful_human_would_agree_with_nearly_every_reading(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = []
    for reply in SAMPLE["replies"]:
        request = {
            "id": reply["id"],
            "lang": reply["lang"],
            "expected": reply["expected"],
            "options": reply.get("options"),
            "text": reply["text"],
            "today": SAMPLE["reference_date"],
        }
        answer = read_line(request)
        meanings = [reply["meaning"], *reply["meaning"].get("also_acceptable", []), *reply.get("also_acceptable", [])]
        if not any((answer["intent"], answer["value"]) == (each["intent"], each["value"]) for each in meanings):
            wrong.append(f"{reply['id']} {reply['text']!r}: {answer['intent']} {answer['value']}")
    score = 1 - len(wrong) / len(SAMPLE["replies"])
    with capsys.disabled():
        print(f"\nreader: {score:.1%} of {len(SAMPLE['replies'])} replies read as meant")
    assert score >= FLOOR, "\n".join(wrong)


def test_a_request_that_cannot_be_read_says_what_to_write() -> None:
    with pytest.raises(ValueError, match="expected is 'colour'; it should be one of"):
        read_line({"id": 1, "lang": "fr", "expected": "colour", "text": "1", "today": "2026-03-10"})
    with pytest.raises(ValueError, match="today is missing"):
        read_line({"id": 1, "lang": "fr", "expected": "date", "text": "hier"})
    with pytest.raises(ValueError, match='write it so: "today": "2026-03-10"'):
        read_line({"id": 1, "lang": "fr", "expected": "date", "text": "hier", "today": "mardi"})


def test_the_country_of_a_request_decides_the_currency() -> None:
    request = {"id": 1, "lang": "fr", "expected": "amount", "text": "5000", "today": "2026-03-10"}
    assert read_line(request)["value"] == {"amount": 5000, "currency": "EUR"}
    assert read_line(request | {"country": "cote_divoire"})["value"] == {"amount": 5000, "currency": "XOF"}


def test_an_unclear_reply_has_no_value() -> None:
    request = {"id": 7, "lang": "fr", "expected": "yes_no", "text": "oui et non", "today": "2026-03-10"}
    assert read_line(request) == {"id": 7, "intent": "unclear", "value": None}
