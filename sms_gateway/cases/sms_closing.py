"""FIN on a basic phone: how it ended, and never over a text of the person that nobody answered."""

from typing import Any

from sms_gateway.cases import answering, held, undelivered, whose
from sms_gateway.cases.answering import Closed
from sms_gateway.cases.case import Outcome, Refused, Why
from sms_gateway.cases.following import Desk, carry_out
from sms_gateway.cases.letters import PARTS_AT_ONCE, case_parts
from sms_gateway.cases.moving import Record
from sms_gateway.cases.sms_phone import Phone
from sms_gateway.store import cases as stored

_OUTCOMES = (Outcome.SETTLED, Outcome.COUNTER, Outcome.PROFESSIONAL, Outcome.NOT_FOR_US)


def done(phone: Phone, desk: Desk, record: Record, digit: int | None) -> None:
    """FIN, with or without its digit. 0 leaves the case open."""
    if digit is None:
        phone.about(desk, record, "close_how")
        phone.ask({"what": "close", "case": record.id, "seen": _seen(phone, record)})
    elif 1 <= digit <= len(_OUTCOMES):
        _close(phone, desk, record, _OUTCOMES[digit - 1])
    else:
        phone.ask(None)
        phone.remind()


def how(phone: Phone, asked: dict[str, Any], digit: int) -> None:
    """The digit that answers close_how, or comes after close_not_yet."""
    desk, record = phone.at(asked["case"])
    done(phone, desk, record, digit)


def _close(phone: Phone, desk: Desk, record: Record, outcome: Outcome) -> None:
    """Close. FIN once more, after the open texts were shown, says that they need no answer: it is journaled as such.

    What could still be taken back leaves first. Whoever can't be reached by SMS is closed as such, whatever was chosen.
    """
    record = held.let_leave(desk, record)
    if record.case.is_unreachable and _give_up(phone, desk, record):
        return
    if held.finish_with(desk, record, phone.account.id, outcome) is not None:
        phone.ask(None)
        phone.about(desk, record, "answer_review")  # it ends with their answer, once that was read
        return
    last = record.case.last_inbound_seq
    ended = answering.close(
        desk,
        record,
        phone.account.id,
        epoch=record.case.epoch,
        outcome=outcome,
        seen_seq=last,
        nothing_needed=_seen(phone, record) >= last,
        is_coordinator=False,
    )
    if isinstance(ended, Closed):
        phone.ask(None)
        phone.about(desk, record, "closed")
    elif ended.why in {Why.UNANSWERED, Why.NEVER_ANSWERED}:
        _not_yet(phone, desk, record)
    else:
        phone.ask(None)
        phone.remind()


def _give_up(phone: Phone, desk: Desk, record: Record) -> bool:
    last = record.case.last_inbound_seq
    seen = stored.seen_by_phone(phone.tx, record.id, phone.account.id, last)
    done = undelivered.give_up(
        record.case,
        account_id=phone.account.id,
        seen_seq=seen,
        is_coordinator=False,
        now=phone.now,
    )
    if isinstance(done, Refused):
        return False
    carry_out(desk, record, done, actor=phone.account.id)
    phone.ask(None)
    phone.about(desk, record, "closed")
    return True


def _not_yet(phone: Phone, desk: Desk, record: Record) -> None:
    phone.about(desk, record, "close_not_yet")
    texts = stored.unsettled_texts(phone.tx, record.id, record.case.settled_seq)
    words = " ".join(
        whose.words_of(phone.tx, phone.services.sealer, desk.person, one, case_of=record.row.person_id) for one in texts
    )
    for part in case_parts(record.number, phone.account.language, words)[:PARTS_AT_ONCE]:
        phone.letters.as_it_is(record, desk.service, phone.account, part)
    phone.ask({"what": "close_seen", "case": record.id, "seen": record.case.last_inbound_seq})


def _seen(phone: Phone, record: Record) -> int:
    """Up to which text the phone was shown what closing would leave unanswered."""
    asked = phone.state.get("asked") or {}
    same = asked.get("what") in {"close", "close_seen"} and asked.get("case") == record.id
    return int(asked["seen"]) if same else 0
