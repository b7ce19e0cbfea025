"""The coordinators' part of answers that wait: read the list, let one go, give one back with a word, mark one as read.

Each function opens its own transaction. Raises NotFound for an answer outside the scope, NotAllowed for another role.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from sms_gateway.cases import answering, held
from sms_gateway.cases.answering import Sent
from sms_gateway.cases.at_case import at_case
from sms_gateway.cases.case import DANGER, LEASE
from sms_gateway.cases.following import Desk, opened
from sms_gateway.cases.held_views import HeldLine, line_of
from sms_gateway.cases.leaving_words import Reason
from sms_gateway.cases.letters import PARTS_AT_ONCE, case_parts
from sms_gateway.cases.moving import Record
from sms_gateway.cases.offering import can_be_texted, is_at_screen, text_line, took_by_sms
from sms_gateway.context import Services
from sms_gateway.errors import NotAllowed, NotFound
from sms_gateway.services import load as load_service
from sms_gateway.store import cases as stored
from sms_gateway.store import held_answers as store
from sms_gateway.store import journal, offers, people
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import HeldState, Role

LATE = LEASE / 2  # then the coordinators' phones are told, and it stands first in the list
LONGEST_WORD = 300  # characters of what a coordinator says with it


@dataclass(frozen=True)
class HeldCase:
    """An answer that a coordinator reads, with what it answers. `has_left`: in danger, where nothing waits."""

    held: HeldLine
    number: int
    topic: str
    country: str
    language: str
    discreet: bool
    severity: int
    person: int
    asked: str
    is_late: bool
    has_left: bool


def held_answers(tx: Connection, services: Services, scope: Scope, now: datetime) -> list[HeldCase]:
    """What waits to be read in the organisation: danger first, then whatever has waited longest."""
    found = [_shown(tx, services, scope, row, now) for row in store.of_organisation(tx, scope.organisation_id)]
    return sorted(found, key=lambda one: (one.severity != DANGER, one.held.said_at, one.held.id))


def let_go(services: Services, scope: Scope, held_id: int, *, now: datetime) -> HeldState:
    """Let an answer leave. What had become of it, where it waits no more: nothing changes then."""
    with _at(services, scope, held_id, now) as (desk, record, row):
        if row.state != HeldState.WAITING:
            return HeldState(row.state)
        _count_down(desk, row)
        journal.record(
            desk.tx,
            record.row.organisation_id,
            "answer_let_go",
            now=now,
            case_id=record.id,
            account_id=row.account_id,
            by=scope.account_id,
        )
        sent, after = held.leave_held(desk, record, row, by=scope.account_id)
        if not isinstance(sent, Sent):
            return HeldState.DRAFT
        _tell(desk, after, row.account_id, "closed" if sent.closed else "answer_sent")
        return HeldState.LEFT


def give_back(services: Services, scope: Scope, held_id: int, *, words: str, now: datetime) -> HeldState:
    """Give an answer back to its writer as a draft, with a word that they alone read; a new lease begins."""
    with _at(services, scope, held_id, now) as (desk, record, row):
        if row.state != HeldState.WAITING:
            return HeldState(row.state)
        word = " ".join(words.split())[:LONGEST_WORD]
        if word:
            answering.note(desk, record, scope.account_id or 0, word)
        after = held.to_writer(desk, record, row, HeldState.GIVEN_BACK, by=scope.account_id or 0)
        _tell(desk, after, row.account_id, "answer_given_back", _signed(desk, scope, word))
        return HeldState.GIVEN_BACK


def mark_read(services: Services, scope: Scope, held_id: int, *, now: datetime) -> None:
    """An answer that left at once, in danger, was read."""
    with _at(services, scope, held_id, now) as (desk, _record, row):
        if row.state == HeldState.FLAGGED:
            store.settle(desk.tx, row.id, HeldState.LEFT, now=now, by=scope.account_id)


@contextmanager
def _at(services: Services, scope: Scope, held_id: int, now: datetime) -> Iterator[tuple[Desk, Record, Row[Any]]]:
    """An answer with its case, locked: read again under the lock."""
    if scope.role is not Role.COORDINATOR:
        raise NotAllowed("Only a coordinator reads what others wrote.")
    with services.database.read() as tx:
        row = store.find(tx, held_id)
        case = stored.find_id(tx, row.case_id) if row is not None else None
    if case is None or case.organisation_id != scope.organisation_id:
        raise NotFound("There is no such answer.")
    with at_case(services, scope, case.number, now) as (desk, record):
        row = store.find(desk.tx, held_id)
        assert row is not None, "rows of answers stay"
        yield desk, record, row


def _count_down(desk: Desk, row: Row[Any]) -> None:
    """One fewer of a newcomer's answers is to be read."""
    if Reason.NEWCOMER not in row.reasons:
        return
    account = offers.lock_accounts(desk.tx, [row.account_id])[row.account_id]
    offers.set_account(desk.tx, row.account_id, review_left=max(0, account.review_left - 1))


def _tell(desk: Desk, record: Record, account_id: int, key: str, word: str = "") -> None:
    """Its writer's phone hears what became of it, unless they read it on the screen."""
    account = offers.account(desk.tx, account_id)
    if account is None or not can_be_texted(account, text_line(desk.service, record.row.line_id)):
        return
    if is_at_screen(account, desk.now) and not took_by_sms(account.sms_state, record.id):
        return
    desk.letters.about(record, desk.service, account, key)
    for part in case_parts(record.number, account.language, word)[:PARTS_AT_ONCE] if word else ():
        desk.letters.as_it_is(record, desk.service, account, part)


def _signed(desk: Desk, scope: Scope, word: str) -> str:
    """A coordinator's word as the thread marks a note: else a basic phone shows it like a text of the person."""
    author = offers.account(desk.tx, scope.account_id) if scope.account_id else None
    return f"[{author.name if author else '-'}, note] {word}" if word else ""


def _shown(tx: Connection, services: Services, scope: Scope, row: Row[Any], now: datetime) -> HeldCase:
    case = stored.find_id(tx, row.case_id)
    assert case is not None
    person = people.load(tx, services.sealer, scope, case.person_id)
    assert person is not None
    texts = stored.unsettled_texts(tx, case.id, case.settled_seq)
    has_left = row.state == HeldState.FLAGGED
    return HeldCase(
        held=line_of(tx, person, row, scope.account_id),
        number=case.number,
        topic=case.topic,
        country=load_service(tx, case.service_id).country,
        language=case.language,
        discreet=case.discreet,
        severity=case.severity,
        person=person.pseudonym,
        asked=" ".join(filter(None, (opened(person, one.body).strip() for one in texts))),
        is_late=not has_left and row.said_at <= now - LATE,
        has_left=has_left,
    )
