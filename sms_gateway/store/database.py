"""The two transactions: read() and write(). The database is the only truth.

Rows are locked with `with_for_update(key_share=True)`, PostgreSQL's NO KEY UPDATE. The stronger FOR UPDATE also stops
the foreign key checks of whoever merely refers to the row: a delivery report and a turn of one person then deadlocked.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

AfterCommit = Callable[[], None]
_BUSY_SECONDS = 10
_POSTGRESQL_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_AWAY = frozenset(  # of both drivers
    {"OperationalError", "InterfaceError", "AdminShutdown", "CannotConnectNow", "DiskFull", "LockNotAvailable"}
)


class Database:
    """One database, SQLite or PostgreSQL. Safe to share between threads; each transaction has its own connection."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        """`url`: `sqlite:////path/file` or `postgresql+psycopg://…`; opens nothing until the first transaction."""
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self.engine = create_engine(
                url, pool_size=pool_size, max_overflow=8, connect_args={"timeout": _BUSY_SECONDS}
            )
            _tune_sqlite(self.engine)
        else:
            self.engine = create_engine(
                url,
                pool_size=pool_size,
                max_overflow=8,
                pool_pre_ping=True,
                connect_args={"connect_timeout": 5, "autocommit": True},
            )
        _say_begin_ourselves(self.engine)
        self._writing = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, all of it as of one moment. On SQLite, a write inside it fails: use write().

        PostgreSQL's own default shows every statement what was committed by then: a draft's row and then no content
        for it, since somebody kept the next draft in between.
        """
        with self.engine.connect() as connection:
            connection.info["begin"] = "BEGIN" if self.is_sqlite else _POSTGRESQL_READ
            with connection.begin():
                yield connection

    @contextmanager
    def write(self, *, durable: bool = True, patience: float = _BUSY_SECONDS) -> Iterator[Connection]:
        """A transaction that may write; committed on leaving, rolled back on an exception.

        SQLite: BEGIN IMMEDIATE, since a read that later writes fails at once there, whatever the busy time-out.
        `durable=False`: the commit may reach the disk a moment later (a USSD hop, which the network repeats), unless
        something in it must be there before anybody is told (`must_last`). `patience`: about how many seconds to wait
        for others who write; then it is an error that `is_unavailable` knows.
        What `after_commit` was given runs once the commit is done, in order.
        """
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.info["begin"] = "BEGIN IMMEDIATE"
                _set_synchronous(connection, durable=durable)
            else:
                connection.info["begin"] = _postgresql_begin(durable=durable, patience=patience)
            callbacks: list[AfterCommit] = []
            connection.info["after_commit"] = callbacks
            connection.info["durable"] = durable
            turn = self._turn_to_write(connection, patience) if self.is_sqlite else nullcontext()
            with turn, connection.begin():
                yield connection
        for callback in callbacks:
            callback()

    @contextmanager
    def _turn_to_write(self, connection: Connection, patience: float) -> Iterator[None]:
        """One writer of this process at a time: who waits here goes on at once; SQLite's own way of waiting sleeps.

        Half of the patience is for this process's other threads, half for other processes.
        """
        mine = self._writing.acquire(timeout=patience / 2)
        try:
            _set_busy_timeout(connection, patience / 2)
            yield
        finally:
            if mine:
                self._writing.release()

    def close(self) -> None:
        """Close the pool; open transactions finish first."""
        self.engine.dispose()


def after_commit(connection: Connection, callback: AfterCommit) -> None:
    """Run `callback` once this write() has committed; never when it rolls back."""
    connection.info["after_commit"].append(callback)


def must_last(connection: Connection) -> None:
    """This write() must be on disk once it has committed, also where it was begun with `durable=False`."""
    if connection.info["durable"]:
        return
    connection.info["durable"] = True
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
    else:  # SQLite takes no other safety level inside a transaction, so its log is written out after the commit
        database = connection.engine.url.database
        connection.info["after_commit"].insert(0, lambda: _write_out(f"{database}-wal"))


def is_unavailable(error: BaseException) -> bool:
    """Whether the database itself is down, locked or full, rather than a fault of ours."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    return type(error.orig).__name__ in _AWAY


def _set_synchronous(connection: Connection, *, durable: bool) -> None:
    wanted = "FULL" if durable else "NORMAL"
    if connection.info.get("synchronous") == wanted:
        return
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA synchronous={wanted}")
    cursor.close()
    connection.info["synchronous"] = wanted


def _set_busy_timeout(connection: Connection, seconds: float) -> None:
    if connection.info.get("busy_seconds") == seconds:
        return
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={round(seconds * 1000)}")
    cursor.close()
    connection.info["busy_seconds"] = seconds


def _postgresql_begin(*, durable: bool, patience: float) -> str:
    begin = "BEGIN" if durable else "BEGIN; SET LOCAL synchronous_commit = off"
    return begin if patience >= _BUSY_SECONDS else f"{begin}; SET LOCAL lock_timeout = {round(patience * 1000)}"


def _write_out(path: str) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _say_begin_ourselves(engine: Engine) -> None:
    """The drivers begin nothing of their own accord: one statement begins a transaction of the kind that is wanted."""

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.info.get("begin", "BEGIN"))


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def tune(dbapi_connection: Any, _record: Any) -> None:
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={_BUSY_SECONDS * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
