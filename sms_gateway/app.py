"""The web application: the gateways' hooks, the health of the house, and the pages for people, put together once."""

from pathlib import Path

from flask import Flask, g, render_template, request
from flask_wtf import CSRFProtect
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from sms_gateway import hooks
from sms_gateway.context import Services
from sms_gateway.errors import NotAllowed, NotFound
from sms_gateway.web import (
    accounts,
    case_history,
    desk,
    desk_counters,
    desk_held,
    desk_texts,
    desk_volunteer,
    editor,
    editor_conversations,
    editor_happened,
    editor_history,
    editor_publishing,
    editor_translating,
    editor_unclear,
    gates,
    headers,
    health,
    inbox,
    merging,
    moments,
    navigation,
    parts,
    phone,
    public,
    words,
)

WEB = Path(__file__).parent / "web"
LARGEST_FORM = 256 * 1024  # bytes


def create_app(services: Services) -> Flask:
    """The WSGI application of one process. Raises Ungated for a route that is neither public nor needs a role."""
    app = Flask(__name__, template_folder=str(WEB / "templates"), static_folder=str(WEB / "static"))
    app.config.update(
        SECRET_KEY=services.settings.secret_key,
        SESSION_COOKIE_NAME="guichet_page",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=services.settings.https,
        WTF_CSRF_TIME_LIMIT=None,  # as long as its session: whoever writes slowly loses nothing
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        RATELIMIT_HEADERS_ENABLED=False,
    )
    app.extensions["guichet"] = services
    _read_templates(app)
    app.before_request(_allow_a_list)  # before anybody reads the form
    csrf = CSRFProtect(app)
    accounts.start_sessions(app, services)
    for part in (hooks.blueprint(services), health.blueprint(services)):  # no browser's cookie opens these
        csrf.exempt(part)
        app.register_blueprint(part)
    for page in (
        public, accounts, inbox, merging, desk, desk_held, desk_counters, desk_texts, desk_volunteer, case_history,
        editor, editor_publishing, editor_history, editor_translating, editor_conversations, editor_happened,
        editor_unclear,
    ):  # fmt: skip
        app.register_blueprint(page.blueprint)
    if services.settings.simulator:
        app.register_blueprint(phone.blueprint)
    navigation.install(app, services)
    headers.add_headers(app, https=services.settings.https)
    gates.close_gates(app)
    _say_refusals(app)
    return app


def _allow_a_list() -> None:
    """A list of counters is larger than any other form."""
    if request.endpoint == desk_counters.HAND_IN and request.method == "POST":
        request.max_content_length = desk_counters.LARGEST + LARGEST_FORM


def _read_templates(app: Flask) -> None:
    """Our templates, and govuk-frontend's parts under the names that they import each other by."""
    theirs = {
        "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
        "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
    }
    assert app.jinja_loader is not None
    app.jinja_loader = ChoiceLoader([app.jinja_loader, PrefixLoader(theirs)])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    WTFormsHelpers(app)
    words.install(app)
    moments.install(app)
    parts.install(app)


def _say_refusals(app: Flask) -> None:
    """Every refusal is a page that says what to do next."""

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response | tuple[str, int] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        return render_template("refusal.html", code=error.code, dead=g.get("dead_session", False)), error.code

    @app.errorhandler(NotFound)
    def not_found(_error: NotFound) -> tuple[str, int]:
        return render_template("refusal.html", code=404, dead=False), 404

    @app.errorhandler(NotAllowed)
    def not_allowed(_error: NotAllowed) -> tuple[str, int]:
        return render_template("refusal.html", code=403, dead=False), 403
