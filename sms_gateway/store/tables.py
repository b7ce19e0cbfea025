"""Every table: what is stored, and the constraints that hold the promises in the database itself."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime in UTC, on both databases (SQLite has no time zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC; a naive time is a bug of the caller, never guessed."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PersonStatus(StrEnum):
    """Whether we may write to a person."""

    ACTIVE = "active"
    STOPPED = "stopped"


class SessionStatus(StrEnum):
    """Where a conversation stands; one ACTIVE per person, by a partial unique index."""

    ACTIVE = "active"
    PARKED = "parked"
    SLEEPING = "sleeping"
    ENDED = "ended"


class EventKind(StrEnum):
    """What can arrive in a person's mailbox."""

    TEXT = "text"
    HOP = "hop"
    HOPS_ENDED = "hops_ended"
    OPT_OUT = "opt_out"
    OUTCOME = "outcome"
    TIMER = "timer"
    UNDELIVERED = "undelivered"
    WITHDRAWN = "withdrawn"  # the version of a flow that the person is in


class MessageState(StrEnum):
    """Where an outgoing message stands. UNKNOWN: the gateway may or may not have taken it."""

    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class MessageKind(StrEnum):
    """Why a message is sent; it decides what happens when a send is unknown."""

    REPLY = "reply"  # the machine's; may be sent again once when a send is unknown
    ANSWER = "answer"  # a volunteer's words; never sent again blindly
    NOTICE = "notice"  # the machine's, unasked (a promise corrected, a follow-up)
    DANGER = "danger"  # emergency numbers; waits for nothing
    TEAM = "team"  # to a volunteer's or a coordinator's phone


class CaseState(StrEnum):
    """The lifecycle of a case (DESIGN §6)."""

    QUEUED = "queued"
    OFFERED = "offered"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    ESCALATED = "escalated"
    PARKED = "parked"
    CLOSED = "closed"


class OfferState(StrEnum):
    """What became of an offer. An EXPIRED one can still be taken while nobody has the case."""

    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Wish(StrEnum):
    """What the person of a case asked for, beside an answer."""

    CALL = "call"


class EntryKind(StrEnum):
    """Who said a line of a case's thread."""

    CITIZEN = "citizen"
    MACHINE = "machine"
    ANSWER = "answer"
    NOTE = "note"
    DRAFT = "draft"


class HeldState(StrEnum):
    """What became of an answer that did not leave at once. FLAGGED: it did, and a coordinator is to read it."""

    WAITING = "waiting"
    LEFT = "left"
    TAKEN_BACK = "taken_back"
    GIVEN_BACK = "given_back"
    DRAFT = "draft"  # the case has another owner by now, or is closed
    FLAGGED = "flagged"


class Role(StrEnum):
    """What an account may do. MACHINE and GATEWAY never log in."""

    VOLUNTEER = "volunteer"
    COORDINATOR = "coordinator"
    EDITOR = "editor"
    AUDITOR = "auditor"
    MACHINE = "machine"


class VersionState(StrEnum):
    """A flow's version: one PUBLISHED per organisation and flow, by a partial unique index."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[Any]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _to(table: str, *, nullable: bool = False, name: str | None = None) -> Column[Any]:
    singular = {"people": "person"}.get(table, table.removesuffix("s"))
    return Column(name or f"{singular}_id", Id, ForeignKey(f"{table}.id"), nullable=nullable)


def _one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


organisations = Table(
    "organisations",
    metadata,
    _id(),
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
    _id(),
    _to("organisations"),
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
    _id(),
    _to("organisations"),
    _to("services"),
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
    _id(),
    _to("organisations"),
    _to("services"),
    Column("name", String(80), nullable=False),
)

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
    _id(),
    _to("organisations"),
    _to("services"),
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
    _one_of("status", PersonStatus),
)

# Erasing a row here erases the person: their words and number are sealed under it. Ordinary backups leave it out.
person_keys = Table(
    "person_keys",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("sealed_key", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    _id(),
    _to("organisations"),
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
    _id(),
    _to("organisations"),
    _to("accounts"),
    Column("weekday", Integer, nullable=False),  # 0 Monday … 6 Sunday, in the service's time zone
    Column("from_minute", Integer, nullable=False),
    Column("to_minute", Integer, nullable=False),
    CheckConstraint("weekday BETWEEN 0 AND 6 AND from_minute < to_minute", name="span"),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("token_hash", String(80), primary_key=True),
    _to("organisations"),
    _to("accounts"),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

# A version of a flow, whole and frozen: steps, facts, every sentence in every language. Found by its content's hash.
bundles = Table(
    "bundles",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("content", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("kept_at", Moment),  # when somebody said last that it is needed; null: when it was made
)

# One row a flow of an organisation: whoever changes its versions holds it.
flows = Table(
    "flows",
    metadata,
    _id(),
    _to("organisations"),
    Column("country", String(40), nullable=False),
    Column("code", String(60), nullable=False),
    Column("next_number", Integer, nullable=False, server_default="1"),
    UniqueConstraint("organisation_id", "country", "code"),
)

flow_versions = Table(
    "flow_versions",
    metadata,
    _id(),
    _to("organisations"),
    Column("country", String(40), nullable=False),
    Column("code", String(60), nullable=False),
    Column("bundle_hash", String(64), ForeignKey("bundles.hash"), nullable=False),
    Column("state", String(20), nullable=False),
    Column("origin", String(20), nullable=False, server_default="shipped"),  # shipped, edited
    Column("number", Integer),  # given when it is published: 1, 2, 3…
    Column("revision", Integer, nullable=False, server_default="0"),  # of a draft: one more with each change
    Column("base_id", Id, ForeignKey("flow_versions.id")),  # of a draft: the version that it began from
    Column("follows", String(64), ForeignKey("bundles.hash")),  # the shipped version whose changes are in it
    Column("undecided", JSON),  # of a draft: what an upgrade and an editor changed differently, by name
    Column("touched", JSON),  # of a draft: place → the account that changed it last
    Column("reason", Text),  # why it was published
    Column("left_reason", Text),  # why it was taken back or withdrawn
    Column("made_by", Id, ForeignKey("accounts.id")),
    Column("created_at", Moment, nullable=False),
    Column("published_at", Moment),
    Column("changed_at", Moment, nullable=False),  # its state, or a draft's content
    _one_of("state", VersionState),
    CheckConstraint("state = 'draft' OR number IS NOT NULL", name="published_has_number"),
)
for _name, _state in (("published", VersionState.PUBLISHED), ("draft", VersionState.DRAFT)):
    Index(
        f"uq_flow_versions_{_name}",
        flow_versions.c.organisation_id,
        flow_versions.c.country,
        flow_versions.c.code,
        unique=True,
        postgresql_where=text(f"state = '{_state}'"),
        sqlite_where=text(f"state = '{_state}'"),
    )
Index(
    "uq_flow_versions_number",
    flow_versions.c.organisation_id,
    flow_versions.c.country,
    flow_versions.c.code,
    flow_versions.c.number,
    unique=True,
)
Index("ix_flow_versions_bundle", flow_versions.c.bundle_hash, flow_versions.c.state)

cases = Table(
    "cases",
    metadata,
    _id(),
    _to("organisations"),
    _to("services"),
    _to("people"),
    _to("desks"),  # responsible, always
    _to("lines"),  # that it came in on; offers leave from its service's SMS line
    Column("number", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("epoch", Integer, nullable=False, server_default="0"),  # changes only with the owner
    Column("owner_id", Id, ForeignKey("accounts.id")),
    Column("severity", Integer, nullable=False, server_default="2"),  # 0 danger, 1 within 48 h, 2 ordinary
    Column("danger", String(20)),
    Column("topic", String(60), nullable=False),
    Column("language", String(10), nullable=False),
    Column("region", String(40)),
    Column("discreet", Boolean, nullable=False, server_default=text("false")),
    Column("reason", String(20), nullable=False),
    Column("summary", Text),  # sealed under the person's key
    Column("opened_at", Moment, nullable=False),
    Column("last_inbound_seq", Integer, nullable=False, server_default="0"),
    Column("settled_seq", Integer, nullable=False, server_default="0"),  # up to here answered, or needing nothing
    Column("unanswered_since", Moment),
    Column("promised_by", Moment),
    Column("ceiling", Moment),  # the latest that the flow's answer_within allows
    Column("corrections", Integer, nullable=False, server_default="0"),
    Column("next_deadline", Moment),
    Column("lease_until", Moment),
    Column("half_lease_told", Boolean, nullable=False, server_default=text("false")),
    Column("round", Integer, nullable=False, server_default="1"),  # of asking everybody; offers belong to one
    Column("first_answer_at", Moment),
    Column("joined_told_at", Moment),
    Column("outcome", String(20)),
    Column("closed_at", Moment),
    Column("helped", Boolean),
    Column("wish", String(20)),  # Wish; until it is met
    Column("parked_until", Moment),  # a date that both agreed on; the owner stays, if there was one
    Column("undelivered", Integer, nullable=False, server_default="0"),  # answers in a row that did not arrive
    Column("merged_into_id", Id),  # the case that this one went into
    UniqueConstraint("service_id", "number"),
    _one_of("state", CaseState),
    CheckConstraint("state = 'closed' OR next_deadline IS NOT NULL", name="open_has_deadline"),
    CheckConstraint("state <> 'closed' OR settled_seq >= last_inbound_seq", name="closed_is_settled"),
    CheckConstraint("state <> 'closed' OR (outcome IS NOT NULL AND closed_at IS NOT NULL)", name="closed_has_outcome"),
    CheckConstraint("state NOT IN ('claimed', 'answered') OR owner_id IS NOT NULL", name="owned_when_claimed"),
    CheckConstraint(
        "state IN ('claimed', 'answered', 'closed', 'parked') OR owner_id IS NULL", name="unowned_when_queued"
    ),
)
Index(
    "uq_cases_open_person",
    cases.c.person_id,
    unique=True,
    postgresql_where=text("state <> 'closed'"),
    sqlite_where=text("state <> 'closed'"),
)
Index(
    "ix_cases_deadline",
    cases.c.next_deadline,
    postgresql_where=text("state <> 'closed'"),
    sqlite_where=text("state <> 'closed'"),
)
Index("ix_cases_owner", cases.c.owner_id)
_MERGED = text("merged_into_id IS NOT NULL")
Index("ix_cases_merged", cases.c.person_id, cases.c.merged_into_id, postgresql_where=_MERGED, sqlite_where=_MERGED)

case_entries = Table(
    "case_entries",
    metadata,
    _id(),
    _to("organisations"),
    _to("cases"),
    Column("seq", Integer, nullable=False),  # of citizens' texts in this case; 0 for the others
    Column("kind", String(20), nullable=False),
    Column("account_id", Id, ForeignKey("accounts.id")),
    Column("event_id", Id, ForeignKey("events.id")),
    Column("message_id", Id, ForeignKey("outbox.id")),
    Column("person_id", Id),  # whose key seals it, where that is not the case's person: two cases became one
    Column("body", Text, nullable=False),  # sealed under the person's key; numbers inside are masked before
    Column("at", Moment, nullable=False),
    _one_of("kind", EntryKind),
)
Index("ix_case_entries_case", case_entries.c.case_id, case_entries.c.id)

offers = Table(
    "offers",
    metadata,
    _id(),
    _to("organisations"),
    _to("cases"),
    _to("accounts"),
    Column("epoch", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("round", Integer, nullable=False),
    Column("reasons", JSON, nullable=False),  # why this volunteer, shown to coordinators
    Column("offered_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    _one_of("state", OfferState),
)
Index(
    "uq_offers_open",
    offers.c.case_id,
    offers.c.account_id,
    unique=True,
    postgresql_where=text("state = 'open'"),
    sqlite_where=text("state = 'open'"),
)
Index("ix_offers_account", offers.c.account_id, offers.c.state)

# An answer that was said and has not left: until its moment has come, or until a coordinator lets it go.
held_answers = Table(
    "held_answers",
    metadata,
    _id(),
    _to("organisations"),
    _to("cases"),
    _to("accounts"),  # who wrote it
    Column("epoch", Integer, nullable=False),  # of the case when it was said: the fence, looked at again as it leaves
    Column("seen_seq", Integer, nullable=False),  # what its writer had read of the person, so what it answers
    Column("state", String(20), nullable=False, server_default=HeldState.WAITING),
    Column("reasons", JSON, nullable=False),  # why a coordinator reads it; [] it leaves by itself
    Column("leaves_at", Moment),  # null: when a coordinator lets it go
    Column("outcome", String(20)),  # the case is closed with it
    Column("body", Text, nullable=False),  # sealed under the person's key; empty once it is settled
    Column("said_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Column("settled_by", Id, ForeignKey("accounts.id")),
    _one_of("state", HeldState),
    CheckConstraint("state <> 'waiting' OR settled_at IS NULL", name="waiting_is_open"),
)
Index(
    "uq_held_answers_waiting",
    held_answers.c.case_id,
    unique=True,
    postgresql_where=text("state = 'waiting'"),
    sqlite_where=text("state = 'waiting'"),
)
Index(
    "ix_held_answers_open",
    held_answers.c.organisation_id,
    held_answers.c.said_at,
    postgresql_where=text("state IN ('waiting', 'flagged')"),
    sqlite_where=text("state IN ('waiting', 'flagged')"),
)

counters = Table(  # places where somebody receives people: an answer when no person can
    "counters",
    metadata,
    _id(),
    _to("organisations"),
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
    _id(),
    _to("organisations"),
    _to("accounts"),
    Column("content", LargeBinary, nullable=False),  # the file
    Column("whole", Boolean, nullable=False),  # what it lacks is switched off
    Column("made_at", Moment, nullable=False),
    UniqueConstraint("organisation_id"),
)

volunteer_texts = Table(  # what volunteers paid in texts, month by month, for reimbursement
    "volunteer_texts",
    metadata,
    _id(),
    _to("organisations"),
    _to("accounts"),
    Column("month", String(7), nullable=False),  # "2026-11", in the service's time zone
    Column("texts", Integer, nullable=False, server_default="0"),
    Column("parts", Integer, nullable=False, server_default="0"),  # what the operator counts
    UniqueConstraint("account_id", "month"),
)

unclear_replies = Table(  # no machine understood them: an editor says what was meant, and they go
    "unclear_replies",
    metadata,
    _id(),
    _to("organisations"),
    _to("people"),
    Column("flow", String(80), nullable=False),  # "menu" where no flow was begun
    Column("step", String(200), nullable=False),
    Column("language", String(10), nullable=False),
    Column("body", Text, nullable=False),  # struck of names and numbers, and sealed under the person's key
    Column("at", Moment, nullable=False),
)
Index("ix_unclear_replies_organisation_id", unclear_replies.c.organisation_id, unclear_replies.c.id)

sessions = Table(
    "sessions",
    metadata,
    _id(),
    _to("organisations"),
    _to("people"),
    Column("bundle_hash", String(64), ForeignKey("bundles.hash"), nullable=False),  # pinned
    Column("flow", String(60), nullable=False),
    Column("status", String(20), nullable=False),
    Column("state", Text, nullable=False),  # flows.session.encode, sealed under the person's key
    Column("version", Integer, nullable=False, server_default="1"),
    _to("cases", nullable=True),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    _one_of("status", SessionStatus),
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
    _id(),
    _to("organisations"),
    _to("services"),
    _to("people", nullable=True),
    _to("accounts", nullable=True),  # a text from a volunteer's phone
    _to("cases", nullable=True),
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
    _one_of("kind", EventKind),
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
    _to("organisations"),
    _to("people"),
    Column("so_far", Text, nullable=False),  # sealed: the accumulated text of the last hop
    Column("hops", Integer, nullable=False, server_default="1"),
    Column("ended", Boolean, nullable=False, server_default=text("false")),
    Column("updated_at", Moment, nullable=False),
)
Index("ix_ussd_sessions_updated", ussd_sessions.c.updated_at)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _to("organisations"),
    _to("lines"),
    _to("people", nullable=True),
    _to("accounts", nullable=True),
    _to("cases", nullable=True),
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
    _one_of("state", MessageState),
    _one_of("kind", MessageKind),
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
    _id(),
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

# What is due later; the sweeper turns each into one event each time that it rings. `name`: see store.timers.
timers = Table(
    "timers",
    metadata,
    _id(),
    _to("organisations"),
    _to("people"),
    _to("sessions", nullable=True),
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

# Append-only: ids and names of what happened, never words or numbers. Chained in batches by one process.
journal = Table(
    "journal",
    metadata,
    _id(),
    _to("organisations"),
    Column("at", Moment, nullable=False),
    Column("what", String(40), nullable=False),
    Column("person_id", Id),
    Column("case_id", Id),
    Column("account_id", Id),
    Column("detail", JSON, nullable=False),
)
Index("ix_journal_case", journal.c.case_id)

journal_chain = Table(
    "journal_chain",
    metadata,
    _id(),
    Column("first_id", Id, nullable=False),
    Column("last_id", Id, nullable=False, unique=True),
    Column("hash", String(64), nullable=False),  # of the batch and of the link before
    Column("made_at", Moment, nullable=False),
)

# What simulated phones have received and sent; no real phone is here unless no gateway is set.
simulator_messages = Table(
    "simulator_messages",
    metadata,
    _id(),
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
