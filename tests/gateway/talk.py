"""A person's phone for tests of conversations: it texts and dials by the real doors, and reads what would leave."""

from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import select

from sms_gateway import conversations, outbox
from sms_gateway import services as services_
from sms_gateway.channels.base import HopsEnded, InboundHop, InboundText
from sms_gateway.context import Services
from sms_gateway.store import people
from sms_gateway.store.tables import outbox as outbox_table
from tests.gateway.parts import ObedientGateway

CHANNEL = "africastalking"
_numbers = count(1)


def send_all(services: Services) -> None:
    """What a worker does: claim and deliver whatever is due, until nothing is."""
    for _ in range(100):
        with services.database.read() as tx:
            due = outbox.due_messages(tx, now=services.clock())
        claims = [outbox.claim(services, message_id, now=services.clock()) for message_id in due]
        if not any(claims):
            return
        for claim in claims:
            if claim is not None:
                outbox.deliver(services, claim)


@dataclass
class Phone:
    """A basic phone with one number, on one SMS line and one USSD code."""

    services: Services
    gateway: ObedientGateway
    number: str
    line: str
    code: str = ""
    read: int = 0
    session: str = ""
    typed: str = ""
    keys: list[str] = field(default_factory=list)

    def speaking(self, language: str) -> "Phone":
        """Somebody who told us their language before: no question about it comes first."""
        with self.services.database.write() as tx:
            service, line = next(
                (service, line)
                for service in services_.all_services(tx)
                for line in service.lines
                if (line.channel, line.address) == (CHANNEL, self.line)
            )
            person = people.lock_or_create(
                tx,
                self.services.sealer,
                organisation_id=service.organisation_id,
                service_id=service.id,
                phone=self.number,
                language=language,
                now=self.services.clock(),
            )
            people.change(tx, person.id, language_chosen=True, sms_line_id=line.id)
        return self

    def text(self, words: str, *, key: str = "") -> list[str]:
        """Send an SMS; the texts that come back."""
        delivery_key = key or f"in-{next(_numbers)}"
        self.keys.append(delivery_key)
        inbound = InboundText(CHANNEL, delivery_key, self.line, self.number, words)
        conversations.receive_text(self.services, inbound)
        return self.news()

    def news(self) -> list[str]:
        """The texts to this phone that were not read yet."""
        send_all(self.services)
        mine = [message.body for message in self.gateway.sent if message.phone == self.number]
        new, self.read = mine[self.read :], len(mine)
        return new

    def dial(self, with_keys: str = "") -> str:
        """Dial the code anew; the first screen, with CON or END before it."""
        self.session, self.typed = f"ATUid_{next(_numbers)}", with_keys
        return self._hop()

    def press(self, key: str) -> str:
        """Answer the screen; the next one."""
        self.typed = f"{self.typed}*{key}" if self.typed else key
        return self._hop()

    def repeat(self) -> str:
        """The network sends the last hop again."""
        return self._hop()

    def hang_up(self) -> list[str]:
        """The session breaks off; what comes by SMS."""
        ended = HopsEnded(CHANNEL, f"end-{self.session}", self.session, self.code, self.number, dropped=True)
        conversations.receive_end(self.services, ended)
        return self.news()

    def _hop(self) -> str:
        key = f"hop-{self.session}-{self.typed}"
        hop = InboundHop(CHANNEL, key, self.session, self.code, self.number, self.typed)
        answer = conversations.receive_hop(self.services, hop)
        return ("END " if answer.ends else "CON ") + answer.text


def sent_bodies(services: Services) -> int:
    """How many messages the outbox has ever had."""
    with services.database.read() as tx:
        return len(tx.execute(select(outbox_table.c.id)).all())
