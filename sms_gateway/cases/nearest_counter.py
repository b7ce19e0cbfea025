"""The counter that a person may go to instead, said in at most two SMS parts."""

from sqlalchemy import Connection

from flows import alphabet
from sms_gateway import phrases
from sms_gateway.counters import nearest
from sms_gateway.store.counters import Counter
from sms_gateway.store.people import Person
from sms_gateway.store.sealing import Erased

_PARTS = 2
_CUTS = ((120, 200), (80, 80), (60, 0), (25, 0))  # of name and address: the first that fits; hours are said whole


def say_counter(
    tx: Connection, person: Person, *, topic: str, language: str, key: str = "nobody_could", **values: str
) -> str | None:
    """Where to go, when and whom to call; None where no place of the person, or no counter near it, is known.

    A counter whose hours or phone is not known, or does not fit, is not said: nobody travels to a door that may be
    closed. `key`: the phrase, which has place, hours and phone beside its other `values`.
    """
    place = place_of(person)
    counter = nearest.nearest(tx, person.organisation_id, place, topic) if place else None
    if counter is None or not counter.hours or not counter.phone:
        return None
    for name, address in _CUTS:
        where = _where(counter, name, address)
        said = phrases.say(language, key, place=where, hours=counter.hours, phone=counter.phone, **values)
        if alphabet.measure(alphabet.rewrite(said)).segments <= _PARTS:
            return said
    return None


def place_of(person: Person) -> str:
    """The town that they named last; nothing where they named none, or were erased."""
    try:
        return person.seal.open(person.place) if person.seal and person.place else ""
    except Erased:
        return ""


def knows_place(tx: Connection, person: Person) -> bool:
    """Whether the place that they named is one that our counters know of."""
    place = place_of(person)
    return bool(place) and nearest.knows(tx, person.organisation_id, place)


def _where(counter: Counter, name: int, address: int) -> str:
    town = _cut(" ".join(part for part in (counter.postcode, counter.place) if part), max(name // 2, 25))
    return ", ".join(part for part in (_cut(counter.name, name), _cut(counter.address, address), town) if part)


def _cut(text: str, most: int) -> str:
    return text[:most].rstrip(" ,.-")
