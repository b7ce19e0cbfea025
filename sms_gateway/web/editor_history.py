"""The versions of a procedure: who published which and why, who is still in it; the way back, and taking one away."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sms_gateway.errors import NotFound
from sms_gateway.flow_versions import overview, publishing
from sms_gateway.flow_versions.overview import Version
from sms_gateway.store.tables import Role, VersionState
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.case_words import timezone_of
from sms_gateway.web.editor_changes import told
from sms_gateway.web.editor_flow import load
from sms_gateway.web.editor_publishing import LONGEST_REASON, before_of, versions_of, whole_number
from sms_gateway.web.gates import role_needed
from sms_gateway.web.words import _

blueprint = Blueprint("history", __name__, url_prefix="/editor/<country>/<code>/history")

Answer = str | Response | tuple[str, int]


@blueprint.get("")
@role_needed(Role.EDITOR)
def every(country: str, code: str) -> str:
    """Every version, the newest first."""
    one = load(country, code)
    return render_template("editor/history.html", flow=one, tab="history", versions=versions_of(one), **_hours())


@blueprint.get("/<int:version_id>")
@role_needed(Role.EDITOR)
def version(country: str, code: str, version_id: int) -> str:
    """One version: what it changed against the one before, and the way back to it with a reason."""
    one = load(country, code)
    versions = versions_of(one)
    chosen = _named(versions, version_id)
    older = next((each for each in versions if (each.number or 0) < (chosen.number or 0)), None)
    services, account = current_services(), signed_in()
    with services.database.read() as tx:
        content, was = (
            overview.content_of(tx, account.scope, country, code, each.id) if each else None for each in (chosen, older)
        )
    changes = told(was, content, replace(one, content=content).place) if was and content else None
    return render_template(
        "editor/version.html",
        flow=one,
        version=chosen,
        older=older,
        changes=changes,
        live=_live(versions),
        longest=LONGEST_REASON,
        **_hours(),
    )


@blueprint.post("/<int:version_id>/live")
@role_needed(Role.EDITOR)
def roll_back(country: str, code: str, version_id: int) -> Response:
    """Make an older version live again, at once; whoever is in the other one ends on it."""
    one = load(country, code)
    chosen = _named(versions_of(one), version_id)
    onward = redirect(url_for("history.every", country=country, code=code), code=303)
    if chosen.state is VersionState.PUBLISHED:
        flash(_("Version %(n)s is live already.", n=chosen.number))
        return onward
    reason = _reason() or _("Went back to version %(n)s.", n=chosen.number)
    done = publishing.roll_back(
        current_services(), signed_in().scope, country, code, version_id=version_id, reason=reason
    )
    if isinstance(done, publishing.NotYet):
        flash(_("Version %(n)s can’t be live again: it was withdrawn, or another one came meanwhile.", n=chosen.number),
              "late")  # fmt: skip
        return onward
    flash(_("Version %(n)s is live again. Whoever begins now is on it.", n=chosen.number))
    return onward


@blueprint.route("/<int:version_id>/withdraw", methods=["GET", "POST"])
@role_needed(Role.EDITOR)
def withdraw(country: str, code: str, version_id: int) -> Answer:
    """Take a version away from everybody: ask once more, say exactly what will happen, then do it."""
    one = load(country, code)
    versions = versions_of(one)
    chosen = _named(versions, version_id)
    if chosen.state is VersionState.WITHDRAWN:
        flash(_("Version %(n)s is withdrawn already.", n=chosen.number))
        return redirect(url_for("history.every", country=country, code=code), code=303)
    live = chosen.state is VersionState.PUBLISHED
    others = [each for each in versions if each.id != chosen.id and each.state is VersionState.RETIRED]
    wanted = request.form.get("back_to", "")
    wrong = _wrong(wanted, live, {str(each.id) for each in others}) if request.method == "POST" else {}
    if request.method == "GET" or wrong:
        page = render_template(
            "editor/withdraw.html",
            flow=one,
            version=chosen,
            others=others if live else [],
            before=before_of(versions, chosen),
            is_live=live,
            wanted=wanted,
            reason=_reason(),
            wrong=wrong,
            longest=LONGEST_REASON,
            **_hours(),
        )
        return (page, 422) if wrong else page
    done = publishing.withdraw(
        current_services(), signed_in().scope, country, code, version_id=version_id, reason=_reason(),
        back_to=whole_number(wanted) if wanted.isdecimal() else None,
    )  # fmt: skip
    if isinstance(done, publishing.NotYet):
        flash(_("Nothing is withdrawn: the versions have changed meanwhile. Choose again."), "late")
        return redirect(url_for("history.withdraw", country=country, code=code, version_id=version_id), code=303)
    flash(_("Version %(n)s is withdrawn. A person answers everybody who was in it.", n=chosen.number))
    return redirect(url_for("history.every", country=country, code=code), code=303)


def _wrong(wanted: str, live: bool, others: set[str]) -> dict[str, str]:
    """What a form to withdraw lacks, by field."""
    wrong = {}
    if live and wanted != "none" and wanted not in others:
        wrong["back_to"] = _("Choose what people begin on from now on.")
    if not _reason():
        wrong["reason"] = _("Say why, in a few words: whoever comes next reads it.")
    return wrong


def _reason() -> str:
    return " ".join(request.form.get("reason", "").split())[:LONGEST_REASON]


def _named(versions: list[Version], version_id: int) -> Version:
    found = [each for each in versions if each.id == version_id]
    if not found:
        raise NotFound("There is no such version.")
    return found[0]


def _live(versions: list[Version]) -> Version | None:
    return next((each for each in versions if each.state is VersionState.PUBLISHED), None)


def _hours() -> dict[str, object]:
    """What dates need: now, and the hours of the team."""
    services = current_services()
    with services.database.read() as tx:
        timezone = timezone_of(tx, signed_in().organisation_id)
    return {"now": services.clock(), "timezone": timezone}
