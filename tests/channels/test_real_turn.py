"""With the real turn behind the hooks: a database that is away costs a dial an apology, a text time, words nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from flows import alphabet
from sms_gateway import hooks, spool
from sms_gateway import services as services_
from sms_gateway.context import Services
from sms_gateway.flow_versions import register_shipped
from sms_gateway.store.database import Database
from sms_gateway.store.tables import EventKind, delivery_reports, events, outbox
from sms_gateway.wiring import wire
from tests.databases import settings_for
from tests.running import free_port
from tests.scale import scaled

PHONE = "+254711082300"
TEXT = {"id": "AT-1", "from": PHONE, "to": "22384", "text": "hello"}
HOP = {"sessionId": "ATUid_1", "phoneNumber": PHONE, "serviceCode": "*384*77#", "text": ""}


@pytest.fixture
def services(sqlite_url: str, tmp_path: Path) -> Iterator[Services]:
    made = wire(settings_for(tmp_path, sqlite_url), doorbell=False)
    services_.ensure(made)
    register_shipped(made)
    yield made
    made.database.close()


@contextmanager
def away(services: Services) -> Iterator[Services]:
    """The same installation, its database at an address where nobody answers."""
    nowhere = Database(f"postgresql+psycopg://127.0.0.1:{free_port()}/guichet")
    yield replace(services, database=nowhere)
    nowhere.close()


def client(services: Services, counted: list[str] | None = None) -> FlaskClient:
    app = Flask(__name__)
    outcomes: list[str] = [] if counted is None else counted
    app.register_blueprint(hooks.blueprint(services, count=outcomes.append))
    return app.test_client()


def address(services: Services, hook: str) -> str:
    return f"/hooks/africastalking/{services.settings.hook_secrets[0]}/{hook}"


def stored(services: Services, kind: EventKind) -> int:
    with services.database.read() as tx:
        return tx.execute(select(func.count()).select_from(events).where(events.c.kind == kind)).scalar_one()


def test_a_dial_gets_the_machines_apology_with_the_countrys_emergency_number(services: Services) -> None:
    with away(services) as without:
        answer = client(without).post(address(services, "ussd"), data=HOP)
    assert answer.status_code == 200
    assert answer.get_data(as_text=True) == (
        "END Sorry, we have a breakdown. Try again in 10 minutes. In danger? Call 112."
    )


def test_an_unknown_code_gets_a_screen_too(services: Services) -> None:
    answer = client(services).post(address(services, "ussd"), data=HOP | {"serviceCode": "*1#"})
    assert answer.status_code == 200
    assert answer.get_data(as_text=True).startswith("END ")


def test_a_dial_is_served_and_its_repeat_is_the_same_bytes(services: Services) -> None:
    answers = [client(services).post(address(services, "ussd"), data=HOP) for _ in range(3)]
    assert len({answer.data for answer in answers}) == 1
    assert answers[0].get_data(as_text=True).startswith("CON ")
    assert stored(services, EventKind.HOP) == 1


def test_what_came_meanwhile_is_taken_once_in_its_order_when_the_database_is_back(services: Services) -> None:
    texts = [TEXT | {"id": f"AT-{number}", "text": text} for number, text in enumerate(("hello", "1", "2"))]
    report = {"id": "ATXid_9", "status": "Success", "phoneNumber": PHONE}
    with away(services) as without:
        asked = client(without)
        answers = [asked.post(address(services, "sms"), data=text) for text in [*texts, texts[0]]]
        answers.append(asked.post(address(services, "delivery"), data=report))
        assert [answer.status_code for answer in answers] == [200] * 5
        assert spool.drain(without) == 0
    assert stored(services, EventKind.TEXT) == 0

    assert spool.drain(services) == 5
    assert stored(services, EventKind.TEXT) == 3
    assert spool.set_aside(services) == []
    with services.database.read() as tx:
        keys = tx.execute(select(events.c.delivery_key).order_by(events.c.id)).scalars().all()
        assert keys == ["AT-0", "AT-1", "AT-2"]
        assert tx.execute(select(func.count()).select_from(delivery_reports)).scalar_one() == 1
        sent = tx.execute(select(func.count()).select_from(outbox)).scalar_one()
    assert sent > 0
    client(services).post(address(services, "sms"), data=texts[0])
    with services.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(outbox)).scalar_one() == sent


@settings(deadline=None, max_examples=scaled(2_000), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hook=st.sampled_from(["sms", "ussd", "ussd-end", "delivery", "optout"]),
    words=st.text(max_size=200) | st.sampled_from(["0", "1", "00", "STOP", "ERASE", "menu", "9", "8", "1*" * 3_000]),
    person=st.integers(0, 5),
    session=st.integers(0, 3),
    again=st.integers(0, 40),
)
def test_no_words_get_a_server_error_from_a_real_turn(
    services: Services, hook: str, words: str, person: int, session: int, again: int
) -> None:
    phone = f"+25471108230{person}"
    form = {
        "id": f"AT-{again}-{hash(words)}",
        "from": phone,
        "to": "22384",
        "text": words.encode("utf-8", "replace").decode(),
        "sessionId": f"ATUid_{session}",
        "phoneNumber": phone,
        "serviceCode": "*384*77#",
        "status": words[:40] or "Success",
        "senderId": "22384",
    }
    counted: list[str] = []
    answer = client(services, counted).post(address(services, hook), data=form)
    assert counted != ["hook_ussd_failed"], "an apology that hides a bug"
    assert answer.status_code == 200 or (answer.status_code == 400 and hook == "delivery"), answer.data
    if hook == "ussd":
        screen = answer.get_data(as_text=True)
        assert screen.startswith(("CON ", "END "))
        assert alphabet.measure(screen[4:]).units <= 182
