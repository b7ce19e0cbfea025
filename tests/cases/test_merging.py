"""Two phones, one matter: one case goes into the other, and no text, promise or owner is left behind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from sms_gateway.cases import desk, lifecycle, merging, parking
from sms_gateway.cases.case import Case, Moved, Outcome, Refused, Why
from sms_gateway.errors import NotAllowed, NotFound, StaleAnswer
from sms_gateway.store import people
from sms_gateway.store.tables import CaseState, Role, case_entries
from tests.cases.town import Town

MINE, HERS = "+33698765432", "+33698765433"
ANNE, MARC = "+33612345000", "+33612345001"
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


# ---- the rule, for every pair of states ----


def test_whatever_the_two_cases_are_nothing_is_closed_unanswered_and_the_oldest_wait_goes_on() -> None:
    for (one, stays), (other, ends) in product(some_cases().items(), repeat=2):
        done = merging.merge(stays, ends, now=NOW, lease_from=NOW)
        if not (stays.is_open and ends.is_open):
            assert done == Refused(Why.OVER), (one, other)
            continue
        assert isinstance(done, merging.Both)
        kept, over = done.stays.case, done.ends.case
        assert (over.state, over.outcome) == (CaseState.CLOSED, Outcome.MERGED)
        assert over.settled_seq == over.last_inbound_seq
        assert unanswered(kept) == unanswered(stays) + unanswered(ends), (one, other)
        ages = [case.unanswered_since for case in (stays, ends) if case.unanswered_since]
        assert kept.unanswered_since == (min(ages) if ages else None), (one, other)
        promises = [case.promised_by for case in (stays, ends) if case.promised_by]
        assert kept.promised_by == (min(promises) if promises else None)
        assert kept.next_deadline is not None
        assert not (kept.has_unanswered and kept.state in {CaseState.ANSWERED, CaseState.PARKED}), (one, other)
        owner = stays.owner_id or ends.owner_id
        assert kept.owner_id == owner
        assert (kept.epoch > stays.epoch) == (kept.owner_id != stays.owner_id), "the epoch changes with the owner alone"
        assert kept.severity == min(stays.severity, ends.severity)


def some_cases() -> dict[str, Case]:
    """A case in each state, by the rules' own moves."""

    def so(moved: Moved | Refused) -> Case:
        assert isinstance(moved, Moved)
        return moved.case

    ago = NOW - timedelta(minutes=7)
    queued = so(lifecycle.open_case(now=ago, severity=2, promised_by=NOW + timedelta(minutes=30)))
    offered = so(lifecycle.offer(queued, now=ago, to=((1, timedelta(minutes=10)), (2, timedelta(minutes=10)))))
    escalated = replace(so(lifecycle.escalate(queued, now=NOW)), severity=0)
    taken = so(lifecycle.take(offered, account_id=1, now=NOW))
    his = so(lifecycle.take(queued, account_id=2, now=ago))
    done = so(lifecycle.answer(taken, account_id=1, epoch=taken.epoch, seen_seq=None, unseen_since=None, now=NOW))
    parked = so(parking.park(done, account_id=1, epoch=done.epoch, until=NOW + timedelta(days=2), now=NOW))
    again = so(lifecycle.citizen_wrote(done, now=NOW, promised_by=NOW + timedelta(hours=1), lease_from=NOW))
    closed = so(lifecycle.stop(queued, now=NOW))
    return {
        "queued": queued, "offered": offered, "escalated": escalated, "taken": taken, "his": his, "answered": done,
        "parked": parked, "again": again, "closed": closed,
    }  # fmt: skip


def unanswered(case: Case) -> int:
    return case.last_inbound_seq - case.settled_seq


# ---- the real parts ----


@pytest.fixture
def both(place: Town) -> tuple[int, int]:
    """Two open cases of two phones: mine, which ends, then hers, which stays."""
    mine = place.asks(MINE, "Ma carte est perdue").number
    place.clock.advance(minutes=3)
    return mine, place.asks(HERS, "C'est pour la carte de mon frère", summary="Carte de son frère").number


def test_one_thread_one_deadline_and_both_phones_write_into_it(place: Town, both: tuple[int, int]) -> None:
    mine, hers = both
    since = place.case(mine).unanswered_since
    assert merge(place, mine, hers) is None
    ended, stays = place.case(mine), place.case(hers)
    assert (ended.state, ended.outcome, ended.merged_into_id) == (CaseState.CLOSED, Outcome.MERGED, stays.id)
    assert stays.unanswered_since == since, "the oldest wait goes on"
    assert stays.last_inbound_seq - stays.settled_seq == 2
    joined = place.writes(MINE, "Je suis encore là")
    assert joined is not None
    assert joined.number == hers
    assert place.writes(HERS, "Moi aussi").number == hers  # type: ignore[union-attr]
    said = words(place, hers)
    assert [said.count(text) for text in ("Ma carte est perdue", "Je suis encore là", "Moi aussi")] == [1, 1, 1]
    assert "Carte perdue, 34 ans" in said, "what the flow had gathered goes along"
    assert numbered(place, hers) == list(range(1, 5))
    assert str(hers) in place.texts_to(MINE)[-1], "the phone is told its new number"
    assert place.standing(MINE).number == hers  # type: ignore[union-attr]


def test_answers_go_to_the_phone_that_wrote_last(place: Town, both: tuple[int, int]) -> None:
    mine, hers = both
    merge(place, mine, hers)
    anne = place.account("Anne")
    taken = desk.take(place.services, place.scope(anne), hers, place.now)
    assert isinstance(taken, desk.Taken)
    place.writes(MINE, "Alors ?")
    answer(place, anne, hers, "Venez mardi.")
    assert place.texts_to(MINE)[-1] == "Venez mardi."
    assert "Venez mardi." not in place.texts_to(HERS)
    place.writes(HERS, "Et moi ?")
    answer(place, anne, hers, "Vous aussi.")
    assert place.texts_to(HERS)[-1] == "Vous aussi."
    assert "Vous aussi." not in place.texts_to(MINE)
    assert place.standing(MINE).last_answer is None, "two phones don't read each other's answers"  # type: ignore[union-attr]
    said = words(place, hers)
    assert "Venez mardi." in said
    assert "Vous aussi." in said
    place.as_person(HERS, lambda tx, person: desk.stop_by_citizen(tx, place.services, person, now=place.now))
    assert place.case(hers).state == CaseState.CLOSED


def test_no_path_closes_over_a_text_that_came_with_the_merge(place: Town, both: tuple[int, int]) -> None:
    mine, hers = both
    anne = place.account("Anne")
    taken = desk.take(place.services, place.scope(anne), hers, place.now)
    assert isinstance(taken, desk.Taken)
    seen = place.case(hers).last_inbound_seq
    merge(place, mine, hers)
    desk.answer(
        place.services, place.scope(anne), hers, epoch=taken.epoch, words="Bonjour", seen_seq=seen, now=place.now
    )
    assert place.case(hers).settled_seq < place.case(hers).last_inbound_seq
    ended = desk.close(
        place.services, place.scope(anne), hers, epoch=taken.epoch, outcome=Outcome.SETTLED, seen_seq=seen,
        now=place.now,
    )  # fmt: skip
    assert ended == desk.NotClosed(hers, Why.UNANSWERED)


def test_whoever_had_the_case_that_ends_keeps_it_or_is_told(place: Town, both: tuple[int, int]) -> None:
    mine, hers = both
    anne, marc = place.account("Anne", phone=ANNE), place.account("Marc", phone=MARC)
    desk.take(place.services, place.scope(anne), mine, place.now)
    merge(place, mine, hers)
    assert place.case(hers).owner_id == anne, "nobody had the other one"
    assert any("frère" in text for text in place.texts_to_account(anne)), "and its text is on their phone"
    third = place.asks("+33698765434").number
    desk.take(place.services, place.scope(marc), third, place.now)
    merge(place, third, hers)
    assert place.case(hers).owner_id == anne
    assert "meme demande" in place.texts_to_account(marc)[-1]
    assert any("Ma carte est perdue" in text for text in place.texts_to_account(anne))
    assert place.case(mine).merged_into_id == place.case(hers).id


def test_a_stale_page_of_the_case_that_ended_sends_nothing(place: Town, both: tuple[int, int]) -> None:
    mine, hers = both
    anne = place.account("Anne")
    taken = desk.take(place.services, place.scope(anne), mine, place.now)
    assert isinstance(taken, desk.Taken)
    merge(place, mine, hers)
    before = len(place.texts_to(MINE))
    with pytest.raises(StaleAnswer):
        desk.answer(place.services, place.scope(anne), mine, epoch=taken.epoch, words="Trop tard", now=place.now)
    assert len(place.texts_to(MINE)) == before


def test_who_may_merge_and_what(place: Town, both: tuple[int, int]) -> None:
    mine, hers = both
    anne = place.account("Anne")
    with pytest.raises(NotFound):
        desk.merge_into(place.services, place.scope(anne), mine, into=hers, now=place.now)
    for number in both:
        desk.take(place.services, place.scope(anne), number, place.now)
    chef = place.account("Chef", role=Role.COORDINATOR)
    with pytest.raises(NotAllowed):
        desk.merge_into(place.services, place.scope(chef, Role.COORDINATOR), mine, into=mine, now=place.now)
    assert desk.merge_into(place.services, place.scope(anne), mine, into=hers, now=place.now) is None
    assert merge(place, mine, hers) is Why.OVER, "a second press changes nothing"


def test_whoever_stops_or_is_erased_takes_their_own_words_alone(place: Town, both: tuple[int, int]) -> None:
    mine, hers = both
    merge(place, mine, hers)

    def forget(tx: Any, person: people.Person) -> None:
        desk.stop_by_citizen(tx, place.services, person, now=place.now)
        people.erase(tx, person.id)

    place.as_person(MINE, forget)
    assert place.case(hers).state != CaseState.CLOSED, "the other phone still waits"
    said = words(place, hers)
    assert "Ma carte est perdue" not in said
    assert "mon frère" in said


def test_danger_in_the_case_that_ends_is_danger_in_the_one_that_stays(place: Town) -> None:
    hers = place.asks(HERS).number
    mine = place.asks(MINE, "Il me frappe", severity=0, danger="violence").number
    chef = place.account("Garde", role=Role.COORDINATOR, phone=MARC)
    merge(place, mine, hers)
    assert (place.case(hers).severity, place.case(hers).danger) == (0, "violence")
    assert f"numéro {hers}" in place.texts_to_account(chef)[-1]


# ---- what several need ----


def merge(town: Town, number: int, into: int) -> Why | None:
    chef = town.account(f"Chef{next(NUMBERS)}", role=Role.COORDINATOR)
    return desk.merge_into(town.services, town.scope(chef, Role.COORDINATOR), number, into=into, now=town.now)


NUMBERS = iter(range(1000))


def answer(town: Town, account_id: int, number: int, said: str) -> None:
    epoch = town.case(number).epoch
    seen = town.case(number).last_inbound_seq
    desk.answer(town.services, town.scope(account_id), number, epoch=epoch, words=said, seen_seq=seen, now=town.now)
    desk.leave_due(town.services, town.now + timedelta(minutes=2))


def words(town: Town, number: int) -> str:
    """The thread as a coordinator reads it."""
    chef = town.account(f"Reader{next(NUMBERS)}", role=Role.COORDINATOR)
    with town.services.database.read() as tx:
        view = desk.case_view(tx, town.services, town.scope(chef, Role.COORDINATOR), number, town.now)
    return "\n".join(line.words for line in view.thread)


def numbered(town: Town, number: int) -> list[int]:
    """The numbers of the person's texts that count in a case, in order."""
    with town.services.database.read() as tx:
        query = select(case_entries.c.seq).where(case_entries.c.case_id == town.case(number).id, case_entries.c.seq > 0)
        return sorted(tx.execute(query).scalars())
