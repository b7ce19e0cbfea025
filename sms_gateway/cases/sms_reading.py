"""SUITE and HISTO on a basic phone: a case read part by part, three texts at a time."""

from sms_gateway.cases import whose
from sms_gateway.cases.following import Desk, whole_text
from sms_gateway.cases.letters import PARTS_AT_ONCE, case_parts
from sms_gateway.cases.moving import Record
from sms_gateway.cases.sms_phone import Phone
from sms_gateway.store import cases as stored
from sms_gateway.store import offers
from sms_gateway.store.tables import EntryKind


def more(phone: Phone) -> None:
    """The next parts of the case that they read; after the last, the first ones again."""
    at = _case_read(phone, "read")
    if at is None:
        return
    desk, record, start = at
    parts = case_parts(record.number, phone.account.language, whole_text(desk, record))
    start = start if start < len(parts) else 0
    _send(phone, desk, record, parts[start : start + PARTS_AT_ONCE])
    _remember(phone, "read", record, start + PARTS_AT_ONCE)


def history(phone: Phone) -> None:
    """What the person and we wrote to each other, newest last: the last parts; said again, the parts before them."""
    at = _case_read(phone, "history")
    if at is None:
        return
    desk, record, back = at
    words = _said_so_far(desk, record)
    if not words:
        phone.remind()
        return
    parts = case_parts(record.number, phone.account.language, words)
    back = back if back < len(parts) else 0
    end = len(parts) - back
    _send(phone, desk, record, parts[max(0, end - PARTS_AT_ONCE) : end])
    _remember(phone, "history", record, back + PARTS_AT_ONCE)


def _said_so_far(desk: Desk, record: Record) -> str:
    """What the person and the volunteers wrote to each other, oldest first, each answer with who wrote it."""
    said = []
    for entry in stored.entries(desk.tx, record.id):
        if entry.kind in {EntryKind.CITIZEN, EntryKind.ANSWER}:
            words = whose.words_of(
                desk.tx, desk.services.sealer, desk.person, entry, case_of=record.row.person_id
            ).strip()
            said.append(f"[{entry.author or '-'}] {words}" if entry.kind == EntryKind.ANSWER else words)
    return " ".join(one if one[-1] in ".!?:;," else f"{one}." for one in said if one)


def _case_read(phone: Phone, key: str) -> tuple[Desk, Record, int] | None:
    """The case that they read, and how far they are in it; None, and told so, where they have none."""
    reading = phone.state.get(key) or {}
    own = [row.id for row in stored.at_hand(phone.tx, phone.account.id)]
    if not own:
        phone.say("volunteer_no_case")
        return None
    case_id: int = reading["case"] if reading.get("case") in own else own[0]
    desk, record = phone.at(case_id)
    return desk, record, int(reading.get("next", 0)) if reading.get("case") == case_id else 0


def _send(phone: Phone, desk: Desk, record: Record, parts: tuple[str, ...]) -> None:
    for part in parts:
        phone.letters.as_it_is(record, desk.service, phone.account, part)


def _remember(phone: Phone, key: str, record: Record, position: int) -> None:
    state = phone.state | {key: {"case": record.id, "next": position}}
    offers.set_account(phone.tx, phone.account.id, sms_state=state)
