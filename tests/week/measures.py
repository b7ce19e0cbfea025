"""What a week comes to: waits, promises, truth, and how the work was shared."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from tests.week.ledger import Wait
from tests.week.week import Week

_MINUTE = timedelta(minutes=1)
SEVERITIES = {0: "danger", 1: "urgent", 2: "ordinary"}


@dataclass(frozen=True)
class Measures:
    """One week in numbers. Waits are in minutes by the clock on the wall, nights and Sundays included."""

    scenario: str
    asked: int
    waits: dict[str, dict[str, float]]  # severity → p50, p90, p99, longest, count
    open_waits: dict[str, float]  # of those who asked while the counter was open
    kept: float  # of the first promises: answered before the time that was said
    kept_ordinary: float
    promised: dict[str, float]  # how far ahead the first promises were, as waits; nights and Sundays included
    promised_open: dict[str, float]  # the same, of those who asked while the counter was open
    corrected: int
    corrected_in_time: int
    lied_to: int  # people whose time passed with nothing said
    last_texts: int
    unanswered: int  # still without an answer at the end
    never_offered: int
    longest: float
    longest_to_offer: float
    offers: int
    claims: int
    offers_per_claim: float
    leases_over: int
    lease_expiry: float
    pauses: int
    escalated: int
    by_desk: int  # claims of coordinators
    gini: float
    most: int  # claims of whoever had most
    idle: int  # volunteers who never had a case
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self)


def measure(week: Week) -> Measures:
    """Measure a week that was played."""
    ledger, end = week.ledger, week.end
    firsts = [wait for wait in ledger.waits if wait.first]
    loads = [ledger.taken_by[account] for account in week.team]
    claims = ledger.happened["taken"]
    working = sum(loads)
    return Measures(
        scenario=week.scenario.name,
        asked=len(week.asked),
        waits={
            name: spread([wait.lasted(end) / _MINUTE for wait in firsts if wait.severity == severity])
            for severity, name in SEVERITIES.items()
        },
        open_waits=spread([wait.lasted(end) / _MINUTE for wait in firsts if week.is_open(wait.began)]),
        kept=_share(firsts),
        promised=spread([_promised(wait) for wait in firsts]),
        promised_open=spread([_promised(wait) for wait in firsts if week.is_open(wait.began)]),
        kept_ordinary=_share([wait for wait in firsts if wait.severity == 2]),
        corrected=sum(len(wait.corrected) for wait in ledger.waits),
        corrected_in_time=sum(
            at <= told for wait in ledger.waits for at, told in zip(wait.corrected, wait.promised, strict=False)
        ),
        lied_to=sum(any(wait.lies(end)) for wait in ledger.waits),
        last_texts=sum(wait.last_text for wait in ledger.waits),
        unanswered=sum(wait.ended is None for wait in ledger.waits),
        never_offered=sum(wait.offered is None and wait.ended is None for wait in ledger.waits),
        longest=max((wait.lasted(end) / _MINUTE for wait in ledger.waits), default=0.0),
        longest_to_offer=max(
            ((wait.offered - wait.began) / _MINUTE for wait in ledger.waits if wait.offered is not None), default=0.0
        ),
        offers=ledger.happened["offered"],
        claims=claims,
        offers_per_claim=ledger.happened["offered"] / max(1, working),
        leases_over=ledger.happened["lease_over"],
        lease_expiry=ledger.happened["lease_over"] / max(1, claims),
        pauses=week.pauses,
        escalated=ledger.happened["escalated"],
        by_desk=sum(ledger.taken_by[chief] for chief in week.chiefs),
        gini=gini(loads),
        most=max(loads, default=0),
        idle=sum(not load for load in loads),
        seconds=week.seconds,
    )


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, ninth decile, 99th percentile and the largest; the count."""
    ordered = sorted(values)
    if not ordered:
        return {"p50": 0.0, "p90": 0.0, "p99": 0.0, "longest": 0.0, "count": 0}
    at = {name: ordered[min(int(len(ordered) * part), len(ordered) - 1)] for name, part in _PARTS.items()}
    return at | {"longest": ordered[-1], "count": len(ordered)}


_PARTS = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


def gini(loads: Sequence[int]) -> float:
    """0 where everybody carries the same, near 1 where one carries all."""
    ordered, total = sorted(loads), sum(loads)
    if not total:
        return 0.0
    ranked = sum(place * load for place, load in enumerate(ordered, start=1))
    return 2 * ranked / (len(ordered) * total) - (len(ordered) + 1) / len(ordered)


def _promised(wait: Wait) -> float:
    return (wait.promised[0] - wait.began) / _MINUTE


def _share(waits: list[Wait]) -> float:
    return sum(wait.is_kept for wait in waits) / max(1, len(waits))
