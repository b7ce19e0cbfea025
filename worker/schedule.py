"""What runs again and again, from the database, with Redis or without: whatever no doorbell woke is found here."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import text

from sms_gateway import conversations, outbox, retention, settling, spool
from sms_gateway.cases import desk
from sms_gateway.context import Services
from sms_gateway.store import journal

log = structlog.get_logger(__name__)

_CHAIN_LOCK = 7_221_884_202
_SENT_A_SWEEP = 200
_SENDERS = 4
TIMERS_SECONDS = 10  # nobody waits for what comes days later


@dataclass(frozen=True)
class Chore:
    """Something that is done every so many seconds; `run` gives how much it did."""

    name: str
    every_seconds: float
    run: Callable[[Services], int]


def chores(services: Services) -> tuple[Chore, ...]:
    """Every chore of an installation, the quickest first."""
    often = services.settings.sweep_seconds
    return (
        Chore("outbox", often, sweep_outbox),
        Chore("mailbox", often, conversations.take_waiting),
        Chore("spool", often, spool.drain),
        Chore("withdrawn", often, conversations.leave_withdrawn),
        Chore("answers", often, lambda services: desk.raise_answers(services, services.clock())),
        Chore("deadlines", often, lambda services: desk.act_on_deadlines(services, services.clock())),
        Chore("held answers", often, lambda services: desk.leave_due(services, services.clock())),
        Chore("timers", max(often, TIMERS_SECONDS), conversations.ring_timers),
        Chore("journal", 60, chain_journal),
        Chore("retention", 300, retention.forget_what_is_past),
    )


def sweep_outbox(services: Services) -> int:
    """Settle what is unknown, then send what is due here and now: with Redis stopped nobody else would."""
    now = services.clock()
    settling.settle_lapsed(services, now=now)
    with services.database.read() as tx:
        due = outbox.due_messages(tx, now=now, limit=_SENT_A_SWEEP)
    with ThreadPoolExecutor(_SENDERS) as senders:  # one gateway that hangs must not hold up every phone
        list(senders.map(lambda message_id: _send(services, message_id), due))
    return len(due)


def _send(services: Services, message_id: int) -> None:
    if claimed := outbox.claim(services, message_id, now=services.clock()):
        outbox.deliver(services, claimed)


def chain_journal(services: Services) -> int:
    """Link the journal's new lines; one process at a time."""
    now = services.clock()
    with services.database.write() as tx:
        if tx.dialect.name == "postgresql":
            free = tx.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK}).scalar_one()
            if not free:
                return 0
        return journal.chain(tx, now=now, settled_before=now - timedelta(seconds=30))


def sweep_until(services: Services, stopped: threading.Event) -> None:
    """Do every chore at its time until `stopped` is set. One that fails is logged, and tried again at its next time."""
    due = dict.fromkeys((chore.name for chore in chores(services)), 0.0)
    while not stopped.is_set():
        for chore in chores(services):
            if time.monotonic() >= due[chore.name] and not stopped.is_set():
                _run(services, chore)
                due[chore.name] = time.monotonic() + chore.every_seconds
        stopped.wait(min(due.values()) - time.monotonic())


def _run(services: Services, chore: Chore) -> None:
    try:
        done = chore.run(services)
    except Exception:  # the outermost loop: one chore's fault must not stop the others
        log.exception("chore_failed", chore=chore.name)
        return
    if done:
        log.info("chore_done", chore=chore.name, count=done)
