"""Languages in conversations, on both databases: asked on the first screen, heard in the first text, changed by a word.

Seen to fail: with the welcome before the language is chosen; with a case that keeps the language it was opened in; with
one word that is enough to know a language; with a status screen that is only said again (its time stayed in English).
"""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import insert, select, update

from flows import packaged
from flows.alphabet import measure
from flows.compiler import compile_bundle
from sms_gateway import flow_versions
from sms_gateway import services as services_
from sms_gateway.context import Services
from sms_gateway.settings import Settings
from sms_gateway.store.tables import bundles, cases, people
from sms_gateway.store.tables import flow_versions as versions
from tests.clocks import FixedClock
from tests.gateway.parts import ObedientGateway, wired
from tests.gateway.talk import CHANNEL, Phone

CODE = "*384*77#"


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
def kenyan(services: Services, gateway: ObedientGateway) -> Phone:
    return Phone(services, gateway, "+254711000001", "22384", CODE)


@pytest.fixture
def french(services: Services, gateway: ObedientGateway) -> Phone:
    return Phone(services, gateway, "+33612345678", "38000")


def kept(services: Services) -> tuple[str, bool]:
    """The language of whoever came last, and whether it was chosen."""
    with services.database.read() as tx:
        row = tx.execute(select(people).order_by(people.c.id.desc()).limit(1)).one()
    return row.language, row.language_chosen


def without_swahili(services: Services) -> None:
    """Somebody edits Kenya's procedure, and it is no longer written in Swahili."""
    bundle = json.loads(packaged.bundle("kenya", "lost_id"))
    bundle["languages"] = ["en"]
    bundle["sentences"] = {"en": bundle["sentences"]["en"]}
    content = json.dumps(bundle, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    machine = compile_bundle(content)
    with services.database.write() as tx:
        tx.execute(insert(bundles).values(hash=machine.hash, content=content, created_at=services.clock()))
        tx.execute(update(versions).where(versions.c.code == "lost_id").values(bundle_hash=machine.hash))


# ---- the first dial ----


def test_a_first_dial_asks_for_the_language_and_the_welcome_comes_in_it(services: Services, kenyan: Phone) -> None:
    asked = kenyan.dial()
    assert asked == "CON Your language?\nLugha yako?\n1 English\n2 Kiswahili\n0 A person\n0 Mtu"
    assert kenyan.news() == [], "nothing is told in a language that was not chosen"
    welcome = kenyan.press("2")
    assert "mashine inakuongoza" in welcome
    assert "Unatafuta" in welcome
    assert "0 Mtu" in welcome
    (privacy,) = kenyan.news()
    assert "FUTA" in privacy
    assert kept(services) == ("sw", True)


def test_later_dials_go_straight_on_in_the_kept_language(kenyan: Phone, clock: FixedClock) -> None:
    kenyan.dial()
    kenyan.press("2")
    clock.advance(hours=24 * 40)
    again = kenyan.dial()
    assert again.startswith("CON Unatafuta")
    assert "inakuongoza" not in again
    assert kenyan.text("kitambulisho")[-1].endswith("0 Mtu"), "and by text"


def test_whoever_hangs_up_at_the_language_is_asked_again(kenyan: Phone) -> None:
    first = kenyan.dial()
    assert kenyan.hang_up() == []
    assert kenyan.dial() == first


def test_a_person_is_one_key_away_before_any_language_is_known(services: Services, kenyan: Phone) -> None:
    kenyan.dial()
    assert "number 4001" in kenyan.press("0")
    assert any("ERASE" in text for text in kenyan.news()), "what is kept is told to them too"
    assert "number 4001" in kenyan.dial(), "where it stands comes before the question"


def test_the_name_of_a_language_answers_too(services: Services, kenyan: Phone) -> None:
    kenyan.dial()
    assert "Unatafuta" in kenyan.press("swahili")
    assert kept(services) == ("sw", True)


def test_keys_that_somebody_new_dials_with_the_code_are_the_menus(services: Services, kenyan: Phone) -> None:
    assert "Is your ID lost" in kenyan.dial("1")
    assert kept(services) == ("en", False)
    kenyan.text("menu")
    assert "Lugha yako" in kenyan.dial(), "a plain dial still asks"


def test_words_texted_after_the_language_screen_are_what_it_is_about(kenyan: Phone) -> None:
    kenyan.dial()
    assert "Is your ID lost" in kenyan.text("lost id")[-1]


def test_a_service_of_one_language_asks_nothing(services: Services, gateway: ObedientGateway) -> None:
    with services.database.read() as tx:
        (ivorian,) = (each for each in services_.all_services(tx) if each.country == "cote_divoire")
    lines = {line.kind: line.address for line in ivorian.lines if line.channel == CHANNEL}
    phone = Phone(services, gateway, "+2250700000001", lines["sms"], lines["ussd"])
    screen = phone.dial()
    assert "une machine vous guide" in screen
    assert "English" not in screen
    assert "ici on parle seulement : Francais" in phone.press("LANGUE")


# ---- the menu's line ----


def test_the_menu_has_a_line_of_the_other_language(services: Services, kenyan: Phone) -> None:
    *_, menu = kenyan.text("hello")
    assert "\n5 Kiswahili" in menu, "the last line of the first screen, however many procedures there are"
    swahili = "\n".join(kenyan.text("5"))
    assert "Unatafuta" in swahili
    assert "\n5 English" in swahili
    assert kept(services) == ("sw", True)


# ---- the first text ----


FIRST_TEXTS = {
    "nimepoteza kitambulisho": ("Habari", ("sw", True)),
    "i lost my id": ("Hello", ("en", True)),
    "kitambulisho": ("Hello", ("en", False)),
    "Kiswahili": ("Habari", ("sw", True)),
    "0": ("Hello", ("en", False)),
}


def test_a_first_text_is_answered_in_its_own_language_where_it_is_plain(services: Services, kenyan: Phone) -> None:
    for place, (words, (greeting, language)) in enumerate(FIRST_TEXTS.items()):
        phone = Phone(services, kenyan.gateway, f"+25471100010{place}", kenyan.line)
        welcome, *_ = phone.text(words)
        assert kept(services) == language, words
        assert welcome.startswith(greeting)
        assert welcome.endswith("Kwa Kiswahili: tuma KISWAHILI.") == (not language[1]), "told while nothing is known"
        assert measure(welcome).segments == 1


def test_a_first_text_of_danger_is_answered_in_its_language(services: Services, kenyan: Phone) -> None:
    danger, promise, welcome, _ = kenyan.text("mume wangu ananipiga")
    assert "Hatari" in danger
    assert "namba 4001" in promise
    assert welcome.startswith("Habari")


def test_english_is_heard_in_france(services: Services, french: Phone) -> None:
    welcome, _, question = french.text("I lost my card")
    assert "A machine guides you" in welcome
    assert "0 A person" in question
    assert kept(services) == ("en", True)


def test_a_greeting_changes_nothing_and_tells_how(services: Services, french: Phone) -> None:
    welcome, *_ = french.text("hello")
    assert welcome.endswith("In English: send ENGLISH.")
    assert kept(services) == ("fr", False)
    *_, later = french.text("i need help with the card of my mother")
    assert "0 A person" in later, "the first plain words count, be they the second text"


def test_a_procedure_that_was_begun_is_not_turned_by_what_is_written_in_it(services: Services, french: Phone) -> None:
    french.text("carte identite")
    french.text("i do not know where it was lost")
    assert kept(services) == ("fr", False)


# ---- a word, anywhere ----


def test_a_word_in_the_middle_asks_the_same_question_again(services: Services, kenyan: Phone) -> None:
    kenyan.text("i lost my id")
    kenyan.text("1")
    said = "\n".join(kenyan.text("KISWAHILI"))
    assert said.startswith("Tunaendelea kwa Kiswahili")
    assert "OB" in said
    assert "Huduma Centre" in "\n".join(kenyan.text("1")), "the answers are kept"


def test_the_menu_of_languages_leads_back_to_the_question(kenyan: Phone) -> None:
    kenyan.text("i lost my id")
    (question,) = kenyan.text("1")
    assert "2 Kiswahili" in kenyan.text("LUGHA")[0]
    said = "\n".join(kenyan.text("swahili"))
    assert said.startswith("Tunaendelea kwa Kiswahili")
    assert "OB" in said
    kenyan.text("LANGUAGE")
    assert "\n".join(kenyan.text("1")).endswith(question)


def test_the_menu_of_languages_from_the_menu_leads_back_there(kenyan: Phone) -> None:
    kenyan.text("i lost my id")
    kenyan.text("MENU")
    kenyan.text("LANGUAGE")
    assert "Unatafuta" in "\n".join(kenyan.text("2"))


def test_a_language_that_is_not_here_gets_those_that_are(kenyan: Phone) -> None:
    kenyan.text("i lost my id")
    (said,) = kenyan.text("french")
    assert said.startswith("Sorry, here we only speak: English, Kiswahili. A person: 0.\nIs your ID lost")
    assert "1 Lost" in said


def test_a_language_that_is_not_here_is_not_kept_as_theirs_and_the_next_words_are_heard(kenyan: Phone) -> None:
    assert "Sorry, here we only speak" in "\n".join(kenyan.text("french"))
    assert "Kitambulisho" in "\n".join(kenyan.text("nimepoteza kitambulisho changu"))


def test_stop_and_return_keep_the_language(kenyan: Phone) -> None:
    kenyan.text("hello")
    kenyan.text("KISWAHILI")
    (stopped,) = kenyan.text("STOP")
    assert "Hatutatuma" in stopped or "SMS" in stopped
    (menu,) = kenyan.text("hello")
    assert menu.startswith("Unatafuta")


def test_an_open_case_goes_on_in_the_new_language(services: Services, kenyan: Phone) -> None:
    kenyan.text("i lost my id")
    kenyan.text("0")
    said = "\n".join(kenyan.text("KISWAHILI"))
    assert "Tunaendelea kwa Kiswahili" in said
    with services.database.read() as tx:
        assert tx.execute(select(cases.c.language)).scalar_one() == "sw", "it is offered to whoever speaks it"


def test_the_screen_of_an_open_case_is_said_anew_with_its_time(kenyan: Phone) -> None:
    kenyan.speaking("en").dial()
    kenyan.press("0")
    assert "number 4001" in kenyan.dial()
    anew = kenyan.press("kiswahili")
    assert "namba 4001" in anew
    assert "before" not in anew
    assert "kabla ya" in anew


# ---- a procedure that lacks a language ----


def test_a_procedure_in_another_language_says_so_before_it_begins(services: Services, kenyan: Phone) -> None:
    without_swahili(services)
    kenyan.speaking("sw").text("menyu")
    said = "\n".join(kenyan.text("1"))
    assert "Samahani, sehemu hii ni ya Kiingereza. Mtu: 0.\nIs your ID lost" in said
    assert "1 Endelea" in kenyan.dial()
    assert kenyan.press("1").startswith("CON Samahani, sehemu hii ni ya Kiingereza. Mtu: 0.\nIs your ID lost")


def test_a_word_for_a_language_that_the_procedure_lacks_is_answered_in_it(services: Services, kenyan: Phone) -> None:
    without_swahili(services)
    kenyan.text("i lost my id")
    said = "\n".join(kenyan.text("KISWAHILI"))
    assert said.startswith("Samahani, sehemu hii ni ya Kiingereza. Mtu: 0.\nIs your ID lost")
    assert "Tunaendelea" not in said
    assert "Unatafuta" in kenyan.text("MENU")[0], "the language is kept for all else"


# ---- danger ----


def test_danger_is_answered_in_the_language_that_it_is_written_in(services: Services, kenyan: Phone) -> None:
    kenyan.speaking("en").text("i lost my id")
    danger, promise = kenyan.text("mume wangu ananipiga")
    assert "112" in danger
    assert "Hatari" in danger
    assert "namba 4001" in promise
    assert kept(services) == ("en", True)


def test_danger_is_answered_in_its_language_in_a_procedure_that_lacks_it(services: Services, kenyan: Phone) -> None:
    without_swahili(services)
    kenyan.speaking("en").text("i lost my id")
    danger, promise = kenyan.text("mume wangu ananipiga")
    assert "Hatari" in danger
    assert "namba 4001" in promise


def test_danger_in_a_language_that_is_not_here_is_answered_in_the_persons(kenyan: Phone) -> None:
    kenyan.speaking("sw").text("menyu")
    danger, promise = kenyan.text("mon mari me frappe")
    assert "112" in danger
    assert "namba 4001" in promise
