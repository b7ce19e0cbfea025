"""How many times a counted test repeats: a twentieth by default, whole with GUICHET_TEST_LONG=1 (`make test-long`)."""

import os

LONG = os.environ.get("GUICHET_TEST_LONG") == "1"


def scaled(count: int) -> int:
    """`count` in a long run, a twentieth of it (at least 1) otherwise."""
    return count if LONG else max(1, count // 20)
