"""Questions of days later, and reminders: how often a timer rang in vain; at most one of a kind a conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("timers", sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
    op.create_index("uq_timers_session", "timers", ["session_id", "name"], unique=True)
