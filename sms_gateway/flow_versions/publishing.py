"""A version goes live, comes back, or is withdrawn: one transaction each; conversations that run keep theirs.

A version that harms is withdrawn by its content: every number that has it, and for good. Who is in it is sent to a
person (`sms_gateway.withdrawal`).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from unicodedata import category

from sqlalchemy import Connection, Row, update

from flows.checker import check_content
from flows.finding import Finding, FindingSeverity
from sms_gateway.context import Services
from sms_gateway.flow_versions import drafts, rows, storing
from sms_gateway.flow_versions.rows import EDITED, SHIPPED, FlowAt
from sms_gateway.store.database import after_commit
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import VersionState, flow_versions

NO_REASON = "no_reason"
NOTHING_CHANGED = "nothing_changed"
UNDECIDED = "undecided"
WITHDRAWN_BEFORE = "withdrawn_before"
NOT_TO_GO_BACK_TO = "not_to_go_back_to"
_WORDS = "transcript_words"  # a warning of the checker's that must be accepted before publishing

_MESSAGES = {
    NO_REASON: "Say in a few words why. The others read it in the history.",
    NOTHING_CHANGED: "The draft says what is live already. Change something, or discard it.",
    UNDECIDED: "`{name}` was changed here and by the library, differently. Choose one of the two.",
    WITHDRAWN_BEFORE: "Exactly this version was withdrawn. Change what was wrong in it, then publish.",
    NOT_TO_GO_BACK_TO: "This version can't be live again. Choose one that was live before and was not withdrawn.",
}


@dataclass(frozen=True)
class Published:
    """It is live, under this number. findings: of a version that came back, what the checker says of it today."""

    number: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class NotYet:
    """What stands against it; nothing has changed."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Moved:
    """The draft, or what is live, is not what the page showed; by whom ("" for the library)."""

    by: str


@dataclass(frozen=True)
class Withdrawn:
    """It is withdrawn; live: the number of the version that is live now, None where the flow is closed."""

    live: int | None


def publish(
    services: Services, scope: Scope, country: str, code: str, *, revision: int, reason: str, today: date
) -> Published | NotYet | Moved:
    """Make the draft live. `revision`: of the draft as its editor has seen it, beside what was live then.

    Nothing that the checker calls an error goes live, nor a written conversation whose new words nobody accepted.
    Raises NotFound, NotAllowed.
    """
    flow = rows.for_editing(scope, country, code)
    reason = _plain(reason)
    with services.database.read() as tx:
        seen = rows.draft(tx, flow)
        if seen is None or seen.revision != revision:
            return _moved(tx, flow, seen)
        live = rows.live(tx, flow)
        against = _against(tx, flow, seen, live, reason)
        content = storing.content(tx, seen.bundle_hash)
        before = storing.content(tx, live.bundle_hash) if live is not None else ""
    against += _faults(content, before, today)  # it takes a while: nobody waits for it
    if against:
        return NotYet(tuple(against))
    now = services.clock()
    with services.database.write() as tx:
        rows.lock_existing(tx, flow)
        row, live = rows.draft(tx, flow), rows.live(tx, flow)
        if row is None or row.revision != revision:
            return _moved(tx, flow, row)
        if rows.was_withdrawn(tx, flow, row.bundle_hash):  # by somebody else, while this was checked
            return NotYet((_finding(flow, WITHDRAWN_BEFORE),))
        if live is not None and live.bundle_hash == row.bundle_hash:
            return _taken_up(tx, flow, scope, row, live, now)
        return Published(_go_live(tx, flow, scope, row, live, reason, now))


def roll_back(
    services: Services, scope: Scope, country: str, code: str, *, version_id: int, reason: str
) -> Published | NotYet:
    """Make an earlier version live again, under its own number, whatever the checker says of it today.

    Raises NotFound, NotAllowed.
    """
    flow = rows.for_editing(scope, country, code)
    reason, now = _plain(reason), services.clock()
    if not reason:
        return NotYet((_finding(flow, NO_REASON),))
    with services.database.write() as tx:
        rows.lock_existing(tx, flow)
        row, live = rows.version(tx, flow, version_id), rows.live(tx, flow)
        if row.state == VersionState.WITHDRAWN:
            return NotYet((_finding(flow, WITHDRAWN_BEFORE),))
        if row.state != VersionState.RETIRED:
            return NotYet((_finding(flow, NOT_TO_GO_BACK_TO),))
        _reopen(tx, flow, scope, row, live, reason, now)
        left = live.id if live is not None else None
        rows.record(tx, flow, scope, "version_rolled_back", now=now, version_id=row.id, left_id=left, number=row.number)
        content = storing.content(tx, row.bundle_hash)
    return Published(row.number, tuple(check_content(content, today=now.date())))


def withdraw(
    services: Services, scope: Scope, country: str, code: str, *, version_id: int, reason: str, back_to: int | None
) -> Withdrawn | NotYet:
    """Withdraw a version that harms: nobody begins on it or goes on in it; its people get a case and a promise.

    back_to: the version that is live from now on. None: the flow is closed, if it was the live one, and the menu leaves
    it out. It can't be undone. Raises NotFound, NotAllowed.
    """
    flow = rows.for_editing(scope, country, code)
    reason, now = _plain(reason), services.clock()
    if not reason:
        return NotYet((_finding(flow, NO_REASON),))
    with services.database.write() as tx:
        rows.lock_existing(tx, flow)
        row, live = rows.version(tx, flow, version_id), rows.live(tx, flow)
        target = rows.version(tx, flow, back_to) if back_to is not None else None
        if row.state == VersionState.DRAFT:
            return NotYet((_finding(flow, NOT_TO_GO_BACK_TO),))
        if target is not None and not _may_follow(target, row):
            return NotYet((_finding(flow, NOT_TO_GO_BACK_TO),))
        same = flow.mine() & (flow_versions.c.bundle_hash == row.bundle_hash)
        numbered = flow_versions.c.state != VersionState.DRAFT
        gone = {"state": VersionState.WITHDRAWN, "changed_at": now, "left_reason": reason}
        tx.execute(update(flow_versions).where(same, numbered).values(gone))
        if live is not None and live.bundle_hash == row.bundle_hash:
            live = None
            drafts.touch(tx, flow, scope, live_id=None, now=now)
        if target is not None and target.state != VersionState.PUBLISHED:
            _reopen(tx, flow, scope, target, live, reason, now)
            live = target
        what = {"version_id": row.id, "number": row.number, "back_to": back_to}
        rows.record(tx, flow, scope, "version_withdrawn", now=now, **what)
        after_commit(tx, lambda: services.ring("leave_version", version_id))
        return Withdrawn(live.number if live is not None else None)


def _plain(reason: str) -> str:
    """On one line, without signs that nobody sees: PostgreSQL keeps no NUL."""
    return " ".join("".join(sign if category(sign) != "Cc" else " " for sign in reason).split())


def _may_follow(target: Row[Any], withdrawn: Row[Any]) -> bool:
    may_be_live = target.state in {VersionState.RETIRED, VersionState.PUBLISHED}
    return may_be_live and target.bundle_hash != withdrawn.bundle_hash


def _against(tx: Connection, flow: FlowAt, row: Row[Any], live: Row[Any] | None, reason: str) -> list[Finding]:
    """What stands against publishing besides the words themselves."""
    found = [_finding(flow, UNDECIDED, step=name) for name in row.undecided or ()]
    if not reason:
        found.append(_finding(flow, NO_REASON))
    same = live is not None and live.bundle_hash == row.bundle_hash
    if live is not None and same and live.follows == row.follows:
        found.append(_finding(flow, NOTHING_CHANGED))
    if rows.was_withdrawn(tx, flow, row.bundle_hash):
        found.append(_finding(flow, WITHDRAWN_BEFORE))
    return found


def _faults(content: str, before: str, today: date) -> list[Finding]:
    found = check_content(content, today=today, before=before)
    return [each for each in found if each.severity is FindingSeverity.ERROR or each.rule == _WORDS]


def _go_live(
    tx: Connection, flow: FlowAt, scope: Scope, row: Row[Any], live: Row[Any] | None, reason: str, now: datetime
) -> int:
    if live is not None:
        rows.change(tx, live.id, now=now, state=VersionState.RETIRED)
    number = rows.next_number(tx, flow)
    rows.change(
        tx, row.id, now=now, state=VersionState.PUBLISHED, number=number, published_at=now, reason=reason,
        made_by=scope.account_id, base_id=None, undecided=None, touched=None, revision=0,
        origin=SHIPPED if row.bundle_hash == row.follows else EDITED,
    )  # fmt: skip
    rows.record(tx, flow, scope, "version_published", now=now, version_id=row.id, number=number)
    return number


def _taken_up(tx: Connection, flow: FlowAt, scope: Scope, row: Row[Any], live: Row[Any], now: datetime) -> Published:
    """The library's changes were all refused, step by step: what is live stays, and they are not offered again."""
    rows.follow(tx, live.id, row.follows)
    drafts.remove(tx, row)
    rows.record(tx, flow, scope, "draft_discarded", now=now, version_id=row.id, revision=row.revision)
    return Published(live.number)


def _reopen(
    tx: Connection, flow: FlowAt, scope: Scope, row: Row[Any], live: Row[Any] | None, reason: str, now: datetime
) -> None:
    if live is not None:
        rows.change(tx, live.id, now=now, state=VersionState.RETIRED, left_reason=reason)
    rows.change(tx, row.id, now=now, state=VersionState.PUBLISHED, left_reason=None)
    drafts.touch(tx, flow, scope, live_id=row.id, now=now)


def _moved(tx: Connection, flow: FlowAt, row: Row[Any] | None) -> Moved:
    """By whom: the last change of the draft; without a draft, whoever published it."""
    if row is None:
        live = rows.newest(tx, flow)
        by = live.made_by if live is not None else None
    else:
        by = (row.touched or {}).get(drafts.LAST)
    return Moved(rows.names(tx, flow.organisation_id, [by]).get(by, ""))


def _finding(flow: FlowAt, rule: str, *, step: str = "") -> Finding:
    return Finding(flow.code, step, rule, _MESSAGES[rule].format(name=step))
