"""Every setting of Guichet, in one table: name, kind, default, meaning; read from the environment, all optional.

A value that can't be used refuses the start with a `SettingsError` that names the setting and says what it should be.
`docs/settings.md` says the same to people; a test keeps the two alike.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sms_gateway.errors import SettingsError
from sms_gateway.keys import Keys, PhoneKeys, kept_keys

LONGEST_SOCKET = 100  # bytes; a unix socket's path must stay under 108 (sockaddr_un), and the server adds none


@dataclass(frozen=True)
class Setting:
    """One row of the table; `read` turns the text into a value or raises ValueError."""

    name: str
    kind: str
    default: str
    meaning: str
    read: Callable[[str], object] = field(repr=False)


@dataclass(frozen=True)
class AfricasTalking:
    """An account at Africa's Talking; `url` is a stand-in's root, or None for the SDK's own hosts."""

    username: str
    api_key: str = field(repr=False)
    url: str | None


@dataclass(frozen=True)
class Settings:
    """What this installation was told, checked; made by `load_settings` only."""

    port: int
    bind: str
    data: Path
    database_url: str = field(repr=False)  # as SQLAlchemy wants it; may hold a password
    redis_url: str = field(repr=False)
    redis_is_private: bool  # true: `guichet run` starts it and stops it
    services_file: Path | None  # None: the demo services
    africastalking: AfricasTalking | None
    africastalking_url: str | None  # for services that have an account of their own
    simulator: bool
    hold_seconds: int
    undo_seconds: int
    undo_by_text_seconds: int
    web_processes: int
    web_threads: int
    sweep_seconds: float
    https: bool
    keys: Keys

    @property
    def secret_key(self) -> str:
        """Signs web sessions."""
        return self.keys.secret

    @property
    def hook_secrets(self) -> tuple[str, ...]:
        """Every secret that a gateway's URL may carry."""
        return self.keys.hooks

    @property
    def phone_keys(self) -> PhoneKeys:
        """Finds a person by number."""
        return self.keys.phones

    @property
    def words_key(self) -> bytes:
        """Seals the keys of persons."""
        return self.keys.words

    @property
    def is_sqlite(self) -> bool:
        """True where the database is a file of our own."""
        return self.database_url.startswith("sqlite")

    @property
    def logs(self) -> Path:
        """The folder of the log files."""
        return self.data / "logs"


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError
        return number

    return read


def _seconds(text: str) -> float:
    number = float(text)
    if not 0.05 <= number <= 3600:
        raise ValueError
    return number


def _switch(text: str) -> bool:
    words = {"on": True, "yes": True, "1": True, "true": True, "off": False, "no": False, "0": False, "false": False}
    if text.lower() not in words:
        raise ValueError
    return words[text.lower()]


def _existing_file(text: str) -> Path:
    path = Path(text).absolute()
    if not path.is_file():
        raise ValueError
    return path


def _web_root(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError
    return text.rstrip("/")


def _database(text: str) -> str:
    """The URL for SQLAlchemy: `postgresql://` and `postgres://` mean psycopg 3."""
    scheme, separator, rest = text.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return text
    if scheme in {"postgresql", "postgres", "postgresql+psycopg"} and separator and rest:
        return f"postgresql+psycopg://{rest}"
    raise ValueError


def _redis(text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError
    return text


SETTINGS: tuple[Setting, ...] = (
    Setting("PORT", "a whole number from 1 to 65535", "8000", "The port of the web server.", _whole(1, 65535)),
    Setting(
        "GUICHET_BIND", "an address of this machine", "127.0.0.1", "The address that the web server listens on.", str
    ),
    Setting(
        "GUICHET_DATA",
        "a folder that this user may write in",
        "var",
        "Where the embedded database, Redis, the spool, the keys and the logs live.",
        Path,
    ),
    Setting(
        "GUICHET_DATABASE_URL",
        "postgresql://USER:PASSWORD@HOST/NAME, or sqlite:////an/absolute/path",
        "SQLite in GUICHET_DATA",
        "The database, the only truth.",
        _database,
    ),
    Setting(
        "GUICHET_REDIS_URL",
        "redis://HOST:PORT/NUMBER, rediss://… or unix:///path/of/socket",
        "a private Redis, started by make run",
        "The doorbell between web and worker.",
        _redis,
    ),
    Setting("GUICHET_SECRET_KEY", "a long random text", "made and kept in GUICHET_DATA", "Signs web sessions.", str),
    Setting(
        "GUICHET_HOOK_SECRETS",
        "a comma list of letters, digits, - and _",
        "made and kept in GUICHET_DATA",
        "The secrets in the URLs that gateways call; every one listed is accepted, so that they can rotate.",
        str,
    ),
    Setting(
        "GUICHET_PHONE_KEYS",
        "a comma list like 1:KEY,2:KEY with 64 hex digits each",
        "made and kept in GUICHET_DATA",
        "The keys that a person's number is found by; the highest version is used for new rows.",
        str,
    ),
    Setting(
        "GUICHET_WORDS_KEY",
        "64 hex digits",
        "made and kept in GUICHET_DATA",
        "Seals the key of each person, which seals that person's words.",
        str,
    ),
    Setting(
        "GUICHET_SERVICES",
        "the path of a YAML file that exists",
        "the demo services",
        "The services and their lines.",
        _existing_file,
    ),
    Setting(
        "AFRICASTALKING_USERNAME",
        "the account's user name, together with AFRICASTALKING_API_KEY",
        "unset: the simulator carries every line",
        "Set: Africa's Talking carries the lines that name it, the demo lines among them.",
        str,
    ),
    Setting(
        "AFRICASTALKING_API_KEY",
        "the account's key, together with AFRICASTALKING_USERNAME",
        "unset",
        "The key of that account.",
        str,
    ),
    Setting(
        "AFRICASTALKING_API_URL",
        "a root URL such as http://127.0.0.1:9000",
        "the SDK's own hosts",
        "A stand-in for Africa's Talking, for tests.",
        _web_root,
    ),
    Setting(
        "GUICHET_SIMULATOR",
        "on or off",
        "on, but off when a real gateway is set",
        "The phones in the browser, on /phone.",
        _switch,
    ),
    Setting(
        "GUICHET_HOLD_SECONDS",
        "a whole number of seconds from 1 to 3600",
        "30",
        "How long a phone's next message waits when nobody knows whether the last one left.",
        _whole(1, 3600),
    ),
    Setting(
        "GUICHET_UNDO_SECONDS",
        "a whole number of seconds from 0 to 120",
        "15",
        "How long an answer that was sent on the web can be taken back before it leaves; 0: it leaves at once.",
        _whole(0, 120),
    ),
    Setting(
        "GUICHET_UNDO_BY_TEXT_SECONDS",
        "a whole number of seconds from 0 to 300",
        "0",
        "The same for an answer by text, taken back by 0; a text takes its time to arrive, so 60 is short.",
        _whole(0, 300),
    ),
    Setting(
        "GUICHET_WEB_PROCESSES", "a whole number from 1 to 64", "2", "How many web processes serve.", _whole(1, 64)
    ),
    Setting(
        "GUICHET_WEB_THREADS", "a whole number from 1 to 64", "4", "How many threads each of them has.", _whole(1, 64)
    ),
    Setting(
        "GUICHET_SWEEP_SECONDS",
        "a number of seconds from 0.05 to 3600",
        "2",
        "How often the worker looks in the database for what no doorbell woke.",
        _seconds,
    ),
    Setting(
        "GUICHET_HTTPS",
        "on or off",
        "off",
        "On: people reach the pages by https alone; cookies are then sent over https only.",
        _switch,
    ),
)


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; makes the data folder and its keys where they are missing.

    An empty value counts as unset. Raises SettingsError for the first value that can't be used.
    """
    given = {name: text.strip() for name, text in (os.environ if environment is None else environment).items()}
    values = {row.name: _read(row, given.get(row.name, "")) for row in SETTINGS}
    data = _writable(values["GUICHET_DATA"] or Path("var"))
    redis_url = values["GUICHET_REDIS_URL"]
    account = _account(given, values)
    simulator = values["GUICHET_SIMULATOR"]
    return Settings(
        port=values["PORT"] or 8000,
        bind=values["GUICHET_BIND"] or "127.0.0.1",
        data=data,
        database_url=values["GUICHET_DATABASE_URL"] or f"sqlite:///{data / 'guichet.sqlite'}",
        redis_url=redis_url or f"unix://{private_socket(data)}",
        redis_is_private=redis_url is None,
        services_file=values["GUICHET_SERVICES"],
        africastalking=account,
        africastalking_url=values["AFRICASTALKING_API_URL"],
        simulator=(account is None) if simulator is None else simulator,
        hold_seconds=values["GUICHET_HOLD_SECONDS"] or 30,
        undo_seconds=15 if values["GUICHET_UNDO_SECONDS"] is None else values["GUICHET_UNDO_SECONDS"],
        undo_by_text_seconds=values["GUICHET_UNDO_BY_TEXT_SECONDS"] or 0,
        web_processes=values["GUICHET_WEB_PROCESSES"] or 2,
        web_threads=values["GUICHET_WEB_THREADS"] or 4,
        sweep_seconds=values["GUICHET_SWEEP_SECONDS"] or 2.0,
        https=bool(values["GUICHET_HTTPS"]),
        keys=kept_keys(data, given),
    )


def unknown_settings(environment: Mapping[str, str]) -> list[str]:
    """Names that look like settings of ours and are none: most likely slips of the pen."""
    known = {row.name for row in SETTINGS}
    ours = ("GUICHET_", "AFRICASTALKING_")
    return sorted(
        name
        for name in environment
        if name.startswith(ours) and name not in known and not name.startswith("GUICHET_TEST_")
    )


def private_socket(data: Path) -> Path:
    """Where the private Redis listens: in the data folder, or where its path is too long, in the temporary folder."""
    socket = data / "redis" / "redis.sock"
    if len(os.fsencode(socket)) <= LONGEST_SOCKET:
        return socket
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"guichet-{os.getuid()}-{mark}" / "redis.sock"


def _read(row: Setting, text: str) -> Any:
    """The value of one row, None where it is unset."""
    if not text:
        return None
    try:
        return row.read(text)
    except ValueError:
        raise SettingsError(row.name, "can't be used as it is", row.kind) from None


def _writable(folder: Path) -> Path:
    data = folder.absolute()
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        writable = os.access(data, os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        raise SettingsError(
            "GUICHET_DATA", f"is {data}, where nothing can be written", "a folder that this user may write in"
        )
    return data


def _account(given: Mapping[str, str], values: Mapping[str, Any]) -> AfricasTalking | None:
    username, api_key = given.get("AFRICASTALKING_USERNAME", ""), given.get("AFRICASTALKING_API_KEY", "")
    if not username and not api_key:
        return None
    for name, value in (("AFRICASTALKING_USERNAME", username), ("AFRICASTALKING_API_KEY", api_key)):
        if not value:
            raise SettingsError(name, "is missing", "set together with the other one of the pair")
    return AfricasTalking(username=username, api_key=api_key, url=values["AFRICASTALKING_API_URL"])
