"""Places where somebody receives people, and lists of them that were handed in."""

from sqlalchemy import JSON, Boolean, Column, Float, Index, LargeBinary, String, Table, UniqueConstraint, text

from sms_gateway.store.tables.columns import Moment, identity, metadata, reference

counters = Table(  # places where somebody receives people: an answer when no person can
    "counters",
    metadata,
    identity(),
    reference("organisations"),
    Column("source_id", String(80), nullable=False),  # of the list that it was imported from
    Column("name", String(120), nullable=False),
    Column("place", String(80), nullable=False),  # its town, as written
    Column("place_key", String(80), nullable=False),  # the same, as it is looked up
    Column("postcode", String(20)),
    Column("region", String(40)),
    Column("address", String(200), nullable=False, server_default=""),
    Column("hours", String(200), nullable=False, server_default=""),  # in words
    Column("phone", String(40), nullable=False, server_default=""),
    Column("topics", JSON, nullable=False, server_default=text("'[]'")),  # what it does; [] everything
    Column("latitude", Float),  # degrees, WGS 84
    Column("longitude", Float),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("off_by_us", Boolean, nullable=False, server_default=text("false")),  # by hand: no list switches it on
    Column("checked_on", String(10)),  # ISO date on which its source said so
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("organisation_id", "source_id"),
)
Index("ix_counters_place", counters.c.organisation_id, counters.c.place_key)

counter_lists = Table(  # a list that was handed in, until what it changes was read and kept; one an organisation
    "counter_lists",
    metadata,
    identity(),
    reference("organisations"),
    reference("accounts"),
    Column("content", LargeBinary, nullable=False),  # the file
    Column("whole", Boolean, nullable=False),  # what it lacks is switched off
    Column("made_at", Moment, nullable=False),
    UniqueConstraint("organisation_id"),
)
