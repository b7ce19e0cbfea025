"""Secrets that people should not have sent: codes, passwords, card numbers; found and struck out before storing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from flows import packaged
from flows.reader.folding import strip_accents
from flows.reader.vocabulary import vocabulary

__all__ = ["STRUCK", "Secret", "find_secrets", "named_secret", "strike_secrets"]

STRUCK = "****"
SHORTEST_TEXT = 5
DIGITS = r"(?<!\d)(?<!\d[ .-])\d(?:[ .-]?\d){%s}(?![ .-]?\d)"
CODE = re.compile(DIGITS % "2,7")
CARD = re.compile(DIGITS % "12,18")
SIXTEEN = re.compile(DIGITS % "15")
# ISO 13616: two letters, two digits, then groups of four.
IBAN = re.compile(r"(?<!\w)[a-z]{2}\d\d(?:[ -]?[a-z0-9]{4}){3,7}(?:[ -]?[a-z0-9]{1,4})?(?!\w)")
IBAN_DIGITS = 12
LINK = re.compile(r"\s*(?:(?P<sign>[:=])|(?P<word>\b(?:est|c.?est|is|its|it.s|ni)\b))?\s*[\"']?(?P<secret>[^\s\"']+)")
WORD = re.compile(r"[^\s\"':=]+")
# How far behind its word a code may stand, and how far before; how many words behind or before its word a password.
AFTER, BEFORE, WORDS_NEAR = 34, 14, 4
SPOKEN_DIGITS = 4
# Of the words that may follow "password" where none is told, those that may also stand before one.
JOINING = frozenset({"le", "la", "en", "un", "une", "a", "the", "my", "it", "ya", "ni", "yangu", "siri"})
SHORTEST_PASSWORD = 5


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a text: what it is (pin, otp, password, card, iban, nir), and where it stands."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Words:
    patterns: Mapping[str, re.Pattern[str]]
    keywords: re.Pattern[str]
    spoken: re.Pattern[str]
    kinds: Mapping[str, str]
    states: frozenset[str]


def strike_secrets(text: str, language: str) -> tuple[str, bool]:
    """The text with every secret replaced by `STRUCK`, and whether there was one. What is struck can't be got back."""
    found = find_secrets(text, language)
    for secret in reversed(found):
        text = f"{text[:secret.start]}{STRUCK}{text[secret.end:]}"
    return text, bool(found)


def find_secrets(text: str, language: str) -> tuple[Secret, ...]:
    """The secrets in a text, in order, none over another. Words of every language are looked for in every text."""
    if len(text) < SHORTEST_TEXT:
        return ()
    words = _words(language)
    aligned = _aligned(text)
    found: list[Secret] = []
    for secret in _candidates(aligned, text, words):
        if all(secret.end <= other.start or secret.start >= other.end for other in found):
            found.append(secret)
    return tuple(sorted(found, key=lambda secret: secret.start))


def named_secret(text: str, *, but: frozenset[str] = frozenset()) -> str | None:
    """The first word for a secret in a text, in any language ("code secret", "password"); `but` are not looked at."""
    words = _words("en")
    found = (keyword.group() for keyword in words.keywords.finditer(_aligned(text)))
    return next((word for word in found if words.kinds[word] and word not in but), None)


def _candidates(aligned: str, text: str, words: _Words) -> Iterator[Secret]:
    has_digit = any(letter.isdigit() for letter in aligned)
    if has_digit:
        for kind, pattern in words.patterns.items():
            for found in pattern.finditer(aligned):
                yield Secret(kind, *found.span())
        for found in CARD.finditer(aligned):
            if _luhn(found.group()) or SIXTEEN.fullmatch(found.group()):
                yield Secret("card", *found.span())
        for found in IBAN.finditer(aligned):
            if sum(sign.isdigit() for sign in found.group()) >= IBAN_DIGITS:
                yield Secret("iban", *found.span())
    for keyword in words.keywords.finditer(aligned):
        kind = words.kinds[keyword.group()]
        if kind == "password":
            yield from _password(aligned, text, keyword.end(), words.states)
            if has_digit:
                yield from _mixed(aligned, keyword.start(), keyword.end(), words.states)
        elif kind and has_digit:
            yield from _code(aligned, keyword.start(), keyword.end(), kind)
        elif kind and (told := words.spoken.search(aligned, keyword.end())) and told.start() - keyword.end() <= AFTER:
            yield Secret(kind, *told.span())


def _code(aligned: str, start: int, end: int, kind: str) -> Iterator[Secret]:
    shape = CARD if kind == "card" else CODE
    found = shape.search(aligned, end)
    if not found and kind == "card":
        found = CODE.search(aligned, end)
    if found and found.start() - end <= AFTER:
        yield Secret(kind, *found.span())
    elif kind in {"pin", "otp"}:
        before = [code for code in CODE.finditer(aligned, 0, start) if start - code.end() <= BEFORE]
        if before and len(before[-1].group()) >= 4:
            yield Secret(kind, *before[-1].span())


def _password(aligned: str, text: str, end: int, states: frozenset[str]) -> Iterator[Secret]:
    found = LINK.match(aligned, end)
    if not found:
        return
    start, stop = found.span("secret")
    word = aligned[start:stop].strip(".,;!?")
    said = found["sign"] or (found["word"] and word not in states and len(word) > 3)
    if said or any(letter.isdigit() for letter in word):
        yield Secret("password", start, start + len(text[start:stop].rstrip(".,;")))


def _mixed(aligned: str, start: int, end: int, states: frozenset[str]) -> Iterator[Secret]:
    """Letters and digits in one word near the word for a password: "my password for mpesa is simba77"."""
    after = list(WORD.finditer(aligned, end))[:WORDS_NEAR]
    before = list(WORD.finditer(aligned, 0, start))[-WORDS_NEAR:]
    for found in after:
        word = found.group().strip(".,;!?()")
        if word in states - JOINING:
            break
        if _is_mixed(word):
            yield Secret("password", found.start(), found.start() + len(found.group().rstrip(".,;!?)")))
            return
    for found in reversed(before):
        if _is_mixed(found.group().strip(".,;!?()")):
            yield Secret("password", found.start(), found.start() + len(found.group().rstrip(".,;!?)")))
            return


def _is_mixed(word: str) -> bool:
    letters = sum(sign.isalpha() for sign in word)
    return len(word) >= SHORTEST_PASSWORD and letters > 1 and any(sign.isdigit() for sign in word)


def _luhn(number: str) -> bool:
    digits = [int(letter) for letter in number if letter.isdigit()]
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return total % 10 == 0 and len(set(digits)) > 1


def _aligned(text: str) -> str:
    """Small letters without accents, sign for sign, so that positions are those of the text."""
    if text.isascii():
        return text.lower()
    return "".join((strip_accents(sign) or " ")[0] if not sign.isdigit() else _digit(sign) for sign in text)


def _digit(sign: str) -> str:
    return str(int(sign)) if sign.isdecimal() else sign


@cache
def _words(language: str) -> _Words:
    own = vocabulary(language)
    patterns: dict[str, re.Pattern[str]] = {}
    kinds: dict[str, str] = {}
    states: set[str] = set()
    for code in packaged.reader_languages():
        table = vocabulary(code).secrets
        for kind in ("pin", "otp", "password", "card", "not_secret"):
            for phrase in _items(table.get(kind)):
                kinds[strip_accents(phrase)] = "" if kind == "not_secret" else kind
        states.update(strip_accents(state) for state in _items(table.get("states")))
    shapes = own.secrets.get("patterns")
    if isinstance(shapes, Mapping):
        patterns = {str(kind): re.compile(str(shape)) for kind, shape in shapes.items()}
    ordered = sorted(kinds, key=len, reverse=True)
    keywords = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)")
    return _Words(patterns, keywords, _spoken_digits(), kinds, frozenset(states))


def _spoken_digits() -> re.Pattern[str]:
    """Four or more digits that are written as words, in any language."""
    digits = {
        word
        for code in packaged.reader_languages()
        for word, value in vocabulary(code).numbers.written.items()
        if value < 10 and " " not in word
    }
    word = "|".join(sorted(map(re.escape, digits), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{word})(?:[ ,.-]+(?:{word}|\d)){{{SPOKEN_DIGITS - 1},}}(?!\w)")


def _items(value: object) -> Iterable[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
