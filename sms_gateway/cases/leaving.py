"""Whoever leaves the team: their cases go back to everybody and their offers end, all of it or nothing.

Locks are taken in the order that every transaction keeps: persons by id, cases, then the account.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from sms_gateway.cases import lifecycle, moving
from sms_gateway.cases.case import Moved
from sms_gateway.cases.following import Desk, carry_out
from sms_gateway.cases.letters import Letters
from sms_gateway.cases.moving import Record
from sms_gateway.context import Services
from sms_gateway.errors import AlreadyTaken, NotAllowed, NotFound
from sms_gateway.services import load as load_service
from sms_gateway.store import cases as stored
from sms_gateway.store import offers, people
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import Role

_TRIES = 5  # they may take a case in the moment between our look and our locks; then all is looked at again


class _TookOneMore(Exception):
    """A case came into their hands after we had looked, so that it is not locked."""


def release_all(
    services: Services,
    scope: Scope,
    account_id: int,
    now: datetime,
    *,
    then: Callable[[Connection], None] | None = None,
) -> int:
    """Give all cases of an account back to everybody, and end its running offers; drafts stay. Gives how many cases.

    One transaction, and `then` in it at the end (the account is switched off there): where anything fails, nothing
    has moved. Raises NotFound for an account outside the scope, NotAllowed for whoever is no coordinator.
    """
    if scope.role not in {Role.COORDINATOR, Role.MACHINE}:
        raise NotAllowed("Only a coordinator takes cases from somebody else.")
    for _ in range(_TRIES):
        try:
            with services.database.write() as tx:
                released = _release(tx, services, scope, account_id, now)
                if then is not None:
                    then(tx)
                return released
        except _TookOneMore:
            continue
    raise AlreadyTaken("This account takes cases at this moment. Try again.")


def _release(tx: Connection, services: Services, scope: Scope, account_id: int, now: datetime) -> int:
    letters = Letters()
    desks = _locked(tx, services, account_id, letters, now)
    account = offers.lock_accounts(tx, [account_id]).get(account_id)
    if account is None or account.organisation_id != scope.organisation_id:
        raise NotFound("There is no such account.")
    if not set(_concerned(tx, account_id)) <= {record.id for _desk, record in desks}:
        raise _TookOneMore
    released = 0
    for desk, record in desks:
        if record.case.owner_id == account_id:
            moved = lifecycle.reassign(record.case, to_account=None, now=now)
            released += 1
        else:
            moved = lifecycle.withdraw(record.case, account_id=account_id, now=now)
        if isinstance(moved, Moved):
            carry_out(desk, record, moved, actor=scope.account_id)
    letters.post(tx, services, now=now)
    return released


def _locked(
    tx: Connection, services: Services, account_id: int, letters: Letters, now: datetime
) -> list[tuple[Desk, Record]]:
    """The cases that they have or are asked about, with their persons; what ended before the lock is left out."""
    found: list[tuple[Desk, Record]] = []
    concerned = _concerned(tx, account_id)
    locked = {person_id: people.lock(tx, services.sealer, person_id) for person_id in sorted(set(concerned.values()))}
    for case_id, person_id in sorted(concerned.items()):
        record, person = moving.lock(tx, case_id), locked[person_id]
        assert record is not None
        assert person is not None
        asked = any(one.account_id == account_id for one in record.case.open_offers)
        if record.case.is_open and (record.case.owner_id == account_id or asked):
            service = load_service(tx, record.row.service_id)
            found.append((Desk(tx, services, service, person, letters, now), record))
    return found


def _concerned(tx: Connection, account_id: int) -> dict[int, int]:
    """The ids of the open cases that an account has or is asked about, each with its person's id."""
    rows = stored.held_by(tx, account_id)
    asked = [stored.find_id(tx, one.case_id) for one in offers.open_for(tx, account_id)]
    return {row.id: row.person_id for row in (*rows, *asked) if row is not None}
