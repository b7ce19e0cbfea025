"""Where a person lives, as far as their town says it: dispatch asks those of a region first."""

from sqlalchemy import Connection, select

from flows import gazetteer
from sms_gateway.cases.nearest_counter import place_of
from sms_gateway.counters.nearest import region_of
from sms_gateway.store import cases as stored
from sms_gateway.store import people
from sms_gateway.store.people import Person
from sms_gateway.store.tables import services

_LONGEST = 40


def settle(tx: Connection, person: Person) -> str | None:
    """The person's region; one that is not known is taken from their town, and kept. The person is locked.

    As the organisation's own counters name it; else the department or county that the gazetteer has their town in.
    """
    if person.region is not None:
        return person.region
    place = place_of(person)
    region = (region_of(tx, person.organisation_id, place) or _in_country(tx, person, place)) if place else None
    if region is not None:
        people.change(tx, person.id, region=region)
    return region


def settle_open_case(tx: Connection, person: Person) -> None:
    """The same for their open case, which began before the town was known."""
    region, row = settle(tx, person), stored.open_of(tx, person.id)
    if region is not None and row is not None and row.region is None:
        stored.set_columns(tx, row.id, region=region)


def _in_country(tx: Connection, person: Person, place: str) -> str | None:
    country = tx.execute(select(services.c.country).where(services.c.id == person.service_id)).scalar_one()
    region = gazetteer.region_of({"place": place}, str(country))
    return region[:_LONGEST] if region else None
