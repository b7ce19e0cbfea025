"""The coordinators' pages: who waits longest, who has whom, who has room; give, move, pause, add a volunteer."""

import secrets
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovTextInput
from sqlalchemy import Connection, select, update
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField, StringField

from sms_gateway.cases import desk
from sms_gateway.errors import AlreadyTaken, GuichetError, NotAllowed, NotFound
from sms_gateway.store import journal
from sms_gateway.store.tables import Role, accounts, organisations
from sms_gateway.store.tables import services as services_table
from sms_gateway.web import accounts as web_accounts
from sms_gateway.web import login_sessions
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.asked_volunteers import asked_lines
from sms_gateway.web.care_words import said_of_them
from sms_gateway.web.case_words import ShownLine, shown_lines, shown_view, timezone_of
from sms_gateway.web.countries import language_name
from sms_gateway.web.gates import role_needed
from sms_gateway.web.words import _, current_language

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

PAUSE = timedelta(hours=2)
AT_RISK = timedelta(minutes=20)
SHOWN_FIRST = 25


class VolunteerForm(FlaskForm):  # type: ignore[misc]
    """What makes a volunteer."""

    name = StringField(widget=GovTextInput())
    login = StringField(widget=GovTextInput())
    phone = StringField(widget=GovTextInput())
    languages = SelectMultipleField(widget=GovCheckboxesInput())


@blueprint.get("")
@role_needed(Role.COORDINATOR)
def start() -> str:
    """Who waits, since when, who has them, until when they were promised an answer; and who has room."""
    services, account = current_services(), signed_in()
    now = services.clock()
    with services.database.read() as tx:
        view = desk.desk_view(tx, account.scope, now)
        lines = shown_lines(tx, account.organisation_id, (*view.waiting, *view.taken))
        team = desk.volunteers(tx, account.scope, now)
        timezone = timezone_of(tx, account.organisation_id)
        held = desk.held_answers(tx, services, account.scope, now)
        weary = desk.to_ask(tx, account.scope, now)
    waiting = sorted((one for one in lines if one.case.since), key=_longest_first)
    broken = [one for one in waiting if one.case.promised_by and one.case.promised_by <= now]
    risky = [one for one in waiting if one.case.promised_by and now < one.case.promised_by <= now + AT_RISK]
    return render_template(
        "desk/start.html",
        account=account,
        lines=waiting if request.args.get("all") else waiting[:SHOWN_FIRST],
        answered=[one for one in lines if not one.case.since],
        waiting=waiting,
        broken=broken,
        risky=risky,
        safe=len(waiting) - len(broken) - len(risky),
        unowned=sum(1 for one in waiting if one.case.owner is None),
        team=_answering(team),
        held=held,
        weary=[(one, said_of_them(one.why)) for one in weary],
        timezone=timezone,
        now=now,
    )


@blueprint.get("/give/<int:number>")
@role_needed(Role.COORDINATOR)
def give_page(number: int) -> str:
    """Choose who answers a case."""
    services, account = current_services(), signed_in()
    now = services.clock()
    with services.database.read() as tx:
        view = desk.case_view(tx, services, account.scope, number, now)
        shown = shown_view(tx, view)
        team = desk.volunteers(tx, account.scope, now)
        timezone = timezone_of(tx, account.organisation_id)
    return render_template(
        "desk/give.html",
        view=view,
        shown=shown,
        team=_answering(team),
        asked=asked_lines(view, topic=shown.topic),
        account=account,
        now=now,
        timezone=timezone,
    )


@blueprint.post("/give/<int:number>")
@role_needed(Role.COORDINATOR)
def give(number: int) -> Response:
    """Give a case to somebody, to oneself, or back to everybody."""
    services, account = current_services(), signed_in()
    chosen = request.form.get("to", "")
    if not chosen:
        flash(_("Choose somebody first."), "late")
        return redirect(url_for("desk.give_page", number=number), code=303)
    to_account = int(chosen) if chosen.isdigit() and len(chosen) < 10 else None
    try:
        desk.reassign(services, account.scope, number, to_account=to_account, now=services.clock())
        flash(_("Case %(n)s has changed hands.", n=number) if to_account else _("Somebody else is asked."))
    except (NotAllowed, NotFound):
        flash(_("Case %(n)s could not be given: it is closed, or this account is.", n=number), "late")
    if to_account == account.id:
        return redirect(url_for("inbox.case", number=number), code=303)
    return redirect(url_for("desk.start"), code=303)


@blueprint.get("/volunteers")
@role_needed(Role.COORDINATOR)
def volunteers() -> str:
    """The team: who has how many cases, who is on pause."""
    services, account = current_services(), signed_in()
    now = services.clock()
    with services.database.read() as tx:
        team = desk.volunteers(tx, account.scope, now)
        timezone = timezone_of(tx, account.organisation_id)
    return render_template("desk/volunteers.html", account=account, team=_answering(team), now=now, timezone=timezone)


@blueprint.get("/volunteers/<int:account_id>/close")
@role_needed(Role.COORDINATOR)
def close_page(account_id: int) -> str:
    """Ask once more before an account is closed."""
    services, account = current_services(), signed_in()
    own = (accounts.c.organisation_id == account.organisation_id) & (accounts.c.role == Role.VOLUNTEER)
    with services.database.read() as tx:
        name = tx.execute(select(accounts.c.name).where(accounts.c.id == account_id, own)).scalar()
    if name is None:
        raise NotFound("There is no such volunteer.")
    return render_template("desk/close.html", account=account, account_id=account_id, name=name)


@blueprint.post("/volunteers/<int:account_id>")
@role_needed(Role.COORDINATOR)
def change_volunteer(account_id: int) -> Response:
    """Pause somebody, end a pause, say that one asked how they are; or close an account: its cases go back."""
    services, account = current_services(), signed_in()
    now, act = services.clock(), request.form.get("act")
    if act in {"pause", "back"}:
        until = now + PAUSE if act == "pause" else None
        desk.pause(services, account.scope, account_id, until=until, now=now)
    elif act == "asked":
        desk.asked(services, account.scope, account_id, now=now)
        flash(_("Thank you for asking."))
        return redirect(url_for("desk.start"), code=303)
    elif act == "close":
        _close(account_id)
    return redirect(url_for("desk.volunteers"), code=303)


@blueprint.route("/volunteers/new", methods=["GET", "POST"])
@role_needed(Role.COORDINATOR)
def add_volunteer() -> str | tuple[str, int]:
    """Make a volunteer's account; its password is drawn here and shown once."""
    services, account = current_services(), signed_in()
    with services.database.read() as tx:
        organisation = tx.execute(select(organisations).where(organisations.c.id == account.organisation_id)).one()
        spoken = _spoken(tx, account.organisation_id)
    form = _volunteer_form(spoken)
    if request.method == "GET":
        return render_template("desk/new_volunteer.html", form=form, account=account)
    password = secrets.token_urlsafe(9)
    chosen = [one for one in form.languages.data or [] if one in spoken]
    try:
        web_accounts.make_account(
            services,
            login=form.login.data or "",
            password=password,
            role=Role.VOLUNTEER,
            name=form.name.data or "",
            organisation=organisation.code,
            language=chosen[0] if chosen else current_language(),
            phone=form.phone.data or None,
            languages=chosen,
            review_left=organisation.reviewed_answers,
        )
    except AlreadyTaken:
        return _again(form, "login", _("Another account has this login, or this phone. Choose another one."))
    except GuichetError:
        if (form.login.data or "").strip():
            return _again(form, "phone", _("Write the number with its country, such as +33 6 12 34 56 78."))
        return _again(form, "login", _("Write a login: a short name that only this person has."))
    return render_template(
        "desk/made_volunteer.html", account=account, name=form.name.data or form.login.data, login=form.login.data,
        password=password,
    )  # fmt: skip


def _again(form: VolunteerForm, field: str, words: str) -> tuple[str, int]:
    getattr(form, field).errors = [words]
    return render_template("desk/new_volunteer.html", form=form, account=signed_in(), refused=(field, words)), 422


def _volunteer_form(spoken: list[str]) -> VolunteerForm:
    form = VolunteerForm()
    form.name.label.text, form.login.label.text = _("First name"), _("Login")
    form.name.description = _("Citizens see it.")
    form.login.description = _("A short name to sign in with, such as awa.")
    form.phone.label.text = _("Phone, if they answer by text")
    form.phone.description = _("With its country, such as +33 6 12 34 56 78. Nobody sees it here afterwards.")
    form.languages.label.text = _("Languages that they answer in")
    form.languages.choices = [(code, language_name(code)) for code in spoken]
    return form


def _longest_first(one: ShownLine) -> tuple[int, datetime]:
    """Danger first, then by the oldest text that nobody answered: never by what came last."""
    return (min(one.case.severity, 1), one.case.since or one.case.opened_at)


def _answering(team: list[desk.VolunteerLine]) -> list[desk.VolunteerLine]:
    """Those who answer people every day: volunteers whose account is open."""
    return [one for one in team if one.active and one.role is Role.VOLUNTEER]


def _close(account_id: int) -> None:
    """End an account: it opens nothing from now on, and nobody waits for it."""
    services, account = current_services(), signed_in()
    now = services.clock()

    def end(tx: Connection) -> None:
        closed = tx.execute(
            update(accounts)
            .where(
                accounts.c.id == account_id,
                accounts.c.organisation_id == account.organisation_id,
                accounts.c.role == Role.VOLUNTEER,
            )
            .values(active=False)
        )
        if closed.rowcount != 1:
            raise NotFound("There is no such volunteer.")
        login_sessions.end_all(tx, account_id)
        journal.record(tx, account.organisation_id, "account_closed", now=now, account_id=account_id, by=account.id)

    desk.release_all(services, account.scope, account_id, now, then=end)
    flash(_("The account is closed. Its cases went back to everybody."))


def _spoken(tx: Connection, organisation_id: int) -> list[str]:
    rows = tx.execute(select(services_table.c.languages).where(services_table.c.organisation_id == organisation_id))
    return sorted({language for languages in rows.scalars() for language in languages})
