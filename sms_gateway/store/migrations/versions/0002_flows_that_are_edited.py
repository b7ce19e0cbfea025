"""Flows that are edited: numbers, drafts, what a draft began from; bundles that can be forgotten."""

import sqlalchemy as sa
from alembic import op

from sms_gateway.store.tables import Moment

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KINDS = "'text', 'hop', 'hops_ended', 'opt_out', 'outcome', 'timer', 'undelivered'"


def upgrade() -> None:
    """Forward."""
    _flows()
    _versions()
    op.add_column("bundles", sa.Column("kept_at", Moment(), nullable=True))
    _events()
    op.create_index(
        "ix_sessions_standing",
        "sessions",
        ["bundle_hash", "updated_at"],
        postgresql_where=sa.text("status <> 'ended'"),
        sqlite_where=sa.text("status <> 'ended'"),
    )


def _flows() -> None:
    op.create_table(
        "flows",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("country", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("next_number", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_flows_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flows")),
        sa.UniqueConstraint("organisation_id", "country", "code", name=op.f("uq_flows_organisation_id_country_code")),
    )


def _versions() -> None:
    """Every version until now was shipped: numbered in the order in which they came."""
    with op.batch_alter_table("flow_versions") as batch:
        batch.add_column(sa.Column("number", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("base_id", Id, nullable=True))
        batch.add_column(sa.Column("follows", sa.String(length=64), nullable=True))
        batch.add_column(sa.Column("undecided", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("touched", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("left_reason", sa.Text(), nullable=True))
        batch.add_column(sa.Column("changed_at", Moment(), nullable=True))
        batch.create_foreign_key(op.f("fk_flow_versions_base_id"), "flow_versions", ["base_id"], ["id"])
        batch.create_foreign_key(op.f("fk_flow_versions_follows"), "bundles", ["follows"], ["hash"])
    op.execute(
        "UPDATE flow_versions SET follows = bundle_hash, changed_at = coalesce(published_at, created_at), number ="
        " (SELECT count(*) FROM flow_versions AS older WHERE older.organisation_id = flow_versions.organisation_id"
        " AND older.country = flow_versions.country AND older.code = flow_versions.code"
        " AND older.id <= flow_versions.id)"
    )
    op.execute(
        "INSERT INTO flows (organisation_id, country, code, next_number)"
        " SELECT organisation_id, country, code, max(number) + 1 FROM flow_versions"
        " GROUP BY organisation_id, country, code"
    )
    with op.batch_alter_table("flow_versions") as batch:
        batch.alter_column("changed_at", existing_type=Moment(), nullable=False)
        batch.create_check_constraint(
            op.f("ck_flow_versions_published_has_number"), "state = 'draft' OR number IS NOT NULL"
        )
    flow = ["organisation_id", "country", "code"]
    op.create_index(
        "uq_flow_versions_draft",
        "flow_versions",
        flow,
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
        sqlite_where=sa.text("state = 'draft'"),
    )
    op.create_index("uq_flow_versions_number", "flow_versions", [*flow, "number"], unique=True)
    op.create_index("ix_flow_versions_bundle", "flow_versions", ["bundle_hash", "state"])


def _events() -> None:
    """A new kind of event."""
    with op.batch_alter_table("events") as batch:
        batch.drop_constraint(op.f("ck_events_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_events_kind_known"), f"kind IN ({_KINDS}, 'withdrawn')")
