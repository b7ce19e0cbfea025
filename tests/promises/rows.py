"""What the rows of an installation must say after anything that happened: the invariants of chaos, as sentences."""

from collections import Counter as Tally
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from sms_gateway.store.tables import CaseState, EventKind, MessageState, accounts, cases, events, outbox, person_keys
from tests.story.counter import Counter
from tests.waiting import until

ENDED = {MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED, MessageState.CANCELLED}
LEFT = {MessageState.SENT, MessageState.DELIVERED}


@dataclass(frozen=True)
class Message:
    """A row of the outbox, with its words opened."""

    id: int
    lane: str
    number: int
    kind: str
    state: MessageState
    body: str
    event_id: int | None
    due: datetime | None
    resent: bool


def messages(counter: Counter) -> list[Message]:
    """The whole outbox, phone by phone, in the order in which it should leave."""
    query = (
        select(outbox, person_keys.c.sealed_key)
        .outerjoin(person_keys, person_keys.c.person_id == outbox.c.person_id)
        .order_by(outbox.c.lane, outbox.c.number)
    )
    found = []
    with counter.database.read() as tx:
        for row in tx.execute(query):
            seal = counter.sealer.team if row.person_id is None else counter.sealer.person(row.sealed_key)
            due = row.lease_until or row.not_before
            state = MessageState(row.state)
            body = seal.open(row.body)
            found.append(Message(row.id, row.lane, row.number, row.kind, state, body, row.event_id, due, row.resent))
    return found


def unsettled(counter: Counter) -> list[int]:
    """The ids of what has not left yet."""
    query = select(outbox.c.id).where(outbox.c.state.not_in(ENDED))
    with counter.database.read() as tx:
        return list(tx.execute(query).scalars())


def wait_until_still(counter: Counter, *, seconds: float = 30) -> None:
    """Wait until nothing is left to do now: all texts have left, all events are taken, no case is due."""

    def busy() -> list[str]:
        now = datetime.now(UTC)
        due = select(cases.c.number).where(cases.c.state != CaseState.CLOSED, cases.c.next_deadline <= now)
        with counter.database.read() as tx:
            waiting = list(tx.execute(select(events.c.id).where(events.c.taken_at.is_(None))).scalars())
            late = list(tx.execute(due).scalars())
        return [f"messages {unsettled(counter)}"] * bool(unsettled(counter)) + [
            f"{name} {ids}" for name, ids in (("events", waiting), ("cases", late)) if ids
        ]

    try:
        until(lambda: not busy(), seconds=seconds)
    except AssertionError:
        raise AssertionError(f"still busy after {seconds} s: {busy()}") from None


def broken(counter: Counter) -> list[str]:
    """Every sentence here is a promise that was broken; an empty list is what we want."""
    said = messages(counter)
    phones = sorted(counter.numbers.union(team_phones(counter)))
    with counter.database.read() as tx:
        found = [*_lost(tx, counter.taken), *_not_taken(tx), *_silent(tx)]
    return [*found, *_neither_gone_nor_due(said), *_not_as_written(counter, said, phones)]


def _lost(tx: Connection, acknowledged: Iterable[str]) -> Iterator[str]:
    stored = Tally(tx.execute(select(events.c.delivery_key).where(events.c.kind == EventKind.TEXT)).scalars())
    for key, times in Tally(acknowledged).items():
        if times != 1 or stored[key] != 1:
            yield f"text {key}: acknowledged {times} times, stored {stored[key]} times"
    for key in set(stored) - set(acknowledged):
        yield f"text {key} is stored, and nobody sent it"


def _not_taken(tx: Connection) -> Iterator[str]:
    for row in tx.execute(select(events.c.id, events.c.kind).where(events.c.taken_at.is_(None))):
        yield f"event {row.id} ({row.kind}) belongs to no turn"


def _silent(tx: Connection) -> Iterator[str]:
    """An open case has a moment at which something happens, and it is not long past."""
    late = datetime.now(UTC) - timedelta(seconds=60)
    for row in tx.execute(select(cases).where(cases.c.state != CaseState.CLOSED)):
        if row.next_deadline is None or row.next_deadline < late:
            yield f"case {row.number} ({row.state}) waits for nothing: its deadline is {row.next_deadline}"


def _neither_gone_nor_due(said: list[Message]) -> Iterator[str]:
    for message in said:
        if message.state not in ENDED and message.due is None:
            yield f"message {message.id} is {message.state} for ever"
        if message.state is MessageState.FAILED:
            yield f"message {message.id} failed, and no gateway of this test refuses anything"


def _not_as_written(counter: Counter, said: list[Message], phones: Iterable[str]) -> Iterator[str]:
    """Each phone got the words of its messages, each once, in their order."""
    for phone in phones:
        lanes = set(counter.sealer.lanes(phone))
        written = [message.body for message in said if message.lane in lanes and message.state in LEFT]
        arrived = [send.message for send in counter.gateway.sends if send.to == phone]
        if written == arrived:
            continue
        missing, more = Tally(written) - Tally(arrived), Tally(arrived) - Tally(written)
        if missing:
            yield f"{phone[-4:]}: {sum(missing.values())} texts never came: {list(missing)}"
        if more:
            yield f"{phone[-4:]}: {sum(more.values())} texts came too often: {list(more)}"
        if not missing and not more:
            yield f"{phone[-4:]}: its texts came in another order"


def team_phones(counter: Counter) -> list[str]:
    """The phones of volunteers and coordinators."""
    with counter.database.read() as tx:
        sealed = tx.execute(select(accounts.c.phone).where(accounts.c.phone.is_not(None))).scalars().all()
    return [counter.sealer.team.open(phone) for phone in sealed]


def errors_in_logs(counter: Counter) -> list[str]:
    """What the processes logged as errors: for whoever reads why a test failed."""
    lines = [line for path in sorted(counter.settings.logs.glob("*.jsonl")) for line in path.read_text().splitlines()]
    return [line for line in lines if '"level": "error"' in line]
