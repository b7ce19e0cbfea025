"""All the words of a procedure in one language, one after the other, beside the language that they come from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request, url_for

from flows.editing import Sentence, StepView, sentences_of
from flows.preview import shown
from flows.screens import SCREEN
from sms_gateway.store.tables import Role
from sms_gateway.web import editor_forms
from sms_gateway.web.editor_changes import Bit, Mark, word_bits
from sms_gateway.web.editor_findings import title_of
from sms_gateway.web.editor_flow import Flow, load
from sms_gateway.web.editor_forms import Drawn, Field, Read
from sms_gateway.web.editor_keeping import Answer, keep
from sms_gateway.web.gates import role_needed
from sms_gateway.web.words import _, ngettext

blueprint = Blueprint("translating", __name__, url_prefix="/editor/<country>/<code>")


@dataclass(frozen=True)
class Pair:
    """One sentence: its source (with what changed in it since, where its translation lags behind), and its field."""

    source: tuple[Bit, ...]
    field: Field
    old: bool


@dataclass(frozen=True)
class Part:
    """The sentences of one step; room: what is left on its screen, or how many screens it takes."""

    number: int
    title: str
    room: str
    fits: bool
    pairs: tuple[Pair, ...]


@blueprint.route("/translate", methods=["GET", "POST"])
@role_needed(Role.EDITOR)
def translate(country: str, code: str) -> Answer:
    """Every sentence with its translation in a field; all that changed is kept at once."""
    one = load(country, code)
    others = one.languages[1:]
    language = request.args.get("language", "")
    language = language if language in others else (others[0] if others else "")
    form = request.form
    read = editor_forms.read(one.content, form, today=one.today) if request.method == "POST" else Read((), ())
    if request.method == "POST" and not read.refused and form.get("act") != "look":
        return keep(one, read, url_for("translating.translate", country=country, code=code, language=language))
    drawn = Drawn(one.content, one.source_language, one.languages, form, dict(read.refused), one.problems)
    content = editor_forms.with_edits(one.content, read.sent)
    parts = _parts(one, drawn, content, language) if language else ()
    every = [pair for part in parts for pair in part.pairs]
    page = render_template(
        "editor/translate.html",
        flow=one,
        tab="translate",
        language=language,
        others=others,
        parts=parts,
        old=[pair.field for pair in every if pair.old],
        missing=[pair.field for pair in every if not pair.field.seen],
        refused=read.refused,
        longest=editor_forms.LONGEST,
    )
    return (page, 422) if read.refused else page


def _parts(one: Flow, drawn: Drawn, content: str, language: str) -> tuple[Part, ...]:
    """The title first, then each step that says something in its own words."""
    said = [sentence for sentence in one.sentences if sentence.part != "summary" and not sentence.same_as]
    before = _live_source(one)
    head = [sentence for sentence in said if not sentence.step]
    found = [Part(0, _("Title"), "", True, _pairs(one, drawn, head, language, before))]
    for view in one.steps:
        mine = [sentence for sentence in said if sentence.step == view.name]
        if mine:
            room, fits = _room(content, view, language)
            pairs = _pairs(one, drawn, mine, language, before)
            title = title_of(view.name)
            found.append(Part(view.number, f"{view.within}: {title}" if view.within else title, room, fits, pairs))
    return tuple(found)


def _pairs(
    one: Flow, drawn: Drawn, sentences: Sequence[Sentence], language: str, before: dict[str, str]
) -> tuple[Pair, ...]:
    return tuple(_pair(one, drawn, sentence, language, before.get(sentence.path, "")) for sentence in sentences)


def _pair(one: Flow, drawn: Drawn, sentence: Sentence, language: str, before: str) -> Pair:
    now = sentence.texts.get(one.source_language, "")
    rows = 1 + max(len(now), len(sentence.texts.get(language, ""))) // 60
    group = editor_forms.sentence_group(drawn, sentence, "", rows=rows)
    field = next(each for each in group.fields if each.language == language)
    changed = before and before != now and language in sentence.old
    source = word_bits(before, now) if changed else (Bit(now, Mark.SAME),)
    return Pair(source, replace(field, old=False), field.old)  # its button says the same as the field would


def _live_source(one: Flow) -> dict[str, str]:
    """The words of the first language as the phones have them: what a translation that lags behind was made from."""
    if one.before is None:
        return {}
    return {each.path: each.texts.get(one.source_language, "") for each in sentences_of(one.before)}


def _room(content: str, view: StepView, language: str) -> tuple[str, bool]:
    """How much a question has left, or how many screens words take; nothing for what no phone shows."""
    seen = shown(content, step=view.name, language=language, channel="ussd")
    if not seen.parts:
        return "", True
    if len(seen.parts) > 1 and not seen.too_long:
        return ngettext("%(n)s screen", "%(n)s screens", len(seen.parts)), True
    left = SCREEN - sum(part.septets for part in seen.parts)
    if left < 0 or seen.too_long:
        return _("%(n)s too many", n=-left), False
    return ngettext("room for %(n)s more", "room for %(n)s more", left), True
