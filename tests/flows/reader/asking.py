"""Asks the reader in one line: what a test types, and what it should mean."""

from datetime import date

from flows.reader import Option, Reading, read

TODAY = date(2026, 3, 10)
COUNTRIES = {"fr": "france", "en": "kenya", "sw": "kenya"}
TOPICS = {
    "fr": ("1 Papiers", "2 Logement", "3 Argent", "4 Sante", "0 Parler a quelqu'un"),
    "en": ("1 ID card", "2 Health", "3 Money", "4 School", "0 Talk to a person"),
    "sw": ("1 Kitambulisho", "2 Afya", "3 Pesa", "4 Shule", "0 Ongea na mtu"),
}


def options(*shown: str) -> tuple[Option, ...]:
    """Options as they stand on the screen: "2 Logement"."""
    return tuple(Option(*line.split(" ", 1)) for line in shown)


def ask(
    language: str,
    expected: str,
    text: str,
    *,
    low: int | None = None,
    high: int | None = None,
    strict: bool = False,
) -> Reading:
    """What the reader makes of a text, on a Tuesday in March 2026; a choice is among four topics."""
    shown = options(*TOPICS[language]) if expected == "choice" else ()
    return read(
        expected,
        text,
        options=shown,
        language=language,
        country=COUNTRIES[language],
        today=TODAY,
        low=low,
        high=high,
        strict=strict,
    )
