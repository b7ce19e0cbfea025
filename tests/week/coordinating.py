"""Coordinators: in their office they take what waited longest at the desk; an alert of danger they take at any hour."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from sms_gateway.cases import desk
from sms_gateway.store.tables import CaseState, Role, cases
from tests.week.chance import ZONE

if TYPE_CHECKING:
    from tests.week.week import Week


# ---- coordinators ----


def at_desk(week: "Week") -> None:
    """A coordinator in the office looks at the desk: what waited longest is theirs, if their hands are free."""
    opens = _office(week.now)
    if opens > week.now:
        week.at(opens, "at_desk")
        return
    query = select(cases.c.number).where(cases.c.state == CaseState.ESCALATED, cases.c.owner_id.is_(None))
    with week.town.services.database.read() as tx:
        waiting = tx.execute(query.order_by(cases.c.severity, cases.c.unanswered_since)).scalars().all()
    free = [chief for chief in week.chiefs if not week.owned(chief)]
    for chief, number in zip(free, waiting, strict=False):
        desk.take(week.town.services, week.town.scope(chief, Role.COORDINATOR), number, week.now)
    if len(waiting) > len(free):
        week.after(week.scenario.times.coordinator_looks, "at_desk")


def chief_takes(week: "Week", chief: int, case_id: int) -> None:
    if week.case(case_id).owner_id is None and week.case(case_id).state != CaseState.CLOSED:
        desk.take(week.town.services, week.town.scope(chief, Role.COORDINATOR), week.numbers[case_id], week.now)


def chief_answers(week: "Week", chief: int, case_id: int) -> None:
    row = week.case(case_id)
    if row.owner_id == chief and row.state == CaseState.CLAIMED:
        scope = week.town.scope(chief, Role.COORDINATOR)
        words = f"Bonjour, je m'en occupe : {row.number}, {row.last_inbound_seq}."
        desk.answer(week.town.services, scope, row.number, epoch=row.epoch, words=words, now=week.now)


def _office(moment: datetime) -> datetime:
    """That moment where coordinators are in their office, else their next morning."""
    local = moment.astimezone(ZONE)
    while True:
        opens, closes = {5: (9, 13), 6: (0, 0)}.get(local.weekday(), (9, 17))
        if local.hour < closes:
            return max(moment, local.replace(hour=opens, minute=0).astimezone(UTC))
        local = (local + timedelta(days=1)).replace(hour=0, minute=0)
