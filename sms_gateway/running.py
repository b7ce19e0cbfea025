"""`guichet run`: starts everything that one machine needs, keeps it running, and stops it in good order.

It has one thread and does nothing but watch: what can fail is in its children, and it starts those again. They are
forked from it with every import done, so that one that was killed serves again at once.
"""

import fcntl
import json
import os
import shutil
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import structlog

from sms_gateway import logs
from sms_gateway.children import Child, module, program
from sms_gateway.errors import AlreadyRunning, NotReady
from sms_gateway.redis_server import RedisServer
from sms_gateway.settings import Settings, private_socket, unknown_settings

log = structlog.get_logger(__name__)

HEARD = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
STOP_SECONDS = 7.0  # for the requests and the job at hand; with Redis after them, under 10 in all
REDIS_STOP_SECONDS = 1.5
LOCK_SECONDS = 2.0  # how long one that was killed a moment ago may take to be gone
PORT_SECONDS = 5.0  # how long a port may still be held by what was killed a moment ago
START_SECONDS = 90.0
SHORT_LIVES = 5  # of one child before the first citizen can be served: then we say so and stop


def run(settings: Settings) -> int:
    """Run until SIGTERM, SIGINT or SIGHUP; the exit code. Raises AlreadyRunning and NotReady with what to do."""
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
    with _only_one(settings.data):
        for name in unknown_settings(os.environ):
            say(f"{name} is no setting of Guichet: nothing reads it. docs/settings.md lists them all.")
        _wait_for_port(settings)
        return Supervisor(settings).run()


def say(sentence: str) -> None:
    """One line to whoever started us."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


class Supervisor:
    """The children of one installation, in the order in which they start."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.stopping = False
        self.redis_server = RedisServer(
            socket=private_socket(settings.data), folder=settings.data / "redis", log=settings.logs / "redis.log"
        )
        self.redis = [Child("redis", program(self.redis_server.command()))] if settings.redis_is_private else []
        self.servers = [Child("worker", module("worker"))]
        for number in range(1, settings.web_processes + 1):
            self.servers.append(Child(f"web-{number}", _serve))

    @property
    def url(self) -> str:
        """Where people reach it from this machine."""
        host = "127.0.0.1" if self.settings.bind in {"0.0.0.0", "::"} else self.settings.bind  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.settings.port}"

    def run(self) -> int:
        """Start, serve, stop; 0 where it served until it was asked to stop."""
        self._make_folders()
        try:
            for child in self.redis:
                child.start()
            self._import_everything()
            if not self._prepare():
                return 0 if self.stopping else 1
            if not self._wait_until_ready():
                return 0 if self.stopping else 1
            say(f"Guichet is ready: {self.url}")
            while not self.stopping:
                self._listen(1.0)
                self._keep_running()
            return 0
        finally:
            self._stop()

    def _make_folders(self) -> None:
        metrics = self.settings.data / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)  # counts start again with the processes that count
        for folder in (metrics, self.settings.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        logs.start(self.settings, process="supervisor")
        logs.forget_old_files(self.settings.logs, today=datetime.now(UTC))
        if self.redis:
            self.redis_server.prepare()

    def _import_everything(self) -> None:
        """Once, for every child. What they are told is in the environment before."""
        os.environ["GUICHET_DATA"] = str(self.settings.data)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(self.settings.data / "metrics")
        from sms_gateway import app, preparing  # noqa: F401

    def _prepare(self) -> bool:
        """Migrations, services, shipped flows: in a process of its own; false where that failed or we must stop."""
        preparation = Child("preparation", module("sms_gateway", "prepare"))
        preparation.start()
        while (code := preparation.has_ended()) is None:
            self._listen(0.5)
            if self.stopping:
                preparation.ask_to_stop()
                if not preparation.wait(STOP_SECONDS):
                    preparation.end_group()
                return False
        return code == 0

    def _wait_until_ready(self) -> bool:
        """Start what serves and wait for it; false where one dies again and again, or it takes too long."""
        deadline = time.monotonic() + START_SECONDS
        while not self.stopping:
            self._keep_running()
            if _answers(f"{self.url}/health/ready"):
                return True
            failing = next((child for child in self.servers if child.short_lives >= SHORT_LIVES), None)
            if failing or time.monotonic() > deadline:
                name = failing.name if failing else "web"
                say(
                    f"Guichet did not start: see {self.settings.logs} for what stopped “{name}”, or run: guichet doctor"
                )
                return False
            self._listen(0.1)
        return False

    def _listen(self, seconds: float) -> None:
        """Wait for a signal: to stop, or that a child ended; at most so long."""
        heard = signal.sigtimedwait(HEARD, seconds)
        if heard is not None and heard.si_signo != signal.SIGCHLD:
            self.stopping = True

    def _keep_running(self) -> None:
        """Start what is not there; a child that dies quickly again and again waits longer each time."""
        changed = False
        for child in self.redis + self.servers:
            if (code := child.has_ended()) is not None:
                changed = True
                log.warning("child_ended", child=child.name, returncode=code)
                if child in self.redis and child.short_lives == SHORT_LIVES:
                    self.redis_server.set_aside()
            if child.is_due():
                child.start()
                changed = True
        if changed:
            self._write_down()

    def _write_down(self) -> None:
        """Who runs, for `guichet doctor` and for people: running.json in the data folder."""
        children = {child.name: child.pid for child in self.redis + self.servers if child.pid}
        known = {"supervisor": os.getpid(), "url": self.url, "children": children}
        draft = self.settings.data / ".running.json"
        draft.write_text(json.dumps(known, indent=1) + "\n")
        draft.rename(self.settings.data / "running.json")

    def _stop(self) -> None:
        """Ask all to stop, Redis last; kill what has not stopped in time. What was stored stays stored."""
        for group, seconds in ((self.servers, STOP_SECONDS), (self.redis, REDIS_STOP_SECONDS)):
            deadline = time.monotonic() + seconds
            for child in group:
                child.ask_to_stop()
            for child in group:
                if not child.wait(deadline - time.monotonic()):
                    child.end_group()
                    child.wait(1.0)
        (self.settings.data / "running.json").unlink(missing_ok=True)


def _serve() -> None:
    """What a web process does."""
    from sms_gateway import web_server

    web_server.serve()


@contextmanager
def _only_one(data: Path) -> Iterator[None]:
    """Hold the lock of a data folder; the kernel lets it go with the process, however that ends."""
    with (data / "running.lock").open("a+") as lock:
        deadline = time.monotonic() + LOCK_SECONDS
        while not _locked(lock):
            if time.monotonic() > deadline:
                lock.seek(0)
                raise AlreadyRunning(
                    f"Guichet already runs on the data in {data} (process {lock.read().strip() or 'unknown'}). "
                    "Stop that one first, or set GUICHET_DATA to another folder."
                )
            time.sleep(0.1)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _locked(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for_port(settings: Settings) -> None:
    """Make sure that nobody listens where we will; NotReady says what to do."""
    deadline = time.monotonic() + PORT_SECONDS
    while True:
        try:
            _bind(settings.bind, settings.port)
            return
        except PermissionError:
            raise NotReady(f"This user may not open port {settings.port}. Set PORT to one above 1023.") from None
        except OSError as error:
            if time.monotonic() > deadline:
                raise NotReady(
                    f"Port {settings.port} on {settings.bind} can't be used: {error.strerror}. Set PORT to a free one."
                ) from None
            time.sleep(0.1)


def _bind(host: str, port: int) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def _answers(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
