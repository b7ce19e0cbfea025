"""What a volunteer or coordinator does with a case, inside a transaction: the same steps for the web and for a phone.

Each step takes the case and the person locked, calls one rule, and writes what came of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from flows.alphabet import measure, rewrite
from sms_gateway import outbox, phrases
from sms_gateway.cases import lifecycle, whose
from sms_gateway.cases.case import Moved, Outcome, Refused, Why
from sms_gateway.cases.following import Desk, carry_out, hand_over
from sms_gateway.cases.moving import Record
from sms_gateway.cases.offering import is_own, quiet_from
from sms_gateway.store import cases as stored
from sms_gateway.store import journal, offers
from sms_gateway.store.tables import EntryKind, MessageKind, Role

LONGEST_PARTS = 2  # an answer is one message of at most two SMS parts: 306 septets
PRESSED_TWICE = timedelta(seconds=15)
BY_SMS_AT_MOST = 2  # cases that a basic phone can hold apart; offers come one at a time


@dataclass(frozen=True)
class Taken:
    """The case is theirs now."""

    number: int
    epoch: int


@dataclass(frozen=True)
class TooLate:
    """It is not: somebody has it, it is closed, or the taker has as many as they can carry (`full`)."""

    number: int
    full: bool = False


@dataclass(frozen=True)
class Sent:
    """The words have left the desk. `closed`: the case was closed with them, where that was asked."""

    number: int
    epoch: int
    closed: bool = False


@dataclass(frozen=True)
class Kept:
    """The words did not leave: the case has another owner by now. They are kept as a draft for them."""

    number: int


@dataclass(frozen=True)
class Closed:
    """The case is finished."""

    number: int


@dataclass(frozen=True)
class NotClosed:
    """The case stays open, and why."""

    number: int
    why: Why


def take(desk: Desk, record: Record, account_id: int, *, by_sms: bool) -> Taken | TooLate:
    """Give the case to an account, if nobody has it and they have room; capacity is read under the account's lock."""
    account = offers.lock_accounts(desk.tx, [account_id])[account_id]
    if is_own(account, desk.person) or not account.active:
        return TooLate(record.number)
    load = stored.load_of(desk.tx, [account_id], quiet_from=quiet_from(desk.now)).get(account_id, 0)
    room = BY_SMS_AT_MOST if by_sms else account.capacity
    if load >= room and account.role != Role.COORDINATOR:
        return TooLate(record.number, full=True)
    moved = lifecycle.take(record.case, account_id=account_id, now=desk.now)
    if isinstance(moved, Refused):
        return TooLate(record.number)
    after = carry_out(desk, record, moved, actor=account_id)
    if by_sms:
        hand_over(desk, after, account_id)
    return Taken(after.number, after.case.epoch)


def answer(
    desk: Desk, record: Record, account_id: int, *, epoch: int, words: Sequence[str], seen_seq: int | None
) -> tuple[Sent | Kept, Record]:
    """Send words to the person, if the case is still this account's at this epoch; else keep them as a draft.

    `words`: one message each. The first answer says before it that a person has the case now, and who.
    """
    if left_just_now(desk, record, account_id, words):
        return Sent(record.number, record.case.epoch), record
    settled = record.case.last_inbound_seq if seen_seq is None else seen_seq
    moved = lifecycle.answer(
        record.case,
        account_id=account_id,
        epoch=epoch,
        seen_seq=seen_seq,
        unseen_since=stored.first_after(desk.tx, record.id, settled),
        now=desk.now,
    )
    if isinstance(moved, Refused):
        keep_draft(desk, record, account_id, " ".join(words))
        journal.record(
            desk.tx,
            record.row.organisation_id,
            "stale_answer_kept",
            now=desk.now,
            case_id=record.id,
            account_id=account_id,
        )
        return Kept(record.number), record
    to = whose.to_answer(desk.tx, desk.services.sealer, desk.person, record.id)
    _introduce(replace(desk, person=to), record, account_id)
    for body in words:
        message_id = outbox.add_to_person(
            desk.tx,
            desk.services,
            to,
            body=body,
            kind=MessageKind.ANSWER,
            now=desk.now,
            case_id=record.id,
        )
        stored.add_entry(
            desk.tx,
            record.row,
            EntryKind.ANSWER,
            person_id=to.id,
            body=to.words.seal(body),
            at=desk.now,
            account_id=account_id,
            message_id=message_id,
        )
    stored.drop_drafts(desk.tx, record.id, account_id)
    after = carry_out(desk, record, moved, actor=account_id)
    return Sent(record.number, after.case.epoch), after


def close(
    desk: Desk,
    record: Record,
    account_id: int,
    *,
    epoch: int,
    outcome: Outcome,
    seen_seq: int,
    nothing_needed: bool,
    is_coordinator: bool,
) -> Closed | NotClosed:
    """End the case, unless a text of the person is neither answered nor set aside."""
    moved = lifecycle.close(
        record.case,
        account_id=account_id,
        epoch=epoch,
        seen_seq=seen_seq,
        outcome=outcome,
        nothing_needed=nothing_needed,
        is_coordinator=is_coordinator,
        now=desk.now,
    )
    if isinstance(moved, Refused):
        return NotClosed(record.number, moved.why)
    carry_out(desk, record, moved, actor=account_id)
    return Closed(record.number)


def pass_on(desk: Desk, record: Record, account_id: int, *, epoch: int) -> bool:
    """Give the case back so that somebody else is asked; False where it is not theirs any more."""
    moved = lifecycle.pass_on(record.case, account_id=account_id, epoch=epoch, now=desk.now)
    if isinstance(moved, Moved):
        carry_out(desk, record, moved, actor=account_id)
    return isinstance(moved, Moved)


def decline(desk: Desk, record: Record, account_id: int) -> bool:
    """Say "not me" to an offer; False where none of theirs runs any more."""
    moved = lifecycle.decline(record.case, account_id=account_id, now=desk.now)
    if isinstance(moved, Moved):
        carry_out(desk, record, moved, actor=account_id)
    return isinstance(moved, Moved)


def note(desk: Desk, record: Record, account_id: int, words: str) -> None:
    """Keep a note for the team; the person never sees it."""
    _keep(desk, record, EntryKind.NOTE, account_id, words)


def keep_draft(desk: Desk, record: Record, account_id: int, words: str) -> None:
    """Keep what somebody was writing: one draft an account, shown to whoever has the case next."""
    stored.drop_drafts(desk.tx, record.id, account_id)
    if words.strip():
        _keep(desk, record, EntryKind.DRAFT, account_id, words)


def parts_of(words: str) -> int:
    """How many SMS parts an answer takes, as it would be sent."""
    return measure(rewrite(words)).segments


def split_answer(words: str) -> tuple[str, ...]:
    """A long answer as messages of at most two SMS parts each, cut between words."""
    messages: list[str] = []
    message = ""
    for word in words.split(" "):
        longer = f"{message} {word}" if message else word
        if message and parts_of(longer) > LONGEST_PARTS:
            messages.append(message)
            longer = word
        message = longer
    return (*messages, message)


def left_just_now(desk: Desk, record: Record, account_id: int, words: Sequence[str]) -> bool:
    """The same words of the same volunteer left a moment ago: a button pressed twice, a text that was repeated."""
    last = stored.last_entry(desk.tx, record.id, EntryKind.ANSWER)
    if last is None or last.account_id != account_id or last.at < desk.now - PRESSED_TWICE:
        return False
    said = whose.words_of(desk.tx, desk.services.sealer, desk.person, last, case_of=record.row.person_id)
    return said == words[-1]


def _introduce(desk: Desk, record: Record, account_id: int) -> None:
    """Before an answer of somebody new: a person has the case, by first name; never alone."""
    last = stored.last_entry(desk.tx, record.id, EntryKind.ANSWER)
    to_them = last is not None and (last.person_id or record.row.person_id) == desk.person.id
    if last is not None and last.account_id == account_id and to_them:
        return
    account = offers.account(desk.tx, account_id)
    assert account is not None
    key = "person_takes_over" if last is None else "person_changed"
    body = phrases.say(desk.language, key, volunteer=account.name, case=str(record.number))
    outbox.add_to_person(
        desk.tx, desk.services, desk.person, body=body, kind=MessageKind.REPLY, now=desk.now, case_id=record.id
    )


def _keep(desk: Desk, record: Record, kind: EntryKind, account_id: int, words: str) -> None:
    stored.add_entry(desk.tx, record.row, kind, body=desk.person.words.seal(words), at=desk.now, account_id=account_id)
