"""The coordinators' page of answers that wait to be read: let one go, or give it back with a word."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sms_gateway.cases import desk
from sms_gateway.store.tables import HeldState, Role
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.case_words import timezone_of, topic_name
from sms_gateway.web.gates import role_needed
from sms_gateway.web.held_words import why_read
from sms_gateway.web.words import _

blueprint = Blueprint("desk_held", __name__, url_prefix="/desk/answers")


@blueprint.get("")
@role_needed(Role.COORDINATOR)
def every() -> str:
    """Every answer that waits: danger first, then whatever has waited longest."""
    services, account = current_services(), signed_in()
    now = services.clock()
    with services.database.read() as tx:
        waiting = desk.held_answers(tx, services, account.scope, now)
        timezone = timezone_of(tx, account.organisation_id)
    shown = [
        (one, topic_name(one.country, one.topic, discreet=one.discreet), why_read(one.held.reasons)) for one in waiting
    ]
    return render_template("desk/held.html", account=account, shown=shown, timezone=timezone, now=now)


@blueprint.post("/<int:held_id>")
@role_needed(Role.COORDINATOR)
def act(held_id: int) -> Response:
    """Let an answer leave, give it back, or say that it was read: by the button that was pressed."""
    services, scope = current_services(), signed_in().scope
    now, pressed = services.clock(), request.form.get("act")
    if pressed == "go":
        _say(desk.let_go(services, scope, held_id, now=now))
    elif pressed == "back":
        _say(desk.give_back(services, scope, held_id, words=request.form.get("words", ""), now=now))
    elif pressed == "read":
        desk.mark_read(services, scope, held_id, now=now)
    else:
        abort(400)
    return redirect(url_for("desk_held.every"), code=303)


def _say(became: HeldState) -> None:
    """What became of an answer, whoever decided it."""
    if became is HeldState.GIVEN_BACK:
        flash(_("The answer is with its writer again."))
    elif became is HeldState.DRAFT:
        flash(_("It did not leave: somebody else has this case now. It is kept as a draft."), "late")
    elif became is HeldState.TAKEN_BACK:
        flash(_("Its writer has just taken it back to change it."), "late")
    else:
        flash(_("The answer leaves now."))
