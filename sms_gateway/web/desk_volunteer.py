"""One volunteer's page for a coordinator: what they take on, how much of it, and at which hours they are left alone."""

from collections import Counter
from datetime import time

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovTextInput
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField, StringField

from flows import packaged
from flows.reader.folding import strip_accents
from sms_gateway.cases import volunteering
from sms_gateway.cases.volunteering import MOST_A_DAY, MOST_AT_A_TIME, MOST_READ, Work
from sms_gateway.store.tables import Role, organisations
from sms_gateway.store.tables import services as services_table
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.case_words import topic_name
from sms_gateway.web.countries import country_name, language_name
from sms_gateway.web.gates import role_needed
from sms_gateway.web.words import _

blueprint = Blueprint("desk_volunteer", __name__, url_prefix="/desk/volunteers")


class WorkForm(FlaskForm):  # type: ignore[misc]
    """What a volunteer takes on, as fields."""

    languages = SelectMultipleField(widget=GovCheckboxesInput())
    topics = SelectMultipleField(widget=GovCheckboxesInput())
    training = SelectMultipleField(widget=GovCheckboxesInput())
    regions = StringField(widget=GovTextInput())
    capacity = StringField(widget=GovTextInput())
    cases_a_day = StringField(widget=GovTextInput())
    quiet_from = StringField(widget=GovTextInput())
    quiet_to = StringField(widget=GovTextInput())
    review_left = StringField(widget=GovTextInput())


@blueprint.route("/<int:account_id>/work", methods=["GET", "POST"])
@role_needed(Role.COORDINATOR)
def work(account_id: int) -> str | Response | tuple[str, int]:
    """Read, or set, what a volunteer takes on; it holds from the next offer on."""
    services, account = current_services(), signed_in()
    with services.database.read() as tx:
        name, now_set = volunteering.work_of(tx, account.scope, account_id)
        form = _form(tx, account.organisation_id, now_set)
    if request.method == "GET":
        return render_template("desk/work.html", form=form, name=name)
    wanted, refused = _read(form)
    if wanted is None:
        getattr(form, refused[0]).errors = [refused[1]]
        return render_template("desk/work.html", form=form, name=name, refused=refused), 422
    with services.database.write() as tx:
        volunteering.set_work(tx, account.scope, account_id, wanted, now=services.clock())
    flash(_("What %(name)s takes on is changed. It holds from the next offer on.", name=name))
    return redirect(url_for("desk.volunteers"), code=303)


def _form(tx: Connection, organisation_id: int, work: Work) -> WorkForm:
    spoken, topics = _choices(tx, organisation_id)
    trained = tx.execute(select(organisations.c.trained_topics).where(organisations.c.id == organisation_id)).scalar()
    form = WorkForm(
        data={
            "languages": list(work.languages or spoken),
            "topics": list(work.topics or topics),
            "training": list(work.training),
            "regions": ", ".join(work.regions),
            "capacity": str(work.capacity),
            "cases_a_day": "" if work.cases_a_day is None else str(work.cases_a_day),
            "quiet_from": _clock(work.quiet_from),
            "quiet_to": _clock(work.quiet_to),
            "review_left": str(work.review_left),
        }
    )
    form.languages.choices = [(code, language_name(code)) for code in spoken]
    form.topics.choices = list(topics.items())
    form.training.choices = [(topic, topics.get(topic, topic)) for topic in trained or ()]
    _label(form)
    return form


def _label(form: WorkForm) -> None:
    form.languages.label.text = _("Languages that they answer in")
    form.topics.label.text = _("Topics that they answer")
    form.languages.description = _("None ticked: all of them.")
    form.topics.description = _("None ticked: all of them.")
    form.training.label.text = _("Topics that they trained for")
    form.training.description = _("Only who trained for one of these is asked about it.")
    form.regions.label.text = _("Regions that they know")
    form.regions.description = _("A comma between two. Empty: all of them.")
    form.capacity.label.text = _("Cases at a time on the web")
    form.capacity.description = _("By text it is one at a time.")
    form.cases_a_day.label.text = _("Cases a day, at most")
    form.cases_a_day.description = _("Empty: no limit.")
    form.quiet_from.label.text = _("Leave them alone from")
    form.quiet_from.description = _("Such as 21:00. Not even danger wakes them: others are asked.")
    form.quiet_to.label.text = _("Until")
    form.quiet_to.description = _("Such as 08:00. Empty, both: asked at every hour of the counter.")
    form.review_left.label.text = _("Answers that you read first")
    form.review_left.description = _("Each one that you let go counts one down. 0: they leave without you.")


def _choices(tx: Connection, organisation_id: int) -> tuple[list[str], dict[str, str]]:
    """The languages and the topics of all the organisation's services."""
    rows = tx.execute(
        select(services_table.c.languages, services_table.c.country)
        .where(services_table.c.organisation_id == organisation_id)
        .order_by(services_table.c.id)
    ).all()
    countries: dict[str, list[str]] = {}  # of a topic, the first service's country first
    for row in rows:
        for topic in packaged.pack(row.country).topics:
            countries.setdefault(topic, []).append(row.country)
    names = {topic: topic_name(among[0], topic, discreet=False) for topic, among in countries.items()}
    alike = Counter(names.values())
    topics = {
        topic: name if alike[name] == 1 else f"{name} ({_joined(countries[topic])})" for topic, name in names.items()
    }
    spoken = sorted({language for row in rows for language in row.languages})
    return spoken, dict(sorted(topics.items(), key=lambda topic: strip_accents(topic[1])))


def _joined(countries: list[str]) -> str:
    return ", ".join(dict.fromkeys(country_name(one, one) for one in countries))


def _read(form: WorkForm) -> tuple[Work | None, tuple[str, str]]:
    """What the form says; else None, and which field is wrong, with the way to mend it."""
    capacity, cases_a_day = _count(form.capacity.data, MOST_AT_A_TIME), _count(form.cases_a_day.data, MOST_A_DAY)
    if capacity is None:
        return None, ("capacity", _("Write a number from 1 to %(most)s.", most=MOST_AT_A_TIME))
    if cases_a_day is None and (form.cases_a_day.data or "").strip():
        return None, ("cases_a_day", _("Write a number from 1 to %(most)s, or nothing.", most=MOST_A_DAY))
    review_left = 0 if (form.review_left.data or "0").strip() == "0" else _count(form.review_left.data, MOST_READ)
    if review_left is None:
        return None, ("review_left", _("Write a number from 0 to %(most)s.", most=MOST_READ))
    hours: dict[str, int | None] = {}
    for field in ("quiet_from", "quiet_to"):
        written = (getattr(form, field).data or "").strip()
        hours[field] = _minute(written)
        if hours[field] is None and written:
            return None, (field, _("Write an hour such as 21:00, or nothing."))
    if (hours["quiet_from"] is None) is not (hours["quiet_to"] is None):
        missing = "quiet_from" if hours["quiet_from"] is None else "quiet_to"
        return None, (missing, _("Write both hours, or neither."))
    return Work(
        languages=volunteering.listed(form.languages.data or [], [code for code, _name in form.languages.choices]),
        topics=volunteering.listed(form.topics.data or [], [code for code, _name in form.topics.choices]),
        regions=volunteering.split_regions(form.regions.data or ""),
        training=tuple(one for one, _name in form.training.choices if one in (form.training.data or [])),
        capacity=capacity,
        cases_a_day=cases_a_day,
        quiet_from=hours["quiet_from"],
        quiet_to=hours["quiet_to"],
        review_left=review_left,
    ), ("", "")


def _count(written: str | None, most: int) -> int | None:
    text = (written or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= most else None


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"


def _minute(written: str) -> int | None:
    """21:00, 21h, 21h30 or 21 as a minute of the day."""
    hour, _mark, minute = written.replace("h", ":").replace("H", ":").partition(":")
    try:
        at = time(int(hour), int(minute or 0))
    except (ValueError, OverflowError):
        return None
    return at.hour * 60 + at.minute
