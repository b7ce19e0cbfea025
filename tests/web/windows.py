"""Windows of a real browser for the tests of pages: each with cookies of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Response

from tests.web.house import PASSWORD

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


def sign_in(page: Page, root: str, login: str) -> None:
    page.goto(f"{root}/login")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)
