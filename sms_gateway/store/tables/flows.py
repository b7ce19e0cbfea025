"""What is said: frozen contents, the flows and their versions, the replies that nobody understood."""

from sqlalchemy import (
    JSON,
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
from sms_gateway.store.tables.states import VersionState

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
    identity(),
    reference("organisations"),
    Column("country", String(40), nullable=False),
    Column("code", String(60), nullable=False),
    Column("next_number", Integer, nullable=False, server_default="1"),
    UniqueConstraint("organisation_id", "country", "code"),
)

flow_versions = Table(
    "flow_versions",
    metadata,
    identity(),
    reference("organisations"),
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
    one_of("state", VersionState),
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

unclear_replies = Table(  # no machine understood them: an editor says what was meant, and they go
    "unclear_replies",
    metadata,
    identity(),
    reference("organisations"),
    reference("people"),
    Column("flow", String(80), nullable=False),  # "menu" where no flow was begun
    Column("step", String(200), nullable=False),
    Column("language", String(10), nullable=False),
    Column("body", Text, nullable=False),  # struck of names and numbers, and sealed under the person's key
    Column("at", Moment, nullable=False),
)
Index("ix_unclear_replies_organisation_id", unclear_replies.c.organisation_id, unclear_replies.c.id)
