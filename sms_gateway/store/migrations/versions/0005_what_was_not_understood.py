"""Replies that no machine understood, for an editor to learn from."""

import sqlalchemy as sa
from alembic import op

from sms_gateway.store.tables import Moment

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "unclear_replies",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("flow", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_unclear_replies_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_unclear_replies_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unclear_replies")),
    )
    op.create_index("ix_unclear_replies_organisation_id", "unclear_replies", ["organisation_id", "id"])
