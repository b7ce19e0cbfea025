"""Nobody starves: urgent cases that keep coming, twice as many as anybody can carry, do not shut out an ordinary one.

How long it may last. An urgent case counts as HEAD_START older than it is, so only those that come within HEAD_START
after an ordinary case go before it. At twice what the volunteers carry, they are 2 × HEAD_START of everybody's work;
the ordinary cases before it are a TASK each, shared by the volunteers; and the case that somebody is at, when its turn
comes, takes one TASK more. Nothing that comes later adds to it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from sms_gateway.cases.dispatch import HEAD_START
from sms_gateway.settings import Settings
from sms_gateway.store.tables import CaseState, OfferState, cases, offers
from tests.cases import town
from tests.cases.town import Town
from tests.clocks import FixedClock

TASK = timedelta(minutes=40)  # from taking a case to its end; less than an answered case weighs (`STILL_TALKING`)
PHONES = ("+33612345001", "+33612345002")
A_NEW_ONE = TASK / len(PHONES) / 2  # twice what they carry
ORDINARY = 2
BOUND = HEAD_START + HEAD_START + TASK * (ORDINARY - 1) / len(PHONES) + TASK


@pytest.fixture
def place(settings: Settings, clock: FixedClock) -> Iterator[Town]:
    """A town on each kind of database."""
    built = town.build(settings, clock)
    yield built
    built.services.database.close()


def test_an_ordinary_case_is_offered_while_twice_too_many_urgent_ones_come(place: Town) -> None:
    until: dict[int, datetime | None] = {
        place.account(f"V{at}", phone=phone): None for at, phone in enumerate(PHONES)
    }
    began, urgent = place.now, 0
    for _ in PHONES:  # both have their hands full before
        urgent = comes(place, urgent)
    work(place, until)
    ordinary = {place.asks(f"+3369870{at:04}").number for at in range(ORDINARY)}
    while place.now < began + BOUND and not ordinary <= set(offered(place)):
        urgent = comes(place, urgent)
        work(place, until)
        place.clock.advance(seconds=A_NEW_ONE.total_seconds())
    first = offered(place)
    assert {number: first.get(number) for number in ordinary if number not in first} == {}, f"not within {BOUND}"
    assert any(row.severity == 1 for row in waiting(place)), "urgent cases waited too: there were too many"


def test_a_volunteers_own_question_keeps_them_for_nobody(place: Town) -> None:
    """They can never be asked about it themselves: all who wait after it would wait for ever."""
    [anne, _other] = PHONES
    account = place.account("Anne", phone=anne)
    place.asks(anne)
    place.clock.advance(minutes=1)
    later = place.asks("+33698700001").number
    place.sweep()
    assert place.case(later).state == CaseState.OFFERED
    assert is_asked(place, account)


def comes(place: Town, urgent: int) -> int:
    """One more person with an urgent case; how many there are."""
    place.asks(f"+3369871{urgent:04}", severity=1)
    return urgent + 1


def work(place: Town, until: dict[int, datetime | None]) -> None:
    """Whoever is through with a case ends it; whoever is asked takes it, and answers at once."""
    for account, end in until.items():
        if end is not None and end <= place.now:
            place.volunteer_texts(account, "FIN 1")
            until[account] = None
    place.sweep()
    for _ in until:
        for account in until:
            if is_asked(place, account):
                place.volunteer_texts(account, "1")
                place.everything_leaves()
                place.volunteer_texts(account, "Bonjour, je regarde.")
                until[account] = place.now + TASK
        place.sweep()


def is_asked(place: Town, account: int) -> bool:
    """Whether an offer to them runs."""
    with place.services.database.read() as tx:
        running = select(offers.c.id).where(offers.c.account_id == account, offers.c.state == OfferState.OPEN)
        return tx.execute(running).first() is not None


def offered(place: Town) -> dict[int, datetime]:
    """When each case, by its number, was offered first."""
    first = select(cases.c.number, func.min(offers.c.offered_at)).join(offers, offers.c.case_id == cases.c.id)
    with place.services.database.read() as tx:
        return {row[0]: row[1] for row in tx.execute(first.group_by(cases.c.number))}


def waiting(place: Town) -> list[Any]:
    """The cases that nobody has."""
    with place.services.database.read() as tx:
        return list(tx.execute(select(cases).where(cases.c.owner_id.is_(None), cases.c.state != CaseState.CLOSED)))
