"""Reads a place: a town, with a street or a postcode. What the gazetteer knows is spelled so; the rest is as given."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from babel import Locale

from flows import gazetteer, packaged
from flows.reader.folding import Folded, strip_accents
from flows.reader.name import without_lead
from flows.reader.reading import Certainty, Intent, Reading, Value
from flows.reader.vocabulary import Vocabulary, others, vocabulary

__all__ = ["read_place"]

POSTCODE = re.compile(r"(?<!\d)(\d{5})(?!\d)")
SPACED_POSTCODE = re.compile(r"(?<![^\W_])(\d{2}) ?(\d{3})(?![^\W_])")
DEPARTMENT = re.compile(r"\(\s*\d[\dAaBb]{1,2}\s*\)?")
CEDEX = re.compile(r"\bcedex\b(?:\s+\d{1,2})?", re.IGNORECASE)
HOUSE = re.compile(r"^\d{1,4}\s?(?:bis|ter|[a-d])?(?=\s|,)", re.IGNORECASE)
EDGES = " .,;:!-\"“”«»()"
LONGEST = 8
LONGEST_UNKNOWN = 4  # words of a village that we don't know, "de" and "la" not counted
LONGEST_TOWN = 5  # words at the end of an address that are looked up as its town
# " naishi": leads of other languages that are shorter could be part of a name.
SHORTEST_ELSEWHERE = 5
COMPLETE = {"france"}  # countries of which every place is known
SHORTEST_VILLAGE = 5  # letters
VILLAGES = {"village", "villages", "bled", "kijiji", "kijijini", "campagne"}
TO_A_TOWN = {"a", "au", "aux", "in", "at"}
WORD = re.compile(r"[^\W_]+")
PART = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Parts:
    """A text taken apart: what stands before the town, the town, the postcode; "" for what it has none of."""

    street: str
    town: str
    postcode: str


def read_place(folded: Folded, words: Vocabulary, country: str = "") -> Reading | None:
    """{"place", "street"?, "postcode"?}, or None where only something near by is named ("near the market").

    A name of the gazetteer is spelled as there, with what tells it apart where others have it too: "Saint-Denis (93)".
    NEARLY where it is misspelt, half said, or the name of several: `choices` has up to three then.
    """
    text = _behind_leads(folded.text, words, country)
    if "?" in text or not text:
        return None
    if any(_vague(each, spoken) for each in (folded.text, text) for spoken in _spoken(words, country)):
        elsewhere = VILLAGES & set(folded.words)  # "a village near Man" is not Man
        return None if elsewhere else _asked(gazetteer.find_among(folded.text, country), Parts("", "", ""), country)
    parts = _called(_parts(text, words, country), words, country)
    sought = f"{parts.town} {parts.postcode}".strip() if country == "france" else parts.town
    found = gazetteer.find(sought, country) if sought else gazetteer.NOWHERE
    if found.certainty is Certainty.SURE:
        return _known(found.places[0], parts, words, country)
    if found.certainty is Certainty.NEARLY and not _country(parts.town, words.language):
        return _asked(found, _spelled_street(parts, words), country)
    return _elsewhere(parts, words, country) or _as_given(parts, text, words, country)


def _called(parts: Parts, words: Vocabulary, country: str) -> Parts:
    """The town by its own name, where people said what they call it: "eldy", "paname"."""
    line = " ".join(_plain(parts.town))
    own = next((each.called[line] for each in _spoken(words, country) if line in each.called), None)
    return replace(parts, town=own) if own else parts


def _elsewhere(parts: Parts, words: Vocabulary, country: str) -> Reading | None:
    """A town of another country of the person's own language, to be asked about; not of an address."""
    if parts.street or parts.postcode or not parts.town or not packaged.gazetteer(country):
        return None
    for other in packaged.countries():
        if other != country and words.language == packaged.spoken(other)[0] == packaged.spoken(country)[0]:
            found = gazetteer.find(parts.town, other)
            if found.places and found.places[0].kind is gazetteer.Kind.TOWN:
                return _asked(found, parts, other)
    return None


def _spoken(words: Vocabulary, country: str) -> tuple[Vocabulary, ...]:
    """The person's language and the others of their country: people mix them."""
    languages = dict.fromkeys((words.language, *packaged.spoken(country)))
    return tuple(vocabulary(each) for each in languages if each in packaged.reader_languages())


def _behind_leads(text: str, words: Vocabulary, country: str) -> str:
    spoken = _spoken(words, country)
    for each in spoken:
        text = without_lead(text, each.places["lead"])
    for other in others(words.language):
        if other not in spoken:
            text = without_lead(text, tuple(lead for lead in other.places["lead"] if len(lead) > SHORTEST_ELSEWHERE))
    return text.strip(EDGES.replace("(", "").replace(")", ""))


def _vague(text: str, words: Vocabulary) -> bool:
    line = f" {' '.join(WORD.findall(strip_accents(text)))} "
    return any(line.startswith(f"{vague} ") for vague in words.places["vague"])


# --- taking a text apart


def _parts(text: str, words: Vocabulary, country: str) -> Parts:
    """An address has its town behind the postcode, behind a comma, or last; anything else is a town."""
    pattern = SPACED_POSTCODE if country == "france" else POSTCODE
    found = pattern.search(text)
    postcode = "".join(found.groups()) if found else ""
    before, after = (text[: found.start()], text[found.end() :]) if found else (text, "")
    before, after = before.strip(EDGES if found else EDGES.replace(")", "")), after.strip(EDGES)
    if after and not _is_address(before, words):
        return Parts("", _town(f"{before} {after}".strip(), words), postcode)
    if after:
        return Parts(before, _town(after, words), postcode)
    street, town = _street(before, words, country)
    return Parts(street, _town(town, words), postcode)


def _town(text: str, words: Vocabulary) -> str:
    return without_lead(text, words.places["lead"]) if text else ""


def _is_address(text: str, words: Vocabulary) -> bool:
    kinds = _kinds(words)
    plain = _plain(text)
    return bool(plain) and bool(HOUSE.match(text) or plain[0] in kinds) and any(token in kinds for token in plain)


def _street(text: str, words: Vocabulary, country: str) -> tuple[str, str]:
    """Street and town: the town is what follows a comma, else what the gazetteer knows at the end of an address."""
    if not _is_address(text, words):
        return "", text
    if "," in text:
        street, _, town = text.rpartition(",")
        return street.strip(EDGES), town.strip(EDGES)
    tokens, plain, kinds = text.split(), _plain(text), _kinds(words)
    joining = {word.strip() for word in words.places["joining"]} - TO_A_TOWN
    for size in range(min(LONGEST_TOWN, len(tokens) - 2), 0, -1):
        before = plain[-size - 1]
        if before in joining or before in kinds or not any(_names(token, kinds) for token in plain[:-size]):
            continue
        town = " ".join(tokens[-size:])
        if gazetteer.is_named(town, country):
            return " ".join(tokens[: -size - (before in TO_A_TOWN)]), town
    return (text, "") if packaged.gazetteer(country) else _street_by_form(tokens, plain, words)


def _names(token: str, kinds: set[str]) -> bool:
    return token not in kinds and not token[:1].isdigit()


def _street_by_form(tokens: list[str], plain: list[str], words: Vocabulary) -> tuple[str, str]:
    """Where nobody knows the town: the last word of an address, unless it belongs to the street's name."""
    joining = {word.strip() for word in words.places["joining"]}
    leads = {lead.strip() for lead in words.places["lead"]}
    kinds = _kinds(words)
    text = " ".join(tokens)
    if len(tokens) > 4 and plain[-2] in leads - {"de"}:
        return " ".join(tokens[:-2]), tokens[-1]
    named_before = any(token.isalpha() and token not in kinds for token in plain[:-2])
    if len(tokens) < 4 or plain[-2] in joining or (plain[-2] in kinds and not named_before):
        return text, ""
    return " ".join(tokens[:-1]), tokens[-1]


def _kinds(words: Vocabulary) -> set[str]:
    return {street.strip() for street in words.places["streets"]}


def _plain(text: str) -> list[str]:
    return [strip_accents(token).strip(EDGES) for token in text.split()]


# --- what was found


def _known(place: gazetteer.Place, parts: Parts, words: Vocabulary, country: str) -> Reading:
    """A place without a doubt. A postcode of many communes says no name: the typed one stands beside it."""
    if place.kind is gazetteer.Kind.POSTCODE:
        town = CEDEX.sub("", DEPARTMENT.sub("", parts.town)).strip(EDGES)
        named = _spelled(town, words, capital=True) if any(sign.isalpha() for sign in town) else ""
    else:
        named = "" if parts.postcode and not parts.town else name_of(place, country, postcode=parts.postcode)
    return Reading(Certainty.SURE, Intent.ANSWER, _value(named, _spelled_street(parts, words)))


def _asked(found: gazetteer.Found, parts: Parts, country: str) -> Reading | None:
    if not found.places:
        return None
    if len(found.places) == 1:
        value = _value(name_of(found.places[0], country, postcode=parts.postcode), parts)
        return Reading(Certainty.NEARLY, Intent.ANSWER, value)
    choices: tuple[Value, ...] = tuple(_of_place(place, parts) for place in found.places)
    return Reading(Certainty.NEARLY, Intent.ANSWER, choices[0], choices=choices)


def _of_place(place: gazetteer.Place, parts: Parts) -> Value:
    """One of several: with what tells it apart; a typed postcode only where it is this one's."""
    if place.kind is gazetteer.Kind.POSTCODE:
        return _value("", parts)
    postcode = parts.postcode if parts.postcode in place.postcodes else ""
    return _value(place.label, Parts(parts.street, "", postcode))


def name_of(place: gazetteer.Place, country: str, *, postcode: str = "") -> str:
    """The name by which this place is found again: alone where that is enough, else with its area."""
    if postcode:
        return place.name
    again = gazetteer.find(place.name, country)
    same = again.certainty is Certainty.SURE and again.places[0].area == place.area
    return place.name if same else place.label


def _value(place: str, parts: Parts) -> dict[str, object]:
    value = {"place": place, "postcode": parts.postcode, "street": parts.street}
    return {name: part for name, part in value.items() if part}


def _spelled_street(parts: Parts, words: Vocabulary) -> Parts:
    return Parts(_spelled(parts.street, words, capital=False), parts.town, parts.postcode)


# --- what nobody knows


def _as_given(parts: Parts, text: str, words: Vocabulary, country: str) -> Reading | None:
    """A village, a quarter, a country: taken as it was typed, where it can be a name at all."""
    town = DEPARTMENT.sub("", parts.town).strip(EDGES)
    known = bool(packaged.gazetteer(country))
    if not any(sign.isalpha() for sign in town + parts.street):
        if parts.postcode and not town:
            plain = not known or country != "france"
            return Reading(Certainty.SURE, Intent.ANSWER, _value("", parts)) if plain else None
        few = town.isdigit() and len(town) in {2, 3}
        return Reading(Certainty.SURE, Intent.ANSWER, {"place": town}) if few and not known else None
    if abroad := _country(town, words.language):
        return Reading(Certainty.SURE, Intent.ANSWER, _value(abroad, parts))
    names = [token for token in text.split() if any(sign.isalpha() for sign in token)]
    if len(names) > LONGEST or not _plausible(text):
        return None
    if known and not parts.street and not _may_be_a_name(town, words, country):
        return None
    spelled = _spelled(town, words, capital=True) if town else ""
    # Every commune of France is known: what is none is asked about. Elsewhere most villages are not; nicknames are
    # short.
    surely = town and (country not in COMPLETE) and not (known and len(_letters(town)) < SHORTEST_VILLAGE)
    certainty = Certainty.SURE if surely else Certainty.NEARLY
    return Reading(certainty, Intent.ANSWER, _value(spelled, _spelled_street(parts, words)))


def _may_be_a_name(town: str, words: Vocabulary, country: str) -> bool:
    """A few words of which none is said of people or wishes, and not all are words that everybody says all day."""
    plain = WORD.findall(strip_accents(town))
    refused = {word.strip() for spoken in _spoken(words, country) for word in spoken.places["no_place"]}
    joining = {word.strip() for word in words.places["joining"]}
    named = [word for word in plain if word not in joining]
    if not named or len(named) > LONGEST_UNKNOWN or any(word in refused for word in plain):
        return False
    frequent = packaged.frequent_words(words.language)
    return not all(word in frequent for word in named)


@cache
def _countries(language: str) -> dict[str, str]:
    """The names of every country in the languages that we read, by their letters; as this language writes them."""
    known: dict[str, str] = {}
    for code in (language, *packaged.reader_languages()):
        for territory, name in Locale(code).territories.items():
            if territory.isalpha():
                known.setdefault(_letters(name), name)
    return known


def _country(text: str, language: str) -> str | None:
    return _countries(language).get(_letters(text))


def _letters(text: str) -> str:
    return "".join(WORD.findall(strip_accents(text)))


def _plausible(text: str) -> bool:
    letters = strip_accents("".join(PART.findall(text)))
    return len(letters) > 1 and any(letter in "aeiouy" for letter in letters)


def _spelled(text: str, words: Vocabulary, *, capital: bool) -> str:
    """Capitals and the accents of common street names where the person typed none."""
    joining = {word.strip() for word in words.places["joining"]}
    kinds = _kinds(words)
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
