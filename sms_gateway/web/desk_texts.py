"""What volunteers paid in texts, for the coordinator who pays them back: a table, and the same as a file."""

import csv
import io

from flask import Blueprint, Response, render_template

from sms_gateway.store import volunteer_texts
from sms_gateway.store.tables import Role
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.gates import role_needed
from sms_gateway.web.words import _

blueprint = Blueprint("desk_texts", __name__, url_prefix="/desk/texts")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute a name that begins so


@blueprint.get("")
@role_needed(Role.COORDINATOR)
def table() -> str:
    """Each volunteer's texts and parts, month by month, the newest first."""
    return render_template("desk/texts.html", months=_months())


@blueprint.get("/csv")
@role_needed(Role.COORDINATOR)
def as_csv() -> Response:
    """The same as CSV: month, name, texts, parts; UTF-8 with a mark, as spreadsheets want it."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow((_("Month"), _("Name"), _("Texts"), _("Parts")))
    for one in _months():
        name = f"'{one.name}" if one.name.startswith(_FORMULA) else one.name
        rows.writerow((one.month, name, one.texts, one.parts))
    headers = {"Content-Disposition": 'attachment; filename="texts.csv"'}
    return Response("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _months() -> list[volunteer_texts.Month]:
    with current_services().database.read() as tx:
        return volunteer_texts.months(tx, signed_in().scope)
