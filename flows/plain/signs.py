"""Rules about what is not a word: numbers, dates, hours, links, phone numbers, capitals and decoration."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.plain.said import CAPITAL, ROMAN, Fault, Said, error, sentence_cuts, terms, warning, words_in

__all__ = ["capitals_and_signs", "clock", "dates", "links", "numbers", "paid_call"]

LONG_NUMBER = re.compile(r"(?<![\d.,])\d{5,}(?!\d)")
SHARES = re.compile(r"%|[½¼¾⅓⅔]")

NUMERIC_DATE = re.compile(
    r"(?<![\d/])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d/])|\b\d{1,2}[.-]\d{1,2}[.-]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b"
)
MONTHS = {
    "fr": "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
    "sw": "Januari|Februari|Machi|Aprili|Mei|Juni|Julai|Agosti|Septemba|Oktoba|Novemba|Desemba",
}
WEEKDAYS = {
    "fr": "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
    "en": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
    "sw": "Jumatatu|Jumanne|Jumatano|Alhamisi|Ijumaa|Jumamosi|Jumapili",
}
DELAYS = {
    "fr": r"\b(?:sous|dans|d'ici|délai de|au bout de|après) (?:un délai de |les )?(?:\d+|quelques) "
    r"(?:jours?|semaines?|mois|heures?)\b",
    "en": r"\b(?:within|in|after) (?:\d+|a few) (?:working |business )?(?:days?|weeks?|months?|hours?)\b",
    "sw": r"\b(?:ndani ya|baada ya) (?:siku|wiki|miezi|mwezi|saa) \d+\b",
}

HOUR = {
    "fr": (
        re.compile(r"\b\d{1,2}:\d\d\b|(?:(?<=\bà )|(?<=\bdès )|(?<=\bavant ))\d{1,2} ?heures?\b|\b\d{1,2} ?[ap]m\b"),
        "Write `14h` or `14h30`.",
    ),
    "en": (re.compile(r"\b\d{1,2}:\d\d\b(?! ?[ap]m)|\b\d{1,2} ?h(?:\d\d)?\b"), "Write `2 pm` or `2.30 pm`."),
}
SWAHILI_HOUR = re.compile(
    r"(?<!ndani ya )(?<!baada ya )(?<!kila )(?<!kwa )\bsaa "
    r"(?:1[0-2]|[1-9]|moja|mbili|tatu|nne|tano|sita|saba|nane|tisa|kumi)\b(?: na \w+)?(?P<after>[^.!?\n]{0,20})",
    re.IGNORECASE,
)
PART_OF_DAY = re.compile(r"\b(?:asubuhi|mchana|jioni|usiku|alasiri|alfajiri)\b", re.IGNORECASE)

ADDRESS = re.compile(
    r"https?:|www\.|\S@\S|\b[\w-]+\.(?:fr|com|org|net|ke|ci|info|africa|gouv\.fr|go\.ke)(?![\w.])", re.IGNORECASE
)
DIALLED = re.compile(r"\*[\d*]+#")
PHONE = re.compile(r"(?<!\w)\+?\d[\d ]{1,}\d(?!\w)")

SHOUTED = re.compile(rf"(?<![\w-])(?:{CAPITAL}{{2,}}(?:[ '’-]+{CAPITAL}{{2,}})+|{CAPITAL}{{7,}})(?![\w-])")
SLASH = re.compile(r"[^\W\d_]+\)? ?/ ?\(?[^\W\d_]+")
GLUED_BRACKETS = re.compile(r"\w\([^\W\d_]{1,3}\)|\w[·•][^\W\d_]|\([^()]*\(")
DECORATION = re.compile(r"[*_#~=|<>\[\]→←•·■★]+|!{2,}|\?{2,}|-{2,}")


def numbers(said: Said) -> Iterator[Fault]:
    """L15: figures, not words; long ones in groups; never Roman ones, shares of a hundred, fractions."""
    text = said.written or said.text
    for hit in ROMAN.finditer(text):
        yield error(f"`{hit[0]}` is a Roman number. Write it in figures.")
    for found in dict.fromkeys(terms(said.language, "numbers").found(SWAHILI_HOUR.sub(" ", text))):
        yield warning(f"Write `{found}` in figures: they are found at a glance.")
    for found in dict.fromkeys([*SHARES.findall(text), *terms(said.language, "fractions").found(text)]):
        yield warning(f"`{found}` has to be worked out. Write `1 personne sur 10`, or the sum itself.")
    for hit in LONG_NUMBER.finditer(text):
        yield warning(f"`{hit[0]}` is read wrongly. Group its figures by 2 or 3.")


def dates(said: Said) -> Iterator[Fault]:
    """L16: the day of the week, the day, the month in letters; never 12/03, never "sous 30 jours" alone."""
    text = said.written or said.text
    for hit in NUMERIC_DATE.finditer(text):
        yield error(f"`{hit[0]}` is read in two ways. Write the day and the month in letters: `mardi 12 mars`.")
    month = re.compile(rf"\b\d{{1,2}}(?:er)? (?:{MONTHS.get(said.language, 'x{9}')})\b", re.IGNORECASE)
    weekday = re.compile(rf"\b(?:{WEEKDAYS.get(said.language, 'x{9}')}) +$", re.IGNORECASE)
    for cut in sentence_cuts(text):
        for hit in re.finditer(DELAYS.get(said.language, r"x{9}"), cut, re.IGNORECASE):
            if not month.search(cut):
                yield error(f"`{hit[0]}` has to be counted. Name the day: `avant mardi 12 mars`, or who says it.")
        for hit in month.finditer(cut):
            if not weekday.search(cut[: hit.start()]) and not re.match(r" \d{4}", cut[hit.end() :]):
                yield warning(f"`{hit[0]}`: which day of the week? Write it before, or the year behind.")


def clock(said: Said) -> Iterator[Fault]:
    """L17: 14h in French, 2 pm in English; Swahili counts from six, and says which part of the day."""
    text = said.written or said.text
    if said.language == "sw":
        for hit in SWAHILI_HOUR.finditer(text):
            if not PART_OF_DAY.search(hit["after"]):
                told = hit[0].removesuffix(hit["after"]).strip()
                yield error(f"`{told}`: in the morning or at night? Write `{told} mchana`, `asubuhi` or `usiku`.")
    elif said.language in HOUR:
        pattern, advice = HOUR[said.language]
        for hit in pattern.finditer(text):
            yield warning(f"`{hit[0]}` is an hour as machines write it. {advice}")


def links(said: Said) -> Iterator[Fault]:
    """L26: nothing that a basic phone can't open, and nothing that looks like a swindle."""
    text = said.written or said.text
    for hit in ADDRESS.finditer(text):
        yield error(f"`{hit[0]}`: a basic phone opens no address. Say where to go, or whom to call.")
    for found in dict.fromkeys(terms(said.language, "network").found(ADDRESS.sub(" ", text))):
        yield error(f"`{found}` needs the internet. Say where to go, or hand over to a person.")


def paid_call(said: Said) -> Iterator[Fault]:
    """L27: a number to call says what the call costs."""
    text = said.written or said.text
    for cut in sentence_cuts(DIALLED.sub(" ", text)):
        number = PHONE.search(cut)
        if not number or not terms(said.language, "call").found(cut) or terms(said.language, "cost").found(text):
            continue
        yield warning(f"What does a call to `{number[0].strip()}` cost? Say it behind, so: `L'appel est gratuit`.")


def capitals_and_signs(said: Said) -> Iterator[Fault]:
    """L31: capitals for key words alone; no slashes, no brackets in brackets. Pictures are `not_on_phone`."""
    text = DIALLED.sub(" ", said.written or said.text)
    keys = {name for name in words_in(text) if name.isupper() and _is_key_word(name, said.language)}
    for hit in SHOUTED.finditer(text):
        if not set(words_in(hit[0])) <= keys:
            yield warning(f"`{hit[0]}` is hard to read in capitals. Keep them for the words that people send.")
    for hit in SLASH.finditer(text):
        yield warning(f"`{hit[0]}`: a slash says neither and nor or. Write `ou`, or two sentences.")
    for pattern in (GLUED_BRACKETS, DECORATION):
        for hit in pattern.finditer(text):
            yield warning(f"`{hit[0]}` stops the eye. Write plain words and full stops.")


def _is_key_word(name: str, language: str) -> bool:
    return bool(terms(language, "acronyms").found(name))
