"""What the desk shows: who waits, who has what, one case with its thread; words are masked, numbers are never here.

A volunteer sees the words of the cases that they have, and of no other; a coordinator sees those of the organisation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from sms_gateway.cases import moving
from sms_gateway.cases.dispatch import place_in_queue, room
from sms_gateway.cases.following import opened
from sms_gateway.cases.held_views import HeldLine, held_line
from sms_gateway.cases.hours import hours_of
from sms_gateway.cases.number_to_ring import Seen, is_wished, seen_by
from sms_gateway.cases.offering import is_at_screen, is_on_shift, is_paused, is_resting, quiet_from
from sms_gateway.cases.whose import words_of
from sms_gateway.context import Services
from sms_gateway.errors import NotFound
from sms_gateway.services import all_services
from sms_gateway.store import answers, joined, offers, people
from sms_gateway.store import cases as stored
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import CaseState, EntryKind, MessageState, OfferState, Role, Wish


@dataclass(frozen=True)
class CaseLine:
    """One case in a list. `since`: of the oldest text that nobody answered; None where none waits."""

    number: int
    state: CaseState
    severity: int
    topic: str
    language: str
    region: str | None
    country: str
    discreet: bool
    person: int  # the pseudonym
    since: datetime | None
    opened_at: datetime
    promised_by: datetime | None
    parked_until: datetime | None
    is_late: bool
    undelivered: int  # answers in a row that did not arrive, while something waits
    is_unreachable: bool
    owner: str | None
    is_mine: bool
    is_offered_to_me: bool
    suits_me: bool
    wishes_call: bool = False


@dataclass(frozen=True)
class ThreadLine:
    """One line of a case. `sent`: where an answer's message stands, as `sent_words` says it; None for all else.

    `message_id`: an answer's message, for sending it again where it was not delivered.
    """

    kind: EntryKind
    author: str | None
    person: int  # the pseudonym of whose line it is: of whoever wrote it, or whom it answers
    words: str
    at: datetime
    seq: int
    sent: str | None
    message_id: int | None
    may_resend: bool
    is_mine: bool
    is_unanswered: bool


@dataclass(frozen=True)
class OfferLine:
    """Who was asked, when, what came of it, and why they were chosen."""

    volunteer: str
    state: OfferState
    round: int
    offered_at: datetime
    expires_at: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class CaseView:
    """One case, whole. `epoch` and `seen_seq` go back with whatever is sent from the page that shows it."""

    line: CaseLine
    summary: str
    thread: tuple[ThreadLine, ...]
    epoch: int
    seen_seq: int
    lease_until: datetime | None
    corrections: int
    draft: str
    may_answer: bool
    may_give_up: bool
    may_take: bool
    has_unanswered: bool
    was_answered: bool
    outcome: str | None
    helped: bool | None
    offers: tuple[OfferLine, ...]  # for coordinators
    held: HeldLine | None  # an answer that has not left
    may_see_number: bool  # the person wishes a call: the one who rings, or a coordinator
    number_seen: tuple[Seen, ...]  # who saw the number since that wish
    merged: tuple[int, ...]  # the numbers of the cases that went into this one
    merged_into: int | None  # the number of the one that this went into
    may_merge: bool


@dataclass(frozen=True)
class VolunteerLine:
    """One account that answers people, as a coordinator sees it."""

    id: int
    name: str
    login: str
    role: Role
    active: bool
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    regions: tuple[str, ...]
    has_phone: bool
    on_shift: bool
    paused: bool
    paused_by_us: bool
    paused_until: datetime | None
    rests_until: datetime | None  # after a hard case
    at_screen: bool
    load: int
    capacity: int
    is_asked: bool


@dataclass(frozen=True)
class DeskView:
    """The whole desk at a moment: who waits (nobody has it), who is being answered, and what is late."""

    waiting: tuple[CaseLine, ...]
    taken: tuple[CaseLine, ...]
    late: int
    longest_since: datetime | None


def waiting(tx: Connection, scope: Scope, now: datetime) -> list[CaseLine]:
    """The cases that an account may take or has: their own first, who waits before who was answered; then those that
    nobody has, by whose turn it is."""
    lines = _lines(tx, scope, now)
    mine = sorted(_in_order([line for line in lines if line.is_mine]), key=lambda line: line.since is None)
    free = [line for line in lines if line.owner is None and (line.suits_me or line.is_offered_to_me)]
    free = [line for line in free if not line.is_unreachable]  # the desk's alone
    return mine + _in_order(free)


def desk_view(tx: Connection, scope: Scope, now: datetime) -> DeskView:
    """Everything that is open in the organisation."""
    lines = _lines(tx, scope, now)
    free = _in_order([line for line in lines if line.owner is None])
    taken = [line for line in lines if line.owner is not None]
    since = [line.since for line in lines if line.since is not None]
    return DeskView(tuple(free), tuple(taken), sum(line.is_late for line in lines), min(since, default=None))


def case_view(tx: Connection, services: Services, scope: Scope, number: int, now: datetime) -> CaseView:
    """One case with its thread. Raises NotFound outside the scope, and to volunteers for what others have.

    A case that can be taken is shown without its words: those are for whoever has it, and for coordinators.
    """
    row = stored.find(tx, scope, number)
    if row is None:
        raise NotFound(f"There is no case {number}.")
    record = moving.read(tx, row)
    case = record.case
    person = people.load(tx, services.sealer, scope, row.person_id)
    assert person is not None
    owner = offers.account(tx, case.owner_id) if case.owner_id is not None else None
    line = _viewer(tx, scope).line(row, now, owner=owner.name if owner else None, pseudonym=person.pseudonym)
    is_coordinator = scope.role is Role.COORDINATOR
    is_mine = case.owner_id is not None and case.owner_id == scope.account_id
    may_take = case.is_open and case.owner_id is None
    if not (is_mine or is_coordinator or may_take):
        raise NotFound(f"There is no case {number}.")
    reads = is_mine or is_coordinator
    entries = stored.entries(tx, row.id) if reads else []
    pseudonyms = joined.pseudonyms(tx, row.id)
    thread = tuple(
        ThreadLine(
            kind=EntryKind(entry.kind),
            author=entry.author,
            person=pseudonyms.get(entry.person_id, person.pseudonym),
            words=words_of(tx, services.sealer, person, entry, case_of=row.person_id),
            at=entry.at,
            seq=entry.seq,
            sent=answers.stands(entry, now) if entry.kind == EntryKind.ANSWER else None,
            message_id=entry.message_id if entry.kind == EntryKind.ANSWER else None,
            may_resend=entry.kind == EntryKind.ANSWER and entry.sent_state == MessageState.FAILED,
            is_mine=entry.account_id is not None and entry.account_id == scope.account_id,
            is_unanswered=entry.kind == EntryKind.CITIZEN and entry.seq > case.settled_seq,
        )
        for entry in entries
    )
    drafts = [said for said in thread if said.kind is EntryKind.DRAFT and said.is_mine]
    return CaseView(
        line=line,
        summary=opened(person, row.summary) if reads and row.summary else "",
        thread=thread,
        epoch=case.epoch,
        seen_seq=case.last_inbound_seq,
        lease_until=case.lease_until if case.state is CaseState.CLAIMED else None,
        corrections=case.corrections,
        draft=drafts[-1].words if drafts else "",
        may_answer=is_mine and case.machine_parked,
        may_give_up=case.is_open and case.is_unreachable and (is_mine or is_coordinator),
        may_take=may_take,
        has_unanswered=case.has_unanswered,
        was_answered=case.first_answer_at is not None,
        outcome=case.outcome,
        helped=row.helped,
        offers=_offers(tx, row.id) if is_coordinator else (),
        held=held_line(tx, person, row.id, scope.account_id) if reads else None,
        may_see_number=reads and is_wished(record),
        number_seen=seen_by(tx, row.id) if reads and is_wished(record) else (),
        merged=joined.numbers(tx, row.id),
        merged_into=joined.number_of(tx, row.merged_into_id),
        may_merge=case.is_open and (is_mine or is_coordinator),
    )


def volunteers(tx: Connection, scope: Scope, now: datetime) -> list[VolunteerLine]:
    """Everybody in the organisation who answers people, and how they stand."""
    rows = offers.everybody(tx, scope.organisation_id)
    ids = [row.id for row in rows]
    loads = stored.load_of(tx, ids, quiet_from=quiet_from(now))
    busy = offers.busy(tx, ids)
    shifts = offers.shifts_of(tx, scope.organisation_id)
    first = next(iter(all_services(tx)), None)
    return [
        VolunteerLine(
            id=row.id,
            name=row.name,
            login=row.login,
            role=Role(row.role),
            active=row.active,
            languages=tuple(row.languages),
            topics=tuple(row.topics),
            regions=tuple(row.regions),
            has_phone=row.lane is not None,
            on_shift=first is None or is_on_shift(shifts.get(row.id), hours_of(first), now),
            paused=is_paused(row, now) or is_resting(row, now),
            paused_by_us=row.paused_by_us,
            paused_until=row.paused_until,
            rests_until=row.rests_until if is_resting(row, now) else None,
            at_screen=is_at_screen(row, now),
            load=loads.get(row.id, 0),
            capacity=room(row.capacity, at_screen=is_at_screen(row, now), has_phone=row.lane is not None),
            is_asked=row.id in busy,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class _Viewer:
    """Who looks: what suits them and what is offered to them, read once for a whole list."""

    account: Row[Any] | None
    offered: frozenset[int]
    countries: Mapping[int, str]

    def line(self, row: Row[Any], now: datetime, *, owner: str | None, pseudonym: int) -> CaseLine:
        """A stored case as one line of a list."""
        mine = self.account is not None and row.owner_id == self.account.id
        return CaseLine(
            number=row.number,
            state=CaseState(row.state),
            severity=row.severity,
            topic=row.topic,
            language=row.language,
            region=row.region,
            country=self.countries[row.service_id],
            discreet=row.discreet,
            person=pseudonym,
            since=row.unanswered_since,
            opened_at=row.opened_at,
            promised_by=row.promised_by,
            parked_until=row.parked_until,
            undelivered=row.undelivered if row.unanswered_since is not None else 0,
            is_unreachable=row.undelivered >= stored.UNREACHABLE_AFTER,
            is_late=row.promised_by is not None and (row.promised_by <= now or row.corrections > 0),
            owner=owner,
            is_mine=mine,
            is_offered_to_me=row.id in self.offered,
            suits_me=self._suits(row),
            wishes_call=row.wish == Wish.CALL,
        )

    def _suits(self, row: Row[Any]) -> bool:
        account = self.account
        if account is None or account.role != Role.VOLUNTEER:
            return True
        speaks = not account.languages or row.language in account.languages
        return speaks and (not account.topics or row.topic in account.topics)


def _viewer(tx: Connection, scope: Scope) -> _Viewer:
    account = offers.account(tx, scope.account_id) if scope.account_id is not None else None
    offered = offers.open_for(tx, scope.account_id) if scope.account_id is not None else []
    countries = {service.id: service.country for service in all_services(tx)}
    return _Viewer(account, frozenset(one.case_id for one in offered), countries)


def _lines(tx: Connection, scope: Scope, now: datetime) -> list[CaseLine]:
    viewer = _viewer(tx, scope)
    rows = stored.open_cases(tx, scope.organisation_id)
    return [viewer.line(row, now, owner=row.owner, pseudonym=row.pseudonym) for row in rows]


def _offers(tx: Connection, case_id: int) -> tuple[OfferLine, ...]:
    return tuple(
        OfferLine(one.volunteer, OfferState(one.state), one.round, one.offered_at, one.expires_at, tuple(one.reasons))
        for one in offers.made_for(tx, [case_id])
    )


def _in_order(lines: list[CaseLine]) -> list[CaseLine]:
    return sorted(lines, key=lambda line: (*place_in_queue(line.severity, line.since or line.opened_at), line.number))
