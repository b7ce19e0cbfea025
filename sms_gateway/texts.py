"""An SMS that came in: a volunteer's, or a person's turn."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from flows import reader, screens
from flows.alphabet import measure, sendable
from flows.session import Channel
from sms_gateway import arrivals, languages, phrases, reception, saying, turns
from sms_gateway.cases import by_sms
from sms_gateway.channels.base import InboundText, simulated_phone
from sms_gateway.context import Services
from sms_gateway.services import Line, Service
from sms_gateway.store import volunteer_texts
from sms_gateway.store.tables import EventKind, accounts
from sms_gateway.taking import Taking, Text

PRESSED_TWICE = timedelta(seconds=10)  # the same words to the same question this soon are one answer
_ACCOUNT = select(accounts).where(
    accounts.c.organisation_id == bindparam("organisation"),
    accounts.c.lane.in_(bindparam("lanes", expanding=True)),
    accounts.c.active.is_(True),
)


def take(tx: Connection, services: Services, inbound: InboundText, now: datetime) -> None:
    """Take an SMS in a turn: stored, answered, in the transaction of the caller."""
    service, line = arrivals.line_of(tx, inbound, "sms")
    account = _volunteer(tx, services, service, inbound, now)
    if account is not None:
        words, _struck = reader.strike_secrets(inbound.text, account.language)
        event_id = arrivals.put(
            tx, services, inbound, service, line, EventKind.TEXT, account_id=account.id, words=words, now=now
        )
        if event_id is not None:
            if simulated_phone(inbound.phone) is None:
                _count_for_volunteer(tx, service, account.id, inbound.text, now)
            by_sms.take_text(tx, services, account, line_id=line.id, event_id=event_id, text=words, now=now)
            if not account.as_citizen and _is_citizen_now(tx, account.id):
                _show_menu_to_volunteer(tx, services, service, line, inbound.phone, event_id, now)
        return
    person = arrivals.person_of(tx, services, service, line, inbound.phone, now)
    heard = languages.heard(service, person, inbound.text, today=now.date())
    words, struck = reader.strike_secrets(inbound.text, heard or person.language)
    event_id = arrivals.put(tx, services, inbound, service, line, EventKind.TEXT, person=person, words=words, now=now)
    if event_id is None:
        return  # a repeat: stored and answered already
    taking = Taking(tx, services, service, person, Channel.SMS, line.id, event_id, now, words)
    question = _open_question(taking)
    if not _pressed_twice(taking, question):
        arrivals.wake_if_stopped(taking)
        if heard is not None:
            languages.follow(taking, heard)
        if not person.welcomed:
            _welcome(taking)
        reception.take_text(taking, struck=struck)
    _remember_text(taking, question)
    saying.send(taking, tuple(Text(body) for body in screens.sms(taking.said)))


def _pressed_twice(taking: Taking, question: str) -> bool:
    """The same words to the same question within seconds: a key pressed twice, or a network that resends."""
    person = taking.person
    if person.last_text_at is None or taking.now - person.last_text_at > PRESSED_TWICE:
        return False
    return person.last_text_print == _print(taking) and person.last_text_place == question


def _remember_text(taking: Taking, question: str) -> None:
    """`question`: the one that these words answered. The next one may have the same answer (1, then 1)."""
    taking.change_person(
        last_text_print=_print(taking),
        last_text_at=taking.now,
        last_text_place=question,
        last_seen_at=taking.now,
    )


def _print(taking: Taking) -> str:
    return taking.services.sealer.print_of(str(taking.person.id), " ".join(taking.words.casefold().split()))


def _open_question(taking: Taking) -> str:
    """The question that is open: the same after words that nobody understood, another one after a step."""
    stored = taking.active_session()
    if stored is None:
        return "-"
    place = stored.place
    return f"{stored.id}/{place.step}/{place.page}/{len(place.answers)}/{place.aside or ''}"[:120]


def _welcome(taking: Taking) -> None:
    """The first contact: who we are, that a person is one key away, how to have another language, what is kept."""
    service = taking.service
    price = phrases.price(taking.language)
    welcome = (taking.phrase("first_contact", service=service.name, price=price), *languages.lines(taking))
    taking.first.append(Text("\n".join(welcome)))
    taking.first.append(Text(arrivals.privacy(taking)))
    taking.change_person(welcomed=True)


def _count_for_volunteer(tx: Connection, service: Service, account_id: int, text: str, now: datetime) -> None:
    """What a volunteer's text cost them, as it was sent: the operator counts the parts of all of it."""
    volunteer_texts.count(
        tx,
        organisation_id=service.organisation_id,
        account_id=account_id,
        parts=measure(sendable(text)).segments,
        timezone=service.timezone,
        now=now,
    )


def _is_citizen_now(tx: Connection, account_id: int) -> bool:
    return bool(tx.execute(select(accounts.c.as_citizen).where(accounts.c.id == account_id)).scalar_one())


def _show_menu_to_volunteer(
    tx: Connection, services: Services, service: Service, line: Line, phone: str, event_id: int, now: datetime
) -> None:
    """After MOI, a volunteer's phone is a citizen's: the menu comes next."""
    person = arrivals.person_of(tx, services, service, line, phone, now)
    taking = Taking(tx, services, service, person, Channel.SMS, line.id, event_id, now)
    turns.show_menu(taking)
    saying.send(taking, tuple(Text(body) for body in screens.sms(taking.said)))


def _volunteer(
    tx: Connection, services: Services, service: Service, inbound: InboundText, now: datetime
) -> Row[Any] | None:
    """The account behind a phone, where it is a volunteer's at this moment: it has an offer or a case."""
    lanes = services.sealer.lanes(inbound.phone)
    account = tx.execute(_ACCOUNT, {"organisation": service.organisation_id, "lanes": lanes}).first()
    if account is None or not by_sms.is_volunteer_now(tx, account, now, inbound.text):
        return None
    return account
