"""The counters that people are sent to, for coordinators: found by town, switched off, renewed from a list."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from sms_gateway.counters import importing, towns
from sms_gateway.counters.importing import Plan
from sms_gateway.counters.refusals import Cause, ListError
from sms_gateway.errors import NotFound
from sms_gateway.store import counter_lists, journal
from sms_gateway.store import counters as stored
from sms_gateway.store.counters import Counter
from sms_gateway.store.tables import Role
from sms_gateway.store.tables import services as services_table
from sms_gateway.web import counter_words
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.gates import role_needed
from sms_gateway.web.words import _

blueprint = Blueprint("desk_counters", __name__, url_prefix="/desk/counters")

HAND_IN = "desk_counters.hand_in"
LARGEST = 4_000_000  # bytes of a list on a page: the whole country's has about one million
SHOWN = 50  # of a page, and of each part of a preview
LONGEST_WORDS = 80


@dataclass(frozen=True)
class Line:
    """One counter of the table. `missing`: why nobody is sent there although it is on."""

    counter: Counter
    does: str
    missing: str


@blueprint.get("")
@role_needed(Role.COORDINATOR)
def table() -> str:
    """Every counter, or those that some words name; which are off, and which nobody is sent to."""
    words = request.args.get("words", "").strip()[:LONGEST_WORDS]
    first = _first()
    with current_services().database.read() as tx:
        known = stored.of_organisation(tx, signed_in().organisation_id)
        country = _country(tx)
    found = towns.search(known, words)
    lines = [
        Line(one, counter_words.what_it_does(one, country), counter_words.missing(one))
        for one in found[first : first + SHOWN]
    ]
    return render_template(
        "desk/counters.html", lines=lines, found=len(found), known=len(known), words=words, first=first, shown=SHOWN
    )


@blueprint.post("/switch")
@role_needed(Role.COORDINATOR)
def switch() -> Response:
    """Switch a counter off, at once and whatever lists say later, or on again."""
    services, account = current_services(), signed_in()
    source_id, on, now = request.form.get("counter", ""), request.form.get("act") == "on", services.clock()
    with services.database.write() as tx:
        known = {one.source_id: one for one in stored.of_organisation(tx, account.organisation_id)}
        if source_id not in known:
            raise NotFound("There is no such counter.")
        if stored.switch(tx, account.organisation_id, source_id, on=on, now=now):
            what = "counter_switched_on" if on else "counter_switched_off"
            journal.record(tx, account.organisation_id, what, now=now, account_id=account.id, counter=source_id)
    name = known[source_id].name
    flash(_("%(name)s is told to people again.", name=name) if on else _("Nobody is sent to %(name)s.", name=name))
    words = request.form.get("words", "")[:LONGEST_WORDS]
    return redirect(url_for("desk_counters.table", words=words or None, first=_first() or None), code=303)


@blueprint.get("/list")
@role_needed(Role.COORDINATOR)
def list_page() -> str:
    """Hand in a list of counters: what it needs, and a field for the file."""
    return render_template("desk/counters_list.html", refused="")


@blueprint.post("/list")
@role_needed(Role.COORDINATOR)
def hand_in() -> Response | tuple[str, int]:
    """Take a file; nothing changes before what it would change was read."""
    services, account = current_services(), signed_in()
    content = b""
    if file := request.files.get("file"):
        content = file.read(LARGEST + 1)
        file.close()
    if not content:
        return _refused(_("Choose a file first."))
    if len(content) > LARGEST:
        return _refused(counter_words.said(ListError(Cause.TOO_LARGE, most=str(LARGEST // 1_000_000))))
    whole, now = request.form.get("whole") == "yes", services.clock()
    try:
        with services.database.read() as tx:
            importing.compare(tx, account.organisation_id, content, whole=whole)
        with services.database.write() as tx:
            list_id = counter_lists.put(tx, account.organisation_id, account.id, content, whole=whole, now=now)
    except ListError as wrong:
        return _refused(counter_words.said(wrong))
    return redirect(url_for("desk_counters.preview", list_id=list_id), code=303)


@blueprint.get("/list/<int:list_id>")
@role_needed(Role.COORDINATOR)
def preview(list_id: int) -> str | Response:
    """What a list would change: new, changed, gone, and the lines that are left out, each with its reason."""
    account = signed_in()
    with current_services().database.read() as tx:
        handed = counter_lists.find(tx, account.organisation_id, list_id)
        if handed is None:
            flash(_("This list was kept already, or a newer one took its place."), "late")
            return redirect(url_for("desk_counters.table"), code=303)
        plan = importing.compare(tx, account.organisation_id, handed.content, whole=handed.whole)
    return render_template(
        "desk/counters_preview.html",
        list_id=list_id,
        plan=plan,
        whole=handed.whole,
        changed=[(one.after, counter_words.differences(one.before, one.after)) for one in plan.changed[:SHOWN]],
        refused=[(one.line, counter_words.said(one)) for one in plan.refused[:SHOWN]],
        topics=plan.unknown_topics,
        shown=SHOWN,
        changes=len(plan.new) + len(plan.changed) + len(plan.gone),
    )


@blueprint.post("/list/<int:list_id>")
@role_needed(Role.COORDINATOR)
def keep(list_id: int) -> Response:
    """Keep a list; compared anew, for somebody may have switched a counter off meanwhile."""
    services, account = current_services(), signed_in()
    now, plan = services.clock(), None
    with services.database.write() as tx:
        handed = counter_lists.find(tx, account.organisation_id, list_id)
        if handed is not None:
            plan = importing.compare(tx, account.organisation_id, handed.content, whole=handed.whole)
            importing.keep(tx, account.organisation_id, plan, now=now)
            counter_lists.drop(tx, account.organisation_id)
            _journal(tx, plan)
    if plan is None:
        flash(_("This list was kept already, or a newer one took its place."), "late")
    else:
        flash(
            _(
                "The list is kept: %(new)s new, %(changed)s changed, %(gone)s switched off.",
                new=len(plan.new),
                changed=len(plan.changed),
                gone=len(plan.gone),
            )
        )
    return redirect(url_for("desk_counters.table"), code=303)


def _journal(tx: Connection, plan: Plan) -> None:
    account = signed_in()
    journal.record(
        tx,
        account.organisation_id,
        "counters_imported",
        now=current_services().clock(),
        account_id=account.id,
        new=len(plan.new),
        changed=len(plan.changed),
        switched_off=len(plan.gone),
        refused=len(plan.refused),
    )


def _refused(words: str) -> tuple[str, int]:
    return render_template("desk/counters_list.html", refused=words), 422


def _country(tx: Connection) -> str:
    """Of the organisation's first service: topics are called as its pack calls them."""
    query = select(services_table.c.country).where(
        services_table.c.organisation_id == signed_in().organisation_id
    )
    return str(tx.execute(query.order_by(services_table.c.id).limit(1)).scalar() or "")


def _first() -> int:
    """The first counter of the page that is asked for."""
    first = request.values.get("first", "")
    return int(first) if first.isascii() and first.isdigit() and len(first) < 6 else 0
