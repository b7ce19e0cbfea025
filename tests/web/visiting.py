"""Going from page to page as one person, and reading what axe, narrow screens and large letters say of each."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from sms_gateway.web import login_sessions
from tests.web.house import House
from tests.web.windows import window_that_may_refuse

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
WIDTHS = (320, 1280)
HEIGHT = 900

Act = Callable[[Page, str], None]
Pages = tuple[tuple[str, Act], ...]  # a name, and how to get there

# What axe finds; then what stands out sideways, headings, and what is too low for a finger.
FAULTS = """async width => {
  const found = (await axe.run({resultTypes: ['violations']})).violations.map(v => [v.id, v.nodes.map(n => n.target)])
  const wide = document.documentElement.scrollWidth
  if (wide > width) found.push(['sideways', wide])
  const headings = document.querySelectorAll('h1').length
  if (headings !== 1) found.push(['h1', headings])
  for (const e of document.querySelectorAll('button, .g-bouton, .g-entete__lien, summary')) {
    const height = e.getBoundingClientRect().height
    if (e.getClientRects().length && !e.matches('.g-entree') && height < 43.5)
      found.push(['low', e.textContent.trim().slice(0, 30), height])
  }
  return found
}"""
DOUBLED = """() => {
  document.documentElement.style.fontSize = '200%'
  return document.documentElement.scrollWidth
}"""


def go(path: str) -> Act:
    """Open a page."""

    def act(page: Page, root: str) -> None:
        page.goto(root + path)

    return act


def wrong_of(house: House, chromium: Browser, login: str, pages: Pages) -> dict[str, object]:
    """What is wrong with each page, by its name. Each is loaded once, narrow, and then made wide."""
    wrong: dict[str, object] = {}
    with house.serving() as root, window_that_may_refuse(chromium, WIDTHS[0]) as page:
        if login:
            cookie = {"name": login_sessions.COOKIE, "value": house.token_of(login), "url": root}
            page.context.add_cookies([cookie])
        for name, act in pages:
            page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
            act(page, root)
            if found := _faults(page):
                wrong[name] = found
    return wrong


def _faults(page: Page) -> list[object]:
    page.evaluate(AXE)
    found: list[object] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [(width, *each) for each in page.evaluate(FAULTS, width)]
    doubled = page.evaluate(DOUBLED)
    return [*found, ("sideways at 200 %", doubled)] if doubled > WIDTHS[-1] else found
