"""What one turn costs in process: statements, commits and milliseconds, counted on the real database."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median

from sqlalchemy import event

from sms_gateway import conversations
from sms_gateway.channels.base import InboundHop, InboundText
from sms_gateway.context import Services
from tests.bench.installation import Installation

TURNS = 100
_serial = count(1)


@dataclass(frozen=True)
class Cost:
    """One turn in the middle of a flow. `statements` are those between its BEGIN and its COMMIT."""

    turn: str
    statements: tuple[str, ...]
    commits: int
    milliseconds: float


def costs(installation: Installation) -> list[Cost]:
    """A hop and a text."""
    services = installation.services()
    try:
        return [
            _cost(services, f"a USSD hop, {installation.kind}", _hops),
            _cost(services, f"a text, {installation.kind}", _texts),
        ]
    finally:
        services.database.close()


def _cost(services: Services, name: str, talk: Callable[[Services], Callable[[], object]]) -> Cost:
    turn = talk(services)
    for _ in range(8):  # statements compiled, flows too; even, so that the person stands where they stood
        turn()
    said: list[str] = []
    commits: list[object] = []
    with _Heard(services, said, commits):
        turn()
        turn()
    times = []
    for _ in range(TURNS):
        began = time.perf_counter()
        turn()
        times.append(time.perf_counter() - began)
    first = said[1 : said.index(said[0], 1)]  # of two alike turns, the first one after its BEGIN
    return Cost(name, tuple(first), len(commits) // 2, round(median(times) * 1e3, 2))


class _Heard:
    """Listens to what goes to the database while it is open."""

    def __init__(self, services: Services, said: list[str], commits: list[object]) -> None:
        self.engine = services.database.engine
        self.on_statement = lambda _c, _cursor, statement, *_: said.append(" ".join(statement.split()))
        self.on_commit = commits.append

    def __enter__(self) -> None:
        event.listen(self.engine, "before_cursor_execute", self.on_statement)
        event.listen(self.engine, "commit", self.on_commit)

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self.on_statement)
        event.remove(self.engine, "commit", self.on_commit)


def _hops(services: Services) -> Callable[[], object]:
    """One phone in a flow, going on and back again; a new session in time, as networks end them."""
    phone, session, typed = f"+25474{next(_serial):07d}", "", ""

    def hop(key: str) -> object:
        nonlocal typed
        typed = f"{typed}*{key}" if typed else key
        number = next(_serial)
        return conversations.receive_hop(
            services, InboundHop("africastalking", f"cost-{number}", session, "*384*77#", phone, typed)
        )

    def turn() -> object:
        nonlocal session, typed
        if not session or len(typed) > 60:
            session, typed = f"cost-{next(_serial)}", ""
            hop("")
            hop("1")
        forward = typed.endswith("9") or typed == "1"
        return hop("1" if forward else "9")

    return turn


def _texts(services: Services) -> Callable[[], object]:
    """Phones in a flow, going on and back again; the next phone before one has had too many answers."""
    phone, sent = "", 0
    moment = datetime.now(UTC)

    def text(words: str) -> None:
        nonlocal sent, moment
        sent += 1
        moment += timedelta(seconds=1)
        form = InboundText("africastalking", f"cost-{next(_serial)}", "22384", phone, words, moment)
        conversations.receive_text(services, form)

    def turn() -> None:
        nonlocal phone, sent
        if not phone or sent > 40:
            phone, sent = f"+25475{next(_serial):07d}", 0
            text("lost id")
        text("1" if sent % 2 else "9")

    return turn
