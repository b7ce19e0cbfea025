"""Rest after what is hard to read: a while without offers after danger, or after several urgent cases; a break, else.

A volunteer may end their rest at any moment. A coordinator's desk asks how they are, and says why (casework.md §7).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from sms_gateway import phrases
from sms_gateway.cases.case import DANGER, Event, Outcome, What
from sms_gateway.cases.moving import Record
from sms_gateway.cases.offering import can_be_texted, is_at_screen, is_resting, text_line, took_by_sms
from sms_gateway.store import journal, offers, rests
from sms_gateway.store.tables import CaseState, Role

if TYPE_CHECKING:  # the desk calls this after every move
    from sms_gateway.cases.following import Desk

AFTER_DANGER = timedelta(hours=1)
AFTER_SEVERAL = timedelta(minutes=30)
SEVERAL, WITHIN = 3, timedelta(hours=4)  # urgent cases, or of danger, taken in that time
LONG = timedelta(hours=3)  # of answering, with never half an hour between two answers: a break is offered
APART = timedelta(minutes=30)


class Why(StrEnum):
    """Why somebody rests, or is asked whether they would like to."""

    DANGER = "danger"
    SEVERAL = "several"
    LONG = "long"


def why_rest(*, severity: int, heavy_lately: int, answered_at: Sequence[datetime], now: datetime) -> Why | None:
    """Why whoever has just finished with a case should rest; None where nothing was out of the ordinary. Pure.

    `heavy_lately`: urgent cases and cases of danger that they took within WITHIN. `answered_at`: their answers of the
    last hours, in any order. Neither counts what lies before the last time that they rested, or were asked to.
    """
    if severity == DANGER:
        return Why.DANGER
    if heavy_lately >= SEVERAL:
        return Why.SEVERAL
    return Why.LONG if answering_since(answered_at, now) <= now - LONG else None


def answering_since(answered_at: Sequence[datetime], now: datetime) -> datetime:
    """Since when they have been answering without a break; `now` where they have not. Pure."""
    start = now
    for moment in sorted(answered_at, reverse=True):
        if start - moment > APART:
            break
        start = moment
    return start


def after(desk: "Desk", record: Record, event: Event) -> None:
    """A volunteer has answered, or a case has left their hands: do they rest? Their phone hears it, kindly, once."""
    if not _is_over(record, event):
        return
    account = offers.lock_accounts(desk.tx, [event.account_id or 0]).get(event.account_id or 0)
    if account is None or account.role != Role.VOLUNTEER or not account.active:
        return
    why = _why(desk, record, account)
    if why is None:
        return
    again = account.rest_case_id == record.id  # more of the same case: it was said
    if again and not is_resting(account, desk.now):
        return  # they said that they are well, or the hour has passed
    _begin(desk, record, account, why, told=again)


def _is_over(record: Record, event: Event) -> bool:
    """Whether nothing more is asked of them in this case now."""
    if event.account_id is None or record.case.outcome == Outcome.QUIET:
        return False  # closed by itself, days after
    return event.what is not What.ANSWERED or record.case.state is not CaseState.CLAIMED


def _why(desk: "Desk", record: Record, account: Row[Any]) -> Why | None:
    since = max(filter(None, (desk.now - 2 * LONG, account.rest_began_at)))
    taken = rests.taken_since(desk.tx, account.id, min(since, desk.now - WITHIN))
    heavy = rests.heavy_of(taken, since=max(filter(None, (desk.now - WITHIN, account.rest_began_at))))
    answered = rests.answered_at(desk.tx, account.id, [one.case_id for one in taken], since=since)
    return why_rest(severity=record.case.severity, heavy_lately=heavy, answered_at=answered, now=desk.now)


def _begin(desk: "Desk", record: Record, account: Row[Any], why: Why, *, told: bool) -> None:
    length = {Why.DANGER: AFTER_DANGER, Why.SEVERAL: AFTER_SEVERAL, Why.LONG: timedelta()}[why]
    until = max(filter(None, (desk.now + length, account.rests_until)))
    columns: dict[str, Any] = {"rests_until": until} if length else {}
    if not told:
        columns |= {"rest_began_at": desk.now, "rest_case_id": record.id, "rest_why": why}
        journal.record(
            desk.tx,
            record.row.organisation_id,
            "rest_began" if length else "rest_proposed",
            now=desk.now,
            case_id=record.id,
            account_id=account.id,
            why=why.value,
        )
        _tell(desk, record, account, why, until)
    offers.set_account(desk.tx, account.id, **columns)


def _tell(desk: "Desk", record: Record, account: Row[Any], why: Why, until: datetime) -> None:
    line = text_line(desk.service, record.row.line_id)
    if line is None or not can_be_texted(account, line):
        return
    if is_at_screen(account, desk.now) and not took_by_sms(account.sms_state, record.id):
        return  # their page says it
    by = phrases.by(until, now=desk.now, language=account.language, timezone=desk.service.timezone)
    key = "rest_proposed" if why is Why.LONG else "rest_begins"
    values = {} if why is Why.LONG else {"by": by}
    desk.letters.plain(account, line.id, phrases.say(account.language, key, **values), last=True)
