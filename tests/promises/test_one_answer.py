"""Promise 3: nobody is answered twice, or by two at once. The fence on sending, one winner, stale answers kept."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from sms_gateway.cases import desk, guards, lifecycle
from sms_gateway.cases.case import Case, Moved, Refused
from sms_gateway.errors import StaleAnswer
from sms_gateway.store.database import is_unavailable
from sms_gateway.store.tables import CaseState, EntryKind, MessageKind, OfferState, Role, case_entries, offers, outbox
from tests.cases.conftest import place  # noqa: F401 - the town, on each kind of database
from tests.cases.town import Town
from tests.cases.walk import walk
from tests.promises.test_no_silence import round_times  # noqa: F401 - times that meet in few states
from tests.scale import LONG, scaled

CITIZEN = "+33698765432"
TAKERS = 50
CASES = 1_000 if LONG else 3  # of each kind of database


def test_without_the_fence_on_sending_two_answer(round_times: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(guards, "is_stale", lambda case, *, account_id, epoch: not case.machine_parked)
    walked = walk()
    assert walked.broken.startswith("the person is answered twice"), "\n".join(walked.story)


def test_with_the_fence_alone_a_second_taker_wastes_work_and_nothing_else(
    round_times: None,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = lifecycle.take

    def take_anyway(case: Case, *, account_id: int, now: datetime) -> Moved | Refused:
        with monkeypatch.context() as patch:
            patch.setattr(guards, "is_held", lambda case: False)
            return real(case, account_id=account_id, now=now)

    monkeypatch.setattr(lifecycle, "take", take_anyway)
    monkeypatch.setattr("tests.cases.walk.TEXTS", 1)  # one text is enough for two to answer it
    walked = walk()
    assert walked.broken == "", "\n".join(walked.story)


def test_of_fifty_who_take_each_of_many_cases_one_has_it_and_the_others_hear_so_kindly(place: Town) -> None:  # noqa: F811
    """Half of them on the web, half by text, in threads that begin together: one has it, and 49 are refused kindly."""
    team = [place.account(f"V{number}", phone=f"+336123{number:05}") for number in range(TAKERS)]
    for each in range(CASES):
        number = place.asks(f"+3369810{each:04}").number
        offer_to_all(place, number, team)
        place.everything_leaves()
        web, texts = _all_take(place, number, team)
        case = place.case(number)
        won = [account for account, taken in web.items() if isinstance(taken, desk.Taken)]
        won += [account for account, heard in texts.items() if any("est à vous" in text for text in heard)]
        assert won == [case.owner_id], f"of case {number}"
        kindly = [taken for taken in web.values() if taken == desk.TooLate(number)]
        kindly += [heard for heard in texts.values() if sum("juste avant vous" in text for text in heard) == 1]
        assert len(kindly) == TAKERS - 1, f"of case {number}"
        assert (case.state, case.epoch) == (CaseState.CLAIMED, 1)
        _is_finished(place, number)


def _all_take(
    place: Town,  # noqa: F811
    number: int,
    team: list[int],
) -> tuple[dict[int, object], dict[int, list[str]]]:
    """Everybody takes one case at once: what each page shows, and what each phone is told."""
    web: dict[int, object] = {}
    with place.services.database.read() as tx:
        last = tx.execute(select(func.max(outbox.c.id))).scalar() or 0

    def on_the_web(account: int) -> None:
        web[account] = desk.take(place.services, place.scope(account), number, place.now)

    def by_text(account: int) -> None:
        place.volunteer_texts(account, "1")

    at_once([(on_the_web if at % 2 else by_text, account) for at, account in enumerate(team)])
    told: dict[int, list[str]] = {account: [] for account in team[::2]}
    query = select(outbox.c.account_id, outbox.c.body).where(outbox.c.id > last, outbox.c.account_id.in_(team[::2]))
    with place.services.database.read() as tx:
        for row in tx.execute(query.order_by(outbox.c.id)):
            told[row.account_id].append(place.services.sealer.team.open(row.body))
    return web, told


def _is_finished(place: Town, number: int) -> None:  # noqa: F811
    """Its owner has room for the next one."""
    case = place.case(number)
    sent = desk.answer_and_close(
        place.services,
        place.scope(case.owner_id),
        number,
        epoch=case.epoch,
        words="Allez à la mairie.",
        outcome=desk.Outcome.SETTLED,
        seen_seq=case.last_inbound_seq,
        now=place.now,
    )
    assert sent.closed


def test_fifty_stale_answers_leave_not_one_and_are_kept(place: Town) -> None:  # noqa: F811
    """P4: an old epoch, another owner, a closed case."""
    anne, marc = place.account("Anne"), place.account("Marc")
    chef = place.scope(place.account("Chef", role=Role.COORDINATOR), Role.COORDINATOR)
    number = place.asks(CITIZEN).number
    desk.take(place.services, place.scope(anne), number, place.now)
    old = place.case(number).epoch
    desk.reassign(place.services, chef, number, to_account=marc, now=place.now)
    refused: list[int] = []

    def answers(_each: int) -> None:
        try:
            desk.answer(place.services, place.scope(anne), number, epoch=old, words="Allez à la mairie.", now=place.now)
        except StaleAnswer:
            refused.append(1)

    at_once([(answers, each) for each in range(TAKERS)])
    assert len(refused) == TAKERS
    assert place.texts_to(CITIZEN) == []
    with place.services.database.read() as tx:
        view = desk.case_view(tx, place.services, place.scope(marc), number, place.now)
    assert [line.words for line in view.thread if line.kind is EntryKind.DRAFT] == ["Allez à la mairie."]


def test_two_who_answer_at_once_send_one_answer(place: Town) -> None:  # noqa: F811
    anne, marc = place.account("Anne"), place.account("Marc")
    chef = place.scope(place.account("Chef", role=Role.COORDINATOR), Role.COORDINATOR)
    for each in range(scaled(100)):
        phone = f"+3369800{each:04}"
        number = place.asks(phone).number
        desk.take(place.services, place.scope(anne), number, place.now)
        epoch = place.case(number).epoch

        def anne_answers(case: int, epoch: int = epoch) -> None:
            try:
                desk.answer(place.services, place.scope(anne), case, epoch=epoch, words="De Anne.", now=place.now)
            except StaleAnswer:
                return

        def marc_is_given_it_and_answers(case: int) -> None:
            desk.reassign(place.services, chef, case, to_account=marc, now=place.now)
            with place.services.database.read() as tx:
                view = desk.case_view(tx, place.services, place.scope(marc), case, place.now)
            if not view.was_answered:
                desk.answer(place.services, place.scope(marc), case, epoch=view.epoch, words="De Marc.", now=place.now)

        at_once([(anne_answers, number), (marc_is_given_it_and_answers, number)])
        answers = [text for text in place.texts_to(phone) if text.startswith("De ")]
        assert len(answers) == 1


def test_a_new_text_is_shown_and_never_blocks_an_answer(place: Town) -> None:  # noqa: F811
    anne = place.account("Anne")
    number = place.asks(CITIZEN).number
    desk.take(place.services, place.scope(anne), number, place.now)
    with place.services.database.read() as tx:
        view = desk.case_view(tx, place.services, place.scope(anne), number, place.now)
    place.writes(CITIZEN, "Et aussi : quels papiers ?")
    sent = desk.answer_and_close(
        place.services,
        place.scope(anne),
        number,
        epoch=view.epoch,
        words="Allez à la mairie.",
        outcome=desk.Outcome.SETTLED,
        seen_seq=view.seen_seq,
        now=place.now,
    )
    assert not sent.closed
    assert place.texts_to(CITIZEN)[-1] == "Allez à la mairie."
    case = place.case(number)
    assert (case.state, case.settled_seq, case.last_inbound_seq) == (CaseState.CLAIMED, 1, 2)


def test_no_case_is_closed_over_an_unanswered_text_by_any_path(place: Town) -> None:  # noqa: F811
    """P5."""
    anne = place.account("Anne")
    number = place.asks(CITIZEN).number
    desk.take(place.services, place.scope(anne), number, place.now)
    epoch = place.case(number).epoch
    for seen in (0, 1, 2):
        for nothing_needed in (False, True):
            ended = desk.close(
                place.services,
                place.scope(anne),
                number,
                epoch=epoch,
                outcome=desk.Outcome.NOT_FOR_US,
                seen_seq=seen,
                nothing_needed=nothing_needed,
                now=place.now,
            )
            assert isinstance(ended, desk.NotClosed)
    assert place.case(number).state == CaseState.CLAIMED


def test_each_answer_is_one_message_in_the_outbox(place: Town) -> None:  # noqa: F811
    anne = place.account("Anne")
    number = place.asks(CITIZEN).number
    desk.take(place.services, place.scope(anne), number, place.now)
    epoch = place.case(number).epoch
    for words in ("Bonjour, je suis Anne.", "Allez à la mairie."):
        desk.answer(place.services, place.scope(anne), number, epoch=epoch, words=words, now=place.now)
    with place.services.database.read() as tx:
        sent = tx.execute(select(func.count()).where(outbox.c.kind == MessageKind.ANSWER)).scalar_one()
        kept = tx.execute(select(func.count()).where(case_entries.c.kind == EntryKind.ANSWER)).scalar_one()
    assert sent == kept == 2
    assert len(place.texts_to(CITIZEN)) == 3  # who it is, once


def offer_to_all(place: Town, number: int, accounts: list[int]) -> None:  # noqa: F811
    """An open offer for each, so that `1` means this case on every phone."""
    case = place.case(number)
    with place.services.database.write() as tx:
        for account in accounts:
            tx.execute(
                insert(offers).values(
                    organisation_id=case.organisation_id,
                    case_id=case.id,
                    account_id=account,
                    epoch=0,
                    state=OfferState.OPEN,
                    round=1,
                    reasons=[],
                    offered_at=place.now,
                    expires_at=place.now + timedelta(minutes=10),
                )
            )


def at_once(calls: list[tuple[Callable[[int], None], int]]) -> None:
    """Run all of them in threads that start together; whatever one raises fails the test.

    Whoever waited too long for the database tries again, as a page and a gateway do: nothing had happened.
    """
    gate = threading.Barrier(len(calls))
    failed: list[BaseException] = []

    def run(act: Callable[[int], None], argument: int) -> None:
        gate.wait()
        try:
            while not _was_taken(act, argument):
                pass
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def _was_taken(act: Callable[[int], None], argument: int) -> bool:
    try:
        act(argument)
    except DBAPIError as error:
        if is_unavailable(error):
            return False
        raise
    return True
