"""A small town for tests of cases: one service, its volunteers and coordinators, people with phones; no gateway."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from sms_gateway import services as services_
from sms_gateway.cases import by_sms, desk
from sms_gateway.context import Services
from sms_gateway.services import Service
from sms_gateway.settings import Settings
from sms_gateway.store import mailbox, people
from sms_gateway.store.people import Person
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import EventKind, MessageState, Role, accounts, cases, outbox
from sms_gateway.store.tables import services as services_table
from sms_gateway.wiring import wire
from tests.clocks import FixedClock

FRANCE = "france"
LINE = "38000"


@dataclass
class Town:
    """What a test drives: time, texts in, texts out, and the desk itself."""

    services: Services
    service: Service
    clock: FixedClock
    events: int = 0

    @property
    def now(self) -> Any:
        return self.clock()

    @property
    def line_id(self) -> int:
        return next(line.id for line in self.service.lines if line.address == LINE and line.channel != "simulator")

    def account(self, name: str, *, role: Role = Role.VOLUNTEER, phone: str | None = None, **columns: Any) -> int:
        """A new account; its id."""
        team = self.services.sealer
        row = {
            "organisation_id": self.service.organisation_id,
            "login": name.lower(),
            "role": role,
            "name": name,
            "password_hash": "-",
            "language": "fr",
            "lane": team.lane(phone) if phone else None,
            "phone": team.team.seal(phone) if phone else None,
            "languages": [],
            "topics": [],
            "regions": [],
            "created_at": self.now,
        } | columns
        with self.services.database.write() as tx:
            if phone:
                people.ensure_lane(tx, team.lane(phone))
            return int(tx.execute(insert(accounts).values(**row).returning(accounts.c.id)).scalar_one())

    def scope(self, account_id: int, role: Role = Role.VOLUNTEER) -> Scope:
        return Scope(self.service.organisation_id, role, account_id)

    # ---- people ----

    def as_person(self, phone: str, act: Callable[[Any, Person], Any]) -> Any:
        """Run `act(tx, person)` in a turn's transaction, the person locked."""
        with self.services.database.write() as tx:
            person = people.lock_or_create(
                tx,
                self.services.sealer,
                organisation_id=self.service.organisation_id,
                service_id=self.service.id,
                phone=phone,
                language="fr",
                now=self.now,
            )
            people.change(tx, person.id, sms_line_id=self.line_id)
            return act(tx, replace(person, sms_line_id=self.line_id))

    def asks(self, phone: str, words: str = "Ma carte est perdue", **more: Any) -> desk.Promise:
        """A person asks for a person."""
        settings = {
            "line_id": self.line_id,
            "topic": "papiers",
            "summary": "Carte perdue, 34 ans",
            "words": words,
            "event_id": None,
            "reason": "asked",
            "severity": 2,
            "danger": None,
            "answer_within_minutes": None,
            "language": "fr",
            "discreet": False,
        } | more

        def act(tx: Any, person: Person) -> Any:
            return desk.open_case(tx, self.services, person, self.service, now=self.now, **settings)

        return self.as_person(phone, act)

    def writes(self, phone: str, words: str) -> desk.Wrote | None:
        """A person writes while a case is open."""

        def act(tx: Any, person: Person) -> Any:
            return desk.citizen_wrote(tx, self.services, person, self.service, event_id=None, words=words, now=self.now)

        return self.as_person(phone, act)

    def standing(self, phone: str) -> desk.Standing | None:
        return self.as_person(phone, lambda tx, person: desk.standing(tx, person, now=self.now))

    # ---- volunteers' phones ----

    def volunteer_texts(self, account_id: int, text: str) -> None:
        """A volunteer's phone sends a text."""
        self.events += 1
        with self.services.database.write() as tx:
            account = tx.execute(select(accounts).where(accounts.c.id == account_id)).one()
            event_id = mailbox.put(
                tx,
                organisation_id=self.service.organisation_id,
                service_id=self.service.id,
                kind=EventKind.TEXT,
                channel="test",
                delivery_key=f"{account_id}/{self.events}",
                now=self.now,
                account_id=account_id,
            )
            assert event_id is not None
            by_sms.take_text(
                tx, self.services, account, line_id=self.line_id, event_id=event_id, text=text, now=self.now
            )

    # ---- what left, what is ----

    def texts_to_account(self, account_id: int) -> list[str]:
        """Every text to a volunteer's phone, in its order."""
        with self.services.database.read() as tx:
            rows = tx.execute(select(outbox.c.body).where(outbox.c.account_id == account_id).order_by(outbox.c.number))
            return [self.services.sealer.team.open(row.body) for row in rows]

    def texts_to(self, phone: str) -> list[str]:
        """Every text to a person, in its order."""

        def act(tx: Any, person: Person) -> list[str]:
            rows = tx.execute(select(outbox.c.body).where(outbox.c.person_id == person.id).order_by(outbox.c.number))
            return [person.words.open(row.body) for row in rows]

        return self.as_person(phone, act)

    def everything_leaves(self) -> None:
        """Every waiting text is sent."""
        with self.services.database.write() as tx:
            tx.execute(update(outbox).where(outbox.c.state == MessageState.WAITING).values(state=MessageState.SENT))

    def case(self, number: int) -> Any:
        with self.services.database.read() as tx:
            return tx.execute(select(cases).where(cases.c.number == number)).one()

    def row(self, account_id: int) -> Any:
        with self.services.database.read() as tx:
            return tx.execute(select(accounts).where(accounts.c.id == account_id)).one()

    def row_of(self, login: str) -> Any:
        with self.services.database.read() as tx:
            return tx.execute(select(accounts).where(accounts.c.login == login)).one()

    # ---- time ----

    def sweep(self) -> int:
        """The sweeper passes until nothing is due."""
        total = 0
        for _ in range(50):
            moved = desk.act_on_deadlines(self.services, self.now)
            self.everything_leaves()
            total += moved
            if not moved:
                return total
        raise AssertionError("the sweeper never came to rest")

    def pass_time(self, **duration: float) -> None:
        """Let time pass minute by minute, the sweeper beside it."""
        end = self.now + timedelta(**duration)
        while self.now < end:
            self.clock.set(min(end, self.now + timedelta(minutes=1)))
            self.sweep()


def build(settings: Settings, clock: FixedClock) -> Town:
    """A town on an empty database: the demo services, open Monday to Saturday from 8 to 20, nobody in them."""
    services = replace(wire(settings, doorbell=False), clock=clock)
    services_.ensure(services)
    with services.database.write() as tx:
        tx.execute(update(services_table).values(hours={str(day): [["08:00", "20:00"]] for day in range(6)}))
        france = next(one for one in services_.all_services(tx) if one.code == FRANCE)
    return Town(services, france, clock)
