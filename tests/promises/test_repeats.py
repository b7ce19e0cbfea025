"""Promise 4: a repeated delivery changes nothing, and is answered with the same bytes.

Seen to fail: with a delivery key that is new each time (texts, hops and ends were taken again).
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from sqlalchemy import func, select

from sms_gateway.store import tables
from tests.promises import rows
from tests.promises.conftest import Open
from tests.stand_ins.africastalking import NO_REPORTS
from tests.story.counter import FRANCE, KENYA, KENYA_DIALS, Counter

COPIES = 5
COUNTED = (
    tables.events,
    tables.outbox,
    tables.people,
    tables.cases,
    tables.case_entries,
    tables.offers,
    tables.delivery_reports,
    tables.simulator_messages,
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def counter(request: pytest.FixtureRequest, open_one: Open) -> Iterator[Counter]:
    """A whole installation."""
    with open_one(request.param, reports=NO_REPORTS) as made:
        yield made


def state_of(counter: Counter) -> dict[str, object]:
    """What a repeat might change: rows, the versions of conversations, and what left."""
    rows.wait_until_still(counter)
    with counter.database.read() as tx:
        found: dict[str, object] = {
            table.name: tx.execute(select(func.count()).select_from(table)).scalar_one() for table in COUNTED
        }
        found["steps"] = tx.execute(select(func.sum(tables.sessions.c.version))).scalar_one()
        found["priorities"] = tx.execute(select(func.sum(tables.cases.c.last_inbound_seq))).scalar_one()
    return found | {"sent": len(counter.gateway.sends)}


def delivered_again(counter: Counter, hook: str, form: dict[str, str]) -> None:
    """The form once; then five times more, two of them one after the other and three at once: all alike."""
    first = counter.network.post(hook, form)
    assert first.status_code == 200
    before = state_of(counter)
    answers = [counter.network.post(hook, form) for _ in range(2)]
    with ThreadPoolExecutor(COPIES - 2) as threads:
        answers += threads.map(lambda _: counter.network.post(hook, form), range(COPIES - 2))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, first.content)}
    assert state_of(counter) == before


def wipe(counter: Counter) -> None:
    """Redis forgets everything."""
    with redis.Redis.from_url(counter.settings.redis_url) as client:
        client.flushall()


def text_form(phone: str, line: str, text: str, key: str) -> dict[str, str]:
    """An SMS as the gateway posts it."""
    return {"id": key, "from": phone, "to": line, "text": text, "date": "2026-03-10 09:00:00"}


def hop_form(phone: str, session: str, text: str) -> dict[str, str]:
    """A USSD hop as the gateway posts it."""
    return {
        "sessionId": session,
        "phoneNumber": phone,
        "networkCode": "63902",
        "serviceCode": KENYA_DIALS,
        "text": text,
    }


@pytest.mark.parametrize("line", [KENYA, FRANCE])
def test_a_repeated_text_is_answered_once(counter: Counter, line: str) -> None:
    phone = f"+25474000{line}"[:13]
    for place, text in enumerate(("Hello", "1", "0")):
        delivered_again(counter, "sms", text_form(phone, line, text, f"text-{line}-{place}"))


def test_a_repeated_text_is_known_when_redis_was_wiped(counter: Counter) -> None:
    form = text_form("+254740000011", KENYA, "0", "text-before-the-wipe")
    delivered_again(counter, "sms", form)
    before = state_of(counter)
    wipe(counter)
    assert counter.network.post("sms", form).content == b""
    assert state_of(counter) == before


def test_copies_that_all_come_at_once_are_one_text(counter: Counter) -> None:
    phone = counter.phone("+254740000012")
    phone.send("Hello", copies=COPIES, at_once=True)
    phone.hears("machine")
    state_of(counter)
    assert len(phone.texts) == len(set(phone.texts))


def test_a_repeated_hop_shows_the_same_screen_and_goes_nowhere(counter: Counter) -> None:
    phone, session = "+254740000021", "ATUid_repeated"
    for text in ("", "1", "1*1", "1*1*0"):
        delivered_again(counter, "ussd", hop_form(phone, session, text))
    wipe(counter)
    last = counter.network.post("ussd", hop_form(phone, session, "1*1*0"))
    assert last.content == counter.network.post("ussd", hop_form(phone, session, "1*1*0")).content


def test_copies_of_a_hop_that_all_come_at_once_show_the_same_screen(counter: Counter) -> None:
    form = hop_form("+254740000022", "ATUid_at_once", "")
    answers = counter.network.repeat("ussd", form, copies=COPIES, at_once=True)
    assert len({answer.content for answer in answers}) == 1


def test_a_repeated_end_sends_at_most_one_text(counter: Counter) -> None:
    phone, session = "+254740000031", "ATUid_dropped"
    for text in ("", "1", "1*1"):
        counter.network.post("ussd", hop_form(phone, session, text))
    before = state_of(counter)
    ended = hop_form(phone, session, "1*1") | {"status": "Incomplete", "hopsCount": "3", "durationInMillis": "9000"}
    delivered_again(counter, "ussd-end", ended)
    after = state_of(counter)
    assert int(str(after["sent"])) - int(str(before["sent"])) <= 1


def test_a_repeated_report_changes_nothing(counter: Counter) -> None:
    phone = counter.phone("+254740000041")
    phone.asks("Hello", "machine")
    send = phone.inbox[0]
    form = {"id": send.id, "status": "Success", "phoneNumber": send.to, "networkCode": "63902"}
    delivered_again(counter, "delivery", form)


def test_a_repeated_opt_out_is_one_wish(counter: Counter) -> None:
    phone = counter.phone("+254740000051")
    phone.asks("Hello", "machine")
    before = state_of(counter)
    delivered_again(counter, "optout", {"senderId": KENYA, "phoneNumber": phone.number})
    after = state_of(counter)
    assert int(str(after["sent"])) - int(str(before["sent"])) <= 1


def test_a_repeated_call_is_turned_away_alike(counter: Counter) -> None:
    form = {
        "isActive": "1",
        "sessionId": "ATVId_1",
        "callerNumber": "+254740000061",
        "destinationNumber": "+254711082000",
    }
    delivered_again(counter, "voice", form)
