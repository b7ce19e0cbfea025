"""Replies as people type them: what is read of them now is the floor in each language, danger and secrets always."""

from functools import cache
from pathlib import Path

import pytest

from flows.reader import Intent
from tests.flows.reader.scoring import Score, Scored, acted_on, false, missed, score_file, share, shown

REPLIES = Path(__file__).parent / "replies_open.json"
# Shares read as meant, and shares taken for something else without asking: raise and lower them as the reader learns.
READ = {"fr": 0.91, "en": 0.92, "sw": 0.955}
ACTED_ON = {"fr": 0.003, "en": 0.007, "sw": 0.004}


@cache
def scored() -> tuple[Scored, ...]:
    """Every reply, read once."""
    return tuple(score_file(REPLIES))


def _of(language: str) -> list[Scored]:
    return [one for one in scored() if one.language == language]


@pytest.mark.parametrize(("language", "floor"), READ.items())
def test_replies_are_read_as_they_are_meant(language: str, floor: float) -> None:
    unread = [shown(one) for one in _of(language) if one.score not in {Score.RIGHT, Score.ASKED}]
    assert share(_of(language), Score.RIGHT, Score.ASKED) >= floor, "\n".join(unread)


@pytest.mark.parametrize(("language", "most"), ACTED_ON.items())
def test_hardly_anything_is_done_on_a_reply_that_means_something_else(language: str, most: float) -> None:
    wrong = acted_on(_of(language))
    assert len(wrong) / len(_of(language)) <= most, "\n".join(map(shown, wrong))


@pytest.mark.parametrize("intent", [Intent.DISTRESS, Intent.SECRET])
def test_no_danger_and_no_secret_is_missed(intent: Intent) -> None:
    assert [shown(one) for one in missed(scored(), intent)] == []


@pytest.mark.parametrize("intent", [Intent.DISTRESS, Intent.SECRET, Intent.STOP])
def test_no_alarm_is_raised_and_nobody_is_stopped_for_nothing(intent: Intent) -> None:
    assert [shown(one) for one in false(scored(), intent)] == []


def test_hardly_a_stop_is_missed() -> None:
    assert len(missed(scored(), Intent.STOP)) <= 1, "\n".join(shown(one) for one in missed(scored(), Intent.STOP))
