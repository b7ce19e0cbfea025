"""The start and the stop: one command, everything runs; whatever is killed comes back; nothing is left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import requests

from tests.running import ROOT, RunningGuichet, is_alive
from tests.waiting import until

Start = Callable[..., RunningGuichet]


ONE = {"GUICHET_WEB_PROCESSES": "1"}  # where a second one shows nothing, tests are quicker with one


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGuichet]:
    """A whole Guichet with no setting but its port and its folder, for tests that only look at it."""
    guichet = RunningGuichet(tmp_path_factory.mktemp("running"))
    yield guichet.start()
    guichet.end()


def everything(guichet: RunningGuichet) -> set[int]:
    """Every process that this start has begun and that runs now."""
    assert guichet.process is not None
    return {child.pid for child in psutil.Process(guichet.process.pid).children(recursive=True)} | {guichet.process.pid}


def all_gone(pids: set[int]) -> bool:
    """True when none of them runs any more."""
    return not any(is_alive(pid) for pid in pids)


def run_once(data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Start it where it must refuse, and wait for its words."""
    guichet = RunningGuichet(data, settings)
    return subprocess.run(
        [sys.executable, "-m", "sms_gateway", "run"],
        cwd=ROOT,
        env=guichet.environment() | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_says_when_it_is_ready_and_where(running: RunningGuichet) -> None:
    assert f"Guichet is ready: {running.url}\n" in running.said()
    assert running.get("/health/live").status_code == 200
    answer = running.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "reasons": [], "redis": "here"}
    assert set(running.pids) >= {"supervisor", "redis", "web", "worker", "web-process"}
    assert len(running.pids["web-process"]) == 2


def test_the_supervisor_has_one_thread_since_it_forks(running: RunningGuichet) -> None:
    assert running.process is not None
    assert psutil.Process(running.process.pid).num_threads() == 1


def test_nothing_listens_but_the_one_address(running: RunningGuichet) -> None:
    heard = {
        (connection.laddr.ip, connection.laddr.port)
        for pid in everything(running)
        for connection in psutil.Process(pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert heard == {("127.0.0.1", running.port)}


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_asked_to_stop_it_ends_every_process_within_ten_seconds(start_guichet: Start, asked: signal.Signals) -> None:
    guichet = start_guichet(**ONE)
    pids = everything(guichet)
    assert len(pids) >= 5
    assert guichet.process is not None
    began = time.monotonic()
    guichet.process.send_signal(asked)
    assert guichet.process.wait(10) == 0
    assert all_gone(pids)
    assert time.monotonic() - began < 10


def test_whoever_is_killed_comes_back_and_the_others_serve_meanwhile(start_guichet: Start) -> None:
    guichet = start_guichet()
    for name in ("worker", "redis", "web-process", "web"):
        before = {kind: set(pids) for kind, pids in guichet.pids.items()}
        guichet.kill(name)
        until(guichet.is_ready, seconds=20, what=f"without {name} nobody is served")

        def is_back(kind: str = name, known: set[int] = before[name]) -> bool:
            now = set(guichet.pids.get(kind, []))
            return len(now) == len(known) and now != known

        until(is_back, seconds=20, what=f"{name} never came back")
    until(lambda: guichet.get("/health/ready").json()["redis"] == "here", seconds=20)


def test_when_the_supervisor_is_killed_no_orphan_lives_and_the_next_start_works(start_guichet: Start) -> None:
    first = start_guichet(**ONE)
    secret, pids = first.hook_secret, everything(first)
    first.kill("supervisor")
    until(lambda: all_gone(pids), what="orphans live on")
    second = start_guichet(data=first.data, **ONE)
    assert second.hook_secret == secret
    assert second.get("/health/ready").json()["redis"] == "here"


def test_it_goes_on_with_the_data_of_the_last_start(start_guichet: Start) -> None:
    guichet = start_guichet(**ONE)
    secret = guichet.hook_secret
    guichet.restart()
    assert guichet.hook_secret == secret
    assert guichet.said().count("Guichet is ready") == 2


def test_a_second_start_on_the_same_data_says_so_and_ends(running: RunningGuichet) -> None:
    refused = run_once(running.data)
    assert refused.returncode != 0
    assert f"already runs on the data in {running.data}" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert running.is_ready()


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        refused = run_once(tmp_path, PORT=port)
    assert refused.returncode != 0
    assert f"Port {port}" in refused.stderr
    assert "Set PORT" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_wrong_setting_refuses_the_start_and_says_what_it_should_be(tmp_path: Path) -> None:
    refused = run_once(tmp_path, GUICHET_HOLD_SECONDS="soon")
    assert refused.returncode != 0
    assert refused.stderr.strip() == (
        "GUICHET_HOLD_SECONDS can't be used as it is. It should be a whole number of seconds from 1 to 3600."
    )


def test_a_database_that_does_not_answer_refuses_the_start(tmp_path: Path) -> None:
    refused = run_once(tmp_path, GUICHET_DATABASE_URL=f"postgresql://guichet@/guichet?host={tmp_path}")
    assert refused.returncode != 0
    assert "The database can't be used" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_redis_citizens_are_served_and_health_says_that_it_is_away(start_guichet: Start) -> None:
    guichet = start_guichet(GUICHET_REDIS_URL="redis://127.0.0.1:1/0", **ONE)
    answer = guichet.get("/health/ready")
    assert (answer.status_code, answer.json()["redis"]) == (200, "away")
    assert "redis" not in guichet.pids


def test_a_folder_of_any_length_will_do(start_guichet: Start, tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6)
    guichet = start_guichet(data=deep, **ONE)
    assert guichet.get("/health/ready").json()["redis"] == "here"


def test_on_postgresql_it_runs_as_well(start_guichet: Start, postgres_server: object) -> None:
    url = postgres_server.empty()  # type: ignore[attr-defined]
    guichet = start_guichet(GUICHET_DATABASE_URL=url, **ONE)
    assert guichet.get("/health/ready").status_code == 200


def test_metrics_tell_of_all_processes_and_of_nobodys_number(running: RunningGuichet) -> None:
    for _ in range(8):
        requests.get(f"{running.url}/health/live", timeout=5)  # a connection each: both processes answer
    told = running.get("/metrics").text
    (line,) = [
        line for line in told.splitlines() if line.startswith("guichet_request_seconds_count") and "health.live" in line
    ]
    assert float(line.split()[-1]) >= 8
    assert running.hook_secret not in told


# --- make run


@pytest.fixture
def made(tmp_path: Path) -> Iterator[RunningGuichet]:
    """A Guichet that `make run` started, as the README says."""
    guichet = RunningGuichet(tmp_path / "var", ONE)
    guichet.data.mkdir()
    with guichet.output.open("wb") as output:
        guichet.process = subprocess.Popen(
            ["make", "run"], cwd=ROOT, env=guichet.environment(), stdout=output, stderr=output, start_new_session=True
        )
    guichet.wait_until_ready(seconds=120)
    yield guichet
    guichet.end()


def test_make_run_serves_and_stops_when_make_is_asked_to(made: RunningGuichet) -> None:
    pids = everything(made)
    made.stop()
    assert all_gone(pids)


def test_when_make_is_killed_nothing_is_left(made: RunningGuichet) -> None:
    pids = everything(made)
    assert made.process is not None
    os.kill(made.process.pid, signal.SIGKILL)
    made.process.wait(5)
    until(lambda: all_gone(pids), what="orphans live on")
