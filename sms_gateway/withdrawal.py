"""A version of a flow that harms was withdrawn: whoever is in it leaves it, with a case, a number and a time.

Each conversation is left in a turn of its person: in the one of an event of ours (`withdrawn:SESSION` in the mailbox),
or in the one of whatever comes from the phone first. Nobody's answers are lost: the case holds them.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from flows.compiler import CompileError
from flows.effects import OpenCase, Reason
from flows.session import Channel, Reply, Status
from flows.walk import open_case
from sms_gateway import turns
from sms_gateway.cases import desk
from sms_gateway.cases.case import ORDINARY
from sms_gateway.context import Services
from sms_gateway.store import journal, mailbox, sessions
from sms_gateway.store.sessions import Stored
from sms_gateway.store.tables import EventKind, SessionStatus
from sms_gateway.taking import Taking

log = structlog.get_logger(__name__)

WITHDRAWN = "withdrawn"  # why such a case was opened
STILL_NEAR = timedelta(days=30)  # a conversation untouched for longer is left when its person writes, not before
ON_THE_SCREEN = timedelta(minutes=5)  # a USSD session lasts 2 to 3: its next screen says it, besides the text
_AT_A_TIME = 50


def put_events(services: Services) -> list[int]:
    """Put an event into the mailbox of whoever is in a withdrawn version, a batch at a time; gives their ids."""
    now = services.clock()
    with services.database.read() as tx:
        if not sessions.in_withdrawn(tx, since=now - STILL_NEAR, limit=1):
            return []
    with services.database.write() as tx:
        due = sessions.in_withdrawn(tx, since=now - STILL_NEAR, limit=_AT_A_TIME)
        put = [_put(tx, at, now) for at in due]
    return [event_id for event_id in put if event_id is not None]


def take_event(taking: Taking) -> None:
    """The turn of such an event: all of the person's conversations in withdrawn versions are left at once.

    A discreet one sends nothing: the case is opened, and the person hears of it when they next write.
    """
    cases = [_left_unasked(taking, stored) for stored in sessions.withdrawn_of(taking.tx, taking.person)]
    if opened := next((case for case in cases if case is not None), None):
        mailbox.taken(taking.tx, taking.event_id, now=taking.now, case_id=opened.case_id)


def leave(taking: Taking, stored: Stored, *, words: str = "", aloud: bool = True) -> bool:
    """Leave a withdrawn version in the person's own turn: a case with what they answered, its number, and by when.

    words: what they wrote just now. False where there was nothing left to say: their case of it is closed by now.
    """
    told = mailbox.find(taking.tx, sessions.OURS, _key(stored.id))
    taking.set_status(stored, SessionStatus.ENDED)
    if told is None or told.case_id is None:
        opened = _open(taking, stored, words)
        number, by = opened.number, opened.by
    else:
        standing = desk.standing(taking.tx, taking.person, now=taking.now)
        if standing is None or standing.case_id != told.case_id:
            return False
        if words:
            _add(taking, words)
        number, by = standing.number, standing.by
    if aloud:
        _say(taking, number, by)
    return True


def is_discreet(taking: Taking, stored: Stored) -> bool:
    """Whether nothing may be sent unasked about a withdrawn conversation; one that can't be read says no topic."""
    return _case_of(taking, stored, "").discreet


def _left_unasked(taking: Taking, stored: Stored) -> desk.Promise | None:
    sleeps = stored.place.status is Status.SLEEPING  # all was said, and will be acted by; a question comes days later
    if (stored.place.status is not Status.ACTIVE and not sleeps) or taking.person.stopped:
        taking.set_status(stored, SessionStatus.ENDED)  # it waits for a case, which a person has
        return None
    on_screen = stored.place.channel is Channel.USSD and taking.now - stored.updated_at < ON_THE_SCREEN
    discreet = is_discreet(taking, stored)
    if sleeps or not (discreet or on_screen):
        taking.set_status(stored, SessionStatus.ENDED)
    opened = _open(taking, stored, "")
    if not discreet and not taking.said:
        _say(taking, opened.number, opened.by)
    return opened


def _open(taking: Taking, stored: Stored, words: str) -> desk.Promise:
    asked = _case_of(taking, stored, words)
    led_here = stored.place.values.get(turns.OPENING, "")
    opened = desk.open_case(
        taking.tx,
        taking.services,
        taking.person,
        taking.service,
        line_id=taking.line_id,
        topic=asked.topic or "other",
        summary=asked.summary,
        words="\n".join(part for part in (led_here, asked.words) if part),
        event_id=taking.event_id,
        reason=WITHDRAWN,
        severity=ORDINARY,
        danger=None,
        answer_within_minutes=None,
        language=taking.language,
        discreet=asked.discreet,
        now=taking.now,
    )
    sessions.wait_for_case(taking.tx, stored.id, opened.case_id)
    journal.record(
        taking.tx,
        taking.service.organisation_id,
        "left_withdrawn",
        now=taking.now,
        person_id=taking.person.id,
        case_id=opened.case_id,
        session_id=stored.id,
        bundle=stored.bundle_hash,
    )
    return opened


def _case_of(taking: Taking, stored: Stored, words: str) -> OpenCase:
    """What the conversation gathered. A version may have been withdrawn because it can't be run: then nothing of it."""
    try:
        return open_case(turns.machine_of(taking, stored), stored.place, Reason.FAILED, words)
    except (CompileError, KeyError):
        log.error("withdrawn_unreadable", bundle=stored.bundle_hash)
        return OpenCase(Reason.FAILED, words=words)


def _say(taking: Taking, number: int, by: datetime) -> None:
    taking.promised = True  # it passes the cap on automatic answers
    text = taking.phrase("fact_expired", case=str(number), by=taking.by(by))
    taking.said.append(Reply(text, keep=True))


def _add(taking: Taking, words: str) -> None:
    desk.citizen_wrote(
        taking.tx,
        taking.services,
        taking.person,
        taking.service,
        event_id=taking.event_id,
        words=words,
        now=taking.now,
    )


def _put(tx: Connection, at: sessions.Found, now: datetime) -> int | None:
    return mailbox.put(
        tx,
        organisation_id=at.organisation_id,
        service_id=at.service_id,
        kind=EventKind.WITHDRAWN,
        channel=sessions.OURS,
        delivery_key=_key(at.session_id),
        now=now,
        person_id=at.person_id,
    )


def _key(session_id: int) -> str:
    return f"{sessions.WITHDRAWN_KEY}{session_id}"
