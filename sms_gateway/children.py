"""The processes that one process starts: each in a group of its own, ended with everything that it started."""

import ctypes
import os
import runpy
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

PR_SET_PDEATHSIG = 1  # linux/prctl.h
PR_SET_NAME = 15
LONG_LIFE = 30.0  # seconds; a child that lived so long is started again at once
DELAYS = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)  # before the first, second, … start after short lives
MOST_FILES = 4096

_libc = ctypes.CDLL(None, use_errno=True)


def end_with_parent(*, parent: int | None = None) -> None:
    """Ask the kernel to end this process when the one that started it is gone, however it went.

    Everything here is safe to kill at any moment; what is not safe is an orphan that still holds the port.
    """
    expected = parent if parent is not None else os.getppid()
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != expected:  # it was gone before the kernel knew
        os.kill(os.getpid(), signal.SIGKILL)


def program(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Callable[[], None]:
    """What a child does: become another program."""
    return lambda: os.execve(command[0], list(command), dict(os.environ if environment is None else environment))


def module(name: str, *words: str) -> Callable[[], None]:
    """What a child does: `python -m NAME WORDS`, with all that this process has imported already in hand."""

    def run() -> None:
        sys.argv = [name, *words]
        runpy.run_module(name, run_name="__main__", alter_sys=True)

    return run


@dataclass
class Child:
    """One process to keep running: what it does, and how it has fared."""

    name: str
    run: Callable[[], None]
    pid: int | None = None
    started: float = 0.0
    start_at: float = 0.0  # by the monotonic clock
    short_lives: int = 0

    def start(self) -> None:
        """Start it now, in a group of its own: a Ctrl-C at the terminal reaches the supervisor alone.

        It is forked: the process that calls this must have one thread.
        """
        self.started = time.monotonic()
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        self.pid = os.fork() or _live(self.name, self.run, parent=parent)

    def has_ended(self) -> int | None:
        """Its exit code once it has ended by itself; what it had started is ended too, and the next start is set."""
        code = self._collect()
        if code is None:
            return None
        now = time.monotonic()
        self.short_lives = 0 if now - self.started > LONG_LIFE else self.short_lives + 1
        self.start_at = now + DELAYS[min(max(self.short_lives - 1, 0), len(DELAYS) - 1)]
        return code

    def is_due(self) -> bool:
        """True when it should be started (again) now."""
        return self.pid is None and time.monotonic() >= self.start_at

    def ask_to_stop(self) -> None:
        """SIGTERM, to it alone: it ends its own children in good order."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGTERM)  # it is ours and not collected, so the pid is still its own

    def wait(self, seconds: float) -> bool:
        """Wait for its end; False where it still runs."""
        deadline = time.monotonic() + seconds
        while self.pid is not None and self._collect() is None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def end_group(self) -> None:
        """kill -9 it and whatever it started that is still in its group."""
        if self.pid is not None:
            _end_group(self.pid)

    def _collect(self) -> int | None:
        if self.pid is None:
            return None
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return None
        self.pid = None
        _end_group(pid)
        return os.waitstatus_to_exitcode(status)


def _end_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _live(name: str, run: Callable[[], None], *, parent: int) -> int:
    """The whole life of a child, from the fork to its end: it never comes back here."""
    code = 1
    try:
        os.setsid()
        end_with_parent(parent=parent)
        _libc.prctl(PR_SET_NAME, f"guichet-{name}"[:15].encode())  # what `top` and `ps -o comm` show
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.closerange(3, MOST_FILES)  # the supervisor's lock among them: it must go with the supervisor
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        run()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
