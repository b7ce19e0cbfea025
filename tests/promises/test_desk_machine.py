"""Promises 1 to 5 and 8 to 10 at once, and one answer to a turn: whatever anybody does, in whatever order, they hold.

Citizens text, late, twice and in danger; volunteers answer by web and by text; a coordinator gives, takes away and
removes; the clock moves, the gateway has moods, processes die between any two statements, Redis is there or not. After
every step `desk_truths` reads the rows. `GUICHET_TEST_LONG=1` goes on for many more stories.
"""

from collections import Counter as Tally
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import select, update
from structlog.testing import capture_logs

from sms_gateway.cases import desk
from sms_gateway.cases.case import What
from sms_gateway.cases.views import CaseView
from sms_gateway.channels.base import ReportStatus
from sms_gateway.errors import NotAllowed, NotFound, StaleAnswer
from sms_gateway.store import people
from sms_gateway.store.tables import CaseState, EntryKind, MessageState, accounts, case_entries, cases, journal, outbox
from tests.databases import PostgreSQL, SQLite, settings_for
from tests.promises import desk_truths
from tests.promises.desk_world import CHIEFS, CITIZENS, MOODS, PHONES, VOLUNTEERS, Crash, Stage
from tests.scale import LONG, scaled

STORIES = 80  # on each kind of database; a twentieth of them in a short run
STEPS = 50 if LONG else 25

ASKS = ("0", "0", "Je veux parler à une personne", "Ma carte est perdue depuis lundi, que faire ?")
DANGER = ("Il me frappe", "Je veux mourir")
SAYS = (
    "Et quels papiers faut-il ?",
    "Mon numéro est le 06 98 76 54 01, appelez-moi",
    "Écrivez à ma soeur au +33698765402 ou au 0033 6 98 76 54 03",
    "Merci",
    "MENU",
    "1",
    "2",
    "oui",
    "STOP",
    "START",
)
VOLUNTEER_SAYS = (
    "1",
    "1",
    "2",
    "3",
    "0",
    "FIN",
    "FIN 1",
    "FIN 4",
    "SUITE",
    "HISTO",
    "NOTE rappeler demain",
    "PASSE",
    "PAUSE",
    "STOP",
    "START",
    "AIDE",
    "MOI",
    "1 prendre",
    "fin 7",
    "",
)
NEWEST = 0  # the page that was opened last
TEAM = (*VOLUNTEERS, *CHIEFS)
WITH_PHONES = tuple(PHONES)
citizens, team, on_web, phones = (st.sampled_from(tuple(each)) for each in (CITIZENS, TEAM, VOLUNTEERS, WITH_PHONES))
chiefs, which = st.sampled_from(CHIEFS), st.integers(0, 5)


class Desk(RuleBasedStateMachine):
    """One story of a desk."""

    def __init__(self, stage: Stage, happened: Tally[str]) -> None:
        super().__init__()
        self.happened = happened
        self.logged = capture_logs()
        self.lines = self.logged.__enter__()
        self.world = stage.enter()
        self.memory = desk_truths.Memory()
        self.pages: dict[str, list[CaseView]] = {}  # what each has before them, which may be old
        self.answers = 0
        self.phones: dict[int, str] = {}  # of citizens, by their ids
        for who in ("Ada", "Bill"):
            self._receives(CITIZENS[who], "0")

    def teardown(self) -> None:
        """The end of a story: the whole database is searched for numbers."""
        self.logged.__exit__(None, None, None)
        wrong = desk_truths.numbers_in_plain(self.world)
        with self.world.place.services.database.read() as tx:
            self.happened.update(tx.execute(select(journal.c.what)).scalars())
        assert wrong == []

    def holds(self, actor: str | None = None, *, epoch: int | None = None) -> None:
        """After each rule."""
        faults = [line for line in self.lines if line["log_level"] == "error" and line["event"].endswith("_failed")]
        assert len(faults) <= self.world.faults, faults
        assert desk_truths.broken(self.world, self.memory, actor=actor, epoch=epoch) == []

    def after_sweep(self) -> None:
        """After each time that the sweeper passed."""
        assert list(desk_truths.late(self.world, self.memory)) == []

    # ---- citizens ----

    def _receives(self, phone: str, words: str, actor: str | None = None) -> bool:
        self.world.tick()
        self.holds()
        taken = self.world.deliver(self.world.text(phone, words))
        self.holds(actor)
        return taken

    @rule(who=citizens, words=st.sampled_from(ASKS))
    def a_citizen_asks(self, who: str, words: str) -> None:
        self._receives(CITIZENS[who], words)

    @rule(who=citizens, words=st.sampled_from(SAYS))
    def a_citizen_writes(self, who: str, words: str) -> None:
        self._receives(CITIZENS[who], words)

    @rule(who=citizens, words=st.sampled_from(DANGER))
    def a_citizen_is_in_danger(self, who: str, words: str) -> None:
        self._receives(CITIZENS[who], words)

    @rule(who=citizens, words=st.sampled_from((*ASKS, *SAYS, *DANGER)))
    def a_text_is_late(self, who: str, words: str) -> None:
        self.world.coming.append(self.world.text(CITIZENS[who], words))

    @precondition(lambda self: self.world.coming)
    @rule(at=which)
    def a_late_text_arrives(self, at: int) -> None:
        self.world.tick()
        self.holds()
        coming = self.world.coming
        inbound = coming.pop(at % len(coming))
        self.world.deliver(inbound)
        self.holds(_whose(inbound.phone))

    @precondition(lambda self: self.world.accepted)
    @rule(at=st.integers(0, 50))
    def a_text_comes_again(self, at: int) -> None:
        keys = list(self.world.accepted)
        self.world.deliver(self.world.accepted[keys[at % len(keys)]])
        self.holds()

    @rule(who=citizens)
    def the_network_says_stop(self, who: str) -> None:
        self.world.tick()
        self.holds()
        self.world.opts_out(CITIZENS[who])
        self.holds()

    # ---- volunteers ----

    @rule(who=phones, words=st.sampled_from(VOLUNTEER_SAYS))
    def a_volunteer_texts(self, who: str, words: str) -> None:
        self._receives(PHONES[who], words, who)

    @rule(who=phones)
    def a_volunteer_answers_by_text(self, who: str) -> None:
        self._receives(PHONES[who], self._words(), who)

    @rule(who=phones)
    def a_volunteer_takes_and_answers_by_text(self, who: str) -> None:
        self._receives(PHONES[who], "1", who)
        self.world.sweep()
        self._receives(PHONES[who], self._words(), who)

    @rule(who=team, at=which)
    def somebody_looks(self, who: str, at: int) -> None:
        """A page of a case, to act on now or much later."""
        self._look(who, self._number(at))

    @rule(who=team, at=which, closes=st.booleans())
    def somebody_takes_and_answers(self, who: str, at: int, closes: bool) -> None:
        number = self._number(at)
        self._web(who, lambda: desk.take(*self._as(who), number, self.world.place.now))
        if self._look(who, number):
            self.somebody_answers(who=who, at=NEWEST, closes=closes)

    @rule(who=team, at=which, nothing_needed=st.booleans())
    def somebody_takes_and_closes(self, who: str, at: int, nothing_needed: bool) -> None:
        number = self._number(at)
        self._web(who, lambda: desk.take(*self._as(who), number, self.world.place.now))
        if self._look(who, number):
            self.somebody_closes(who=who, at=NEWEST, nothing_needed=nothing_needed)

    @rule(who=team, at=which)
    def somebody_takes(self, who: str, at: int) -> None:
        self._web(who, lambda: desk.take(*self._as(who), self._number(at), self.world.place.now))

    @rule(who=on_web)
    def somebody_takes_the_next(self, who: str) -> None:
        self._web(who, lambda: desk.take_next(*self._as(who), self.world.place.now))

    @rule(who=team, at=which)
    def somebody_declines(self, who: str, at: int) -> None:
        self._web(who, lambda: desk.decline(*self._as(who), self._number(at), self.world.place.now))

    @rule(who=team, at=which, closes=st.booleans())
    def somebody_answers(self, who: str, at: int, closes: bool) -> None:
        """From a page that may be old: what leaves was written by whoever has the case, and what not is kept."""
        view = self._page(who, at)
        if view is None:
            return
        words, number, before = self._words(), view.line.number, self._case(view.line.number)
        given: dict[str, Any] = {"epoch": view.epoch, "words": words, "seen_seq": view.seen_seq}
        act = desk.answer
        if closes:
            act, given = desk.answer_and_close, given | {"outcome": desk.Outcome.SETTLED}  # type: ignore[assignment]
        may = before.owner_id == self.world.ids[who] and before.epoch == view.epoch and before.state != CaseState.CLOSED
        done = self._web(who, lambda: act(*self._as(who), number, now=self.world.place.now, **given), epoch=view.epoch)
        after = self._case(number)
        assert after.settled_seq <= max(before.settled_seq, view.seen_seq), "P5: more was settled than was seen"
        if done is StaleAnswer:
            assert not may, "P4: the answer of whoever has the case was refused"
            assert words in self._drafts(number), "P4: words that came too late are not kept"
        elif done is None:
            assert may, "P4: an answer left that was not its writer's to send"

    @rule(who=team, at=which, words=st.sampled_from(SAYS), closes=st.booleans())
    def a_text_comes_while_somebody_writes(self, who: str, at: int, words: str, closes: bool) -> None:
        """They answer what they had before them; what came since has not been read by anybody."""
        own = self._held(self.world.ids[who])
        if own and self._look(who, number := own[at % len(own)]):
            self._receives(self._phone_of(number), words)
            self.somebody_answers(who=who, at=NEWEST, closes=closes)

    @rule(who=team, at=which, nothing_needed=st.booleans())
    def somebody_closes(self, who: str, at: int, nothing_needed: bool) -> None:
        view = self._page(who, at)
        if view is None:
            return
        before = self._case(view.line.number)
        self._web(
            who,
            lambda: desk.close(
                *self._as(who),
                before.number,
                epoch=view.epoch,
                outcome=desk.Outcome.COUNTER,
                seen_seq=view.seen_seq,
                nothing_needed=nothing_needed,
                now=self.world.place.now,
            ),
        )
        after = self._case(before.number)
        if after.state == CaseState.CLOSED != before.state:
            assert view.seen_seq >= before.last_inbound_seq, "P5: closed over a text that its closer had not seen"
            assert nothing_needed or before.settled_seq >= before.last_inbound_seq, "P5: closed over a text"

    @rule(who=team, at=which)
    def somebody_passes_on(self, who: str, at: int) -> None:
        if view := self._page(who, at):
            self._web(
                who,
                lambda: desk.pass_on(
                    *self._as(who), view.line.number, epoch=view.epoch, now=self.world.place.now, words="Voir la mairie"
                ),
            )

    @rule(who=team, at=which, days=st.integers(-1, 70))
    def somebody_puts_aside(self, who: str, at: int, days: int) -> None:
        if view := self._page(who, at):
            day = (self.world.place.now + timedelta(days=days)).date()
            self._web(
                who,
                lambda: desk.park(
                    *self._as(who), view.line.number, epoch=view.epoch, day=day, now=self.world.place.now
                ),
            )

    @rule(who=team, at=which, draft=st.booleans())
    def somebody_notes(self, who: str, at: int, draft: bool) -> None:
        keeps = desk.keep_draft if draft else desk.note
        self._web(who, lambda: keeps(*self._as(who), self._number(at), words="À voir", now=self.world.place.now))

    @rule(who=on_web, hours=st.integers(0, 30))
    def somebody_pauses(self, who: str, hours: int) -> None:
        until = self.world.place.now + timedelta(hours=hours) if hours else None
        self._web(who, lambda: desk.pause(*self._as(who), self.world.ids[who], until=until, now=self.world.place.now))

    # ---- coordinators ----

    @rule(chief=chiefs, to=st.sampled_from((*TEAM, "")), at=which)
    def a_coordinator_gives(self, chief: str, to: str, at: int) -> None:
        to_account = self.world.ids[to] if to else None
        self._web(
            chief,
            lambda: desk.reassign(*self._as(chief), self._number(at), to_account=to_account, now=self.world.place.now),
        )

    @rule(chief=chiefs, who=on_web, hours=st.integers(0, 30))
    def a_coordinator_pauses(self, chief: str, who: str, hours: int) -> None:
        until = self.world.place.now + timedelta(hours=hours) if hours else None
        self._web(
            chief, lambda: desk.pause(*self._as(chief), self.world.ids[who], until=until, now=self.world.place.now)
        )

    @rule(chief=chiefs, who=on_web)
    def a_coordinator_removes(self, chief: str, who: str) -> None:
        """All of their cases go back in one transaction, or none; they come back another day."""
        account = self.world.ids[who]

        def end(tx: Any) -> None:
            tx.execute(update(accounts).where(accounts.c.id == account).values(active=False))

        held = self._held(account)
        self._web(chief, lambda: desk.release_all(*self._as(chief), account, self.world.place.now, then=end))
        active = self.world.place.row(account).active
        assert self._held(account) == ([] if not active else held), "P12: whoever left has kept a case"
        with self.world.place.services.database.write() as tx:
            tx.execute(update(accounts).where(accounts.c.id == account).values(active=True))

    @rule(chief=chiefs, at=which)
    def a_coordinator_sends_again(self, chief: str, at: int) -> None:
        failed = select(outbox.c.id, cases.c.number).join(cases, cases.c.id == outbox.c.case_id)
        with self.world.place.services.database.read() as tx:
            rows = tx.execute(
                failed.where(outbox.c.state == MessageState.FAILED, outbox.c.kind == "answer").order_by(outbox.c.id)
            ).all()
        if rows:
            row = rows[at % len(rows)]
            self.world.pressed_again.add(row.id)
            self._web(
                chief,
                lambda: desk.send_again(*self._as(chief), row.number, message_id=row.id, now=self.world.place.now),
            )

    # ---- what breaks ----

    @rule(mood=st.sampled_from(MOODS), texts=st.integers(1, 3))
    def the_gateway_has_a_mood(self, mood: str, texts: int) -> None:
        self.world.gateway.moods = [mood] * texts

    @precondition(lambda self: self.world.gateway.taken)
    @rule(at=st.integers(0, 50), status=st.sampled_from(tuple(ReportStatus)))
    def a_delivery_report_comes(self, at: int, status: ReportStatus) -> None:
        self.world.report(at, status)
        self.holds()

    @rule(statements=st.integers(0, 60), crash=st.booleans())
    def something_will_break(self, statements: int, crash: bool) -> None:
        """The next process dies between two statements, or at its commit; or runs into a fault of ours there."""
        self.world.breaks_in(statements, of=Crash() if crash else RuntimeError("a fault of ours"))

    @rule(redis=st.sampled_from(("absent", "there", "dying")))
    def redis_is(self, redis: str) -> None:
        self.world.redis = redis

    @rule()
    def a_worker_wakes(self) -> None:
        self.world.work()
        self.holds()

    # ---- time ----

    @rule(minutes=st.sampled_from((1, 5, 11, 21, 45)))
    def minutes_pass(self, minutes: int) -> None:
        self.world.passes(timedelta(minutes=minutes), after_sweep=self.after_sweep)
        self.holds()

    @rule(hours=st.sampled_from((1, 2, 3)))
    def hours_pass(self, hours: int) -> None:
        self.world.passes(timedelta(hours=hours), after_sweep=self.after_sweep)
        self.holds()

    @rule(days=st.sampled_from((0.5, 1, 2.5, 10)))
    def nobody_works_for_days(self, days: float) -> None:
        self.world.sleeps(timedelta(days=days))
        self.after_sweep()
        self.holds()

    # ---- what the rules share ----

    def _web(self, who: str, act: Callable[[], object], *, epoch: int | None = None) -> type | None:
        """Something on a page, which may be cut off; the error that the page shows, if any."""
        self.world.tick()
        self.holds()
        refused: list[type] = []

        def acts() -> None:
            try:
                act()
            except (StaleAnswer, NotFound, NotAllowed, RuntimeError) as error:
                refused.append(type(error))

        if self.world.may_die(acts):
            refused.append(Crash)
        self.holds(who, epoch=epoch)
        return refused[0] if refused else None

    def _as(self, who: str) -> tuple[Any, Any]:
        return self.world.place.services, self.world.scope(who)

    def _words(self) -> str:
        self.answers += 1
        letters = "".join(chr(ord("a") + int(digit)) for digit in str(self.answers))
        return f"Bonjour, allez à la mairie, porte {letters}."

    def _number(self, at: int) -> int:
        """One of the open cases, or a number that none has."""
        with self.world.place.services.database.read() as tx:
            numbers = select(cases.c.number).where(cases.c.state != CaseState.CLOSED).order_by(cases.c.id)
            found = list(tx.execute(numbers).scalars())
        return found[at % len(found)] if found else 1

    def _page(self, who: str, at: int) -> CaseView | None:
        """Something that they have before them: a page of a case of theirs that was opened just now, or an old one."""
        pages = self.pages.setdefault(who, [])
        own = self._held(self.world.ids[who])
        if own and at % 2 and at != NEWEST:
            self._look(who, own[at % len(own)])
            at = NEWEST
        return pages[-1 - at % len(pages)] if pages else None

    def _look(self, who: str, number: int) -> bool:
        self.world.at_screen(who)
        services, now = self.world.place.services, self.world.place.now
        with self.world.place.services.database.read() as tx:
            try:
                view = desk.case_view(tx, services, self.world.scope(who), number, now)
            except NotFound:
                return False
        self.pages.setdefault(who, []).append(view)
        return True

    def _case(self, number: int) -> Any:
        return self.world.place.case(number)

    def _phone_of(self, number: int) -> str:
        """The phone that a case began with."""
        if not self.phones:
            self.phones = {
                self.world.place.as_person(phone, lambda _tx, person: person.id): phone for phone in CITIZENS.values()
            }
        return self.phones[self._case(number).person_id]

    def _held(self, account: int) -> list[int]:
        """The numbers of the open cases that an account has."""
        query = select(cases.c.number).where(cases.c.owner_id == account, cases.c.state != CaseState.CLOSED)
        with self.world.place.services.database.read() as tx:
            return list(tx.execute(query.order_by(cases.c.id)).scalars())

    def _drafts(self, number: int) -> list[str]:
        case = self._case(number)
        drafts = select(case_entries.c.body).where(
            case_entries.c.case_id == case.id, case_entries.c.kind == EntryKind.DRAFT
        )
        with self.world.place.services.database.read() as tx:
            person = people.load(tx, self.world.place.services.sealer, self.world.scope("Chef"), case.person_id)
            assert person is not None
            return [person.words.open(body) for body in tx.execute(drafts).scalars()]


def _whose(phone: str) -> str | None:
    return next((name for name, number in PHONES.items() if number == phone), None)


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """Where all stories are played: a database that each begins with a fresh copy of."""
    if request.param == "sqlite":
        files: SQLite = request.getfixturevalue("sqlite_files")
        url = files.migrated(tmp_path)
        made = Stage(settings_for(tmp_path, url), lambda: files.restore(tmp_path))
        files.keep(tmp_path)
    else:
        server: PostgreSQL = request.getfixturevalue("postgres_server")
        url = server.migrated(tmp_path)
        made = Stage(settings_for(tmp_path, url), lambda: server.restore(url))
        server.keep(url)
    yield made
    made.services.database.close()


def test_whatever_anybody_does_the_promises_hold(stage: Stage) -> None:
    happened: Tally[str] = Tally()
    run_state_machine_as_test(
        lambda: Desk(stage, happened),  # type: ignore[arg-type]  # it asks for a class, and calls it
        settings=hypothesis_settings(
            max_examples=scaled(STORIES),
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not LONG,
            database=None,
            print_blob=True,
            phases=(Phase.generate, Phase.shrink) if LONG else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(sorted(happened.items()))
    often = {What.TAKEN, What.ANSWERED, What.CLOSED, What.JOINED, What.LEASE_OVER, What.CORRECTED}
    assert not LONG or often <= set(happened), "these stories say little"
