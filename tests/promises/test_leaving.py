"""Whoever leaves the team leaves nothing behind: all of their cases go back at once, or nothing at all has happened."""

from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from sms_gateway.cases import desk, leaving
from sms_gateway.store.tables import CaseState, EntryKind, OfferState, Role, accounts, case_entries, offers
from tests.cases.conftest import place  # noqa: F401 - the town, on each kind of database
from tests.cases.town import Town

ANNE = "+33612345000"


def test_a_fault_in_the_midst_leaves_nothing_half_done(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    anne, chef, numbers = _anne_has_two_and_is_asked_about_a_third(place)
    before, real, carried = _everything(place, numbers), leaving.carry_out, []

    def fails_at_the_second(*given: Any, **more: Any) -> Any:
        carried.append(1)
        if len(carried) == 2:
            raise RuntimeError("a fault in the midst")
        return real(*given, **more)

    monkeypatch.setattr(leaving, "carry_out", fails_at_the_second)
    with pytest.raises(RuntimeError):
        _leaves(place, chef, anne)
    monkeypatch.undo()
    assert _everything(place, numbers) == before
    assert place.row(anne).active

    def fails_at_the_end(tx: Connection) -> None:
        raise RuntimeError("the account could not be switched off")

    with pytest.raises(RuntimeError):
        desk.release_all(place.services, chef, anne, place.now, then=fails_at_the_end)
    assert _everything(place, numbers) == before


def test_whoever_leaves_has_no_case_no_offer_and_their_draft_stays(place: Town) -> None:  # noqa: F811
    anne, chef, numbers = _anne_has_two_and_is_asked_about_a_third(place)
    assert _leaves(place, chef, anne) == 2
    assert not place.row(anne).active
    assert [place.case(number).owner_id for number in numbers] == [None, None, None]
    assert {place.case(number).state for number in numbers} == {CaseState.QUEUED}
    with place.services.database.read() as tx:
        running = select(offers).where(offers.c.account_id == anne, offers.c.state == OfferState.OPEN)
        drafts = select(case_entries).where(case_entries.c.kind == EntryKind.DRAFT)
        assert tx.execute(running).all() == []
        assert len(tx.execute(drafts).all()) == 1
    assert isinstance(desk.take(place.services, place.scope(anne), numbers[0], place.now), desk.TooLate)
    bea = place.account("Bea", phone="+33612345001")
    place.pass_time(minutes=1)
    assert any(f"numéro {numbers[0]}" in text for text in place.texts_to_account(bea))


def test_a_case_taken_while_somebody_leaves_goes_back_too(
    place: Town,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    anne, chef, numbers = _anne_has_two_and_is_asked_about_a_third(place)
    real, looks = leaving._concerned, []

    def saw_less_at_first(tx: Connection, account_id: int) -> dict[int, int]:
        looks.append(1)
        return {} if len(looks) == 1 else real(tx, account_id)

    monkeypatch.setattr(leaving, "_concerned", saw_less_at_first)
    assert _leaves(place, chef, anne) == 2
    assert [place.case(number).owner_id for number in numbers] == [None, None, None]


def _anne_has_two_and_is_asked_about_a_third(town: Town) -> tuple[int, Any, list[int]]:
    anne = town.account("Anne", phone=ANNE, last_seen_at=town.now)
    chef = town.scope(town.account("Chef", role=Role.COORDINATOR), Role.COORDINATOR)
    numbers = []
    for at in range(3):
        numbers.append(town.asks(f"+3369876543{at}").number)
        town.sweep()
        if at < 2:
            desk.take(town.services, town.scope(anne), numbers[-1], town.now)
    desk.keep_draft(town.services, town.scope(anne), numbers[0], words="Bonjour, je", now=town.now)
    assert town.case(numbers[2]).state == CaseState.OFFERED
    return anne, chef, numbers


def _leaves(town: Town, chef: Any, account_id: int) -> int:
    def switched_off(tx: Connection) -> None:
        tx.execute(update(accounts).where(accounts.c.id == account_id).values(active=False))

    return desk.release_all(town.services, chef, account_id, town.now, then=switched_off)


def _everything(town: Town, numbers: list[int]) -> Any:
    with town.services.database.read() as tx:
        made = [tuple(row) for row in tx.execute(select(offers).order_by(offers.c.id))]
    return [tuple(town.case(number)) for number in numbers], made
