"""docs/week.md and its pictures, from weeks that were played."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.week.assumptions import City, Scenario, Team, Times
from tests.week.drawing import Line, bars, lines
from tests.week.measures import Measures

DOCS = Path(__file__).parents[2] / "docs"
WAITED = (0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 480, 960)  # minutes, at equal distances in the picture


GOAL = 0.95
_BEFORE = """# A week of a city

`make week` plays it: a virtual clock, thousands of events, the real dispatch, desk and promise, a real SQLite file
(`PRAGMA synchronous=OFF`: the desk is measured, not the disk). Volunteers answer by the texts of their phones and by
the functions of their pages. Nothing is measured by a flag that the code sets itself: a promise is kept, and a
correction in time, where the *journal* has the answer, or the correction, before the time that the person had been
told before it.
""".splitlines()
_PICTURES = """![How long people waited](week-waits.svg)
![How many people waited](week-queue.svg)
![How the work was shared](week-load.svg)

""".splitlines()
_AFTER = """
Waits are by the clock on the wall: who writes at 22:00 waits ten hours for 8:00, and was told so. Sunday is closed.
"In open hours" counts those who wrote while the counter was open.

## What it does not say

Nobody publishes how often volunteers of such a network miss an offer or forget a case. The habits are guesses on the
dark side, and the shifts are planned to where the work is. Texts arrive at once, and no gateway fails:
[tests/promises](../tests/promises) holds those. One seed is one week; another one moves each number a little.
"Enough volunteers" is 200 shifts of two hours: what a network with fewer keeps, the other columns say.

""".splitlines()


@dataclass(frozen=True)
class Played:
    """A week that was played: its measures, and the curves of its pictures."""

    scenario: Scenario
    measures: Measures
    waits: tuple[float, ...]  # first waits that began in open hours, minutes
    backlog: tuple[tuple[float, int], ...]  # hours since Monday, people who wait
    loads: tuple[int, ...]  # claims of each volunteer


def write(weeks: Sequence[Played], others: Sequence[Played] = (), folder: Path = DOCS) -> None:
    """Write the page and its pictures. `others`: the first week with other seeds."""
    (folder / "week.md").write_text(page(weeks, others), encoding="utf-8")
    (folder / "week-waits.svg").write_text(_waits(weeks), encoding="utf-8")
    (folder / "week-queue.svg").write_text(_queue(weeks), encoding="utf-8")
    (folder / "week-load.svg").write_text(_load(weeks[0]), encoding="utf-8")


def page(weeks: Sequence[Played], others: Sequence[Played] = ()) -> str:
    """The page: what was played, what came of it, and what it does not say."""
    return "\n".join(
        [
            *_BEFORE,
            "",
            *_assumed(weeks[0].scenario),
            "",
            "## What came of it",
            "",
            *_against_the_goal([weeks[0], *others]),
            "",
            *_table(weeks),
            "",
            *_PICTURES,
            *_waits_table(weeks),
            *_AFTER,
        ]
    )


def _against_the_goal(weeks: Sequence[Played]) -> list[str]:
    reached = "reached" if all(one.measures.kept >= GOAL for one in weeks) else "**not reached**"
    kept = ", ".join(f"{one.measures.kept:.1%}" for one in weeks)
    found = [f"The goal is {GOAL:.0%} of first promises kept with enough volunteers; it is {reached}: {kept}."]
    if len(weeks) < 2:
        return found
    return [
        *found,
        "",
        "| enough volunteers, seed | kept | promised, median / p90 | in open hours | waited in open hours | untold |",
        "|---|---|---|---|---|---|",
        *(_of_seed(one.scenario.seed, one.measures) for one in weeks),
    ]


def _of_seed(seed: int, m: Measures) -> str:
    cells = (f"{m.kept:.1%}", _two(m.promised), _two(m.promised_open), _two(m.open_waits), f"{m.lied_to}")
    return f"| {seed} | {' | '.join(cells)} |"


def _assumed(scenario: Scenario) -> list[str]:
    city, team, times = scenario.city, scenario.team, scenario.times
    return [
        "## What was assumed",
        "",
        "| | | from |",
        "|---|---|---|",
        *_city(city),
        *_team(team),
        *_times(times),
        "",
        "All numbers stand in [tests/week/assumptions.py](../tests/week/assumptions.py).",
    ]


def _city(city: City) -> list[str]:
    languages = ", ".join(f"{name} {share:.0%}" for name, share in city.languages.items())
    source = "Solidarité Numérique: 2,000 volunteers, some 500 calls a day; the same per volunteer"
    return [
        f"| people; of them ask in the week | {city.people:,}; {city.asking:.2%} | {source} |",
        f"| languages | {languages} | assumption |",
        f"| topics, of which ask for a training | {len(city.topics)}, {len(city.trained_topics)} | assumption |",
        f"| regions; of the people, theirs is known | {len(city.regions)}; {city.region_known:.0%} | assumption |",
        f"| danger; urgent | {city.danger:.1%}; {city.urgent:.0%} | assumption |",
        f"| write again, waiting; after an answer | {city.writes_again:.0%}; {city.writes_back:.0%} | assumption |",
    ]


def _team(team: Team) -> list[str]:
    return [
        f"| a volunteer's shifts | {team.shifts_a_week} of 2 h a week; {team.standing:.0%} have none: asked 8–20 |"
        " Crisis Text Line's length; the rest assumption |",
        f"| on the web; a basic phone | {team.on_web:.0%}; {1 - team.on_web:.0%} | assumption |",
        f"| never react; slow; take and go quiet; fall ill | {team.silent:.0%}; {team.slow:.0%}; {team.vanish:.0%};"
        f" {team.sick:.0%} | assumption |",
        f"| react to an offer on shift; without one; say no | {team.reacts:.0%}; {team.standing_reacts:.0%};"
        f" {team.says_no:.0%} | assumption |",
        f"| forget to close; answer after their shift; text START after our pause | {team.forgets_to_close:.0%};"
        f" {team.answers_after_shift:.0%}; {team.says_start:.0%} | assumption |",
        f"| coordinators, in the office Mon–Fri 9–17, Sat 9–13 | {team.coordinators} | assumption |",
    ]


def _times(times: Times) -> list[str]:
    return [
        f"| see an offer, web; SMS (median) | {times.sees_on_web / 60:.1f}; {times.sees_by_sms / 60:.0f} min |"
        f" assumption, lognormal, σ {times.spread} |",
        f"| write an answer, web; SMS (median) | {times.answers_on_web / 60:.0f}; {times.answers_by_sms / 60:.0f} min |"
        " assumption |",
    ]


def _table(weeks: Sequence[Played]) -> list[str]:
    rows: list[tuple[str, list[str]]] = [
        ("people who asked", [f"{one.measures.asked}" for one in weeks]),
        ("**promises kept**, as first told", [f"**{one.measures.kept:.1%}**" for one in weeks]),
        ("promised, median / p90", [_two(one.measures.promised) for one in weeks]),
        ("promised in open hours, median / p90", [_two(one.measures.promised_open) for one in weeks]),
        ("corrections; in time", [f"{one.measures.corrected}; {one.measures.corrected_in_time}" for one in weeks]),
        ("**people never told the truth in time**", [f"**{one.measures.lied_to}**" for one in weeks]),
        ("told that it stays open, without a time", [f"{one.measures.last_texts}" for one in weeks]),
        ("without an answer at the end", [f"{one.measures.unanswered}" for one in weeks]),
        ("of these, never offered to anybody", [f"{one.measures.never_offered}" for one in weeks]),
        ("longest wait", [_hours(one.measures.longest) for one in weeks]),
        ("longest until a first offer", [_hours(one.measures.longest_to_offer) for one in weeks]),
        (
            "offers; a claim of a volunteer",
            [f"{m.offers}; {m.offers_per_claim:.2f}" for m in (one.measures for one in weeks)],
        ),
        (
            "leases that ran out, of claims",
            [f"{m.leases_over}, {m.lease_expiry:.1%}" for m in (one.measures for one in weeks)],
        ),
        ("times that we paused somebody", [f"{one.measures.pauses}" for one in weeks]),
        ("claims of coordinators", [f"{one.measures.by_desk} of {one.measures.claims}" for one in weeks]),
        (
            "claims a volunteer: Gini; most; none",
            [f"{m.gini:.2f}; {m.most}; {m.idle}" for m in (one.measures for one in weeks)],
        ),
    ]
    head = [f"| | {' | '.join(one.scenario.title for one in weeks)} |", "|---|" + "---|" * len(weeks)]
    return [*head, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)]


def _waits_table(weeks: Sequence[Played]) -> list[str]:
    rows = ["| first wait: p50 / p90 / p99 / longest | " + " | ".join(one.scenario.title for one in weeks) + " |"]
    rows.append("|---|" + "---|" * len(weeks))
    for name in ("danger", "urgent", "ordinary"):
        rows.append(f"| {name} | " + " | ".join(_spread(one.measures.waits[name]) for one in weeks) + " |")
    rows.append("| in open hours | " + " | ".join(_spread(one.measures.open_waits) for one in weeks) + " |")
    return rows


def _two(found: dict[str, float]) -> str:
    return f"{_hours(found['p50'])} / {_hours(found['p90'])}"


def _spread(found: dict[str, float]) -> str:
    if not found["count"]:
        return "–"
    return " / ".join(_hours(found[name]) for name in ("p50", "p90", "p99", "longest")) + f" ({found['count']})"


def _hours(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def _waits(weeks: Sequence[Played]) -> str:
    drawn = []
    for one in weeks:
        total = max(1, len(one.waits))
        within = [sum(wait <= minutes for wait in one.waits) / total for minutes in WAITED]
        drawn.append(Line(one.scenario.name, [(at / (len(WAITED) - 1), part) for at, part in enumerate(within)]))
    across = [f"{minutes // 60} h" if minutes >= 120 else f"{minutes} min" for minutes in WAITED]
    about = "Of those who wrote while the counter was open, how many had their first answer within so long."
    up = ["0 %", "25 %", "50 %", "75 %", "100 %"]
    return lines("Answered within (in open hours)", drawn, across=across, up=up, about=about)


def _queue(weeks: Sequence[Played]) -> str:
    most = max((count for one in weeks for _hour, count in one.backlog), default=1) or 1
    last = max((hour for one in weeks for hour, _count in one.backlog), default=1.0) or 1.0
    drawn = [Line(one.scenario.name, [(hour / last, count / most) for hour, count in one.backlog]) for one in weeks]
    days = round(timedelta(hours=last) / timedelta(days=1))
    names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    across = [names[day % 7] for day in range(days + 1)]
    up = [f"{round(most * part / 4)}" for part in range(5)]
    return lines(
        "People who wait, hour by hour", drawn, across=across, up=up, about="At each full hour; nights fill it."
    )


def _load(week: Played) -> str:
    loads = sorted(week.loads, reverse=True)
    most = max(loads, default=1) or 1
    across = ["most", "", "the middle one", "", "least"]
    up = [f"{round(most * part / 4)}" for part in range(5)]
    about = f"Cases that each volunteer took in the week, {week.scenario.title}."
    return bars("Cases a volunteer", [load / most for load in loads], across=across, up=up, about=about)
