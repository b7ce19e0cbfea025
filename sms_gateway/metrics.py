"""What is counted, for Prometheus: events by name and requests by route; never a number, a text or an address.

Every process of one machine counts into files of PROMETHEUS_MULTIPROC_DIR (`guichet run` sets it), so that whichever
answers /metrics tells of all of them. Without it a process tells of itself alone.
"""

import os
import re

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

NAME = re.compile(r"[a-z][a-z_]{0,39}")

_registry = CollectorRegistry()
_events = Counter("guichet_events", "What happened, by name.", ["event"], registry=_registry)
_requests = Histogram(
    "guichet_request_seconds",
    "How long a request took, by the name of its route and its answer.",
    ["route", "code"],
    registry=_registry,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)


def count(event: str, by: int = 1) -> None:
    """Count an event: a name of small letters and “_”, so that nothing of a person can be one."""
    if not NAME.fullmatch(event):
        raise ValueError("An event's name has small letters and _ only.")
    _events.labels(event).inc(by)


def time_request(route: str, code: int, seconds: float) -> None:
    """Note how long a request took; `route` is the name of the view, never the path."""
    _requests.labels(route, str(code)).observe(seconds)


def exposition() -> bytes:
    """Everything counted, in Prometheus's text format."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(_registry)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
