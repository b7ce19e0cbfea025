"""Inserts that may meet a row which is there already; SQLite and PostgreSQL each have an insert of their own for it."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

Statements = Mapping[str, Any]


def on_both(build: Callable[[Any], Any]) -> Statements:
    """The statement of each database, by its dialect's name; `build` is handed that database's own `insert`."""
    return {"sqlite": build(sqlite.insert), "postgresql": build(postgresql.insert)}
