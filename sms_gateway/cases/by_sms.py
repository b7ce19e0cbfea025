"""A volunteer's basic phone: take, read, answer, note, pass on, close, pause, by texts alone.

The same steps as the web's (`answering`). Whatever could be meant in two ways asks back, and sends nothing to anybody.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy import text as sql

from sms_gateway import phrases
from sms_gateway.cases import (
    alerted,
    answering,
    calling,
    held,
    number_to_ring,
    resending,
    sms_closing,
    sms_reading,
    sms_undo,
)
from sms_gateway.cases.answering import Kept, Taken
from sms_gateway.cases.following import Desk
from sms_gateway.cases.held import Waits
from sms_gateway.cases.hours import hours_of
from sms_gateway.cases.letters import PARTS_AT_ONCE, Letters
from sms_gateway.cases.moving import Record
from sms_gateway.cases.offering import wake_waiting
from sms_gateway.cases.sms_phone import Phone
from sms_gateway.cases.sms_words import Said, Word, is_half_a_word, read_word
from sms_gateway.context import Services
from sms_gateway.services import load as load_service
from sms_gateway.store import cases as stored
from sms_gateway.store import journal, offers, people
from sms_gateway.store.tables import CaseState, OfferState

STILL_THEIRS = timedelta(hours=2)  # after its last case or offer ended, the phone is a volunteer's this long
OFFER_STANDS = timedelta(hours=24)  # an offer that ran out can be taken this long, while nobody has the case
PAUSE_AT_LEAST = timedelta(hours=12)


def is_volunteer_now(tx: Connection, account: Row[Any], now: datetime, text: str = "") -> bool:
    """Whether a text from this account's phone is a volunteer's: it has an offer or a case, or had one a while ago.

    MOI makes the phone a citizen's, and MOI once more a volunteer's again; PAUSE and START are a volunteer's words.
    """
    word = read_word(text).word
    if account.as_citizen:
        return word is Word.ME
    if word in {Word.ME, Word.PAUSE} or (word is Word.START and _is_away(account)):
        return True
    if stored.held_by(tx, account.id) or offers.open_for(tx, account.id) or _is_asked(account, now):
        return True
    latest = offers.latest_for(tx, account.id, since=now - OFFER_STANDS)
    if latest is None:
        return False
    if latest.state == OfferState.EXPIRED and _is_free(tx, latest.case_id):
        return True
    return latest.ended_at is not None and latest.ended_at > now - STILL_THEIRS


def take_text(
    tx: Connection, services: Services, account: Row[Any], *, line_id: int, event_id: int, text: str, now: datetime
) -> None:
    """Do what a text from a volunteer's phone says, and answer it. `event_id`: the stored text, journaled."""
    if tx.dialect.name == "postgresql":  # texts of one phone are taken one after the other; nothing is locked before
        tx.execute(sql("SELECT pg_advisory_xact_lock(:space, :id)"), {"space": 7_221, "id": account.id})
    fresh = offers.account(tx, account.id)
    assert fresh is not None
    phone = Phone(tx, services, fresh, line_id, Letters(), now)
    said = read_word(text)
    journal.record(
        tx,
        fresh.organisation_id,
        "volunteer_wrote",
        now=now,
        account_id=fresh.id,
        event_id=event_id,
        word=said.word.value if said.word else None,
    )
    if said.word is not None:
        _BY_WORD[said.word](phone, said)
    elif said.digit is not None:
        _digit(phone, said.digit)
    elif is_half_a_word(text, asked=_is_waiting_for_digit(phone)):
        phone.remind()
    else:
        _for_one_case(phone, "answer", text)
    phone.letters.post(tx, services, now=now)


# ---- digits ----


def _digit(phone: Phone, digit: int) -> None:
    """A digit answers the newest question: one of ours, or an offer. With none open it is never sent to anybody."""
    asked = phone.state.get("asked")
    if asked and asked["what"] == "undo" and digit != sms_undo.TAKE_BACK:
        asked = None  # any other digit answers an offer
    running = offers.open_for(phone.tx, phone.account.id)
    newest_offer = running[0] if running else None
    if asked and (newest_offer is None or datetime.fromisoformat(asked["at"]) >= newest_offer.offered_at):
        _ANSWERS[asked["what"]](phone, asked, digit)
        return
    if newest_offer is None:
        newest_offer = offers.latest_for(phone.tx, phone.account.id, since=phone.now - OFFER_STANDS)
    if newest_offer is not None and digit in {1, 2, 3}:
        _offer_answered(phone, newest_offer, digit)
    else:
        phone.remind()


def _offer_answered(phone: Phone, offer: Row[Any], digit: int) -> None:
    if digit == 3:  # a pause ends every offer: all their persons come before the account
        _lock_persons(phone, [offer, *offers.open_for(phone.tx, phone.account.id)])
    desk, record = phone.at(offer.case_id)
    if record.case.owner_id == phone.account.id and record.case.is_open:
        phone.remind()  # pressed twice: it is theirs already
    elif digit == 1:
        _take(phone, desk, record)
    elif not answering.decline(desk, record, phone.account.id):
        phone.remind()
    elif digit == 3:
        _pause(phone, Said())
    else:
        phone.about(desk, record, "offer_declined")


def _take(phone: Phone, desk: Desk, record: Record) -> None:
    taken = answering.take(desk, record, phone.account.id, by_sms=True)
    if isinstance(taken, Taken):
        return
    if taken.full:
        phone.remind()
    elif record.case.is_open:
        phone.about(desk, record, "offer_too_late")
    else:
        phone.say("volunteer_no_case")


def _which(phone: Phone, asked: dict[str, Any], digit: int) -> None:
    """Which of two cases the words before were for; nothing is typed again."""
    if not 1 <= digit <= len(asked["cases"]):
        phone.ask(None)
        return
    words = phone.services.sealer.team.open(asked["words"]) if asked["words"] else ""
    desk, record = phone.at(asked["cases"][digit - 1])  # the person is locked before the account, as everywhere
    phone.ask(None)
    _ON_CASE[asked["action"]](phone, desk, record, words)


# ---- words for one case ----


def _for_one_case(phone: Phone, action: str, words: str) -> None:
    """Do something with the one case that they have; with two, ask which, and keep the words meanwhile."""
    own = stored.at_hand(phone.tx, phone.account.id)
    if not own:
        _without_case(phone, action, words)
        return
    if action == "answer" and own[0].state == CaseState.PARKED:
        _for_a_parked_case(phone, own[0].id, words)
        return
    if len(own) == 1:
        desk, record = phone.at(own[0].id)
        _ON_CASE[action](phone, desk, record, words)
        return
    sealed = phone.services.sealer.team.seal(words) if words else ""
    ids = [row.id for row in own[:2]]
    desk, record = phone.at(ids[0])
    phone.about(desk, record, "which_case", other=str(own[1].number))
    phone.ask({"what": "which", "action": action, "cases": ids, "words": sealed})


def _for_a_parked_case(phone: Phone, case_id: int, words: str) -> None:
    """Days have passed since they put it aside: whether the words are for its person is asked before they leave."""
    desk, record = phone.at(case_id)
    phone.about(desk, record, "parked_which")
    phone.ask(
        {"what": "which", "action": "answer", "cases": [case_id], "words": phone.services.sealer.team.seal(words)}
    )


def _without_case(phone: Phone, action: str, words: str) -> None:
    """Words from somebody who has no case: those for a case that they lost are kept as a draft for its next owner."""
    lost = next(iter(phone.state.get("cases", [])[::-1]), None) if action == "answer" else None
    if lost is not None:
        desk, record = phone.at(lost)
        if record.case.is_open and record.case.owner_id != phone.account.id:
            answering.keep_draft(desk, record, phone.account.id, words)
            phone.about(desk, record, "answer_not_sent")
            return
    phone.say("volunteer_no_case")


def _answer(phone: Phone, desk: Desk, record: Record, words: str) -> None:
    seen = stored.seen_by_phone(phone.tx, record.id, phone.account.id, record.case.last_inbound_seq)
    sent, _after = held.say(
        desk,
        record,
        phone.account.id,
        epoch=record.case.epoch,
        words=words.strip(),
        seen_seq=seen,
        undo_seconds=phone.services.settings.undo_by_text_seconds,
    )
    phone.ask(None)
    if isinstance(sent, Waits) and sent.leaves_at is not None:
        sms_undo.offer(phone, desk, record, sent.leaves_at)
    elif isinstance(sent, Waits):
        phone.about(desk, record, "answer_review")
    else:
        phone.about(desk, record, "answer_not_sent" if isinstance(sent, Kept) else "answer_sent")


def _note_it(phone: Phone, desk: Desk, record: Record, words: str) -> None:
    if not words:
        phone.remind()
        return
    answering.note(desk, record, phone.account.id, words)
    phone.about(desk, record, "note_kept")


def _pass_it(phone: Phone, desk: Desk, record: Record, words: str) -> None:
    record = held.let_leave(desk, record)
    answering.pass_on(desk, record, phone.account.id, epoch=record.case.epoch)
    phone.about(desk, record, "passed_on")
    phone.ask(None)


def _close_it(phone: Phone, desk: Desk, record: Record, words: str) -> None:
    sms_closing.done(phone, desk, record, int(words) if words else None)


# ---- words of the phone ----


def _note(phone: Phone, said: Said) -> None:
    _for_one_case(phone, "note", said.rest)


def _pass(phone: Phone, said: Said) -> None:
    _for_one_case(phone, "pass", "")


def _done(phone: Phone, said: Said) -> None:
    _for_one_case(phone, "close", "" if said.digit is None else str(said.digit))


def _resend(phone: Phone, said: Said) -> None:
    _for_one_case(phone, "resend", "")


def _number(phone: Phone, said: Said) -> None:
    _for_one_case(phone, "number", "")


def _called(phone: Phone, said: Said) -> None:
    _for_one_case(phone, "called", "")


def _more(phone: Phone, said: Said) -> None:
    sms_reading.more(phone)


def _history(phone: Phone, said: Said) -> None:
    sms_reading.history(phone)


def _pause(phone: Phone, said: Said) -> None:
    """A break until the first opening that is at least half a day away; running offers go on to others."""
    _decline_all(phone)
    service = load_service(phone.tx, stored.service_of_line(phone.tx, phone.line_id))
    until = hours_of(service).next_opening(phone.now + PAUSE_AT_LEAST)
    offers.lock_accounts(phone.tx, [phone.account.id])
    offers.set_account(phone.tx, phone.account.id, paused_until=until, paused_by_us=False, expired_in_a_row=0)
    language = phone.account.language
    moment = phrases.from_when(until, now=phone.now, language=language, timezone=service.timezone)
    phone.say("pause_on", **{"from": moment})


def _stop(phone: Phone, said: Said) -> None:
    """No more offers until they say START; a case that they have stays theirs until its lease ends."""
    _decline_all(phone)
    offers.lock_accounts(phone.tx, [phone.account.id])
    offers.set_account(phone.tx, phone.account.id, paused_by_us=True)
    phone.say("pause_by_us")


def _start(phone: Phone, said: Said) -> None:
    offers.lock_accounts(phone.tx, [phone.account.id])
    offers.set_account(
        phone.tx, phone.account.id, paused_until=None, paused_by_us=False, rests_until=None, expired_in_a_row=0
    )
    wake_waiting(phone.tx, phone.account.organisation_id, now=phone.now, limit=PARTS_AT_ONCE)
    phone.say("pause_off")


def _help(phone: Phone, said: Said) -> None:
    own = stored.at_hand(phone.tx, phone.account.id)
    if own:
        desk, record = phone.at(own[0].id)
        alerted.volunteer_needs_help(desk, record, phone.account)
    else:
        alerted.volunteer_without_case(phone)
    phone.say("volunteer_help")


def _me(phone: Phone, said: Said) -> None:
    """For oneself, and back again. The case, if any, keeps its lease; running offers go on to others."""
    becomes_citizen = not phone.account.as_citizen
    if becomes_citizen:
        _decline_all(phone)
        phone.say("me_on")
    else:
        phone.say("pause_off")
    offers.set_account(phone.tx, phone.account.id, as_citizen=becomes_citizen)


def _decline_all(phone: Phone) -> None:
    """End their running offers. Every person is locked before the account is, in the order of ids, as everywhere."""
    running = offers.open_for(phone.tx, phone.account.id)
    _lock_persons(phone, running)
    for offer in running:
        desk, record = phone.at(offer.case_id)
        answering.decline(desk, record, phone.account.id)


def _lock_persons(phone: Phone, running: list[Row[Any]]) -> None:
    rows = [stored.find_id(phone.tx, offer.case_id) for offer in running]
    for person_id in sorted({row.person_id for row in rows if row is not None}):
        people.lock(phone.tx, phone.services.sealer, person_id)


# ---- what several need ----


def _is_asked(account: Row[Any], now: datetime) -> bool:
    asked = (account.sms_state or {}).get("asked")
    if asked is None:
        return False
    until = datetime.fromisoformat(asked["until"]) if "until" in asked else None
    return datetime.fromisoformat(asked["at"]) > now - OFFER_STANDS if until is None else until > now


def _is_away(account: Row[Any]) -> bool:
    return bool(account.paused_by_us or account.paused_until or account.rests_until)


def _is_waiting_for_digit(phone: Phone) -> bool:
    """Whether a digit would answer something: a question of ours, or an offer."""
    return _is_asked(phone.account, phone.now) or bool(offers.open_for(phone.tx, phone.account.id))


def _is_free(tx: Connection, case_id: int) -> bool:
    row = stored.find_id(tx, case_id)
    return row is not None and row.owner_id is None and row.state != CaseState.CLOSED


_ON_CASE: dict[str, Callable[[Phone, Desk, Record, str], None]] = {
    "answer": _answer,
    "note": _note_it,
    "pass": _pass_it,
    "close": _close_it,
    "resend": resending.by_phone,
    "number": number_to_ring.by_phone,
    "called": calling.by_phone,
}
_ANSWERS: dict[str, Callable[[Phone, dict[str, Any], int], None]] = {
    "which": _which,
    "close": sms_closing.how,
    "close_seen": sms_closing.how,
    "alert": alerted.answered,
    "undo": sms_undo.answered,
}
_BY_WORD: dict[Word, Callable[[Phone, Said], None]] = {
    Word.MORE: _more,
    Word.HISTORY: _history,
    Word.NOTE: _note,
    Word.PASS_ON: _pass,
    Word.DONE: _done,
    Word.PAUSE: _pause,
    Word.STOP: _stop,
    Word.START: _start,
    Word.HELP: _help,
    Word.ME: _me,
    Word.RESEND: _resend,
    Word.NUMBER: _number,
    Word.CALLED: _called,
}
