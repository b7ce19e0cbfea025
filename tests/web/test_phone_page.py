"""The simulator's page without scripts: keys, texts, calls, the network's moods, and what others may read of it."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from sms_gateway.app import create_app
from sms_gateway.store.tables import CaseState, cases
from tests.clocks import FixedClock
from tests.web.house import House, Visitor


def words_of(page: str) -> str:
    """A page as somebody reads it."""
    return " ".join(re.sub("<[^>]+>", " ", page).replace("&#39;", "'").split())


def press(visitor: Visitor, key: str, text: str = "", phone: str = "citizen") -> str:
    """Press a key of a phone and see the page that comes."""
    answer = visitor.post("/phone/press", {"phone": phone, "key": key, "text": text})
    assert answer.location == "/phone"
    return visitor.get("/phone").text


def field_of(page: str, phone: str = "citizen") -> str:
    found = re.search(rf'id="field-{phone}"[^>]*>([^<]*)</textarea>', page) or re.search(
        rf'id="field-{phone}"[^>]*value="([^"]*)"', page
    )
    assert found is not None
    return found[1]


def test_a_first_word_is_ready_to_send(living_house: House) -> None:
    visitor = living_house.visitor()
    assert field_of(visitor.get("/phone").text) == "Bonjour"
    page = press(visitor, "send", "Bonjour")
    assert "Carte d'identité perdue" in words_of(deliver(living_house, visitor))
    assert field_of(page) == ""


def deliver(house: House, visitor: Visitor) -> str:
    """Let what waits leave, then look again."""
    house.work()
    return visitor.get("/phone").text


def test_new_phones_finish_what_the_old_one_had_asked(living_house: House) -> None:
    visitor = living_house.visitor()
    visitor.get("/phone")
    for said in ("Bonjour", "0", "ya plus de chauffage"):
        press(visitor, "send", said)
    assert open_cases(living_house) == 1
    visitor.post("/phone/change", {"again": "yes"})
    assert open_cases(living_house) == 0


def test_a_newcomer_finds_nothing_that_others_left_long_ago(house: House) -> None:
    house.ask_for_a_person("+99920000001", "ya plus de chauffage")
    house.visitor().get("/phone")
    assert open_cases(house) == 1, "somebody may still be trying it"
    house.services.clock.advance(minutes=11)  # type: ignore[attr-defined]
    house.visitor().get("/phone")
    assert open_cases(house) == 0


def test_a_second_visitor_gets_an_offer_or_is_told_that_the_volunteer_is_busy(living_house: House) -> None:
    seen: list[Visitor] = []
    for _number in range(3):  # two volunteers speak French
        visitor = living_house.visitor()
        visitor.get("/phone")
        for said in ("Bonjour", "0", "ya plus de chauffage"):
            press(visitor, "send", said)
        deliver(living_house, visitor)
        seen.append(visitor)
    assert [offer_and_note(one) for one in seen] == [(True, False), (True, False), (False, True)]
    seen[2].post("/phone/change", {"free": "1"})
    deliver(living_house, seen[2])
    assert offer_and_note(seen[2]) == (True, False)


def offer_and_note(visitor: Visitor) -> tuple[bool, bool]:
    """Whether the volunteer's phone has an offer; whether it says that it is busy, with the button that ends that."""
    page = visitor.get("/phone").text
    return "1 Prendre" in words_of(page), 'name="free"' in page


def open_cases(house: House) -> int:
    with house.services.database.read() as tx:
        return len(tx.execute(select(cases.c.id).where(cases.c.state != CaseState.CLOSED)).all())


def test_each_key_writes_and_the_right_one_takes_back(house: House) -> None:
    visitor = house.visitor()
    visitor.get("/phone")
    page = press(visitor, "0", "1")
    assert field_of(page) == "10"
    assert field_of(press(visitor, "clear", "10")) == "1"
    assert field_of(press(visitor, "end", "1")) == ""


def test_citizen_and_volunteer_talk_from_phone_to_phone(living_house: House) -> None:
    visitor = living_house.visitor()
    visitor.get("/phone")
    for said in ("Bonjour", "0", "ya plus de chauffage"):
        press(visitor, "send", said)
    page = words_of(deliver(living_house, visitor))
    assert "Une personne vous répond" in page
    assert "1 Prendre" in page  # the offer on the volunteer's phone
    press(visitor, "send", "1", phone="volunteer")
    deliver(living_house, visitor)
    press(visitor, "send", "Appelez le bailleur.", phone="volunteer")
    page = words_of(deliver(living_house, visitor))
    assert page.count("Appelez le bailleur.") == 2  # it left one phone and stands on the other
    assert "Awa prend le cas 4001." in page
    assert "Awa répond." in page


def test_a_code_is_dialled_answered_and_hung_up(house: House) -> None:
    visitor = house.visitor()
    visitor.post("/phone/change", {"service": "kenya"})
    assert field_of(visitor.get("/phone").text) == "*384*77#"
    page = press(visitor, "call", "*384*77#")
    assert "0 A person" in page
    assert re.search(r"Écran 1 : \d+ sur 160", words_of(page))
    assert "2 Kiswahili" in page
    assert "You are looking for" in press(visitor, "send", "1")
    assert "Is your ID" in press(visitor, "send", "1")
    assert field_of(press(visitor, "end")) == "*384*77#"
    assert "n’appelle personne" in press(visitor, "call", "*999#")


def test_a_direct_dial_answers_the_first_screen_at_once(house: House) -> None:
    visitor = house.visitor()
    visitor.post("/phone/change", {"service": "kenya"})
    assert "Is your ID" in press(visitor, "call", "*384*77*1#")


def test_a_cut_network_takes_nothing_and_says_so(house: House) -> None:
    visitor = house.visitor()
    visitor.get("/phone")
    visitor.post("/phone/change", {"mood": "cut"})
    page = press(visitor, "send", "Bonjour")
    assert "Rien n’est parti" in page
    assert field_of(page) == "Bonjour"
    visitor.post("/phone/change", {"service": "kenya"})
    visitor.post("/phone/change", {"mood": "normal"})
    press(visitor, "call", "*384*77#")
    visitor.post("/phone/change", {"mood": "cut"})
    assert "L’appel est tombé" in press(visitor, "send", "1")


def test_a_network_that_repeats_changes_nothing(living_house: House) -> None:
    once, twice = living_house.visitor(), living_house.visitor()
    pages = []
    for visitor, mood in ((once, "normal"), (twice, "repeated")):
        visitor.get("/phone")
        visitor.post("/phone/change", {"mood": mood})
        press(visitor, "send", "Bonjour")
        pages.append(deliver(living_house, visitor).count('class="g-sms"'))
    assert pages[0] == pages[1] > 0


def test_a_slow_network_shows_a_text_after_eight_seconds(house: House, clock: FixedClock) -> None:
    visitor = house.visitor()
    visitor.get("/phone")
    visitor.post("/phone/change", {"service": "kenya"})
    visitor.post("/phone/change", {"mood": "slow"})
    assert "0 A person" not in press(visitor, "call", "*384*77#")
    clock.advance(seconds=8)
    assert "0 A person" in visitor.get("/phone").text


def test_the_page_renews_only_what_is_new(house: House) -> None:
    visitor = house.visitor()
    page = visitor.get("/phone").text
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    assert visitor.get("/phone/now", query_string={"seen": found[1]}).status_code == 204
    press(visitor, "send", "Bonjour")
    assert "La citoyenne envoie un SMS" in visitor.get("/phone/now", query_string={"seen": found[1]}).text


def test_each_browser_has_a_phone_of_its_own_and_may_take_a_new_one(house: House) -> None:
    mine, other = house.visitor(), house.visitor()
    mine.get("/phone")
    press(mine, "send", "des mots à moi")
    assert "des mots à moi" in mine.get("/phone").text
    assert "des mots à moi" not in other.get("/phone").text
    mine.post("/phone/change", {"again": "1"})
    assert "des mots à moi" not in mine.get("/phone").text


def test_the_terminal_reads_the_texts_of_a_simulated_phone_alone(house: House) -> None:
    house.text("+99920000001", "Bonjour")
    house.work()
    visitor = house.visitor()
    told = visitor.get("/phone/messages?line=france-sms&phone=%2B99920000001").json
    assert told is not None
    came = told["messages"]
    assert came
    assert set(came[0]) == {"id", "incoming", "body", "parts", "at"}
    last = came[-1]["id"]
    assert visitor.get(f"/phone/messages?line=38000&phone=+99920000001&after={last}").json == {"messages": []}
    assert visitor.get("/phone/messages?line=38000&phone=%2B33612345678").status_code == 404
    assert visitor.get("/phone/messages?line=nowhere&phone=%2B99920000001").status_code == 404


def test_the_secret_of_the_hooks_is_on_no_page(house: House) -> None:
    visitor = house.visitor()
    secret = house.services.settings.hook_secrets[0]
    assert secret not in visitor.get("/phone").text + press(visitor, "send", "Bonjour")


def test_the_simulator_is_not_there_when_it_is_off(house: House) -> None:
    off = replace(house.services, settings=replace(house.services.settings, simulator=False))
    client = create_app(off).test_client()
    for path in ("/phone", "/phone/now", "/phone/messages?line=38000&phone=%2B99920000001"):
        assert client.get(path).status_code == 404
    assert "/phone" not in client.get("/").text


@pytest.mark.parametrize("cookie", ["", "made.up", "eyJwaG9uZSI6MX0.awYfbA.AAAA"])
def test_a_broken_cookie_gives_new_phones(house: House, cookie: str) -> None:
    visitor = house.visitor()
    visitor.client.set_cookie("guichet_page", cookie)
    assert visitor.get("/phone").status_code == 200
