"""What happened, one JSON line an event: ids, counts and names; never a text, a number or a secret.

`log = structlog.get_logger(__name__)`, then `log.info("message_sent", message_id=…)`. Until a process says `start`,
only warnings are shown, on stderr.

Only fields on the list below are written, and a value that looks like a phone number or is long is left out even there.
Libraries log too: of theirs we keep who, where and which kind of error, not what they say, which may quote a person.
"""

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

from sms_gateway.settings import Settings

ALLOWED = frozenset(
    {
        "event",
        "level",
        "at",
        "process",
        "pid",
        "logger",
        "error",
        "where",
        "message_id",
        "event_id",
        "turn_id",
        "turn",
        "person_id",
        "session_id",
        "case_id",
        "case",
        "offer_id",
        "account_id",
        "volunteer_id",
        "organisation_id",
        "service",
        "channel",
        "line",
        "hook",
        "route",
        "kind",
        "state",
        "status",
        "outcome",
        "result",
        "reason",
        "job",
        "job_id",
        "queue",
        "chore",
        "count",
        "attempt",
        "attempts",
        "milliseconds",
        "seconds",
        "port",
        "code",
        "flow",
        "version",
        "machine",
        "step",
        "language",
        "child",
        "returncode",
        "database",
        "migration",
        "epoch",
        "retry",
        "size",
        "severity",
        "redis",
    }
)
LONGEST_VALUE = 120
LOOKS_LIKE_A_PHONE = re.compile(r"(?<![0-9a-fA-F-])\+?\d{7,15}(?![0-9a-fA-F-])")
KEPT_DAYS = 30

_process = "guichet"
_folder: Path | None = None


def start(settings: Settings, *, process: str) -> None:
    """Write from now on to a file a day in GUICHET_DATA/logs, under the name of this process."""
    global _process, _folder
    settings.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    _process, _folder = process, settings.logs
    root = logging.getLogger()
    root.handlers[:] = [LibraryHandler(level=logging.WARNING)]
    root.setLevel(logging.WARNING)
    logging.raiseExceptions = False


def forget_old_files(folder: Path, *, today: datetime) -> None:
    """Delete the files of more than KEPT_DAYS ago."""
    oldest = (today - timedelta(days=KEPT_DAYS)).date().isoformat()
    for path in folder.glob("*.jsonl"):
        if path.stem[-len(oldest) :] < oldest:
            path.unlink(missing_ok=True)


def scrub(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that may be written: on the list, short, and nothing that looks like a phone number."""
    return {name: value for name, value in fields.items() if name in ALLOWED and _may_be_written(value)}


def describe_error(
    exc_info: tuple[type[BaseException] | None, BaseException | None, TracebackType | None],
) -> dict[str, Any]:
    """The kind of an error and the places it went through; not its text, which may quote a person."""
    kind, _, where = exc_info
    frames = traceback.extract_tb(where)[-12:] if where else []
    return {
        "error": kind.__name__ if kind else "unknown",
        "where": [f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}" for frame in frames],
    }


class LibraryHandler(logging.Handler):
    """What libraries have to say, without their words."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line: who, where, how bad, and the kind of error."""
        fields: dict[str, Any] = {"logger": record.name, "where": [f"{record.filename}:{record.lineno}"]}
        if record.exc_info:
            fields |= describe_error(record.exc_info)
        _put(record.levelname.lower(), "library", fields)


def _may_be_written(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_VALUE and not LOOKS_LIKE_A_PHONE.search(value)
    if isinstance(value, list | tuple):
        return all(_may_be_written(item) for item in value)
    return value is None or isinstance(value, bool | int | float)


def _write(logger: Any, method: str, fields: Any) -> str:
    """The only processor: it writes, and tells structlog that there is nothing left to do."""
    event = str(fields.pop("event", ""))
    if exc_info := fields.pop("exc_info", None):
        fields |= describe_error(exc_info if isinstance(exc_info, tuple) else sys.exc_info())
    if isinstance(logger, tuple) and logger:
        fields.setdefault("logger", logger[0])
    _put("error" if method == "exception" else method, event, fields)
    raise structlog.DropEvent


def _put(level: str, event: str, fields: Mapping[str, Any]) -> None:
    now = datetime.now(UTC)
    head: dict[str, Any] = {"at": now.isoformat(timespec="milliseconds"), "level": level, "event": event}
    head |= {"process": _process, "pid": os.getpid()}
    line = json.dumps(head | scrub(fields), ensure_ascii=True, default=str) + "\n"
    if _folder is None:
        if level not in {"debug", "info"}:
            sys.stderr.write(line)
        return
    path = _folder / f"{_process}-{now.date().isoformat()}.jsonl"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:  # a full or vanished disk must not stop an answer
        return
    try:
        os.write(descriptor, line.encode())
    except OSError:
        return
    finally:
        os.close(descriptor)


structlog.configure(
    processors=[_write],
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    logger_factory=lambda *names: names,
)
