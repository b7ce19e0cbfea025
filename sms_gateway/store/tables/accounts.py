"""Who answers and who leads: accounts, their shifts, their sessions on the web, what they paid in texts."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from sms_gateway.store.tables.columns import Id, Moment, identity, metadata, reference

accounts = Table(
    "accounts",
    metadata,
    identity(),
    reference("organisations"),
    Column("login", String(80), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("name", String(40), nullable=False),  # what citizens see: a first name
    Column("password_hash", Text, nullable=False),
    Column("language", String(10), nullable=False, server_default="fr"),  # of the pages and texts to this account
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("lane", String(80)),  # of a volunteer's own phone
    Column("phone", Text),  # sealed under the master key
    Column("simulated", Boolean, nullable=False, server_default=text("false")),  # a phone of the simulator's own
    Column("languages", JSON, nullable=False),  # that they answer in; [] every language
    Column("topics", JSON, nullable=False),  # [] every topic
    Column("regions", JSON, nullable=False),  # [] every region
    Column("training", JSON, nullable=False, server_default=text("'[]'")),  # topics that they trained for
    Column("capacity", Integer, nullable=False, server_default="3"),  # cases at a time on the web; 1 by SMS
    Column("cases_a_day", Integer),  # at most, taken since the day began there; null: no limit
    Column("quiet_from", Integer),  # minute of the day, in the service's time zone, from which they are not asked …
    Column("quiet_to", Integer),  # … and until which; it may pass midnight
    Column("paused_until", Moment),
    Column("paused_by_us", Boolean, nullable=False, server_default=text("false")),
    Column("expired_in_a_row", Integer, nullable=False, server_default="0"),
    Column("rests_until", Moment),  # after a case of danger: no offers for a while
    Column("rest_why", String(20)),  # until a coordinator has asked how they are
    Column("rest_began_at", Moment),  # when they last rested so, or were asked whether they would like to
    Column("rest_case_id", Id),  # the case that it was after
    Column("as_citizen", Boolean, nullable=False, server_default=text("false")),  # MOI
    Column("review_left", Integer, nullable=False, server_default="0"),  # answers that a coordinator reads before
    Column("sms_state", JSON),  # what a text from this phone answers: {"asked": "which_case", …}
    Column("last_seen_at", Moment),  # on the web
    Column("failed_logins", Integer, nullable=False, server_default="0"),
    Column("locked_until", Moment),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("role IN ('volunteer', 'coordinator', 'editor', 'auditor')", name="role_known"),
)
Index("uq_accounts_lane", accounts.c.organisation_id, accounts.c.lane, unique=True)

# No row for an account: on shift at every hour.
shifts = Table(
    "shifts",
    metadata,
    identity(),
    reference("organisations"),
    reference("accounts"),
    Column("weekday", Integer, nullable=False),  # 0 Monday … 6 Sunday, in the service's time zone
    Column("from_minute", Integer, nullable=False),
    Column("to_minute", Integer, nullable=False),
    CheckConstraint("weekday BETWEEN 0 AND 6 AND from_minute < to_minute", name="span"),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("token_hash", String(80), primary_key=True),
    reference("organisations"),
    reference("accounts"),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

volunteer_texts = Table(  # what volunteers paid in texts, month by month, for reimbursement
    "volunteer_texts",
    metadata,
    identity(),
    reference("organisations"),
    reference("accounts"),
    Column("month", String(7), nullable=False),  # "2026-11", in the service's time zone
    Column("texts", Integer, nullable=False, server_default="0"),
    Column("parts", Integer, nullable=False, server_default="0"),  # what the operator counts
    UniqueConstraint("account_id", "month"),
)
