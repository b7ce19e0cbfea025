"""Danger: at least two of us are told in the very transaction that makes a case one of danger, and told again after.

Coordinators whose phones the line reaches, at any hour. Where these are fewer than two, volunteers on shift make up the
number: they are asked at once, even those whom we had paused, never those who asked for a break. A volunteer who has
the case already counts as one. Volunteers are asked, three at once, by the clock's next step as for any case.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row, select

from sms_gateway.cases import lifecycle
from sms_gateway.cases.case import DANGER, Moved
from sms_gateway.cases.dispatch import OFFER_BY_SMS, OFFER_ON_WEB, Volunteer
from sms_gateway.cases.following import Desk, ask_account, carry_out, coordinators, ring
from sms_gateway.cases.hours import hours_of
from sms_gateway.cases.letters import danger_words
from sms_gateway.cases.moving import Record
from sms_gateway.cases.offering import network, text_line
from sms_gateway.store import cases as stored
from sms_gateway.store import journal, offers
from sms_gateway.store.tables import CaseState, cases
from sms_gateway.store.tables import journal as lines

log = structlog.get_logger(__name__)

AT_LEAST = 2  # humans who are told at once (casework.md §10, P12)
AGAIN = timedelta(minutes=5)  # a text arrives within one, and is read and answered within some; then it was not seen
LONGEST_REST = timedelta(hours=1)  # each alert after the first waits twice as long as the one before, at most this
TOLD, NOBODY = "danger_alerted", "danger_nobody_reached"


@dataclass(frozen=True)
class Voice:
    """A volunteer who may make up the number. `away`: they asked for a break themselves."""

    volunteer: Volunteer
    away: bool = False


def raised(before: Record, after: Record, *, says_danger: bool) -> bool:
    """Whether a text makes this a case of danger now, or says danger anew where all before it was settled."""
    if after.case.severity != DANGER:
        return False
    return before.case.severity != DANGER or (says_danger and not before.case.has_unanswered)


def sound(desk: Desk, record: Record) -> Record:
    """Alert in this transaction; a case that nobody has goes to the desk, and volunteers are asked within seconds."""
    moved = lifecycle.escalate(record.case, now=desk.now)
    if isinstance(moved, Moved):
        record = carry_out(desk, record, moved)
    record = alert(desk, record)
    if record.case.owner_id is None:
        stored.set_columns(desk.tx, record.id, next_deadline=desk.now)
        ring(desk, record.id)
    return record


def alert(desk: Desk, record: Record) -> Record:
    """Tell two of us or more; where nobody can be reached, the journal, the log and `guichet doctor` say so."""
    chiefs = [row for row in coordinators(desk, record) if row.lane != desk.person.lane]
    owned = record.case.owner_id is not None
    ids, rows = _stand_ins(desk, record, AT_LEAST - len(chiefs) - owned)
    locked = offers.lock_accounts(desk.tx, [*(row.id for row in chiefs), *ids])
    for row in chiefs:
        _text(desk, record, locked[row.id])
    record, asked = _ask(desk, record, ids)
    for account_id in ids:
        if account_id not in asked:
            _text(desk, record, rows[account_id])
    reached = len(chiefs) + len(ids) + owned
    what = TOLD if reached else NOBODY
    journal.record(
        desk.tx,
        record.row.organisation_id,
        what,
        now=desk.now,
        case_id=record.id,
        people=reached,
        again=_told(desk, record),
    )
    if not reached:
        log.error(NOBODY, case_id=record.id)
    return record


def is_due(desk: Desk, record: Record) -> bool:
    """Whether it is time to alert once more: nobody has taken the case since the last alert."""
    since = _lines(desk, record)
    if not since:
        return True
    rest = min(AGAIN * 2 ** min(len(since) - 1, 10), LONGEST_REST)
    return bool(max(since) + rest <= desk.now)


def make_up(voices: list[Voice], *, language: str, missing: int) -> list[int]:
    """The volunteers who make up the number: on shift, reachable, not away; who suits and is free comes first. Pure."""
    able = [
        one.volunteer
        for one in voices
        if one.volunteer.on_shift and not one.away and (one.volunteer.has_phone or one.volunteer.at_screen)
    ]

    def rank(one: Volunteer) -> tuple[bool, bool, bool, int, int]:
        speaks = not one.languages or language in one.languages
        return one.asked_now, not speaks, one.paused, one.load, one.id

    return [one.id for one in sorted(able, key=rank)[: max(missing, 0)]]


def unheard(tx: Connection) -> int:
    """How many cases of danger wait for somebody while nobody could be told at the last alert."""
    waiting = select(cases.c.id).where(
        cases.c.severity == DANGER, cases.c.state != CaseState.CLOSED, cases.c.owner_id.is_(None)
    )
    last = select(lines.c.case_id, lines.c.what).where(lines.c.case_id.in_(waiting), lines.c.what.in_((TOLD, NOBODY)))
    newest = {row.case_id: row.what for row in tx.execute(last.order_by(lines.c.id))}
    return sum(what == NOBODY for what in newest.values())


def _stand_ins(desk: Desk, record: Record, missing: int) -> tuple[list[int], dict[int, Row[Any]]]:
    if missing <= 0:
        return [], {}
    there = network(
        desk.tx,
        organisation_id=record.row.organisation_id,
        line=text_line(desk.service, record.row.line_id),
        hours=hours_of(desk.service),
        now=desk.now,
        but=desk.person.lane,
    )
    voices = [
        Voice(one, away=_is_away(there.rows[one.id], desk.now))
        for one in there.volunteers
        if one.id != record.case.owner_id
    ]
    return make_up(voices, language=record.row.language, missing=missing), there.rows


def _ask(desk: Desk, record: Record, ids: list[int]) -> tuple[Record, set[int]]:
    """Offer the case to those whom an offer can ask: `1` must mean one thing. The others get the alert's words."""
    if record.case.owner_id is not None:
        return record, set()
    known = {one.account_id for one in record.case.offers}
    busy = offers.busy(desk.tx, ids)
    free = [account_id for account_id in ids if account_id not in known | busy]
    if not free:
        return record, set()
    seen = {account_id: offers.account(desk.tx, account_id) for account_id in free}
    to = tuple((each, OFFER_BY_SMS if (row := seen[each]) and row.lane else OFFER_ON_WEB) for each in free)
    moved = lifecycle.offer(record.case, now=desk.now, to=to)
    if not isinstance(moved, Moved):
        return record, set()
    return carry_out(desk, record, moved, reasons=dict.fromkeys(free, ("danger",))), set(free)


def _text(desk: Desk, record: Record, account: Row[Any]) -> None:
    kind = danger_words(None if record.row.discreet else record.row.danger, account.language)
    ask_account(desk, account.id, {"what": "alert", "alert": "alert_danger", "case": record.id})
    desk.letters.about(record, desk.service, account, "alert_danger", kind=kind)


def _is_away(row: Row[Any], now: datetime) -> bool:
    return row.paused_until is not None and row.paused_until > now


def _told(desk: Desk, record: Record) -> int:
    return len(_lines(desk, record))


def _lines(desk: Desk, record: Record) -> list[datetime]:
    """When this wait's alerts left."""
    since = record.case.unanswered_since or record.row.opened_at
    query = select(lines.c.at).where(
        lines.c.case_id == record.id, lines.c.what.in_((TOLD, NOBODY)), lines.c.at >= since
    )
    return list(desk.tx.execute(query).scalars())
