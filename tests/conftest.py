"""What every test may ask for: real databases, a real Redis, a clock that stands still, a whole running Guichet."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

import sms_gateway.logs  # noqa: F401 (from here on, faults are written as a running Guichet writes them)
from sms_gateway.settings import Settings
from tests.clocks import FixedClock
from tests.databases import PostgreSQL, SQLite, settings_for
from tests.redis_process import RedisProcess
from tests.running import RunningGuichet

# A busy machine is no failure: how long an example takes, or is made, is measured by `make bench` alone.
hypothesis_settings.register_profile("guichet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("guichet")

# SQLite waits for the disk at every commit, which is a third of what the tests take where the disk is slow. A file in
# memory outlives a killed process as one on a disk does; tests/gateway/test_on_disk.py tests what is asked of the disk.
RAM_DISK = Path("/dev/shm")
ENOUGH_MEMORY = 4 << 30  # bytes; a whole run fills less than half of one GiB
if RAM_DISK.is_dir() and os.access(RAM_DISK, os.W_OK) and shutil.disk_usage(RAM_DISK).free >= ENOUGH_MEMORY:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(RAM_DISK))

DATABASES = ("sqlite", "postgresql")


@pytest.fixture
def clock() -> FixedClock:
    """A Tuesday morning, 10:00 in Paris; `clock()` gives it, `clock.advance(minutes=5)` moves it."""
    return FixedClock(datetime(2026, 3, 10, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgreSQL]:
    """One PostgreSQL for the session."""
    server = PostgreSQL()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SQLite:
    """The migrated SQLite file that others are copied from."""
    return SQLite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def postgres_url(postgres_server: PostgreSQL, tmp_path: Path) -> Iterator[str]:
    """A PostgreSQL database of this test's own, at the newest schema, with nothing in it."""
    url = postgres_server.migrated(tmp_path)
    yield url
    postgres_server.give_back(url)


@pytest.fixture
def sqlite_url(sqlite_files: SQLite, tmp_path: Path) -> str:
    """A SQLite file of this test's own, at the newest schema."""
    return sqlite_files.migrated(tmp_path)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of this test's own at the newest schema; the test runs once on each kind."""
    return str(request.getfixturevalue("postgres_url" if request.param == "postgresql" else "sqlite_url"))


@pytest.fixture(params=DATABASES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with nothing in it, of each kind: for tests of the migrations themselves."""
    if request.param == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgres_server")
        return server.empty()
    return f"sqlite:///{tmp_path / 'empty.sqlite'}"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of this test's own, on each kind of database, with no Redis anywhere."""
    return settings_for(tmp_path, database_url)


@pytest.fixture
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisProcess]:
    """A real private Redis: `.url`, `.wipe()`, `.kill()`, `.stop()`, `.start()`."""
    server = RedisProcess(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def start_guichet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., RunningGuichet]]:
    """Start as many whole installations as a test needs: `start_guichet(GUICHET_HOLD_SECONDS="1")`.

    `data=` starts one on a folder that another one had; `wait=False` does not wait until it is ready.
    """
    started: list[RunningGuichet] = []

    def start(*, data: Path | None = None, wait: bool = True, **settings: str) -> RunningGuichet:
        guichet = RunningGuichet(data or tmp_path_factory.mktemp("guichet"), settings)
        started.append(guichet)
        if wait:
            guichet.start()
        else:
            guichet.launch()
        return guichet

    yield start
    for guichet in started:
        guichet.end()


@pytest.fixture
def running_guichet(start_guichet: Callable[..., RunningGuichet]) -> RunningGuichet:
    """A whole Guichet with no setting but its port and its folder, ready to serve."""
    return start_guichet()


@pytest.fixture
def running_with_gateway(start_guichet: Callable[..., RunningGuichet]) -> Callable[[str], RunningGuichet]:
    """Start a whole Guichet whose lines Africa's Talking carries: give it the root URL of the stand-in."""

    def start(url: str, **settings: str) -> RunningGuichet:
        account = {
            "AFRICASTALKING_USERNAME": "guichet",
            "AFRICASTALKING_API_KEY": "a-key-of-the-stand-in",
            "AFRICASTALKING_API_URL": url,
        }
        return start_guichet(**(account | settings))

    return start
