"""A whole counter for tests: an installation, the stand-in of its gateway, and the phones and accounts around it."""

import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import select, update

from sms_gateway.context import Services
from sms_gateway.services import DEMO_ORGANISATION
from sms_gateway.settings import Settings, load_settings
from sms_gateway.store import tables
from sms_gateway.store.database import Database
from sms_gateway.store.sealing import Sealer
from sms_gateway.store.tables import Role
from sms_gateway.web.accounts import make_account
from sms_gateway.wiring import wire
from tests.running import ROOT, RunningGuichet
from tests.stand_ins.africastalking import Reports, Send, StandIn, start_stand_in
from tests.stand_ins.network import Dialog, Network
from tests.waiting import until

KENYA = "22384"
FRANCE = "38000"
KENYA_DIALS = "*384*77#"
PASSWORD = "a long password of a test"
PATIENCE = 20.0  # seconds for a text to come: two sweeps, a restart of a process, and a busy machine


@dataclass
class Counter:
    """One installation whose lines Africa's Talking carries; the stand-in takes what leaves."""

    guichet: RunningGuichet
    gateway: StandIn
    taken: list[str] = field(default_factory=list)  # the gateway's ids of texts that a hook took
    numbers: set[str] = field(default_factory=set)  # every phone that ever wrote or dialled

    @property
    def network(self) -> Network:
        """The networks' side, posting to the hooks of this installation until they take what comes."""
        return Network(self.gateway.hooks, retry_seconds=90)

    def deliver(self, *, number: str, line: str, text: str, copies: int = 1, at_once: bool = False) -> None:
        """An SMS from a phone, delivered `copies` times; an error unless the hook took each with the same bytes."""
        key = str(uuid.uuid4())
        self.numbers.add(number)
        answers = self.network.text(phone=number, line=line, text=text, gateway_id=key, copies=copies, at_once=at_once)
        assert {(answer.status_code, answer.content) for answer in answers} == {(200, b"")}
        self.taken.append(key)

    @cached_property
    def settings(self) -> Settings:
        """The same settings as its processes have."""
        return load_settings(self.guichet.environment())

    @cached_property
    def services(self) -> Services:
        """What its processes have, but for the doorbell: for a look into the rows, and for accounts."""
        return wire(self.settings, doorbell=False)

    @property
    def database(self) -> Database:
        """Its database."""
        return self.services.database

    @property
    def sealer(self) -> Sealer:
        """Its seals."""
        return self.services.sealer

    def phone(self, number: str, line: str = KENYA) -> "Phone":
        """A basic phone on a line."""
        return Phone(self, number, line)

    def add_account(self, login: str, *, role: str = "volunteer", **options: str) -> str:
        """`guichet account add`, with the password on its standard input; what it said."""
        words = [f"--{name}={value}" for name, value in options.items()]
        command = [sys.executable, "-m", "sms_gateway", "account", "add", "--role", role, "--login", login, *words]
        made = subprocess.run(
            command,
            cwd=ROOT,
            env=self.guichet.environment(),
            input=PASSWORD + "\n",
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        return made.stdout + made.stderr

    def hire(self, login: str, *, role: Role = Role.VOLUNTEER, number: str = "", language: str = "en") -> None:
        """An account made in this process, which is quicker than a command where many are needed."""
        make_account(
            self.services,
            login=login,
            password=PASSWORD,
            role=role,
            name=login.capitalize(),
            organisation=DEMO_ORGANISATION,
            language=language,
            phone=number or None,
            languages=(language,),
        )

    def send_home(self, *staying: str) -> None:
        """Every volunteer goes home, but those with these logins."""
        volunteers = tables.accounts.c.role == Role.VOLUNTEER
        with self.database.write() as tx:
            here = tables.accounts.c.login.in_(staying)
            tx.execute(update(tables.accounts).where(volunteers).values(active=here))

    def let_time_pass(self, **duration: float) -> None:
        """Make everything that was stored so much older: as if the clock had moved on for every process at once."""
        age = timedelta(**duration)
        with self.database.write() as tx:
            for table in (tables.cases, tables.offers, tables.outbox, tables.people, tables.sessions, tables.accounts):
                moments = [column for column in table.c if isinstance(column.type, tables.Moment)]
                key = next(iter(table.primary_key))
                for row in tx.execute(select(key, *moments)).all():
                    older = {at.name: row._mapping[at] - age for at in moments if row._mapping[at] is not None}
                    if older:
                        tx.execute(update(table).where(key == row[0]).values(older))

    def is_sending(self) -> bool:
        """Whether a message is between the gateway's taking it and our knowing that."""
        sending = select(tables.outbox.c.id).where(tables.outbox.c.state == tables.MessageState.SENDING)
        with self.database.read() as tx:
            return tx.execute(sending.limit(1)).first() is not None

    def close(self) -> None:
        """Let go of the database, if a test looked into it."""
        if "services" in self.__dict__:
            self.database.close()


@dataclass
class Phone:
    """Somebody's basic phone: it sends, dials, and reads what comes, in order."""

    counter: Counter
    number: str
    line: str = KENYA
    read: int = field(default=0)  # how many of the texts that came have been looked at

    @property
    def inbox(self) -> tuple[Send, ...]:
        """Every text that ever came, with the line that it came from."""
        return tuple(send for send in self.counter.gateway.sends if send.to == self.number)

    @property
    def texts(self) -> tuple[str, ...]:
        """The words of them."""
        return tuple(send.message for send in self.inbox)

    @property
    def unread(self) -> tuple[str, ...]:
        """The words of those that were not looked at yet."""
        return self.texts[self.read :]

    def send(self, text: str, *, line: str | None = None, copies: int = 1, at_once: bool = False) -> None:
        """Write to the line; an error unless the hook took it."""
        self.counter.deliver(number=self.number, line=line or self.line, text=text, copies=copies, at_once=at_once)

    def hears(self, pattern: str, *, seconds: float = PATIENCE) -> re.Match[str]:
        """Wait for a text with this pattern among those not looked at; it and those before it count as read."""
        wanted = re.compile(pattern, re.DOTALL | re.IGNORECASE)

        def found() -> re.Match[str] | None:
            for place, text in enumerate(self.unread):
                if match := wanted.search(text):
                    self.read += place + 1
                    return match
            return None

        try:
            match = until(found, seconds=seconds)
        except AssertionError:
            raise AssertionError(f"no text like {pattern!r} after {seconds} s; unread: {self.unread}") from None
        assert match is not None
        return match

    def asks(self, text: str, pattern: str, *, seconds: float = PATIENCE) -> re.Match[str]:
        """Send, and wait for the answer.

        Nobody reads and answers faster than the gateway's own reply comes back: what was being sent is settled first.
        """
        until(lambda: not self.counter.is_sending(), seconds=PATIENCE, what="a message is being sent for ever")
        self.read = len(self.texts)
        self.send(text)
        return self.hears(pattern, seconds=seconds)

    def dial(self, code: str = KENYA_DIALS, typed: str = "") -> Dialog:
        """Dial a USSD code."""
        self.counter.numbers.add(self.number)
        return self.counter.network.dial(phone=self.number, code=code, typed=typed)


@contextmanager
def open_counter(
    data: Path, *, database_url: str | None = None, reports: Reports | None = None, **settings: str
) -> Iterator[Counter]:
    """A whole installation on a fresh folder, started as people start it, with a stand-in that reports deliveries."""
    with start_stand_in(reports=reports or Reports()) as gateway:
        told = {
            "AFRICASTALKING_USERNAME": "guichet",
            "AFRICASTALKING_API_KEY": "a-key-of-the-stand-in",
            "AFRICASTALKING_API_URL": gateway.url,
            "GUICHET_SWEEP_SECONDS": "0.5",
            "GUICHET_HOLD_SECONDS": "2",
        }
        if database_url:
            told["GUICHET_DATABASE_URL"] = database_url
        guichet = RunningGuichet(data, told | settings)
        counter = Counter(guichet, gateway)
        try:
            guichet.start()
            gateway.hooks = f"{guichet.url}/hooks/africastalking/{guichet.hook_secret}"
            yield counter
        finally:
            guichet.end()
            counter.close()
