"""What dispatch asks of volunteers, counters, what volunteers paid in texts, answers that wait before they leave."""

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
    _failed_answers()
    _counters()
    _volunteer_texts()
    _held_answers()


def _failed_answers() -> None:
    """What failed before today was seen, or is past: no case hears of it now."""
    op.add_column("outbox", sa.Column("raised_at", Moment(), nullable=True))
    op.execute("UPDATE outbox SET raised_at = created_at WHERE state = 'failed'")
    unraised = sa.text("state = 'failed' AND kind = 'answer' AND raised_at IS NULL")
    op.create_index("ix_outbox_unraised", "outbox", ["id"], postgresql_where=unraised, sqlite_where=unraised)


def _columns() -> None:
    op.add_column("accounts", sa.Column("training", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column("accounts", sa.Column("cases_a_day", sa.Integer(), nullable=True))
    op.add_column("accounts", sa.Column("quiet_from", sa.Integer(), nullable=True))
    op.add_column("accounts", sa.Column("quiet_to", sa.Integer(), nullable=True))
    op.add_column("accounts", sa.Column("rests_until", Moment(), nullable=True))
    op.add_column("accounts", sa.Column("review_left", sa.Integer(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("parked_until", Moment(), nullable=True))
    op.add_column("cases", sa.Column("wish", sa.String(length=20), nullable=True))
    op.add_column("cases", sa.Column("undelivered", sa.Integer(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("merged_into_id", Id, nullable=True))
    merged = sa.text("merged_into_id IS NOT NULL")
    op.create_index(
        "ix_cases_merged", "cases", ["person_id", "merged_into_id"], postgresql_where=merged, sqlite_where=merged
    )
    op.add_column("case_entries", sa.Column("person_id", Id, nullable=True))
    op.add_column(
        "organisations", sa.Column("trained_topics", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
    )
    op.add_column("organisations", sa.Column("reviewed_answers", sa.Integer(), server_default="10", nullable=False))
    op.add_column("people", sa.Column("place", sa.Text(), nullable=True))
    op.add_column("services", sa.Column("neighbours", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
    op.add_column("services", sa.Column("allowed", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))


def _held_answers() -> None:
    op.create_table(
        "held_answers",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seen_seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), server_default="waiting", nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("leaves_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("said_at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", Id, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'left', 'taken_back', 'given_back', 'draft', 'flagged')",
            name=op.f("ck_held_answers_state_known"),
        ),
        sa.CheckConstraint(
            "state <> 'waiting' OR settled_at IS NULL", name=op.f("ck_held_answers_waiting_is_open")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_held_answers_account_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_held_answers_case_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_held_answers_organisation_id")
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["accounts.id"], name=op.f("fk_held_answers_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_answers")),
    )
    op.create_index(
        "uq_held_answers_waiting",
        "held_answers",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_held_answers_open",
        "held_answers",
        ["organisation_id", "said_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'flagged')"),
        sqlite_where=sa.text("state IN ('waiting', 'flagged')"),
    )


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
        sa.Column("off_by_us", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("checked_on", sa.String(length=10), nullable=True),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_counters_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counters")),
        sa.UniqueConstraint("organisation_id", "source_id", name=op.f("uq_counters_organisation_id_source_id")),
    )
    op.create_index("ix_counters_place", "counters", ["organisation_id", "place_key"], unique=False)
    op.create_table(
        "counter_lists",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("organisation_id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_counter_lists_account_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_counter_lists_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_lists")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_counter_lists_organisation_id")),
    )


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
