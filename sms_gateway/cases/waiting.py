"""Cases that only wait: one look at the network for all of them, and one guarded UPDATE that sets their next looks.

The first that is due brings along those that are due soon: from then on they look together, every five minutes.
Whatever has a consequence (an offer, a correction, the desk, a new round, danger) is left to its own transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row

from sms_gateway.cases import moving, overdue
from sms_gateway.cases.case import DANGER, LOOK_AGAIN, Moved
from sms_gateway.cases.dispatch import Outlook, choose_each
from sms_gateway.cases.following import WOKEN
from sms_gateway.cases.hours import hours_of
from sms_gateway.cases.moving import Record
from sms_gateway.cases.offering import network, text_line, waiting_before, wake_waiting, wanted_by
from sms_gateway.cases.overdue import Due
from sms_gateway.context import Services
from sms_gateway.services import load as load_service
from sms_gateway.store import cases as stored
from sms_gateway.store import offers
from sms_gateway.store.database import after_commit
from sms_gateway.store.tables import CaseState

_LOOKING = {CaseState.QUEUED, CaseState.ESCALATED}


def that_look(tx: Connection, case_ids: Sequence[int], *, now: datetime) -> set[int]:
    """Those of the cases that want nothing but a look for somebody to ask; danger is not among them."""
    return {record.id for record in _read(tx, case_ids) if _looks(record, now)}


def put_off(services: Services, case_ids: Sequence[int], *, now: datetime, limit: int) -> set[int]:
    """Set the next look of those for whom there is nobody now, never after the moment at which a promise is corrected.

    Gives their ids. The others are still due; so is each that moved, or that somebody holds, at this moment. At most
    `limit` others that wait are brought along. A case that waits alone is left to its own transaction.
    """
    with services.database.write() as tx:
        along = stored.unowned_until(tx, now + LOOK_AGAIN, limit=limit)
        records = [record for record in _read(tx, {*case_ids, *along}) if _looks(record, now)]
        done: set[int] = set()
        if len(records) < 2:
            return done
        for (organisation_id, service_id, line_id), several in groupby(sorted(records, key=_place), key=_place):
            waits, yields = _who_waits(tx, list(several), service_id=service_id, line_id=line_id, now=now)
            done |= _store(tx, waits)
            if yields:  # those before them may have slept while somebody became free
                for case_id in wake_waiting(tx, organisation_id, now=now, limit=WOKEN, but=done):
                    after_commit(tx, partial(services.ring, "act_on_case", case_id))
    return done.intersection(case_ids)


def _who_waits(
    tx: Connection, records: list[Record], *, service_id: int, line_id: int, now: datetime
) -> tuple[list[tuple[Record, Moved]], bool]:
    """The cases of one line that only wait, each with its move; and whether somebody is free for one before them."""
    service = load_service(tx, service_id)
    hours = hours_of(service)
    line = text_line(service, line_id)
    there = network(tx, organisation_id=service.organisation_id, line=line, hours=hours, now=now)
    own = {row.lane for row in there.rows.values()}
    choices = choose_each(
        [
            wanted_by(record.row, (one.account_id for one in record.case.offers))
            for record in records
            if record.row.lane not in own
        ],  # nobody is asked about themselves
        there.volunteers,
        ahead=waiting_before(tx, service.organisation_id, line),
    )
    waits, yields = [], False
    for record in records:
        choice = choices.get(record.id)
        if choice is None or choice.outlook is Outlook.ASK:
            continue
        moved = overdue.nobody_to_ask(record.case, choice.outlook, now=now, is_open=hours.is_open(now))
        if overdue.only_waits(record.case, moved):
            waits.append((record, moved))
            yields = yields or choice.yields
    return waits, yields


def _store(tx: Connection, waits: Iterable[tuple[Record, Moved]]) -> set[int]:
    """By compare-and-set, as every move; what it sets is the deadline alone, and there are few of these."""
    done: set[int] = set()
    by_deadline = sorted(waits, key=lambda one: str(one[1].case.next_deadline))
    for deadline, several in groupby(by_deadline, key=lambda one: one[1].case.next_deadline):
        assert deadline is not None, "an open case has a deadline"
        done |= stored.put_off(tx, [record.row for record, _moved in several], until=deadline)
    return done


def _read(tx: Connection, case_ids: Collection[int]) -> list[Record]:
    rows = stored.with_lanes(tx, case_ids)
    made: dict[tuple[int, int], list[Row[Any]]] = {}
    for one in offers.made_for(tx, case_ids):
        made.setdefault((one.case_id, one.round), []).append(one)
    return [moving.of_rows(row, made.get((row.id, row.round), [])) for row in rows]


def _looks(record: Record, now: datetime) -> bool:
    """Whether a look is all that there would be to do, were the case due at this moment."""
    case = record.case
    if case.severity == DANGER or case.state not in _LOOKING:
        return False
    return overdue.what_is_due(replace(case, next_deadline=now), now) is Due.LOOK


def _place(record: Record) -> tuple[int, int, int]:
    return record.row.organisation_id, record.row.service_id, record.row.line_id
