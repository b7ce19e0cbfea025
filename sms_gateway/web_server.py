"""One web process: granian takes requests whole, in its own loop; a few threads hand them to the Flask application.

Why not granian's own WSGI door: there a client that sends its form byte by byte holds a thread for as long as it likes
(docs/decisions/0001-web-server.md). Here a thread sees a request only once all of it has come, and it is small.
"""

import asyncio
import io
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote_to_bytes

import structlog

if TYPE_CHECKING:
    from granian.server.common import AbstractServer

LARGEST_BODY = 256 * 1024  # bytes: the longest form of a page; hooks take 64 kB and check it themselves
LARGEST_HEAD = 64 * 1024  # bytes
BODY_SECONDS = 10.0  # for a whole body to come
HEADER_MILLISECONDS = 10_000
STOP_SECONDS = 4  # for the requests at hand, once asked to stop
WAITING_REQUESTS = 256  # per process; more are not accepted until some are answered

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
log = structlog.get_logger(__name__)


class Request(Protocol):
    """What granian says of a request (RSGI 1.5)."""

    method: str
    path: str
    query_string: str
    scheme: str
    http_version: str
    server: str
    client: str
    headers: Any


class Exchange(Protocol):
    """How granian gives the body and takes the answer."""

    async def __call__(self) -> bytes:
        """The whole body."""

    def __aiter__(self) -> Any:
        """The body in pieces."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""


class TooLarge(Exception):
    """A body of more than LARGEST_BODY."""


def serve() -> None:
    """Serve until SIGTERM or SIGINT, on the port of the settings; the requests at hand are answered first.

    The application is imported here, before the process that serves is forked off: one born after a kill -9 has it
    at once. Nothing is opened before that fork.
    """
    from sms_gateway import app, wiring  # noqa: F401
    from sms_gateway.settings import load_settings

    settings = load_settings()
    server("sms_gateway.web_server:door", bind=settings.bind, port=settings.port).serve()


def server(door: str, *, bind: str, port: int) -> "AbstractServer[Any]":
    """A granian for the door that `module:factory` makes, with our limits. One process serves; it is born again
    when it dies, but for two deaths within 5.5 s: then all ends, and the supervisor starts it again."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings

    granian: AbstractServer[Any] = Granian(
        door,
        factory=True,
        address=bind,
        port=port,
        interface=Interfaces.RSGI,
        workers=1,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=LARGEST_HEAD),
        websockets=False,
        backpressure=WAITING_REQUESTS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_enabled=False,
    )
    return granian


def door() -> Callable[[Request, Exchange], Any]:
    """What granian calls in the process that serves: the application behind its door."""
    from sms_gateway import logs
    from sms_gateway.app import create_app
    from sms_gateway.children import end_with_parent
    from sms_gateway.wiring import current_services

    end_with_parent()
    for asked in (signal.SIGTERM, signal.SIGINT):  # granian listens to them once this returns; until then, just end
        signal.signal(asked, signal.SIG_DFL)
    services = current_services()
    logs.start(services.settings, process="web")
    return Door(create_app(services), threads=services.settings.web_threads)


class Door:
    """Takes a request whole, within its limits, and answers with what a WSGI application says."""

    def __init__(self, application: Application, *, threads: int) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, request: Request, exchange: Exchange) -> None:
        """Answer one request."""
        try:
            body = await asyncio.wait_for(read_body(request, exchange), BODY_SECONDS)
        except TooLarge:
            _refuse(exchange, 413, f"At most {LARGEST_BODY} bytes.")
            return
        except TimeoutError:
            _refuse(exchange, 408, "The form did not come in time.")
            return
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self.threads, call, self.application, environ(request, body))
        exchange.response_bytes(*answer)


async def read_body(request: Request, exchange: Exchange) -> bytes:
    """The whole body; TooLarge as soon as that is known."""
    length = request.headers.get("content-length")
    if length is not None:
        if not length.isdigit() or int(length) > LARGEST_BODY:
            raise TooLarge
        return await exchange() if int(length) else b""
    if request.headers.get("transfer-encoding") is None:
        return b""
    body = b""
    async for piece in exchange:
        body += piece
        if len(body) > LARGEST_BODY:
            raise TooLarge
    return body


def environ(request: Request, body: bytes) -> dict[str, Any]:
    """The request as a WSGI application wants it (PEP 3333)."""
    host, _, port = request.server.rpartition(":")
    values: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query_string,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{request.http_version}",
        "REMOTE_ADDR": request.client.rpartition(":")[0].strip("[]"),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": request.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    return values | dict(_headers(request.headers))


def call(application: Application, values: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    """What the application answers: status, headers, body. A fault of its own is a plain 500, never a hanging line."""
    answer: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        answer.update(status=int(status[:3]), headers=headers)
        return lambda _: None

    try:
        pieces = application(values, start_response)
        try:
            body = b"".join(pieces)
        finally:
            if close := getattr(pieces, "close", None):
                close()
    except Exception:  # the outermost place: whatever it is, the client gets an answer and the log its kind
        log.exception("request_failed")
        return 500, [("content-type", "text/plain; charset=utf-8")], b"Something went wrong here.\n"
    return answer["status"], answer["headers"], b"" if values["REQUEST_METHOD"] == "HEAD" else body


def _headers(headers: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    names = dict.fromkeys(headers.keys())
    for name in names:
        if name in {"content-length", "transfer-encoding"} or "_" in name:  # a "_" could pose as another header
            continue
        value = ("; " if name == "cookie" else ",").join(headers.get_all(name))  # type: ignore[attr-defined]
        key = name.upper().replace("-", "_")
        yield (key if key == "CONTENT_TYPE" else f"HTTP_{key}"), value


def _refuse(exchange: Exchange, status: int, sentence: str) -> None:
    headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
    exchange.response_bytes(status, headers, f"{sentence}\n".encode())


if __name__ == "__main__":
    serve()
