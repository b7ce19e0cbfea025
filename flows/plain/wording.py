"""Rules about the choice of words: jargon, acronyms, rare words, negations, the tone of an office, blame."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import cast

from flows import packaged
from flows.plain.said import (
    CAPITAL,
    ROMAN,
    Fault,
    Message,
    Part,
    Said,
    any_of,
    error,
    sentence_cuts,
    terms,
    warning,
    words_in,
)
from flows.reader.folding import strip_accents

__all__ = ["acronym", "blame", "jargon", "negation", "official_style", "rare_words"]

ACRONYM = re.compile(rf"(?<![\w-]){CAPITAL}{{2,6}}(?![\w-])")
CONTRACTED = re.compile(r"n['’]t\b")
PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being) (?:\w+ly )?(\w+(?:ed|en))\b", re.IGNORECASE)
RARE_SHARE = (0.15, 0.20)
RARE_FEWEST = (2, 3)  # a share of very few words says nothing
MEASURED_FROM = 4  # words
SHORTEST_MEASURED = 3  # letters


def jargon(said: Said) -> Iterator[Fault]:
    """L11: no words of offices; never in a question or on the first screen. One explained in brackets may stay."""
    for letters, pattern, rows in _jargon(said.language):
        text = said.text if letters else strip_accents(said.text)
        for hit in pattern.finditer(text):
            if not _explained(text, hit):
                found = said.text[hit.start() : hit.end()] if len(text) == len(said.text) else hit[0]
                message = f"`{found}` is a word of offices. Say: {rows[hit[0]]}."
                yield error(message) if said.first or said.part is not Part.STATEMENT else warning(message)


def acronym(message: Message) -> Iterator[Fault]:
    """L12: letters that stand for words are known to all, or explained in the same message: "RSA (aide de base)"."""
    known = _acronyms(message.language)
    explained = {
        hit[0] for said in message.said for hit in ACRONYM.finditer(said.text) if _explained(said.text, hit)
    }
    for said in message.said:
        for name in dict.fromkeys(ACRONYM.findall(said.text)):
            if name not in known and name not in explained and not ROMAN.fullmatch(name):
                told = f"Not everybody knows `{name}`. Say it in words, with `({name})` behind where a paper has it."
                yield error(told, said)


def rare_words(message: Message) -> Iterator[Fault]:
    """L13: at most 15 words of 100 are rare ones, never over 20. Names and needed words don't count."""
    if not packaged.frequent_words(message.language):
        return
    needed = terms(message.language, "needed")
    words = [word for said in message.said for word in _measured(said.written or said.text)]
    rare = [word for word in words if not _often_said(word, message.language) and not needed.found(word)]
    share = len(rare) / len(words) if len(words) >= MEASURED_FROM else 0.0
    for limit, fewest, fault in zip(RARE_SHARE[::-1], RARE_FEWEST[::-1], (error, warning), strict=True):
        if share > limit and len(rare) >= fewest:
            listed = ", ".join(f"`{word}`" for word in dict.fromkeys(rare))
            yield fault(f"{len(rare)} of {len(words)} words are rare: {listed}. Use words that people say every day.")
            return


def negation(said: Said) -> Iterator[Fault]:
    """L18: questions and options say what is, not what is not; no sentence says "not" twice."""
    for cut in sentence_cuts(said.text):
        plain = terms(said.language, "whole").without(cut)
        found = terms(said.language, "negations").found(re.sub(r"['’]", " ", plain))
        count = len(found) + (len(CONTRACTED.findall(plain)) if said.language == "en" else 0)
        if count > 1:
            yield error(f"`{cut}` says no twice. Say what to do, or make two sentences.")
        elif count and said.part is not Part.STATEMENT:
            yield warning(f"`{cut}` asks with a negation: is yes then no? Ask for what is.")


def official_style(said: Said) -> Iterator[Fault]:
    """L19: the words of a neighbour, not of a letter from an office; English says who does it."""
    for found in dict.fromkeys(terms(said.language, "official").found(said.text)):
        yield warning(f"`{found}` sounds like a letter from an office. Say it as you would aloud.")
    if said.language != "en":
        return
    active = terms("en", "active")
    for hit in PASSIVE.finditer(said.text):
        if not active.found(hit[1]):
            yield warning(f"`{hit[0]}`: who does it? Write the person first, then what they do.")


def blame(said: Said) -> Iterator[Fault]:
    """L20: an adult is never called `tu`, and has never made a mistake."""
    for found in dict.fromkeys(terms(said.language, "blame").found(re.sub(r"\b[tT]['’]", "te ", said.text))):
        yield error(f"`{found}` talks down to people. Say `vous`, and what to do next." if said.language == "fr"
                    else f"`{found}` puts the blame on people. Say what to do next.")  # fmt: skip


def _explained(text: str, hit: re.Match[str]) -> bool:
    """Followed by brackets, or inside them."""
    behind, before = text[hit.end() :], text[: hit.start()]
    return bool(re.match(r"\s*\(", behind)) or before.count("(") > before.count(")")


def _often_said(word: str, language: str) -> bool:
    """Whether a word is frequent, or another form of it is: written texts have `rester` more often than `restez`."""
    frequent, plain = packaged.frequent_words(language), strip_accents(word)
    return plain in frequent or any(
        plain.removesuffix(ending) + other in frequent
        for ending, others in _endings(language).items()
        if plain.endswith(ending)
        for other in others
    )


def _measured(text: str) -> list[str]:
    """The words that count: three letters and more; one with a capital inside a sentence is a name."""
    return [
        word
        for cut in sentence_cuts(text)
        for number, word in enumerate(words_in(cut))
        if len(word) >= SHORTEST_MEASURED and not word.isupper() and (number == 0 or not word[0].isupper())
    ]


@cache
def _endings(language: str) -> Mapping[str, Sequence[str]]:
    table = cast("Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]]", packaged.plain_words("words"))
    return table.get(language, {}).get("endings", {})


@cache
def _acronyms(language: str) -> frozenset[str]:
    table = cast("Mapping[str, Mapping[str, Sequence[str]]]", packaged.plain_words("words"))
    return frozenset(table.get(language, {}).get("acronyms", ()))


@cache
def _jargon(language: str) -> tuple[tuple[bool, re.Pattern[str], Mapping[str, str]], ...]:
    """Patterns, each with what to say instead of its finds: for letters as they stand (True), or without accents."""
    table = cast("Mapping[str, Mapping[str, Mapping[str, object]]]", packaged.plain_words("jargon"))
    said: dict[str, str] = {}
    capitals: dict[str, str] = {}
    for word, row in table.get(language, {}).items():
        also = cast("Sequence[str]", row.get("also", ()))
        for form in (word, *also):
            (capitals if form.isupper() else said)[form] = str(row["say"])
    found: list[tuple[bool, re.Pattern[str], Mapping[str, str]]] = []
    if letters := any_of(list(said)):
        found.append((False, letters, {strip_accents(form): advice for form, advice in said.items()}))
    known = [form for form in capitals if form not in _acronyms(language)]
    if known:
        pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, known))})(?![\w-])")
        found.append((True, pattern, capitals))
    return tuple(found)
