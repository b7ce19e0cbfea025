"""The web server under what happens to servers: killed, asked to stop under load, and clients that take for ever."""

import ast
import http.client
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from itertools import count
from pathlib import Path
from statistics import median

import pytest

from sms_gateway.children import Child, program
from sms_gateway.web_server import LARGEST_BODY
from tests.running import ROOT, children_of, free_port, is_alive
from tests.waiting import until

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


class Servers:
    """Two of them on one port."""

    def __init__(self, notes: Path) -> None:
        self.port = free_port()
        self.notes = notes
        environment = os.environ | {"PYTHONPATH": str(ROOT), "BEGUN": str(notes)}
        command = [sys.executable, "-m", "tests.setup.slow_server", str(self.port)]
        self.children = [Child(f"web-{n}", program(command, environment)) for n in (1, 2)]

    def start(self) -> None:
        """Start both, and wait until each answers."""
        for child in self.children:
            child.start()
        seen: set[bytes] = set()

        def both_answer() -> bool:
            with suppress(OSError):
                seen.add(self.get("/"))
            return len(seen) == 2

        until(both_answer, seconds=30, what="the two servers never answered")

    def get(self, path: str, *, seconds: float = 10) -> bytes:
        """The body of an answer; an error for anything but 200."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            assert answer.status == 200
            return answer.read()

    def say(self, raw: bytes) -> bytes:
        """Send bytes as they are; everything that comes back until the other side stops."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            line.sendall(raw)
            heard = b""
            with suppress(TimeoutError, ConnectionResetError):
                while piece := line.recv(65536):
                    heard += piece
                    if b"\r\n\r\n" in heard:
                        line.settimeout(0.3)
            return heard

    def serving(self) -> list[int]:
        """The processes that serve requests."""
        return [pid for child in self.children for pid in children_of(child.pid or 0) if is_alive(pid)]

    def revived(self) -> set[int]:
        """Start what has ended, as the supervisor does; the processes that serve."""
        for child in self.children:
            if child.has_ended() is not None:
                child.start()
        return set(self.serving())

    def begun(self) -> set[str]:
        """The requests that the application began to answer."""
        return set(self.notes.read_text().split())

    def stop(self) -> None:
        """End what still runs."""
        for child in self.children:
            child.end_group()
            child.wait(5)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    """Two servers that answer."""
    pair = Servers(tmp_path / "begun")
    pair.start()
    yield pair
    pair.stop()


class Load:
    """Clients that ask again and again, each time on a new connection, as gateways do; every question has a number."""

    def __init__(self, servers: Servers, path: str, clients: int = 6) -> None:
        self.servers, self.path = servers, path
        self.answered = self.refused = 0
        self.lost: set[str] = set()
        self.numbers = count(1)
        self.done = threading.Event()
        self.threads = [threading.Thread(target=self._ask) for _ in range(clients)]

    def _ask(self) -> None:
        while not self.done.is_set():
            number = str(next(self.numbers))
            try:
                self.servers.get(f"{self.path}?{number}")
                self.answered += 1
            except ConnectionRefusedError:  # never accepted: the client knows, and asks again
                self.refused += 1
                self.done.wait(0.02)
            except (OSError, http.client.HTTPException):
                self.lost.add(number)

    def lost_though_begun(self) -> set[str]:
        """Requests that the application had in its hands and that were not answered."""
        return self.lost & self.servers.begun()

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        for thread in self.threads:
            thread.join(15)


def test_a_killed_process_costs_only_the_requests_that_it_held(servers: Servers) -> None:
    with Load(servers, "/slow") as load:
        for _ in range(4):
            before, answered = set(servers.serving()), load.answered
            os.kill(max(before), signal.SIGKILL)
            until(lambda was=answered: load.answered > was + 4, what="the other one did not go on")
            until(lambda was=before: servers.revived() - was, seconds=15, what="it never came back")
    assert load.answered > 20
    assert len(load.lost) <= 4 * len(load.threads)  # at most those that were in that process's hands


def test_a_process_ends_with_the_one_that_started_it(servers: Servers) -> None:
    child = servers.children[0]
    serving = children_of(child.pid or 0)
    assert serving
    os.kill(child.pid or 0, signal.SIGKILL)
    until(lambda: not any(is_alive(pid) for pid in serving), what="an orphan goes on serving")


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_stopping_under_load_answers_every_request_that_was_accepted(servers: Servers, asked: signal.Signals) -> None:
    with Load(servers, "/slow") as load:
        until(lambda: load.answered >= 12)
        began = time.monotonic()
        for child in servers.children:
            os.kill(child.pid or 0, asked)
        assert all(child.wait(10) for child in servers.children)
        assert time.monotonic() - began < 10
        load.done.set()
    assert load.lost_though_begun() == set()
    assert len(load.lost) <= 2, "a connection that nobody had read from may be closed, but hardly ever"


def test_one_after_the_other_restarts_under_load_without_a_request_lost(servers: Servers) -> None:
    with Load(servers, "/slow") as load:
        for child in servers.children:
            answered = load.answered
            child.ask_to_stop()
            assert child.wait(8)
            child.start()
            until(lambda was=answered: load.answered > was + 10)
            until(lambda: len(servers.serving()) == 2, seconds=15)
    assert load.lost_though_begun() == set()
    assert len(load.lost) <= 2, "a connection that nobody had read from may be closed, but hardly ever"


@pytest.mark.parametrize("part", ["head", "body"])
def test_clients_that_send_byte_by_byte_hold_up_nobody(servers: Servers, part: str) -> None:
    start = b"POST /echo HTTP/1.1\r\nHost: x\r\n" + FORM
    start += b"X-Slow: " if part == "head" else b"Content-Length: 3000\r\n\r\ntext="
    with ExitStack() as lines:
        slow = [lines.enter_context(socket.create_connection(("127.0.0.1", servers.port))) for _ in range(60)]
        for line in slow:
            line.sendall(start)
        waited = []
        for _ in range(5):
            for line in slow:
                line.sendall(b"a")
            for _ in range(10):
                began = time.monotonic()
                servers.get("/", seconds=10)
                waited.append(time.monotonic() - began)
    assert median(waited) < 1.0, "most wait for nobody; one may, on a machine that does much else"


def test_a_body_that_never_comes_is_given_up(servers: Servers) -> None:
    began = time.monotonic()
    heard = servers.say(b"POST /echo HTTP/1.1\r\nHost: x\r\n" + FORM + b"Content-Length: 30\r\n\r\ntext=")
    assert heard.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - began < 15


def test_a_body_over_the_limit_is_refused_and_one_at_the_limit_is_taken(servers: Servers) -> None:
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\n" + FORM
    longest = b"a" * LARGEST_BODY
    taken = servers.say(head + b"Content-Length: %d\r\n\r\n" % LARGEST_BODY + longest)
    assert taken.startswith(b"HTTP/1.1 200")
    assert servers.say(head + b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1)).startswith(b"HTTP/1.1 413")
    pieces = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n1\r\na\r\n0\r\n\r\n" % (LARGEST_BODY, longest)
    assert servers.say(head + pieces).startswith(b"HTTP/1.1 413")


def test_the_application_sees_the_request_as_it_was_sent(servers: Servers) -> None:
    raw = b"POST /echo/caf%C3%A9?q=%C3%A9+a HTTP/1.1\r\nHost: guichet.example\r\n" + FORM
    raw += b"Cookie: a=1\r\nCookie: b=2\r\nX_Real: no\r\nContent-Length: 11\r\n\r\ntext=%C3%A9"
    answer = servers.say(raw)
    assert answer.startswith(b"HTTP/1.1 200")
    seen, length, body = ast.literal_eval(answer.split(b"\r\n\r\n", 1)[1].decode())
    assert (length, body) == (11, b"text=%C3%A9")
    assert seen["REQUEST_METHOD"] == "POST"
    assert seen["PATH_INFO"] == "/echo/café".encode().decode("latin-1")
    assert seen["QUERY_STRING"] == "q=%C3%A9+a"
    assert seen["HTTP_HOST"] == "guichet.example"
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    assert seen["CONTENT_TYPE"] == "application/x-www-form-urlencoded"
    assert seen["CONTENT_LENGTH"] == "11"
    assert seen["REMOTE_ADDR"] == "127.0.0.1"
    assert seen["SERVER_PORT"] == str(servers.port)
    assert not any("REAL" in name for name in seen)


def test_both_cookies_of_an_answer_arrive(servers: Servers) -> None:
    head = servers.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").lower()
    assert b"set-cookie: a=1" in head
    assert b"set-cookie: b=2" in head


def test_a_head_has_no_body_and_a_fault_is_an_answer(servers: Servers) -> None:
    assert servers.say(b"HEAD /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").endswith(b"\r\n\r\n")
    assert servers.say(b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 500")
    assert servers.get("/")
