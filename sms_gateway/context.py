"""What every part is handed: the settings, the database, the seals, the channels, the clock and the doorbell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sms_gateway.channels.base import ChannelAdapter
from sms_gateway.settings import Settings
from sms_gateway.store.database import Database
from sms_gateway.store.sealing import Sealer

Carrier = Callable[[str, str], ChannelAdapter]


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def silent(_job: str, _id: int) -> None:
    """A doorbell that nobody hears: the sweeper finds what is due."""


@dataclass(frozen=True)
class Services:
    """Made once per process by `wiring.wire`; nothing in it remembers what another process can't rebuild.

    channels: by name, for the forms that come in. carrier: who sends, for a line's channel and address: a gateway, or
    the simulator where no account is set. ring: wakes a worker, for a job's name and a row's id; never raises.
    """

    settings: Settings
    database: Database
    sealer: Sealer
    channels: Mapping[str, ChannelAdapter]
    carrier: Carrier
    clock: Callable[[], datetime] = system_clock
    ring: Callable[[str, int], None] = silent
