"""`guichet doctor`: what is missing or wrong in this installation, one sentence each, and how to mend it."""

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sms_gateway.errors import GuichetError, SettingsError
from sms_gateway.settings import Settings, load_settings, unknown_settings

LEAST_FREE = 500 * 1024 * 1024  # bytes, for some weeks of texts and logs
WEAK_SECRET = 16  # characters


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is like, and where it is wrong, what to do."""

    fine: bool
    sentence: str
    remedy: str = ""


def examine(environment: Mapping[str, str] | None = None) -> list[Finding]:
    """Everything that can be looked at without changing anything but the data folder and its keys."""
    given = os.environ if environment is None else environment
    findings = list(_machine())
    try:
        settings = load_settings(given)
    except SettingsError as error:
        return [*findings, Finding(False, str(error), "Change that setting; docs/settings.md lists them all.")]
    findings += _names(given)
    for look in (_data, _keys, _redis, _database, _carriers):
        findings += look(settings)
    return findings


def _machine() -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding(
        sys.version_info >= (3, 11),
        f"Python is {version}.",
        _unless(sys.version_info >= (3, 11), "Guichet needs 3.11 or newer."),
    )


def _names(given: Mapping[str, str]) -> Iterator[Finding]:
    for name in unknown_settings(given):
        yield Finding(False, f"{name} is no setting of Guichet.", "Look for the right name in docs/settings.md.")


def _data(settings: Settings) -> Iterator[Finding]:
    yield Finding(True, f"The data is in {settings.data}.")
    free = shutil.disk_usage(settings.data).free
    enough = free >= LEAST_FREE
    yield Finding(
        enough,
        f"Its disk has {free // 1024**2} MB left.",
        _unless(enough, "Make room, or set GUICHET_DATA to another disk."),
    )
    set_aside = len(list((settings.data / "spool").glob("*.failed")))
    if set_aside:
        yield Finding(
            False, f"{set_aside} messages in {settings.data / 'spool'} could not be taken.", "Look at the worker's log."
        )


def _keys(settings: Settings) -> Iterator[Finding]:
    folder = settings.data / "keys"
    open_to_others = [path.name for path in _files(folder) if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    yield Finding(
        not open_to_others,
        f"Others can read the keys {', '.join(open_to_others)}."
        if open_to_others
        else "The keys are this user's alone.",
        _unless(not open_to_others, f"Run: chmod 600 {folder}/*"),
    )
    weak = any(len(secret) < WEAK_SECRET for secret in settings.hook_secrets)
    if weak:
        yield Finding(False, "A secret in GUICHET_HOOK_SECRETS is short.", "Make one: openssl rand -hex 32")


def _redis(settings: Settings) -> Iterator[Finding]:
    from sms_gateway.redis_server import server_program

    if settings.redis_is_private:
        yield _try("The private Redis has its program.", lambda: server_program())
    else:
        yield _try("Redis answers.", lambda: _ping(settings.redis_url))


def _ping(url: str) -> None:
    import redis

    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        raise GuichetError(
            "Redis does not answer: look at GUICHET_REDIS_URL. Without it, all is a few seconds slower."
        ) from None


def _database(settings: Settings) -> Iterator[Finding]:
    from sqlalchemy.exc import SQLAlchemyError

    from sms_gateway.cases import danger
    from sms_gateway.store import journal, migrate
    from sms_gateway.store.database import Database

    database = Database(settings.database_url)
    try:
        stands = migrate.standing(database)
        current = stands is migrate.Standing.CURRENT
        broken, unheard = None, 0
        if current:
            with database.read() as tx:
                broken = journal.first_broken_link(tx)
                unheard = danger.unheard(tx)
    except SQLAlchemyError:
        yield Finding(False, "The database does not answer.", "Look at GUICHET_DATABASE_URL, and whether it runs.")
        return
    finally:
        database.close()
    kind = "SQLite" if settings.is_sqlite else "PostgreSQL"
    said, remedy = {
        migrate.Standing.CURRENT: ("is at this version", ""),
        migrate.Standing.BEHIND: ("lacks migrations", "Start Guichet: it brings the database to this version."),
        migrate.Standing.NEWER: ("belongs to a newer Guichet", migrate.START_THAT),
    }[stands]
    yield Finding(current, f"The database, {kind}, {said}.", remedy)
    if unheard:
        yield Finding(
            False,
            f"{unheard} cases of danger wait, and nobody of ours could be told.",
            "Open /desk now. Give two coordinators a phone that the line reaches.",
        )
    if current:
        whole = "is as it was written" if broken is None else f"was changed: link {broken} no longer fits its lines"
        yield Finding(
            broken is None, f"The journal {whole}.", _unless(broken is None, "Compare it with a backup; find out who.")
        )


def _carriers(settings: Settings) -> Iterator[Finding]:
    if settings.africastalking is None:
        yield Finding(True, "No gateway is set: the simulator carries every line.")
    elif settings.africastalking.url:
        yield Finding(True, "Africa's Talking is set, with a stand-in.")
    else:
        yield Finding(True, "Africa's Talking carries the lines that name it.")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []


def _try(fine: str, look: Callable[[], object]) -> Finding:
    try:
        look()
    except GuichetError as error:
        sentence, _, remedy = str(error).partition(". ")
        return Finding(False, sentence.rstrip(".") + ".", remedy)
    return Finding(True, fine)


def _unless(fine: bool, remedy: str) -> str:
    return "" if fine else remedy
