"""The volunteers' pages: who waits, one case at a time, and what can be done with it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import get_day_names
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection, Row, func, select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from sms_gateway.cases import desk
from sms_gateway.cases.case import Outcome, Why
from sms_gateway.errors import NotAllowed, NotFound, StaleAnswer, TooLong
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import EntryKind, HeldState, Role, accounts, case_entries, cases, shifts
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.care_words import said_to_them
from sms_gateway.web.case_words import facts_of, shown_lines, shown_view, timezone_of
from sms_gateway.web.gates import role_needed
from sms_gateway.web.held_words import why_read
from sms_gateway.web.words import _, current_language

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")

PAUSE = timedelta(hours=2)
REST_PROPOSED = timedelta(minutes=30)  # so long the page proposes a break to whoever has answered for hours
SAME_ANSWER = timedelta(minutes=2)  # the same words again this soon are the same press of the button
OUTCOMES = (Outcome.SETTLED, Outcome.COUNTER, Outcome.PROFESSIONAL, Outcome.NOT_FOR_US)
Form = MultiDict[str, str]


@blueprint.get("")
@role_needed(Role.VOLUNTEER)
def start() -> str:
    """Who waits, what this volunteer has, and one button."""
    services, account = current_services(), signed_in()
    now = services.clock()
    with services.database.read() as tx:
        lines = shown_lines(tx, account.organisation_id, desk.waiting(tx, account.scope, now))
        row = tx.execute(select(accounts).where(accounts.c.id == account.id)).one()
        answered, helped = _this_week(tx, account.id, now)
        hours = _hours(tx, account.id)
        timezone = timezone_of(tx, account.organisation_id)
    return render_template(
        "inbox/start.html",
        account=account,
        account_has_phone=row.lane is not None,
        paused_until=row.paused_until if row.paused_until and row.paused_until > now else None,
        rests_until=row.rests_until if row.rests_until and row.rests_until > now else None,
        to_be_asked=row.rest_why is not None,  # they asked already: nothing is said of it
        rests_because=_rest_words(row, now),
        waiting=[line for line in lines if not line.case.is_mine],
        mine=[line for line in lines if line.case.is_mine],
        answered=answered,
        helped=helped,
        hours=hours,
        timezone=timezone,
        now=now,
    )


@blueprint.post("/next")
@role_needed(Role.VOLUNTEER)
def take_next() -> Response:
    """Take whoever has waited longest."""
    services = current_services()
    try:
        number = desk.take_next(services, signed_in().scope, services.clock())
    except NotAllowed:
        flash(_("You have as many cases as you can carry. Finish one, or pass it on."), "late")
        number = None
    else:
        if number is None:
            flash(_("Nobody waits any more. Thank you for looking."))
    return redirect(url_for("inbox.case", number=number) if number else url_for("inbox.start"), code=303)


@blueprint.post("/pause")
@role_needed(Role.VOLUNTEER)
def pause() -> Response:
    """No offers for a while, or offers again."""
    services, account = current_services(), signed_in()
    now = services.clock()
    until = now + PAUSE if request.form.get("pause") == "begin" else None
    desk.pause(services, account.scope, account.id, until=until, now=now)
    return redirect(url_for("inbox.start"), code=303)


@blueprint.get("/<int:number>")
@role_needed(Role.VOLUNTEER, Role.COORDINATOR)
def case(number: int) -> str:
    """One case: what was promised, what was said, what to answer."""
    return _case_page(number)


@blueprint.post("/<int:number>")
@role_needed(Role.VOLUNTEER, Role.COORDINATOR)
def act(number: int) -> Response | str | tuple[str, int]:
    """Answer, finish, keep a draft, note, pass on, take or decline: by the button that was pressed."""
    form = request.form
    wanted = "finish" if "finish" in form else form.get("act", "")
    if wanted == "number":
        return _show_number(signed_in().scope, number)
    do = _ACTS.get(wanted)
    if do is None:
        abort(400)
    try:
        onward = do(signed_in().scope, number, form, current_services().clock())
    except TooLong:
        words = form.get("words", "")
        refused = (
            _("This is too long for one answer. Cut it, or send it in two.")
            if words.strip()
            else _("Write an answer first, then send it.")
        )
        return _case_page(number, words=words, refused=refused), 422
    except StaleAnswer:
        flash(_("Not sent: somebody else has this case now. Your words are kept for them."), "late")
        onward = _list_of(signed_in().scope)
    return redirect(onward, code=303)


@blueprint.post("/measure")
@role_needed(Role.VOLUNTEER, Role.COORDINATOR)
def measure() -> str:
    """How long the words are, as they would be sent; while typing pauses."""
    return render_template("inbox/meter.html", words=request.form.get("words", "")[:2000])


def _answer(scope: Scope, number: int, form: Form, now: datetime) -> str:
    words = _words(form)
    here = url_for("inbox.case", number=number)
    if _just_sent(scope, number, words, now):
        flash(_("Your answer was sent already."))
        return here
    sent = desk.answer(
        current_services(), scope, number, epoch=_number(form, "epoch"), words=words, now=now,
        seen_seq=_number(form, "seen_seq"),
    )  # fmt: skip
    if not isinstance(sent, desk.Waits):  # else the page says when it leaves
        flash(_("Your answer leaves now. You may write more, or finish."))
    return here


def _finish(scope: Scope, number: int, form: Form, now: datetime) -> str:
    """Send what stands in the field, if anything does, and close with the outcome that was pressed."""
    outcome = next((one for one in OUTCOMES if one == form.get("finish")), None)
    if outcome is None:
        abort(400)
    services, words = current_services(), _words(form)
    epoch, seen_seq = _number(form, "epoch"), _number(form, "seen_seq")
    here, away = url_for("inbox.case", number=number), url_for("inbox.start")
    if words and not _just_sent(scope, number, words, now):
        sent = desk.answer_and_close(
            services, scope, number, epoch=epoch, words=words, outcome=outcome, seen_seq=seen_seq, now=now
        )
        if isinstance(sent, desk.Waits):
            return here
        closed, why = sent.closed, Why.UNANSWERED
    else:
        ended = desk.close(services, scope, number, epoch=epoch, outcome=outcome, seen_seq=seen_seq, now=now)
        if isinstance(ended, desk.Waits):
            return here
        closed, why = isinstance(ended, desk.Closed), getattr(ended, "why", Why.OVER)
    if closed:
        flash(_("Case %(n)s is finished. Thank you.", n=number))
        return away
    flash(_not_closed(why, sent=bool(words)), "late")
    return here


def _called(scope: Scope, number: int, form: Form, now: datetime) -> str:
    desk.called(
        current_services(), scope, number, epoch=_number(form, "epoch"), seen_seq=_number(form, "seen_seq"), now=now
    )
    flash(_("Your call is noted. A text tells the person so, in case they missed it."))
    return url_for("inbox.case", number=number)


def _show_number(scope: Scope, number: int) -> Response | str:
    """The number of a person who wishes a call, on the page that answers this press and on no other."""
    services = current_services()
    shown = desk.show_number(services, scope, number, now=services.clock())
    if not isinstance(shown, desk.NotShown):
        return _case_page(number, phone=shown)
    seen = shown is desk.NotShown.SEEN
    flash(
        _("You saw the number before. Lost it? Ask your coordinator.")
        if seen
        else _("No call is wished any more. The number stays hidden."),
        "late",
    )
    return redirect(url_for("inbox.case", number=number), code=303)


def _draft(scope: Scope, number: int, form: Form, now: datetime) -> str:
    desk.keep_draft(current_services(), scope, number, words=_words(form), now=now)
    flash(_("Your words are kept here. Nothing was sent."))
    return url_for("inbox.case", number=number)


def _note(scope: Scope, number: int, form: Form, now: datetime) -> str:
    if words := _words(form):
        desk.note(current_services(), scope, number, words=words, now=now)
        flash(_("The note is kept."))
    return url_for("inbox.case", number=number)


def _again(scope: Scope, number: int, form: Form, now: datetime) -> str:
    message_id = _number(form, "message")
    if desk.send_again(current_services(), scope, number, message_id=message_id, now=now):
        flash(_("Your answer leaves once more."))
    return url_for("inbox.case", number=number)


def _back(scope: Scope, number: int, form: Form, now: datetime) -> str:
    """Take an answer back that has not left; else say truly what became of it."""
    became = desk.take_back(current_services(), scope, number, held_id=_number(form, "held"), now=now)
    if became in {HeldState.LEFT, HeldState.FLAGGED}:
        flash(_("It has left. Write again to add something."), "late")
    elif became is HeldState.DRAFT:
        flash(_("Not sent: somebody else has this case now. Your words are kept for them."), "late")
        return _list_of(scope)
    else:
        flash(_("Taken back. Nothing was sent; your words are in the field."))
    return url_for("inbox.case", number=number)


def _pass(scope: Scope, number: int, form: Form, now: datetime) -> str:
    desk.pass_on(current_services(), scope, number, epoch=_number(form, "epoch"), words=_words(form), now=now)
    flash(_("Case %(n)s goes to somebody else. Thank you.", n=number))
    return _list_of(scope)


def _wait(scope: Scope, number: int, form: Form, now: datetime) -> str:
    here = url_for("inbox.case", number=number)
    try:
        day = date.fromisoformat(form.get("until", ""))
    except ValueError:
        flash(_("Choose the day until which it waits."), "late")
        return here
    why = desk.park(current_services(), scope, number, epoch=_number(form, "epoch"), day=day, now=now)
    if why is None:
        flash(_("Case %(n)s waits. It comes back to you on that day, or as soon as the person writes.", n=number))
        return _list_of(scope)
    if why is Why.UNANSWERED:
        flash(_("Answer first: a text of the person waits."), "late")
    elif why is Why.NOT_LATER:
        flash(_("Choose a day from tomorrow on, within 60 days."), "late")
    else:
        flash(_("Somebody else has this case now."), "late")
        return _list_of(scope)
    return here


def _unreachable(scope: Scope, number: int, form: Form, now: datetime) -> str:
    why = desk.give_up(current_services(), scope, number, seen_seq=_number(form, "seen_seq"), now=now)
    if why is None:
        flash(_("Case %(n)s is finished: the person can’t be reached by SMS.", n=number))
        return _list_of(scope)
    flash(_("The person wrote, or a text arrived: the case stays open."), "late")
    return url_for("inbox.case", number=number)


def _take(scope: Scope, number: int, form: Form, now: datetime) -> str:
    match desk.take(current_services(), scope, number, now):
        case desk.TooLate(full=True):
            flash(_("You have as many cases as you can carry. Finish one, or pass it on."), "late")
            return url_for("inbox.start")
        case desk.TooLate():
            flash(_("Too late: somebody else has taken it. Thank you."))
            return url_for("inbox.start")
    return url_for("inbox.case", number=number)


def _decline(scope: Scope, number: int, form: Form, now: datetime) -> str:
    desk.decline(current_services(), scope, number, now)
    flash(_("Thank you. Somebody else is asked."))
    return url_for("inbox.start")


_ACTS: Mapping[str, Callable[[Scope, int, Form, datetime], str]] = {
    "answer": _answer,
    "finish": _finish,
    "called": _called,
    "draft": _draft,
    "note": _note,
    "again": _again,
    "back": _back,
    "pass": _pass,
    "wait": _wait,
    "unreachable": _unreachable,
    "take": _take,
    "decline": _decline,
}


def _case_page(number: int, *, words: str | None = None, refused: str = "", phone: str = "") -> str:
    services, account = current_services(), signed_in()
    now = services.clock()
    with services.database.read() as tx:
        view = desk.case_view(tx, services, account.scope, number, now)
        shown = shown_view(tx, view)
        facts = facts_of(tx, account.organisation_id, view, now)
        timezone = timezone_of(tx, account.organisation_id)
    seen = request.args.get("seen", "")
    return render_template(
        "inbox/case.html",
        view=view,
        shown=shown,
        facts=facts,
        said=[one for one in view.thread if one.kind is not EntryKind.DRAFT or not one.is_mine],
        account=account,
        now=now,
        words=view.draft if words is None else words,
        refused=refused,
        phone=phone,
        timezone=timezone,
        held_because=why_read(view.held.reasons) if view.held else [],
        seen=int(seen) if seen.isdigit() else view.seen_seq,
        outcomes=[(outcome.value, outcome_name(outcome)) for outcome in OUTCOMES],
    )


def outcome_name(outcome: Outcome) -> str:
    """How a case ends, as a button says it."""
    names = {
        Outcome.SETTLED: _("It is settled"),
        Outcome.COUNTER: _("Sent to a counter"),
        Outcome.PROFESSIONAL: _("Sent to a professional"),
        Outcome.NOT_FOR_US: _("Not for us"),
    }
    return names[outcome]


def _not_closed(why: Why, *, sent: bool) -> str:
    if why is Why.UNANSWERED:
        left = _("Your answer leaves now.") + " " if sent else ""
        return left + _("The person wrote again. Read it, then finish.")
    if why is Why.NEVER_ANSWERED:
        return _("Nobody has answered yet. Write an answer, then finish.")
    if why is Why.STALE:
        return _("Somebody else has this case now.")
    return _("This case is closed already.")


def _just_sent(scope: Scope, number: int, words: str, now: datetime) -> bool:
    """The same words left a moment ago: the button was pressed twice."""
    services = current_services()
    try:
        with services.database.read() as tx:
            view = desk.case_view(tx, services, scope, number, now)
    except NotFound:  # not theirs any more: the desk keeps the words as a draft
        return False
    own = [one for one in view.thread if one.kind is EntryKind.ANSWER and one.is_mine]
    return bool(own) and own[-1].words == words and now - own[-1].at < SAME_ANSWER


def _words(form: Form) -> str:
    return form.get("words", "").replace("\r\n", "\n").strip()


def _number(form: Form, name: str) -> int:
    value = form.get(name, "")
    if not value.isdigit() or len(value) > 9:
        abort(400)
    return int(value)


def _list_of(scope: Scope) -> str:
    return url_for("desk.start" if scope.role is Role.COORDINATOR else "inbox.start")


def _rest_words(row: Row[Any], now: datetime) -> str:
    """Why they rest, or might like to; nothing where that is over."""
    rests = row.rests_until is not None and row.rests_until > now
    if row.rest_why is None or row.rest_began_at is None:  # a coordinator has asked how they are
        return _("What you answered was hard.") if rests else ""
    why = desk.WhyRest(row.rest_why)
    proposed = why is desk.WhyRest.LONG and row.rest_began_at > now - REST_PROPOSED
    return said_to_them(why) if rests or proposed else ""


def _hours(tx: Connection, account_id: int) -> list[tuple[str, str]]:
    """The account's shifts by weekday; none: at every hour."""
    names = get_day_names("wide", locale=current_language())
    rows = tx.execute(select(shifts).where(shifts.c.account_id == account_id).order_by(shifts.c.weekday))
    return [
        (names[row.weekday].capitalize(), _("%(start)s to %(end)s", start=_of(row.from_minute), end=_of(row.to_minute)))
        for row in rows
    ]


def _of(minute: int) -> str:
    hour, rest = divmod(minute, 60)
    if current_language() == "fr":
        return f"{hour}h{rest:02}" if rest else f"{hour}h"
    return f"{hour}:{rest:02}"


def _this_week(tx: Connection, account_id: int, now: datetime) -> tuple[int, int]:
    """How many people this account answered in the last seven days, and how many of them say that it helped."""
    since = now - timedelta(days=7)
    answered = (
        select(case_entries.c.case_id)
        .where(
            case_entries.c.account_id == account_id,
            case_entries.c.kind == EntryKind.ANSWER,
            case_entries.c.at >= since,
        )
        .distinct()
    )
    count = tx.execute(select(func.count()).select_from(answered.subquery())).scalar_one()
    helped = select(func.count()).select_from(cases).where(cases.c.id.in_(answered), cases.c.helped.is_(True))
    return int(count), int(tx.execute(helped).scalar_one())
