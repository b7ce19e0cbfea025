"""Windows of a real browser for the tests of pages: each with cookies of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from tests.web.house import PASSWORD

PATIENCE = 20_000  # milliseconds: another program may have the processor
expect.set_options(timeout=PATIENCE)
# A page whose script does not listen yet: htmx begins from a timer, which may come after the page counts as loaded.
NOT_LISTENING = "html:has(script[src*='htmx.min.js']):has([hx-get], [hx-post]):not(:has([data-htmx-powered]))"


def _open(context: BrowserContext, *, script: bool = True) -> Page:
    """A page on which whatever a test does, and whatever it expects, waits until the scripts listen."""
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    if script:
        page.add_locator_handler(page.locator(NOT_LISTENING), lambda: None)
    return page


@contextmanager
def window(
    chromium: Browser, *, width: int = 1280, script: bool = True, language: str = "fr-FR", early: bool = False
) -> Iterator[Page]:
    """A window with cookies of its own; a fault that the browser tells of fails the test.

    `early`: the test does things before the scripts of a page have come, on purpose.
    """
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, locale=language, java_script_enabled=script
    )
    page, faults = _open(context, script=script and not early), []

    def answered(response: Response) -> None:
        if response.status >= 500 or response.request.resource_type == "font":
            faults.append(f"{response.status} {response.url}")

    page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("response", answered)
    yield page
    context.close()
    assert faults == []


@contextmanager
def window_that_may_refuse(chromium: Browser, width: int) -> Iterator[Page]:
    """A window for pages that refuse on purpose, with their own status; no font may be asked for."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, locale="fr-FR")
    page, asked = _open(context), []
    page.on("request", lambda request: asked.append(request.url) if request.resource_type == "font" else None)
    yield page
    context.close()
    assert asked == []


def sign_in(page: Page, root: str, login: str) -> None:
    page.goto(f"{root}/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
