"""Promise 1: nothing received is lost, nothing leaves twice, through kill -9 of web, worker and Redis.

Seen to fail on both databases with a text given to the gateway before its claim is committed (texts came twice); with
FOR UPDATE in place of NO KEY UPDATE (PostgreSQL: deadlocks, "we had a breakdown"); with reports that settle any text of
their phone (a text that never came counted as sent).
"""

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sms_gateway import settling
from tests.promises import rows
from tests.promises.chaos import killing
from tests.promises.conftest import Open
from tests.scale import scaled
from tests.story.counter import KENYA, KENYA_DIALS, Counter
from tests.waiting import until

# What each phone writes, and what each one types, one after another.
SCRIPT = ("Hello", "i lost my id", "1", "2", "back", "1", "menu", "help", "stolen id", "2", "0")
HOPS = ("", "1", "1", "2", "9", "1", "2", "8", "0")
TURNS = scaled(3000)  # 150, or 3,000 in a long run
PHONES = max(4, TURNS // (len(SCRIPT) + len(HOPS)))
KILLS = max(12, TURNS // 15)
PEOPLE_AT_ONCE = 6
WRITES_EVERY = 0.1  # seconds between two texts of a phone
SETTLED_IN = settling.LEASE.total_seconds() + 40  # a sender that was killed keeps its lease so long


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def counter(request: pytest.FixtureRequest, open_one: Open) -> Iterator[Counter]:
    """A whole installation whose gateway reports deliveries."""
    # Reports come after 0.05 s, but later where nobody is there to take them: the hold outlasts two web servers' death.
    with open_one(request.param, GUICHET_HOLD_SECONDS="10") as made:
        yield made


class Crowd:
    """People who text and dial while processes die; the network delivers each text until it is taken."""

    def __init__(self, counter: Counter, prefix: str, people: int) -> None:
        self.counter = counter
        self.texting = [f"+25471{prefix}{number:04d}" for number in range(people)]
        self.dialling = [f"+25472{prefix}{number:04d}" for number in range(people)]
        self.screens: dict[str, list[str]] = {}

    def writes(self, phone: str) -> None:
        """One phone's texts, each once the one before was taken."""
        for text in SCRIPT:
            self.counter.deliver(number=phone, line=KENYA, text=text)
            time.sleep(WRITES_EVERY)

    def dials(self, phone: str) -> None:
        """One phone's USSD session; a hop that got no answer is repeated by the network, as it was."""
        self.counter.numbers.add(phone)
        session, so_far = f"ATUid_{uuid.uuid4().hex}", []
        for hop in HOPS:
            so_far += [hop] if hop else []
            form = {
                "sessionId": session,
                "phoneNumber": phone,
                "networkCode": "63902",
                "serviceCode": KENYA_DIALS,
                "text": "*".join(so_far),
            }
            answer = self.counter.network.post("ussd", form)
            assert answer.status_code == 200
            self.screens.setdefault(phone, []).append(answer.text)
            time.sleep(WRITES_EVERY)
            if answer.text.startswith("END"):
                return

    def everybody(self) -> None:
        """All of them, some at a time."""
        work = [(self.writes, phone) for phone in self.texting] + [(self.dials, phone) for phone in self.dialling]
        with ThreadPoolExecutor(PEOPLE_AT_ONCE) as threads:
            for done in [threads.submit(doing, phone) for doing, phone in work]:
                done.result()


def test_kill_9_of_web_worker_and_redis_loses_nothing_and_doubles_nothing(counter: Counter) -> None:
    calm = Crowd(counter, "00", 1)
    calm.everybody()
    rows.wait_until_still(counter)

    counter.gateway.answer_seconds = 0.15  # a sender is often killed between the gateway's taking and its answer
    crowd = Crowd(counter, "01", PHONES)
    with killing(counter.guichet) as killer:
        crowd.everybody()
        until(lambda: killer.count >= KILLS, seconds=60 + TURNS)
    counter.guichet.wait_until_ready()
    rows.wait_until_still(counter, seconds=SETTLED_IN)

    print("\n".join(rows.errors_in_logs(counter)))
    assert rows.broken(counter) == []
    usual = beginnings(counter, calm.texting[0])
    assert [heard for phone in crowd.texting if (heard := beginnings(counter, phone)) != usual] == []
    # What most saw: on a machine that does much else, one lone dial may have been told to try again.
    shown_to = [tuple(screen[:24] for screen in shown) for shown in (*calm.screens.values(), *crowd.screens.values())]
    expected = list(max(set(shown_to), key=shown_to.count))
    assert [shown for shown in crowd.screens.values() if [screen[:24] for screen in shown] != expected] == []


def beginnings(counter: Counter, phone: str) -> list[str]:
    """How each text to a phone begins: the same for all who write the same, whatever their number and time."""
    return [send.message[:24] for send in counter.gateway.sends if send.to == phone]


def test_a_second_start_on_the_same_data_goes_on_where_the_first_stopped(counter: Counter) -> None:
    phone = counter.phone("+254730000001")
    phone.asks("Hello", "1 ")
    rows.wait_until_still(counter)  # a text that was leaving would hold its phone until its sender's lease is over
    counter.guichet.kill("supervisor")
    assert counter.guichet.process is not None
    counter.guichet.process.wait(10)
    until(
        lambda: not any(counter.guichet.pids.get(name) for name in ("web", "worker")), what="its children outlived it"
    )
    counter.guichet.start()
    case = phone.asks("0", r"number (\d+)")[1]
    assert counter.guichet.stop() < 10
    counter.guichet.start()
    phone.asks("where is it?", rf"number {case}")
