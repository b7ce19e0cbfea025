"""Promise 1: a database that is down or locked loses nothing. Texts wait on disk in their order; a dial gets a screen.

Seen to fail: with ten seconds of patience for another writer (a dial waited ten seconds for its screen); with a text
that does not go behind those that still wait (answers in another order).
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import partial

import psycopg
import pytest

from tests.databases import PostgreSQL
from tests.promises import rows
from tests.promises.conftest import Open
from tests.scale import scaled
from tests.stand_ins.network import Dialog
from tests.story.counter import Counter, open_counter

TEXTS = ("i lost my id", "1", "2")  # written while it is away
AND_THEN = "2"  # written at the moment when it is back, and others still wait
PHONES = scaled(120)
A_SCREEN_COMES_WITHIN = 2.0  # seconds (reliability.md, failure 10)
A_TEXT_IS_TAKEN_WITHIN = 10.0  # seconds; Africa's Talking waits longer, and comes again


@dataclass
class Breakable:
    """An installation, and the ways to take its database from it for as long as a block lasts."""

    counter: Counter
    ways: tuple[Callable[[], AbstractContextManager[None]], ...]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def breakable(
    request: pytest.FixtureRequest, open_one: Open, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Breakable]:
    """A whole installation whose database can be taken away."""
    if request.param == "sqlite":
        with open_one("sqlite") as counter:
            yield Breakable(counter, (lambda: locked(counter),))
        return
    server = PostgreSQL()  # of this module's own: it is stopped, and others need theirs
    try:
        with open_counter(tmp_path_factory.mktemp("counter"), database_url=server.empty()) as counter:
            yield Breakable(counter, (lambda: stopped(server), lambda: held(counter)))
    finally:
        server.stop()


@contextmanager
def locked(counter: Counter) -> Iterator[None]:
    """Somebody else writes into the file, and does not end."""
    with closing(sqlite3.connect(counter.guichet.data / "guichet.sqlite", timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def stopped(server: PostgreSQL) -> Iterator[None]:
    """PostgreSQL is not there."""
    server.server.stop()
    try:
        yield
    finally:
        server.server.ensure_postgres_running()


@contextmanager
def held(counter: Counter) -> Iterator[None]:
    """PostgreSQL is there, and somebody holds a table that every turn needs."""
    with psycopg.connect(counter.guichet.settings["GUICHET_DATABASE_URL"]) as other:
        other.execute("LOCK TABLE people IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


def test_texts_are_taken_and_answered_in_order_once_the_database_is_back(breakable: Breakable) -> None:
    counter = breakable.counter
    calm = counter.phone("+254711600000")
    for text in (*TEXTS, AND_THEN):
        calm.send(text)
    rows.wait_until_still(counter)
    phones = [counter.phone(f"+2547116{place:05d}") for place in range(1, PHONES + 1)]
    slowest = 0.0
    with breakable.ways[0]():
        for text in TEXTS:
            for phone in phones:
                began = time.monotonic()
                phone.send(text)
                slowest = max(slowest, time.monotonic() - began)
        assert [phone for phone in phones if phone.texts] == []
        dialog = phones[0].dial()
        assert dialog.over
        assert "breakdown" in dialog.screen
    for phone in phones:
        phone.send(AND_THEN)
    for phone in phones:
        phone.hears("Tomorrow: go there early", seconds=60)
    rows.wait_until_still(counter)
    assert [phone.texts for phone in phones if phone.texts != calm.texts] == []
    assert rows.broken(counter) == []
    assert slowest < A_TEXT_IS_TAKEN_WITHIN


def test_a_dial_gets_an_apology_and_a_number_within_two_seconds(breakable: Breakable) -> None:
    for place, away in enumerate(breakable.ways):
        phone = breakable.counter.phone(f"+25471161000{place}")
        open_dialog = phone.dial()
        with away():
            took = [apologised_in(lambda: breakable.counter.phone("+254711619999").dial()) for _ in range(3)]
            took.append(apologised_in(partial(answered, open_dialog)))
        assert max(took) < A_SCREEN_COMES_WITHIN
        rows.wait_until_still(breakable.counter)
        assert "0 A person" in phone.dial().screen


def answered(dialog: Dialog) -> Dialog:
    """A session that goes on by one answer."""
    dialog.answer("1")
    return dialog


def apologised_in(dial: Callable[[], Dialog]) -> float:
    """How many seconds it took to say that we are sorry, and whom to call in danger."""
    began = time.monotonic()
    dialog = dial()
    assert dialog.over
    assert "999" in dialog.screen or "112" in dialog.screen
    return time.monotonic() - began
