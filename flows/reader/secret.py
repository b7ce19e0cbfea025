"""Secrets that people should not have sent: codes, passwords, card numbers; found and struck out before storing."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from operator import attrgetter

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
LINK = re.compile(r"\s*(?:(?P<sign>[:=])|(?P<word>\b(?:est|c.?est|c|is|its|it.s|ni)\b))?\s*[\"']?(?P<secret>[^\s\"']+)")
WORD = re.compile(r"[^\s\"':=]+")
TOKEN = re.compile(r"\w+")
# How far behind its word a code may stand, and how far before; how many words behind or before its word a password.
AFTER, BEFORE, WORDS_NEAR = 34, 14, 4
SHORTEST_BEFORE = 4
SPOKEN_DIGITS = 4
# Of the words that may follow "password" where none is told, those that may also stand before one.
JOINING = frozenset({"le", "la", "en", "un", "une", "a", "the", "my", "it", "ya", "ni", "yangu", "siri"})
LETTERS_OF_A_WORD = 4
SHORTEST_PASSWORD, LONGEST_PASSWORD = 5, 160


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a text: what it is (pin, otp, password, card, iban, nir), and where it stands."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Words:
    """keywords: by their first letters or digits, what each such word begins. digits: the words of one figure."""

    patterns: Mapping[str, re.Pattern[str]]
    keywords: Mapping[str, re.Pattern[str]]
    spoken: re.Pattern[str]
    digits: frozenset[str]
    kinds: Mapping[str, str]
    states: frozenset[str]


class _Text:
    """A text that is searched for secrets: each of its parts is found once, however many words for a secret it has."""

    def __init__(self, aligned: str, words: _Words) -> None:
        self.aligned = aligned
        self.tokens = TOKEN.findall(aligned)
        self.has_digit = any(map(str.isdigit, set(aligned)))
        self._words = words

    @cached_property
    def codes(self) -> list[tuple[int, int]]:
        """Where digits stand that may be a code."""
        return [found.span() for found in CODE.finditer(self.aligned)]

    @cached_property
    def cards(self) -> list[tuple[int, int]]:
        """Where digits stand that may be a card's number."""
        return [found.span() for found in CARD.finditer(self.aligned)]

    @cached_property
    def spoken(self) -> list[tuple[int, int]]:
        """Where digits are told one by one, as words."""
        told = sum(token in self._words.digits for token in self.tokens)
        found = self._words.spoken.finditer(self.aligned) if told >= SPOKEN_DIGITS else ()
        return [each.span() for each in found]

    def keywords(self) -> Iterator[tuple[int, int, str]]:
        """The words for a secret, none over another: where each stands, and which it is."""
        begun = self._words.keywords
        if begun.keys().isdisjoint(self.tokens):
            return
        behind = 0
        for token in TOKEN.finditer(self.aligned):
            pattern = begun.get(token.group()) if token.start() >= behind else None
            if pattern and (found := pattern.match(self.aligned, token.start())):
                behind = found.end()
                yield found.start(), found.end(), found.group()

    def words_behind(self, end: int) -> list[re.Match[str]]:
        """The next few words."""
        return list(islice(WORD.finditer(self.aligned, end), WORDS_NEAR))

    def words_before(self, start: int) -> list[re.Match[str]]:
        """The last few words, the nearest first."""
        at = bisect_left(self._starts, start)
        first = self._starts[max(at - WORDS_NEAR, 0)] if self._starts else 0
        return list(WORD.finditer(self.aligned, first, start))[::-1][:WORDS_NEAR]

    @cached_property
    def _starts(self) -> list[int]:
        return [found.start() for found in WORD.finditer(self.aligned)]


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
    found: list[Secret] = []
    for secret in _candidates(_Text(_aligned(text), words), text, words):
        at = bisect_left(found, secret.start, key=attrgetter("start"))
        if (not at or found[at - 1].end <= secret.start) and (at == len(found) or found[at].start >= secret.end):
            found.insert(at, secret)
    return tuple(found)


def named_secret(text: str, *, but: frozenset[str] = frozenset()) -> str | None:
    """The first word for a secret in a text, in any language ("code secret", "password"); `but` are not looked at."""
    words = _words(packaged.reader_languages()[0])
    found = (word for _, _, word in _Text(_aligned(text), words).keywords())
    return next((word for word in found if words.kinds[word] and word not in but), None)


def _candidates(searched: _Text, text: str, words: _Words) -> Iterator[Secret]:
    aligned = searched.aligned
    if searched.has_digit:
        for kind, pattern in words.patterns.items():
            for found in pattern.finditer(aligned):
                yield Secret(kind, *found.span())
        for start, end in searched.cards:
            if _luhn(aligned[start:end]) or SIXTEEN.fullmatch(aligned[start:end]):
                yield Secret("card", start, end)
        for found in IBAN.finditer(aligned):
            if sum(sign.isdigit() for sign in found.group()) >= IBAN_DIGITS:
                yield Secret("iban", *found.span())
    for start, end, word in searched.keywords():
        kind = words.kinds[word]
        if kind == "password":
            yield from _password(aligned, text, end, words.states)
            if searched.has_digit:
                yield from _mixed(searched, start, end, words.states)
        elif kind and searched.has_digit:
            yield from _code(searched, start, end, kind)
            yield from _told_code(aligned, text, end)
        elif kind and (told := _behind(searched.spoken, end)):
            yield Secret(kind, *told)


def _code(searched: _Text, start: int, end: int, kind: str) -> Iterator[Secret]:
    shapes = searched.cards if kind == "card" else searched.codes
    if kind == "card" and _behind(shapes, end, within=len(searched.aligned)) is None:
        shapes = searched.codes
    if found := _behind(shapes, end):
        yield Secret(kind, *found)
    elif kind in {"pin", "otp"} and (before := _before(searched.codes, start)):
        yield Secret(kind, *before)


def _behind(spans: list[tuple[int, int]], end: int, *, within: int = AFTER) -> tuple[int, int] | None:
    """The first of these that begins here, or not far behind."""
    at = bisect_left(spans, (end, 0))
    return spans[at] if at < len(spans) and spans[at][0] - end <= within else None


def _before(spans: list[tuple[int, int]], start: int) -> tuple[int, int] | None:
    """The last of these that ends here or not far before, where it is long enough to be a code."""
    first, end = spans[at - 1] if (at := bisect_left(spans, (start, 0))) else (0, 0)
    return (first, end) if end - first >= SHORTEST_BEFORE and start - end <= BEFORE else None


def _password(aligned: str, text: str, end: int, states: frozenset[str]) -> Iterator[Secret]:
    found = LINK.match(aligned, end)
    if not found:
        return
    start, stop = found.span("secret")
    word = aligned[start:stop].strip(".,;!?")
    said = found["sign"] or (found["word"] and word not in states and len(word) > 3)
    if said or any(map(str.isdigit, word[:LONGEST_PASSWORD])):
        yield Secret("password", start, start + len(text[start:stop].rstrip(".,;")))


def _told_code(aligned: str, text: str, end: int) -> Iterator[Secret]:
    """A word with digits that a code is said to be: "mon code impot c Soleil13"; not a reference as "code AB1234"."""
    for at in (end, *(found.end() for found in islice(WORD.finditer(aligned, end), WORDS_NEAR - 1))):
        found = LINK.match(aligned, at)
        if found and (found["sign"] or found["word"]):
            start, stop = found.span("secret")
            word = aligned[start:stop].strip(".,;!?()")
            if _is_mixed(word) and sum(map(str.isalpha, word)) >= LETTERS_OF_A_WORD:
                yield Secret("password", start, start + len(text[start:stop].rstrip(".,;!?)")))
            return


def _mixed(searched: _Text, start: int, end: int, states: frozenset[str]) -> Iterator[Secret]:
    """Letters and digits in one word near the word for a password: "my password for mpesa is simba77"."""
    for found in searched.words_behind(end):
        word = found.group().strip(".,;!?()")
        if word in states - JOINING:
            break
        if _is_mixed(word):
            yield Secret("password", found.start(), found.start() + len(found.group().rstrip(".,;!?)")))
            return
    for found in searched.words_before(start):
        if _is_mixed(found.group().strip(".,;!?()")):
            yield Secret("password", found.start(), found.start() + len(found.group().rstrip(".,;!?)")))
            return


def _is_mixed(word: str) -> bool:
    if not SHORTEST_PASSWORD <= len(word) <= LONGEST_PASSWORD:
        return False
    letters = sum(map(str.isalpha, word))
    return letters > 1 and any(map(str.isdigit, word))


def _luhn(number: str) -> bool:
    digits = [int(letter) for letter in number if letter.isdigit()]
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return total % 10 == 0 and len(set(digits)) > 1


def _aligned(text: str) -> str:
    """Small letters without accents, sign for sign, so that positions are those of the text."""
    if text.isascii():
        return text.lower()
    signs = "".join(set(text) - {"\n"})
    plain = strip_accents("\n".join(signs)).split("\n")  # all at once: that costs a tenth of one by one
    same = {ord(sign): _digit(sign) if sign.isdigit() else (bare or " ")[0]
            for sign, bare in zip(signs, plain, strict=True)}
    return text.translate(same)


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
    begun: dict[str, list[str]] = {}
    for phrase in sorted(kinds, key=len, reverse=True):
        begun.setdefault(TOKEN.findall(phrase)[0], []).append(re.escape(phrase))
    keywords = {first: re.compile(rf"(?:{'|'.join(phrases)})(?!\w)") for first, phrases in begun.items()}
    digits = frozenset(_digit_words())
    return _Words(patterns, keywords, _spoken_digits(digits), digits, kinds, frozenset(states))


def _digit_words() -> Iterator[str]:
    """The words of one figure, in every language."""
    for code in packaged.reader_languages():
        for word, value in vocabulary(code).numbers.written.items():
            if value < 10 and " " not in word:
                yield word


def _spoken_digits(digits: frozenset[str]) -> re.Pattern[str]:
    """Four or more digits that are written as words, in any language."""
    word = "|".join(sorted(map(re.escape, digits), key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{word})(?:[ ,.-]+(?:{word}|\d)){{{SPOKEN_DIGITS - 1},}}(?!\w)")


def _items(value: object) -> Iterable[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
