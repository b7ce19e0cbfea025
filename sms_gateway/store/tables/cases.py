"""What a person is to answer: cases, their threads, the offers made, answers that have not left."""

from sqlalchemy import (
    JSON,
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
from sms_gateway.store.tables.states import CaseState, EntryKind, HeldState, OfferState

cases = Table(
    "cases",
    metadata,
    identity(),
    reference("organisations"),
    reference("services"),
    reference("people"),
    reference("desks"),  # responsible, always
    reference("lines"),  # that it came in on; offers leave from its service's SMS line
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
    one_of("state", CaseState),
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
    identity(),
    reference("organisations"),
    reference("cases"),
    Column("seq", Integer, nullable=False),  # of citizens' texts in this case; 0 for the others
    Column("kind", String(20), nullable=False),
    Column("account_id", Id, ForeignKey("accounts.id")),
    Column("event_id", Id, ForeignKey("events.id")),
    Column("message_id", Id, ForeignKey("outbox.id")),
    Column("person_id", Id),  # whose key seals it, where that is not the case's person: two cases became one
    Column("body", Text, nullable=False),  # sealed under the person's key; numbers inside are masked before
    Column("at", Moment, nullable=False),
    one_of("kind", EntryKind),
)
Index("ix_case_entries_case", case_entries.c.case_id, case_entries.c.id)

offers = Table(
    "offers",
    metadata,
    identity(),
    reference("organisations"),
    reference("cases"),
    reference("accounts"),
    Column("epoch", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("round", Integer, nullable=False),
    Column("reasons", JSON, nullable=False),  # why this volunteer, shown to coordinators
    Column("offered_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    one_of("state", OfferState),
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
    identity(),
    reference("organisations"),
    reference("cases"),
    reference("accounts"),  # who wrote it
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
    one_of("state", HeldState),
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
