"""Who may open which page: every route is public by name or needs a role; one that says neither stops the start."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from sms_gateway.store.tables import Role

View = TypeVar("View", bound=Callable[..., Any])
Roles = frozenset[Role]

EVERYONE_WITH_AN_ACCOUNT: Roles = frozenset({Role.VOLUNTEER, Role.COORDINATOR, Role.EDITOR, Role.AUDITOR})
# A hook has its secret in its address; health tells nothing of people.
PUBLIC_BLUEPRINTS = frozenset({"hooks", "health"})
PUBLIC_ENDPOINTS = frozenset({"static"})


class Ungated(RuntimeError):
    """A route that is neither public by name nor has a role."""


def public(view: View) -> View:
    """Anybody may open this page."""
    view.gate = frozenset()  # type: ignore[attr-defined]
    return view


def role_needed(*roles: Role) -> Callable[[View], View]:
    """Only an account with one of these roles may; a coordinator does not become a volunteer by it."""

    def mark(view: View) -> View:
        view.gate = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def gate_of(app: Flask, endpoint: str) -> Roles:
    """The roles that an endpoint needs; empty for a public one. Raises Ungated where nobody said."""
    if endpoint in PUBLIC_ENDPOINTS or endpoint.partition(".")[0] in PUBLIC_BLUEPRINTS:
        return frozenset()
    gate = getattr(app.view_functions[endpoint], "gate", None)
    if gate is None:
        raise Ungated(f"The route {endpoint} needs @public or @role_needed.")
    return frozenset(gate)


def close_gates(app: Flask) -> None:
    """Put the gate before every page, once all routes are there; stops the start for a route without one."""
    for rule in app.url_map.iter_rules():
        gate_of(app, rule.endpoint)

    @app.before_request
    def check_the_gate() -> Response | None:
        if request.endpoint is None:
            return None
        roles = gate_of(app, request.endpoint)
        if not roles:
            return None
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        if current_user.role not in roles:
            abort(403)
        if "\0" in request.path or any("\0" in value for value in request.args.values()):
            abort(404)  # no database can be asked for it
        return None


def ask_to_sign_in() -> Response | None:
    """To the login page, and from there back to this one; 401 for a form, which that would lose, or a dead cookie."""
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": url_for("accounts.login")})
    if request.method != "GET" or g.get("dead_session"):
        abort(401)
    return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")), code=303)
