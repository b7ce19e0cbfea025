"""Texts that leave: the worker through the stand-in of a gateway, beside bare requests to the same stand-in."""

import time
from collections.abc import Callable
from itertools import count

import requests

from sms_gateway import outbox
from sms_gateway import services as services_
from sms_gateway.context import Services
from sms_gateway.store import people
from sms_gateway.store.people import Person
from sms_gateway.store.tables import MessageKind
from tests.bench.installation import Installation, process
from tests.bench.rounds import Figure, compare
from tests.running import free_port
from tests.waiting import until

TEXTS = 30  # of one round, each to a phone of its own
BODY = "Bring the abstract to a Huduma Centre or an NRB office. Bring your ID number, if you know it."

_serial = count(1)


def figure(installation: Installation) -> Figure:
    """Texts a second, from the commit that adds them until the gateway has the last one."""
    gateway = f"http://127.0.0.1:{(port := free_port())}"
    account = {
        "AFRICASTALKING_USERNAME": "guichet",
        "AFRICASTALKING_API_KEY": "a-key-of-the-stand-in",
        "AFRICASTALKING_API_URL": gateway,
    }
    environment = installation.environment(**account, GUICHET_SWEEP_SECONDS="2")
    stand_in = process(
        "-m",
        "tests.stand_ins.africastalking",
        str(port),
        environment=environment,
        answers=f"{gateway}/control/sends",
    )
    with stand_in, process("-m", "worker", environment=environment):
        services = installation.services(doorbell=True, **account)
        ready, line_id = _people(services)
        try:
            return compare(
                f"texts that leave, {installation.kind}",
                unit="texts a second",
                beside="bare requests to the same gateway, one after the other",
                ours=lambda: _rate(gateway, lambda: _add(services, ready, line_id)),
                floor=lambda: _rate(gateway, lambda: _post(gateway)),
                quicker=True,
            )
        finally:
            services.database.close()


def _rate(gateway: str, send: Callable[[], None]) -> float:
    requests.post(f"{gateway}/control/forget", json={}, timeout=10)
    began = time.perf_counter()
    send()
    until(lambda: len(requests.get(f"{gateway}/control/sends", timeout=10).json()) >= TEXTS, seconds=60)
    return TEXTS / (time.perf_counter() - began)


def _add(services: Services, ready: list[Person], line_id: int) -> None:
    with services.database.write() as tx:
        for person in ready:
            outbox.add_to_person(
                tx, services, person, body=BODY, kind=MessageKind.REPLY, now=services.clock(), line_id=line_id
            )


def _post(gateway: str) -> None:
    for _ in range(TEXTS):
        form = {"username": "guichet", "to": f"+25472{next(_serial):07d}", "message": BODY, "from": "22384"}
        answer = requests.post(
            f"{gateway}/version1/messaging", data=form, headers={"apiKey": "a-key-of-the-stand-in"}, timeout=10
        )
        answer.raise_for_status()


def _people(services: Services) -> tuple[list[Person], int]:
    """As many people as one round sends texts, and the line that theirs leave from."""
    now = services.clock()
    with services.database.write() as tx:
        found = services_.by_line(tx, channel="africastalking", kind="sms", address="22384")
        assert found is not None
        service, line = found
        made = [
            people.lock_or_create(
                tx,
                services.sealer,
                organisation_id=service.organisation_id,
                service_id=service.id,
                phone=f"+25473{number:07d}",
                language="en",
                now=now,
            )
            for number in range(TEXTS)
        ]
    return made, line.id
