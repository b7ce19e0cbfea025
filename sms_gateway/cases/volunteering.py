"""What a volunteer takes on: languages, topics, regions, training, how many cases and when; a coordinator sets it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from sms_gateway.cases.offering import wake_waiting
from sms_gateway.errors import GuichetError, NotFound
from sms_gateway.store import journal, offers
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import Role, accounts

MOST_AT_A_TIME, MOST_A_DAY, MOST_READ = 20, 100, 100
_MINUTES_A_DAY = 24 * 60
_WOKEN = 3  # waiting cases that are looked at again, since somebody may take them now


@dataclass(frozen=True)
class Work:
    """What a volunteer takes on. Empty lists: all of them, but for `training`: none.

    `quiet_from` and `quiet_to` are minutes of the day in the service's time zone; both None: asked at every hour of
    their shifts. `review_left`: how many of their next answers a coordinator reads before they leave.
    """

    languages: tuple[str, ...]
    topics: tuple[str, ...]
    regions: tuple[str, ...]
    training: tuple[str, ...]
    capacity: int
    cases_a_day: int | None
    quiet_from: int | None
    quiet_to: int | None
    review_left: int = 0


def work_of(tx: Connection, scope: Scope, account_id: int) -> tuple[str, Work]:
    """A volunteer's name and what they take on. Raises NotFound for an account outside the scope."""
    row = tx.execute(
        select(accounts).where(
            accounts.c.id == account_id,
            accounts.c.organisation_id == scope.organisation_id,
            accounts.c.role == Role.VOLUNTEER,
        )
    ).first()
    if row is None:
        raise NotFound("There is no such volunteer.")
    known: dict[str, Any] = {one.name: getattr(row, one.name) for one in fields(Work)}  # its fields are columns
    lists: dict[str, Any] = {name: tuple(each) for name, each in known.items() if isinstance(each, list)}
    return row.name, Work(**known | lists)


def set_work(tx: Connection, scope: Scope, account_id: int, work: Work, *, now: datetime) -> None:
    """Set what a volunteer takes on, from the next offer on; cases that they have stay theirs.

    Raises NotFound for an account outside the scope, GuichetError for numbers that can't be.
    """
    work_of(tx, scope, account_id)
    if not 1 <= work.capacity <= MOST_AT_A_TIME:
        raise GuichetError(f"Cases at a time: from 1 to {MOST_AT_A_TIME}.")
    if work.cases_a_day is not None and not 1 <= work.cases_a_day <= MOST_A_DAY:
        raise GuichetError(f"Cases a day: from 1 to {MOST_A_DAY}, or empty for no limit.")
    if not 0 <= work.review_left <= MOST_READ:
        raise GuichetError(f"Answers that are read first: from 0 to {MOST_READ}.")
    quiet = (work.quiet_from, work.quiet_to)
    if (work.quiet_from is None) is not (work.quiet_to is None):
        raise GuichetError("Quiet hours have a beginning and an end, or neither.")
    if any(one is not None and not 0 <= one < _MINUTES_A_DAY for one in quiet):
        raise GuichetError("Quiet hours lie between 00:00 and 23:59.")
    offers.lock_accounts(tx, [account_id])
    offers.set_account(tx, account_id, **asdict(work))  # JSON knows no tuples: they are stored as lists
    journal.record(tx, scope.organisation_id, "work_set", now=now, account_id=account_id, by=scope.account_id)
    wake_waiting(tx, scope.organisation_id, now=now, limit=_WOKEN)


def split_regions(written: str) -> tuple[str, ...]:
    """Regions as somebody writes them, apart by commas; each once, in their order."""
    return tuple(dict.fromkeys(one.strip()[:40] for one in written.split(",") if one.strip()))


def listed(chosen: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Those of `chosen` that are known; all of them is none named: whatever is added later counts too."""
    kept = tuple(one for one in known if one in set(chosen))
    return () if len(kept) == len(known) else kept
