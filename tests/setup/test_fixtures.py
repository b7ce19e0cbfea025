"""The parts that other tests stand on are real and behave."""

import socket
from datetime import timedelta

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


def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as line, pytest.raises((SocketConnectBlockedError, UserWarning)):
        line.connect(("192.0.2.1", 80))
