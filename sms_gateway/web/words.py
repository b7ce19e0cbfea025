"""What the pages say: their sentences in the reader's language, from locales/<language>/LC_MESSAGES/interface.po.

The sentence in English is the key. Only web pages come from here; what a phone reads is in its flow's version.
"""

from collections.abc import Callable, Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request

LOCALES = Path(__file__).parents[2] / "locales"
SOURCE_LANGUAGE = "en"
LANGUAGES: Mapping[str, str] = {"fr": "Français", "en": "English", "sw": "Kiswahili"}  # as each calls itself
UNREAD_BY_A_NATIVE = frozenset({"sw"})  # the page says so itself
CHOICE_COOKIE = "guichet_language"


def load_catalogues() -> None:
    """Read every catalogue now, so that a broken one stops the start and no reader."""
    for language in LANGUAGES:
        catalogue(language)


@cache
def catalogue(language: str) -> NullTranslations:
    """The sentences of one language; the source language needs no file."""
    path = LOCALES / language / "LC_MESSAGES" / "interface.po"
    if language == SOURCE_LANGUAGE or not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def current_language() -> str:
    """The language of the page that is being made: the account's, else the one chosen, else the browser's."""
    if not has_request_context():
        return SOURCE_LANGUAGE
    if "language" not in g:
        g.language = _choice()
    return str(g.language)


def _choice() -> str:
    chosen = request.cookies.get(CHOICE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(["fr", "en", "sw"]) or "fr"


def use_language(language: str) -> None:
    """Make this page in that language (an account's own)."""
    if language in LANGUAGES:
        g.language = language


def _(message: str, **values: object) -> str:
    """The sentence, with its values; a percent sign is written twice in the source."""
    return catalogue(current_language()).gettext(message) % values


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """The sentence for this number of things; `%(n)s` is the number."""
    return catalogue(current_language()).ngettext(one, many, n) % {"n": n, **values}


def pgettext(context: str, message: str, **values: object) -> str:
    """The sentence where one English word has two senses."""
    return catalogue(current_language()).pgettext(context, message) % values


def install(app: Flask) -> None:
    """Give every template `_`, `ngettext` and `lang`."""
    load_catalogues()
    app.jinja_env.add_extension("jinja2.ext.i18n")
    gettext: Callable[[str], str] = lambda message: catalogue(current_language()).gettext(message)  # noqa: E731
    plural: Callable[[str, str, int], str] = lambda one, many, n: catalogue(current_language()).ngettext(one, many, n)  # noqa: E731
    context: Callable[[str, str], str] = lambda c, message: catalogue(current_language()).pgettext(c, message)  # noqa: E731
    app.jinja_env.install_gettext_callables(gettext, plural, newstyle=True, pgettext=context)  # type: ignore[attr-defined]
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.context_processor(lambda: {"lang": current_language(), "languages": LANGUAGES, "unread": UNREAD_BY_A_NATIVE})
