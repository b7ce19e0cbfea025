"""A working day of an administrator, in a real browser, with phones and a worker: nobody in the middle is harmed.

Seen to fail: when a conversation followed what is live, when nobody told the people of a withdrawn version, and when
publishing let a screen past its bound through.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sms_gateway.store.tables import Role
from tests.story.counter import PASSWORD, Counter, Phone, open_counter
from tests.web.windows import window_that_may_refuse

FLOW = "/editor/kenya/lost_id"
OLD, NEW, NEWER = "a person to find the office", "a person find the office for you", "a person to find an office"
OLD_DAY, NEW_DAY = "free until 30 Oct", "free until 31 Jan"
TOO_LONG = "Je, mtu akutafutie ofisi? " * 8
SHORT = "Je, mtu akutafutie ofisi?"
NUMBER_AND_TIME = r"before \d+(:30)? [ap]m.*number (\d+)|number (\d+).*before \d+(:30)? [ap]m"


@pytest.fixture
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A whole installation on an empty folder, with its worker, and an editor."""
    with open_counter(tmp_path_factory.mktemp("day")) as made:
        made.hire("njeri", role=Role.EDITOR)
        yield made


def test_an_administrator_changes_words_and_nobody_is_harmed(counter: Counter, chromium: Browser) -> None:
    first, second, third, fourth, fifth = (counter.phone(f"+25471100010{n}") for n in range(5))
    begins(first)
    with window_that_may_refuse(chromium, 1280) as page:
        sign_in(page, counter.guichet.url)
        changes_a_fact_and_a_sentence(page)
        is_refused_then_shortens(page)
        accepts_and_publishes(page, "The office is open again", 2)
        expect(page.locator("main")).to_contain_text("1 person is still in version 1, and ends on it.")

        # Whoever is in the middle ends on the old version, the next one begins on the new one.
        goes_on(first, day=OLD_DAY, question=OLD)
        begins(second)
        goes_on(second, day=NEW_DAY, question=NEW)

        # Back in one click; what somebody began on the new version stays there.
        page.get_by_role("button", name="Go back to version 1").click()
        expect(page.locator("[role=status]")).to_contain_text("Version 1 is live again")
        begins(third)
        goes_on(third, day=OLD_DAY, question=OLD)
        second.asks("1", "Which town")

        # And published again, from what the draft says now.
        keep(page, "step/help", {"#help-ask-en": "Do you want a person to find an office?"})
        accepts_and_publishes(page, "Some are closed", 3)
        begins(fourth)
        goes_on(fourth, day=OLD_DAY, question=NEWER)

        # Withdrawn: its people get a number and a time from a person; the next one begins on the version before.
        fourth.read = len(fourth.texts)
        withdraws(page, 3)
        fourth.hears(NUMBER_AND_TIME)
        begins(fifth)
        goes_on(fifth, day=OLD_DAY, question=OLD)
        third.asks("1", "Which town")
        page.goto(f"{counter.guichet.url}/editor/happened")
        expect(page.locator(".g-journal")).to_contain_text("Njeri withdraws version 3.")


# --- the citizens


def begins(citizen: Phone) -> None:
    """Name the procedure, and be asked its first question."""
    citizen.asks("lost id", "lost, stolen or damaged")


def goes_on(citizen: Phone, *, day: str, question: str) -> None:
    """Two answers, then the words that the editor changed: the fact's day, and the next question."""
    citizen.asks("1", "police abstract")
    citizen.asks("2", day)
    before = citizen.read
    citizen.read = 0
    citizen.hears(question)
    citizen.read = max(before, citizen.read)


# --- the editor


def sign_in(page: Page, root: str) -> None:
    """As everybody does, with a password."""
    page.goto(f"{root}/login")
    page.fill("#login", "njeri")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: url.endswith("/editor"))
    page.get_by_role("link", name="Lost or stolen ID card").first.click()


def keep(page: Page, path: str, words: dict[str, str]) -> None:
    """Open a page of the procedure, fill in some of its fields, and keep them in the draft."""
    page.goto(f"{page.url.partition('/editor')[0]}{FLOW}/{path}")
    for field, text in words.items():
        page.fill(field, text)
    page.locator(".g-bouton[value=save]").click()
    expect(page.locator("[role=status]").first).to_contain_text("Kept in the draft")


def changes_a_fact_and_a_sentence(page: Page) -> None:
    """A day that a source says, and a question in two languages; one of them is far too long."""
    keep(page, "facts", {"#fact-free_until-value": "2027-01-31"})
    keep(page, "step/help", {"#help-ask-en": "Shall a person find the office for you?", "#help-ask-sw": TOO_LONG})


def is_refused_then_shortens(page: Page) -> None:
    """Publishing says which screen is too long, and leads to its sentence."""
    look_over(page)
    page.fill("#reason", "The office is open again")
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.locator("[role=alert]")).to_contain_text("Nothing is published yet")
    page.get_by_role("link", name="the Swahili screen is too long").click()
    page.fill("#help-ask-sw", SHORT)
    page.locator(".g-bouton[value=save]").click()
    expect(page.locator("[role=status]").first).to_contain_text("Kept in the draft")


def look_over(page: Page) -> None:
    """All that the draft changes."""
    page.goto(f"{page.url.partition('/editor')[0]}{FLOW}/changes")


def accepts_and_publishes(page: Page, reason: str, number: int) -> None:
    """Read the conversations in their new words, accept them all, then publish."""
    look_over(page)
    page.get_by_role("link", name="written conversations say other words now").click()
    page.get_by_role("button", name="Accept the words of all").click()
    expect(page.locator("[role=status]")).to_contain_text("have their new words")
    look_over(page)
    expect(page.locator(".g-changements ins").first).to_be_visible()
    page.fill("#reason", reason)
    page.get_by_role("button", name=f"Publish version {number}").click()
    expect(page.locator("h1")).to_have_text(f"Version {number} is live")


def withdraws(page: Page, number: int) -> None:
    """Asked once more, with exactly what will happen; version 1 is live from then on."""
    page.get_by_role("link", name="All versions").click()
    page.get_by_role("link", name=f"Withdraw version {number}…").click()
    expect(page.locator("main")).to_contain_text("1 person is in it.")
    page.get_by_label("Version 1", exact=False).check()
    page.fill("#reason", "No office is open")
    page.get_by_role("button", name=f"Withdraw version {number}").click()
    expect(page.locator("[role=status]")).to_contain_text("A person answers everybody who was in it.")
