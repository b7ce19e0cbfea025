"""Taking an answer back on a basic phone, where the installation holds answers by text: 0 while it has not left."""

from datetime import datetime, timedelta
from typing import Any

from sms_gateway.cases import held
from sms_gateway.cases.following import Desk
from sms_gateway.cases.moving import Record
from sms_gateway.cases.sms_phone import Phone
from sms_gateway.store import held_answers
from sms_gateway.store.tables import HeldState

TAKE_BACK = 0


def offer(phone: Phone, desk: Desk, record: Record, leaves_at: datetime) -> None:
    """Say when the answer leaves, and that 0 takes it back until then."""
    row = held_answers.waiting(phone.tx, record.id)
    assert row is not None, "it was held in this transaction"
    seconds = max(1, (leaves_at - phone.now) // timedelta(seconds=1))
    phone.ask({"what": "undo", "case": record.id, "held": row.id, "until": leaves_at.isoformat()})
    phone.about(desk, record, "answer_held", seconds=str(seconds))


def answered(phone: Phone, asked: dict[str, Any], digit: int) -> None:
    """0: the words are a draft again, and nothing has left; or, truly, that it was too late."""
    desk, record = phone.at(asked["case"])
    phone.ask(None)
    became = held.take_back(desk, record, phone.account.id, asked["held"])
    if became is HeldState.TAKEN_BACK:
        phone.about(desk, record, "answer_cancelled")
    else:
        phone.about(desk, record, "answer_not_sent" if became is HeldState.DRAFT else "answer_gone")
