"""Promise 3, over HTTP: of all who take a case, by text or in a browser, one has it, and the others hear so kindly.

Seen to fail: without the guard that somebody has the case already (many had it).
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from sms_gateway.store import people
from sms_gateway.store.tables import MessageKind, OfferState, Role, accounts, cases, offers, outbox
from sms_gateway.web.passwords import hash_password
from tests.promises import rows
from tests.promises.conftest import Open
from tests.stand_ins.africastalking import NO_REPORTS
from tests.story.browser import Browser, Page
from tests.story.counter import KENYA, PASSWORD, Counter, Phone

TAKERS = 50
IN_BROWSERS = 12  # of them; the others send 1


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def counter(request: pytest.FixtureRequest, open_one: Open) -> Iterator[Counter]:
    """A whole installation."""
    with open_one(request.param, reports=NO_REPORTS) as made:
        yield made


def hire_fifty(counter: Counter) -> list[str]:
    """Fifty volunteers with phones; their numbers. Their logins are v0, v1, …"""
    numbers = [f"+2547331{place:05d}" for place in range(TAKERS)]
    password, now = hash_password(PASSWORD), datetime.now(UTC)
    with counter.database.write() as tx:
        organisation = tx.execute(select(accounts.c.organisation_id)).scalars().first()
        for place, number in enumerate(numbers):
            lane = counter.sealer.lane(number)
            people.ensure_lane(tx, lane)
            tx.execute(
                insert(accounts).values(
                    organisation_id=organisation,
                    login=f"v{place}",
                    role=Role.VOLUNTEER,
                    name=f"V{place}",
                    password_hash=password,
                    language="en",
                    lane=lane,
                    phone=counter.sealer.team.seal(number),
                    languages=["en"],
                    topics=[],
                    regions=[],
                    created_at=now,
                )
            )
    return numbers


def offer_to_all(counter: Counter, case: int) -> None:
    """Everybody has an offer of the case that still runs, as after many who were silent."""
    now = datetime.now(UTC)
    with counter.database.write() as tx:
        row = tx.execute(select(cases).where(cases.c.number == case, cases.c.state != "closed")).one()
        asked = set(tx.execute(select(offers.c.account_id).where(offers.c.case_id == row.id)).scalars())
        wanted = select(accounts.c.id).where(accounts.c.login.like("v%"), accounts.c.id.not_in(asked))
        for account_id in tx.execute(wanted.where(accounts.c.role == Role.VOLUNTEER)).scalars().all():
            tx.execute(
                insert(offers).values(
                    organisation_id=row.organisation_id,
                    case_id=row.id,
                    account_id=account_id,
                    epoch=row.epoch,
                    state=OfferState.OPEN,
                    round=row.round,
                    reasons=[],
                    offered_at=now,
                    expires_at=now + timedelta(minutes=10),
                )
            )


def test_of_fifty_who_take_at_once_and_answer_at_once_one_is_heard(counter: Counter) -> None:
    numbers = hire_fifty(counter)
    counter.send_home(*(f"v{place}" for place in range(TAKERS)))
    browsers = [Browser(counter.guichet.url) for _ in range(IN_BROWSERS)]
    for place, browser in enumerate(browsers):
        assert "/inbox" in browser.sign_in(f"v{place}", PASSWORD).url
    citizen = counter.phone("+254711000050")
    case = citizen.asks("0", r"number (\d+)")[1]
    rows.wait_until_still(counter)
    offer_to_all(counter, int(case))
    pages = [browser.open(f"/inbox/{case}") for browser in browsers]
    everybody = [counter.phone(number, KENYA) for number in numbers]
    phones = everybody[IN_BROWSERS:]
    for phone in phones:
        phone.read = len(phone.texts)
    start = threading.Barrier(TAKERS)

    def by_text(place: int) -> None:
        start.wait()
        phones[place].send("1")

    def in_browser(place: int) -> Page:
        start.wait()
        return browsers[place].press(pages[place], "Take it")

    with ThreadPoolExecutor(TAKERS) as threads:
        texted = [threads.submit(by_text, place) for place in range(len(phones))]
        pressed = [threads.submit(in_browser, place) for place in range(IN_BROWSERS)]
        shown = [one.result() for one in pressed]
        for one in texted:
            one.result()
    rows.wait_until_still(counter)

    heard = [" ".join(phone.unread) for phone in phones]
    won = [text for text in heard if f"{case} is yours" in text] + [
        page for page in shown if "Your answer" in page.words
    ]
    too_late = [text for text in heard if "just before you" in text] + [
        page for page in shown if "Too late: somebody else has taken it. Thank you." in page.words
    ]
    assert (len(won), len(too_late)) == (1, TAKERS - 1)
    assert {page.status for page in shown} == {200}
    assert state_of(counter, int(case)) == (1, 1)
    one_answer_leaves(counter, citizen, everybody)


def state_of(counter: Counter, case: int) -> tuple[int, int]:
    """How often the case has changed hands, and how many offers of it were taken."""
    with counter.database.read() as tx:
        row = tx.execute(select(cases).where(cases.c.number == case, cases.c.state == "claimed")).one()
        taken = select(offers.c.id).where(offers.c.case_id == row.id, offers.c.state == OfferState.TAKEN)
        return row.epoch, len(tx.execute(taken).all())


def one_answer_leaves(counter: Counter, citizen: Phone, phones: list[Phone]) -> None:
    """All of them write an answer: the words of the one who has the case leave, the others' go to nobody."""
    citizen.read = len(citizen.texts)
    with ThreadPoolExecutor(TAKERS) as threads:
        list(threads.map(lambda at: at[1].send(f"Hello, I am V{at[0]}."), enumerate(phones)))
    rows.wait_until_still(counter)
    answers = [text for text in citizen.unread if text.startswith("Hello, I am V")]
    with counter.database.read() as tx:
        kept = tx.execute(select(outbox.c.id).where(outbox.c.kind == MessageKind.ANSWER)).all()
    assert (len(answers), len(kept)) == (1, 1)
