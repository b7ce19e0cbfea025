"""One installation for the tests of versions: the shipped flows are live, an editor is at work, a citizen texts."""

from collections.abc import Iterator

import pytest

from sms_gateway import flow_versions
from sms_gateway.context import Services
from sms_gateway.settings import Settings
from tests.clocks import FixedClock
from tests.gateway.editor import Editor, editor
from tests.gateway.parts import ObedientGateway, wired
from tests.gateway.talk import Phone


@pytest.fixture
def gateway() -> ObedientGateway:
    return ObedientGateway()


@pytest.fixture
def services(settings: Settings, clock: FixedClock, gateway: ObedientGateway) -> Iterator[Services]:
    made = wired(settings, clock, gateway)
    flow_versions.register_shipped(made)
    yield made
    made.database.close()


@pytest.fixture
def nadia(services: Services) -> Editor:
    return editor(services)


@pytest.fixture
def french(services: Services, gateway: ObedientGateway) -> Phone:
    return Phone(services, gateway, "+33612345678", "38000")
