"""Who texts: people under a keyed hash of their number, the keys that seal their words, the order of their phones."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint, text

from sms_gateway.store.tables.columns import Id, Moment, identity, metadata, one_of, reference
from sms_gateway.store.tables.states import PersonStatus

# One row a phone that we send to: messages leave in its order. No number stands here, only its keyed hash.
lanes = Table(
    "lanes",
    metadata,
    Column("lane", String(80), primary_key=True),
    Column("next_number", Integer, nullable=False, server_default="1"),
    Column("held_until", Moment),  # an unknown send waits for its report
)

people = Table(
    "people",
    metadata,
    identity(),
    reference("organisations"),
    reference("services"),
    Column("lane", String(80), nullable=False),  # keyed hash of the phone, with its key's version
    Column("phone", Text),  # sealed under the person's key
    Column("pseudonym", Integer, nullable=False),  # "Personne 42"
    Column("language", String(10), nullable=False),
    Column("language_chosen", Boolean, nullable=False, server_default=text("false")),
    Column("status", String(20), nullable=False, server_default=PersonStatus.ACTIVE),
    Column("welcomed", Boolean, nullable=False, server_default=text("false")),  # first contact was said
    Column("sms_line_id", Id, ForeignKey("lines.id")),  # the line we answer from
    Column("region", String(40)),
    Column("place", Text),  # the town that they named last, sealed under the person's key
    Column("answers_in_window", Integer, nullable=False, server_default="0"),
    Column("window_began_at", Moment),
    Column("last_text_print", String(80)),  # keyed hash, for a key pressed twice
    Column("last_text_at", Moment),
    Column("last_text_place", String(120)),
    Column("created_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("erased_at", Moment),  # they asked; their key goes once the last text to them has left
    UniqueConstraint("service_id", "lane"),
    UniqueConstraint("service_id", "pseudonym"),
    one_of("status", PersonStatus),
)

# Erasing a row here erases the person: their words and number are sealed under it. Ordinary backups leave it out.
person_keys = Table(
    "person_keys",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("sealed_key", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)
