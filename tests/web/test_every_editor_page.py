"""Every page of administrators is for everybody, at any width: with a draft, with refusals, with a clash."""

from playwright.sync_api import Browser, Page, expect

from tests.web.house import House
from tests.web.visiting import Act, Pages, go, wrong_of

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
        page.wait_for_url(lambda url: not url.endswith("/history"))

    return act


def a_closed_procedure(page: Page, root: str) -> None:
    """The last of all: nothing is live any more."""
    page.goto(f"{root}/editor/kenya/lost_id/history")
    page.locator(".g-version .g-bouton--grave").first.click()
    page.check("#back-none")
    page.fill("#reason", "La somme est fausse")
    page.locator("form .g-bouton--grave").click()
    expect(page.locator("[role=status]").first).to_be_visible()
    page.goto(f"{root}/editor/kenya/lost_id")
    expect(page.locator(".g-avis--tard").first).to_be_visible()


# In this order: the draft that the second makes is what the others are about.
EDITOR: Pages = (
    ("editor", go("/editor")),
    ("procedure", a_draft),
    ("step", go("/editor/kenya/lost_id/step/how?language=sw")),
    ("clash", a_clash),
    ("refused fact", a_refused_fact),
    ("title and keywords", go("/editor/kenya/lost_id/words")),
    ("discard a draft", go("/editor/kenya/lost_id/discard")),
    ("publishing refused", refused_publishing),
    ("published", go("/editor/kenya/lost_id/published")),
    ("nothing to choose", go("/editor/kenya/lost_id/undecided")),
    ("written conversations", go("/editor/kenya/lost_id/conversations")),
    ("written conversation", go("/editor/kenya/lost_id/conversations/lost_id_sw")),
    ("translate", go("/editor/kenya/lost_id/translate")),
    ("versions", go("/editor/kenya/lost_id/history")),
    ("version", of_a_version(".g-lien--seul")),
    ("withdraw", of_a_version(".g-bouton--grave")),
    ("what happened", go("/editor/happened")),
    ("closed procedure", a_closed_procedure),
)


def test_every_page_of_an_editor_is_for_everybody(living_house: House, chromium: Browser) -> None:
    assert wrong_of(living_house, chromium, "paul", EDITOR) == {}
