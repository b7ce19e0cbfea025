"""An answer that did not arrive, sent once more because its case's owner asked for it; never by itself."""

from dataclasses import replace

from sms_gateway import outbox
from sms_gateway.cases import lifecycle
from sms_gateway.cases.case import Event, Refused, What
from sms_gateway.cases.following import Desk, carry_out
from sms_gateway.cases.moving import Record
from sms_gateway.cases.sms_phone import Phone
from sms_gateway.store import answers
from sms_gateway.store import cases as stored


def send_again(desk: Desk, record: Record, account_id: int, *, message_id: int | None = None) -> bool:
    """Send the texts of a failed answer again: the newest, or the one that `message_id` belongs to.

    It settles what it had settled when it was written. False where there is none, or the case is not theirs.
    """
    failed = answers.failed_answer(desk.tx, record.id, message_id)
    entry = answers.entry_of(desk.tx, failed[-1].id) if failed else None
    if entry is None:
        return False
    covered = answers.covered_by(desk.tx, record.id, entry.id)
    moved = lifecycle.answer(
        record.case,
        account_id=account_id,
        epoch=record.case.epoch,
        seen_seq=covered,
        unseen_since=stored.first_after(desk.tx, record.id, covered),
        now=desk.now,
    )
    if isinstance(moved, Refused):
        return False
    carry_out(desk, record, replace(moved, events=(Event(What.SENT_AGAIN, account_id),)), actor=account_id)
    sent = [outbox.resend(desk.tx, desk.services, one.id, case_id=one.case_id, now=desk.now) for one in failed]
    return any(sent)


def by_phone(phone: Phone, desk: Desk, record: Record, words: str) -> None:
    """RENVOI: the newest answer of their case that did not arrive leaves once more."""
    if send_again(desk, record, phone.account.id):
        phone.about(desk, record, "answer_sent_again")
    else:
        phone.remind()
