"""A coordinator's phone: what it is asked about a case, and what the digit that comes back does."""

from typing import Any

from sqlalchemy import Row

from sms_gateway import phrases
from sms_gateway.cases import answering, lifecycle, overdue, undelivered
from sms_gateway.cases.answering import Taken
from sms_gateway.cases.asked import told_now
from sms_gateway.cases.case import Moved
from sms_gateway.cases.following import Desk, ask_account, carry_out, coordinators, promised_words
from sms_gateway.cases.moving import Record
from sms_gateway.cases.offering import can_be_texted
from sms_gateway.cases.sms_phone import Phone
from sms_gateway.services import load as load_service
from sms_gateway.store import cases as stored
from sms_gateway.store import journal, offers

_TAKES = {"alert_late": 1, "alert_danger": 1, "alert_broken": 1, "alert_volunteer": 2, "alert_unreachable": 1}
_CLOSES = 2


def volunteer_needs_help(desk: Desk, record: Record, volunteer: Row[Any]) -> None:
    """AIDE from a volunteer's phone: coordinators are told at once."""
    journal.record(
        desk.tx,
        record.row.organisation_id,
        "volunteer_asked_for_help",
        now=desk.now,
        case_id=record.id,
        account_id=volunteer.id,
    )
    for account in coordinators(desk, record):
        ask_account(desk, account.id, {"what": "alert", "alert": "alert_volunteer", "case": record.id})
        desk.letters.about(record, desk.service, account, "alert_volunteer", volunteer=volunteer.name)


def volunteer_without_case(phone: Phone) -> None:
    """AIDE from somebody who has no case, perhaps after a hard one: coordinators are told all the same."""
    service = load_service(phone.tx, stored.service_of_line(phone.tx, phone.line_id))
    journal.record(
        phone.tx, phone.account.organisation_id, "volunteer_asked_for_help", now=phone.now, account_id=phone.account.id
    )
    for account in offers.coordinators(phone.tx, phone.account.organisation_id):
        if can_be_texted(account, service.line(phone.line_id)):
            body = phrases.say(account.language, "alert_volunteer_alone", volunteer=phone.account.name)
            phone.letters.plain(account, phone.line_id, body)


def answered(phone: Phone, asked: dict[str, Any], digit: int) -> None:
    """Take the case, or tell the person a new time; any other digit leaves things as they are."""
    desk, record = phone.at(asked["case"])  # the person is locked before the account, as everywhere
    phone.ask(None)
    if digit == _TAKES[asked["alert"]]:
        _take(phone, desk, record)
    elif asked["alert"] == "alert_late" and digit in {2, 3}:
        _say_a_new_time(phone, desk, record)
    elif asked["alert"] == "alert_unreachable" and digit == _CLOSES:
        _give_up(phone, desk, record, seen_seq=asked.get("seen", 0))


def _take(phone: Phone, desk: Desk, record: Record) -> None:
    if record.case.owner_id is not None and record.case.owner_id != phone.account.id:
        moved = lifecycle.reassign(record.case, to_account=phone.account.id, now=desk.now)
        if isinstance(moved, Moved) and phone.state["asked"]["alert"] == "alert_volunteer":
            carry_out(desk, record, moved, actor=phone.account.id)
            return
    if not isinstance(answering.take(desk, record, phone.account.id, by_sms=True), Taken):
        phone.about(desk, record, "offer_too_late")


def _give_up(phone: Phone, desk: Desk, record: Record, *, seen_seq: int) -> None:
    """End the case of whoever can't be reached; not where they wrote, or a text arrived, since the alert."""
    done = undelivered.give_up(
        record.case, account_id=phone.account.id, seen_seq=seen_seq, is_coordinator=True, now=phone.now
    )
    if isinstance(done, Moved):
        carry_out(desk, record, done, actor=phone.account.id)
        phone.about(desk, record, "closed")
    else:
        phone.about(desk, record, "unreachable_open")


def _say_a_new_time(phone: Phone, desk: Desk, record: Record) -> None:
    """The person hears of the delay now, and the coordinator what was said; no counter is known to send them to."""
    told = told_now(desk, record)
    moved = overdue.correct(record.case, now=desk.now, promised_by=told.by, early=True)
    if isinstance(moved, Moved):
        after = carry_out(desk, record, moved, actor=phone.account.id)
        phone.about(desk, after, "alert_late", by=promised_words(desk, after, phone.account))
