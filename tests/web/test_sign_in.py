"""Signing in and out: sessions that end, cookies that die, passwords that nobody guesses, no word of who exists."""

import re
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from sms_gateway.errors import AlreadyTaken, GuichetError, NotFound
from sms_gateway.store.tables import Role, accounts, journal, web_sessions
from sms_gateway.web import passwords
from sms_gateway.web.accounts import make_account
from tests.clocks import FixedClock
from tests.web.house import PASSWORD, House, Visitor


def thief_of(house: House, visitor: Visitor) -> Visitor:
    """Somebody who copied the session's cookie of a browser."""
    thief = house.visitor()
    thief.client.set_cookie("guichet_session", visitor.cookie("guichet_session"))
    return thief


def test_a_stolen_cookie_opens_nothing_after_signing_out(house: House) -> None:
    visitor = house.signed_in("awa")
    thief = thief_of(house, visitor)
    assert thief.get("/inbox").status_code == 200
    assert visitor.post("/logout").location == "/"
    assert thief.get("/inbox").status_code == 401
    assert thief.post("/inbox/next").status_code == 401
    assert visitor.get("/inbox").status_code == 303


def test_signing_out_everywhere_ends_the_other_computers_too(house: House) -> None:
    here, there = house.signed_in("awa"), house.signed_in("awa")
    here.post("/account/leave-everywhere")
    assert there.get("/inbox").status_code == 401


def test_signing_in_gives_a_new_cookie_each_time_and_stores_only_its_hash(house: House) -> None:
    visitor = house.signed_in("awa")
    first, page = visitor.cookie("guichet_session"), visitor.token()
    visitor.sign_in("awa")
    assert visitor.cookie("guichet_session") != first
    assert visitor.token().partition(".")[0] != page.partition(".")[0]  # forms of before are dead as well
    with house.services.database.read() as tx:
        stored = tx.execute(select(web_sessions.c.token_hash)).scalars().all()
    assert len(stored) == 2
    assert not any(first in one or visitor.cookie("guichet_session") in one for one in stored)


def test_a_sign_that_no_database_keeps_is_left_out_of_a_login(house: House) -> None:
    assert house.visitor().sign_in("pa\0ul").status_code == 303
    assert house.visitor().sign_in("\0").status_code == 403


def test_a_session_ends_after_half_an_hour_of_rest(house: House, clock: FixedClock) -> None:
    visitor = house.signed_in("awa")
    clock.advance(minutes=29)
    assert visitor.get("/inbox").status_code == 200
    clock.advance(minutes=29)
    assert visitor.get("/inbox").status_code == 200
    clock.advance(minutes=30)
    assert visitor.get("/inbox").status_code == 401


def test_a_session_ends_after_twelve_hours_whatever_one_does(house: House, clock: FixedClock) -> None:
    visitor = house.signed_in("awa")
    for _ in range(47):
        clock.advance(minutes=15)
        assert visitor.get("/inbox").status_code == 200
    clock.advance(minutes=15)
    assert visitor.get("/inbox").status_code == 401


def test_a_page_that_renews_itself_keeps_nobody_signed_in(house: House, clock: FixedClock) -> None:
    visitor = house.signed_in("awa")
    for _ in range(4):
        clock.advance(minutes=10)
        last = visitor.get("/inbox", headers={"HX-Request": "true"})
    assert last.headers["HX-Redirect"] == "/login"


def test_a_closed_account_is_out_at_once(house: House) -> None:
    visitor = house.signed_in("awa")
    with house.services.database.write() as tx:
        tx.execute(update(accounts).where(accounts.c.login == "awa").values(active=False))
    assert visitor.get("/inbox").status_code == 401
    assert house.visitor().sign_in("awa").status_code == 403


def test_the_answer_is_the_same_whether_the_login_exists(house: House) -> None:
    visitor = house.visitor()

    def answer(login: str) -> tuple[int, str]:
        page = visitor.sign_in(login, "wrong")
        same = re.sub(r'name="csrf_token"[^>]*value="[^"]+"', "", page.text)
        return page.status_code, same.replace(f'value="{login}"', "")

    assert answer("awa") == answer("nobody")
    assert answer("awa")[0] == 403


def test_the_answer_takes_as_long_whether_the_login_exists(house: House) -> None:
    def seconds(login: str) -> float:
        began = time.process_time()
        assert passwords.enter(house.services, login=login, password="wrong") is None
        return time.process_time() - began

    seconds("nobody")  # the first call makes the hash that others are compared with
    took = [(seconds("nobody"), seconds("awa")) for _ in range(3)]  # work, whatever else the machine does meanwhile
    assert min(nobody for nobody, _ in took) > 0.4 * min(awa for _, awa in took)


def test_five_failures_make_the_right_password_wait_longer_each_time(house: House, clock: FixedClock) -> None:
    def enters(password: str) -> bool:
        return passwords.enter(house.services, login="awa", password=password) is not None

    for _ in range(5):
        assert not enters("wrong")
    assert not enters(PASSWORD)
    clock.advance(minutes=1)
    assert not enters("wrong")
    clock.advance(minutes=1)
    assert not enters(PASSWORD)
    clock.advance(minutes=1)
    assert enters(PASSWORD)
    assert not enters("wrong")
    assert enters(PASSWORD)  # counted from the start again
    with house.services.database.read() as tx:
        held = tx.execute(select(journal.c.what).where(journal.c.what == "sign_in_held")).scalars().all()
    assert len(held) == 2


def test_a_guesser_is_heard_less_than_twenty_times_an_hour() -> None:
    heard, failures, waited = 0, 0, timedelta()
    while waited <= timedelta(hours=1):
        heard, failures = heard + 1, failures + 1
        waited += passwords.wait_after(failures)
    assert heard < 20
    assert passwords.wait_after(500) == timedelta(hours=1)


def test_one_computer_can_not_try_without_end(house: House) -> None:
    from sms_gateway.web.accounts import limiter

    visitor = house.visitor()
    limiter.reset()
    token = visitor.token()
    codes = {visitor.client.post("/login", data={"csrf_token": token, "login": "awa"}).status_code for _ in range(31)}
    limiter.reset()
    assert codes == {403, 429}


def test_a_password_is_stored_as_argon2id(house: House) -> None:
    with house.services.database.read() as tx:
        stored = tx.execute(select(accounts.c.password_hash).where(accounts.c.login == "awa")).scalar_one()
    assert stored.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"login": " "}, GuichetError),
        ({"password": "short"}, GuichetError),
        ({"password": "x" * 201}, GuichetError),
        ({"language": "de"}, GuichetError),
        ({"phone": "12"}, GuichetError),
        ({"organisation": "nowhere"}, NotFound),
        ({"login": "awa"}, AlreadyTaken),
        ({"phone": "+99933100001"}, AlreadyTaken),
    ],
)
def test_an_account_that_can_not_be_is_refused_with_a_sentence(
    house: House, wrong: dict[str, str], error: type[GuichetError]
) -> None:
    wanted = {"login": "new", "password": PASSWORD, "role": Role.VOLUNTEER} | wrong
    with pytest.raises(error, match=r"\w+ .*\.$"):
        make_account(house.services, **wanted)  # type: ignore[arg-type]


def test_an_editor_and_an_auditor_get_a_true_page(house: House) -> None:
    assert 'href="/editor"' in house.signed_in("paul").get("/account").text.partition("<main")[2]
    assert "journal" in house.signed_in("odile").get("/account").text


def test_the_pages_speak_the_language_of_the_account(house: House) -> None:
    visitor = house.signed_in("wanjiru")
    assert "Hello Wanjiru" in visitor.get("/inbox").text
    visitor.post("/account/language", {"language": "fr"})
    assert "Bonjour Wanjiru" in visitor.get("/inbox").text
