"""Where conversations stand, what came in, what a screen showed last, what is due days later."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from sms_gateway.store.tables.columns import Id, Moment, identity, metadata, one_of, reference
from sms_gateway.store.tables.states import EventKind, SessionStatus

sessions = Table(
    "sessions",
    metadata,
    identity(),
    reference("organisations"),
    reference("people"),
    Column("bundle_hash", String(64), ForeignKey("bundles.hash"), nullable=False),  # pinned
    Column("flow", String(60), nullable=False),
    Column("status", String(20), nullable=False),
    Column("state", Text, nullable=False),  # flows.session.encode, sealed under the person's key
    Column("version", Integer, nullable=False, server_default="1"),
    reference("cases", nullable=True),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    one_of("status", SessionStatus),
)
Index(
    "uq_sessions_active",
    sessions.c.person_id,
    unique=True,
    postgresql_where=text("status = 'active'"),
    sqlite_where=text("status = 'active'"),
)
Index("ix_sessions_bundle", sessions.c.bundle_hash)
Index(
    "ix_sessions_standing",
    sessions.c.bundle_hash,
    sessions.c.updated_at,
    postgresql_where=text("status <> 'ended'"),
    sqlite_where=text("status <> 'ended'"),
)

events = Table(
    "events",
    metadata,
    identity(),
    reference("organisations"),
    reference("services"),
    reference("people", nullable=True),
    reference("accounts", nullable=True),  # a text from a volunteer's phone
    reference("cases", nullable=True),
    Column("line_id", Id, ForeignKey("lines.id")),
    Column("kind", String(20), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("delivery_key", String(120), nullable=False),
    Column("body", Text),  # sealed; secrets were struck out before
    Column("sent_at", Moment),  # as the gateway says: shown, never used to reorder
    Column("received_at", Moment, nullable=False),
    Column("taken_at", Moment),  # by exactly one turn; null: waits in the mailbox
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("reply", Text),  # sealed; what a repeat is answered with, kept 10 minutes
    UniqueConstraint("channel", "delivery_key"),
    one_of("kind", EventKind),
)
Index("ix_events_person", events.c.person_id, events.c.id)
Index(
    "ix_events_waiting",
    events.c.received_at,
    postgresql_where=text("taken_at IS NULL"),
    sqlite_where=text("taken_at IS NULL"),
)
Index(
    "ix_events_reply",
    events.c.received_at,
    postgresql_where=text("reply IS NOT NULL"),
    sqlite_where=text("reply IS NOT NULL"),
)

ussd_sessions = Table(
    "ussd_sessions",
    metadata,
    Column("session_hash", String(80), primary_key=True),  # keyed hash of the gateway's session id
    reference("organisations"),
    reference("people"),
    Column("so_far", Text, nullable=False),  # sealed: the accumulated text of the last hop
    Column("hops", Integer, nullable=False, server_default="1"),
    Column("ended", Boolean, nullable=False, server_default=text("false")),
    Column("updated_at", Moment, nullable=False),
)
Index("ix_ussd_sessions_updated", ussd_sessions.c.updated_at)

# What is due later; the sweeper turns each into one event each time that it rings. `name`: see store.timers.
timers = Table(
    "timers",
    metadata,
    identity(),
    reference("organisations"),
    reference("people"),
    reference("sessions", nullable=True),
    Column("name", String(60), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("done_at", Moment),  # it rang
    Column("tries", Integer, nullable=False, server_default="0"),  # how often it rang while the person was busy
)
Index("uq_timers_session", timers.c.session_id, timers.c.name, unique=True)
Index(
    "ix_timers_due",
    timers.c.due_at,
    postgresql_where=text("done_at IS NULL"),
    sqlite_where=text("done_at IS NULL"),
)
