"""Reads a place: a town, with a street or a postal code; taken as given where it is plausible."""

from __future__ import annotations

import re

from flows.reader.folding import Folded, strip_accents
from flows.reader.name import without_lead
from flows.reader.reading import Certainty, Intent, Reading
from flows.reader.vocabulary import Vocabulary

__all__ = ["read_place"]

POSTCODE = re.compile(r"(?<!\d)(\d{5})(?!\d)")
DEPARTMENT = re.compile(r"\(\s*\d{2,3}\s*\)?")
HOUSE = re.compile(r"^\d{1,4}\s?(?:bis|ter|[a-d])?(?=\s|,)", re.IGNORECASE)
EDGES = " .,;:!-\"“”«»()"
LONGEST = 8
WORD = re.compile(r"[^\W_]+")
PART = re.compile(r"[^\W\d_]+")


def read_place(folded: Folded, words: Vocabulary) -> Reading | None:
    """{"place", "street"?, "postcode"?}, or None where only something near by is named ("near the market")."""
    text = without_lead(folded.text, words.places["lead"])
    if "?" in text or not text or _vague(folded.text, words) or _vague(text, words):
        return None
    text = DEPARTMENT.sub("", text).strip(EDGES)
    value: dict[str, object] = {}
    if found := POSTCODE.search(text):
        value["postcode"] = found[1]
        text = (text[:found.start()] + " " + text[found.end():]).strip(EDGES)
        text = " ".join(text.split())
    if not any(sign.isalpha() for sign in text):
        if not value and text.isdigit() and len(text) in {2, 3}:
            return Reading(Certainty.SURE, Intent.ANSWER, {"place": text})
        return Reading(Certainty.SURE, Intent.ANSWER, value) if value and not text else None
    street, town = _street(text, words)
    town = without_lead(town, words.places["lead"]) if town else ""
    if town:
        value = {"place": _spelled(town, words, capital=True)} | value
    if street:
        value["street"] = _spelled(street, words, capital=False)
    names = [token for token in text.split() if any(sign.isalpha() for sign in token)]
    if not value or len(names) > LONGEST or not _plausible(text):
        return None
    return Reading(Certainty.SURE if town else Certainty.NEARLY, Intent.ANSWER, value)


def _vague(text: str, words: Vocabulary) -> bool:
    line = f" {' '.join(WORD.findall(strip_accents(text)))} "
    return any(line.startswith(f"{vague} ") for vague in words.places["vague"])


def _street(text: str, words: Vocabulary) -> tuple[str, str]:
    """Street and town: the town is what follows a comma, else the last word of an address."""
    kinds = {street.strip() for street in words.places["streets"]}
    tokens = text.split()
    plain = [strip_accents(token).strip(EDGES) for token in tokens]
    if not HOUSE.match(text) and not (plain and plain[0] in kinds):
        return "", text
    if not any(token in kinds for token in plain):
        return "", text
    if "," in text:
        street, _, town = text.rpartition(",")
        return street.strip(EDGES), town.strip(EDGES)
    joining = {word.strip() for word in words.places["joining"]}
    leads = {lead.strip() for lead in words.places["lead"]}
    if len(tokens) > 4 and plain[-2] in leads - {"de"}:
        return " ".join(tokens[:-2]), tokens[-1]
    named_before = any(token.isalpha() and token not in kinds for token in plain[:-2])
    if len(tokens) < 4 or plain[-2] in joining or (plain[-2] in kinds and not named_before):
        return text, ""
    return " ".join(tokens[:-1]), tokens[-1]


def _plausible(text: str) -> bool:
    letters = strip_accents("".join(PART.findall(text)))
    return len(letters) > 1 and any(letter in "aeiouy" for letter in letters)


def _spelled(text: str, words: Vocabulary, *, capital: bool) -> str:
    """Capitals and the accents of common street names where the person typed none."""
    joining = {word.strip() for word in words.places["joining"]}
    kinds = {word.strip() for word in words.places["streets"]}
    tokens = text.split()
    spelled = []
    for position, token in enumerate(tokens):
        plain = strip_accents(token)
        if plain in words.spelling:
            spelled.append(words.spelling[plain])
        elif not token.islower() and not token.isupper():
            spelled.append(token)
        elif (position and plain in joining) or (not capital and plain in kinds) or token[0].isdigit():
            spelled.append(token.lower())
        else:
            spelled.append(PART.sub(lambda found: found.group().capitalize(), token))
    return " ".join(spelled).strip(EDGES)
