"""The pages that anybody may read: what Guichet is, how to join, what is promised, and the choice of a language."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from sms_gateway import services as services_
from sms_gateway.web.accounts import current_services, safe_path
from sms_gateway.web.countries import country_name
from sms_gateway.web.gates import public
from sms_gateway.web.words import CHOICE_COOKIE, LANGUAGES

blueprint = Blueprint("public", __name__)

ONE_YEAR = 365 * 24 * 3600
PAGES = ("numbers", "volunteers", "counters", "help", "accessibility", "privacy")


@dataclass(frozen=True)
class Numbers:
    """What to text or dial in one country."""

    country: str
    sms: tuple[str, ...]
    ussd: tuple[str, ...]


@blueprint.get("/")
@public
def home() -> str:
    """What this is, in one look."""
    return render_template("home.html", numbers=the_numbers())


@blueprint.get("/<page>")
@public
def page(page: str) -> str:
    """One of the short pages in words."""
    if page not in PAGES:
        abort(404)
    return render_template(f"public/{page}.html", numbers=the_numbers())


@blueprint.get("/language/<language>")
@public
def choose_language(language: str) -> Response:
    """Keep the choice of a language for a year, and go back to the page."""
    if language not in LANGUAGES:
        abort(404)
    response = redirect(safe_path(request.args.get("to", "")) or "/", code=303)
    secure = current_services().settings.https
    response.set_cookie(CHOICE_COOKIE, language, max_age=ONE_YEAR, httponly=True, samesite="Lax", secure=secure)
    return response


def the_numbers() -> list[Numbers]:
    """The numbers to keep, as they stand in the database: those of a gateway and of the simulator are the same."""
    with current_services().database.read() as tx:
        found = services_.all_services(tx)
    return [
        Numbers(
            country=country_name(service.country, service.name),
            sms=_addresses(service, "sms"),
            ussd=_addresses(service, "ussd"),
        )
        for service in found
    ]


def _addresses(service: services_.Service, kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.address for line in service.lines if line.kind == kind))
