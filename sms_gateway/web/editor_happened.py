"""What happened to the procedures, in words: the journal's lines about drafts and versions, the newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import Connection, Row, select

from sms_gateway.flow_versions import overview
from sms_gateway.flow_versions.overview import FlowLine
from sms_gateway.store.tables import Role, accounts, journal
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.case_words import name_of, timezone_of
from sms_gateway.web.editor_publishing import whole_number
from sms_gateway.web.gates import role_needed
from sms_gateway.web.words import _, ngettext

blueprint = Blueprint("happened", __name__, url_prefix="/editor/happened")

A_PAGE = 40
TOLD = (
    "draft_begun",
    "draft_changed",
    "draft_discarded",
    "library_offered",
    "version_published",
    "version_rolled_back",
    "version_withdrawn",
    "left_withdrawn",
    "versions_forgotten",
)
MANY = frozenset({"draft_changed", "left_withdrawn"})  # such lines one after the other are told as one


@dataclass(frozen=True)
class Line:
    """One thing that happened: when, the sentence, and the procedure with its page."""

    at: datetime
    words: str
    title: str
    language: str
    href: str


@blueprint.get("")
@role_needed(Role.EDITOR)
def start() -> str:
    """A page of the list; `before` is the line that it goes on from."""
    services, account = current_services(), signed_in()
    before = whole_number(request.args.get("before", ""))
    with services.database.read() as tx:
        rows = _rows(tx, account.organisation_id, before)
        timezone = timezone_of(tx, account.organisation_id)
        flows = {(one.country, one.code): one for one in overview.flows_of(tx, account.scope)} if rows else {}
    return render_template(
        "editor/happened.html",
        lines=[_line(list(same), flows) for _same, same in groupby(rows[:A_PAGE], key=_alike)],
        older=rows[A_PAGE - 1].id if len(rows) > A_PAGE else None,
        page_from=before > 0,
        now=services.clock(),
        timezone=timezone,
    )


def _rows(tx: Connection, organisation_id: int, before: int) -> list[Row[Any]]:
    """One more than a page has, so that it knows whether another one follows."""
    query = (
        select(journal.c.id, journal.c.at, journal.c.what, journal.c.detail, accounts.c.name)
        .outerjoin(accounts, accounts.c.id == journal.c.account_id)
        .where(journal.c.organisation_id == organisation_id, journal.c.what.in_(TOLD))
        .order_by(journal.c.id.desc())
        .limit(A_PAGE + 1)
    )
    return list(tx.execute(query.where(journal.c.id < before) if before > 0 else query))


def _alike(row: Row[Any]) -> tuple[object, ...]:
    """Changes that somebody makes to one draft one after the other are one line, like the people who leave a version.

    Anything else is a line of its own.
    """
    detail = row.detail or {}
    one = 0 if row.what in MANY else row.id
    return row.what, row.name, detail.get("country"), detail.get("flow"), one


def _line(same: list[Row[Any]], flows: Mapping[tuple[str, str], FlowLine]) -> Line:
    row, times = same[0], len(same)
    detail = row.detail or {}
    country, code = str(detail.get("country", "")), str(detail.get("flow", ""))
    name, number = row.name or _("Guichet"), detail.get("number", "")
    sentences = {
        "draft_begun": _("%(name)s begins a draft.", name=name),
        "draft_changed": ngettext("%(name)s changes the draft.", "%(name)s changes the draft %(n)s times.", times,
                                  name=name),
        "draft_discarded": _("%(name)s discards the draft.", name=name),
        "library_offered": _("A new version of Guichet comes as a draft."),
        "version_published": _("%(name)s publishes version %(n)s.", name=name, n=number),
        "version_rolled_back": _("%(name)s goes back to version %(n)s.", name=name, n=number),
        "version_withdrawn": _("%(name)s withdraws version %(n)s.", name=name, n=number),
        "left_withdrawn": ngettext("%(n)s person was in a withdrawn version: their case is opened.",
                                   "%(n)s people were in a withdrawn version: their cases are opened.", times),
        "versions_forgotten": ngettext("Guichet deletes %(n)s old version, that nobody is in.",
                                       "Guichet deletes %(n)s old versions, that nobody is in.",
                                       whole_number(str(detail.get("count", "")))),
    }  # fmt: skip
    href = url_for("editor.flow", country=country, code=code) if country and code else ""
    flow = flows.get((country, code))
    title = flow.title if flow else name_of(country, code) if href else ""
    return Line(row.at, sentences[row.what], title, flow.language if flow else "", href)
