"""The nearest counter to a place that a person named: in its town, else its postcode, else by distance."""

import math
import re
from collections.abc import Sequence

from sqlalchemy import Connection

from flows.reader.folding import strip_accents
from sms_gateway.store import counters as stored
from sms_gateway.store.counters import Counter

_WORD = re.compile(r"[^\W_]+")
_POSTCODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_SAINTS = {"st": "saint", "ste": "sainte"}
_DISTRICT = re.compile(r"\d+(?:er?|eme|ere|nd|nde|st|rd|th)?")  # "Paris 11e arrondissement", "Lyon 3", "Nantes Cedex 2"
_DISTRICT_WORDS = {"arrondissement", "arr", "ardt", "cedex"}


def place_key(place: str) -> str:
    """A town as it is looked up: "St-Étienne", "SAINT ETIENNE" are one, and so are "Paris 11e" and "Paris"."""
    words = [_SAINTS.get(word, word) for word in _WORD.findall(strip_accents(place))]
    return " ".join(word for word in words if word not in _DISTRICT_WORDS and not _DISTRICT.fullmatch(word))[:80]


def nearest(tx: Connection, organisation_id: int, place: str, topic: str) -> Counter | None:
    """The counter to send a person to, from an organisation's own; None where none is known near `place`."""
    return pick(stored.of_organisation(tx, organisation_id), place, topic)


def pick(known: Sequence[Counter], place: str, topic: str) -> Counter | None:
    """The nearest that is open to people and does the topic. `place` may hold a postcode, or be a region.

    A counter that is switched off, or does other topics, still says where its town is. Towns of one name are told apart
    by the postcode where the person gave it; where not, the first by postcode is named, and its address says which.
    """
    able = [counter for counter in known if counter.active and (not counter.topics or topic in counter.topics)]
    key, found = place_key(place), _POSTCODE.search(place)
    postcode = found[0] if found else None
    if not able or not (key or postcode):
        return None
    if key and (there := [counter for counter in able if counter.place_key == key]):
        return min(there, key=lambda counter: (counter.postcode != postcode, counter.postcode or "", counter.source_id))
    if postcode and (there := [counter for counter in able if counter.postcode == postcode]):
        return there[0]
    around = [counter for counter in known if (key and counter.place_key == key) or _same(counter.postcode, postcode)]
    around = around or [counter for counter in known if key and place_key(counter.region or "") == key]
    return _closest(able, around)


def _closest(able: Sequence[Counter], around: Sequence[Counter]) -> Counter | None:
    """The able one at the least distance from the middle of those around, else one of their region."""
    points = [point for counter in around if (point := _point(counter))]
    placed = [(counter, point) for counter in able if (point := _point(counter))]
    if points and placed:
        middle = (math.fsum(at for at, _ in points) / len(points), math.fsum(at for _, at in points) / len(points))
        return min(placed, key=lambda one: (kilometres(middle, one[1]), one[0].source_id))[0]
    regions = {counter.region for counter in around if counter.region}
    return next((counter for counter in able if counter.region in regions), None)


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance between two points (latitude, longitude), in degrees, on a round Earth."""
    (a, b), (c, d) = (tuple(map(math.radians, point)) for point in (one, other))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(half)))


def _point(counter: Counter) -> tuple[float, float] | None:
    if counter.latitude is None or counter.longitude is None:
        return None
    return counter.latitude, counter.longitude


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and one == other
