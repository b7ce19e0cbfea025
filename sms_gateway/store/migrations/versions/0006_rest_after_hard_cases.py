"""Why a volunteer rests, since when and after which case, until a coordinator has asked how they are."""

import sqlalchemy as sa
from alembic import op

from sms_gateway.store.tables import Moment

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("accounts", sa.Column("rest_why", sa.String(length=20), nullable=True))
    op.add_column("accounts", sa.Column("rest_began_at", Moment(), nullable=True))
    op.add_column("accounts", sa.Column("rest_case_id", Id, nullable=True))
