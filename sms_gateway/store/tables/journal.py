"""What happened: append-only, ids and names alone, chained."""

from sqlalchemy import JSON, Column, Index, String, Table

from sms_gateway.store.tables.columns import Id, Moment, identity, metadata, reference

# Append-only: ids and names of what happened, never words or numbers. Chained in batches by one process.
journal = Table(
    "journal",
    metadata,
    identity(),
    reference("organisations"),
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
    identity(),
    Column("first_id", Id, nullable=False),
    Column("last_id", Id, nullable=False, unique=True),
    Column("hash", String(64), nullable=False),  # of the batch and of the link before
    Column("made_at", Moment, nullable=False),
)
