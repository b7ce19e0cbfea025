"""`python -m tests.week.thresholds`: every threshold smaller and larger than it is, in the same three days; a table.

Monday to Wednesday with half as many volunteers, where thresholds matter most. Draws have names (`chance`), so that two
runs meet the same people and tempers; what differs is the threshold, and what follows from it.
"""

import argparse
import importlib
import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.databases import SQLite, settings_for
from tests.week.assumptions import SCENARIOS
from tests.week.measures import Measures, measure
from tests.week.week import play

DAYS, DRAIN_HOURS = 3, 12
_CASES = "sms_gateway.cases."


@dataclass(frozen=True)
class Threshold:
    """A number of the code, the modules that know it by name, and what to try instead."""

    name: str
    modules: tuple[str, ...]
    tries: tuple[Any, ...]


def minutes(*several: float) -> tuple[timedelta, ...]:
    """Durations."""
    return tuple(timedelta(minutes=one) for one in several)


LEASED = ("case", "lifecycle", "guards", "overdue", "parking", "undelivered")
THRESHOLDS = (
    Threshold("OFFER_BY_SMS", ("dispatch", "danger"), minutes(3, 5, 7, 10, 15)),
    Threshold("OFFER_ON_WEB", ("dispatch", "danger"), minutes(2, 3, 5)),
    Threshold("LEASE", LEASED, minutes(15, 20, 30)),
    Threshold("AT_ONCE", ("dispatch",), (2, 3, 5)),
    Threshold("ONE_BY_ONE", ("dispatch",), (0, 1, 2, 4)),
    Threshold("PAUSE_AFTER", ("dispatch", "following"), (1, 2, 3, 99)),
    Threshold("HEAD_START", ("dispatch",), minutes(60, 120, 240)),
    Threshold(
        "WAITED_FOR", ("dispatch",), (frozenset({"anybody"}), frozenset({"region", "neighbours", "topic", "anybody"}))
    ),
    Threshold("LOOK_AGAIN", ("case", "guards", "deadlines", "waiting"), minutes(2, 5, 10)),
    Threshold("ROUND_REST", ("case", "lifecycle"), minutes(30, 60, 120)),
    Threshold("CORRECTIONS", ("case", "lifecycle", "overdue", "following", "late", "undelivered"), (2, 3, 5)),
    Threshold("CORRECT_BEFORE", ("case", "guards", "overdue"), minutes(5, 10, 20)),
    Threshold("KEPT", ("promise",), (0.8, 0.9, 0.95)),
    Threshold("CASE_TIME", ("forecast",), minutes(15, 25, 30, 40)),
    Threshold("SURE", ("forecast",), minutes(0, 30, 60, 120)),
    Threshold("DESK_BEFORE", ("case", "guards"), minutes(10, 20, 30, 45)),
    Threshold("ANSWER_TIME", ("promise",), minutes(45, 60, 90)),
    Threshold("NEWS_TIME", ("promise",), minutes(60, 120, 240)),
    Threshold("WOKEN", ("following", "waiting"), (1, 3, 6)),
)


@dataclass(frozen=True)
class Try:
    """One threshold at one value, in one scenario with one seed; None: everything as it is."""

    scenario: str
    seed: int
    threshold: Threshold | None = None
    value: Any = None

    @property
    def name(self) -> str:
        """As the table says it."""
        if self.threshold is None:
            return "as it is"
        value = self.value
        if isinstance(value, timedelta):
            value = f"{value // timedelta(minutes=1)} min"
        if isinstance(value, frozenset):
            value = " ".join(sorted(value))
        return f"{self.threshold.name} {value}"


def main() -> None:
    """Play every try that was asked for; one line of JSON each, then the table."""
    options = argparse.ArgumentParser(prog="python -m tests.week.thresholds")
    options.add_argument("--only", action="append", help="names of thresholds")
    options.add_argument("--scenario", choices=SCENARIOS, default="half")
    options.add_argument("--seed", type=int, action="append")
    options.add_argument("--at-a-time", type=int, default=2)
    given = options.parse_args()
    tries: list[Try] = []
    for seed in given.seed or [1]:
        tries.append(Try(given.scenario, seed))
        for one in THRESHOLDS:
            if not given.only or one.name in given.only:
                tries.extend(Try(given.scenario, seed, one, value) for value in one.tries if value != current(one))
    with ProcessPoolExecutor(given.at_a_time, max_tasks_per_child=1) as players:
        found = []
        for one, measured in zip(tries, players.map(attempt, tries), strict=True):
            print(json.dumps({"try": one.name, "seed": one.seed} | measured.as_json()), flush=True)
            found.append((one, measured))
    print("\n".join(table(found)))


def current(threshold: Threshold) -> Any:
    """The value that the code has."""
    return getattr(importlib.import_module(_CASES + threshold.modules[0]), threshold.name)


def attempt(one: Try) -> Measures:
    """Play one try, in a process of its own: nothing that it sets is seen by another."""
    if one.threshold is not None:
        for module in one.threshold.modules:
            known = importlib.import_module(_CASES + module)
            if hasattr(known, one.threshold.name):
                setattr(known, one.threshold.name, one.value)
    scenario = replace(SCENARIOS[one.scenario], seed=one.seed, days=DAYS, drain_hours=DRAIN_HOURS)
    with tempfile.TemporaryDirectory() as folder:
        files, data = Path(folder, "template"), Path(folder, "week")
        files.mkdir()
        data.mkdir()
        return measure(play(scenario, settings_for(data, SQLite(files).migrated(data))))


def table(found: Sequence[tuple[Try, Measures]]) -> list[str]:
    """The tries as a table of the documentation."""
    rows = [
        "| threshold | kept | p50 / p90, open hours | longest | offers | leases over | pauses | desk | untold |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one, m in found:
        waits = f"{m.open_waits['p50']:.0f} / {m.open_waits['p90']:.0f} min"
        rows.append(
            f"| {one.name} | {m.kept:.1%} | {waits} | {m.longest / 60:.1f} h | {m.offers_per_claim:.2f} |"
            f" {m.leases_over} of {m.claims} | {m.pauses} | {m.by_desk} | {m.lied_to} |"
        )
    return rows


if __name__ == "__main__":
    main()
