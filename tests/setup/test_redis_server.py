"""The private Redis: on a socket, with no port, able to start on what a killed one left; with Debian's program too."""

import shutil
import stat
from pathlib import Path

import psutil
import pytest
import redis

from sms_gateway import redis_server
from sms_gateway.errors import NotReady
from tests.redis_process import RedisProcess


def test_it_listens_on_a_socket_of_this_users_and_on_no_port(redis_server: RedisProcess) -> None:
    assert redis_server.process is not None
    assert stat.S_IMODE(redis_server.server.socket.stat().st_mode) == 0o600
    assert psutil.Process(redis_server.process.pid).net_connections("inet") == []


def test_debians_program_serves_where_the_packaged_one_does_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_server.importlib.util, "find_spec", lambda _name: None)
    assert redis_server.server_program() == Path(shutil.which("redis-server") or "redis-server is missing")
    server = RedisProcess(tmp_path)
    server.start()
    try:
        with redis.Redis.from_url(server.url) as client:
            assert client.set("bell", "rung")
        server.kill()
        server.start()
        assert server.answers()
    finally:
        server.stop()


def test_without_any_program_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_server.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotReady, match="apt install redis-server"):
        redis_server.server_program()


def test_a_file_that_cant_be_read_is_set_aside(tmp_path: Path) -> None:
    server = RedisProcess(tmp_path)
    server.start()
    server.kill()
    for path in (tmp_path / "redis" / "appendonlydir").iterdir():
        path.write_bytes(b"\x00nonsense")
    server.server.set_aside()
    server.start()
    assert server.answers()
    server.stop()
    assert (tmp_path / "redis.unreadable").is_dir()
