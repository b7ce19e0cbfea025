"""What the tests of pages may ask for: a house, on a clock that stands still, and a real browser."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from sms_gateway.web.accounts import limiter
from tests.clocks import FixedClock
from tests.databases import SQLite, settings_for
from tests.web.house import House, open_house, prepare

CHROMIUM = "/usr/bin/chromium"
# Without these the browser looks for hosts of its own at every start.
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def prepared(sqlite_files: SQLite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with all that a house needs, keys among it; made once, since passwords are slow to hash."""
    folder = tmp_path_factory.mktemp("house")
    prepare(settings_for(folder, sqlite_files.migrated(folder)), FixedClock(datetime(2026, 3, 10, 9, 0, tzinfo=UTC)))
    return folder


@pytest.fixture
def data(prepared: Path, tmp_path: Path) -> Path:
    """A copy of that folder, this test's own."""
    return Path(shutil.copytree(prepared, tmp_path / "data"))


@pytest.fixture
def house(data: Path, clock: FixedClock) -> Iterator[House]:
    """A house whose clock stands still, on SQLite."""
    built = open_house(settings_for(data, f"sqlite:///{data / 'guichet.sqlite'}"), clock)
    limiter.reset()
    yield built
    built.services.database.close()


@pytest.fixture
def living_house(data: Path) -> Iterator[House]:
    """A house on the machine's own clock, for the browser."""
    built = open_house(settings_for(data, f"sqlite:///{data / 'guichet.sqlite'}"))
    limiter.reset()
    yield built
    built.services.database.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser, started once; each test opens windows of its own."""
    assert Path(CHROMIUM).exists(), "There is no Chromium. Run `apt-get install chromium`."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()
