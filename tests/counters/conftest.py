"""The town of the tests of counters."""

from tests.cases.conftest import place

__all__ = ["place"]
