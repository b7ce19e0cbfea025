"""What the web asks of the desk: each function opens its own transaction, for the account of its scope.

Raises NotFound for a number outside the scope, NotAllowed for what the role may not do, StaleAnswer for words that came
too late (they are kept as a draft), TooLong for an answer that no two SMS parts hold.
"""

from datetime import date, datetime

from sms_gateway.cases import answering, held, lifecycle, parking, resending, undelivered
from sms_gateway.cases.answering import LONGEST_PARTS, Closed, Kept, NotClosed, Sent, Taken, TooLate
from sms_gateway.cases.at_case import WHO_ANSWERS
from sms_gateway.cases.at_case import at_case as _at
from sms_gateway.cases.case import Outcome, Refused, Why
from sms_gateway.cases.dispatch import place_in_queue
from sms_gateway.cases.following import Desk, carry_out
from sms_gateway.cases.held import Waits
from sms_gateway.cases.moving import Record
from sms_gateway.cases.offering import wake_waiting
from sms_gateway.context import Services
from sms_gateway.errors import NotAllowed, NotFound, StaleAnswer, TooLong
from sms_gateway.store import cases as stored
from sms_gateway.store import journal, offers
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import HeldState, Role


def take_next(services: Services, scope: Scope, now: datetime) -> int | None:
    """Take the case that has waited longest among those that suit this account; its number, None where none waits.

    Raises NotAllowed where they have as many as they can carry.
    """
    for number in _suited(services, scope):
        match take(services, scope, number, now):
            case Taken():
                return number
            case TooLate(full=True):
                raise NotAllowed("You have as many cases as you can carry. Finish one, or pass it on.")
            case TooLate():
                continue
    return None


def take(services: Services, scope: Scope, number: int, now: datetime) -> Taken | TooLate:
    """Take a case: the first who does has it, whoever else tries at the same moment."""
    with _at(services, scope, number, now) as (desk, record):
        return answering.take(desk, record, _account(scope), by_sms=False)


def answer(
    services: Services,
    scope: Scope,
    number: int,
    *,
    epoch: int,
    words: str,
    now: datetime,
    seen_seq: int | None = None,
) -> Sent | Waits:
    """Send words to the person. `seen_seq`: the newest text of theirs that was shown; later ones stay unanswered."""
    with _at(services, scope, number, now) as (desk, record):
        sent, _after = held.say(
            desk,
            record,
            _account(scope),
            epoch=epoch,
            words=_checked(words),
            seen_seq=seen_seq,
            undo_seconds=services.settings.undo_seconds,
        )
    return _left(sent)


def answer_and_close(
    services: Services,
    scope: Scope,
    number: int,
    *,
    epoch: int,
    words: str,
    outcome: Outcome,
    seen_seq: int,
    now: datetime,
) -> Sent | Waits:
    """Send words, then close; a text that came in meanwhile keeps the case open (`Sent.closed` is False)."""
    with _at(services, scope, number, now) as (desk, record):
        sent, _after = held.say(
            desk,
            record,
            _account(scope),
            epoch=epoch,
            words=_checked(words),
            seen_seq=seen_seq,
            outcome=outcome,
            undo_seconds=services.settings.undo_seconds,
        )
    return _left(sent)


def take_back(services: Services, scope: Scope, number: int, *, held_id: int, now: datetime) -> HeldState:
    """Take an answer back that has not left: its words are a draft again. Else what became of it; nothing changes.

    Raises NotFound for an answer of somebody else.
    """
    with _at(services, scope, number, now) as (desk, record):
        became = held.take_back(desk, record, _account(scope), held_id)
    if became is None:
        raise NotFound(f"There is no such answer of yours in case {number}.")
    return became


def close(
    services: Services,
    scope: Scope,
    number: int,
    *,
    epoch: int,
    outcome: Outcome,
    seen_seq: int,
    now: datetime,
    nothing_needed: bool = False,
) -> Closed | NotClosed | Waits:
    """End a case; with an answer that waits in it, once that leaves.

    `nothing_needed`: all that the person wrote was read, and needs no answer; it is journaled.
    """
    with _at(services, scope, number, now) as (desk, record):
        waits = held.finish_with(desk, record, _account(scope), outcome)
        if waits is not None:
            return waits
        return answering.close(
            desk,
            record,
            _account(scope),
            epoch=epoch,
            outcome=outcome,
            seen_seq=seen_seq,
            nothing_needed=nothing_needed,
            is_coordinator=scope.role is Role.COORDINATOR,
        )


def note(services: Services, scope: Scope, number: int, *, words: str, now: datetime) -> None:
    """Keep a note for the team."""
    with _at(services, scope, number, now) as (desk, record):
        _must_have(scope, record)
        answering.note(desk, record, _account(scope), words)


def send_again(services: Services, scope: Scope, number: int, *, message_id: int, now: datetime) -> bool:
    """Send an undelivered answer of this case once more, because a person pressed for it; False where it may not be."""
    with _at(services, scope, number, now) as (desk, record):
        if record.case.owner_id != scope.account_id:
            raise NotFound(f"There is no case {number} of yours.")
        return resending.send_again(desk, record, _account(scope), message_id=message_id)


def give_up(services: Services, scope: Scope, number: int, *, seen_seq: int, now: datetime) -> Why | None:
    """End a case whose person can't be reached by SMS; why it can't be, else."""
    with _at(services, scope, number, now) as (desk, record):
        _must_have(scope, record)
        done = undelivered.give_up(
            record.case,
            account_id=_account(scope),
            seen_seq=seen_seq,
            is_coordinator=scope.role is Role.COORDINATOR,
            now=now,
        )
        if isinstance(done, Refused):
            return done.why
        carry_out(desk, record, done, actor=scope.account_id)
        return None


def keep_draft(services: Services, scope: Scope, number: int, *, words: str, now: datetime) -> None:
    """Keep what is being written, for its writer or for whoever has the case next; no words forget it."""
    with _at(services, scope, number, now) as (desk, record):
        _must_have(scope, record)
        answering.keep_draft(desk, record, _account(scope), words)


def pass_on(services: Services, scope: Scope, number: int, *, epoch: int, now: datetime, words: str = "") -> None:
    """Give a case back with a note, so that somebody else is asked. Raises StaleAnswer where it is not theirs."""
    with _at(services, scope, number, now) as (desk, record):
        if words.strip():
            answering.note(desk, record, _account(scope), words)
        if record.case.owner_id == scope.account_id:
            record = held.let_leave(desk, record)
        passed = answering.pass_on(desk, record, _account(scope), epoch=epoch)
    if not passed:
        raise StaleAnswer(f"Case {number} is not yours any more. Your note is kept.")


def decline(services: Services, scope: Scope, number: int, now: datetime) -> bool:
    """Say "not me" to an offer; False where it no longer runs."""
    with _at(services, scope, number, now) as (desk, record):
        return answering.decline(desk, record, _account(scope))


def park(services: Services, scope: Scope, number: int, *, epoch: int, day: date, now: datetime) -> Why | None:
    """Put a case aside until a day; why it can't be, else. It comes back to its owner by itself."""
    with _at(services, scope, number, now) as (desk, record):
        _must_have(scope, record)
        record = held.let_leave(desk, record)
        return parking.put_aside(
            desk, record, _account(scope), epoch=epoch, day=day, is_coordinator=scope.role is Role.COORDINATOR
        )


def reassign(services: Services, scope: Scope, number: int, *, to_account: int | None, now: datetime) -> None:
    """A coordinator gives a case to somebody, or back to everybody (None). What its owner still writes becomes a draft.

    Raises NotFound for an account that can't answer, NotAllowed for a case that is closed.
    """
    if scope.role not in {Role.COORDINATOR, Role.MACHINE}:
        raise NotAllowed("Only a coordinator gives a case to somebody else.")
    with _at(services, scope, number, now) as (desk, record):
        if to_account is not None:
            _must_be_able(desk, scope, to_account)
        moved = lifecycle.reassign(record.case, to_account=to_account, now=now)
        if isinstance(moved, Refused):
            raise NotAllowed(f"Case {number}: {moved.why}.")
        carry_out(desk, record, moved, actor=scope.account_id)


def pause(services: Services, scope: Scope, account_id: int, *, until: datetime | None, now: datetime) -> None:
    """Pause a volunteer until a moment, or end their pause (None): themselves, or a coordinator for them."""
    if account_id != scope.account_id and scope.role is not Role.COORDINATOR:
        raise NotAllowed("Only a coordinator pauses somebody else.")
    with services.database.write() as tx:
        account = offers.lock_accounts(tx, [account_id]).get(account_id)
        if account is None or account.organisation_id != scope.organisation_id:
            raise NotFound("There is no such account.")
        rests = {} if until else {"rests_until": None}  # who is back does not rest either
        offers.set_account(tx, account_id, paused_until=until, paused_by_us=False, expired_in_a_row=0, **rests)
        what = "paused" if until else "back"
        journal.record(tx, scope.organisation_id, what, now=now, account_id=account_id, by=scope.account_id)
        if until is None:
            wake_waiting(tx, scope.organisation_id, now=now, limit=3)


def _suited(services: Services, scope: Scope) -> list[int]:
    with services.database.read() as tx:
        account = offers.account(tx, _account(scope))
        assert account is not None
        rows = [
            row
            for row in stored.unowned(tx, scope.organisation_id)
            if row.undelivered < stored.UNREACHABLE_AFTER
            and (not account.languages or row.language in account.languages)
            and (not account.topics or row.topic in account.topics)
        ]
    rows.sort(key=lambda row: (*place_in_queue(row.severity, row.unanswered_since or row.opened_at), row.id))
    return [row.number for row in rows]


def _account(scope: Scope) -> int:
    if scope.account_id is None:
        raise NotAllowed("Only a person does this.")
    return scope.account_id


def _must_have(scope: Scope, record: Record) -> None:
    if scope.role is not Role.COORDINATOR and record.case.owner_id != scope.account_id:
        raise NotFound(f"There is no case {record.number} of yours.")


def _must_be_able(desk: Desk, scope: Scope, account_id: int) -> None:
    account = offers.lock_accounts(desk.tx, [account_id]).get(account_id)
    if account is None or account.organisation_id != scope.organisation_id or not account.active:
        raise NotFound("There is no such account.")
    if account.role not in WHO_ANSWERS:
        raise NotFound("This account does not answer people.")


def _checked(words: str) -> str:
    words = words.strip()
    if not words:
        raise TooLong("There is nothing to send. Write a sentence.")
    if answering.parts_of(words) > LONGEST_PARTS:
        raise TooLong("This is too long for one answer: 306 signs at most. Shorten it, or send it in two.")
    return words


def _left(sent: Sent | Kept | Waits) -> Sent | Waits:
    if isinstance(sent, Kept):
        raise StaleAnswer(f"Not sent: case {sent.number} has another owner by now. Your text is kept as a draft.")
    return sent
