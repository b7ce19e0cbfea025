"""One case in the hands of somebody at a page: found in their scope, locked with its person, letters posted after."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sms_gateway.cases import moving
from sms_gateway.cases.following import Desk
from sms_gateway.cases.letters import Letters
from sms_gateway.cases.moving import Record
from sms_gateway.context import Services
from sms_gateway.errors import NotAllowed, NotFound
from sms_gateway.services import load as load_service
from sms_gateway.store import cases as stored
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import Role

WHO_ANSWERS = {Role.VOLUNTEER, Role.COORDINATOR}


@contextmanager
def at_case(services: Services, scope: Scope, number: int, now: datetime) -> Iterator[tuple[Desk, Record]]:
    """A case of the scope with its person, locked, and what a move needs; letters are posted at the end.

    Raises NotFound for a number outside the scope, NotAllowed for a role that answers nobody.
    """
    if scope.role not in {*WHO_ANSWERS, Role.MACHINE}:
        raise NotAllowed("This account does not answer people.")
    with services.database.write() as tx:
        row = stored.find(tx, scope, number)
        if row is None:
            raise NotFound(f"There is no case {number}.")
        record, person = moving.lock_with_person(tx, services.sealer, case_id=row.id, person_id=row.person_id)
        desk = Desk(tx, services, load_service(tx, record.row.service_id), person, Letters(), now)
        yield desk, record
        desk.letters.post(tx, services, now=now)
