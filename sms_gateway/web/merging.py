"""The page that makes two cases one: both of them side by side, which one stays, and one button."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sms_gateway.cases import desk
from sms_gateway.errors import NotAllowed, NotFound
from sms_gateway.store.tables import EntryKind, Role
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.case_words import ShownLine, shown_view
from sms_gateway.web.gates import role_needed
from sms_gateway.web.words import _

blueprint = Blueprint("merging", __name__, url_prefix="/inbox")

LAST_TEXTS = 3  # of each case, shown to be compared


@blueprint.get("/<int:number>/same")
@role_needed(Role.VOLUNTEER, Role.COORDINATOR)
def preview(number: int) -> str | Response:
    """The case that would end and the one that would stay, by pseudonyms, with what was written last in each."""
    into = _number(request.args.get("into", ""))
    try:
        both = [_shown(each) for each in (number, into)]
    except NotFound:
        flash(_("There is no such case that you may read."), "late")
        return redirect(url_for("inbox.case", number=number), code=303)
    views = [view for view, _line in both]
    return render_template(
        "inbox/same.html",
        both=both,
        texts=[[one for one in view.thread if one.kind is EntryKind.CITIZEN][-LAST_TEXTS:] for view in views],
        may=number != into and all(view.may_merge for view in views),
        account=signed_in(),
        now=current_services().clock(),
    )


@blueprint.post("/<int:number>/same")
@role_needed(Role.VOLUNTEER, Role.COORDINATOR)
def merge(number: int) -> Response:
    """The case goes into the other one."""
    into = _number(request.form.get("into", ""))
    services = current_services()
    try:
        why = desk.merge_into(services, signed_in().scope, number, into=into, now=services.clock())
    except (NotFound, NotAllowed):
        flash(_("These two can’t become one: both must be of one service, and open to you."), "late")
        return redirect(url_for("inbox.case", number=number), code=303)
    if why is not None:
        flash(_("One of them is closed by now. Nothing has changed."), "late")
        return redirect(url_for("inbox.case", number=number), code=303)
    flash(_("Case %(n)s went into case %(into)s.", n=number, into=into))
    return redirect(url_for("inbox.case", number=into), code=303)


def _shown(number: int) -> tuple[desk.CaseView, ShownLine]:
    """A case whose words this account may read. Raises NotFound for every other one."""
    services, account = current_services(), signed_in()
    with services.database.read() as tx:
        view = desk.case_view(tx, services, account.scope, number, services.clock())
        shown = shown_view(tx, view)
    if account.role is not Role.COORDINATOR and not view.line.is_mine:
        raise NotFound(f"There is no case {number} of yours.")
    return view, shown


def _number(given: str) -> int:
    return int(given) if given.isdigit() and len(given) < 10 else 0
