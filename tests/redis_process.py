"""A real private Redis that a test may wipe, kill and start again."""

import subprocess
from pathlib import Path

import redis

from sms_gateway.redis_server import RedisServer
from tests.waiting import until


class RedisProcess:
    """One server with a socket and a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.server = RedisServer(socket=folder / "redis.sock", folder=folder / "redis")
        self.url = f"unix://{self.server.socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, or start it again on what the last one left."""
        self.server.prepare()
        self.process = subprocess.Popen(self.server.command(), stdout=subprocess.DEVNULL)
        until(self.answers, what="Redis never answered")

    def answers(self) -> bool:
        """True when it answers a PING."""
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def wipe(self) -> None:
        """Forget everything, as a Redis may."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def kill(self) -> None:
        """kill -9."""
        self._end(force=True)

    def stop(self) -> None:
        """Stop it in good order."""
        self._end(force=False)

    def _end(self, *, force: bool) -> None:
        if self.process is None:
            return
        if force:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(10)
        self.process = None
