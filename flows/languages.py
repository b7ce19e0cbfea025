"""Which letters are a language, and what to write where somebody wrote its name."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.localedata import exists

from flows.grammar import LANGUAGE
from flows.page import nearest

__all__ = ["language_advice"]

OURS = ("fr", "en", "sw")


def language_advice(language: str) -> str:
    """What to write instead of this; "" where it is the code of a language."""
    if LANGUAGE.fullmatch(language) and exists(language):
        return ""
    word = language.casefold().replace("-", "_").partition("_")[0]
    known = _names()
    guess = word if word in known else nearest(word, known) if len(word) > 2 else None
    return f"Write `{known[guess]}`." if guess else "Write `fr`, `en` or `sw`."


@cache
def _names() -> dict[str, str]:
    """How our languages are called in each of them → their codes."""
    named = {code.casefold(): code for code in OURS}
    for code in OURS:
        for other in OURS:
            named[str(Locale(code).get_display_name(other)).casefold()] = code
    return named
