"""A small town in which anything may happen: phones, pages, a clock, a gateway with moods, processes that die.

Everything goes by the real doors and over a real database. Nothing here judges; `desk_truths` does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import event, func, select, update

from sms_gateway import conversations, flow_versions, outbox, settling
from sms_gateway import services as services_
from sms_gateway.cases import desk
from sms_gateway.channels.base import (
    Accepted,
    DeliveryReport,
    InboundText,
    OptedOut,
    OutboundText,
    RefusalKind,
    Refused,
    ReportStatus,
    Result,
    Unknown,
)
from sms_gateway.context import Services
from sms_gateway.errors import StoreUnavailable
from sms_gateway.flow_versions import in_use
from sms_gateway.settings import Settings
from sms_gateway.store import people
from sms_gateway.store.tables import CaseState, MessageState, Role, accounts, cases, timers
from sms_gateway.store.tables import outbox as outbox_table
from sms_gateway.wiring import wire
from tests.cases import town
from tests.cases.town import LINE, Town
from tests.clocks import FixedClock

CHANNEL = "africastalking"
CITIZENS = {"Ada": "+33698765401", "Bill": "+33698765402", "Chi": "+33698765403"}
PHONES = {"Anne": "+33612345001", "Marc": "+33612345002", "Chef": "+33612345009", "Claire": "+33612345008"}
VOLUNTEERS = ("Anne", "Marc", "Zoe")  # Zoe has no phone
CHIEFS = ("Chef", "Claire")
EVERY_FEW = timedelta(minutes=2)  # the clock never moves on for longer without a sweep, but while the workers are down


BEGAN = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Paris


class Crash(BaseException):
    """The process is gone, in the midst of something; nothing in it may catch this."""


@dataclass
class Moody:
    """A gateway that does as its mood says, for a few texts; `left` is what reached phones, in order."""

    moods: list[str] = field(default_factory=list)
    left: list[OutboundText] = field(default_factory=list)
    taken: list[tuple[str, OutboundText]] = field(default_factory=list)  # by the gateway's id: reports may come
    name: str = CHANNEL

    def send(self, message: OutboundText) -> Result:
        """Take, refuse, or leave nobody knowing; or the sender dies in the call."""
        mood = self.moods.pop(0) if self.moods else "takes"
        if mood == "refuses for now":
            return Refused("busy", RefusalKind.TEMPORARY)
        if mood == "refuses for good":
            return Refused("no such number", RefusalKind.PERMANENT)
        if mood in {"loses it", "dies before"}:
            return self._nobody_knows(mood)
        gateway_id = f"gw-{len(self.taken) + 1}"
        self.left.append(message)
        self.taken.append((gateway_id, message))
        if mood in {"takes it silently", "dies after"}:
            return self._nobody_knows(mood)
        return Accepted(gateway_id)

    def _nobody_knows(self, mood: str) -> Result:
        if mood.startswith("dies"):
            raise Crash
        return Unknown("no answer")


MOODS = (
    "takes",
    "refuses for now",
    "refuses for good",
    "loses it",
    "takes it silently",
    "dies before",
    "dies after",
)


@dataclass
class World:
    """The town, what it was told, and what it was promised."""

    place: Town
    gateway: Moody
    ids: dict[str, int]  # accounts by name
    redis: str = "absent"  # absent: bells are heard by nobody; there: they wait for a worker; dying
    rung: list[tuple[str, int]] = field(default_factory=list)
    texts: int = 0
    accepted: dict[str, InboundText] = field(default_factory=dict)  # we have said 200
    coming: list[InboundText] = field(default_factory=list)  # on their way: late, or sent again by the gateway
    swept_at: datetime | None = None
    workers_down: bool = False  # since the last sweep; what lapsed meanwhile could be said by nobody
    pressed_again: set[int] = field(default_factory=set)  # messages that a person sent once more
    faults: int = 0  # of ours, that were played
    _planned: int | None = None  # statements until the next process dies
    _dies_in: int | None = None  # and those that are left to the one that works now
    _dies_of: BaseException = field(default_factory=Crash)

    # ---- what breaks ----

    def one_more(self) -> None:
        """One more statement or commit: the process that works now may die before it."""
        if self._dies_in is None:
            return
        self._dies_in -= 1
        if self._dies_in < 0:
            self._dies_in = None
            self.faults += not isinstance(self._dies_of, Crash)
            raise self._dies_of

    def breaks_in(self, statements: int, *, of: BaseException) -> None:
        """The next process dies (Crash), or runs into a fault of ours, after so many statements and commits."""
        self._planned, self._dies_of = statements, of

    @contextmanager
    def _a_process(self) -> Iterator[None]:
        """What is done inside is done by a process that may die; what is read outside is read by the test."""
        self._dies_in, self._planned = self._planned, None
        try:
            yield
        finally:
            self._dies_in = None

    def may_die(self, act: Callable[[], object]) -> bool:
        """Do something that may be cut off; True where it was."""
        try:
            with self._a_process():
                act()
        except Crash:
            return True
        return False

    def _may_fail(self, act: Callable[[], object]) -> bool:
        """As `may_die`; what runs again and again also outlives a fault of ours."""
        try:
            return self.may_die(act)
        except RuntimeError:
            return True

    def ring(self, job: str, row_id: int) -> None:
        """The doorbell, as Redis is at this moment."""
        if self.redis == "dying":
            self.redis = "absent"
            raise Crash
        if self.redis == "there":
            self.rung.append((job, row_id))

    # ---- texts that come in ----

    def text(self, phone: str, words: str) -> InboundText:
        """A text that somebody has sent; it is on its way."""
        self.texts += 1
        return InboundText(CHANNEL, f"key-{self.texts}", LINE, phone, words)

    def deliver(self, inbound: InboundText) -> bool:
        """The gateway hands us a text; True where it heard 200. Else it comes again."""
        try:
            with self._a_process():
                conversations.receive_text(self.place.services, inbound)
        except (Crash, StoreUnavailable):
            self.coming.append(inbound)
            return False
        self.accepted[inbound.delivery_key] = inbound
        return True

    def opts_out(self, phone: str) -> None:
        """The network says that a phone wants no more texts."""
        self.texts += 1
        conversations.receive_opt_out(self.place.services, OptedOut(CHANNEL, f"out-{self.texts}", phone, LINE))

    # ---- workers ----

    def work(self) -> None:
        """A worker hears what has rung, newest first: order is never promised."""
        rung, self.rung = self.rung[::-1], []
        services = self.place.services
        acts: dict[str, Callable[[int], object]] = {
            "send_message": self._send,
            "take_event": lambda row_id: conversations.take_event(services, row_id),
            "act_on_case": lambda row_id: desk.act_on_deadline(services, row_id, now=self.place.now),
        }
        for job, row_id in rung:
            if job in acts:
                self._may_fail(partial(acts[job], row_id))

    def sweep(self) -> None:
        """The sweeper passes until nothing is due."""
        services, now = self.place.services, self.place.now
        chores: tuple[Callable[[], int], ...] = (
            lambda: settling.settle_lapsed(services, now=now),
            self._send_due,
            lambda: conversations.take_waiting(services),
            lambda: conversations.ring_timers(services),
            lambda: desk.act_on_deadlines(services, now),
        )
        for _ in range(60):
            moved: list[int] = []
            for chore in chores:
                if self._may_fail(partial(_note_count, moved, chore)):
                    moved.append(1)  # whatever it was at is done by the next one
            if not any(moved):
                self.swept_at = now
                return
        raise AssertionError("the sweeper never came to rest")

    def _send_due(self) -> int:
        with self.place.services.database.read() as tx:
            due = outbox.due_messages(tx, now=self.place.now)
        return sum(self._send(message_id) for message_id in due)

    def _send(self, message_id: int) -> int:
        claimed = outbox.claim(self.place.services, message_id, now=self.place.now)
        if claimed is None:
            return 0
        outbox.deliver(self.place.services, claimed)
        return 1

    def report(self, at: int, status: ReportStatus) -> None:
        """A delivery report, late or twice, of something that the gateway took."""
        gateway_id, message = self.gateway.taken[at % len(self.gateway.taken)]
        key = f"report-{gateway_id}-{status}"
        settling.record_report(self.place.services, DeliveryReport(CHANNEL, key, gateway_id, message.phone, status, ""))

    # ---- time ----

    def tick(self) -> None:
        """Some seconds: long enough that the same words are no key pressed twice."""
        self.place.clock.advance(seconds=11)
        if self.swept_at is None or self.place.now - self.swept_at > EVERY_FEW:
            self.sweep()

    def passes(self, duration: timedelta, *, after_sweep: Callable[[], None]) -> None:
        """Time goes by while the sweeper works: it stops at each moment at which something is due."""
        end = self.place.now + duration
        while self.place.now < end:
            self.place.clock.set(min(end, max(self._next_moment(end), self.place.now + timedelta(seconds=1))))
            self.sweep()
            after_sweep()

    def sleeps(self, duration: timedelta) -> None:
        """Time goes by and nobody works: the machine was off."""
        self.place.clock.set(self.place.now + duration)
        self.workers_down = True
        self.sweep()

    def _next_moment(self, end: datetime) -> datetime:
        with self.place.services.database.read() as tx:
            moments = (
                select(func.min(cases.c.next_deadline)).where(cases.c.state != CaseState.CLOSED),
                select(func.min(outbox_table.c.not_before)).where(outbox_table.c.state == MessageState.WAITING),
                select(func.min(outbox_table.c.lease_until)).where(
                    outbox_table.c.state.in_((MessageState.SENDING, MessageState.UNKNOWN))
                ),
                select(func.min(timers.c.due_at)).where(timers.c.done_at.is_(None)),
            )
            found = [tx.execute(query).scalar() for query in moments]
        return min([end, *(one + timedelta(seconds=1) for one in found if one is not None)])

    # ---- the team ----

    def at_screen(self, name: str) -> None:
        """An account was seen on the web just now."""
        with self.place.services.database.write() as tx:
            tx.execute(update(accounts).where(accounts.c.id == self.ids[name]).values(last_seen_at=self.place.now))

    def role(self, name: str) -> Role:
        """What an account is."""
        return Role.COORDINATOR if name in CHIEFS else Role.VOLUNTEER

    def scope(self, name: str) -> Any:
        """The scope in which an account acts."""
        return self.place.scope(self.ids[name], self.role(name))


def _note_count(counts: list[int], chore: Callable[[], int]) -> None:
    counts.append(chore())


def furnish(settings: Settings, clock: FixedClock) -> dict[str, int]:
    """Fill an empty database once: services, flows, five accounts, three people who chose French. The accounts' ids."""
    built = town.build(settings, clock)
    flow_versions.register_shipped(built.services)
    ids = {name: built.account(name, phone=PHONES.get(name)) for name in VOLUNTEERS}
    ids |= {name: built.account(name, role=Role.COORDINATOR, phone=PHONES[name]) for name in CHIEFS}
    for phone in CITIZENS.values():
        built.as_person(phone, lambda tx, person: people.change(tx, person.id, language_chosen=True, welcomed=True))
    built.services.database.close()
    return ids


class Stage:
    """One database on which story after story is played, each from the same beginning."""

    def __init__(self, settings: Settings, restore: Callable[[], None]) -> None:
        """`restore` fills the database of `settings` with what `furnish` made; nobody is connected meanwhile."""
        self.restore, self.clock = restore, FixedClock(BEGAN)
        self.ids = furnish(settings, self.clock)
        self.services: Services = replace(wire(settings, doorbell=False), clock=self.clock)
        self.world: World | None = None
        engine = self.services.database.engine
        event.listen(engine, "before_cursor_execute", self._count)
        event.listen(engine, "commit", self._count)

    def enter(self) -> World:
        """A new world."""
        self.services.database.close()
        self.restore()
        in_use._kept.clear()  # what a process knows of its database ends with it
        self.clock.set(BEGAN)
        gateway = Moody()
        with self.services.database.read() as tx:
            france = next(one for one in services_.all_services(tx) if one.code == town.FRANCE)
        self.world = world = World(Town(self.services, france, self.clock), gateway, self.ids)
        carrier: Any = lambda _channel, _line: gateway  # noqa: E731
        world.place.services = replace(self.services, ring=world.ring, carrier=carrier)
        return world

    def _count(self, *_given: Any) -> None:
        if self.world is not None:
            self.world.one_more()
