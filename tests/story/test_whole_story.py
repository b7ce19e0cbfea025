"""The whole story over HTTP: a citizen is led, asks for a person, and a person answers; on both databases.

Each test begins where `make run` ends: an installation on an empty folder, the gateway's forms in, its API out.
"""

from collections.abc import Iterator

import pytest

from sms_gateway.store.tables import Role
from tests.databases import PostgreSQL
from tests.promises import rows
from tests.story.browser import Browser
from tests.story.counter import FRANCE, KENYA, PASSWORD, Counter, Phone, open_counter
from tests.waiting import until

NUMBER_AND_TIME = r"before \d+(:30)? [ap]m.*number (\d+)"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def counter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A whole installation on an empty folder."""
    server: PostgreSQL | None = request.getfixturevalue("postgres_server") if request.param == "postgresql" else None
    with open_counter(tmp_path_factory.mktemp("counter"), database_url=server.empty() if server else None) as made:
        yield made


def a_volunteer(counter: Counter, login: str, number: str, *, line: str = KENYA, language: str = "en") -> Phone:
    """A volunteer with a basic phone, made as an administrator makes one."""
    counter.add_account(login, name=login.capitalize(), phone=number, languages=language, language=language)
    return counter.phone(number, line)


def offered(volunteer: Phone, case: str, *, citizen: Phone, words: tuple[str, ...] = ()) -> None:
    """The volunteer hears of the case: from its line, with the key that takes it, and nothing of who or what."""
    offer = volunteer.hears(rf"\b{case}\b.*\n1 ").string
    assert volunteer.inbox[volunteer.read - 1].sender == citizen.line
    assert not [word for word in (citizen.number[-9:], *words) if word in offer]


def test_a_citizen_in_kenya_is_led_and_answered_by_text(counter: Counter) -> None:
    first = a_volunteer(counter, "otieno", "+254733000001")
    second = a_volunteer(counter, "njeri", "+254733000002")
    counter.send_home("otieno", "njeri")
    citizen = counter.phone("+254711000001")

    # Led: who we are, what is kept, then the procedure that was named.
    citizen.asks("I lost my ID card", "machine guides you.*0")
    citizen.hears("keeps your texts")
    citizen.hears("lost, stolen or damaged.*1 .*0 A person")
    citizen.asks("1", "police abstract")
    citizen.asks("2", "police station")
    citizen.hears("want a person to find")

    # Asks for a person: a number and a time at once.
    case = citizen.asks("0", NUMBER_AND_TIME)[2]

    # The first who is asked has no time: the next one is asked at once.
    offered(first, case, citizen=citizen, words=("lost my ID",))
    first.asks("2", "thank you")
    offered(second, case, citizen=citizen, words=("lost my ID",))

    # Taken with 1: the words of the case come, and no number.
    second.asks("1", f"{case} is yours")
    second.hears("lost")
    assert not [text for text in second.texts if "711000001" in text]

    # To and fro.
    second.asks("Hello, I am Njeri. The police paper is free. Go today.", f"has left.*{case}")
    citizen.hears("Njeri, a real person")
    citizen.hears("Hello, I am Njeri. The police paper is free. Go today.")
    citizen.send("Thank you. At what hour do they open?")
    second.hears("At what hour do they open")
    second.asks("At 8 in the morning.", "has left")
    citizen.hears("At 8 in the morning.")

    # Closed with an outcome: the citizen is asked whether it helped.
    second.asks("DONE 1", f"{case} is finished")
    citizen.hears(f"{case}.*Did it help")
    citizen.asks("1", "good news")
    citizen.asks("menu", "looking for")


def test_a_citizen_who_dials_is_led_and_told_where_it_stands(counter: Counter) -> None:
    counter.hire("wafula", number="+254733000011")
    volunteer = counter.phone("+254733000011")
    counter.send_home("wafula")
    citizen = counter.phone("+254711000011")

    dialog = citizen.dial()
    assert "Lugha yako" in dialog.screen
    assert "0 A person" in dialog.screen
    assert "machine guides you" in dialog.answer("1")
    assert "0 A person" in dialog.screen
    assert "lost, stolen or damaged" in dialog.answer("1")
    assert "police abstract" in dialog.answer("1")
    promised = dialog.answer("0")
    assert dialog.over
    case = citizen.hears(NUMBER_AND_TIME)[2]  # a screen disappears; the number stays on the phone
    assert f"number {case}" in promised
    dialog.hang_up()

    # Dialling or writing again says where it stands, and still has the menu.
    again = citizen.dial()
    assert f"number {case}" in again.screen
    assert "0 A person" in again.screen
    assert "looking for" in again.answer("2")
    again.hang_up()
    citizen.asks("Any news?", f"number {case}")

    offered(volunteer, case, citizen=citizen, words=("Any news",))
    volunteer.asks("1", f"{case} is yours")
    volunteer.hears("Any news")
    volunteer.asks("Bring the police paper.", "has left")
    citizen.hears("Bring the police paper.")
    answered = citizen.dial()
    assert f"number {case}" in answered.screen
    assert "Wafula" in answered.screen
    answered.answer("1")
    citizen.hears("Bring the police paper.")
    volunteer.asks("DONE 2", f"{case} is finished")
    citizen.hears("Did it help")
    citizen.asks("2", f"{case} is open again")
    offered(volunteer, case, citizen=citizen)  # whoever knows the person is asked first
    volunteer.asks("1", f"{case} is yours")
    volunteer.asks("The office is at GPO, ground floor.", "has left")
    citizen.hears("GPO, ground floor")
    volunteer.asks("DONE", "how did it end.*1 Settled")
    volunteer.asks("1", f"{case} is finished")
    citizen.hears("Did it help")


def test_a_citizen_in_france_is_answered_from_a_browser(counter: Counter) -> None:
    counter.add_account("awa-b", name="Awa", languages="fr", language="en")
    counter.send_home("awa-b")
    citizen = counter.phone("+33612000021", FRANCE)
    citizen.asks("j'ai perdu ma carte d'identité", "machine vous guide")
    citizen.hears("perdue ou vol.e")
    citizen.asks("1", r"\?")
    case = citizen.asks("0", r"avant \d+h.*num.ro (\d+)")[1]

    browser = Browser(counter.guichet.url)
    assert "/login" in browser.open("/inbox").url
    inbox = browser.sign_in("awa-b", PASSWORD)
    assert "1 person waits" in inbox.words
    mine = browser.press(inbox, "Take the next one")
    assert f"number {case}" in mine.words
    assert "12000021" not in mine.html.replace(" ", "")
    sent = browser.press(mine, "Send the answer", words="Bonjour, je suis Awa. Une photo suffit.")
    assert "leaves now" in sent.words
    citizen.hears("Awa, une vraie personne")
    citizen.hears("Bonjour, je suis Awa. Une photo suffit.")
    citizen.send("Merci. Et le timbre ?")
    shown = until(lambda: page if "Et le timbre" in (page := browser.open(f"/inbox/{case}")).words else None)
    closed = browser.press(shown, "It is settled", words="25 euros, au bureau de tabac.")
    assert f"Case {case} is finished" in closed.words
    citizen.hears("25 euros, au bureau de tabac.")
    citizen.hears(rf"{case}.*Cela vous a aid")
    citizen.asks("1", "bonne nouvelle")


def test_a_page_takes_no_form_that_it_did_not_give(counter: Counter) -> None:
    counter.hire("lea")
    browser = Browser(counter.guichet.url)
    browser.sign_in("lea", PASSWORD)
    assert browser.post("/inbox/next", {}).status_code == 400


def test_an_offer_that_nobody_takes_goes_on_and_the_citizen_is_told(counter: Counter) -> None:
    silent = [counter.phone(f"+25473300003{place}") for place in range(3)]
    for place, phone in enumerate(silent):
        counter.hire(f"silent-{place}", number=phone.number)
    counter.hire("achieng", role=Role.COORDINATOR, number="+254733000039")
    coordinator = counter.phone("+254733000039")
    counter.send_home(*(f"silent-{place}" for place in range(3)))
    citizen = counter.phone("+254711000031")
    citizen.asks("Hello", "looking for")
    case = citizen.asks("0", NUMBER_AND_TIME)[2]

    for volunteer in silent:
        offered(volunteer, case, citizen=citizen)
        counter.let_time_pass(minutes=11)
    coordinator.hears(case)
    citizen.read = len(citizen.texts)
    for _ in range(20):  # the promise comes near: an apology and a new time before it lapses
        counter.let_time_pass(minutes=15)
        if any("late" in text for text in citizen.unread):
            break
        rows.wait_until_still(counter)
    citizen.hears(rf"late for number {case}.*before \d")

    # Even the first who was asked can still take it, hours later, while nobody has it.
    silent[0].asks("1", f"{case} is yours")
    silent[0].asks("Sorry for the wait. I am here.", "has left")
    citizen.hears("Sorry for the wait. I am here.")
    silent[0].asks("DONE 1", f"{case} is finished")
