"""The town of the tests of cases."""

from collections.abc import Iterator

import pytest

from sms_gateway.settings import Settings
from tests.cases import town
from tests.clocks import FixedClock


@pytest.fixture
def place(settings: Settings, clock: FixedClock) -> Iterator[town.Town]:
    """A town on each kind of database: Tuesday 10 March 2026, 10:00 in Paris."""
    built = town.build(settings, clock)
    yield built
    built.services.database.close()
