"""Those of whom a coordinator asks how they are: who carried something heavy, why, and that somebody has asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from sms_gateway.cases.resting import Why
from sms_gateway.context import Services
from sms_gateway.errors import NotAllowed, NotFound
from sms_gateway.store import journal, offers, rests
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import Role

ASK_WITHIN = timedelta(days=3)  # after a week-end it is not too late to ask; after more it would be odd


@dataclass(frozen=True)
class Weary:
    """A volunteer to ask how they are. `number`: of the case it was after. `until`: they rest so long, or rested."""

    account_id: int
    name: str
    why: Why
    since: datetime
    number: int | None
    until: datetime | None


def to_ask(tx: Connection, scope: Scope, now: datetime) -> list[Weary]:
    """Whom a coordinator is to ask, the newest first."""
    return [
        Weary(
            row.id, row.name, Why(row.rest_why), row.rest_began_at, row.number,
            row.rests_until if row.rests_until is not None and row.rests_until > now else None,
        )
        for row in rests.unasked(tx, scope.organisation_id, since=now - ASK_WITHIN)
    ]  # fmt: skip


def asked(services: Services, scope: Scope, account_id: int, *, now: datetime) -> None:
    """A coordinator has asked; harmless where another had. Raises NotAllowed, NotFound as everywhere."""
    if scope.role is not Role.COORDINATOR:
        raise NotAllowed("Only a coordinator does this.")
    with services.database.write() as tx:
        account = offers.lock_accounts(tx, [account_id]).get(account_id)
        if account is None or account.organisation_id != scope.organisation_id:
            raise NotFound("There is no such account.")
        if account.rest_why is None:
            return
        offers.set_account(tx, account_id, rest_why=None)
        journal.record(
            tx, scope.organisation_id, "how_they_are_asked", now=now, account_id=account_id, by=scope.account_id
        )
