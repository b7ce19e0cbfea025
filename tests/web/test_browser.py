"""In a real browser: the whole story on the pages, by mouse and by keyboard, with scripts and without."""

from playwright.sync_api import Browser, expect

from tests.waiting import until
from tests.web.house import House
from tests.web.windows import PATIENCE, sign_in, window


def test_a_citizen_is_led_and_answered_from_phone_to_phone(living_house: House, chromium: Browser) -> None:
    with living_house.serving() as root, window(chromium) as page:
        page.goto(root)
        page.get_by_role("link", name="Essayer ici").click()
        page.click("#citizen-left")
        expect(page.locator("#screen-citizen")).to_contain_text("0 Une personne")
        page.click("#citizen-0")
        expect(page.locator("#field-citizen")).to_have_value("0")
        page.click("#citizen-left")
        expect(page.locator("#screen-volunteer")).to_contain_text("1 Prendre")
        page.click("#volunteer-1")
        page.click("#volunteer-left")
        expect(page.locator("#screen-volunteer")).to_contain_text("est à vous")
        page.fill("#field-volunteer", "Bonjour, je suis Awa.")
        page.press("#field-volunteer", "Enter")
        expect(page.locator("#screen-citizen")).to_contain_text("Bonjour, je suis Awa.")
        expect(page.locator(".g-essai__cote")).to_contain_text("Awa répond.")
        expect(page.locator("#field-volunteer")).to_have_value("")


def test_keys_write_letters_digits_and_take_back(living_house: House, chromium: Browser) -> None:
    with living_house.serving() as root, window(chromium) as page:
        page.goto(f"{root}/phone")
        page.fill("#field-citizen", "")
        page.click("#citizen-2", click_count=3)  # in one go: whoever pauses begins another letter
        expect(page.locator("#field-citizen")).to_have_value("c")
        page.click("#citizen-5")
        page.click("#citizen-hash")
        page.click("#citizen-7")
        expect(page.locator("#field-citizen")).to_have_value("cj7")
        page.click("#citizen-right")
        expect(page.locator("#field-citizen")).to_have_value("cj")


def test_a_call_goes_on_by_keyboard_alone_and_focus_stays(living_house: House, chromium: Browser) -> None:
    with living_house.serving() as root, window(chromium, language="en-GB") as page:
        page.goto(f"{root}/phone")
        page.get_by_role("button", name="Kenya").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#field-citizen")).to_have_value("*384*77#")
        page.focus("#field-citizen")
        page.keyboard.press("Enter")
        expect(page.locator("#screen-citizen")).to_contain_text("0 A person")
        for following in ("Lost ID card", "Is your ID"):  # the language first, then what the call is about
            page.focus("#citizen-1")
            page.keyboard.press("Enter")
            page.focus("#citizen-left")
            page.keyboard.press("Enter")
            expect(page.locator("#screen-citizen")).to_contain_text(following)
        assert page.evaluate("document.activeElement.id") == "citizen-left"


def test_the_phones_work_without_scripts(living_house: House, chromium: Browser) -> None:
    with living_house.serving() as root, window(chromium, script=False, width=320) as page:
        page.goto(f"{root}/phone")
        page.click("#citizen-left")

        def answered() -> bool:
            page.get_by_role("link", name="Regarder").click()
            return "0 Une personne" in page.inner_text("#screen-citizen")

        until(answered, seconds=PATIENCE / 1000)
        page.click("#citizen-0")
        expect(page.locator("#field-citizen")).to_have_value("0")


def test_a_volunteer_answers_in_the_inbox_while_a_coordinator_looks_on(living_house: House, chromium: Browser) -> None:
    number = living_house.ask_for_a_person("+99920000001", "ya plus de chauffage depuis lundi")
    with living_house.serving() as root, window(chromium) as awa, window(chromium) as claire:
        sign_in(awa, root, "awa")
        sign_in(claire, root, "claire")
        expect(claire.locator("#bureau")).to_contain_text(str(number))
        awa.get_by_role("button", name="Prendre le suivant").click()
        expect(awa.get_by_role("log")).to_contain_text("ya plus de chauffage")
        expect(claire.locator(".g-tableau")).to_contain_text("Awa")  # the page renews itself
        awa.fill("#mots", "Bonjour. Appelez le gardien.")
        expect(awa.locator("#compte")).to_contain_text("28 caractères")
        living_house.text("+99920000001", "svp vous etes la")
        expect(awa.get_by_role("log")).to_contain_text("svp vous etes la")
        assert awa.input_value("#mots") == "Bonjour. Appelez le gardien."
        awa.get_by_role("button", name="Envoyer la réponse").click()
        expect(awa.get_by_role("log")).to_contain_text("Appelez le gardien.")
        awa.locator("summary", has_text="Envoyer et finir").click()
        awa.get_by_role("button", name="C’est réglé").click()
        expect(awa.locator("body")).to_contain_text(f"Le cas {number} est fini.")
        expect(claire.locator("#bureau")).to_contain_text("Personne n’attend")


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
