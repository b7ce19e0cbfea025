"""What pages show of answers that have not left: to their writer, and to the coordinators who read them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from sms_gateway.cases.following import opened
from sms_gateway.cases.leaving_words import Reason
from sms_gateway.store import held_answers as store
from sms_gateway.store import offers
from sms_gateway.store.people import Person


@dataclass(frozen=True)
class HeldLine:
    """An answer that waits. `leaves_at`: by itself, and until then its writer may take it back; None: it is read first.

    `reasons`: why it is read. `closes`: the case is finished with it.
    """

    id: int
    words: str
    author: str
    is_mine: bool
    said_at: datetime
    leaves_at: datetime | None
    reasons: tuple[Reason, ...]
    closes: bool


def held_line(tx: Connection, person: Person, case_id: int, account_id: int | None) -> HeldLine | None:
    """The answer that waits in a case, as its writer (`account_id`) or a coordinator sees it."""
    row = store.waiting(tx, case_id)
    return line_of(tx, person, row, account_id) if row is not None else None


def line_of(tx: Connection, person: Person, row: Row[Any], account_id: int | None) -> HeldLine:
    """A stored answer as a line."""
    author = offers.account(tx, row.account_id)
    return HeldLine(
        id=row.id,
        words=opened(person, row.body),
        author=author.name if author is not None else "",
        is_mine=row.account_id == account_id,
        said_at=row.said_at,
        leaves_at=row.leaves_at,
        reasons=tuple(Reason(one) for one in row.reasons),
        closes=row.outcome is not None,
    )
