"""Logs: what happened, and never whose or what they wrote."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog

from sms_gateway import logs
from sms_gateway.settings import load_settings

log = structlog.get_logger("a.module")


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Start logging into a folder of the test's own; call it for the lines so far."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(logs, "_folder", None)
    monkeypatch.setattr(logs, "_process", "guichet")
    logs.start(load_settings({"GUICHET_DATA": str(tmp_path)}), process="web")

    def read() -> list[dict[str, Any]]:
        files = sorted((tmp_path / "logs").glob("web-*.jsonl"))
        return [json.loads(line) for path in files for line in path.read_text().splitlines()]

    yield read
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_says_what_happened_to_which_row(lines: Any) -> None:
    log.info("message_sent", message_id=7, case_id=3, milliseconds=12)
    (line,) = lines()
    assert line["event"] == "message_sent"
    assert (line["message_id"], line["case_id"], line["milliseconds"]) == (7, 3, 12)
    assert (line["level"], line["process"], line["logger"]) == ("info", "web", "a.module")


def test_fields_that_could_tell_of_a_person_are_left_out(lines: Any) -> None:
    log.info(
        "received", text="Ma carte est volée", phone="+33612345678", body="x", path="/hooks/a/s3cret/sms", case_id=1
    )
    (line,) = lines()
    assert set(line) == {"at", "level", "event", "process", "pid", "logger", "case_id"}


@pytest.mark.parametrize("value", ["+33612345678", "call 0612345678 now", "x" * 500, {"a": "b"}, ["+254712345678"]])
def test_a_value_that_could_is_left_out_even_under_a_name_on_the_list(lines: Any, value: object) -> None:
    log.warning("refused", reason=value, count=2)
    (line,) = lines()
    assert "reason" not in line
    assert line["count"] == 2


def test_an_error_is_its_kind_and_its_places_without_its_words(lines: Any) -> None:
    try:
        raise ValueError("Ma carte, +33612345678")
    except ValueError:
        log.exception("turn_failed", turn_id=4)
    (line,) = lines()
    assert line["error"] == "ValueError"
    assert line["level"] == "error"
    assert any("test_logs.py" in place for place in line["where"])
    assert "carte" not in json.dumps(line)


def test_what_libraries_say_is_not_repeated(lines: Any) -> None:
    try:
        raise OSError("POST /hooks/africastalking/s3cret/sms")
    except OSError:
        logging.getLogger("urllib3").warning("Retrying %s", "/hooks/africastalking/s3cret/sms", exc_info=True)
    logging.getLogger("rq").info("job for +33612345678")
    (line,) = lines()
    assert (line["event"], line["logger"], line["error"]) == ("library", "urllib3", "OSError")
    assert "s3cret" not in json.dumps(line)


def test_a_disk_that_takes_nothing_stops_nobody(lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_folder", Path("/proc/nothing/here"))
    log.error("still_here")


def test_old_files_are_forgotten(tmp_path: Path) -> None:
    for name in ("web-2026-01-01.jsonl", "web-2026-03-09.jsonl", "worker-2025-12-31.jsonl"):
        (tmp_path / name).write_text("{}\n")
    logs.forget_old_files(tmp_path, today=datetime(2026, 3, 10, tzinfo=UTC))
    assert [path.name for path in tmp_path.iterdir()] == ["web-2026-03-09.jsonl"]
