"""A day of a very small town: nobody is left silent, and the measure that says so is able to fail."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sms_gateway.cases import guards, overdue
from tests.databases import SQLite, settings_for
from tests.week.assumptions import ENOUGH, City, Scenario, Team
from tests.week.measures import Measures, gini, measure
from tests.week.week import play

BUSY = City(people=20_000, danger=0.1, urgent=0.2)  # some ten people ask in a day
DAY = replace(ENOUGH, name="day", city=BUSY, team=Team(volunteers=20), days=1, drain_hours=10)
NOBODY = Team(volunteers=3, coordinators=0, silent=1.0)
SILENT = replace(ENOUGH, name="silent", city=City(people=4_000), team=NOBODY, days=1, drain_hours=0)


def test_a_day_of_a_small_town_leaves_nobody_in_silence(sqlite_files: SQLite, tmp_path: Path) -> None:
    day = played(DAY, sqlite_files, tmp_path)
    assert day.asked >= 8
    assert day.lied_to == 0
    assert day.kept >= 0.8
    assert day.corrected == day.corrected_in_time
    assert day.claims >= day.asked - day.unanswered, "somebody took each case that was answered"
    assert day.offers > 0


def test_where_all_are_silent_everybody_is_told_in_time(sqlite_files: SQLite, tmp_path: Path) -> None:
    day = played(SILENT, sqlite_files, tmp_path)
    assert day.asked == day.unanswered > 0
    assert day.kept == 0
    assert day.lied_to == 0
    assert day.corrected == day.corrected_in_time > 0


def test_where_corrections_come_too_late_the_week_says_so(
    sqlite_files: SQLite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (overdue, guards):  # a quarter of an hour after the promise lapsed, not ten minutes before
        monkeypatch.setattr(module, "CORRECT_BEFORE", timedelta(minutes=-15))
    day = played(SILENT, sqlite_files, tmp_path)
    assert day.lied_to > 0
    assert day.corrected_in_time < day.corrected


def test_the_same_seed_is_the_same_week(sqlite_files: SQLite, tmp_path: Path) -> None:
    tiny = replace(SILENT, city=City(people=3_000), team=Team(volunteers=6), drain_hours=0)
    first, again = (played(tiny, sqlite_files, tmp_path / name) for name in ("first", "again"))
    assert replace(first, seconds=0.0) == replace(again, seconds=0.0)


def test_gini_is_zero_where_all_carry_the_same_and_near_one_where_one_carries_all() -> None:
    assert gini([2, 2, 2, 2]) == pytest.approx(0)
    assert gini([0] * 99 + [7]) == pytest.approx(0.99)


def played(scenario: Scenario, files: SQLite, folder: Path) -> Measures:
    """Play a scenario in a folder of its own."""
    folder.mkdir(exist_ok=True)
    return measure(play(scenario, settings_for(folder, files.migrated(folder))))
