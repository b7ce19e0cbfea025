"""Which town somebody means: as a list of counters writes it, by its postcode, among a few words, or misspelt."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from flows.reader import slips
from flows.reader.folding import strip_accents
from sms_gateway.store.counters import Counter

_WORD = re.compile(r"[^\W_]+")
_POSTCODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_SAINTS = {"st": "saint", "ste": "sainte"}
_DISTRICT = re.compile(r"\d+(?:er?|eme|ere|nd|nde|st|rd|th)?")  # "Paris 11e arrondissement", "Lyon 3", "Nantes Cedex 2"
_DISTRICT_WORDS = {"arrondissement", "arr", "ardt", "cedex"}
_FEW = 6  # words around a town: in longer texts its name is part of a story
_SHORTEST_INSIDE = 4  # letters of a town among other words: "Y" and "Us" are towns, and words


@dataclass(frozen=True)
class Where:
    """The counters that say where a place is: those of its town or postcode, or of the region that it is."""

    counters: tuple[Counter, ...]
    is_region: bool = False


def place_key(place: str) -> str:
    """A town as it is looked up: "St-Étienne", "SAINT ETIENNE" are one, and so are "Paris 11e" and "Paris"."""
    words = [_SAINTS.get(word, word) for word in _WORD.findall(strip_accents(place))]
    return " ".join(word for word in words if word not in _DISTRICT_WORDS and not _DISTRICT.fullmatch(word))[:80]


def postcode_in(place: str) -> str | None:
    """The postcode that stands in what a person wrote."""
    found = _POSTCODE.search(place)
    return found[0] if found else None


def is_near_postcode(one: str | None, other: str | None) -> bool:
    """Whether two postcodes may be of one town: they begin alike, or one is not known."""
    return one is None or other is None or one[:2] == other[:2]


def where(known: Sequence[Counter], place: str) -> Where | None:
    """What counters, also those switched off, say of a place; None where they don't know it.

    In this order: the town, the postcode, the region, a town among a few other words, a town that is misspelt.
    """
    key, postcode = place_key(place), postcode_in(place)
    if there := _of_town(known, key, postcode):
        return Where(there)
    if postcode and (there := tuple(counter for counter in known if counter.postcode == postcode)):
        return Where(there)
    if key and (there := tuple(counter for counter in known if place_key(counter.region or "") == key)):
        return Where(there, is_region=True)
    keys = {counter.place_key for counter in known}
    for meant in (_inside(keys, key), _misspelt(keys, key)):
        if meant and (there := _of_town(known, meant, postcode)):
            return Where(there)
    return None


def _of_town(known: Sequence[Counter], key: str, postcode: str | None) -> tuple[Counter, ...]:
    """Those of a town; a postcode of another part of the country says that it is another town of that name."""
    return tuple(
        counter
        for counter in known
        if key and counter.place_key == key and is_near_postcode(counter.postcode, postcode)
    )


def _inside(keys: Collection[str], key: str) -> str | None:
    """The one town that stands among a few other words; of names inside each other, the longer."""
    words = key.split()
    if len(words) > _FEW:
        return None
    found = {run for run in _runs(words) if run in keys and len(run) >= _SHORTEST_INSIDE}
    names = [run for run in found if not any(run != other and f" {run} " in f" {other} " for other in found)]
    return names[0] if len(names) == 1 else None


def _runs(words: Sequence[str]) -> Iterator[str]:
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield " ".join(words[start:end])


def _misspelt(keys: Collection[str], key: str) -> str | None:
    """The one town that is a slip away. Its first letter is right: Mantes is not Nantes."""
    return slips.nearest(key, [known for known in keys if known[:1] == key[:1]]) if key else None


def search(known: Sequence[Counter], words: str) -> list[Counter]:
    """Those whose name, town, postcode or region has each of the words, town by town; all of them for no words."""
    wanted = strip_accents(words).split()
    found = [one for one in known if all(word in _searched(one) for word in wanted)]
    return sorted(found, key=lambda one: (one.place_key, strip_accents(one.name), one.source_id))


def _searched(counter: Counter) -> str:
    parts = (counter.name, counter.place, counter.place_key, counter.postcode, counter.region)
    return strip_accents(" ".join(part for part in parts if part))
