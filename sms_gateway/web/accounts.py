"""Accounts: signing in and out, one's own page, and making an account."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, session, url_for
from flask_limiter import Limiter
from flask_login import LoginManager, current_user
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovTextInput
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField

from flows import packaged
from sms_gateway.channels.base import inbound_phone, simulated_phone
from sms_gateway.context import Services
from sms_gateway.errors import AlreadyTaken, GuichetError, NotFound
from sms_gateway.store import journal, people, volunteer_texts
from sms_gateway.store.tables import Role, accounts, organisations
from sms_gateway.web import login_sessions, passwords
from sms_gateway.web.gates import EVERYONE_WITH_AN_ACCOUNT, public, role_needed
from sms_gateway.web.words import LANGUAGES, _, use_language

blueprint = Blueprint("accounts", __name__)
limiter = Limiter(key_func=lambda: request.remote_addr or "nobody", storage_uri="memory://")

FIRST_PAGE = {Role.VOLUNTEER: "inbox.start", Role.COORDINATOR: "desk.start", Role.EDITOR: "editor.start",
              Role.AUDITOR: "case_history.start"}  # fmt: skip


class LoginForm(FlaskForm):  # type: ignore[misc]
    """Login and password."""

    login = StringField(widget=GovTextInput())
    password = PasswordField(widget=GovPasswordInput())


def current_services() -> Services:
    """What this application was put together with."""
    services: Services = current_app.extensions["guichet"]
    return services


def signed_in() -> login_sessions.SignedIn:
    """The account behind this request; only on pages that need a role."""
    account: login_sessions.SignedIn = current_user._get_current_object()
    return account


def start_sessions(app: Flask, services: Services) -> None:
    """Know who is signed in, on every request, from our own cookie and table."""
    manager = LoginManager(app)
    manager.session_protection = None
    limiter.init_app(app)

    @manager.request_loader  # type: ignore[untyped-decorator]
    def load(_request: object) -> login_sessions.SignedIn | None:
        token = request.cookies.get(login_sessions.COOKIE)
        if not token:
            return None
        quiet = bool(request.headers.get("HX-Request")) and request.method == "GET"
        account = login_sessions.find(services.database, token, now=services.clock(), quiet=quiet)
        g.dead_session = account is None
        return account

    @app.before_request
    def speak_their_language() -> None:
        if current_user.is_authenticated:
            use_language(current_user.language)


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
@public
def login() -> Response | str | tuple[str, int]:
    """Sign in, and go where one wanted to go."""
    form = LoginForm()
    form.login.label.text, form.password.label.text = _("Login"), _("Password")
    onward = safe_path(request.values.get("next", ""))
    if request.method == "GET":
        if current_user.is_authenticated and not onward:
            return redirect(_first_page(signed_in().role), code=303)
        return render_template("login.html", form=form, onward=onward)
    wanted = (form.login.data or "").replace("\0", "").strip()  # no database can be asked for it
    password = form.password.data or ""
    entered = (
        passwords.enter(current_services(), login=wanted[:80], password=password[: passwords.LONGEST])
        if wanted and password
        else None
    )
    if entered is None:
        return render_template("login.html", form=form, onward=onward, refused=True), 403
    _leave_behind()
    response = redirect(onward or _first_page(Role(entered.role)), code=303)
    _keep_cookie(response, entered.token)
    return response


@blueprint.post("/logout")
@public
def logout() -> Response:
    """Sign out: the session's row goes, so that a copy of the cookie opens nothing."""
    services = current_services()
    if token := request.cookies.get(login_sessions.COOKIE):
        with services.database.write() as tx:
            login_sessions.end(tx, token)
    return _signed_out()


@blueprint.get("/logout")
@public
def logout_page() -> str:
    """A button to sign out, for whoever opens this address by hand."""
    return render_template("logout.html")


@blueprint.get("/account")
@role_needed(*EVERYONE_WITH_AN_ACCOUNT)
def own_page() -> str:
    """What this account is, its language, and what its phone's texts came to."""
    account = signed_in()
    with current_services().database.read() as tx:
        texts = volunteer_texts.months(tx, account.scope, account_id=account.id)
    return render_template("account.html", account=account, texts=texts)


@blueprint.post("/account/language")
@role_needed(*EVERYONE_WITH_AN_ACCOUNT)
def choose_language() -> Response:
    """Read the pages, and get texts, in another language."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        with current_services().database.write() as tx:
            tx.execute(update(accounts).where(accounts.c.id == signed_in().id).values(language=chosen))
    return redirect(url_for("accounts.own_page"), code=303)


@blueprint.post("/account/leave-everywhere")
@role_needed(*EVERYONE_WITH_AN_ACCOUNT)
def leave_everywhere() -> Response:
    """Sign out on every computer."""
    services, account = current_services(), signed_in()
    with services.database.write() as tx:
        login_sessions.end_all(tx, account.id)
        journal.record(
            tx, account.organisation_id, "signed_out_everywhere", now=services.clock(), account_id=account.id
        )
    return _signed_out()


def make_account(
    services: Services,
    *,
    login: str,
    password: str,
    role: Role,
    name: str = "",
    organisation: str = "demo",
    language: str = "fr",
    phone: str | None = None,
    languages: Sequence[str] = (),
    topics: Sequence[str] = (),
    regions: Sequence[str] = (),
    review_left: int = 0,
) -> int:
    """Make an account and give its id. Empty lists: every language, topic, region; on shift at every hour.

    `review_left`: how many of its answers a coordinator reads before they leave.

    Raises AlreadyTaken for a login or a phone that another account has, NotFound for an unknown organisation,
    GuichetError for what can't be used; each text says how to mend it.
    """
    login = login.strip()
    check_account(login=login, password=password, language=language)
    check_languages(languages)
    number = _own_phone(phone)
    hashed, now = passwords.hash_password(password), services.clock()
    with services.database.write() as tx:
        organisation_id = tx.execute(select(organisations.c.id).where(organisations.c.code == organisation)).scalar()
        if organisation_id is None:
            raise NotFound(f"There is no organisation with the code {organisation}.")
        lane = services.sealer.lane(number) if number else None
        if lane:
            people.ensure_lane(tx, lane)
        try:
            account_id = tx.execute(
                insert(accounts)
                .values(
                    organisation_id=organisation_id,
                    login=login,
                    role=role,
                    name=(name.strip() or login.capitalize())[:40],
                    password_hash=hashed,
                    language=language,
                    lane=lane,
                    phone=services.sealer.team.seal(number) if number else None,
                    simulated=bool(number and simulated_phone(number)),
                    languages=list(languages),
                    topics=list(topics),
                    regions=list(regions),
                    review_left=review_left,
                    created_at=now,
                )
                .returning(accounts.c.id)
            ).scalar_one()
        except IntegrityError:
            raise AlreadyTaken("Another account has this login, or this phone. Choose another one.") from None
        journal.record(tx, organisation_id, "account_made", now=now, account_id=account_id, role=str(role))
    return int(account_id)


def check_account(*, login: str, password: str, language: str) -> None:
    """Refuse what no account can have. Raises GuichetError with the way to mend it."""
    if not login or len(login) > 80:
        raise GuichetError("A login has 1 to 80 characters.")
    if len(password) < passwords.SHORTEST:
        raise GuichetError(f"A password has at least {passwords.SHORTEST} characters.")
    if len(password) > passwords.LONGEST:
        raise GuichetError(f"A password has at most {passwords.LONGEST} characters.")
    if language not in LANGUAGES:
        raise GuichetError(f"The pages speak {', '.join(LANGUAGES)}: choose one of these.")


def check_languages(languages: Sequence[str]) -> None:
    """Refuse a language that nobody texts us in: its cases would never be offered."""
    known = packaged.reader_languages()
    if unknown := [one for one in languages if one not in known]:
        raise GuichetError(f"Nobody texts in {', '.join(unknown)} here. Choose among {', '.join(known)}.")


def _own_phone(phone: str | None) -> str | None:
    if not phone or not phone.strip():
        return None
    number = simulated_phone(phone) or inbound_phone(phone)
    if number is None:
        raise GuichetError("A phone starts with + and its country, such as +33 6 12 34 56 78.")
    return number


def safe_path(path: str) -> str:
    """The path where it is one of this site's own, else nothing: no address given from outside is followed."""
    parts = urlsplit(path)
    own = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if own and "\\" not in path and path.isprintable() else ""


def _first_page(role: Role) -> str:
    return url_for(FIRST_PAGE.get(role, "accounts.own_page"))


def _leave_behind() -> None:
    """A new session shares nothing with what the browser had before it signed in, but the simulator's phone."""
    kept = session.get("phone")
    session.clear()
    if kept:
        session["phone"] = kept


def _keep_cookie(response: Response, token: str) -> None:
    response.set_cookie(
        login_sessions.COOKIE,
        token,
        max_age=login_sessions.LONGEST,
        httponly=True,
        samesite="Lax",
        secure=current_services().settings.https,
    )


def _signed_out() -> Response:
    _leave_behind()
    response = redirect(url_for("public.home"), code=303)
    response.delete_cookie(login_sessions.COOKIE, httponly=True, samesite="Lax")
    return response
