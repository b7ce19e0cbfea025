"""A browser without JavaScript, for stories: it reads forms as they stand in a page and sends them back filled."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


@dataclass
class Form:
    """A form of a page: what it would send if nothing were changed, and its buttons."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, words


@dataclass
class Page:
    """One answer of the server, as somebody sees it."""

    url: str
    status: int
    html: str
    forms: list[Form]
    words: str

    def form_with(self, button: str) -> Form:
        """The form that has a button with these words; an error that lists what there is."""
        for form in self.forms:
            if any(button.casefold() in words.casefold() for _, _, words in form.buttons):
                return form
        known = [words for form in self.forms for _, _, words in form.buttons]
        raise AssertionError(
            f"no button {button!r} at {self.url} ({self.status}); buttons: {known}\n{self.words[:800]}"
        )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.button: list[str] | None = None
        self.area: str | None = None
        self.select: str | None = None
        self.said: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag in {"script", "style"}:
            self.silent += 1
        if tag == "form":
            self.open = Form(at.get("action", ""), at.get("method", "get").lower())
            self.forms.append(self.open)
        elif self.open is not None:
            self._field(tag, at)

    def _field(self, tag: str, at: dict[str, str]) -> None:
        assert self.open is not None
        name, kind = at.get("name", ""), at.get("type", "")
        if tag == "button" or (tag == "input" and kind == "submit"):
            self.open.buttons.append((name, at.get("value", ""), at.get("value", "") if tag == "input" else ""))
            self.button = [] if tag == "button" else None
        elif tag == "input" and kind in {"radio", "checkbox"}:
            if "checked" in at:
                self.open.fields[name] = at.get("value", "on")
        elif tag == "input" and name:
            self.open.fields[name] = at.get("value", "")
        elif tag == "textarea":
            self.open.fields[name] = ""
            self.area = name
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and (self.select not in self.open.fields or "selected" in at):
            self.open.fields[self.select] = at.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self.silent -= 1
        elif tag == "form":
            self.open = None
        elif tag == "button" and self.button is not None and self.open is not None:
            name, value, _ = self.open.buttons[-1]
            self.open.buttons[-1] = (name, value, " ".join("".join(self.button).split()))
            self.button = None
        elif tag == "textarea":
            self.area = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        self.said.append(data)
        if self.button is not None:
            self.button.append(data)
        if self.area is not None and self.open is not None:
            self.open.fields[self.area] += data.removeprefix("\n") if not self.open.fields[self.area] else data


class Browser:
    """One window with its own cookies."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Accept-Language"] = "en"
        self.seen: list[Page] = []  # every page that it was shown

    def open(self, path: str) -> Page:
        """Go to an address."""
        return self._shown(self.session.get(urljoin(self.root, path), timeout=30))

    def press(self, page: Page, button: str, **filled: str) -> Page:
        """Fill the form that has this button, and press it."""
        form = page.form_with(button)
        unknown = sorted(set(filled) - set(form.fields))
        assert not unknown, f"no field {unknown} at {page.url}; it has {sorted(form.fields)}"
        name, value, _ = next(at for at in form.buttons if button.casefold() in at[2].casefold())
        sent = form.fields | filled | ({name: value} if name else {})
        address = urljoin(page.url, form.action)
        if form.method == "post":
            return self._shown(self.session.post(address, data=sent, timeout=30))
        return self._shown(self.session.get(address, params=sent, timeout=30))

    def post(self, path: str, form: dict[str, str]) -> requests.Response:
        """A form that no page of ours gave: what a wrongdoer would send."""
        return self.session.post(urljoin(self.root, path), data=form, timeout=30, allow_redirects=False)

    def sign_in(self, login: str, password: str) -> Page:
        """Sign in at the door."""
        page = self.open("/login")
        return self.press(page, "sign in", login=login, password=password)

    def _shown(self, answer: requests.Response) -> Page:
        reader = _Reader()
        reader.feed(answer.text)
        page = Page(answer.url, answer.status_code, answer.text, reader.forms, " ".join("".join(reader.said).split()))
        self.seen.append(page)
        return page
