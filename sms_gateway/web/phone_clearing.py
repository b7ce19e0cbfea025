"""A newcomer finds a free volunteer: what earlier visitors of the simulator's phones left open is put away."""

from datetime import datetime, timedelta

from sqlalchemy import func, not_, or_, select

from sms_gateway.cases import desk
from sms_gateway.channels.simulator import NAME
from sms_gateway.context import Services
from sms_gateway.services import Service
from sms_gateway.store import people
from sms_gateway.store.tables import CaseState, case_entries, cases, lines
from sms_gateway.store.tables import people as people_table

LEFT = timedelta(minutes=10)  # nobody has written for so long: that visitor has gone


def put_away(
    services: Services, service: Service, *, citizen: str | None, now: datetime, others: bool = False
) -> int:
    """Finish the cases of simulated phones that were left, and those of `citizen`, whose phone is given back.

    others: `citizen` keeps theirs, and all others are finished, left or not. Cases of real lines are never touched.
    Gives the number of cases.
    """
    latest = select(func.max(case_entries.c.at)).where(case_entries.c.case_id == cases.c.id).scalar_subquery()
    theirs = people_table.c.lane.in_(services.sealer.lanes(citizen)) if citizen else people_table.c.id.is_(None)
    theirs = not_(theirs) if others else theirs
    left = (
        select(cases.c.person_id)
        .join(lines, lines.c.id == cases.c.line_id)
        .join(people_table, people_table.c.id == cases.c.person_id)
        .where(
            cases.c.service_id == service.id,
            cases.c.state != CaseState.CLOSED,
            lines.c.channel == NAME,
            theirs if others else or_(func.coalesce(latest, cases.c.opened_at) < now - LEFT, theirs),
        )
    )
    with services.database.read() as tx:
        found = tx.execute(left).scalars().all()
    for person_id in found:
        with services.database.write() as tx:
            person = people.lock(tx, services.sealer, person_id)
            if person is not None and person.seal is not None:
                desk.stop_by_citizen(tx, services, person, now=now)
    return len(found)
