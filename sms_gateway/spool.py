"""The spool: what gateways handed us while the database could take nothing, kept on disk until it can.

One sealed file an event, whole and on disk before the gateway is answered; files are drained in the order in which
they came, and each is taken once, since its delivery key is stored with the turn. While anything lies here, new texts
go behind it, so that a person's texts keep their order. The folder is of this machine: its own sweeper drains it.
"""

import json
import os
import secrets
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import structlog

from sms_gateway.channels.base import DeliveryReport, HopsEnded, InboundText, OptedOut, ReportStatus
from sms_gateway.context import Services
from sms_gateway.errors import StoreUnavailable
from sms_gateway.receiving import OURS, Inbound, Receivers

log = structlog.get_logger(__name__)

_KINDS: Final[dict[str, type[Inbound]]] = {
    "text": InboundText,
    "hops_ended": HopsEnded,
    "report": DeliveryReport,
    "opted_out": OptedOut,
}
_ENDING = ".sealed"
_SET_ASIDE = ".failed"


def folder(services: Services) -> Path:
    """Where the files lie."""
    return services.settings.data / "spool"


def keep(services: Services, inbound: Inbound) -> None:
    """Keep one event: on disk, file and folder, once this returns. Raises OSError where the disk won't have it."""
    place = folder(services)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
    draft = place / f".{name}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            _write_all(descriptor, services.sealer.team.seal(_encoded(inbound)).encode("ascii"))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        draft.rename(place / f"{name}{_ENDING}")
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
    _sync(place)


def is_empty(services: Services) -> bool:
    """True where nothing waits here."""
    return not _waiting(services)


def drain(services: Services, receivers: Receivers = OURS, *, limit: int = 500) -> int:
    """Hand on what waits, oldest first; how many were taken. Stops where the database still can't.

    Two drains at once do no harm. A file that can't be read, or that is failed on, is set aside for a person to look
    at: see `set_aside`.
    """
    taken = 0
    for path in _waiting(services)[:limit]:
        try:
            inbound = _decoded(services.sealer.team.open(path.read_text(encoding="ascii")))
            receivers.take(services, inbound)
        except StoreUnavailable:
            break
        except FileNotFoundError:
            continue  # another drain was quicker
        except Exception:
            # One of the outermost loops: nothing behind this file may wait for its bug to be mended.
            log.exception("spooled_event_failed")
            path.replace(path.with_suffix(_SET_ASIDE))
            continue
        path.unlink(missing_ok=True)
        taken += 1
    return taken


def set_aside(services: Services) -> list[Path]:
    """The files that a person must look at."""
    return sorted(folder(services).glob(f"*{_SET_ASIDE}"))


def _waiting(services: Services) -> list[Path]:
    try:
        names = os.listdir(folder(services))
    except OSError:
        return []  # no folder, or nothing that could be read from it
    return [folder(services) / name for name in sorted(names) if name.endswith(_ENDING) and not name.startswith(".")]


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def _sync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _encoded(inbound: Inbound) -> str:
    kind = next(name for name, made in _KINDS.items() if isinstance(inbound, made))
    return json.dumps({"kind": kind, "fields": asdict(inbound)}, default=datetime.isoformat)


def _decoded(line: str) -> Inbound:
    kept = json.loads(line)
    fields: dict[str, Any] = kept["fields"]
    if fields.get("sent_at"):
        fields["sent_at"] = datetime.fromisoformat(fields["sent_at"])
    if kept["kind"] == "report":
        fields["status"] = ReportStatus(fields["status"])
    return _KINDS[kept["kind"]](**fields)
