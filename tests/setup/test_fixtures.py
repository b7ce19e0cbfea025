"""The parts that other tests stand on are real and behave."""

import socket
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import redis
from pytest_socket import SocketConnectBlockedError

from tests.clocks import FixedClock
from tests.databases import PostgreSQL
from tests.redis_process import RedisProcess


def test_the_clock_moves_only_when_told(clock: FixedClock) -> None:
    before = clock()
    assert clock() == before
    assert clock.advance(minutes=5) - before == timedelta(minutes=5)
    assert clock().tzinfo is not None


def test_a_killed_redis_has_what_it_was_told_before(redis_server: RedisProcess) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.set("bell", "rung")
        client.execute_command("WAITAOF", 1, 0, 5000)
    redis_server.kill()
    assert not redis_server.answers()
    redis_server.start()
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.get("bell") == b"rung"
    redis_server.wipe()
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.get("bell") is None


def test_each_postgresql_database_is_a_tests_own(postgres_server: PostgreSQL) -> None:
    first, second = postgres_server.empty(), postgres_server.empty()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE note (words text)")
    with psycopg.connect(second) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT words FROM note")


def test_a_database_that_was_given_back_is_empty_and_numbers_begin_anew(
    postgres_server: PostgreSQL, tmp_path: Path
) -> None:
    adds = "INSERT INTO organisations (code, name, created_at) VALUES ('a', 'A', now()) RETURNING id"
    for _ in range(2):
        url = postgres_server.migrated(tmp_path)
        with psycopg.connect(url) as connection:
            assert connection.execute(adds).fetchone() == (1,)
        postgres_server.give_back(url)
    changed = postgres_server.migrated(tmp_path)
    with psycopg.connect(changed) as connection:
        connection.execute("ALTER TABLE organisations ADD COLUMN motto text")
    free = list(postgres_server.free)
    postgres_server.give_back(changed)
    assert postgres_server.free == free


def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as line, pytest.raises((SocketConnectBlockedError, UserWarning)):
        line.connect(("192.0.2.1", 80))
