"""Where a person lives, as far as their town says it: dispatch asks those of a region first."""

from sqlalchemy import Connection

from sms_gateway.cases.nearest_counter import place_of
from sms_gateway.counters.nearest import region_of
from sms_gateway.store import cases as stored
from sms_gateway.store import people
from sms_gateway.store.people import Person


def settle(tx: Connection, person: Person) -> str | None:
    """The person's region; one that is not known is taken from their town, and kept. The person is locked."""
    if person.region is not None:
        return person.region
    place = place_of(person)
    region = region_of(tx, person.organisation_id, place) if place else None
    if region is not None:
        people.change(tx, person.id, region=region)
    return region


def settle_open_case(tx: Connection, person: Person) -> None:
    """The same for their open case, which began before the town was known."""
    region, row = settle(tx, person), stored.open_of(tx, person.id)
    if region is not None and row is not None and row.region is None:
        stored.set_columns(tx, row.id, region=region)
