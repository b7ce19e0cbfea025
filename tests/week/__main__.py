"""`python -m tests.week`: play the scenarios, print what they come to; all of them, whole, renew docs/week.md.

Then the first is played with the next two seeds too: one week is a draw, three say whether it was luck.
"""

import argparse
import json
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.databases import SQLite, settings_for
from tests.week.assumptions import SCENARIOS, Scenario
from tests.week.measures import measure
from tests.week.report import Played, write
from tests.week.week import MONDAY, Week, play


def main() -> None:
    """Play the scenarios that were asked for."""
    options = argparse.ArgumentParser(prog="python -m tests.week")
    options.add_argument("--scenario", choices=SCENARIOS, action="append")
    options.add_argument("--part", type=float, default=1.0, help="of the city and of its volunteers")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--days", type=int, default=7)
    given = options.parse_args()
    names = given.scenario or list(SCENARIOS)
    wanted = [replace(SCENARIOS[name].scaled(given.part), seed=given.seed, days=given.days) for name in names]
    renews = given.part == 1.0 and given.days == 7 and len(wanted) == len(SCENARIOS)
    others = [replace(wanted[0], seed=given.seed + more) for more in (1, 2)] if renews else []
    with ProcessPoolExecutor(2) as players:
        weeks = list(players.map(played, wanted + others))
    for one in weeks:
        print(json.dumps(one.measures.as_json(), indent=1))
    if renews:
        write(weeks[: len(wanted)], weeks[len(wanted) :])


def played(scenario: Scenario) -> Played:
    """Play a scenario in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        files, data = Path(folder, "template"), Path(folder, "week")
        files.mkdir()
        data.mkdir()
        return of(play(scenario, settings_for(data, SQLite(files).migrated(data))))


def of(week: Week) -> Played:
    """What a week's page needs of it."""
    minute = timedelta(minutes=1)
    return Played(
        scenario=week.scenario,
        measures=measure(week),
        waits=tuple(
            wait.lasted(week.end) / minute for wait in week.ledger.waits if wait.first and week.is_open(wait.began)
        ),
        backlog=tuple(((at - MONDAY) / timedelta(hours=1), waiting) for at, waiting in week.backlog),
        loads=tuple(week.ledger.taken_by[account] for account in week.team),
    )


if __name__ == "__main__":
    main()
