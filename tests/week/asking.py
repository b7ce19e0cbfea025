"""Those who ask for a person: the first text, one more while they wait, one after an answer."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sms_gateway.cases import desk
from sms_gateway.store import people
from tests.week.casting import Asker

if TYPE_CHECKING:
    from tests.week.week import Week


# ---- those who ask ----


def asks(week: "Week", one: Asker) -> None:
    def act(tx: Any, person: people.Person) -> desk.Promise:
        people.change(tx, person.id, region=one.region)
        return desk.open_case(
            tx,
            week.town.services,
            replace(person, region=one.region),
            week.town.service,
            line_id=week.town.line_id,
            topic=one.topic,
            summary="",
            words="Bonjour, je ne comprends pas ce papier.",
            event_id=None,
            reason="asked",
            severity=one.severity,
            danger="life" if one.severity == 0 else None,
            answer_within_minutes=None,
            language=one.language,
            discreet=False,
            now=week.now,
        )

    promise = week.town.as_person(one.phone, act)
    week.numbers[promise.case_id], week.phones[promise.case_id] = promise.number, one.phone
    week.ledger.told(promise.case_id, severity=one.severity, now=week.now, by=promise.by)
    if week.happens(week.scenario.city.writes_again, "again", one.phone):
        week.after(week.scenario.times.writes_again, "writes_again", one, promise.case_id)


def writes_again(week: "Week", one: Asker, case_id: int) -> None:
    if case_id in week.ledger.running:
        writes(week, one.phone, case_id)


def writes(week: "Week", phone: str, case_id: int) -> None:
    """They write; after closing, about the same matter: the case opens again."""
    if week.town.writes(phone, "Et encore une question.") is not None:
        return
    reopens(week, phone)


def reopens(week: "Week", phone: str) -> None:
    def act(tx: Any, person: people.Person) -> desk.Promise:
        return desk.reopen(
            tx, week.town.services, person, week.town.service, event_id=None, words="Encore.", now=week.now
        )

    promise = week.town.as_person(phone, act)
    severity = week.town.case(promise.number).severity
    week.ledger.told(promise.case_id, severity=severity, now=week.now, by=promise.by)
