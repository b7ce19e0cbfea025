"""What follows from a move, in the same transaction: texts to the person and to our team, pauses, alerts, outcomes."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from sms_gateway import outbox, phrases
from sms_gateway.cases import moving, resting, whose
from sms_gateway.cases.case import CORRECTIONS, DANGER, URGENT, Event, Moved, Outcome, What
from sms_gateway.cases.dispatch import PAUSE_AFTER
from sms_gateway.cases.hours import hours_of
from sms_gateway.cases.letters import PARTS_AT_ONCE, Letters, case_parts, language_name, offered_words
from sms_gateway.cases.moving import Record
from sms_gateway.cases.nearest_counter import say_counter
from sms_gateway.cases.offering import can_be_texted, is_at_screen, is_resting, text_line, took_by_sms, wake_waiting
from sms_gateway.context import Services
from sms_gateway.services import Service
from sms_gateway.store import cases as stored
from sms_gateway.store import held_answers, mailbox, offers
from sms_gateway.store.database import after_commit
from sms_gateway.store.people import Person
from sms_gateway.store.sealing import Erased
from sms_gateway.store.tables import EntryKind, EventKind, MessageKind, Wish

WOKEN = 3  # waiting cases that are looked at as soon as somebody is free


@dataclass(frozen=True)
class Desk:
    """What a move has at hand: the transaction, the person and the service of the case, and letters to our team."""

    tx: Connection
    services: Services
    service: Service
    person: Person
    letters: Letters
    now: datetime

    @property
    def language(self) -> str:
        """The person's language, as texts to them are written."""
        spoken = self.service.languages
        return self.person.language if self.person.language in spoken else spoken[0]


def carry_out(
    desk: Desk,
    record: Record,
    moved: Moved,
    *,
    actor: int | None = None,
    reasons: dict[int, tuple[str, ...]] | None = None,
) -> Record:
    """Write a move and all that follows from it; then wake whoever must look at the case, or at others that wait."""
    after = moving.store(desk.tx, record, moved, now=desk.now, actor=actor, reasons=reasons)
    if after.case.epoch != record.case.epoch or not after.case.is_open:
        epoch = after.case.epoch if after.case.is_open else None
        held_answers.keep_as_draft(desk.tx, after.row, epoch=epoch, now=desk.now)
    for event in moved.events:
        if follow := _FOLLOWS.get(event.what):
            follow(desk, record, after, event)
        if event.what in _MAY_TIRE:
            resting.after(desk, after, event)
    if after.case.is_open and after.case.next_deadline is not None and after.case.next_deadline <= desk.now:
        ring(desk, after.id)
    if any(event.what in _FREES for event in moved.events):
        wake_others(desk, after.row.organisation_id)
    return after


def wake_others(desk: Desk, organisation_id: int, *, but: Collection[int] = ()) -> None:
    """Somebody may be free now: the first cases that wait are looked at. `but`: those that have just looked."""
    for case_id in wake_waiting(desk.tx, organisation_id, now=desk.now, limit=WOKEN, but=but):
        ring(desk, case_id)


def ring(desk: Desk, case_id: int) -> None:
    """Wake a worker for a case, once this transaction has committed; the sweeper finds it else."""
    after_commit(desk.tx, lambda: desk.services.ring("act_on_case", case_id))


_FREES = {What.ANSWERED, What.SENT_AGAIN, What.UNREACHABLE, What.CLOSED, What.DECLINED, What.WITHDRAWN, What.PASSED_ON}

_MAY_TIRE = {What.ANSWERED, What.CLOSED, What.PASSED_ON, What.LEASE_OVER}


# ---- offers ----


def _offered(desk: Desk, before: Record, after: Record, event: Event) -> None:
    account = offers.account(desk.tx, event.account_id or 0)
    if account is None or not can_be_texted(account, text_line(desk.service, after.row.line_id)):
        return
    values = {
        "topic": offered_words(after, desk.service.country, account.language),
        "language": language_name(after.row.language, account.language),
    }
    if after.case.severity <= URGENT:
        desk.letters.about(after, desk.service, account, "offer_urgent", **values)
        return
    since = after.case.unanswered_since or after.row.opened_at
    minutes = str(max(1, (desk.now - since) // timedelta(minutes=1)))
    desk.letters.about(after, desk.service, account, "offer", minutes=minutes, **values)


def _withdrawn(desk: Desk, before: Record, after: Record, event: Event) -> None:
    if after.case.owner_id is None or not after.case.is_open:
        return  # nobody took it: there is nothing to say
    _tell(desk, after, event, "offer_taken")


def _expired(desk: Desk, before: Record, after: Record, event: Event) -> None:
    _ran_out(desk, after, event.account_id or 0)


def _ran_out(desk: Desk, after: Record, account_id: int) -> None:
    """Two in a row: not a good time for them. What ran out while the counter was closed counts against nobody.

    An offer, or a case that was taken and not answered: who takes and goes quiet would else be asked for ever.
    """
    if not hours_of(desk.service).is_open(desk.now):
        return
    account = offers.lock_accounts(desk.tx, [account_id])[account_id]
    if is_resting(account, desk.now):
        return
    in_a_row = account.expired_in_a_row + 1
    pauses = in_a_row >= PAUSE_AFTER and not account.paused_by_us
    offers.set_account(desk.tx, account_id, expired_in_a_row=in_a_row, paused_by_us=account.paused_by_us or pauses)
    line = text_line(desk.service, after.row.line_id)
    if pauses and line is not None and can_be_texted(account, line):
        desk.letters.plain(account, line.id, phrases.say(account.language, "pause_by_us"))


def _declined(desk: Desk, before: Record, after: Record, event: Event) -> None:
    offers.set_account(desk.tx, event.account_id or 0, expired_in_a_row=0)


def _taken(desk: Desk, before: Record, after: Record, event: Event) -> None:
    """They are there; whether they answer is seen later, so that what ran out before still counts."""
    offers.set_account(desk.tx, event.account_id or 0, paused_by_us=False)


def _answered(desk: Desk, before: Record, after: Record, event: Event) -> None:
    offers.set_account(desk.tx, event.account_id or 0, expired_in_a_row=0)


def _reassigned(desk: Desk, before: Record, after: Record, event: Event) -> None:
    """Somebody is given a case that they did not ask for: their phone says so, and what it is about."""
    account = offers.account(desk.tx, event.account_id) if event.account_id else None
    if account is not None and can_be_texted(account, text_line(desk.service, after.row.line_id)):
        hand_over(desk, after, account.id)


# ---- leases ----


def _lease_half(desk: Desk, before: Record, after: Record, event: Event) -> None:
    """Whoever has the case is told; where their answer waits to be read, those who read it."""
    waits = held_answers.waiting(desk.tx, after.id)
    if waits is not None and waits.leaves_at is None:
        minutes = str(max(1, (desk.now - waits.said_at) // timedelta(minutes=1)))
        for account in coordinators(desk, after):
            desk.letters.about(after, desk.service, account, "alert_held", minutes=minutes)
        return
    left = (after.case.lease_until or desk.now) - desk.now
    _tell(desk, after, event, "lease_half", minutes=str(max(1, left // timedelta(minutes=1))))


def _lease_over(desk: Desk, before: Record, after: Record, event: Event) -> None:
    _tell(desk, after, event, "lease_over")
    lapsed = before.case.lease_until is not None and before.case.lease_until <= desk.now
    if lapsed and before.case.first_answer_at is None:  # nor taken from them, nor a text that came back
        _ran_out(desk, after, event.account_id or 0)


def _unparked(desk: Desk, before: Record, after: Record, event: Event) -> None:
    """The day has come that both agreed on: its owner hears it on a basic phone too."""
    left = (after.case.lease_until or desk.now) - desk.now
    _tell(desk, after, event, "case_back", minutes=str(max(1, left // timedelta(minutes=1))))


def _joined(desk: Desk, before: Record, after: Record, event: Event) -> None:
    """A text for whoever has the case goes to their phone, unless they read it on the screen."""
    owner = offers.account(desk.tx, after.case.owner_id) if after.case.owner_id else None
    line = text_line(desk.service, after.row.line_id)
    if owner is None or not can_be_texted(owner, line):
        return
    if is_at_screen(owner, desk.now) and not took_by_sms(owner.sms_state, after.id):
        return
    forward(desk, after, owner, after_seq=after.case.last_inbound_seq - 1)


# ---- promises ----


def _corrected(desk: Desk, before: Record, after: Record, event: Event) -> None:
    """The person is told before the promise lapses: a new time; the last time, a counter, and that it stays open."""
    told, case, topic = after.case.corrections, str(after.number), after.row.topic
    if told < CORRECTIONS:
        by = when(desk, after.case.promised_by or desk.now)
        body = phrases.say(desk.language, f"slip_{told}", case=case, by=by)
    else:
        near = say_counter(desk.tx, desk.person, topic=topic, language=desk.language, key="slip_3", case=case)
        body = near or phrases.say(desk.language, "slip_last", case=case)
    outbox.add_to_person(
        desk.tx, desk.services, desk.person, body=body, kind=MessageKind.NOTICE, now=desk.now, case_id=after.id
    )


def _escalated(desk: Desk, before: Record, after: Record, event: Event) -> None:
    """Coordinators' phones, of a promise in the hours of the counter; `danger` has alerts of its own, at any hour."""
    if after.case.severity == DANGER:
        return
    if after.case.promised_by is not None and hours_of(desk.service).is_open(desk.now):
        for account in coordinators(desk, after):
            _alert(desk, after, account, "alert_late", by=promised_words(desk, before, account))


def _broken(desk: Desk, before: Record, after: Record, event: Event) -> None:
    hours = max(1, (desk.now - (after.case.unanswered_since or desk.now)) // timedelta(hours=1))
    for account in coordinators(desk, after):
        _alert(desk, after, account, "alert_broken", hours=str(hours))


# ---- answers that did not arrive ----


def _undelivered(desk: Desk, before: Record, after: Record, event: Event) -> None:
    """Whoever still has the case hears it on their phone, once an answer; the web shows it in the thread."""
    if after.case.owner_id is not None and after.case.undelivered != before.case.undelivered:
        _tell(desk, after, event, "answer_failed")


def _unreachable(desk: Desk, before: Record, after: Record, event: Event) -> None:
    """Coordinators' phones, in the hours of the counter; a case of danger at any hour."""
    if after.case.severity == DANGER or hours_of(desk.service).is_open(desk.now):
        for account in coordinators(desk, after):
            _alert(desk, after, account, "alert_unreachable")


# ---- the end ----


def _closed(desk: Desk, before: Record, after: Record, event: Event) -> None:
    """The person's conversation is told, and asks whether it helped; the owner too, where it was not their doing."""
    outcome = after.case.outcome
    if outcome in {Outcome.STOPPED, Outcome.QUIET}:
        _tell(desk, after, event, "closed")
    if outcome in {Outcome.STOPPED, Outcome.UNREACHABLE} or desk.person.seal is None:
        return
    event_id = mailbox.put(
        desk.tx,
        organisation_id=after.row.organisation_id,
        service_id=desk.service.id,
        kind=EventKind.OUTCOME,
        channel="desk",
        delivery_key=f"closed/{after.id}/{after.case.epoch}/{after.case.last_inbound_seq}",
        now=desk.now,
        person_id=desk.person.id,
        case_id=after.id,
        body=desk.person.words.seal(str(outcome)),
    )
    if event_id is not None:
        after_commit(desk.tx, lambda: desk.services.ring("take_event", event_id))


# ---- what several need ----


def hand_over(desk: Desk, record: Record, account_id: int) -> None:
    """A volunteer's phone has the case now: that it is theirs, then what it is about, in at most three parts."""
    account = offers.lock_accounts(desk.tx, [account_id])[account_id]
    left = (record.case.lease_until or desk.now) - desk.now
    minutes = str(min(120, max(1, left // timedelta(minutes=1))))
    desk.letters.about(record, desk.service, account, "case_yours", minutes=minutes)
    said = whole_text(desk, record)
    parts = case_parts(record.number, account.language, said) if said else ()
    for part in parts[:PARTS_AT_ONCE]:
        desk.letters.as_it_is(record, desk.service, account, part)
    if record.row.wish == Wish.CALL:
        desk.letters.about(record, desk.service, account, "wishes_call")
    state = dict(account.sms_state or {})
    state.pop("asked", None)
    mine = [one for one in state.get("cases", []) if one != record.id][-4:]
    state |= {"cases": [*mine, record.id], "read": {"case": record.id, "next": min(len(parts), PARTS_AT_ONCE)}}
    offers.set_account(desk.tx, account_id, sms_state=state)


def forward(desk: Desk, record: Record, owner: Row[Any], *, after_seq: int) -> None:
    """The person's texts after `after_seq` to a volunteer's phone, each in at most three parts."""
    for entry in stored.unsettled_texts(desk.tx, record.id, after_seq):
        for part in case_parts(record.number, owner.language, _words(desk, record, entry))[:PARTS_AT_ONCE]:
            desk.letters.as_it_is(record, desk.service, owner, part, entry_id=entry.id)


def whole_text(desk: Desk, record: Record) -> str:
    """What a volunteer reads on a basic phone: what the flow gathered, then the thread, notes and drafts marked."""
    said = [opened(desk.person, record.row.summary)] if record.row.summary else []
    for entry in stored.entries(desk.tx, record.id):
        words = _words(desk, record, entry)
        said.append(words if entry.kind == EntryKind.CITIZEN else f"[{entry.author or '-'}, {entry.kind}] {words}")
    return " ".join(one if one[-1] in ".!?:;," else f"{one}." for one in map(str.strip, said) if one)


def _words(desk: Desk, record: Record, entry: Row[Any]) -> str:
    return whose.words_of(desk.tx, desk.services.sealer, desk.person, entry, case_of=record.row.person_id)


def opened(person: Person, sealed: str) -> str:
    """Words again; nothing once the person was erased."""
    try:
        return person.seal.open(sealed) if person.seal else ""
    except Erased:
        return ""


def when(desk: Desk, moment: datetime) -> str:
    """By when, as the person reads it."""
    return phrases.by(moment, now=desk.now, language=desk.language, timezone=desk.service.timezone)


def _tell(desk: Desk, record: Record, event: Event, key: str, **values: str) -> None:
    """A phrase to the phone of the volunteer that an event is about, unless they are at the screen."""
    account = offers.account(desk.tx, event.account_id) if event.account_id else None
    if account is None or not can_be_texted(account, text_line(desk.service, record.row.line_id)):
        return
    if key.startswith("lease") and is_at_screen(account, desk.now) and not took_by_sms(account.sms_state, record.id):
        return
    desk.letters.about(record, desk.service, account, key, **values)


def coordinators(desk: Desk, record: Record) -> list[Row[Any]]:
    """The coordinators whose phones the case's line reaches."""
    line = text_line(desk.service, record.row.line_id)
    return [row for row in offers.coordinators(desk.tx, record.row.organisation_id) if can_be_texted(row, line)]


def promised_words(desk: Desk, record: Record, account: Row[Any]) -> str:
    """By when the person was told, as one of us reads it."""
    moment = record.case.promised_by or desk.now
    return phrases.by(moment, now=desk.now, language=account.language, timezone=desk.service.timezone)


def _alert(desk: Desk, record: Record, account: Row[Any], key: str, **values: str) -> None:
    seen = record.case.last_inbound_seq
    ask_account(desk, account.id, {"what": "alert", "alert": key, "case": record.id, "seen": seen})
    desk.letters.about(record, desk.service, account, key, **values)


def ask_account(desk: Desk, account_id: int, question: dict[str, Any]) -> None:
    """Remember what the next digit from an account's phone answers."""
    account = offers.lock_accounts(desk.tx, [account_id])[account_id]
    state = dict(account.sms_state or {}) | {"asked": question | {"at": desk.now.isoformat()}}
    offers.set_account(desk.tx, account_id, sms_state=state)


_FOLLOWS: dict[What, Callable[[Desk, Record, Record, Event], None]] = {
    What.OFFERED: _offered,
    What.WITHDRAWN: _withdrawn,
    What.EXPIRED: _expired,
    What.DECLINED: _declined,
    What.TAKEN: _taken,
    What.ANSWERED: _answered,
    What.REASSIGNED: _reassigned,
    What.LEASE_HALF: _lease_half,
    What.LEASE_OVER: _lease_over,
    What.UNPARKED: _unparked,
    What.JOINED: _joined,
    What.THANKED: _joined,
    What.CORRECTED: _corrected,
    What.ESCALATED: _escalated,
    What.BROKEN: _broken,
    What.CLOSED: _closed,
    What.UNDELIVERED: _undelivered,
    What.UNREACHABLE: _unreachable,
}
