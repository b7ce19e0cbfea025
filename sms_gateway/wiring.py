"""The one place where things are put together: settings in, a `Services` out."""

import hashlib
import hmac
from collections.abc import Callable
from functools import cache

from sqlalchemy.dialects import postgresql, sqlite

from flows import alphabet
from sms_gateway import queueing
from sms_gateway import services as services_
from sms_gateway.channels import africastalking
from sms_gateway.channels.base import ChannelAdapter, OutboundText
from sms_gateway.channels.simulator import Simulator
from sms_gateway.context import Services, silent, system_clock
from sms_gateway.settings import Settings, load_settings
from sms_gateway.store.database import Database
from sms_gateway.store.sealing import Sealer
from sms_gateway.store.tables import simulator_messages


def wire(settings: Settings, *, doorbell: bool = True) -> Services:
    """Everything that a process needs, made from its settings; nothing is opened before it is first used."""
    database = Database(settings.database_url, pool_size=settings.web_threads + 4)
    sealer = Sealer(settings.words_key, settings.phone_keys)
    delivery_secret = _derived(settings, b"delivery keys")

    def deliver_to_simulated(message: OutboundText) -> None:
        keep_simulated(database, sealer, message)

    simulator = Simulator(deliver=deliver_to_simulated, delivery_secret=delivery_secret, clock=system_clock)
    gateway = africastalking.AfricasTalking(
        account_of=_accounts(settings), delivery_secret=delivery_secret, clock=system_clock
    )
    channels: dict[str, ChannelAdapter] = {gateway.name: gateway}
    if settings.simulator:  # else it only carries what has no account: its hooks are shut, as its page is
        channels[simulator.name] = simulator
    account_of = _accounts(settings)

    def carrier(channel: str, address: str) -> ChannelAdapter:
        has_account = channel == gateway.name and account_of(address) is not None
        return gateway if has_account else simulator

    return Services(
        settings=settings,
        database=database,
        sealer=sealer,
        channels=channels,
        carrier=carrier,
        clock=system_clock,
        ring=queueing.doorbell(settings.redis_url) if doorbell else silent,
    )


@cache
def current_services() -> Services:
    """The Services of this process, from its environment; for jobs, which are handed an id alone."""
    return wire(load_settings())


def keep_simulated(database: Database, sealer: Sealer, message: OutboundText) -> None:
    """Put a text onto a simulated phone, once, however often it is sent."""
    with database.write() as tx:
        make = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
        row = make(simulator_messages).values(
            lane=sealer.lane(message.phone),
            address=message.line,
            kind="sms",
            incoming=True,
            body=sealer.team.seal(message.body),
            parts=alphabet.measure(message.body).segments,
            message_id=int(message.message_id),
            at=system_clock(),
        )
        tx.execute(row.on_conflict_do_nothing(index_elements=["message_id"]))


def _accounts(settings: Settings) -> Callable[[str], africastalking.Account | None]:
    """The gateway account of a line by its address: its service's own, else the installation's, else none."""
    own = {
        address: africastalking.Account(pair["username"], pair["api_key"], settings.africastalking_url)
        for address, pair in services_.own_accounts(settings).items()
    }
    shared = (
        africastalking.Account(
            settings.africastalking.username, settings.africastalking.api_key, settings.africastalking.url
        )
        if settings.africastalking
        else None
    )
    return lambda address: own.get(address, shared)


def _derived(settings: Settings, purpose: bytes) -> bytes:
    return hmac.new(settings.words_key, purpose, hashlib.sha256).digest()
