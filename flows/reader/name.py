"""Reads a person's name: without "je m'appelle", without titles, capitals where they belong; taken as given."""

from __future__ import annotations

import re

from flows.reader.folding import Folded, strip_accents
from flows.reader.reading import Certainty, Intent, Reading
from flows.reader.vocabulary import Vocabulary, others

__all__ = ["read_name", "without_lead"]

LONGEST = 5
# " naitwa": leads of other languages that are shorter could be part of a name.
SHORTEST_ELSEWHERE = 6
EDGES = " .,;:!-_\"“”«»"
SPELLED = re.compile(r"(?<![^\W_])(?:[^\W\d_][\s.-]+){3,}[^\W\d_](?![^\W_])")
PART = re.compile(r"[^\W\d_]+")


def read_name(folded: Folded, words: Vocabulary) -> Reading | None:
    """A name of one to five words, or None where the text is no name."""
    told = _by_fields(folded.text, words) or _from_inside(folded.text, words)
    text = without_lead(_joined_letters(told), words.names["lead"])
    text = without_lead(_without_tail(text, words), words.names["lead"])
    for other in others(words.language):
        text = without_lead(text, tuple(lead for lead in other.names["lead"] if len(lead) > SHORTEST_ELSEWHERE))
    tokens = [token for token in text.split() if any(sign.isalpha() for sign in token)]
    titles = {title.strip() for title in words.names["titles"]}
    while len(tokens) > 1 and strip_accents(tokens[0]).strip(EDGES) in titles:
        tokens = tokens[1:]
    if not tokens or len(tokens) > LONGEST or any(sign.isdigit() for sign in text) or "?" in text:
        return None
    plain = " ".join(strip_accents(token).strip(EDGES) for token in tokens)
    refused = {entry.strip() for entry in words.names["not_names"]}
    if any(word in refused for word in plain.split()):
        return None
    if not any(len(part) > 1 for token in tokens for part in PART.findall(token)):
        return None
    name = " ".join(_capitals(token.strip(EDGES)) for token in tokens).strip()
    return Reading(Certainty.SURE, Intent.ANSWER, name) if name else None


def _by_fields(text: str, words: Vocabulary) -> str | None:
    """ "nom: petit prénom: lucie" is Lucie Petit; None where not both are told."""
    line = strip_accents(text)
    if len(line) != len(text):
        return None
    kinds = {field.strip(): kind for kind in ("given", "family") for field in words.names[kind]}
    fields = "|".join(re.escape(field) for field in sorted(kinds, key=len, reverse=True))
    found = list(re.finditer(rf"(?<!\w)({fields})(?!\w)", line)) if fields else []
    if len(found) != 2 or kinds[found[0][1]] == kinds[found[1][1]]:
        return None
    ends = [found[1].start(), len(text)]
    small = words.small_words | words.filler_words | {"ni", "na", "ya", "the", "is"}
    values: dict[str, str] = {}
    for field, end in zip(found, ends, strict=True):
        tokens = text[field.end() : end].replace(":", " ").replace("=", " ").replace(",", " ").split()
        kept = [token for token in tokens if strip_accents(token).strip(EDGES) not in small]
        values[kinds[field[1]]] = " ".join(kept)
    return f"{values['given']} {values['family']}" if all(values.values()) else None


def _from_inside(text: str, words: Vocabulary) -> str:
    """What follows words that name somebody in the middle of a sentence: "my real name is", "anaitwa"."""
    line = strip_accents(re.sub(r"['’]", " ", text))
    for each in (words, *others(words.language)):
        for lead in each.names["inside"]:
            found = re.search(rf"(?<!\w){re.escape(lead.strip())}(?!\w)[\s:]*(?=\w)", line)
            if found and len(line) == len(text):
                return text[found.end() :]
    return text


def _without_tail(text: str, words: Vocabulary) -> str:
    """The text up to words that belong to no name: "svp", "from", an age."""
    tails = {tail.strip() for tail in words.names["tail"]}
    kept: list[str] = []
    for token in text.split():
        plain = strip_accents(token).strip(EDGES)
        if kept and (plain in tails or any(sign.isdigit() for sign in plain)):
            return " ".join(kept)
        kept.append(token)
    return text


def _joined_letters(text: str) -> str:
    """ "C H E B E T" is one word."""
    return SPELLED.sub(lambda found: re.sub(r"[\s.-]", "", found.group()), text)


def without_lead(text: str, leads: tuple[str, ...]) -> str:
    """The text behind words like "je m'appelle", "j'habite à", as it was typed."""
    again = True
    while again:
        again = False
        kept = [token for token in re.split(r"[\s,]+", text.strip()) if token]
        plain = [re.sub(r"[^\w ]", "", strip_accents(re.sub(r"['’]", " ", token))).split() for token in kept]
        flat = f" {' '.join(word for words in plain for word in words)} "
        for lead in leads:
            size = len(lead.split())
            if flat.startswith(f"{lead} ") and flat.strip() != lead.strip():
                text, again = _behind(kept, plain, size), True
                break
    return text.strip(EDGES)


def _behind(kept: list[str], plain: list[list[str]], size: int) -> str:
    """What follows the first `size` words; a lead may end inside a token ("c'est")."""
    for position, words in enumerate(plain):
        if size <= 0:
            return " ".join(kept[position:])
        if size < len(words):
            return " ".join([re.split(r"['’]", kept[position], maxsplit=size)[-1], *kept[position + 1:]])
        size -= len(words)
    return ""


def _capitals(token: str) -> str:
    if token.islower() or token.isupper():
        return PART.sub(lambda found: found.group().capitalize(), token)
    return token[0].upper() + token[1:]
