"""Every page of visitors, volunteers and coordinators is for everybody, at any width."""

from playwright.sync_api import Browser, Page, expect

from sms_gateway.counters import importing
from tests.web.house import House
from tests.web.visiting import Pages, go, wrong_of


def refused_login(page: Page, root: str) -> None:
    page.goto(f"{root}/login")
    page.get_by_role("button", name="Entrer").click()
    expect(page.locator(".govuk-error-message, .govuk-error-summary, [role=alert]").first).to_be_visible()


def refused_volunteer(page: Page, root: str) -> None:
    page.goto(f"{root}/desk/volunteers/new")
    page.get_by_role("button", name="Faire le compte").click()
    expect(page.locator(".govuk-error-message, .govuk-error-summary, [role=alert]").first).to_be_visible()


def a_call(page: Page, root: str) -> None:
    page.goto(f"{root}/phone")
    page.get_by_role("button", name="Kenya").click()
    page.click("#citizen-call")
    expect(page.locator("#screen-citizen")).to_contain_text("0 A person")


def a_thread(page: Page, root: str) -> None:
    page.goto(f"{root}/phone")
    page.click("#citizen-left")
    expect(page.locator("#screen-citizen")).to_contain_text("0 Une personne")


def a_case(page: Page, root: str) -> None:
    page.goto(f"{root}/inbox")
    if page.locator(".g-ticket--petit").count():
        page.locator(".g-ticket--petit").first.click()
    else:
        page.get_by_role("button", name="Prendre le suivant").click()
    expect(page.locator("#mots")).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()


def a_list_of_counters(page: Page, root: str) -> None:
    """What a list would change, in every part of the page; nothing of it is kept."""
    page.goto(f"{root}/desk/counters/list")
    lines = (b"id,name,place,hours,phone,topics", b"1,Maison Centrale,Brest,lundi 9h-12h,3646,crypto", b"2,,Brest,,,")
    page.set_input_files("#file", {"name": "list.csv", "mimeType": "text/csv", "buffer": b"\n".join(lines)})
    page.get_by_role("button", name="Voir ce qui changerait").click()
    expect(page.get_by_role("button", name="Garder cette liste")).to_be_visible()


COUNTERS = b"""id,name,place,postcode,hours,phone,topics
7,Maison France services Montreuil-Centre,Montreuil,93100,lundi 9h-12h,01 48 70 60 00,papiers logement
8,Relais,Vienne,38200,,,
"""


def an_answer_that_is_read_first(page: Page, root: str) -> None:
    page.goto(f"{root}/inbox")
    page.locator(".g-ticket--petit").first.click()
    page.locator("#mots").fill("Appelez le 06 11 22 33 44")
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.get_by_role("button", name="Changer les mots")).to_be_visible()


def answers_that_wait(page: Page, root: str) -> None:
    page.goto(f"{root}/desk/answers")
    page.locator("summary").first.click()


VISITOR: Pages = (
    ("home", go("/")),
    ("numbers", go("/numbers")),
    ("volunteers", go("/volunteers")),
    ("counters", go("/counters")),
    ("help", go("/help")),
    ("accessibility", go("/accessibility")),
    ("privacy", go("/privacy")),
    ("phone", go("/phone")),
    ("phone with a thread", a_thread),
    ("phone with a call", a_call),
    ("login", go("/login")),
    ("login refused", refused_login),
    ("not there", go("/not-there")),
)
VOLUNTEER: Pages = (
    ("logout", go("/logout")),
    ("account", go("/account")),
    ("inbox", go("/inbox")),
    ("case", a_case),
    ("an answer that is read first", an_answer_that_is_read_first),
)
COORDINATOR: Pages = (
    ("desk", go("/desk")),
    ("answers that wait", answers_that_wait),
    ("give", go("/desk/give/4001")),
    ("two cases that are one matter", go("/inbox/4001/same?into=4002")),
    ("team", go("/desk/volunteers")),
    ("counters known", go("/desk/counters")),
    ("list of counters", go("/desk/counters/list")),
    ("what a list changes", a_list_of_counters),
    ("texts", go("/desk/texts")),
    ("new volunteer", go("/desk/volunteers/new")),
    ("what a volunteer takes on", go("/desk/volunteers/1/work")),
    ("new volunteer refused", refused_volunteer),
    ("close an account", go("/desk/volunteers/1/close")),
)


def test_every_page_is_for_everybody(living_house: House, chromium: Browser) -> None:
    with living_house.services.database.write() as tx:
        importing.import_list(tx, "demo", COUNTERS, whole=False, now=living_house.services.clock())
    for phone in ("+99920000001", "+99920000002"):
        living_house.text(phone, "carte perdue")
        living_house.text(phone, "0")
    wrong: dict[str, object] = {}
    for login, pages in (("", VISITOR), ("awa", VOLUNTEER), ("claire", COORDINATOR)):
        wrong |= wrong_of(living_house, chromium, login, pages)
    assert wrong == {}
