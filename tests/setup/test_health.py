"""Health: ready when a citizen can be served, and the reason when not; a missing Redis is told and is no reason."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from sms_gateway import metrics
from sms_gateway.context import Services
from sms_gateway.settings import Settings
from sms_gateway.web import health
from sms_gateway.wiring import wire
from tests.databases import settings_for


@pytest.fixture
def services(settings: Settings) -> Services:
    """Services on each kind of database."""
    return wire(settings, doorbell=False)


def answer(services: Services) -> tuple[int, dict[str, object]]:
    """What /health/ready says."""
    app = Flask("health")
    app.register_blueprint(health.blueprint(services))
    said = app.test_client().get("/health/ready")
    services.database.close()
    return said.status_code, dict(said.get_json())


def test_a_migrated_database_and_a_folder_are_enough(services: Services) -> None:
    assert answer(services) == (200, {"ready": True, "reasons": [], "redis": "away"})


def test_danger_that_nobody_could_be_told_of_is_said_and_citizens_are_served(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health.danger, "unheard", lambda _tx: 2)
    code, said = answer(services)
    assert (code, said["ready"]) == (200, True)
    assert str(said["danger"]).startswith("2 cases of danger wait")


def test_a_database_that_lacks_migrations_is_a_reason(empty_database_url: str, tmp_path: Path) -> None:
    code, said = answer(wire(settings_for(tmp_path, empty_database_url), doorbell=False))
    assert code == 503
    assert said["reasons"] == ["The database lacks migrations: start Guichet again."]


def test_the_database_of_a_newer_guichet_is_a_reason_of_its_own(services: Services) -> None:
    with services.database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    code, said = answer(services)
    assert (code, said["reasons"]) == (503, ["The database belongs to a newer Guichet: start that version."])


def test_a_database_that_does_not_answer_is_a_reason(tmp_path: Path) -> None:
    url = f"postgresql://guichet@/guichet?host={tmp_path}"
    code, said = answer(wire(settings_for(tmp_path, url), doorbell=False))
    assert code == 503
    assert said["reasons"] == ["The database does not answer."]


def test_a_data_folder_where_nothing_can_be_written_is_a_reason(services: Services) -> None:
    elsewhere = replace(services, settings=replace(services.settings, data=Path("/proc/nothing/here")))
    code, said = answer(elsewhere)
    assert code == 503
    assert said["reasons"] == ["Nothing can be written in GUICHET_DATA."]


@pytest.mark.parametrize("name", ["+33612345678", "Ma carte", "", "a" * 41, "case-4271"])
def test_an_event_is_counted_by_a_name_alone(name: str) -> None:
    with pytest.raises(ValueError, match="small letters"):
        metrics.count(name)


def test_what_was_counted_is_told() -> None:
    metrics.count("tests_ran")
    metrics.count("tests_ran", 2)
    assert 'guichet_events_total{event="tests_ran"} 3.0' in metrics.exposition().decode()
