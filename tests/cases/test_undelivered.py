"""An answer that does not arrive: the case waits again, its owner and the desk are told, and nothing goes round."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from sms_gateway import settling
from sms_gateway.cases import desk
from sms_gateway.cases.case import Outcome, Why
from sms_gateway.channels.base import DeliveryReport, ReportStatus
from sms_gateway.errors import NotFound
from sms_gateway.store.messages import NOBODY_KNOWS
from sms_gateway.store.tables import CaseState, MessageState, Role, accounts, outbox
from tests.cases.town import Town

CITIZEN, ANNE, MARC, CHEF = "+33698765432", "+33612345000", "+33612345001", "+33612345002"


def test_an_answer_that_fails_is_a_question_that_waits_again_as_long_as_it_did(place: Town) -> None:
    anne, number = answered(place)
    asked_at = place.now
    place.clock.advance(minutes=5)
    assert place.case(number).state == CaseState.ANSWERED
    report(place, ReportStatus.FAILED)
    case = place.case(number)
    assert (case.state, case.owner_id) == (CaseState.CLAIMED, anne)
    assert case.settled_seq < case.last_inbound_seq
    assert case.unanswered_since == asked_at
    assert case.promised_by > place.now
    assert case.next_deadline <= place.now + timedelta(minutes=20)
    told = place.texts_to_account(anne)[-1]
    assert "pas arriv" in told
    assert "RENVOI" in told
    report(place, ReportStatus.FAILED)
    assert place.case(number) == case, "a report that is repeated changes nothing"
    assert place.texts_to_account(anne)[-1] == told


def test_nobody_who_has_it_answers_so_somebody_else_is_asked(place: Town) -> None:
    _anne, number = answered(place)
    marc = place.account("Marc", phone=MARC)
    report(place, ReportStatus.FAILED)
    place.clock.advance(minutes=21)
    place.sweep()
    assert place.case(number).owner_id is None
    assert any(f"numéro {number}" in text for text in place.texts_to_account(marc))


def test_an_owner_who_is_gone_keeps_nothing(place: Town) -> None:
    anne, number = answered(place)
    with place.services.database.write() as tx:
        tx.execute(update(accounts).where(accounts.c.id == anne).values(active=False))
    report(place, ReportStatus.FAILED)
    case = place.case(number)
    assert (case.state, case.owner_id) == (CaseState.QUEUED, None)
    assert case.next_deadline <= place.now


def test_a_case_that_was_closed_with_the_answer_opens_again_for_whoever_closed_it(place: Town) -> None:
    anne, number = answered(place, closes=True)
    assert place.case(number).state == CaseState.CLOSED
    report(place, ReportStatus.FAILED)
    case = place.case(number)
    assert (case.state, case.owner_id, case.outcome, case.closed_at) == (CaseState.CLAIMED, anne, None, None)
    assert case.settled_seq < case.last_inbound_seq


def test_a_person_who_said_stop_is_left_alone(place: Town) -> None:
    _anne, number = answered(place)
    place.as_person(CITIZEN, lambda tx, person: desk.stop_by_citizen(tx, place.services, person, now=place.now))
    report(place, ReportStatus.FAILED)
    assert place.case(number).state == CaseState.CLOSED


def test_renvoi_sends_it_once_more_and_the_case_is_answered(place: Town) -> None:
    anne, number = answered(place)
    report(place, ReportStatus.FAILED)
    place.volunteer_texts(anne, "RENVOI")
    assert (message(place).state, message(place).resent) == (MessageState.WAITING, True)
    case = place.case(number)
    assert (case.state, case.settled_seq) == (CaseState.ANSWERED, case.last_inbound_seq)
    assert "repart" in place.texts_to_account(anne)[-1]
    place.volunteer_texts(anne, "renvoi")
    assert "repart" not in place.texts_to_account(anne)[-1], "nothing more has failed"
    assert texts_of_answer(place) == 1


def test_a_text_that_came_since_still_waits_when_the_old_answer_leaves_again(place: Town) -> None:
    anne, number = answered(place)
    report(place, ReportStatus.FAILED)
    place.writes(CITIZEN, "Vous êtes là ?")
    assert desk.send_again(place.services, place.scope(anne), number, message_id=message(place).id, now=place.now)
    case = place.case(number)
    assert case.state == CaseState.CLAIMED
    assert case.settled_seq == case.last_inbound_seq - 1


def test_only_whoever_has_the_case_sends_again(place: Town) -> None:
    _anne, number = answered(place)
    chef = place.account("Chef", role=Role.COORDINATOR)
    report(place, ReportStatus.FAILED)
    for scope in (place.scope(chef, Role.COORDINATOR), place.scope(place.account("Marc"))):
        with pytest.raises(NotFound):
            desk.send_again(place.services, scope, number, message_id=message(place).id, now=place.now)
    assert message(place).state == MessageState.FAILED


def test_three_failures_go_to_the_desk_which_closes_and_nobody_else_is_asked(place: Town) -> None:
    anne, number = answered(place)
    chef = place.account("Chef", role=Role.COORDINATOR, phone=CHEF)
    marc = place.account("Marc", phone=MARC)
    for _ in range(2):
        report(place, ReportStatus.FAILED)
        assert give_up(place, anne, number) is Why.REACHABLE
        place.clock.advance(minutes=1)
        place.volunteer_texts(anne, "RENVOI")
    report(place, ReportStatus.FAILED)
    case = place.case(number)
    assert (case.state, case.owner_id, case.undelivered) == (CaseState.ESCALATED, None, 3)
    assert "joignable" in place.texts_to_account(chef)[-1]
    before = (len(place.texts_to(CITIZEN)), place.texts_to_account(marc))
    for _ in range(3):
        place.clock.advance(hours=1)
        place.sweep()
    assert place.case(number).next_deadline > place.now
    assert (len(place.texts_to(CITIZEN)), place.texts_to_account(marc)) == before, "nothing goes round"
    assert desk.take_next(place.services, place.scope(marc), place.now) is None
    assert give_up(place, chef, number, role=Role.COORDINATOR) is None
    case = place.case(number)
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.UNREACHABLE)
    place.sweep()
    assert len(place.texts_to(CITIZEN)) == before[0], "it is not asked whether it helped"


def can_not_be_reached(place: Town) -> tuple[int, int]:
    """A coordinator with a basic phone, and the number of a case of which three answers failed."""
    anne, number = answered(place)
    chef = place.account("Chef", role=Role.COORDINATOR, phone=CHEF)
    for _ in range(2):
        report(place, ReportStatus.FAILED)
        place.clock.advance(minutes=1)
        place.volunteer_texts(anne, "RENVOI")
    report(place, ReportStatus.FAILED)
    assert "2 Je clos" in place.texts_to_account(chef)[-1]
    return chef, number


def test_a_coordinator_closes_an_unreachable_case_by_one_digit(place: Town) -> None:
    chef, number = can_not_be_reached(place)
    place.volunteer_texts(chef, "2")
    case = place.case(number)
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.UNREACHABLE)
    assert "est fini" in place.texts_to_account(chef)[-1]


def test_a_coordinator_who_took_it_closes_it_by_fin(place: Town) -> None:
    chef, number = can_not_be_reached(place)
    place.volunteer_texts(chef, "1")
    assert place.case(number).owner_id == chef
    place.everything_leaves()
    place.volunteer_texts(chef, "FIN 4")
    case = place.case(number)
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.UNREACHABLE)


def test_the_digit_closes_nothing_once_the_person_has_written_again(place: Town) -> None:
    chef, number = can_not_be_reached(place)
    place.writes(CITIZEN, "Je suis de retour")
    place.volunteer_texts(chef, "2")
    assert place.case(number).state != CaseState.CLOSED
    assert "reste ouvert" in place.texts_to_account(chef)[-1]


def test_an_unreachable_case_does_not_hold_up_the_others(place: Town) -> None:
    anne, number = answered(place)
    for _ in range(3):
        report(place, ReportStatus.FAILED)
        place.clock.advance(minutes=1)
        place.volunteer_texts(anne, "RENVOI")
    place.sweep()
    other = place.asks("+33698765433").number
    place.sweep()
    assert any(f"numéro {other}" in text for text in place.texts_to_account(anne))
    assert place.case(number).undelivered == 3


def test_who_writes_after_all_is_asked_about_again(place: Town) -> None:
    anne, number = answered(place)
    for _ in range(3):
        report(place, ReportStatus.FAILED)
        place.clock.advance(minutes=1)
        place.volunteer_texts(anne, "RENVOI")
    place.writes(CITIZEN, "Mon téléphone était cassé")
    place.sweep()
    assert place.case(number).undelivered == 0
    assert sum(f"numéro {number}" in text for text in place.texts_to_account(anne)) > 3
    assert give_up(place, place.account("Chef", role=Role.COORDINATOR), number, role=Role.COORDINATOR) is Why.REACHABLE


def test_an_answer_of_two_texts_counts_once(place: Town) -> None:
    anne, number = answered(place, words="Allez à la mairie avec une photo. " * 12, by_sms=True)
    assert texts_of_answer(place) > 1
    for one in messages(place):
        report(place, ReportStatus.FAILED, one)
    assert place.case(number).undelivered == 1
    assert sum("pas arriv" in text for text in place.texts_to_account(anne)) == 1
    place.volunteer_texts(anne, "RENVOI")
    assert {one.state for one in messages(place)} == {MessageState.WAITING}


def test_what_arrives_in_between_begins_the_count_anew(place: Town) -> None:
    anne, number = answered(place)
    for status in (ReportStatus.FAILED, ReportStatus.FAILED):
        report(place, status)
        place.clock.advance(minutes=1)
        place.volunteer_texts(anne, "RENVOI")
    report(place, ReportStatus.DELIVERED)
    assert place.case(number).state == CaseState.ANSWERED
    place.clock.advance(minutes=20)
    desk.answer(
        place.services, place.scope(anne), number, epoch=place.case(number).epoch, words="Encore ceci.", now=place.now
    )
    report(place, ReportStatus.FAILED)
    assert place.case(number).undelivered == 1


def test_what_nobody_knows_is_shown_and_raises_nothing_until_a_report_says_that_it_failed(place: Town) -> None:
    anne, number = answered(place)
    one = message(place)
    with place.services.database.write() as tx:
        tx.execute(
            update(outbox)
            .where(outbox.c.id == one.id)
            .values(state=MessageState.UNKNOWN, lease_until=place.now - timedelta(seconds=1))
        )
    settling.settle_lapsed(place.services, now=place.now)
    assert message(place).reason == NOBODY_KNOWS
    assert desk.raise_answers(place.services, place.now) == 0
    assert place.case(number).state == CaseState.ANSWERED
    assert shown(place, anne, number).sent == MessageState.UNKNOWN
    report(place, ReportStatus.FAILED)
    assert place.case(number).state == CaseState.CLAIMED
    assert shown(place, anne, number).sent == MessageState.FAILED


def test_a_text_that_no_report_follows_is_said_to_be_unknown_after_a_day(place: Town) -> None:
    anne, number = answered(place)
    place.everything_leaves()
    with place.services.database.write() as tx:
        tx.execute(update(outbox).values(settled_at=place.now))
    assert shown(place, anne, number).sent == MessageState.SENT
    place.clock.advance(hours=25)
    assert shown(place, anne, number).sent == MessageState.UNKNOWN


def test_nothing_is_raised_over_a_report_that_it_arrived(place: Town) -> None:
    _anne, number = answered(place)
    report(place, ReportStatus.FAILED, sweeps=False)
    report(place, ReportStatus.DELIVERED, sweeps=False)
    assert desk.raise_answers(place.services, place.now) == 0
    assert place.case(number).state == CaseState.ANSWERED


# ---- what several need ----


def answered(
    town: Town, *, words: str = "Allez à la mairie.", closes: bool = False, by_sms: bool = False
) -> tuple[int, int]:
    """Anne, with a phone, and the number of a case that she has answered."""
    anne = town.account("Anne", phone=ANNE)
    number = town.asks(CITIZEN).number
    scope = town.scope(anne)
    taken = desk.take(town.services, scope, number, town.now)
    assert isinstance(taken, desk.Taken)
    if by_sms:
        town.volunteer_texts(anne, words)
    elif closes:
        desk.answer_and_close(
            town.services, scope, number, epoch=taken.epoch, words=words, outcome=Outcome.SETTLED, seen_seq=1,
            now=town.now,
        )  # fmt: skip
    else:
        desk.answer(town.services, scope, number, epoch=taken.epoch, words=words, now=town.now)
    return anne, number


def messages(town: Town) -> list[Any]:
    with town.services.database.read() as tx:
        return list(tx.execute(select(outbox).where(outbox.c.kind == "answer").order_by(outbox.c.id)))


def message(town: Town) -> Any:
    return messages(town)[-1]


def texts_of_answer(town: Town) -> int:
    return len(messages(town))


def report(town: Town, status: ReportStatus, one: Any = None, *, sweeps: bool = True) -> None:
    """The gateway reports on an answer, as the hook takes it; then the sweeper passes."""
    one = one or message(town)
    with town.services.database.write() as tx:
        leaves = update(outbox).where(outbox.c.id == one.id)
        tx.execute(leaves.values(gateway_id=f"g{one.id}"))
        tx.execute(leaves.where(outbox.c.state == MessageState.WAITING).values(state=MessageState.SENT))
    settling.record_report(
        town.services,
        DeliveryReport("africastalking", f"g{one.id}/{status}", f"g{one.id}", CITIZEN, status, "DeliveryFailure"),
    )
    if sweeps:
        desk.raise_answers(town.services, town.now)


def give_up(town: Town, account_id: int, number: int, *, role: Role = Role.VOLUNTEER) -> Why | None:
    seen = town.case(number).last_inbound_seq
    return desk.give_up(town.services, town.scope(account_id, role), number, seen_seq=seen, now=town.now)


def shown(town: Town, account_id: int, number: int) -> desk.ThreadLine:
    with town.services.database.read() as tx:
        view = desk.case_view(tx, town.services, town.scope(account_id), number, town.now)
    return next(line for line in view.thread if line.kind == "answer")
