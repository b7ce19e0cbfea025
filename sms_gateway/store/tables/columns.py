"""How a column is written: moments, ids, references, the values of a state; and the names of constraints."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    TypeDecorator,
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


def identity() -> Column[Any]:
    """A row's own number."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def reference(table: str, *, nullable: bool = False, name: str | None = None) -> Column[Any]:
    """The number of a row of another table: `person_id` for people, unless it is named."""
    singular = {"people": "person"}.get(table, table.removesuffix("s"))
    return Column(name or f"{singular}_id", Id, ForeignKey(f"{table}.id"), nullable=nullable)


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """That a column has one of these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")
