"""What leaves: messages in the order of their phones, the reports on them, what simulated phones received."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from sms_gateway.store.tables.columns import Id, Moment, identity, metadata, one_of, reference
from sms_gateway.store.tables.states import MessageKind, MessageState

outbox = Table(
    "outbox",
    metadata,
    identity(),
    reference("organisations"),
    reference("lines"),
    reference("people", nullable=True),
    reference("accounts", nullable=True),
    reference("cases", nullable=True),
    Column("event_id", Id, ForeignKey("events.id")),  # the turn that it belongs to
    Column("turn_index", Integer, nullable=False, server_default="0"),
    Column("lane", String(80), ForeignKey("lanes.lane"), nullable=False),
    Column("number", Integer, nullable=False),  # order in the lane
    Column("kind", String(20), nullable=False),
    Column("body", Text, nullable=False),  # sealed: under the person's key, or the master key for the team
    Column("encoding", String(10), nullable=False),
    Column("parts", Integer, nullable=False),
    Column("state", String(20), nullable=False, server_default=MessageState.WAITING),
    Column("not_before", Moment, nullable=False),
    Column("lease", String(40)),  # who is sending it now
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("resent", Boolean, nullable=False, server_default=text("false")),
    Column("gateway_id", String(120)),
    Column("reason", String(200)),  # of a refusal, as the gateway said it
    Column("cost", String(40)),
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Column("raised_at", Moment),  # of an answer that failed: its case heard of it, or need not
    UniqueConstraint("lane", "number"),
    UniqueConstraint("event_id", "turn_index"),
    CheckConstraint("(person_id IS NULL) <> (account_id IS NULL)", name="one_recipient"),
    one_of("state", MessageState),
    one_of("kind", MessageKind),
)
Index(
    "ix_outbox_unsettled",
    outbox.c.lane,
    outbox.c.number,
    postgresql_where=text("state IN ('waiting', 'sending', 'unknown')"),
    sqlite_where=text("state IN ('waiting', 'sending', 'unknown')"),
)
Index("ix_outbox_gateway_id", outbox.c.gateway_id)

_FAILED_ANSWER = text("state = 'failed' AND kind = 'answer' AND raised_at IS NULL")
Index("ix_outbox_unraised", outbox.c.id, postgresql_where=_FAILED_ANSWER, sqlite_where=_FAILED_ANSWER)

delivery_reports = Table(
    "delivery_reports",
    metadata,
    identity(),
    Column("channel", String(40), nullable=False),
    Column("gateway_id", String(120), nullable=False),
    Column("lane", String(80), nullable=False),
    Column("status", String(40), nullable=False),  # raw, as the gateway said it
    Column("reason", String(120)),
    Column("message_id", Id, ForeignKey("outbox.id")),  # null: not matched yet
    Column("received_at", Moment, nullable=False),
    UniqueConstraint("channel", "gateway_id", "status"),
)
Index("ix_delivery_reports_lane", delivery_reports.c.lane)

# What simulated phones have received and sent; no real phone is here unless no gateway is set.
simulator_messages = Table(
    "simulator_messages",
    metadata,
    identity(),
    Column("lane", String(80), nullable=False),
    Column("address", String(40), nullable=False),  # the line's
    Column("kind", String(10), nullable=False),  # sms, ussd
    Column("incoming", Boolean, nullable=False),  # as the phone sees it
    Column("body", Text, nullable=False),  # sealed under the master key
    Column("parts", Integer, nullable=False),
    Column("message_id", Id),
    Column("at", Moment, nullable=False),
    UniqueConstraint("message_id"),
)
Index("ix_simulator_messages_phone", simulator_messages.c.lane, simulator_messages.c.address, simulator_messages.c.id)
