"""Parts that tests of the gateway are made of: a wired Services, a gateway that does as it is told, a person."""

from collections import deque
from collections.abc import Callable
from datetime import datetime

from sms_gateway import services as services_
from sms_gateway.channels.base import Accepted, OutboundText, Result
from sms_gateway.context import Services
from sms_gateway.settings import Settings
from sms_gateway.store import people
from sms_gateway.store.database import Database
from sms_gateway.store.people import Person
from sms_gateway.store.sealing import Sealer

PHONE = "+254711000001"


class ObedientGateway:
    """A gateway that takes every text unless it was told another answer; `sent` is what left, in order."""

    name = "obedient"

    def __init__(self) -> None:
        self.answers: deque[Result | Callable[[OutboundText], Result]] = deque()
        self.sent: list[OutboundText] = []

    def send(self, message: OutboundText) -> Result:
        answer = self.answers.popleft() if self.answers else Accepted(f"gw-{len(self.sent) + 1}-{message.message_id}")
        result = answer(message) if callable(answer) else answer
        if isinstance(result, Accepted):
            self.sent.append(message)
        return result


def wired(settings: Settings, clock: Callable[[], datetime], gateway: ObedientGateway) -> Services:
    """The Services of a test: its database with the demo services, its clock, its gateway on every line."""
    made = Services(
        settings=settings,
        database=Database(settings.database_url),
        sealer=Sealer(settings.words_key, settings.phone_keys),
        channels={},
        carrier=lambda _channel, _address: gateway,  # type: ignore[arg-type,return-value]
        clock=clock,
    )
    services_.ensure(made)
    return made


def a_person(services: Services, *, phone: str = PHONE, line: str = "kenya-sms") -> tuple[Person, int]:
    """A person of the service that a line belongs to, and that line's id."""
    with services.database.write() as tx:
        service, at = next(
            (service, at) for service in services_.all_services(tx) for at in service.lines if at.code == line
        )
        person = people.lock_or_create(
            tx,
            services.sealer,
            organisation_id=service.organisation_id,
            service_id=service.id,
            phone=phone,
            language="en",
            now=services.clock(),
        )
        people.change(tx, person.id, sms_line_id=at.id)
        return person, at.id
