"""The week itself: a virtual clock from event to event, over the real desk, the real dispatch and a real database.

Nothing of the code under test is replaced. Where a person or a volunteer would act, the function is called that their
phone or page calls; where the sweeper would pass, `act_on_deadlines` is. SQLite does not wait for the disk
(`PRAGMA synchronous=OFF`): what is measured is the desk, not the disk.
"""

import heapq
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event, func, insert, select, update

from sms_gateway.cases import desk
from sms_gateway.cases.hours import hours_of
from sms_gateway.settings import Settings
from sms_gateway.store.tables import CaseState, OfferState, Role, accounts, cases, offers, organisations, shifts
from sms_gateway.store.tables import services as services_table
from tests.cases.town import Town, build
from tests.clocks import FixedClock
from tests.week import asking, coordinating, helping
from tests.week.assumptions import Scenario
from tests.week.casting import Asker, Helper, askers, helpers
from tests.week.chance import Chance
from tests.week.ledger import Ledger

MONDAY = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)  # Monday 9 March 2026, 00:00 in Paris
SLOW = 3  # times as long, for those who are slow
SWEEP = timedelta(seconds=2)  # the sweeper's own period
MOST_SWEEPS = 60


class Week:
    """A city, its team, its clock and what was seen of them. `run` plays it to the end."""

    def __init__(self, scenario: Scenario, settings: Settings) -> None:
        """`settings`: of an empty, migrated SQLite database of its own."""
        self.scenario = scenario
        self.chance = Chance(scenario.seed)
        self.town: Town = build(settings, FixedClock(MONDAY))
        _never_wait_for_the_disk(self.town)
        self.ledger = Ledger()
        self.asked = askers(scenario, self.chance)
        self.team = _engage(self.town, scenario, self.chance)
        self.chiefs = [
            self.town.account(f"Chef{at}", role=Role.COORDINATOR, phone=f"+3361199{at:04}", capacity=20)
            for at in range(scenario.team.coordinators)
        ]
        self.backlog: list[tuple[datetime, int]] = []
        self.gone: set[int] = set()
        self.numbers: dict[int, int] = {}  # case id → its number
        self.phones: dict[int, str] = {}  # case id → the phone of whoever asked
        self.pauses = 0
        self._hours = hours_of(self.town.service)
        self._events: list[tuple[datetime, int, str, tuple[Any, ...]]] = []
        self._order = 0
        self._draws: Counter[tuple[object, ...]] = Counter()
        self._last_offer = 0
        self.seconds = 0.0

    @property
    def now(self) -> datetime:
        return self.town.clock()

    @property
    def end(self) -> datetime:
        """When the last event may happen."""
        return MONDAY + timedelta(days=self.scenario.days, hours=self.scenario.drain_hours)

    def run(self) -> None:
        """Play the week."""
        began = time.monotonic()
        self._plan()
        while (moment := self._next()) is not None and moment <= self.end:
            self.town.clock.set(max(moment, self.now))
            while self._events and self._events[0][0] <= self.now:
                _at, _order, what, given = heapq.heappop(self._events)
                ACTS[what](self, *given)
            self._sweep()
            self._look_around()
            self.town.everything_leaves()
        self.town.clock.set(self.end)
        self.town.services.database.close()
        self.seconds = time.monotonic() - began

    def at(self, moment: datetime, what: str, *given: Any) -> None:
        """Something happens at a moment."""
        self._order += 1
        heapq.heappush(self._events, (moment, self._order, what, given))

    def after(self, median: float, what: str, *given: Any, slow: bool = False) -> None:
        """Something happens around a median of seconds from now."""
        times = self.scenario.times
        wait = self.chance.after(median * (SLOW if slow else 1), times.spread, *self._again(what, *given))
        self.at(self.now + wait, what, *given)

    def happens(self, share: float, *name: object) -> bool:
        """Whether something of this probability happens now."""
        return self.chance.happens(share, *self._again(*name))

    def _again(self, *name: object) -> tuple[object, ...]:
        """The name of a draw, and the how-manieth of that name: no draw hangs on what happens elsewhere."""
        told = tuple(one.phone if isinstance(one, Asker) else one for one in name)
        self._draws[told] += 1
        return (*told, self._draws[told])

    # ---- time ----

    def _plan(self) -> None:
        for one in self.asked:
            self.at(MONDAY + one.at, "asks", one)
        days = self.scenario.days + self.scenario.drain_hours // 24 + 1
        for account, helper in self.team.items():
            for day in range(days):
                for weekday, start, end in helper.shifts:
                    if weekday == day % 7:
                        midnight = MONDAY + timedelta(days=day)
                        self.at(midnight + timedelta(minutes=start), "shift", account, end - start)
            if helper.habit == "sick":
                self.at(MONDAY + timedelta(days=2, hours=9 + account % 8), "falls_sick", account)
        for hour in range(days * 24):
            self.at(MONDAY + timedelta(hours=hour), "count")

    def _next(self) -> datetime | None:
        due = self._next_deadline()
        moments = [self._events[0][0]] if self._events else []
        if due is not None:
            moments.append(max(due, self.now) + SWEEP)
        return min(moments, default=None)

    def _next_deadline(self) -> datetime | None:
        with self.town.services.database.read() as tx:
            query = select(func.min(cases.c.next_deadline)).where(cases.c.state != CaseState.CLOSED)
            found: datetime | None = tx.execute(query).scalar()
        return found

    def _sweep(self) -> None:
        for _ in range(MOST_SWEEPS):
            due = self._next_deadline()
            if due is None or due > self.now:
                return
            desk.act_on_deadlines(self.town.services, self.now)
        raise AssertionError("the sweeper never came to rest")

    def _look_around(self) -> None:
        """What reached somebody since we looked last: offers, texts, alerts, pauses."""
        with self.town.services.database.read() as tx:
            lines = self.ledger.read_on(tx)
            made = tx.execute(
                select(offers.c.id, offers.c.account_id, offers.c.case_id)
                .where(offers.c.id > self._last_offer, offers.c.state == OfferState.OPEN)
                .order_by(offers.c.id)
            ).all()
        for one in made:
            self._last_offer = one.id
            helping.is_asked(self, one.account_id, one.case_id)
        for what, case_id, account_id in lines:
            if what == "danger_alerted":
                for chief in self.chiefs:
                    if self.happens(0.8, "alert", chief):
                        self.after(240, "chief_takes", chief, case_id)
            elif what in {"text_joined", "taken", "reassigned"}:
                helping.has_something_to_answer(self, case_id)
            elif what in {"escalated", "promise_corrected"}:
                self.after(self.scenario.times.coordinator_looks, "at_desk")
            elif what == "offer_expired":
                helping.may_be_paused(self, account_id)
            elif what == "answered":
                helping.answered(self, case_id, account_id)

    # ---- what is ----

    def is_open(self, moment: datetime) -> bool:
        """Whether the counter was open then."""
        return self._hours.is_open(moment)

    def asked_by(self, case_id: int) -> str:
        """The phone of a case's person."""
        return self.phones[case_id]

    def case(self, case_id: int) -> Any:
        """A case as it is now."""
        with self.town.services.database.read() as tx:
            return tx.execute(select(cases).where(cases.c.id == case_id)).one()

    def owned(self, account: int) -> int:
        """How many cases somebody has."""
        held = select(func.count()).select_from(cases)
        held = held.where(cases.c.owner_id == account, cases.c.state.in_((CaseState.CLAIMED, CaseState.ANSWERED)))
        with self.town.services.database.read() as tx:
            return int(tx.execute(held).scalar_one())

    def is_at_screen(self, account: int) -> bool:
        """Whether they act on the web now; those without a phone always do."""
        helper = self.team[account]
        if not helper.on_web:
            return False
        seen = self.town.row(account).last_seen_at
        return helper.phone is None or (seen is not None and seen > self.now)

    def set_account(self, account: int, **columns: Any) -> None:
        """Set columns of an account, as a page would that is not played here."""
        with self.town.services.database.write() as tx:
            tx.execute(update(accounts).where(accounts.c.id == account).values(**columns))


def _never_wait_for_the_disk(town: Town) -> None:
    engine = town.services.database.engine
    engine.dispose()  # connections made from now on; those that were made while it was built wait for the disk

    @event.listens_for(engine, "connect")
    def relax(connection: Any, record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")
        record.info["synchronous"] = "FULL"  # nobody sets it again


def _engage(town: Town, scenario: Scenario, chance: Chance) -> dict[int, Helper]:
    found: dict[int, Helper] = {}
    for helper in helpers(scenario, chance):
        quiet = {} if helper.shifts else {"quiet_from": 20 * 60, "quiet_to": 8 * 60}
        account = town.account(
            helper.login,
            phone=helper.phone,
            languages=list(helper.languages),
            topics=list(helper.topics),
            regions=list(helper.regions),
            training=list(helper.training),
            capacity=3 if helper.on_web else 1,
            **quiet,
        )
        found[account] = helper
    with town.services.database.write() as tx:
        organisation = town.service.organisation_id
        for account, helper in found.items():
            for weekday, start, end in helper.shifts:
                row = {"organisation_id": organisation, "account_id": account, "weekday": weekday}
                tx.execute(insert(shifts).values(**row, from_minute=start, to_minute=end))
        city = scenario.city
        trained = list(city.trained_topics)
        tx.execute(update(organisations).where(organisations.c.id == organisation).values(trained_topics=trained))
        beside = {region: list(near) for region, near in city.neighbours.items()}
        tx.execute(update(services_table).where(services_table.c.id == town.service.id).values(neighbours=beside))
    return found


def _count(week: Week) -> None:
    week.backlog.append((week.now, len(week.ledger.running)))


ACTS: dict[str, Callable[..., None]] = {
    "answers": helping.answers,
    "answers_which": helping.answers_which,
    "asks": asking.asks,
    "at_desk": coordinating.at_desk,
    "chief_answers": coordinating.chief_answers,
    "chief_takes": coordinating.chief_takes,
    "closes": helping.closes,
    "count": _count,
    "falls_sick": helping.falls_sick,
    "leaves": helping.leaves,
    "responds": helping.responds,
    "shift": helping.shift,
    "starts": helping.starts,
    "writes": asking.writes,
    "writes_again": asking.writes_again,
}


def play(scenario: Scenario, settings: Settings) -> Week:
    """Play a scenario on an empty, migrated database of its own."""
    week = Week(scenario, settings)
    week.run()
    return week
