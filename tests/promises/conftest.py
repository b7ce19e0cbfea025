"""What the promises share: whole installations, one a module, and the database that each runs on."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.databases import PostgreSQL
from tests.stand_ins.africastalking import Reports
from tests.story.counter import Counter, open_counter

Open = Callable[..., AbstractContextManager[Counter]]


@pytest.fixture(scope="module")
def open_one(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Start a whole installation on a kind of database: `with open_one("postgresql", GUICHET_…="…") as counter:`."""

    def start(
        database: str = "sqlite", *, reports: Reports | None = None, **settings: str
    ) -> AbstractContextManager[Counter]:
        url = None
        if database == "postgresql":
            server: PostgreSQL = request.getfixturevalue("postgres_server")
            url = server.empty()
        data = tmp_path_factory.mktemp("counter")
        return open_counter(data, database_url=url, reports=reports, **settings)

    return start
