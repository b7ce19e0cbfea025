"""In a real browser: the whole story on the pages, by mouse and by keyboard; every page for everybody, at any width."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from sms_gateway.web import login_sessions
from tests.web.house import PASSWORD, House

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
WIDTHS = (320, 1280)
PATIENCE = 20_000  # milliseconds: another program may have the processor


@contextmanager
def window(chromium: Browser, *, width: int = 1280, script: bool = True, language: str = "fr-FR") -> Iterator[Page]:
    """A window with cookies of its own; a fault that the browser tells of fails the test."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, locale=language, java_script_enabled=script
    )
    context.set_default_timeout(PATIENCE)
    page, faults = context.new_page(), []

    def answered(response: Response) -> None:
        if response.status >= 500 or response.request.resource_type == "font":
            faults.append(f"{response.status} {response.url}")

    page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("response", answered)
    yield page
    context.close()
    assert faults == []


def sign_in(page: Page, root: str, login: str) -> None:
    page.goto(f"{root}/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def screen(page: Page, phone: str) -> str:
    return page.inner_text(f"#screen-{phone}")


def test_a_citizen_is_led_and_answered_from_phone_to_phone(living_house: House, chromium: Browser) -> None:
    with living_house.serving() as root, window(chromium) as page:
        page.goto(root)
        page.get_by_role("link", name="Essayer ici").click()
        page.click("#citizen-left")
        expect(page.locator("#screen-citizen")).to_contain_text("0 Une personne", timeout=PATIENCE)
        page.click("#citizen-0")
        assert page.input_value("#field-citizen") == "0"
        page.click("#citizen-left")
        expect(page.locator("#screen-volunteer")).to_contain_text("1 Prendre", timeout=PATIENCE)
        page.click("#volunteer-1")
        page.click("#volunteer-left")
        expect(page.locator("#screen-volunteer")).to_contain_text("est à vous", timeout=PATIENCE)
        page.fill("#field-volunteer", "Bonjour, je suis Awa.")
        page.press("#field-volunteer", "Enter")
        expect(page.locator("#screen-citizen")).to_contain_text("Bonjour, je suis Awa.", timeout=PATIENCE)
        expect(page.locator(".g-essai__cote")).to_contain_text("Awa répond.")
        assert page.input_value("#field-volunteer") == ""


def test_keys_write_letters_digits_and_take_back(living_house: House, chromium: Browser) -> None:
    with living_house.serving() as root, window(chromium) as page:
        page.goto(f"{root}/phone")
        page.fill("#field-citizen", "")
        for key in ("2", "2", "2"):
            page.click(f"#citizen-{key}")
        assert page.input_value("#field-citizen") == "c"
        page.click("#citizen-5")
        page.click("#citizen-hash")
        page.click("#citizen-7")
        assert page.input_value("#field-citizen") == "cj7"
        page.click("#citizen-right")
        assert page.input_value("#field-citizen") == "cj"


def test_a_call_goes_on_by_keyboard_alone_and_focus_stays(living_house: House, chromium: Browser) -> None:
    with living_house.serving() as root, window(chromium, language="en-GB") as page:
        page.goto(f"{root}/phone")
        page.get_by_role("button", name="Kenya").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#field-citizen")).to_have_value("*384*77#")
        page.focus("#field-citizen")
        page.keyboard.press("Enter")
        expect(page.locator("#screen-citizen")).to_contain_text("0 A person", timeout=PATIENCE)
        page.focus("#citizen-1")
        page.keyboard.press("Enter")
        page.focus("#citizen-left")
        page.keyboard.press("Enter")
        expect(page.locator("#screen-citizen")).to_contain_text("Is your ID", timeout=PATIENCE)
        assert page.evaluate("document.activeElement.id") == "citizen-left"


def test_the_phones_work_without_scripts(living_house: House, chromium: Browser) -> None:
    with living_house.serving() as root, window(chromium, script=False, width=320) as page:
        page.goto(f"{root}/phone")
        page.click("#citizen-left")
        page.get_by_role("link", name="Regarder").click()
        assert "Bonjour" in screen(page, "citizen")
        page.click("#citizen-0")
        assert page.input_value("#field-citizen") == "0"


def test_a_volunteer_answers_in_the_inbox_while_a_coordinator_looks_on(living_house: House, chromium: Browser) -> None:
    number = living_house.ask_for_a_person("+99920000001", "ya plus de chauffage depuis lundi")
    with living_house.serving() as root, window(chromium) as awa, window(chromium) as claire:
        sign_in(awa, root, "awa")
        sign_in(claire, root, "claire")
        expect(claire.locator("#bureau")).to_contain_text(str(number))
        awa.get_by_role("button", name="Prendre le suivant").click()
        expect(awa.get_by_role("log")).to_contain_text("ya plus de chauffage")
        expect(claire.locator(".g-tableau")).to_contain_text("Awa", timeout=PATIENCE)  # the page renews itself
        awa.fill("#mots", "Bonjour. Appelez le gardien.")
        expect(awa.locator("#compte")).to_contain_text("28 caractères", timeout=PATIENCE)
        living_house.text("+99920000001", "svp vous etes la")
        expect(awa.get_by_role("log")).to_contain_text("svp vous etes la", timeout=PATIENCE)
        assert awa.input_value("#mots") == "Bonjour. Appelez le gardien."
        awa.get_by_role("button", name="Envoyer la réponse").click()
        expect(awa.get_by_role("log")).to_contain_text("Appelez le gardien.")
        awa.locator("summary", has_text="Envoyer et finir").click()
        awa.get_by_role("button", name="C’est réglé").click()
        expect(awa.locator("body")).to_contain_text(f"Le cas {number} est fini.")
        expect(claire.locator("#bureau")).to_contain_text("Personne n’attend", timeout=PATIENCE)


def test_a_coordinator_adds_a_volunteer_and_gives_them_a_case(living_house: House, chromium: Browser) -> None:
    number = living_house.ask_for_a_person("+99920000001", "ya plus de chauffage depuis lundi")
    with living_house.serving() as root, window(chromium) as claire, window(chromium) as fatou:
        sign_in(claire, root, "claire")
        claire.get_by_role("link", name="Ajouter un bénévole").click()
        claire.fill("#name", "Fatou")
        claire.fill("#login", "fatou")
        claire.get_by_role("button", name="Faire le compte").click()
        drawn = claire.inner_text(".g-chasse")
        claire.goto(f"{root}/desk/give/{number}")
        claire.get_by_label("Fatou").check()
        claire.get_by_role("button", name="Donner le cas").click()
        expect(claire.locator(".g-tableau")).to_contain_text("Fatou")
        fatou.goto(f"{root}/login")
        fatou.fill("#login", "fatou")
        fatou.fill("#password", drawn)
        fatou.press("#password", "Enter")
        fatou.locator(".g-ticket--petit", has_text=str(number)).click()
        expect(fatou.get_by_role("log")).to_contain_text("ya plus de chauffage")


# --- every page


Act = Callable[[Page, str], None]


def go(path: str) -> Act:
    """Open a page."""

    def act(page: Page, root: str) -> None:
        page.goto(root + path)

    return act


def refused_login(page: Page, root: str) -> None:
    page.goto(f"{root}/login")
    page.get_by_role("button", name="Entrer").click()


def refused_volunteer(page: Page, root: str) -> None:
    page.goto(f"{root}/desk/volunteers/new")
    page.get_by_role("button", name="Faire le compte").click()


def a_call(page: Page, root: str) -> None:
    page.goto(f"{root}/phone")
    page.get_by_role("button", name="Kenya").click()
    page.click("#citizen-call")
    expect(page.locator("#screen-citizen")).to_contain_text("0 A person", timeout=PATIENCE)


def a_thread(page: Page, root: str) -> None:
    page.goto(f"{root}/phone")
    page.click("#citizen-left")
    expect(page.locator("#screen-citizen")).to_contain_text("0 Une personne", timeout=PATIENCE)


def a_case(page: Page, root: str) -> None:
    page.goto(f"{root}/inbox")
    if page.locator(".g-ticket--petit").count():
        page.locator(".g-ticket--petit").first.click()
    else:
        page.get_by_role("button", name="Prendre le suivant").click()
    expect(page.locator("#mots")).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()


LONG_WORDS = "Kitambulisho chako kimepotea, kimeibwa au kimeharibika? Chagua namba moja hapa chini, " * 2


def a_draft(page: Page, root: str) -> None:
    """A procedure with a screen too long, and an old translation."""
    page.goto(f"{root}/editor/kenya/lost_id/step/how")
    page.fill("#how-ask-en", "Is your card lost, stolen or broken?")
    page.fill("#how-ask-sw", LONG_WORDS)
    page.press("#how-choices-lost-en", "Enter")
    expect(page.locator("#step-how .g-constat").first).to_be_visible()
    page.goto(f"{root}/editor/kenya/lost_id?step=how&language=sw")


def a_clash(page: Page, root: str) -> None:
    page.goto(f"{root}/editor/kenya/lost_id/step/town")
    page.evaluate("document.querySelector('[name=\"seen:text:en:town.ask\"]').value = 'Something before'")
    page.fill("#town-ask-en", "Where do you live? Example: Kisumu")
    page.locator(".g-bouton[value=save]").click()
    expect(page.locator(".g-heurt")).to_be_visible()


def a_refused_fact(page: Page, root: str) -> None:
    page.goto(f"{root}/editor/kenya/lost_id/facts")
    page.fill("#fact-free_until-value", "")
    page.locator(".g-bouton[value=save]").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()


def refused_publishing(page: Page, root: str) -> None:
    page.goto(f"{root}/editor/kenya/lost_id/changes")
    page.fill("#reason", "Plus clair")
    page.locator("form .g-bouton").first.click()
    expect(page.locator("[role=alert]")).to_be_visible()


def of_a_version(link: str) -> Act:
    """A page of the newest version, by its link in the list."""

    def act(page: Page, root: str) -> None:
        page.goto(f"{root}/editor/kenya/lost_id/history")
        page.locator(f".g-version {link}").first.click()

    return act


# A name, who is signed in, and how to get there.
EVERY_PAGE: tuple[tuple[str, str | None, Act], ...] = (
    ("home", None, go("/")),
    ("numbers", None, go("/numbers")),
    ("volunteers", None, go("/volunteers")),
    ("counters", None, go("/counters")),
    ("help", None, go("/help")),
    ("accessibility", None, go("/accessibility")),
    ("privacy", None, go("/privacy")),
    ("phone", None, go("/phone")),
    ("phone with a call", None, a_call),
    ("phone with a thread", None, a_thread),
    ("login", None, go("/login")),
    ("login refused", None, refused_login),
    ("not there", None, go("/not-there")),
    ("logout", "awa", go("/logout")),
    ("account", "awa", go("/account")),
    ("editor", "paul", go("/editor")),
    ("procedure", "paul", a_draft),
    ("step", "paul", go("/editor/kenya/lost_id/step/how?language=sw")),
    ("clash", "paul", a_clash),
    ("refused fact", "paul", a_refused_fact),
    ("title and keywords", "paul", go("/editor/kenya/lost_id/words")),
    ("discard a draft", "paul", go("/editor/kenya/lost_id/discard")),
    ("publishing refused", "paul", refused_publishing),
    ("published", "paul", go("/editor/kenya/lost_id/published")),
    ("nothing to choose", "paul", go("/editor/kenya/lost_id/undecided")),
    ("written conversations", "paul", go("/editor/kenya/lost_id/conversations")),
    ("written conversation", "paul", go("/editor/kenya/lost_id/conversations/lost_id_sw")),
    ("translate", "paul", go("/editor/kenya/lost_id/translate")),
    ("versions", "paul", go("/editor/kenya/lost_id/history")),
    ("version", "paul", of_a_version(".g-lien--seul")),
    ("withdraw", "paul", of_a_version(".g-bouton--grave")),
    ("what happened", "paul", go("/editor/happened")),
    ("inbox", "awa", go("/inbox")),
    ("case", "awa", a_case),
    ("desk", "claire", go("/desk")),
    ("give", "claire", go("/desk/give/4001")),
    ("team", "claire", go("/desk/volunteers")),
    ("new volunteer", "claire", go("/desk/volunteers/new")),
    ("new volunteer refused", "claire", refused_volunteer),
    ("close an account", "claire", go("/desk/volunteers/1/close")),
)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_for_everybody(living_house: House, chromium: Browser, width: int) -> None:
    for phone in ("+99920000001", "+99920000002"):
        living_house.text(phone, "carte perdue")
        living_house.text(phone, "0")
    wrong: dict[str, object] = {}
    with living_house.serving() as root:
        for name, login, act in EVERY_PAGE:
            with window_that_may_refuse(chromium, width) as page:
                if login:
                    token = living_house.token_of(login)
                    page.context.add_cookies([{"name": login_sessions.COOKIE, "value": token, "url": root}])
                act(page, root)
                if found := faults_of(page, width):
                    wrong[name] = found
    assert wrong == {}


@contextmanager
def window_that_may_refuse(chromium: Browser, width: int) -> Iterator[Page]:
    """A window for pages that refuse on purpose, with their own status; no font may be asked for."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, locale="fr-FR")
    context.set_default_timeout(PATIENCE)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url) if request.resource_type == "font" else None)
    yield page
    context.close()
    assert asked == []


def faults_of(page: Page, width: int) -> list[object]:
    """What axe finds, what stands out sideways (at double text too), headings, small targets, small text."""
    page.evaluate(AXE)
    found = page.evaluate(
        "axe.run({resultTypes: ['violations']}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.target)]))"
    )
    wide = page.evaluate("document.documentElement.scrollWidth")
    faults = [*found, *([("sideways", wide)] if wide > width else [])]
    headings = page.evaluate("document.querySelectorAll('h1').length")
    if headings != 1:
        faults.append(("h1", headings))
    faults += page.evaluate(
        """() => [...document.querySelectorAll('button, .g-bouton, .g-entete__lien, summary')]
          .filter(e => e.getClientRects().length && !e.matches('.g-entree') && e.getBoundingClientRect().height < 43.5)
          .map(e => ['low', e.textContent.trim().slice(0, 30), e.getBoundingClientRect().height])"""
    )
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    doubled = page.evaluate("document.documentElement.scrollWidth")
    if width == WIDTHS[-1] and doubled > width:
        faults.append(("sideways at 200 %", doubled))
    return faults
