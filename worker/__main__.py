"""`python -m worker`: the RQ worker, and the sweeper beside it, which needs no Redis."""

import signal
import threading
from types import FrameType

import redis
import structlog
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from sms_gateway import logs, queueing
from sms_gateway.wiring import current_services
from worker import schedule

log = structlog.get_logger(__name__)

WORKER_TTL = 20  # seconds; the wait at the doorbell is 15 s less, and so is how late RQ notices a dead colleague
DEAF_SECONDS = 2.0  # between two tries to reach a Redis that is not there
STOP_SECONDS = 8.0  # a supervisor waits 10


class DoorbellWorker(SimpleWorker):
    """Runs jobs in this process: they are short, safe to run twice, and the truth is in the database."""

    exponential_backoff_factor = 1  # a Redis that comes back is heard within DEAF_SECONDS
    stopped: threading.Event

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Finish the job at hand, then leave; the sweeper is told too."""
        self.stopped.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def main() -> None:
    """Run until SIGTERM or SIGINT; the job at hand is finished first."""
    services = current_services()
    logs.start(services.settings, process="worker")
    stopped = threading.Event()
    sweeper = threading.Thread(target=schedule.sweep_until, args=(services, stopped), name="sweeper", daemon=True)
    sweeper.start()
    while not stopped.is_set():
        _stop_by_signal(stopped)
        try:
            _listen(services.settings.redis_url, stopped)
        except (redis.RedisError, OSError, ValueError) as error:
            log.warning("doorbell_away", error=type(error).__name__)
        _stop_by_signal(stopped)
        stopped.wait(DEAF_SECONDS)
    sweeper.join(STOP_SECONDS)
    log.info("worker_stopped")


def _listen(url: str, stopped: threading.Event) -> None:
    """Wait at the doorbell until told to stop; raises what Redis raises when it is away."""
    client = queueing.connect(url, timeout=None)
    worker = DoorbellWorker(
        [queueing.queue_of(client)], connection=client, serializer=JSONSerializer, worker_ttl=WORKER_TTL
    )
    worker.stopped = stopped
    worker.log_job_description = False  # no ids of people in RQ's own log lines
    try:
        worker.work(logging_level="WARNING")
    finally:
        client.close()


def _stop_by_signal(stopped: threading.Event) -> None:
    """While no RQ worker holds the signals, they set `stopped`."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


if __name__ == "__main__":
    main()
