"""Which volunteer's phone stands beside a simulated citizen's: whoever is asked to answer them, else the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, or_, select

from sms_gateway.channels.base import simulated_phone
from sms_gateway.channels.simulator import NAME
from sms_gateway.context import Services
from sms_gateway.services import Service
from sms_gateway.store.tables import CaseState, OfferState, Role, accounts, cases, lines, offers, people


@dataclass(frozen=True)
class Shown:
    """A volunteer's simulated phone. held: it is busy with another visitor, so that this one gets no offer there."""

    number: str
    held: bool


def shown(services: Services, tx: Connection, service: Service, *, citizen: str) -> Shown | None:
    """One of the simulator's own phones, never a real one; None where no volunteer of this service has one."""
    rows = _simulated(tx, service)
    mine = _asked(tx, services, service, citizen)
    own = [row for row in rows if service.code in row.login or service.code in row.regions]
    speaking = [row for row in rows if set(row.languages) & set(service.languages)]
    for row in [*(row for row in rows if row.id == mine), *(own or speaking or rows)]:
        number = simulated_phone(services.sealer.team.open(row.phone))
        if number is not None:
            return Shown(number, row.id != mine and _is_held(tx, services, citizen, row.id))
    return None


def _simulated(tx: Connection, service: Service) -> Sequence[Row[Any]]:
    return tx.execute(
        select(accounts)
        .where(
            accounts.c.organisation_id == service.organisation_id,
            accounts.c.role == Role.VOLUNTEER,
            accounts.c.simulated,
            accounts.c.active,
            accounts.c.phone.is_not(None),
        )
        .order_by(accounts.c.id)
    ).all()


def _asked(tx: Connection, services: Services, service: Service, citizen: str) -> int | None:
    """Who has the citizen's latest case, or is asked to take it."""
    lanes = services.sealer.lanes(citizen)
    latest = tx.execute(
        select(cases.c.id, cases.c.owner_id)
        .join(people, people.c.id == cases.c.person_id)
        .where(cases.c.service_id == service.id, people.c.lane.in_(lanes))
        .order_by(cases.c.id.desc())
        .limit(1)
    ).first()
    if latest is None or latest.owner_id is not None:
        return latest.owner_id if latest is not None else None
    asked = select(offers.c.account_id).where(offers.c.case_id == latest.id, offers.c.state == OfferState.OPEN)
    return tx.execute(asked.order_by(offers.c.id).limit(1)).scalar()


def _is_held(tx: Connection, services: Services, citizen: str, account_id: int) -> bool:
    """Whether this account has, or is asked to take, the open case of another simulated phone."""
    asked = exists().where(
        and_(offers.c.case_id == cases.c.id, offers.c.account_id == account_id, offers.c.state == OfferState.OPEN)
    )
    held = (
        select(cases.c.id)
        .join(lines, lines.c.id == cases.c.line_id)
        .join(people, people.c.id == cases.c.person_id)
        .where(
            cases.c.state != CaseState.CLOSED,
            lines.c.channel == NAME,
            people.c.lane.not_in(services.sealer.lanes(citizen)),
            or_(cases.c.owner_id == account_id, asked),
        )
    )
    return tx.execute(held.limit(1)).first() is not None
