"""Waiting for something to come true, with a deadline: tests never sleep for luck."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(true: Callable[[], T], *, seconds: float = 10, what: str = "it never came true") -> T:
    """The first true value that `true` gives; an AssertionError once `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while True:
        if value := true():
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} (waited {seconds} s)")
        time.sleep(0.02)
