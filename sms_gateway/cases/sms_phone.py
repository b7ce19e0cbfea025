"""A text from a volunteer's or coordinator's phone, on its way through the desk: who wrote, and what answers them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from sms_gateway import phrases
from sms_gateway.cases import moving
from sms_gateway.cases.following import Desk
from sms_gateway.cases.letters import Letters
from sms_gateway.cases.moving import Record
from sms_gateway.context import Services
from sms_gateway.services import load as load_service
from sms_gateway.store import cases as stored
from sms_gateway.store import offers


@dataclass(frozen=True)
class Phone:
    """A text from a volunteer's phone, in a transaction: who, which line, and the letters that answer it."""

    tx: Connection
    services: Services
    account: Row[Any]
    line_id: int
    letters: Letters
    now: datetime

    @property
    def state(self) -> dict[str, Any]:
        """What the phone's next text answers."""
        return dict(self.account.sms_state or {})

    def ask(self, question: dict[str, Any] | None) -> None:
        """Remember the question that a digit answers; None: none is open."""
        fresh = offers.account(self.tx, self.account.id)
        state = dict(fresh.sms_state or {}) if fresh is not None else {}
        state.pop("asked", None)
        if question is not None:
            state["asked"] = question | {"at": self.now.isoformat()}
        offers.set_account(self.tx, self.account.id, sms_state=state)

    def say(self, key: str, **values: str) -> None:
        """Answer with a phrase that is about no single case."""
        self.letters.plain(self.account, self.line_id, phrases.say(self.account.language, key, **values))

    def about(self, desk: Desk, record: Record, key: str, **values: str) -> None:
        """Answer with a phrase about a case."""
        self.letters.about(record, desk.service, self.account, key, **values)

    def at(self, case_id: int) -> tuple[Desk, Record]:
        """A case with its person, locked, for a move."""
        row = stored.find_id(self.tx, case_id)
        assert row is not None
        record, person = moving.lock_with_person(
            self.tx, self.services.sealer, case_id=case_id, person_id=row.person_id
        )
        service = load_service(self.tx, record.row.service_id)
        return Desk(self.tx, self.services, service, person, self.letters, self.now), record

    def remind(self) -> None:
        """For a text that answers nothing: what they have and what they can do, again; nothing leaves."""
        own = stored.owned_by(self.tx, self.account.id)
        if not own:
            self.say("volunteer_no_case")
            return
        desk, record = self.at(own[0].id)
        left = max(timedelta(minutes=1), (record.case.lease_until or self.now) - self.now)
        minutes = str(min(120, left // timedelta(minutes=1)))
        self.about(desk, record, "case_yours", minutes=minutes)
