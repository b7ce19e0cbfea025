"""What each person was told, and what came of it: read from the journal, never from a flag that the code sets itself.

A promise is kept where the answer is journaled before the time that was told. A correction is in time where it is
journaled before the time that the person was told *before* it; the case's own column holds the new time by then.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from sms_gateway.cases.case import CORRECTIONS, What
from sms_gateway.store.tables import cases, journal


@dataclass
class Wait:
    """From a text that needs an answer to that answer. `first`: of a case, whose promise was said in words."""

    case_id: int
    severity: int
    began: datetime
    promised: list[datetime]
    first: bool = True
    corrected: list[datetime] = field(default_factory=list)
    last_text: bool = False  # told that it stays open, without a time
    offered: datetime | None = None
    ended: datetime | None = None

    def lasted(self, until: datetime) -> timedelta:
        """How long, so far."""
        return (self.ended or until) - self.began

    @property
    def is_kept(self) -> bool:
        """Answered before the first time that was told."""
        return self.ended is not None and self.ended <= self.promised[0]

    def lies(self, until: datetime) -> Iterator[datetime]:
        """The times told that passed with nothing said before: neither an answer nor a correction."""
        for at, told in enumerate(self.promised):
            said = self.corrected[at] if at < len(self.corrected) else self.ended
            if told < until and (said is None or said > told):
                yield told


@dataclass
class Ledger:
    """The waits of every case, and how often each thing happened."""

    waits: list[Wait] = field(default_factory=list)
    running: dict[int, Wait] = field(default_factory=dict)
    happened: Counter[str] = field(default_factory=Counter)
    taken_by: Counter[int] = field(default_factory=Counter)
    _last_line: int = 0

    def told(self, case_id: int, *, severity: int, now: datetime, by: datetime, first: bool = True) -> None:
        """A person was just told a time; one who waits already was told that it is noted."""
        if case_id not in self.running:
            self.running[case_id] = Wait(case_id, severity, now, [by], first)
            self.waits.append(self.running[case_id])

    def read_on(self, tx: Connection) -> list[tuple[str, int | None, int | None]]:
        """Read the journal's new lines; gives them as (what, case, account)."""
        lines = tx.execute(select(journal).where(journal.c.id > self._last_line).order_by(journal.c.id)).all()
        if not lines:
            return []
        self._last_line = lines[-1].id
        ids = {line.case_id for line in lines if line.case_id is not None}
        now = {row.id: row for row in tx.execute(select(cases).where(cases.c.id.in_(ids)))}
        for line in lines:
            self.happened[line.what] += 1
            if line.case_id is not None:
                self._happened(line.what, line.at, now[line.case_id], line.account_id)
        return [(line.what, line.case_id, line.account_id) for line in lines]

    def _happened(self, what: str, at: datetime, case: "object", account_id: int | None) -> None:
        wait = self.running.get(case.id)
        match what:
            case What.OFFERED if wait is not None:
                wait.offered = wait.offered or at
            case What.TAKEN:
                self.taken_by[account_id or 0] += 1
            case What.JOINED if wait is None and case.promised_by is not None:
                self.told(case.id, severity=case.severity, now=at, by=case.promised_by, first=False)
            case What.CORRECTED if wait is not None:
                wait.corrected.append(at)
                if case.corrections < CORRECTIONS and case.promised_by is not None:
                    wait.promised.append(case.promised_by)
                else:
                    wait.last_text = True
            case What.ANSWERED | What.CLOSED if wait is not None and case.unanswered_since is None:
                wait.ended = at
                del self.running[case.id]
