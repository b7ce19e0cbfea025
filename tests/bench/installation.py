"""What is measured: a database with the demo services and the shipped flows, and the processes that serve from it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import requests

from sms_gateway import flow_versions, wiring
from sms_gateway import services as services_
from sms_gateway.context import Services
from sms_gateway.settings import load_settings
from tests.databases import PostgreSQL, SQLite
from tests.redis_process import RedisProcess
from tests.running import KEPT_ENVIRONMENT, ROOT, free_port
from tests.waiting import until


@dataclass
class Installation:
    """One database of its own, prepared; a private Redis; no process yet."""

    kind: str  # sqlite, postgresql
    data: Path
    url: str
    redis: RedisProcess

    def environment(self, **more: str) -> dict[str, str]:
        """What its processes are told."""
        kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        told = {"GUICHET_DATA": str(self.data), "GUICHET_DATABASE_URL": self.url, "GUICHET_REDIS_URL": self.redis.url}
        return kept | told | more

    def services(self, *, doorbell: bool = False, **more: str) -> Services:
        """Everything wired, in this process."""
        return wiring.wire(load_settings(self.environment(**more)), doorbell=doorbell)

    @property
    def hook_secret(self) -> str:
        """The secret in the URLs that gateways call."""
        return load_settings(self.environment()).hook_secrets[0]


@contextmanager
def installations() -> Iterator[tuple[Installation, Installation]]:
    """One on SQLite and one on PostgreSQL, both as careful with the disk as in production."""
    folder = Path(tempfile.mkdtemp(prefix="guichet-bench-"))
    server = PostgreSQL()
    redis = RedisProcess(folder)
    try:
        redis.start()
        with psycopg.connect(server.server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM RESET ALL")  # tests turn fsync off; here it is what is measured
            connection.execute("SELECT pg_reload_conf()")
        made = []
        for kind, database in (("sqlite", SQLite(_made(folder / "template"))), ("postgresql", server)):
            data = _made(folder / kind)
            made.append(Installation(kind, data, database.migrated(data), redis))
            prepared = made[-1].services()
            services_.ensure(prepared)
            flow_versions.register_shipped(prepared)
            prepared.database.close()
        yield made[0], made[1]
    finally:
        redis.stop()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def process(*command: str, environment: Mapping[str, str], answers: str = "") -> Iterator[None]:
    """A Python process of ours, until the end of the block; `answers`: a URL that it must answer on first."""
    running = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=dict(environment), stdout=subprocess.DEVNULL, stderr=sys.stderr
    )
    try:
        if answers:
            until(lambda: _answers(running, answers), seconds=60, what=f"{' '.join(command)} never answered")
        yield
    finally:
        running.terminate()
        try:
            running.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait(5)


@contextmanager
def web(installation: Installation) -> Iterator[str]:
    """One web process as `make run` starts them; gives its root URL."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    told = installation.environment(PORT=str(port), GUICHET_SIMULATOR="off")
    with process("-m", "sms_gateway.web_server", environment=told, answers=f"{url}/health/live"):
        yield url


@contextmanager
def floor(installation: Installation, *, durable: bool) -> Iterator[str]:
    """The floor's server on the same database; gives its root URL."""
    port, waits = free_port(), "on" if durable else "off"
    command = ("-m", "tests.bench.floor", str(port), installation.url, waits)
    url = f"http://127.0.0.1:{port}"
    with process(*command, environment=installation.environment(), answers=url):
        yield url


def _answers(running: "subprocess.Popen[bytes]", url: str) -> bool:
    assert running.poll() is None, f"a process ended with {running.returncode}"
    try:
        requests.get(url, timeout=5)
    except requests.RequestException:
        return False
    return True


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
