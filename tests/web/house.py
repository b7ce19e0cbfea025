"""A whole Guichet in this process: the application with its hooks, a worker's rounds by hand, people with phones."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from sms_gateway import conversations, flow_versions, outbox
from sms_gateway import services as services_
from sms_gateway.app import create_app
from sms_gateway.cases import desk
from sms_gateway.context import Services
from sms_gateway.demo import VOLUNTEERS
from sms_gateway.settings import Settings
from sms_gateway.store.tables import Role, accounts, cases, desks, organisations
from sms_gateway.store.tables import services as services_table
from sms_gateway.web import login_sessions
from sms_gateway.web.accounts import make_account
from sms_gateway.wiring import wire
from tests.clocks import FixedClock

PASSWORD = "une longue phrase"
DAY_AND_NIGHT = {str(day): [["00:00", "24:00"]] for day in range(7)}
LOGINS = {
    Role.VOLUNTEER: "awa",
    Role.COORDINATOR: "claire",
    Role.EDITOR: "paul",
    Role.AUDITOR: "odile",
}


@dataclass
class House:
    """What a test drives."""

    services: Services
    app: Flask
    ids: Iterator[int] = field(default_factory=count)

    # ---- phones ----

    def hook(self, name: str, **form: str) -> TestResponse:
        """Call a hook of the simulator as the network does."""
        secret = self.services.settings.hook_secrets[0]
        return self.app.test_client().post(f"/hooks/simulator/{secret}/{name}", data=form)

    def text(self, phone: str, words: str, *, line: str = "38000") -> None:
        """An SMS from a simulated phone."""
        answer = self.hook("sms", **{"id": f"t{next(self.ids)}", "from": phone, "to": line, "text": words})
        assert answer.status_code == 200, answer.text

    def ask_for_a_person(self, phone: str, words: str, *, line: str = "38000") -> int:
        """Somebody texts, asks for a person, and says what it is about; gives the number of their case."""
        before = self.numbers()
        for said in ("bonjour", "0", words):
            self.text(phone, said, line=line)
        return next(number for number in self.numbers() if number not in before)

    def numbers(self) -> list[int]:
        """The numbers of all cases, oldest first."""
        with self.services.database.read() as tx:
            return list(tx.execute(select(cases.c.number).order_by(cases.c.id)).scalars())

    def work(self) -> None:
        """What a worker does, once: events, deadlines, texts."""
        conversations.take_waiting(self.services)
        desk.act_on_deadlines(self.services, self.services.clock())
        desk.leave_due(self.services, self.services.clock())
        with self.services.database.read() as tx:
            due = outbox.due_messages(tx, now=self.services.clock())
        for message_id in due:
            while claimed := outbox.claim(self.services, message_id, now=self.services.clock()):
                outbox.deliver(self.services, claimed)

    # ---- accounts ----

    def account(self, login: str, role: Role, **more: Any) -> int:
        """An account with the password of the tests."""
        return make_account(self.services, login=login, password=PASSWORD, role=role, **more)

    def visitor(self, **options: Any) -> "Visitor":
        """A browser of its own, without scripts, reading French."""
        return Visitor(self.app.test_client(**options))

    def signed_in(self, login: str) -> "Visitor":
        """The same, signed in; without the password, which is slow to check on purpose."""
        visitor = self.visitor()
        visitor.client.set_cookie(login_sessions.COOKIE, self.token_of(login))
        return visitor

    def token_of(self, login: str) -> str:
        """What the cookie of somebody who has just signed in holds."""
        with self.services.database.write() as tx:
            row = tx.execute(select(accounts).where(accounts.c.login == login)).one()
            return login_sessions.begin(tx, row.id, row.organisation_id, now=self.services.clock())

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve on a port of this machine, with a worker beside it; gives the address."""
        server = make_server("127.0.0.1", 0, self.app, threaded=True)
        over = threading.Event()

        def rounds() -> None:
            while not over.wait(0.1):
                self.work()

        threads = [threading.Thread(target=server.serve_forever), threading.Thread(target=rounds)]
        for thread in threads:
            thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            over.set()
            server.shutdown()
            server.server_close()
            for thread in threads:
                thread.join()


@dataclass
class Visitor:
    """Somebody at a browser: their cookies, and the token of their forms."""

    client: FlaskClient

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        headers = {"Accept-Language": "fr"} | options.pop("headers", {})
        return self.client.get(path, headers=headers, buffered=True, **options)

    def post(self, path: str, form: dict[str, str] | None = None, **options: Any) -> TestResponse:
        """Send a form with the token that the pages give."""
        return self.client.post(
            path,
            data={"csrf_token": self.token()} | (form or {}),
            headers={"Accept-Language": "fr"} | options.pop("headers", {}),
            **options,
        )

    def token(self) -> str:
        """The token of this browser's forms."""
        page = self.client.get("/logout").text
        return page.partition('name="csrf_token" value="')[2].partition('"')[0]

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        """Fill in the login page."""
        return self.post("/login", {"login": login, "password": password})

    def cookie(self, name: str) -> str:
        """The value of a cookie."""
        found = self.client.get_cookie(name)
        assert found is not None
        return found.value


def prepare(settings: Settings, clock: FixedClock) -> None:
    """Fill a database with the demo services, open day and night, and an account of each role."""
    house = open_house(settings, clock)
    services = house.services
    services_.ensure(services)
    flow_versions.register_shipped(services)
    with services.database.write() as tx:
        tx.execute(update(services_table).values(hours=DAY_AND_NIGHT))
    for one in VOLUNTEERS.values():
        house.account(
            one.login, one.role, name=one.name, language=one.language, phone=one.phone, languages=one.languages,
            regions=one.regions,
        )  # fmt: skip
    for role in (Role.COORDINATOR, Role.EDITOR, Role.AUDITOR):
        house.account(LOGINS[role], role, name=LOGINS[role].capitalize())
    services.database.close()


def open_house(settings: Settings, clock: FixedClock | None = None) -> House:
    """The application on a prepared database; on the machine's own clock where none is given."""
    services = wire(settings, doorbell=False)
    if clock is not None:
        services = replace(services, clock=clock)
    return House(services, create_app(services))


def add_organisation(house: House, code: str) -> None:
    """Another organisation with a service of its own, in the same installation."""
    now = house.services.clock()
    with house.services.database.write() as tx:
        made = insert(organisations).values(code=code, name=code, created_at=now).returning(organisations.c.id)
        organisation_id = tx.execute(made).scalar_one()
        service = insert(services_table).values(
            organisation_id=organisation_id, code=code, name=code, country="france", languages=["fr"],
            timezone="Europe/Paris",
        )  # fmt: skip
        service_id = tx.execute(service.returning(services_table.c.id)).scalar_one()
        tx.execute(insert(desks).values(organisation_id=organisation_id, service_id=service_id, name=code))
