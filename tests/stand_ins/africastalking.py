"""A stand-in for Africa's Talking's messaging API: it takes texts, fails when told to, and sends delivery reports.

In a test: `with start_stand_in() as gateway:`. As a process: `python -m tests.stand_ins.africastalking PORT [HOOKS]`,
where HOOKS is our own `http://…/hooks/africastalking/<secret>`; it is then told what to do at `/control/…`.
"""

import heapq
import json
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import requests

STATUS_NAMES = {
    100: "Processed",
    101: "Success",
    102: "Queued",
    401: "RiskHold",
    402: "InvalidSenderId",
    403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType",
    405: "InsufficientBalance",
    406: "UserInBlacklist",
    407: "CouldNotRoute",
    409: "DoNotDisturbRejection",
    500: "InternalServerError",
    501: "GatewayError",
    502: "RejectedByGateway",
}
REPORT_RETRIES = 10.0  # seconds that a report is repeated until our hook takes it


class FaultKind(StrEnum):
    """How one request to the API goes wrong. `…_AFTER`: the text was taken all the same, and is reported."""

    HANG_BEFORE = "hang_before"
    HANG_AFTER = "hang_after"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    REFUSE = "refuse"  # a recipient's statusCode, given as code
    EMPTY = "empty"  # 201 with no recipients; the reason, given as word, only in Message
    HTTP = "http"  # an HTTP status, given as code; nothing was taken
    ERROR_AFTER = "error_after"  # 500, taken
    TRUNCATED_AFTER = "truncated_after"  # half of the JSON
    CUT_AFTER = "cut_after"  # fewer bytes than Content-Length says, then closed
    HTML_AFTER = "html_after"  # 200 text/html
    LIST_AFTER = "list_after"  # JSON, but a list
    CHARSET = "charset"  # all well, as `application/json; charset=utf-8`, which the SDK gives back as text
    OTHER_NUMBER_AFTER = "other_number_after"
    NO_ID_AFTER = "no_id_after"  # accepted with messageId "None"
    STRING_CODE = "string_code"  # all well, statusCode as a string


TAKEN = {kind for kind in FaultKind if kind.endswith("_after")} | {FaultKind.CHARSET, FaultKind.STRING_CODE}


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, once."""

    kind: FaultKind
    code: int = 0
    word: str = ""


@dataclass(frozen=True)
class Send:
    """A text that the gateway took: it goes to a phone, whatever the sender was told."""

    id: str
    to: str
    sender: str
    message: str
    username: str
    key: str


@dataclass(frozen=True)
class Reports:
    """What is reported about a taken text, and when: seconds after it, or before the answer to the sender."""

    statuses: tuple[str, ...] = ("Sent", "Success")
    delay: float = 0.05
    copies: int = 1
    before_answer: bool = False
    failure_reason: str = ""


NO_REPORTS = Reports(statuses=())
OUT_OF_ORDER = Reports(statuses=("Success", "Sent"))


@dataclass
class StandIn:
    """What the gateway knows. Everything that a test asks or tells is safe from any thread."""

    hooks: str = ""  # our own hooks' address; without it nothing is reported
    reports: Reports = field(default_factory=Reports)
    answer_seconds: float = 0.0  # how long it takes to answer, once it has taken a text
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)  # lets what hangs go
    lock: threading.Condition = field(default_factory=threading.Condition)
    _sends: list[Send] = field(default_factory=list)
    _faults: deque[Fault] = field(default_factory=deque)
    _answers: list[int] = field(default_factory=list)
    _due: list[tuple[float, int, dict[str, str], float]] = field(default_factory=list)
    _count: int = 0
    _tries: int = 0

    @property
    def sends(self) -> tuple[Send, ...]:
        """Every text that was taken, in order."""
        with self.lock:
            return tuple(self._sends)

    @property
    def tries(self) -> int:
        """How many requests came, whatever became of them."""
        with self.lock:
            return self._tries

    @property
    def report_answers(self) -> tuple[int, ...]:
        """What our hook answered to each report (0: nothing)."""
        with self.lock:
            return tuple(self._answers)

    def to(self, phone: str) -> tuple[str, ...]:
        """The words that went to one phone, in order."""
        return tuple(send.message for send in self.sends if send.to == phone)

    def will(self, *faults: Fault) -> None:
        """The next requests fail so, one each; after them all is well again."""
        with self.lock:
            self._faults.extend(faults)

    def forget(self) -> None:
        """Forget what was sent and what shall fail."""
        with self.lock:
            self._sends.clear()
            self._faults.clear()
            self._answers.clear()
            self._tries = 0

    def wait_for(self, count: int, *, phone: str | None = None, seconds: float = 10) -> tuple[Send, ...]:
        """Wait until `count` texts were taken (by one phone); an error with what is there when time is up."""
        deadline = time.monotonic() + seconds

        def found() -> list[Send]:
            return [send for send in self._sends if phone in (None, send.to)]

        with self.lock:
            while len(found()) < count:
                if not self.lock.wait(max(0.0, deadline - time.monotonic())) and time.monotonic() >= deadline:
                    raise AssertionError(f"{len(found())} of {count} texts after {seconds} s: {found()}")
            return tuple(found())

    # --- the server's side

    def next_fault(self) -> Fault | None:
        """The fault of this request; counts it."""
        with self.lock:
            self._tries += 1
            return self._faults.popleft() if self._faults else None

    def take(self, *, to: str, sender: str, message: str, username: str, key: str) -> Send:
        """Take one text: from here on it will arrive."""
        with self.lock:
            self._count += 1
            send = Send(f"ATXid_{self._count:08d}", to, sender, message, username, key)
            self._sends.append(send)
            self.lock.notify_all()
        return send

    def plan_reports(self, send: Send) -> None:
        """Report about `send` later, or now and wait for it."""
        with self.lock:
            plan = self.reports if self.hooks else NO_REPORTS
        now = time.monotonic()
        for place, status in enumerate(plan.statuses):
            form = {"id": send.id, "status": status, "phoneNumber": send.to, "networkCode": "63902"}
            if plan.failure_reason and status in {"Failed", "Rejected"}:
                form["failureReason"] = plan.failure_reason
            for _ in range(plan.copies):
                if plan.before_answer:
                    self._report(form)
                else:
                    self._report_later(now + plan.delay * (place + 1), form, now + REPORT_RETRIES)

    def _report_later(self, at: float, form: dict[str, str], until: float) -> None:
        with self.lock:
            self._count += 1
            heapq.heappush(self._due, (at, self._count, form, until))
            self.lock.notify_all()

    def _report(self, form: dict[str, str]) -> int:
        status = 0
        with suppress(requests.RequestException):
            status = requests.post(f"{self.hooks}/delivery", data=form, timeout=10).status_code
        with self.lock:
            self._answers.append(status)
            self.lock.notify_all()
        return status

    def report_forever(self) -> None:
        """Send what is due, in its time, again until our hook takes it; ends when the stand-in is released."""
        while not self.released.is_set():
            with self.lock:
                wait = self._due[0][0] - time.monotonic() if self._due else 0.2
                if wait > 0 or not self._due:
                    self.lock.wait(min(wait, 0.2))
                    continue
                _, _, form, until = heapq.heappop(self._due)
            if not 200 <= self._report(form) < 300 and time.monotonic() < until:
                self._report_later(time.monotonic() + 0.25, form, until)


class _Handler(BaseHTTPRequestHandler):
    """The API as the SDK meets it, and `/control/…` for a test in another process."""

    protocol_version = "HTTP/1.1"
    gateway: StandIn

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        """`/control/sends`: everything that was taken."""
        if self.path == "/control/sends":
            self._answer(200, json.dumps([asdict(send) for send in self.gateway.sends]))
        else:
            self._answer(404, "{}")

    def do_POST(self) -> None:
        """The API, or a wish of the test's."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode("utf-8", errors="replace")
        if self.path == "/version1/messaging":
            self._messaging({name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()})
        elif self.path.startswith("/control/"):
            self._control(self.path.removeprefix("/control/"), json.loads(body or "{}"))
        else:
            self._answer(404, "Not found", kind="text/plain")

    def _control(self, wish: str, told: dict[str, object]) -> None:
        if wish == "fault":
            self.gateway.will(*[Fault(FaultKind(str(told["kind"])), int(str(told.get("code", 0))))])
        elif wish == "hooks":
            self.gateway.hooks = str(told["url"])
        elif wish == "forget":
            self.gateway.forget()
        self._answer(200, "{}")

    def _messaging(self, form: dict[str, str]) -> None:
        fault = self.gateway.next_fault()
        kind = fault.kind if fault else None
        key = self.headers.get("apiKey", "")
        if not key or not form.get("username"):
            self._answer(401, "The supplied authentication is invalid", kind="text/plain")
            return
        send = None
        if fault is None or kind in TAKEN:
            send = self.gateway.take(
                to=form.get("to", ""),
                sender=form.get("from", ""),
                message=form.get("message", ""),
                username=form["username"],
                key=key,
            )
            self.gateway.plan_reports(send)
            self.gateway.released.wait(self.gateway.answer_seconds)
        if kind in {FaultKind.HANG_BEFORE, FaultKind.HANG_AFTER}:
            self.gateway.released.wait(60)
            self.close_connection = True
        elif kind in {FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER}:
            self._reset()
        elif fault is None:
            self._answer(201, _taken(form["to"], send.id if send else ""))
        else:
            self._answer_badly(fault, form.get("to", ""), send.id if send else "None")

    def _answer_badly(self, fault: Fault, to: str, gateway_id: str) -> None:
        good = _taken(to, gateway_id)
        match fault.kind:
            case FaultKind.REFUSE:
                self._answer(201, _recipients(to, fault.code, "None", cost="0"))
            case FaultKind.EMPTY:
                message = fault.word or "Sent to 0/1 Total Cost: 0"
                self._answer(201, json.dumps({"SMSMessageData": {"Message": message, "Recipients": []}}))
            case FaultKind.HTTP | FaultKind.ERROR_AFTER:
                self._answer(fault.code or 500, "The gateway says no.", kind="text/plain")
            case FaultKind.TRUNCATED_AFTER:
                self._answer(201, good[: len(good) // 2])
            case FaultKind.CUT_AFTER:
                self._answer(201, good[: len(good) // 2], length=len(good))
                self.close_connection = True
            case FaultKind.HTML_AFTER:
                self._answer(200, "<html><body>Welcome to our portal</body></html>", kind="text/html")
            case FaultKind.LIST_AFTER:
                self._answer(201, f"[{good}]")
            case FaultKind.CHARSET:
                self._answer(201, good, kind="application/json; charset=utf-8")
            case FaultKind.OTHER_NUMBER_AFTER:
                self._answer(201, _taken("+254700000999", gateway_id))
            case FaultKind.NO_ID_AFTER:
                self._answer(201, _recipients(to, 101, "None"))
            case FaultKind.STRING_CODE:
                self._answer(201, _recipients(to, "101", gateway_id))
            case _:
                raise AssertionError(fault)

    def _answer(self, status: int, body: str, *, kind: str = "application/json", length: int | None = None) -> None:
        sent = body.encode()
        with suppress(ConnectionError):  # the sender may have given up
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(sent) if length is None else length))
            if 300 <= status < 400:
                self.send_header("Location", f"{self.gateway.url}/elsewhere")
            self.end_headers()
            self.wfile.write(sent)

    def _reset(self) -> None:
        """Close with RST: what the sender sees when a machine in between dies."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


def _taken(to: str, gateway_id: str) -> str:
    return _recipients(to, 101, gateway_id)


def _recipients(to: str, code: int | str, gateway_id: str, *, cost: str = "KES 0.8000") -> str:
    recipient = {
        "statusCode": code,
        "number": to,
        "status": STATUS_NAMES.get(int(code), "Unheard"),
        "cost": cost,
        "messageId": gateway_id,
    }
    message = "Sent to 1/1 Total Cost: KES 0.8000"
    return json.dumps({"SMSMessageData": {"Message": message, "Recipients": [recipient]}})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that we reset ourselves is no error."""
        if not isinstance(sys.exc_info()[1], OSError | ValueError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def start_stand_in(*, port: int = 0, hooks: str = "", reports: Reports | None = None) -> Iterator[StandIn]:
    """A running stand-in on 127.0.0.1, on any free port unless told which; stopped when the block ends."""
    gateway = StandIn(hooks=hooks.rstrip("/"), reports=reports or Reports())
    handler = type("Handler", (_Handler,), {"gateway": gateway})
    server = _Server(("127.0.0.1", port), handler)
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}"
    threads = [
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True),
        threading.Thread(target=gateway.report_forever, daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield gateway
    finally:
        gateway.released.set()
        server.shutdown()
        server.server_close()
        for thread in threads:
            thread.join(10)


def main() -> None:
    """Serve until interrupted."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 9000
    with start_stand_in(port=port, hooks=sys.argv[2] if len(sys.argv) > 2 else "") as gateway:
        print(f"The stand-in for Africa's Talking listens: {gateway.url}", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
