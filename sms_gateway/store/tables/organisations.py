"""Who runs a counter: organisations, their services, the lines that people reach them on, their desks."""

from sqlalchemy import JSON, CheckConstraint, Column, Integer, String, Table, UniqueConstraint, text

from sms_gateway.store.tables.columns import Moment, identity, metadata, reference

organisations = Table(
    "organisations",
    metadata,
    identity(),
    Column("code", String(40), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("retention_days", Integer, nullable=False, server_default="365"),
    Column("created_at", Moment, nullable=False),
    Column("trained_topics", JSON, nullable=False, server_default=text("'[]'")),  # only who trained for one answers it
    Column("reviewed_answers", Integer, nullable=False, server_default="10"),  # of a new volunteer, before they leave
)

services = Table(
    "services",
    metadata,
    identity(),
    reference("organisations"),
    Column("code", String(40), nullable=False, unique=True),
    Column("name", String(40), nullable=False),  # it signs with it
    Column("country", String(40), nullable=False),  # its pack in flows/library
    Column("languages", JSON, nullable=False),
    Column("timezone", String(40), nullable=False),
    Column("help_phone", String(40)),  # a phone where people answer, for AIDE
    Column("hours", JSON),  # {"0": [["08:00", "20:00"]], …} by weekday; null: the pack's
    Column("next_case_number", Integer, nullable=False, server_default="4001"),
    Column("next_pseudonym", Integer, nullable=False, server_default="1"),
    Column("neighbours", JSON, nullable=False, server_default=text("'{}'")),  # {region: [regions beside it]}
    Column("allowed", JSON, nullable=False, server_default=text("'[]'")),  # links and numbers that an answer may hold
)

lines = Table(
    "lines",
    metadata,
    identity(),
    reference("organisations"),
    reference("services"),
    Column("code", String(40), nullable=False, unique=True),  # france-sms, kenya-ussd
    Column("channel", String(40), nullable=False),  # africastalking, simulator
    Column("kind", String(10), nullable=False),  # sms, ussd, voice
    Column("address", String(40), nullable=False),  # 38000, *384*77#
    UniqueConstraint("channel", "kind", "address"),
    CheckConstraint("kind IN ('sms', 'ussd', 'voice')", name="kind_known"),
)

# The desk is who is responsible for a case: an organisation's counter, never a person who may be gone.
desks = Table(
    "desks",
    metadata,
    identity(),
    reference("organisations"),
    reference("services"),
    Column("name", String(80), nullable=False),
)
