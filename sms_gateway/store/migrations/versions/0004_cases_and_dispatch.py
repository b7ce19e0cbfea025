"""What dispatch asks of volunteers, counters, what volunteers paid in texts."""

import sqlalchemy as sa
from alembic import op

from sms_gateway.store.tables import Moment

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    _columns()
    _counters()
    _volunteer_texts()


def _columns() -> None:
    op.add_column("accounts", sa.Column("training", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column("accounts", sa.Column("cases_a_day", sa.Integer(), nullable=True))
    op.add_column("accounts", sa.Column("quiet_from", sa.Integer(), nullable=True))
    op.add_column("accounts", sa.Column("quiet_to", sa.Integer(), nullable=True))
    op.add_column("cases", sa.Column("parked_until", Moment(), nullable=True))
    op.add_column(
        "organisations", sa.Column("trained_topics", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
    )
    op.add_column("people", sa.Column("place", sa.Text(), nullable=True))
    op.add_column("services", sa.Column("neighbours", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))


def _counters() -> None:
    op.create_table(
        "counters",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("place_key", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("region", sa.String(length=40), nullable=True),
        sa.Column("address", sa.String(length=200), server_default="", nullable=False),
        sa.Column("hours", sa.String(length=200), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("topics", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("checked_on", sa.String(length=10), nullable=True),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_counters_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counters")),
        sa.UniqueConstraint("organisation_id", "source_id", name=op.f("uq_counters_organisation_id_source_id")),
    )
    op.create_index("ix_counters_place", "counters", ["organisation_id", "place_key"], unique=False)


def _volunteer_texts() -> None:
    op.create_table(
        "volunteer_texts",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("texts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("parts", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_volunteer_texts_account_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_volunteer_texts_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_texts")),
        sa.UniqueConstraint("account_id", "month", name=op.f("uq_volunteer_texts_account_id_month")),
    )
