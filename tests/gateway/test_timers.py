"""Days after: a flow asks again, a question left open is asked once more; each rule that holds such a text back."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from flows.bundle import canonical
from sms_gateway import conversations, days_after, daytime, flow_versions, retention
from sms_gateway.cases import desk
from sms_gateway.context import Services
from sms_gateway.flow_versions import forgetting
from sms_gateway.flow_versions.publishing import Published
from sms_gateway.services import Service
from sms_gateway.settings import Settings
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import PersonStatus, Role, SessionStatus, cases, events, journal, people, sessions, timers
from tests.clocks import FixedClock
from tests.gateway.editor import Editor, account_of, count_of, editor, organisation_of
from tests.gateway.parts import ObedientGateway, wired
from tests.gateway.talk import Phone

QUESTION = (
    "Bonjour, ici Guichet France. Avez-vous recu votre carte d'identité ?\n1 Oui\n2 Non\n0 Une personne\n"
    "Plus de SMS : STOP"
)
PARIS = ZoneInfo("Europe/Paris")
A_SERVICE = Service(
    1, 1, "Mairie", 365, "france", "Guichet", "france", ("fr",), "Europe/Paris", None, None, desk_id=1, lines=()
)


@pytest.fixture
def gateway() -> ObedientGateway:
    return ObedientGateway()


@pytest.fixture
def services(settings: Settings, clock: FixedClock, gateway: ObedientGateway) -> Iterator[Services]:
    made = wired(settings, clock, gateway)
    flow_versions.register_shipped(made)
    yield made
    made.database.close()


@pytest.fixture
def french(services: Services, gateway: ObedientGateway) -> Phone:
    return Phone(services, gateway, "+33612345678", "38000")


@pytest.fixture
def kenyan(services: Services, gateway: ObedientGateway) -> Phone:
    return Phone(services, gateway, "+254711000001", "22384", "*384*77#").speaking("en")


@pytest.fixture
def nadia(services: Services) -> Editor:
    return editor(services)


def to_the_end(phone: Phone) -> None:
    """A whole conversation about a lost card, up to its last words."""
    for words in ("carte perdue", "1", "oui", "34", "oui"):
        phone.text(words)
    assert "Plus tard, un SMS vous demande" in phone.text("non")[-1]


def rings(phone: Phone) -> list[str]:
    """What the sweeper does, until nothing is left to do; the texts that come of it."""
    while conversations.ring_timers(phone.services):
        pass
    conversations.take_waiting(phone.services)
    return phone.news()


def statuses(services: Services) -> list[str]:
    """Of every conversation about a card, in their order."""
    with services.database.read() as tx:
        query = select(sessions.c.status).where(sessions.c.flow == "carte_identite").order_by(sessions.c.id)
        return list(tx.execute(query).scalars())


def written(services: Services, what: str) -> list[str]:
    """Why, in each line of the journal about it."""
    with services.database.read() as tx:
        return [row.detail["why"] for row in tx.execute(select(journal).where(journal.c.what == what))]


def next_ring(services: Services) -> datetime | None:
    """When the one timer rings next, as the clock in Paris shows it."""
    with services.database.read() as tx:
        at = tx.execute(select(timers.c.due_at).where(timers.c.done_at.is_(None))).scalar_one_or_none()
    return at.astimezone(PARIS) if at else None


def test_it_is_asked_once_when_the_days_have_passed(
    services: Services, french: Phone, clock: FixedClock
) -> None:
    to_the_end(french)
    assert statuses(services) == [SessionStatus.SLEEPING]
    clock.advance(days=20, hours=23)
    assert rings(french) == []
    clock.advance(hours=1)
    assert rings(french) == [QUESTION]
    assert rings(french) == []
    assert next_ring(services) is None
    assert statuses(services) == [SessionStatus.ACTIVE]
    assert french.text("oui") == ["Très bien, merci. Besoin d'autre chose : MENU.\n0 Une personne"]
    assert statuses(services) == [SessionStatus.ENDED]
    assert count_of(services, cases) == 0
    assert written(services, "asked_again") == [""]


def test_an_answer_of_days_later_is_read_in_it_and_no_leads_to_a_person(
    services: Services, french: Phone, clock: FixedClock
) -> None:
    to_the_end(french)
    clock.advance(days=21)
    rings(french)
    clock.advance(days=4)
    assert "pas compris" in french.text("peut etre")[-1], "not clear to us, as everywhere"
    assert "numéro 4001" in french.text("toujours pas")[-1]
    with services.database.read() as tx:
        assert tx.execute(select(cases.c.reason, cases.c.topic)).one() == ("handoff", "papiers")


def test_who_dials_meets_it_as_the_open_question(services: Services, kenyan: Phone, clock: FixedClock) -> None:
    for words in ("lost id", "1", "yes"):
        kenyan.text(words)
    assert "waiting card" in kenyan.text("no")[-1]
    clock.advance(days=30)
    (asked,) = rings(kenyan)
    assert asked.startswith("Hello, this is Guichet Kenya.")
    clock.advance(days=2)
    assert kenyan.dial() == "CON Did you get your new ID?\n1 Yes\n2 No\n0 A person"
    assert "number 4001" in kenyan.press("2")


@pytest.mark.parametrize(
    ("wished", "written_at"),
    [
        ("2026-03-31 11:00", "2026-03-31 11:00"),
        ("2026-03-31 07:15", "2026-03-31 08:00"),
        ("2026-03-31 21:00", "2026-04-01 08:00"),
        ("2026-04-04 22:30", "2026-04-07 08:00"),  # a Saturday; Sunday is closed, and Easter Monday
        ("2026-04-05 12:00", "2026-04-07 08:00"),
    ],
)
def test_texts_that_nobody_asked_for_come_by_day_and_on_an_open_day(wished: str, written_at: str) -> None:
    at = [datetime.fromisoformat(each).replace(tzinfo=PARIS) for each in (wished, written_at)]
    assert daytime.when_to_write(A_SERVICE, at[0]) == at[1]
    always = replace(A_SERVICE, hours={})
    assert daytime.when_to_write(always, at[0]).astimezone(PARIS).hour in range(8, 21), "one without hours has days"


def test_a_sweeper_that_comes_late_asks_nobody_at_night(
    services: Services, french: Phone, clock: FixedClock
) -> None:
    to_the_end(french)
    clock.set(datetime(2026, 3, 31, 21, 0, tzinfo=PARIS))
    assert rings(french) == []
    assert next_ring(services) == datetime(2026, 4, 1, 8, 0, tzinfo=PARIS)
    clock.set(datetime(2026, 4, 1, 8, 0, tzinfo=PARIS))
    assert rings(french) == [QUESTION]


@pytest.mark.parametrize("word", ["STOP", "EFFACER"])
def test_nobody_is_asked_after_stop_or_once_erased(
    services: Services, french: Phone, clock: FixedClock, word: str
) -> None:
    to_the_end(french)
    french.text(word)
    if word == "EFFACER":
        french.text("1")
    clock.advance(days=10)
    french.text("bonjour")  # a text after STOP begins anew; what was before it stays over
    clock.advance(days=12)
    assert rings(french) == []
    retention.forget_what_is_past(services)
    assert SessionStatus.SLEEPING not in statuses(services)


def test_nobody_is_asked_whose_network_refused_our_texts(
    services: Services, french: Phone, clock: FixedClock
) -> None:
    to_the_end(french)
    with services.database.write() as tx:
        tx.execute(update(people).values(status=PersonStatus.STOPPED))
    clock.advance(days=22)
    assert rings(french) == []
    assert statuses(services) == [SessionStatus.ENDED]
    assert written(services, "not_asked_again") == ["stopped"]


def test_with_an_open_case_it_waits_a_day_three_times_and_then_ends_quietly(
    services: Services, french: Phone, clock: FixedClock
) -> None:
    to_the_end(french)
    clock.advance(days=20)
    french.text("0")
    with services.database.write() as tx:
        tx.execute(update(cases).values(next_deadline=datetime(2027, 1, 1, tzinfo=UTC)))
    for _ in range(2):
        clock.advance(days=1)
        assert rings(french) == []
        assert statuses(services) == [SessionStatus.SLEEPING]
    clock.advance(days=1)
    assert rings(french) == []
    assert statuses(services) == [SessionStatus.ENDED]
    assert written(services, "not_asked_again") == ["busy"]
    clock.advance(days=5)
    assert rings(french) == []


def test_another_conversation_comes_first_and_a_menu_of_long_ago_does_not(
    services: Services, french: Phone, clock: FixedClock
) -> None:
    to_the_end(french)
    clock.advance(days=20)
    french.text("carte volée")
    clock.advance(days=2)
    assert rings(french) == [], "its question is open, however long ago it was asked"
    clock.advance(days=1)
    french.text("MENU")
    assert rings(french) == [], "they are at the menu now"
    clock.advance(days=1, hours=1)
    assert rings(french) == [QUESTION]
    assert statuses(services) == [SessionStatus.ACTIVE, SessionStatus.PARKED]
    assert "numéro 4001" in french.text("2")[-1]


def test_what_was_withdrawn_meanwhile_is_not_asked(
    services: Services, nadia: Editor, french: Phone, clock: FixedClock
) -> None:
    to_the_end(french)
    clock.advance(days=21)
    nadia.withdraw(1)
    assert rings(french) == []
    conversations.leave_withdrawn(services)
    assert french.news() == []
    assert statuses(services) == [SessionStatus.ENDED]
    assert count_of(services, cases) == 0, "whoever sleeps had the end: there is nothing to take up"


def test_a_process_that_dies_between_the_ring_and_the_turn_loses_and_doubles_nothing(
    services: Services, french: Phone, clock: FixedClock
) -> None:
    to_the_end(french)
    clock.advance(days=21)
    (event_id,) = days_after.put_events(services)
    assert days_after.put_events(services) == []
    assert rings(french) == [QUESTION], "the sweeper finds the event in the mailbox"
    conversations.take_event(services, event_id)
    with services.database.write() as tx:
        tx.execute(update(timers).values(done_at=None))  # a ring that was lost with its process, and came again
    assert rings(french) == []
    assert count_of(services, events, events.c.kind == "timer") == 1


def test_a_turn_that_fails_again_and_again_is_set_aside_and_ends_it(
    services: Services, french: Phone, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_the_end(french)
    clock.advance(days=21)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(days_after.screens, "sms", fails)
    for _ in range(4):
        conversations.ring_timers(services)
        conversations.take_waiting(services)
    assert statuses(services) == [SessionStatus.ENDED]


def test_who_sleeps_keeps_their_version_and_is_forgotten_after_it(
    services: Services, nadia: Editor, french: Phone, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "NUMBERS_KEPT", 1)
    to_the_end(french)
    assert nadia.line.people_now == 0, "they have had the end"
    nadia.publish_words("comment.ask", "Perdue ou volée ?")
    clock.advance(days=10)
    retention.forget_what_is_past(services)
    assert 1 in nadia.states()
    clock.advance(days=11)
    assert rings(french) == [QUESTION]
    french.text("oui")
    clock.advance(days=31)
    retention.forget_what_is_past(services)
    assert (statuses(services), count_of(services, timers)) == ([], 0)
    assert 1 not in nadia.states()


def test_after_a_person_has_answered_it_is_asked_too(services: Services, french: Phone, clock: FixedClock) -> None:
    for words in ("carte perdue", "1", "oui", "34", "oui", "oui", "Lyon"):
        french.text(words)
    assert statuses(services) == [SessionStatus.PARKED]
    _close_the_case(services)
    conversations.take_waiting(services)
    assert statuses(services) == [SessionStatus.SLEEPING]
    assert "aidé" in french.news()[-1], "whether it helped is asked; nothing else is said now"
    french.text("1")
    clock.advance(days=21)
    assert rings(french) == [QUESTION]


def test_a_hand_off_that_leads_to_a_question_asks_it_a_day_after_its_case_is_closed(
    services: Services, nadia: Editor, french: Phone, clock: FixedClock
) -> None:
    bundle = json.loads(nadia.content)
    bundle["flow"]["steps"]["personne_mots"]["handoff"]["go"] = "comment"
    nadia.drafts(canonical(bundle))
    assert isinstance(nadia.publish(), Published)
    french.text("carte perdue")
    french.text("autre")
    assert "numéro 4001" in french.text("Elle est cassée en deux")[-1]
    _close_the_case(services)
    conversations.take_waiting(services)
    assert "aidé" in french.news()[-1]
    assert statuses(services) == [SessionStatus.PARKED]
    french.text("1")
    clock.advance(hours=23)
    assert rings(french) == []
    clock.advance(hours=1)
    (asked,) = rings(french)
    assert asked.startswith("Bonjour, ici Guichet France. ")
    assert "1 Perdue\n" in asked
    assert asked.endswith("0 Une personne\n9 Retour\nPlus de SMS : STOP")
    assert rings(french) == []
    assert "1 Oui" in french.text("perdue")[-1], "and it goes on from there"


# ---- a question left open ----


@pytest.fixture
def reminding(nadia: Editor) -> Editor:
    bundle = json.loads(nadia.content)
    bundle["flow"]["remind"] = {"after": "1 day"}
    nadia.drafts(canonical(bundle))
    assert isinstance(nadia.publish(), Published)
    return nadia


REMINDER = (
    "Ici Guichet France. On continue ?\nLa carte est pour une personne de quel age ? Exemple : 34\n"
    "00 Une personne\n09 Retour\nPlus de SMS : STOP"
)


def test_a_question_left_open_is_asked_once_more_and_only_once(
    services: Services, reminding: Editor, french: Phone, clock: FixedClock
) -> None:
    french.text("carte perdue")
    clock.advance(hours=20)
    for words in ("1", "oui"):
        french.text(words)
    clock.advance(hours=5)
    assert rings(french) == [], "they answered five hours ago"
    clock.advance(hours=22)
    assert rings(french) == [REMINDER]
    french.text("34")
    clock.advance(days=5)
    assert rings(french) == []
    assert written(services, "reminded") == [""]


def test_nobody_is_reminded_who_stopped_or_finished_or_whose_flow_does_not_say_so(
    services: Services, nadia: Editor, french: Phone, gateway: ObedientGateway, clock: FixedClock
) -> None:
    french.text("carte perdue")
    bundle = json.loads(nadia.content)
    bundle["flow"]["remind"] = {"after": "1 day"}
    nadia.drafts(canonical(bundle))
    nadia.publish()
    finished, stopped = (Phone(services, gateway, f"+3361234567{digit}", "38000") for digit in (1, 2))
    to_the_end(finished)
    stopped.text("carte perdue")
    stopped.text("STOP")
    clock.advance(days=3)
    assert [rings(phone) for phone in (french, finished, stopped)] == [[], [], []]


def _close_the_case(services: Services) -> None:
    now, organisation = services.clock(), organisation_of(services)
    scope = Scope(organisation, Role.VOLUNTEER, account_of(services, organisation, "sam", Role.VOLUNTEER))
    desk.take(services, scope, 4001, now)
    with services.database.read() as tx:
        view = desk.case_view(tx, services, scope, 4001, now)
    desk.answer_and_close(
        services, scope, 4001, epoch=view.epoch, words="La mairie de Lyon 3.", outcome=desk.Outcome.SETTLED,
        seen_seq=view.seen_seq, now=now,
    )  # fmt: skip
