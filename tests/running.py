"""A whole Guichet as people start it: `python -m sms_gateway run`, its processes, and its doors over HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from random import SystemRandom

import requests

from tests.waiting import until

ROOT = Path(__file__).parent.parent
PORTS = range(15_000, 32_000)  # below those that the system gives to whoever connects
KEPT_ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")


def free_port() -> int:
    """A port of this machine that nobody listens on, and that no connection is given before a server has it."""
    for port in SystemRandom().sample(PORTS, 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("A hundred ports are all taken.")


def children_of(pid: int) -> list[int]:
    """The processes that `pid` started and that still run, oldest first."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [int(child) for child in found]


def is_alive(pid: int) -> bool:
    """True for a process that runs; one that is dead and not yet collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}


class RunningGuichet:
    """One installation on a port and in a folder of its own; `settings` are environment variables."""

    def __init__(self, data: Path, settings: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {"GUICHET_UNDO_SECONDS": "0"} | dict(settings or {})
        self.process: subprocess.Popen[bytes] | None = None
        self.session = requests.Session()
        self.session.trust_env = False
        self.output = data / "output.txt"
        self.ever_started: set[int] = set()
        self.said_before = 0

    # --- the processes

    def environment(self) -> dict[str, str]:
        """What the processes are told: this test's settings, and nothing of this machine's."""
        kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        return kept | {"PORT": str(self.port), "GUICHET_DATA": str(self.data)} | self.settings

    def launch(self) -> None:
        """Start it, without waiting."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.said_before = len(self.said())
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sms_gateway", "run"],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def start(self, *, seconds: float = 180) -> "RunningGuichet":
        """Start it and wait until a citizen can be served."""
        self.launch()
        self.wait_until_ready(seconds=seconds)
        return self

    def wait_until_ready(self, *, seconds: float = 180) -> None:
        """Wait for /health/ready; an end of the process before that is an error with its last words."""

        def ready() -> bool:
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"Guichet ended with {self.process.returncode}:\n{self.said()[-4000:]}")
            return "Guichet is ready" in self.said()[self.said_before :] and self.is_ready()

        until(ready, seconds=seconds, what=f"Guichet was never ready; it said:\n{self.said()[-4000:]}")
        self.ever_started.update(pid for pids in self.pids.values() for pid in pids)

    def is_ready(self) -> bool:
        """True when /health/ready says so."""
        try:
            return requests.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def said(self) -> str:
        """Everything that it has printed."""
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    @property
    def pids(self) -> dict[str, list[int]]:
        """Who runs now: supervisor, redis, worker, web (all web-N), and web-process: those that serve requests."""
        try:
            known = json.loads((self.data / "running.json").read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        named = {name: [pid] for name, pid in known["children"].items() if is_alive(pid)}
        webs = [pid for name, pids in named.items() if name.startswith("web-") for pid in pids]
        serving = [child for pid in webs for child in children_of(pid) if is_alive(child)]
        working = [child for pid in named.get("worker", []) for child in children_of(pid) if is_alive(child)]
        found = {"supervisor": [known["supervisor"]], "web": webs, "web-process": serving, "worker-process": working}
        return named | found

    def kill(self, name: str) -> int:
        """kill -9 the first process of that name; its pid."""
        pid = self.pids[name][0]
        self.ever_started.add(pid)
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self, *, seconds: float = 10) -> float:
        """SIGTERM, as a system stopping does; how many seconds it took. An error where it takes longer."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"Guichet did not stop within {seconds} s:\n{self.said()[-4000:]}") from None
        return time.monotonic() - began

    def restart(self, *, seconds: float = 180) -> None:
        """Stop it in good order and start it again on the same data."""
        self.stop()
        self.start(seconds=seconds)

    def end(self) -> None:
        """Whatever happened, leave nothing running."""
        self.session.close()
        for pids in self.pids.values():
            self.ever_started.update(pids)
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.process.kill()
            self.process.wait(10)
        for pid in self.ever_started:
            if is_alive(pid) and self._is_ours(pid):
                os.kill(pid, signal.SIGKILL)

    def _is_ours(self, pid: int) -> bool:
        """True when that process was started with this test's folder: a pid may have been given to another since."""
        try:  # Redis writes over its environment, and names its socket instead
            told = [Path(f"/proc/{pid}/{file}").read_bytes() for file in ("environ", "cmdline")]
        except OSError:
            return False
        return any(str(self.data).encode() in text for text in told)

    # --- its doors

    @property
    def hook_secret(self) -> str:
        """The secret in the URLs that gateways call."""
        given = self.settings.get("GUICHET_HOOK_SECRETS") or (self.data / "keys" / "hooks").read_text()
        return given.split(",")[0].strip()

    def get(self, path: str, **options: object) -> requests.Response:
        """GET with the cookies of this test; redirections are not followed unless asked."""
        return self.session.get(self.url + path, **({"allow_redirects": False, "timeout": 30} | options))

    def post(self, path: str, form: Mapping[str, str] | None = None, **options: object) -> requests.Response:
        """POST a form with the cookies of this test."""
        return self.session.post(self.url + path, data=form, **({"allow_redirects": False, "timeout": 30} | options))

    def hook(
        self, name: str, form: Mapping[str, str], *, channel: str = "africastalking", secret: str | None = None
    ) -> requests.Response:
        """Call a hook as a gateway does: no cookies, a connection of its own."""
        path = f"/hooks/{channel}/{secret or self.hook_secret}/{name}"
        return requests.post(self.url + path, data=form, timeout=30)
