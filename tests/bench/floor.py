"""The floor of a turn over HTTP: Flask behind our own door, one INSERT and one UPDATE through the bare driver.

`python -m tests.bench.floor PORT DATABASE_URL on|off`: on waits for the disk at every commit, off does not.
"""

import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from typing import Any

import psycopg
from flask import Flask, Response, request

from sms_gateway.web_server import Door, server

THREADS = 4  # as many as a web process of ours has
TABLES = (
    "CREATE TABLE IF NOT EXISTS floor_event (key TEXT PRIMARY KEY, phone TEXT NOT NULL, body TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS floor_person (phone TEXT PRIMARY KEY, hops INTEGER NOT NULL)",
)
ADD_PERSON = "INSERT INTO floor_person (phone, hops) VALUES (?, 0) ON CONFLICT DO NOTHING"
ADD_EVENT = "INSERT INTO floor_event (key, phone, body) VALUES (?, ?, ?)"
COUNT = "UPDATE floor_person SET hops = hops + 1 WHERE phone = ?"

Run = Callable[..., object]


def door() -> Door:
    """What granian calls in the process that serves."""
    return Door(application(os.environ["FLOOR_DATABASE_URL"], os.environ["FLOOR_DURABLE"] == "on"), threads=THREADS)


def application(url: str, durable: bool) -> Flask:
    """One route that stores what came and counts it."""
    connection = _connections(url, durable)
    app = Flask(__name__)

    @app.post("/floor")
    def floor() -> Response:
        form = request.form
        phone = form.get("phoneNumber") or form["from"]
        run = connection()
        run("BEGIN IMMEDIATE" if url.startswith("sqlite") else "BEGIN")
        run(ADD_EVENT, (request.args["key"], phone, form["text"]))
        run(COUNT, (phone,))
        run("COMMIT")
        return Response("CON 1 Yes\n2 No", content_type="text/plain; charset=utf-8")

    return app


def prepare(url: str, phones: list[str]) -> None:
    """The floor's two tables, in the same database as ours, with its people."""
    run = _connections(url, True)()
    for statement in TABLES:
        run(statement)
    for phone in phones:
        run(ADD_PERSON, (phone,))


def _connections(url: str, durable: bool) -> Callable[[], Run]:
    """A connection a thread, as a pool would give."""
    local = threading.local()

    def of_this_thread() -> Run:
        if not hasattr(local, "run"):
            local.run = _sqlite(url, durable) if url.startswith("sqlite") else _postgresql(url, durable)
        run: Run = local.run
        return run

    return of_this_thread


def _sqlite(url: str, durable: bool) -> Run:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=10)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
    return connection.execute


def _postgresql(url: str, durable: bool) -> Run:
    connection: Any = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)
    connection.execute(f"SET synchronous_commit = {'on' if durable else 'off'}")
    return lambda statement, values=None: connection.execute(statement.replace("?", "%s"), values)


if __name__ == "__main__":
    port, os.environ["FLOOR_DATABASE_URL"], os.environ["FLOOR_DURABLE"] = sys.argv[1:]
    server("tests.bench.floor:door", bind="127.0.0.1", port=int(port)).serve()
