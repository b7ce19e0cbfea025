"""The nearest counter to a place that a person named: in its town, else its postcode, else by distance."""

import math
from collections.abc import Sequence

from sqlalchemy import Connection

from sms_gateway.counters.towns import Where, is_near_postcode, postcode_in, where
from sms_gateway.store import counters as stored
from sms_gateway.store.counters import Counter

FARTHEST = 100  # kilometres: further than this is no counter near anybody


def nearest(tx: Connection, organisation_id: int, place: str, topic: str) -> Counter | None:
    """The counter to send a person to, from an organisation's own; None where none is known near `place`."""
    return pick(stored.of_organisation(tx, organisation_id), place, topic)


def knows(tx: Connection, organisation_id: int, place: str) -> bool:
    """Whether the organisation's counters say where `place` is, be there one near it or not."""
    return where(stored.of_organisation(tx, organisation_id), place) is not None


def region_of(tx: Connection, organisation_id: int, place: str) -> str | None:
    """The region of a place, as the organisation's counters name it; None where they don't, or name several."""
    found = where(stored.of_organisation(tx, organisation_id), place)
    regions = {counter.region for counter in found.counters} if found else set()
    return regions.pop() if len(regions) == 1 else None


def pick(known: Sequence[Counter], place: str, topic: str) -> Counter | None:
    """The nearest that is open to people and does the topic. `place` may hold a postcode, or be a region.

    A counter that is switched off, or does other topics, still says where its town is. Towns of one name are told apart
    by the postcode where the person gave it; where not, the first by postcode is named, and its address says which.
    """
    able = [counter for counter in known if counter.active and (not counter.topics or topic in counter.topics)]
    found = where(known, place)
    if found is None or not able:
        return None
    there = [] if found.is_region else [counter for counter in found.counters if counter in able]
    if there:
        postcode = postcode_in(place)
        return min(
            there,
            key=lambda counter: (
                counter.postcode != postcode,
                not is_near_postcode(counter.postcode, postcode),
                counter.postcode or "",
                counter.source_id,
            ),
        )
    return _closest(able, found)


def _closest(able: Sequence[Counter], found: Where) -> Counter | None:
    """The able one at the least distance from the middle of those found, else one of their region."""
    points = [point for counter in found.counters if (point := _point(counter))]
    placed = [(counter, point) for counter in able if (point := _point(counter))]
    if points and placed:
        middle = (math.fsum(at for at, _ in points) / len(points), math.fsum(at for _, at in points) / len(points))
        counter, at = min(placed, key=lambda one: (kilometres(middle, one[1]), one[0].source_id))
        return counter if kilometres(middle, at) <= FARTHEST else None
    regions = {counter.region for counter in found.counters if counter.region}
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
