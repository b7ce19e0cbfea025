"""The processes that one process starts: each in a group of its own, ended with everything that it started."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

PR_SET_PDEATHSIG = 1  # linux/prctl.h
LONG_LIFE = 30.0  # seconds; a child that lived so long is started again at once
DELAYS = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)  # before the first, second, … start after short lives

_libc = ctypes.CDLL(None, use_errno=True)


def end_with_parent(*, parent: int | None = None) -> None:
    """Ask the kernel to end this process when the one that started it is gone, however it went.

    Everything here is safe to kill at any moment; what is not safe is an orphan that still holds the port.
    """
    expected = parent if parent is not None else os.getppid()
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != expected:  # it was gone before the kernel knew
        os.kill(os.getpid(), signal.SIGKILL)


def _begin(parent: int) -> None:
    """In the new process, before its program: hear every signal again, and don't outlive the supervisor."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    end_with_parent(parent=parent)


@dataclass
class Child:
    """One process to keep running: how to start it, and how it has fared."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = field(default=0.0)  # by the monotonic clock
    short_lives: int = 0

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self.process.pid if self.process is not None else None

    def start(self) -> None:
        """Start it now, in a group of its own: a Ctrl-C at the terminal reaches the supervisor alone."""
        self.process = subprocess.Popen(
            list(self.command),
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=partial(_begin, os.getpid()),  # safe: the supervisor has one thread
        )
        self.started = time.monotonic()

    def has_ended(self) -> int | None:
        """Its exit code once it has ended by itself; what it had started is ended too, and the next start is set."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        self.end_group()
        now = time.monotonic()
        self.short_lives = 0 if now - self.started > LONG_LIFE else self.short_lives + 1
        self.start_at = now + DELAYS[min(max(self.short_lives - 1, 0), len(DELAYS) - 1)]
        self.process = None
        return code

    def is_due(self) -> bool:
        """True when it should be started (again) now."""
        return self.process is None and time.monotonic() >= self.start_at

    def ask_to_stop(self) -> None:
        """SIGTERM, to it alone: it ends its own children in good order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> bool:
        """Wait for its end; False where it still runs."""
        if self.process is None:
            return True
        try:
            self.process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            return False
        self.end_group()
        return True

    def end_group(self) -> None:
        """kill -9 it and whatever it started that is still in its group."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
