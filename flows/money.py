"""Amounts of money as people say them: "25 euros", "1 200 F", "shilingi 1,000", "gratuit"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal

__all__ = ["Amount", "amount_of", "read_sum", "say_amount"]

AMOUNT = re.compile(r"(\d{1,9}(?:[.,]\d{1,2})?) ?(EUR|KES|XOF)")
FREE: Mapping[str, str] = {"fr": "gratuit", "en": "free", "sw": "bure"}
# One of it, several of it, by language; Swahili puts the word first.
WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "fr": {"EUR": ("{} euro", "{} euros"), "KES": ("{} shilling", "{} shillings"), "XOF": ("{} F", "{} F")},
    "en": {"EUR": ("{} euro", "{} euros"), "KES": ("{} shilling", "{} shillings"), "XOF": ("{} F", "{} F")},
    "sw": {"EUR": ("euro {}", "euro {}"), "KES": ("shilingi {}", "shilingi {}"), "XOF": ("faranga {}", "faranga {}")},
}
# What people write for a currency; a bare number too is a sum where a sum stood before.
WRITTEN: Mapping[str, frozenset[str]] = {
    "EUR": frozenset({"", "eur", "euro", "euros", "€"}),
    "KES": frozenset({"", "kes", "ksh", "kshs", "sh", "shs", "shilling", "shillings", "shilingi"}),
    "XOF": frozenset({"", "xof", "f", "cfa", "fcfa", "f cfa", "franc", "francs", "francs cfa", "faranga"}),
}
SUM = re.compile(r"([^\d]*)(\d[\d., \u00a0\u202f]*)([^\d]*)")
GROUPED = re.compile(r"\d{1,3}(?:[., ]\d{3})+")


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of a currency (ISO 4217)."""

    value: Decimal
    currency: str


def amount_of(text: str) -> Amount | None:
    """The amount that a fact's value is ("25 EUR"), or None where it is words."""
    found = AMOUNT.fullmatch(text.strip())
    return Amount(Decimal(found[1].replace(",", ".")), found[2]) if found else None


def read_sum(text: str, before: str) -> str:
    """A sum as somebody types it ("35 euros", "1,200") in the form of a fact's value, where a sum stood before.

    All else is given back as it is: words stay words.
    """
    stood, found = amount_of(before), SUM.fullmatch(text.strip())
    if stood is None or found is None:
        return text
    words = f"{found[1]}{found[3]}".strip(" .").casefold()
    number = re.sub(r"[\u00a0\u202f]", " ", found[2]).strip(" .,")
    number = re.sub(r"[., ]", "", number) if GROUPED.fullmatch(number) else number.replace(" ", "")
    typed = f"{number} {stood.currency}"
    return typed if words in WRITTEN.get(stood.currency, frozenset()) and amount_of(typed) else text


def say_amount(amount: Amount, language: str) -> str:
    """The amount in words of a language (English where we have none)."""
    spoken = language if language in WORDS else "en"
    if amount.value == 0:
        return FREE[spoken]
    one, several = WORDS[spoken].get(amount.currency, (f"{{}} {amount.currency}",) * 2)
    whole = amount.value == amount.value.to_integral_value()
    # Swahili groups as English does: "shilingi 1,000".
    number = format_decimal(amount.value, "#,##0" if whole else "#,##0.00", locale="fr" if spoken == "fr" else "en")
    return (one if amount.value == 1 else several).format(number)
