"""Promise 10: Redis is a doorbell, never a memory. Wiped in the middle or stopped, it costs seconds and nothing else.

Seen to fail: without the sweep of the outbox (nothing leaves); with a bell that raises (dials get no screen).
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import redis

from tests.promises import rows
from tests.promises.conftest import Open
from tests.redis_process import RedisProcess
from tests.story.counter import Counter
from tests.waiting import until

SWEEP = 1.0
FEW_SWEEPS = 15.0  # seconds; a sweep comes each second, and two cores are shared


@pytest.fixture(scope="module")
def doorbell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisProcess]:
    """A Redis that nobody starts again but this module."""
    server = RedisProcess(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def counter(request: pytest.FixtureRequest, open_one: Open, doorbell: RedisProcess) -> Iterator[Counter]:
    """A whole installation that was told where its Redis is."""
    if not doorbell.answers():
        doorbell.start()
    with open_one(request.param, GUICHET_REDIS_URL=doorbell.url, GUICHET_SWEEP_SECONDS=str(SWEEP)) as made:
        yield made


def a_case_from_hello_to_thanks(counter: Counter, place: int, *, between: Callable[[], None]) -> None:
    """A citizen dials, writes and is answered; `between` is what befalls Redis before each of their steps."""
    volunteer, citizen = counter.phone(f"+2547335{place:05d}"), counter.phone(f"+2547115{place:05d}")
    counter.hire(f"volunteer-{place}", number=volunteer.number)
    counter.send_home(f"volunteer-{place}")
    between()
    dialog = citizen.dial()
    assert "0 A person" in dialog.screen
    between()
    dialog.answer("1")  # English
    between()
    dialog.answer("1")
    between()
    dialog.answer("0")
    case = citizen.hears(r"number (\d+)", seconds=FEW_SWEEPS)[1]
    between()
    volunteer.hears(rf"{case}.*\n1 ", seconds=FEW_SWEEPS)
    between()
    volunteer.asks("1", f"{case} is yours", seconds=FEW_SWEEPS)
    between()
    volunteer.send("Hello, the police paper is free.")
    citizen.hears("the police paper is free", seconds=FEW_SWEEPS)
    between()
    citizen.send("Thank you. When do they open?")
    volunteer.hears("When do they open", seconds=FEW_SWEEPS)
    volunteer.asks("At 8.", "has left", seconds=FEW_SWEEPS)
    between()
    volunteer.asks("DONE 1", "is finished", seconds=FEW_SWEEPS)
    citizen.hears("Did it help", seconds=FEW_SWEEPS)
    rows.wait_until_still(counter)
    assert rows.broken(counter) == []


def test_a_redis_that_is_wiped_all_the_time_costs_only_time(counter: Counter, doorbell: RedisProcess) -> None:
    done = threading.Event()

    def wipe() -> None:
        with redis.Redis.from_url(doorbell.url) as client:
            while not done.wait(0.002):
                client.flushall()

    wiping = threading.Thread(target=wipe)
    wiping.start()
    try:
        a_case_from_hello_to_thanks(counter, 1, between=lambda: None)
    finally:
        done.set()
        wiping.join()


@contextmanager
def stopped(doorbell: RedisProcess) -> Iterator[None]:
    """Redis is not there for as long as the block lasts."""
    doorbell.kill()
    try:
        yield
    finally:
        doorbell.start()


def test_with_redis_stopped_citizens_are_served_replies_leave_and_cases_move(
    counter: Counter, doorbell: RedisProcess
) -> None:
    with stopped(doorbell):
        assert counter.guichet.is_ready()
        a_case_from_hello_to_thanks(counter, 2, between=lambda: None)


def test_a_redis_that_comes_and_goes_loses_nothing(counter: Counter, doorbell: RedisProcess) -> None:
    def come_or_go() -> None:
        if doorbell.answers():
            doorbell.kill()
        else:
            doorbell.start()

    a_case_from_hello_to_thanks(counter, 3, between=come_or_go)
    if not doorbell.answers():
        doorbell.start()
    until(doorbell.answers)


def test_nothing_of_anybody_stands_in_redis(counter: Counter, doorbell: RedisProcess) -> None:
    """What rings is a job's name and an id."""
    citizen = counter.phone("+254711500009")
    with watched(doorbell) as heard:
        citizen.asks("My neighbour is called Wambui", "looking for")
    assert [said for said in heard if "send_message" in said], "the doorbell was rung"
    assert not [said for said in heard if "Wambui" in said or "711500009" in said]


@contextmanager
def watched(doorbell: RedisProcess) -> Iterator[list[str]]:
    """Every command that Redis was given while the block lasted."""
    heard: list[str] = []
    with redis.Redis.from_url(doorbell.url) as client, client.monitor() as monitor:
        listening = threading.Event()

        def listen() -> None:
            for command in monitor.listen():
                heard.append(str(command["command"]))
                if "the-end-of-the-watch" in heard[-1]:
                    return
                listening.set()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        client.ping()
        listening.wait(5)
        yield heard
        client.echo("the-end-of-the-watch")
        thread.join(5)
