"""The administrators' pages: procedures by country, one as its conversation beside a phone, forms to change it.

Nothing here reaches a phone: what is kept goes into the draft, and a draft is published on a page of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from babel import Locale, UnknownLocaleError
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows import editing
from flows.definition import Fact
from flows.editing import StillRight
from sms_gateway.errors import NotFound
from sms_gateway.flow_versions import drafts
from sms_gateway.store.tables import Role
from sms_gateway.web import editor_forms, editor_list, editor_phone, editor_unclear, editor_view
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.editor_findings import Problem, heading, title_of
from sms_gateway.web.editor_flow import Flow, load
from sms_gateway.web.editor_forms import LONGEST, Drawn, Field, Read
from sms_gateway.web.editor_keeping import Answer, keep, save, titled
from sms_gateway.web.editor_publishing import whole_number
from sms_gateway.web.gates import role_needed
from sms_gateway.web.words import _

blueprint = Blueprint("editor", __name__, url_prefix="/editor")

LOOK_AGAIN_AFTER = timedelta(days=183)
blueprint.add_app_template_filter(titled)


@dataclass(frozen=True)
class FactCard:
    """One fact, its fields, and where it is said."""

    name: str
    title: str
    fields: tuple[Field, ...]
    seen: str
    checked: date | None
    valid_to: date | None
    ran_out: bool
    stale: bool
    link: str
    said_in: tuple[editor_view.Target, ...]
    looked_today: bool


# ---- reading ----


@blueprint.get("")
@role_needed(Role.EDITOR)
def start() -> str:
    """Every procedure, by country: what is live, what is in hand, what is to be mended today."""
    services = current_services()
    now = services.clock()
    with services.database.read() as tx:
        countries = editor_list.countries(tx, now.date())
        unclear = editor_unclear.waiting(tx)
    return render_template("editor/flows.html", countries=countries, unclear=unclear, now=now)


@blueprint.get("/<country>/<code>")
@role_needed(Role.EDITOR)
def flow(country: str, code: str) -> str:
    """One procedure as its conversation, with the phone beside it."""
    one = load(country, code)
    chosen = one.chosen(request.args)
    cards = editor_view.cards(
        one.content, one.steps, one.sentences, one.problems,
        source=one.source_language, languages=one.languages, chosen=chosen,
    )  # fmt: skip
    grave = [problem for problem in one.problems if problem.grave]
    return render_template(
        "editor/flow.html",
        flow=one,
        tab="flow",
        cards=cards,
        way=editor_view.way(cards, one.steps),
        phone=editor_phone.phone(one.content, one.view(chosen.step), chosen, one.problems),
        to_mend=list(dict.fromkeys((_href(one, problem), _short(one, problem)) for problem in grave)),
        to_mend_title=heading(grave),
        conversations=sum(problem.times for problem in one.problems if problem.rule == "transcript_words"),
        **_bar(one),
    )


# ---- changing ----


@blueprint.get("/<country>/<code>/step/<path:name>")
@role_needed(Role.EDITOR)
def step(country: str, code: str, name: str) -> str:
    """Every sentence of a step in every language, with the phone beside."""
    return _step_page(load(country, code), name, {}, Read((), ()))


@blueprint.post("/<country>/<code>/step/<path:name>")
@role_needed(Role.EDITOR)
def change_step(country: str, code: str, name: str) -> Answer:
    """Keep a step's words in the draft, or only look at them on the phone."""
    one = load(country, code)
    form = request.form
    read = editor_forms.read(one.content, form, today=one.today, step=one.view(name).name)
    if form.get("act") != "save":
        return _step_page(one, name, form, read)
    if read.refused:
        return _step_page(one, name, form, read), 422
    onward = url_for("editor.flow", country=country, code=code, step=name, _anchor=f"step-{name}")
    return keep(one, read, onward)


@blueprint.post("/<country>/<code>/still-right")
@role_needed(Role.EDITOR)
def still_right(country: str, code: str) -> Response:
    """A translation was looked at after its source changed: it stays as it is."""
    one = load(country, code)
    path, language = request.form.get("path", ""), request.form.get("language", "")
    onward = url_for("editor.flow", country=country, code=code, _anchor=f"step-{path.partition('.')[0]}")
    looked = StillRight(path, language)
    try:
        one.seen(looked)
    except editing.UnknownPlace:
        raise NotFound("There is no such sentence.") from None
    kept = save(one, [(looked, request.form.get("seen", "").replace("\r\n", "\n"))])
    if isinstance(kept, drafts.Clash):
        flash(_("These words have just changed. Look at them again."), "late")
    return redirect(onward, code=303)


@blueprint.route("/<country>/<code>/words", methods=["GET", "POST"])
@role_needed(Role.EDITOR)
def words(country: str, code: str) -> Answer:
    """The title, and the words that lead to the procedure."""
    one = load(country, code)
    form, read = _sent(one)
    if request.method == "POST" and not read.refused:
        return keep(one, read, url_for("editor.words", country=country, code=code))
    title = next(sentence for sentence in one.sentences if sentence.path == "title")
    page = render_template(
        "editor/words.html",
        flow=one,
        tab="words",
        groups=editor_forms.title_groups(_drawn(one, form, read), title),
        refused=read.refused,
        unchanged=form.get("unchanged"),
        longest=LONGEST,
        **_bar(one),
    )
    return (page, 422) if read.refused else page


@blueprint.route("/<country>/<code>/facts", methods=["GET", "POST"])
@role_needed(Role.EDITOR)
def facts(country: str, code: str) -> Answer:
    """What the procedure says that will change one day, who says so, and until when."""
    one = load(country, code)
    form, read = _sent(one)
    if request.method == "POST" and not read.refused:
        return keep(one, read, url_for("editor.facts", country=country, code=code))
    drawn = _drawn(one, form, read)
    known = editing.facts_of(one.content)
    page = render_template(
        "editor/facts.html",
        flow=one,
        tab="facts",
        facts=[_fact_card(one, drawn, name, fact) for name, fact in known.items()],
        refused=read.refused,
        **_bar(one),
    )
    return (page, 422) if read.refused else page


@blueprint.get("/<country>/<code>/discard")
@role_needed(Role.EDITOR)
def discard_page(country: str, code: str) -> Answer:
    """Ask once more before a draft goes."""
    one = load(country, code)
    if not one.has_draft:
        return redirect(url_for("editor.flow", country=country, code=code), code=303)
    return render_template("editor/discard.html", flow=one, revision=one.revision, changes=one.changes)


@blueprint.post("/<country>/<code>/discard")
@role_needed(Role.EDITOR)
def discard(country: str, code: str) -> Response:
    """Drop the draft, unless somebody changed it since the page was read."""
    services, scope = current_services(), signed_in().scope
    revision = whole_number(request.form.get("revision", ""))
    gone = drafts.discard(services, scope, country, code, revision=revision)
    if gone:
        flash(_("The draft is gone. The phones say what they said."))
    else:
        flash(_("The draft has changed since you read it. Look at it once more."), "late")
    return redirect(url_for("editor.flow", country=country, code=code), code=303)


@blueprint.app_template_filter("own_name")
def own_name(language: str) -> str:
    """A language as its speakers call it."""
    try:
        name = Locale.parse(language).get_language_name(language) or language
    except (UnknownLocaleError, ValueError):
        return language
    return name[:1].upper() + name[1:]


# ---- pages and their parts ----


def _step_page(one: Flow, name: str, form: editor_forms.Form, read: Read) -> str:
    """The form of a step; with htmx, only the phone and the lengths of what was typed."""
    view = one.view(name)
    content = editor_forms.with_edits(one.content, read.sent)
    looked = replace(one, content=content) if read.sent else one
    chosen = _look(one, form, name)
    card = editor_view.card(
        content, view, looked.steps, looked.sentences, looked.problems,
        source=one.source_language, languages=one.languages, chosen=chosen,
    )  # fmt: skip
    mine = [sentence for sentence in one.sentences if sentence.step == name]
    drawn = _drawn(one, form, read, looked.problems)
    return render_template(
        "editor/looked.html" if request.headers.get("HX-Request") else "editor/step.html",
        flow=one,
        card=card,
        groups=editor_forms.step_groups(drawn, view, mine),
        phone=editor_phone.phone(content, looked.view(name), chosen, looked.problems),
        refused=read.refused,
        unchanged=form.get("unchanged"),
        longest=LONGEST,
    )


def _look(one: Flow, form: editor_forms.Form, name: str) -> editor_phone.Chosen:
    """What the phone beside a form shows: by the button that was pressed, else as it stood."""
    language, slash, channel = form.get("look", "").partition("/")
    pressed = {"language": language, "channel": channel} if slash else None
    return one.chosen(pressed or form or request.args, name)


def _bar(one: Flow) -> dict[str, object]:
    """What the bar of the draft needs."""
    return {
        "changes": one.changes,
        "changes_href": url_for("publishing.changes", country=one.country, code=one.code),
    }


def _href(one: Flow, problem: Problem) -> str:
    """Where a thing to mend stands on the page; on another page for what no step says."""
    if problem.step in one.place.steps:
        return f"#step-{problem.step}"
    return problem.mends[0].href if problem.mends else "#titre-conversation"


def _short(one: Flow, problem: Problem) -> str:
    view = one.place.steps.get(problem.step)
    if view is None:
        return titled(problem.short)
    return _("Step %(n)s: %(what)s", n=view.number, what=problem.short)


def _fact_card(one: Flow, drawn: Drawn, name: str, fact: Fact) -> FactCard:
    said = dict.fromkeys(
        sentence.step for sentence in one.sentences if sentence.step and editing.says(sentence, name)
    )
    views = [one.view(name) for name in said]
    return FactCard(
        name=name,
        title=fact.name.replace("_", " "),
        fields=editor_forms.fact_fields(drawn, replace(fact, name=name)),
        seen=editor_forms.fact_seen(drawn, name),
        checked=fact.checked,
        valid_to=fact.valid_to,
        ran_out=fact.valid_to is not None and fact.valid_to < one.today,
        stale=fact.checked is not None and one.today - fact.checked > LOOK_AGAIN_AFTER,
        link=fact.source if fact.source.startswith("https://") else "",
        said_in=tuple(editor_view.Target(view.number, view.name, title_of(view.name)) for view in views),
        looked_today=not drawn.form or drawn.form.get(f"today:fact:{name}") == "yes",
    )


def _sent(one: Flow) -> tuple[editor_forms.Form, Read]:
    """The form of this request, read; nothing on a page that is only opened."""
    if request.method != "POST":
        return {}, Read((), ())
    return request.form, editor_forms.read(one.content, request.form, today=one.today)


def _drawn(one: Flow, form: editor_forms.Form, read: Read, found: Sequence[Problem] | None = None) -> Drawn:
    return Drawn(
        one.content, one.source_language, one.languages, form, dict(read.refused),
        one.problems if found is None else found,
    )  # fmt: skip


