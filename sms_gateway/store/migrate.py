"""Migrations: brings a database of either kind to this version's tables; safe when several processes start at once."""

from enum import StrEnum
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, event, text

from sms_gateway.errors import NotReady
from sms_gateway.settings import Settings
from sms_gateway.store.database import Database

START_THAT = "Start that version, or another database."
_LOCK = 7_221_884_201  # PostgreSQL advisory lock: one process migrates, the others wait


def upgrade(settings: Settings, *, to: str = "head") -> None:
    """Run every migration that the database lacks, in one transaction.

    Raises NotReady for the database of a newer Guichet, and what the database raises.
    """
    database = Database(settings.database_url)
    if database.is_sqlite:
        event.listen(database.engine, "connect", _without_foreign_keys)
    try:
        with database.write() as tx:
            if tx.dialect.name == "postgresql":
                tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(_config(tx), to)
            if database.is_sqlite and (broken := tx.exec_driver_sql("PRAGMA foreign_key_check").first()):
                raise RuntimeError(f"a migration left rows of {broken[0]} that refer to nothing in {broken[2]}")
    except CommandError as error:
        raise NotReady(f"This database belongs to a newer Guichet. {START_THAT}") from error
    finally:
        database.close()


def _without_foreign_keys(dbapi_connection: Any, _record: Any) -> None:
    """SQLite changes a table by making it anew, and drops the one that others refer to (sqlite.org/lang_altertable)."""
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()


class Standing(StrEnum):
    """How a database stands to this version: at it, behind it, or ahead of it."""

    CURRENT = "current"
    BEHIND = "behind"
    NEWER = "newer"


def standing(database: Database) -> Standing:
    """Whether the database has every migration of this version; NEWER: it has one that this version doesn't know."""
    with database.read() as tx:
        current = MigrationContext.configure(tx).get_current_revision()
    known = ScriptDirectory.from_config(_config(None))
    if current == known.get_current_head():
        return Standing.CURRENT
    unknown = current is not None and current not in {one.revision for one in known.walk_revisions()}
    return Standing.NEWER if unknown else Standing.BEHIND


def is_current(database: Database) -> bool:
    """Whether the database has every migration of this version, and none of a newer one."""
    return standing(database) is Standing.CURRENT


def make(database: Database, message: str, number: str) -> None:
    """Write the migration from the database's tables to those of `store.tables`, for a person to read and mend."""
    with database.write() as tx:
        command.revision(_config(tx), message, autogenerate=True, rev_id=number)


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
