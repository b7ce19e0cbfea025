"""What tests of gateways share: a stand-in that runs, an adapter that sends to it."""

from collections.abc import Iterator

import pytest

import sms_gateway.logs  # noqa: F401  # configures what is logged, as every process does
from sms_gateway.channels.africastalking import Account, AfricasTalking
from tests.clocks import FixedClock
from tests.stand_ins.africastalking import StandIn, start_stand_in


@pytest.fixture
def gateway() -> Iterator[StandIn]:
    """A stand-in for Africa's Talking that reports to nobody."""
    with start_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def adapter(gateway: StandIn, clock: FixedClock) -> AfricasTalking:
    """The adapter, with an account at the stand-in, that waits a tenth of a second for an answer."""
    account = Account("guichet", "a-key", gateway.url)
    return AfricasTalking(account_of=lambda line: account, delivery_secret=b"k" * 32, clock=clock, timeout=(3.05, 0.3))
