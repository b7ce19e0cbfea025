"""Replies as people type them: what is read of them now is the floor, file by file; danger and secrets always."""

from functools import cache
from pathlib import Path

import pytest

from flows.reader import Intent
from tests.flows.reader.scoring import Score, Scored, acted_on, false, missed, score_file, share, shown

FOLDER = Path(__file__).parent
FILES = {"open": FOLDER / "replies_open.json", "second": FOLDER / "replies_second.json"}
# Shares read as meant, and shares taken for something else without asking: raise and lower them as the reader learns.
READ = {
    ("open", "fr"): 0.91,
    ("open", "en"): 0.92,
    ("open", "sw"): 0.97,
    ("second", "fr"): 0.91,
    ("second", "en"): 0.91,
    ("second", "sw"): 0.92,
}
ACTED_ON = {
    ("open", "fr"): 0.003,
    ("open", "en"): 0.007,
    ("open", "sw"): 0.004,
    ("second", "fr"): 0.023,
    ("second", "en"): 0.014,
    ("second", "sw"): 0.008,
}
# "The landlord wants to put me out" is heard as danger, and a person looks at it: that is meant so.
FALSE_ALARMS = {"second": {"fr-r448"}}


@cache
def scored(name: str) -> tuple[Scored, ...]:
    """Every reply of a file, read once."""
    return tuple(score_file(FILES[name]))


def _of(name: str, language: str) -> list[Scored]:
    return [one for one in scored(name) if one.language == language]


@pytest.mark.parametrize(("name", "language", "floor"), [(*which, floor) for which, floor in READ.items()])
def test_replies_are_read_as_they_are_meant(name: str, language: str, floor: float) -> None:
    replies = _of(name, language)
    unread = [shown(one) for one in replies if one.score not in {Score.RIGHT, Score.ASKED}]
    assert share(replies, Score.RIGHT, Score.ASKED) >= floor, "\n".join(unread)


@pytest.mark.parametrize(("name", "language", "most"), [(*which, most) for which, most in ACTED_ON.items()])
def test_hardly_anything_is_done_on_a_reply_that_means_something_else(name: str, language: str, most: float) -> None:
    wrong = acted_on(_of(name, language))
    assert len(wrong) / len(_of(name, language)) <= most, "\n".join(map(shown, wrong))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("intent", [Intent.DISTRESS, Intent.SECRET])
def test_no_danger_and_no_secret_is_missed(intent: Intent, name: str) -> None:
    assert [shown(one) for one in missed(scored(name), intent)] == []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("intent", [Intent.DISTRESS, Intent.SECRET, Intent.STOP])
def test_no_alarm_is_raised_and_nobody_is_stopped_for_nothing(intent: Intent, name: str) -> None:
    expected = FALSE_ALARMS.get(name, set()) if intent is Intent.DISTRESS else set()
    assert [shown(one) for one in false(scored(name), intent) if one.reply["id"] not in expected] == []


@pytest.mark.parametrize("name", FILES)
def test_no_stop_is_missed(name: str) -> None:
    assert [shown(one) for one in missed(scored(name), Intent.STOP)] == []
