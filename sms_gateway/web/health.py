"""/health/live, /health/ready and /metrics: whether a citizen can be served now, and what is counted."""

import os
import time
from contextlib import closing
from typing import cast

import redis
from flask import Blueprint, Flask, Response, g, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from sms_gateway import metrics
from sms_gateway.cases import danger
from sms_gateway.context import Services
from sms_gateway.store import migrate

LEAST_FREE = 16 * 1024 * 1024  # bytes; under this, a text might not reach the disk whole
REDIS_SECONDS = 0.3


def blueprint(services: Services) -> Blueprint:
    """The three addresses, and the clock that times every request."""
    part = Blueprint("health", __name__)

    @part.get("/health/live")
    def live() -> Response:
        return jsonify(live=True)

    @part.get("/health/ready")
    def ready() -> tuple[Response, int]:
        reasons = reasons_not_ready(services)
        said = {"ready": not reasons, "reasons": reasons, "redis": "here" if redis_answers(services) else "away"}
        if unheard := _unheard(services):
            said["danger"] = f"{unheard} cases of danger wait, and nobody of ours could be told: open /desk now."
        return jsonify(said), 503 if reasons else 200

    @part.get("/metrics")
    def all_metrics() -> Response:
        return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)

    part.record_once(lambda state: _time_requests(cast("Flask", state.app)))
    return part


def reasons_not_ready(services: Services) -> list[str]:
    """What keeps a citizen from being served, in plain sentences; empty when nothing does.

    A missing Redis is no reason: the worker finds everything in the database, a few seconds later.
    """
    reasons = []
    try:
        with services.database.read() as tx:
            tx.execute(text("SELECT 1"))
        match migrate.standing(services.database):
            case migrate.Standing.BEHIND:
                reasons.append("The database lacks migrations: start Guichet again.")
            case migrate.Standing.NEWER:
                reasons.append("The database belongs to a newer Guichet: start that version.")
    except SQLAlchemyError:
        reasons.append("The database does not answer.")
    data = services.settings.data
    try:
        if not os.access(data, os.W_OK | os.X_OK):
            reasons.append("Nothing can be written in GUICHET_DATA.")
        else:
            room = os.statvfs(data)
            if room.f_bavail * room.f_frsize < LEAST_FREE:
                reasons.append("The disk of GUICHET_DATA is full.")
    except OSError:
        reasons.append("GUICHET_DATA is not there.")
    return reasons


def _unheard(services: Services) -> int:
    """Cases of danger that none of us could be told of. It is said, and no reason: citizens are served all the same."""
    try:
        with services.database.read() as tx:
            return danger.unheard(tx)
    except SQLAlchemyError:
        return 0  # said among the reasons


def redis_answers(services: Services) -> bool:
    """True when the doorbell can be rung."""
    try:
        client = redis.Redis.from_url(
            services.settings.redis_url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
        )
        with closing(client):
            return bool(client.ping())
    except redis.RedisError:
        return False


def _time_requests(app: Flask) -> None:
    @app.before_request
    def start_the_clock() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def stop_the_clock(response: Response) -> Response:
        if "began" in g:
            metrics.time_request(request.endpoint or "none", response.status_code, time.perf_counter() - g.began)
        return response
