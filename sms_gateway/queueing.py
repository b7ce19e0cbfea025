"""The only file here that knows RQ: the names of jobs, and ring(): a doorbell that never holds up an answer.

The queue carries a job's name and one id. What no doorbell woke, the sweeper finds in the database within seconds.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

import redis
import structlog
from rq import Queue
from rq.serializers import JSONSerializer

log = structlog.get_logger(__name__)

QUEUE: Final = "guichet"
JOBS: Final = {
    "send_message": "worker.jobs.send_message",
    "take_event": "worker.jobs.take_event",
    "act_on_case": "worker.jobs.act_on_case",
    "raise_answer": "worker.jobs.raise_answer",
    "leave_version": "worker.jobs.leave_version",
}
RING_SECONDS: Final = 0.05
DEAF_SECONDS: Final = 1.0  # after a doorbell that could not be rung, this long none is tried: answers stay quick
JOB_SECONDS: Final = 120
KEPT_SECONDS: Final = 60


def connect(url: str, *, timeout: float | None = RING_SECONDS) -> redis.Redis:
    """A client of the doorbell; `timeout`: seconds for connecting and for each answer; None: a worker waits."""
    return redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout or 5, retry=None)


def queue_of(client: redis.Redis) -> Queue:
    """The one queue, with the JSON serializer: pickle would run whatever somebody puts into Redis."""
    return Queue(QUEUE, connection=client, serializer=JSONSerializer, default_timeout=JOB_SECONDS)


def doorbell(url: str) -> Callable[[str, int], None]:
    """A function ring(job, id), for after a commit. It never raises, and never takes longer than about 50 ms."""
    client = connect(url)
    queue = queue_of(client)
    lock = threading.Lock()
    deaf_until = 0.0

    def ring(job: str, row_id: int) -> None:
        nonlocal deaf_until
        if time.monotonic() < deaf_until:
            return
        try:
            queue.enqueue(JOBS[job], str(row_id), result_ttl=0, failure_ttl=KEPT_SECONDS, ttl=KEPT_SECONDS * 10)
        except (redis.RedisError, OSError) as error:
            with lock:
                deaf_until = time.monotonic() + DEAF_SECONDS
            log.warning("doorbell_silent", error=type(error).__name__)

    return ring
