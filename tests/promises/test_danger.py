"""Danger: the number first and past everything, two of us in the same transaction, again until somebody takes it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from flows import engine
from sms_gateway import conversations, flow_versions, outbox, phrases, saying, settling
from sms_gateway.cases import danger, desk
from sms_gateway.channels.base import InboundText
from sms_gateway.store import people
from sms_gateway.store.tables import CaseState, MessageKind, MessageState, Role, cases, journal
from sms_gateway.store.tables import outbox as outbox_table
from sms_gateway.store.tables import people as people_table
from tests.cases.conftest import place  # noqa: F401 - the town, on each kind of database
from tests.cases.town import LINE, Town

CITIZEN = "+33698765432"
NUMBERS = iter(range(1, 1000))


def coordinators(place: Town, count: int) -> list[int]:  # noqa: F811
    return [place.account(f"Chef{each}", role=Role.COORDINATOR, phone=f"+336123459{each:02}") for each in range(count)]


def volunteers(place: Town, count: int, **columns: Any) -> list[int]:  # noqa: F811
    return [place.account(f"V{each}", phone=f"+336123450{each:02}", **columns) for each in range(count)]


def in_danger(place: Town) -> desk.Promise:  # noqa: F811
    return place.asks(CITIZEN, "Il va me tuer", severity=0, danger="violence")


def text_in(place: Town, words: str) -> None:  # noqa: F811
    """By the real door, with the shipped words."""
    conversations.receive_text(place.services, InboundText("africastalking", f"d{next(NUMBERS)}", LINE, CITIZEN, words))


def told(place: Town, accounts: list[int]) -> int:  # noqa: F811
    return sum(bool(place.texts_to_account(each)) for each in accounts)


def open_cases(place: Town) -> list[Any]:  # noqa: F811
    with place.services.database.read() as tx:
        return list(tx.execute(select(cases)))


def lines(place: Town, what: str) -> int:  # noqa: F811
    with place.services.database.read() as tx:
        return len(tx.execute(select(journal.c.id).where(journal.c.what == what)).all())


@pytest.mark.parametrize(("chiefs", "helpers", "reached"), [(2, 3, 2), (1, 3, 2), (0, 3, 2)])
def test_two_of_us_hear_of_it_in_the_transaction_that_opens_the_case(
    place: Town,  # noqa: F811
    chiefs: int,
    helpers: int,
    reached: int,
) -> None:
    everybody = [*coordinators(place, chiefs), *volunteers(place, helpers)]
    place.clock.set(datetime(2026, 3, 10, 23, 30, tzinfo=UTC))
    number = in_danger(place).number  # no worker has run
    assert told(place, everybody) == reached
    assert place.case(number).state == CaseState.ESCALATED
    assert place.case(number).next_deadline == place.now
    place.sweep()
    assert told(place, everybody) == min(chiefs + helpers, chiefs + 3 if chiefs > 1 else chiefs + helpers)


def test_whom_we_paused_makes_up_the_number_but_nobody_who_asked_for_a_break(place: Town) -> None:  # noqa: F811
    (away,) = volunteers(place, 1, paused_until=place.now + timedelta(hours=3))
    paused = place.account("Paused", phone="+33612345055", paused_by_us=True)
    busy = place.account("Busy", phone="+33612345056")
    in_danger(place)
    assert place.texts_to_account(away) == []
    assert told(place, [paused, busy]) == 2


def test_nobody_who_is_not_on_shift_is_woken() -> None:
    one = danger.Voice(danger.Volunteer(1, on_shift=False))
    two = danger.Voice(danger.Volunteer(2, asked_now=True))
    three = danger.Voice(danger.Volunteer(3, languages=("sw",)))
    four = danger.Voice(danger.Volunteer(4, has_phone=False))
    assert danger.make_up([one, two, three, four], language="fr", missing=2) == [3, 2]
    assert danger.make_up([one, two, three, four], language="fr", missing=-1) == []


def test_words_of_danger_in_a_case_that_a_volunteer_has_raise_it_and_alert(place: Town) -> None:  # noqa: F811
    flow_versions.register_shipped(place.services)
    chiefs = coordinators(place, 2)
    (anne,) = volunteers(place, 1)
    number = place.asks(CITIZEN).number
    place.sweep()
    place.volunteer_texts(anne, "1")
    place.everything_leaves()
    assert place.case(number).owner_id == anne
    text_in(place, "Il me frappe")
    after = place.case(number)
    assert (after.severity, after.owner_id) == (0, anne)
    assert after.danger == "violence"
    assert [len(place.texts_to_account(each)) for each in chiefs] == [1, 1]
    with place.services.database.read() as tx:
        waiting = tx.execute(
            select(outbox_table.c.kind).where(
                outbox_table.c.person_id == after.person_id, outbox_table.c.state == MessageState.WAITING
            )
        )
        assert MessageKind.DANGER in set(waiting.scalars())


@pytest.mark.parametrize("state", [CaseState.OFFERED, CaseState.ESCALATED])
def test_words_of_danger_in_a_case_that_waits_alert_at_once(place: Town, state: CaseState) -> None:  # noqa: F811
    everybody = [*coordinators(place, 2), *(volunteers(place, 1) if state is CaseState.OFFERED else [])]
    number = place.asks(CITIZEN).number
    place.sweep()
    assert place.case(number).state == state
    before = [len(place.texts_to_account(each)) for each in everybody[:2]]
    in_danger(place)
    after = [len(place.texts_to_account(each)) for each in everybody[:2]]
    assert [later - sooner for later, sooner in zip(after, before, strict=True)] == [1, 1]


def test_it_is_said_again_until_somebody_takes_it_and_less_and_less_often(place: Town) -> None:  # noqa: F811
    (chief, _) = coordinators(place, 2)
    number = in_danger(place).number
    place.pass_time(minutes=6)
    assert len(place.texts_to_account(chief)) == 2
    place.pass_time(hours=4)
    assert 5 <= lines(place, danger.TOLD) <= 10
    place.volunteer_texts(chief, "1")
    assert place.case(number).owner_id == chief


def test_a_case_of_danger_that_opens_again_alerts_at_once(place: Town) -> None:  # noqa: F811
    chiefs = coordinators(place, 2)
    number = in_danger(place).number
    place.everything_leaves()
    place.volunteer_texts(chiefs[0], "1")
    place.volunteer_texts(chiefs[0], "Nous sommes la.")
    place.volunteer_texts(chiefs[0], "FIN 1")
    assert place.case(number).state == CaseState.CLOSED
    before = [len(place.texts_to_account(each)) for each in chiefs]

    def act(tx: Any, person: people.Person) -> Any:
        return desk.reopen(tx, place.services, person, place.service, event_id=None, words="Il revient", now=place.now)

    place.as_person(CITIZEN, act)
    after = [len(place.texts_to_account(each)) for each in chiefs]
    assert [later - sooner for later, sooner in zip(after, before, strict=True)] == [1, 1]


def test_words_of_danger_in_a_turn_that_fails_are_danger(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    flow_versions.register_shipped(place.services)
    chiefs = coordinators(place, 2)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(engine, "advance", broken)
    text_in(place, "Il me frappe")
    (case,) = open_cases(place)
    assert (case.severity, case.danger) == (0, "violence")
    assert told(place, chiefs) == 2
    said = place.texts_to(CITIZEN)
    assert next(text for text in said if "112" in text) == said[0], "the number comes first"
    assert any(str(case.number) in text for text in said[1:])


def test_where_nobody_can_be_reached_an_operator_sees_it(place: Town) -> None:  # noqa: F811
    number = in_danger(place).number
    assert lines(place, danger.NOBODY) == 1
    with place.services.database.read() as tx:
        assert danger.unheard(tx) == 1
    (chief,) = coordinators(place, 1)
    place.pass_time(minutes=6)
    assert f"numéro {number}" in place.texts_to_account(chief)[0]
    with place.services.database.read() as tx:
        assert danger.unheard(tx) == 0


@pytest.mark.parametrize("state", [MessageState.SENDING, MessageState.UNKNOWN])
def test_the_number_passes_whatever_else_waits_for_the_same_phone(place: Town, state: MessageState) -> None:  # noqa: F811
    def put(kind: MessageKind) -> int:
        def act(tx: Any, person: people.Person) -> int:
            return outbox.add_to_person(tx, place.services, person, body="Bonjour", kind=kind, now=place.now)

        return int(place.as_person(CITIZEN, act))

    first, _second = put(MessageKind.REPLY), put(MessageKind.REPLY)
    if state is not MessageState.WAITING:
        assert outbox.claim(place.services, first, now=place.now) is not None
    if state is MessageState.UNKNOWN:
        place.clock.advance(minutes=5)
        settling.settle_lapsed(place.services, now=place.now)
    number = put(MessageKind.DANGER)
    with place.services.database.read() as tx:
        assert outbox.due_messages(tx, now=place.now)
    claimed = outbox.claim(place.services, number, now=place.now)
    assert claimed is not None
    assert claimed.message_id == number


def test_the_cap_on_automatic_answers_holds_no_danger_back(place: Town) -> None:  # noqa: F811
    flow_versions.register_shipped(place.services)
    chiefs = coordinators(place, 2)
    person_id = place.as_person(CITIZEN, lambda tx, person: person.id)
    with place.services.database.write() as tx:
        full = {"answers_in_window": saying.ANSWERS_IN_WINDOW + 1, "window_began_at": place.now}
        tx.execute(update(people_table).where(people_table.c.id == person_id).values(**full))
    text_in(place, "bonjour")
    assert place.texts_to(CITIZEN) == []
    text_in(place, "Il me frappe")
    assert phrases.emergency("france") in place.texts_to(CITIZEN)[0] or "17" in place.texts_to(CITIZEN)[0]
    assert told(place, chiefs) == 2
