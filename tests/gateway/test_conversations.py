"""Conversations through their real doors, on both databases: led, asked, put aside, repeated, stopped, erased."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from flows import engine
from sms_gateway import flow_versions, other_events
from sms_gateway.context import Services
from sms_gateway.settings import Settings
from sms_gateway.store.people import find
from sms_gateway.store.tables import case_entries, cases, events, journal, people, person_keys, sessions
from tests.clocks import FixedClock
from tests.gateway.parts import ObedientGateway, wired
from tests.gateway.talk import Phone, sent_bodies


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


def count_of(services: Services, table: object, *conditions: object) -> int:
    with services.database.read() as tx:
        return int(tx.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())  # type: ignore[call-overload, arg-type]


def kept_words(services: Services, phone: Phone) -> list[str]:
    """What a volunteer will read in this phone's case."""
    with services.database.write() as tx:
        service_id = int(tx.execute(select(cases.c.service_id)).scalar_one())
        person = find(tx, services.sealer, service_id=service_id, phone=phone.number)
        assert person is not None
        return [person.words.open(body) for body in tx.execute(select(case_entries.c.body)).scalars()]


def test_a_first_text_says_who_answers_and_shows_the_menu(french: Phone) -> None:
    welcome, privacy, menu = french.text("bonjour")
    assert "Une machine vous guide" in welcome
    assert "EFFACER" in privacy
    assert menu.startswith("Vous cherchez")
    assert "0 Une personne" in menu


def test_in_danger_the_number_to_call_comes_before_who_we_are(french: Phone) -> None:
    danger, person, welcome, privacy = french.text("mon mari me frappe")
    assert "appelez le 17" in danger
    assert "numéro 4001" in person
    assert "Une machine vous guide" in welcome
    assert "EFFACER" in privacy


def test_words_that_name_a_procedure_lead_into_it(french: Phone) -> None:
    *_, question = french.text("jai perdu ma carte d'identité")
    assert "perdue ou volée" in question


def test_zero_opens_a_case_with_a_number_and_a_time(services: Services, french: Phone) -> None:
    french.text("carte identite")
    (promise,) = french.text("0")
    assert "numéro 4001" in promise
    assert "avant" in promise
    assert count_of(services, cases) == 1


def test_a_text_with_an_open_case_says_where_it_stands(services: Services, french: Phone) -> None:
    french.text("bonjour")
    french.text("0")
    (said,) = french.text("toujours rien ?")
    assert "4001" in said
    assert count_of(services, cases) == 1, "a second wish joins the open case"


def test_thanks_with_an_open_case_are_answered_with_its_number_and_time_and_no_old_question(french: Phone) -> None:
    french.text("carte identite")
    french.text("mon mari me frappe")
    (said,) = french.text("merci")
    assert "Merci à vous." in said
    assert "numéro 4001 : réponse" in said
    assert "perdue ou volée" not in said
    assert "nouvelle carte" in "\n".join(french.text("1"))  # the question is still open: its key leads on


def test_thanks_without_a_case_are_followed_by_the_open_question(french: Phone) -> None:
    french.text("carte identite")
    assert "perdue ou volée" in "\n".join(french.text("merci"))


def test_zero_with_an_open_case_says_where_it_stands(services: Services, french: Phone, clock: FixedClock) -> None:
    french.text("bonjour")
    french.text("0")
    clock.advance(seconds=30)
    (said,) = french.text("0")
    assert "4001" in said
    assert "1 Ajouter un mot" in said
    assert count_of(services, cases) == 1


def test_help_is_followed_by_the_open_question(french: Phone) -> None:
    french.text("carte identite")
    said = french.text("AIDE")
    assert "STOP" in said[0]
    assert "perdue ou volée" in said[-1]


def test_a_language_chosen_by_its_name_is_kept(kenyan: Phone) -> None:
    kenyan.text("hello")
    said = "\n".join(kenyan.text("Kiswahili"))
    assert "Tunaendelea kwa Kiswahili" in said
    assert "Unatafuta" in said
    assert kenyan.text("menyu")[0].startswith("Unatafuta")


def test_a_language_chosen_from_the_menu_of_languages_is_kept(kenyan: Phone) -> None:
    kenyan.text("hello")
    asked = "\n".join(kenyan.text("LANGUAGE"))
    assert "2 Kiswahili" in asked
    said = "\n".join(kenyan.text("2"))
    assert "Unatafuta" in said


def test_words_that_name_a_procedure_while_a_case_waits_join_it_too(services: Services, french: Phone) -> None:
    french.text("bonjour")
    french.text("0")
    before = count_of(services, case_entries)
    (question,) = french.text("ma carte d'identité est perdue")
    assert "perdue ou volée" in question
    assert count_of(services, case_entries) == before + 1


def test_words_after_asking_for_a_person_are_for_that_person(services: Services, french: Phone) -> None:
    french.text("carte identite")
    french.text("0")
    (said,) = french.text("la police ne veut pas prendre ma plainte")
    assert "numéro 4001" in said
    assert "pas compris" not in said


def test_words_that_led_to_the_menu_reach_the_person(services: Services, french: Phone) -> None:
    french.text("je ne trouve pas l'acte de naissance de ma fille")
    french.text("0")
    assert kept_words(services, french) == ["je ne trouve pas l'acte de naissance de ma fille"]


def test_words_before_the_menu_follow_into_the_procedure_that_is_chosen(services: Services, french: Phone) -> None:
    french.text("bonjour il me faut des papiers")
    french.text("1")
    french.text("0")
    assert kept_words(services, french)[0].startswith("bonjour il me faut des papiers")


def test_a_dial_is_answered_by_a_screen_that_fits(kenyan: Phone) -> None:
    screen = kenyan.dial()
    assert screen.startswith("CON ")
    assert "0 A person" in screen
    assert len(screen) <= 164


def test_a_repeated_hop_gives_the_same_bytes_and_changes_nothing(services: Services, kenyan: Phone) -> None:
    kenyan.dial()
    first = kenyan.press("1")
    before = count_of(services, events), sent_bodies(services)
    assert [kenyan.repeat() for _ in range(4)] == [first] * 4
    assert (count_of(services, events), sent_bodies(services)) == before


def test_keys_dialled_with_the_code_are_answers(kenyan: Phone) -> None:
    kenyan.dial()
    kenyan.press("1")
    led = kenyan.press("1")
    again = Phone(kenyan.services, kenyan.gateway, "+254711000002", "22384", "*384*77#")
    assert again.dial("1*1").endswith(led.removeprefix("CON "))


def test_words_on_the_screen_of_a_waiting_case_are_confirmed_each_time(kenyan: Phone) -> None:
    kenyan.dial()
    kenyan.press("0")
    for words in ("my name is on the list", "and it was on Monday"):
        kenyan.dial()
        assert "Added to your request number 4001" in kenyan.press(words)


def test_a_redial_offers_to_go_on(kenyan: Phone) -> None:
    kenyan.dial()
    kenyan.press("1")
    question = kenyan.press("1")
    offered = kenyan.dial()
    assert "1 Go on" in offered
    assert kenyan.press("1") == question


def test_a_dropped_session_goes_on_by_sms_once(services: Services, kenyan: Phone) -> None:
    kenyan.dial()
    kenyan.press("1")
    kenyan.news()
    (resumed,) = kenyan.hang_up()
    assert "*384*77#" in resumed
    assert kenyan.hang_up() == []
    (question,) = kenyan.text("1")
    assert "abstract" in question


def test_a_drop_at_the_menu_sends_nothing(kenyan: Phone) -> None:
    kenyan.dial()
    kenyan.news()
    assert kenyan.hang_up() == []


def test_a_repeated_text_is_one_turn(services: Services, french: Phone) -> None:
    french.text("carte identite", key="same")
    before = sent_bodies(services)
    assert french.text("carte identite", key="same") == []
    assert sent_bodies(services) == before


def test_a_key_pressed_twice_at_one_question_is_one_answer(
    services: Services, french: Phone, clock: FixedClock
) -> None:
    french.text("carte identite")
    assert french.text("zzz") != []
    assert french.text("zzz") == [], "the same words within seconds, at the same question"
    assert count_of(services, events) == 3, "both are stored"
    clock.advance(seconds=11)
    assert french.text("zzz") != []


def test_the_same_key_to_two_questions_within_seconds_is_two_answers(services: Services, french: Phone) -> None:
    (*_, first) = french.text("carte identite")
    (*_, second) = french.text("1")
    (*_, third) = french.text("1")
    assert len({first, second, third}) == 3, "each is the question after the one before"


def test_stop_ends_with_one_text_and_a_new_text_begins_anew(services: Services, french: Phone) -> None:
    french.text("carte identite")
    french.text("0")
    (stopped,) = french.text("STOP")
    assert "START" in stopped
    assert count_of(services, cases, cases.c.state != "closed") == 0
    (menu,) = french.text("bonjour")
    assert menu.startswith("Vous cherchez")


def test_erasing_forgets_every_word_and_still_says_so(services: Services, french: Phone, clock: FixedClock) -> None:
    from sms_gateway import retention

    french.text("carte identite")
    french.text("1")
    (asked,) = french.text("EFFACER")
    assert "1 Oui, tout effacer" in asked
    (erased,) = french.text("1")
    assert "Tout est" in erased
    retention.forget_what_is_past(services)
    assert count_of(services, person_keys) == 0
    assert count_of(services, people, people.c.phone.is_not(None)) == 0
    clock.advance(minutes=1)
    welcome, *_ = french.text("bonjour")
    assert "Une machine vous guide" in welcome, "a person who was erased is new"


def test_danger_on_a_screen_has_the_number_and_the_key_to_a_person(kenyan: Phone) -> None:
    kenyan.dial()
    kenyan.news()
    screen = kenyan.press("my husband beats me")
    assert screen.startswith("CON ")
    assert "112" in screen
    assert screen.endswith("0 A person")
    assert any("number 4001" in body for body in kenyan.news())


def test_help_me_in_danger_joins_the_case_and_shows_no_menu(french: Phone) -> None:
    french.text("je veux mourir")
    said = french.text("aide moi")
    assert not any("Carte d'identité" in body for body in said)


def test_whoever_writes_again_after_erasing_is_not_forgotten_twice(services: Services, french: Phone) -> None:
    from sms_gateway import retention

    french.text("carte identite")
    french.text("EFFACER")
    french.text("1")
    *_, question = french.text("carte identite")
    assert "perdue ou volée" in question
    retention.forget_what_is_past(services)
    assert "police" in french.text("2")[0], "the conversation goes on"


def test_a_secret_is_struck_out_before_it_is_stored(services: Services, french: Phone) -> None:
    from sms_gateway.store.people import lock_or_create

    french.text("carte identite")
    said = french.text("mon code secret est 4821")
    assert any("secret" in body for body in said)
    with services.database.write() as tx:
        row = tx.execute(select(people)).one()
        person = lock_or_create(
            tx,
            services.sealer,
            organisation_id=row.organisation_id,
            service_id=row.service_id,
            phone=french.number,
            language="fr",
            now=services.clock(),
        )
        bodies = [person.words.open(body) for body in tx.execute(select(events.c.body)).scalars()]
    assert not any("4821" in body for body in bodies)


def test_a_bug_in_a_turn_reaches_a_person(services: Services, french: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    french.text("carte identite")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(engine, "advance", broken)
    (said,) = french.text("1")
    assert "numéro 4001" in said
    assert count_of(services, events, events.c.taken_at.is_(None)) == 0
    assert count_of(services, cases, cases.c.reason == "failed") == 1


def test_a_bug_leaves_nobody_stopped_who_writes_to_us_again(
    services: Services, french: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else they would never hear that their answer is late."""
    french.text("carte identite")
    french.text("STOP")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(engine, "start", broken)
    french.text("bonjour")
    assert count_of(services, cases, cases.c.reason == "failed") == 1
    assert count_of(services, people, people.c.status == "stopped") == 0


def test_an_event_that_always_fails_is_set_aside(
    services: Services, french: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sms_gateway import conversations
    from sms_gateway.store import mailbox
    from sms_gateway.store.tables import EventKind

    french.text("bonjour")
    with services.database.write() as tx:
        person = tx.execute(select(people)).one()
        event_id = mailbox.put(
            tx,
            organisation_id=person.organisation_id,
            service_id=person.service_id,
            kind=EventKind.OUTCOME,
            channel="desk",
            delivery_key="outcome/1",
            now=services.clock(),
            person_id=person.id,
            case_id=None,
        )
    assert event_id is not None

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(other_events, "take_stored", broken)
    for _ in range(5):
        conversations.take_waiting(services)
    assert count_of(services, events, events.c.taken_at.is_(None)) == 0
    assert count_of(services, journal, journal.c.what == "event_set_aside") == 1


def test_an_unreadable_session_leads_to_the_menu_not_to_silence(services: Services, french: Phone) -> None:
    from sqlalchemy import update

    french.text("carte identite")
    with services.database.write() as tx:
        tx.execute(update(sessions).values(state="broken"))
    assert french.text("1") != []


def test_a_flood_is_answered_once_and_every_text_is_kept(services: Services, french: Phone) -> None:
    answers = [body for number in range(90) for body in french.text("MENU" if number % 2 else "carte identite")]
    assert count_of(services, events) == 90
    assert len(answers) < 70
    assert sum("tous vos messages" in body.lower() for body in answers) == 1
    assert french.text("0") != [], "a person is never refused"
