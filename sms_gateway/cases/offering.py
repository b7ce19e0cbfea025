"""Asking volunteers, at the edge: who there is, what they carry, and the offers that `dispatch` chose, made."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from flows.gazetteer import region_key
from sms_gateway.cases import limits
from sms_gateway.cases.case import QUIET
from sms_gateway.cases.dispatch import SEEN_ON_WEB, Volunteer, Wanted, can_take, place_in_queue
from sms_gateway.cases.forecast import Planned
from sms_gateway.cases.moving import Record
from sms_gateway.cases.promise import Hours
from sms_gateway.services import Line, Service
from sms_gateway.store import cases as stored
from sms_gateway.store import offers
from sms_gateway.store.people import Person
from sms_gateway.store.tables import CaseState

SIMULATOR = "simulator"  # its phones and its lines are the only ones that reach each other
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Network:
    """An organisation's volunteers at one moment, as rows and as the choice needs them."""

    rows: dict[int, Row[Any]]
    volunteers: tuple[Volunteer, ...]
    shifts: Mapping[int, Sequence[tuple[int, int, int]]] = field(default_factory=dict)

    def plan(self, language: str, topic: str) -> list[Planned]:
        """When those are there who can take such a case."""
        able = [one.id for one in self.volunteers if can_take(one, language, topic)]
        return [Planned(self.shifts.get(account, ()), _quiet(self.rows[account])) for account in able]


def network(
    tx: Connection, *, organisation_id: int, line: Line | None, hours: Hours, now: datetime, but: str | None = None
) -> Network:
    """Who could be asked about a case that came in on `line`. `but`: the person's lane, who may be a volunteer too."""
    rows = {row.id: row for row in offers.volunteers(tx, organisation_id) if but is None or row.lane != but}
    ids = list(rows)
    busy = offers.busy(tx, ids)
    asked = offers.counts_since(tx, ids, now - DAY)
    loads = stored.load_of(tx, ids, quiet_from=quiet_from(now))
    shifts = offers.shifts_of(tx, organisation_id)
    rules = limits.rules_of(tx, organisation_id)
    today = limits.taken_today(tx, rows.values(), hours, now)
    return Network(
        rows,
        tuple(
            Volunteer(
                id=row.id,
                languages=tuple(row.languages),
                topics=tuple(row.topics),
                regions=tuple(map(region_key, row.regions)),
                beside=rules.beside(row.regions),
                untrained_for=rules.untrained_for(row.training),
                on_shift=is_on_shift(shifts.get(row.id), hours, now) and not limits.in_quiet_hours(row, hours, now),
                paused=is_paused(row, now)
                or is_resting(row, now)
                or limits.is_enough_for_today(row, today.get(row.id, 0)),
                resting=is_resting(row, now),
                has_phone=can_be_texted(row, line),
                at_screen=is_at_screen(row, now),
                load=loads.get(row.id, 0),
                capacity=row.capacity,
                asked_now=row.id in busy,
                offered_24h=asked.get(row.id, 0),
            )
            for row in rows.values()
        ),
        shifts,
    )


def wanted_of(tx: Connection, record: Record) -> Wanted:
    """What a stored case asks of whoever takes it."""
    return replace(
        wanted_by(record.row, (one.account_id for one in record.case.offers)),
        offers_made=offers.count_for_case(tx, record.id),
        knows=stored.last_answerer(tx, record.row.person_id),
    )


def wanted_by(row: Row[Any], asked: Iterable[int]) -> Wanted:
    """The same of its row, without what only says how many to ask and in which order. `asked`: in its present round."""
    return Wanted(
        case_id=row.id,
        severity=row.severity,
        waiting_since=row.unanswered_since or row.opened_at,
        language=row.language,
        topic=row.topic,
        region=region_key(row.region or "") or None,
        asked=frozenset(asked),
        at_desk=row.state == CaseState.ESCALATED,
    )


def waiting_before(tx: Connection, organisation_id: int, line: Line | None) -> list[Wanted]:
    """The cases that wait for somebody to be free, with nobody asked about them now.

    The desk's own (ESCALATED) count too: else whoever waited longest would be passed by everybody who came since.
    `line`: the one that `network` was read for. A case of the simulator keeps nobody's real phone, nor the other way.
    """
    rows = stored.waiting_unasked(tx, organisation_id)
    asked: dict[int, set[int]] = {}
    rounds = {row.id: row.round for row in rows}
    for one in offers.made_for(tx, rounds):
        if one.round == rounds[one.case_id]:
            asked.setdefault(one.case_id, set()).add(one.account_id)
    for own in offers.of_their_own(tx, rounds):  # else it would keep a volunteer whom it can never be offered to
        asked.setdefault(own.case_id, set()).add(own.account_id)
    return [
        replace(wanted_by(row, asked.get(row.id, ())), reaches_phones=line is not None and _meet(row.channel, line))
        for row in rows
    ]


def wake_waiting(
    tx: Connection, organisation_id: int, *, now: datetime, limit: int, but: Collection[int] = ()
) -> list[int]:
    """Somebody may be free: make the first waiting cases due now, in the order in which they are served; their ids.

    `but`: those that have just looked; else two would wake each other without end.
    """
    waiting = stored.waiting_unasked(tx, organisation_id)
    rows = [row for row in waiting if row.next_deadline > now and row.id not in but]
    rows.sort(key=lambda row: (*place_in_queue(row.severity, row.unanswered_since or row.opened_at), row.id))
    return stored.wake(tx, [row.id for row in rows[:limit]], now=now)


def text_line(service: Service, line_id: int) -> Line | None:
    """The line that texts about a case leave from: the one it came in on, or the SMS line beside a USSD one."""
    line = service.line(line_id)
    if line is None or line.kind == "sms":
        return line
    return service.sms_line(line.channel)


def quiet_from(now: datetime) -> datetime:
    """An answered case whose lease ends before this is quiet: it no longer weighs on its owner."""
    return now + QUIET - stored.STILL_TALKING


def is_on_shift(shifts: list[tuple[int, int, int]] | None, hours: Hours, now: datetime) -> bool:
    """Whether an account is on shift; one without any shift is at every hour."""
    if not shifts:
        return True
    local = hours.local(now)
    minute = local.hour * 60 + local.minute
    return any(day == local.weekday() and start <= minute < end for day, start, end in shifts)


def _quiet(row: Row[Any]) -> tuple[int, int] | None:
    if row.quiet_from is None or row.quiet_to is None or row.quiet_from == row.quiet_to:
        return None
    return row.quiet_from, row.quiet_to


def is_paused(row: Row[Any], now: datetime) -> bool:
    """Whether they asked for a break, or we gave them one."""
    return bool(row.paused_by_us) or (row.paused_until is not None and row.paused_until > now)


def is_resting(row: Row[Any], now: datetime) -> bool:
    """Whether they rest after a hard case."""
    return row.rests_until is not None and row.rests_until > now


def is_at_screen(row: Row[Any], now: datetime) -> bool:
    """Whether they were seen on the web a short while ago."""
    return row.last_seen_at is not None and row.last_seen_at > now - SEEN_ON_WEB


def can_be_texted(row: Row[Any], line: Line | None) -> bool:
    """Whether their phone is theirs as a volunteer now, and one that this line reaches."""
    if row.lane is None or row.as_citizen or line is None:
        return False
    return bool(row.simulated) == (line.channel == SIMULATOR)


def took_by_sms(sms_state: dict[str, object] | None, case_id: int) -> bool:
    """Whether a volunteer took this case by SMS."""
    cases = (sms_state or {}).get("cases", [])
    return isinstance(cases, list) and case_id in cases


def _meet(channel: str, line: Line) -> bool:
    """Whether cases of a channel are told to the phones that this line reaches."""
    return (channel == SIMULATOR) == (line.channel == SIMULATOR)


def is_own(row: Row[Any], person: Person) -> bool:
    """Whether this volunteer is the person of the case: nobody answers themselves."""
    return row.lane is not None and row.lane == person.lane
