"""What no machine understood: an editor says what people meant, and the procedure learns the word in its draft.

Nothing is learned by itself. A word is tried first: every written conversation must go as before, and the reader must
take the word for what the editor says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection, Row

from flows import editing
from flows.compiler import compile_draft
from flows.definition import Ask
from flows.editing import Edit, KeywordsEdit, SynonymsEdit, UnusableWords
from flows.reader import Certainty, Intent, read
from flows.reader.folding import fold
from sms_gateway.errors import NotFound
from sms_gateway.flow_versions import drafts, overview
from sms_gateway.store import unclear as stored
from sms_gateway.store.sealing import Erased
from sms_gateway.store.tables import Role
from sms_gateway.taking import MENU
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.case_words import timezone_of
from sms_gateway.web.countries import country_name, language_name
from sms_gateway.web.editor_findings import title_of
from sms_gateway.web.editor_flow import Flow, findings_of, load
from sms_gateway.web.editor_keeping import Answer, save
from sms_gateway.web.gates import role_needed
from sms_gateway.web.words import _

blueprint = Blueprint("unclear", __name__, url_prefix="/editor/unclear")

SHOWN = 30  # groups on the page, those that most people wrote first
LONGEST = 80  # letters of a word that is learned
_ELSEWHERE = "transcript_differs"


@dataclass(frozen=True)
class Meaning:
    """Something that the words may have meant: a choice of the question, or a procedure."""

    value: str
    label: str
    language: str


@dataclass(frozen=True)
class Group:
    """The same words at the same question: who wrote them meant one thing."""

    ids: tuple[int, ...]
    words: str
    language: str
    last: datetime
    title: str
    question: str
    question_language: str
    meanings: tuple[Meaning, ...]

    @property
    def mark(self) -> str:
        """What its fields are called by."""
        return str(self.ids[0])

    @property
    def listed(self) -> str:
        """Its replies, for the form."""
        return ",".join(map(str, self.ids))


@dataclass(frozen=True)
class _Reply:
    row: Row[Any]
    words: str

    @property
    def place(self) -> tuple[str, str, str, str]:
        return self.row.country, self.row.flow, self.row.step, self.row.language


@blueprint.get("")
@role_needed(Role.EDITOR)
def start() -> str:
    """The replies that were unclear, the same ones together, those of most people first."""
    return _page()


@blueprint.post("")
@role_needed(Role.EDITOR)
def decide() -> Answer:
    """Teach a procedure what the words meant, or leave them out of the list."""
    services, scope = current_services(), signed_in().scope
    ids = [int(number) for number in request.form.get("ids", "").split(",") if number.isdecimal() and len(number) < 19]
    with services.database.read() as tx:
        replies = _opened(stored.newest(tx, scope, ids)) if ids else []
    if not replies or len({reply.place for reply in replies}) > 1:
        flash(_("Somebody has decided about these words already."), "late")
        return redirect(url_for("unclear.start"), code=303)
    if request.form.get("act") == "learn":
        refused = _learn(replies[0].row, request.form.get("meaning", ""), request.form.get("words", ""))
        if refused:
            return _page(mark=request.form["ids"].partition(",")[0], refused=refused), 422
    else:
        flash(_("Left out of the list."))
    with services.database.write() as tx:
        stored.remove(tx, scope, [reply.row.id for reply in replies])
    return redirect(url_for("unclear.start"), code=303)


def waiting(tx: Connection) -> int:
    """How many replies wait for an editor of the organisation of whoever asks."""
    return len(stored.newest(tx, signed_in().scope))


# ---- the list ----


def _page(*, mark: str = "", refused: str = "") -> str:
    services, scope = current_services(), signed_in().scope
    with services.database.read() as tx:
        replies = _opened(stored.newest(tx, scope))
        procedures = [(one.country, one.code) for one in overview.flows_of(tx, scope)]
        timezone = timezone_of(tx, scope.organisation_id)
    groups = _groups(replies, procedures)
    return render_template(
        "editor/unclear.html",
        groups=groups[:SHOWN],
        more=max(0, len(groups) - SHOWN),
        mark=mark,
        refused=refused,
        typed=request.form,
        now=services.clock(),
        timezone=timezone,
    )


def _opened(rows: Iterable[Row[Any]]) -> list[_Reply]:
    """The words of those who can still be read: who had theirs erased is in no list."""
    sealer = current_services().sealer
    replies = []
    for row in rows:
        try:
            replies.append(_Reply(row, sealer.person(row.sealed_key).open(row.body)))
        except Erased:
            continue
    return replies


def _groups(replies: Sequence[_Reply], procedures: Sequence[tuple[str, str]]) -> list[Group]:
    alike: dict[tuple[str, ...], list[_Reply]] = {}
    for reply in replies:
        alike.setdefault((*reply.place, fold(reply.words).squeezed or reply.words), []).append(reply)
    ordered = sorted(alike.values(), key=lambda same: (-len({reply.row.person_id for reply in same}), -same[0].row.id))
    known: dict[tuple[str, str], Flow | None] = {}
    return [_group(same, procedures, known) for same in ordered]


def _group(
    same: Sequence[_Reply], procedures: Sequence[tuple[str, str]], known: dict[tuple[str, str], Flow | None]
) -> Group:
    row = same[0].row

    def flow_at(country: str, code: str) -> Flow | None:
        if (country, code) not in known:
            known[country, code] = _flow(country, code)
        return known[country, code]

    title, question, language = _("Menu"), "", ""
    meanings: tuple[Meaning, ...] = ()
    if row.flow == MENU:
        flows = [flow for country, code in procedures if country == row.country and (flow := flow_at(country, code))]
        meanings = tuple(Meaning(flow.code, flow.title, flow.source_language) for flow in flows)
        title = _("%(country)s, the menu", country=country_name(row.country, title_of(row.country)))
    elif flow := flow_at(row.country, row.flow):
        title, language = flow.title, flow.source_language
        question, meanings = _asked(flow, row)
    return Group(
        tuple(reply.row.id for reply in same),
        same[0].words,
        language_name(row.language),
        row.at,
        title,
        question,
        language,
        meanings,
    )


def _asked(flow: Flow, row: Row[Any]) -> tuple[str, tuple[Meaning, ...]]:
    """The question as its author wrote it, and the choices that can learn words."""
    view = flow.place.steps.get(row.step)
    if view is None:
        return "", ()
    texts = next((one.texts for one in flow.sentences if one.path == f"{row.step}.ask"), {})
    language = _spoken(flow, row.language)
    meanings = (
        Meaning(choice.key, choice.labels.get(language, choice.key), language) for choice in view.choices if choice.path
    )
    return texts.get(flow.source_language, ""), tuple(meanings)


def _flow(country: str, code: str) -> Flow | None:
    try:
        return load(country, code)
    except NotFound:
        return None


def _spoken(flow: Flow, language: str) -> str:
    return language if language in flow.languages else flow.source_language


# ---- learning ----


def _learn(row: Row[Any], meaning: str, typed: str) -> str:
    """Put the word into the draft of what it meant; else why not, in words."""
    words = " ".join(typed.replace(",", " ").split())
    if not words or len(words) > LONGEST:
        return _("Write what people wrote: 1 to %(most)s letters.", most=LONGEST)
    if not meaning:
        return _("Choose what they meant.")
    flow = load(row.country, meaning if row.flow == MENU else row.flow)
    if row.flow == MENU:
        edit: Edit = KeywordsEdit(())
    else:
        edit = SynonymsEdit(row.step, meaning, _spoken(flow, row.language), ())
    try:
        seen = flow.seen(edit)
        edit = _with(edit, (*(each.strip() for each in seen.split(",") if each.strip()), words))
        changed = editing.apply(flow.content, edit)
    except (editing.UnknownPlace, UnusableWords):
        return _("The question has changed meanwhile. Open the procedure to see it.")
    if refused := _tried(flow, changed, row, meaning, words):
        return refused
    kept = save(flow, [(edit, seen)])
    if isinstance(kept, drafts.Clash):
        return _("These words have just changed. Look at them again.")
    flash(
        _("“%(title)s” knows “%(words)s” in its draft. It counts once you publish it.", title=flow.title, words=words)
    )
    return ""


def _with(edit: Edit, words: tuple[str, ...]) -> Edit:
    if isinstance(edit, SynonymsEdit):
        return SynonymsEdit(edit.step, edit.choice, edit.language, words)
    return KeywordsEdit(words)


def _tried(flow: Flow, changed: str, row: Row[Any], meaning: str, words: str) -> str:
    """Why a word can't be learned: a written conversation would go another way, or the reader takes it otherwise."""
    before = {
        one.path for one in findings_of(flow.content, flow.today, flow.live_content or "") if one.rule == _ELSEWHERE
    }
    after = [one for one in findings_of(changed, flow.today, flow.live_content or "") if one.rule == _ELSEWHERE]
    if broken := next((one for one in after if one.path not in before), None):
        return _(
            "With it, the written conversation “%(name)s” would go another way.", name=broken.path.partition(".")[2]
        )
    if row.flow == MENU:
        return ""
    view, machine = flow.view(row.step), compile_draft(changed)
    choice = next((one for one in view.choices if one.key == meaning), None)
    if machine is None or choice is None or not isinstance(view.step, Ask):
        return _("Choose what they meant.")
    language = _spoken(flow, row.language)
    options = machine.options.get((language, view.name), ())
    reading = read(
        view.step.expected, words, options=options, language=language, country=flow.country, today=flow.today
    )
    taken = (reading.certainty, reading.intent, reading.value) == (Certainty.SURE, Intent.ANSWER, choice.number)
    return "" if taken else _("The machine would still take it for something else. Write fewer or other words of it.")
