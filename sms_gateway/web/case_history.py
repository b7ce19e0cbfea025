"""The history of a case, for auditors and coordinators: who did what and when, from the journal; no words, numbers."""

from flask import Blueprint, abort, render_template, request
from sqlalchemy import Connection, select

from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import Role, accounts, cases, journal
from sms_gateway.store.tables import services as services_table
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.case_words import timezone_of
from sms_gateway.web.gates import role_needed
from sms_gateway.web.happenings import Happening, from_journal

blueprint = Blueprint("case_history", __name__, url_prefix="/history")

NEWEST = 50  # times that a number was shown


@blueprint.get("")
@role_needed(Role.AUDITOR, Role.COORDINATOR)
def start() -> str | tuple[str, int]:
    """Find a case by its number; and the newest times that somebody saw a citizen's number."""
    services, account = current_services(), signed_in()
    wanted = "".join(request.args.get("number", "").split())
    with services.database.read() as tx:
        if wanted and (lines := _of_case(tx, account.scope, wanted)) is not None:
            timezone = timezone_of(tx, account.organisation_id)
            return render_template(
                "history/case.html", number=wanted, lines=lines, now=services.clock(), timezone=timezone
            )
        shown = _shown(tx, account.scope)
        timezone = timezone_of(tx, account.organisation_id)
    page = render_template(
        "history/start.html", shown=shown, wanted=wanted, now=services.clock(), timezone=timezone
    )
    return (page, 404) if wanted else page


@blueprint.get("/<int:number>")
@role_needed(Role.AUDITOR, Role.COORDINATOR)
def case(number: int) -> str:
    """All that happened to one case, oldest first."""
    services, account = current_services(), signed_in()
    with services.database.read() as tx:
        lines = _of_case(tx, account.scope, str(number))
        timezone = timezone_of(tx, account.organisation_id)
    if lines is None:
        abort(404)
    return render_template("history/case.html", number=number, lines=lines, now=services.clock(), timezone=timezone)


def _of_case(tx: Connection, scope: Scope, number: str) -> list[Happening] | None:
    """The case's lines in words; None for a number outside the scope."""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    found = tx.execute(
        select(cases.c.id, services_table.c.country)
        .join(services_table, services_table.c.id == cases.c.service_id)
        .where(cases.c.organisation_id == scope.organisation_id, cases.c.number == int(number))
    ).first()
    if found is None:
        return None
    rows = tx.execute(
        select(journal, accounts.c.name)
        .outerjoin(accounts, accounts.c.id == journal.c.account_id)
        .where(journal.c.case_id == found.id, journal.c.organisation_id == scope.organisation_id)
        .order_by(journal.c.id)
    )
    told = (from_journal(row, number=int(number), country=found.country) for row in rows)
    return [one for one in told if one is not None]


def _shown(tx: Connection, scope: Scope) -> list[tuple[Happening, int]]:
    """The newest times that a number was shown, each with its case."""
    rows = tx.execute(
        select(journal, accounts.c.name, cases.c.number)
        .join(cases, cases.c.id == journal.c.case_id)
        .outerjoin(accounts, accounts.c.id == journal.c.account_id)
        .where(journal.c.organisation_id == scope.organisation_id, journal.c.what == "number_shown")
        .order_by(journal.c.id.desc())
        .limit(NEWEST)
    )
    told = ((from_journal(row, number=row.number, country=""), int(row.number)) for row in rows)
    return [(line, number) for line, number in told if line is not None]
