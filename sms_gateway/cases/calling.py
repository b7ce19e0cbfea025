"""A call that the person wished for: whoever rang them says so, and that is an answer like any other."""

from datetime import datetime

from sms_gateway import phrases
from sms_gateway.cases import answering, guards
from sms_gateway.cases.answering import Sent
from sms_gateway.cases.at_case import at_case
from sms_gateway.cases.following import Desk
from sms_gateway.cases.moving import Record
from sms_gateway.cases.number_to_ring import is_wished
from sms_gateway.cases.sms_phone import Phone
from sms_gateway.context import Services
from sms_gateway.errors import NotAllowed, StaleAnswer
from sms_gateway.store import cases as stored
from sms_gateway.store import journal, offers
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import EntryKind


def called(services: Services, scope: Scope, number: int, *, epoch: int, seen_seq: int, now: datetime) -> None:
    """The owner has rung the person. It settles what they had seen, as an answer does, and the wish is met.

    A text says who called, so that the call stands on the phone, and whoever missed it can say so by replying: then
    the case waits again. Raises StaleAnswer where it has another owner by now.
    """
    if scope.account_id is None:
        raise NotAllowed("Only a person does this.")
    with at_case(services, scope, number, now) as (desk, record):
        if guards.is_stale(record.case, account_id=scope.account_id, epoch=epoch):
            raise StaleAnswer(f"Case {number} has another owner by now.")
        _called(desk, record, scope.account_id, seen_seq=seen_seq)


def by_phone(phone: Phone, desk: Desk, record: Record, words: str) -> None:
    """APPELE on the basic phone of whoever has the case; only where a call was wished."""
    if not is_wished(record):
        phone.about(desk, record, "number_hidden")
        return
    seen = stored.seen_by_phone(phone.tx, record.id, phone.account.id, record.case.last_inbound_seq)
    noted = _called(desk, record, phone.account.id, seen_seq=seen)
    phone.about(desk, record, "call_noted" if noted else "answer_not_sent")


def _called(desk: Desk, record: Record, account_id: int, *, seen_seq: int | None) -> bool:
    """Whether the call was noted: not where the button was pressed twice, nor where the case is somebody else's."""
    account = offers.account(desk.tx, account_id)
    assert account is not None
    drafts = _drafts(desk, record, account.id)
    words = phrases.say(desk.language, "called", volunteer=account.name, case=str(record.number))
    sent, after = answering.answer(
        desk, record, account.id, epoch=record.case.epoch, words=[words], seen_seq=seen_seq
    )
    if not isinstance(sent, Sent) or after is record:
        return False
    for body in drafts:  # they were writing something else, and may go on
        stored.add_entry(desk.tx, record.row, EntryKind.DRAFT, body=body, at=desk.now, account_id=account.id)
    stored.set_columns(desk.tx, record.id, wish=None)
    journal.record(
        desk.tx, after.row.organisation_id, "called", now=desk.now, case_id=record.id, account_id=account.id
    )
    return True


def _drafts(desk: Desk, record: Record, account_id: int) -> list[str]:
    return [
        entry.body
        for entry in stored.entries(desk.tx, record.id)
        if entry.kind == EntryKind.DRAFT and entry.account_id == account_id
    ]
