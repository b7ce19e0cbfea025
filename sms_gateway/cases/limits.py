"""What a volunteer is spared, and what an organisation asks of them: quiet hours, cases a day, training, regions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from flows.gazetteer import region_key
from sms_gateway.cases.promise import Hours
from sms_gateway.store.tables import OfferState, offers, organisations, services


@dataclass(frozen=True)
class Rules:
    """An organisation's: topics that only who trained for them answers, and regions by the regions beside them."""

    trained_topics: frozenset[str]
    neighbours: Mapping[str, frozenset[str]]

    def untrained_for(self, training: Iterable[str]) -> frozenset[str]:
        """The topics that whoever had this training is never asked about."""
        return self.trained_topics - frozenset(training)

    def beside(self, regions: Iterable[str]) -> frozenset[str]:
        """The regions that somebody of these regions is a neighbour of, as `region_key` has them."""
        own = frozenset(map(region_key, regions))
        return frozenset(region for region, near in self.neighbours.items() if own & near)


def rules_of(tx: Connection, organisation_id: int) -> Rules:
    """The rules of an organisation and of all its services together."""
    trained = tx.execute(select(organisations.c.trained_topics).where(organisations.c.id == organisation_id)).scalar()
    neighbours: dict[str, frozenset[str]] = {}
    tables = select(services.c.neighbours).where(services.c.organisation_id == organisation_id)
    for table in tx.execute(tables).scalars():
        for region, near in table.items():
            name = region_key(region)
            neighbours[name] = neighbours.get(name, frozenset()) | frozenset(map(region_key, near))
    return Rules(frozenset(trained or ()), neighbours)


def in_quiet_hours(row: Row[Any], hours: Hours, now: datetime) -> bool:
    """Whether it is a volunteer's own quiet time, which may pass midnight; the same minute twice is none."""
    start, end = row.quiet_from, row.quiet_to
    if start is None or end is None or start == end:
        return False
    local = hours.local(now)
    minute = local.hour * 60 + local.minute
    return bool(start <= minute < end if start < end else minute >= start or minute < end)


def taken_today(tx: Connection, rows: Iterable[Row[Any]], hours: Hours, now: datetime) -> dict[int, int]:
    """How many offers each took since midnight at the counter; only of those who have a limit.

    A case that they open themselves, without being asked, is theirs to choose and does not count.
    """
    limited = [row.id for row in rows if row.cases_a_day is not None]
    if not limited:
        return {}
    midnight = hours.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(offers.c.account_id, func.count(offers.c.case_id.distinct())).where(
        offers.c.account_id.in_(limited), offers.c.state == OfferState.TAKEN, offers.c.ended_at >= midnight
    )
    return {row[0]: row[1] for row in tx.execute(query.group_by(offers.c.account_id))}


def is_enough_for_today(row: Row[Any], taken: int) -> bool:
    """Whether a volunteer has had the cases that they take in a day."""
    return row.cases_a_day is not None and taken >= row.cases_a_day
