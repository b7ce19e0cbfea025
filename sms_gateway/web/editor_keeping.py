"""Keeping what a form of the editor sent: into the draft, and where two met, both texts are shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from flows import editing
from flows.definition import Fact
from flows.editing import FactEdit, KeywordsEdit, SentenceEdit, StillRight, SynonymsEdit
from flows.places import step_of
from sms_gateway.flow_versions import drafts
from sms_gateway.web import editor_forms
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.editor_findings import title_of, where
from sms_gateway.web.editor_flow import Flow
from sms_gateway.web.editor_forms import LONGEST, Drawn, Field, Read
from sms_gateway.web.words import _

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class ClashCard:
    """One edit that met another: theirs, and ours as a field that may still be changed."""

    name: str
    where: str
    now: str
    theirs: str
    by: str
    language: str
    fields: tuple[Field, ...]


def keep(one: Flow, read: Read, onward: str) -> Answer:
    """Keep the edits in the draft; where another editor wrote there meanwhile, show both texts."""
    if not read.sent:
        flash(_("Nothing was changed."))
        return redirect(onward, code=303)
    try:
        kept = save(one, read.sent)
    except (editing.UnknownPlace, editing.UnusableWords):  # the place went while the form was open: show every word
        gone = _("This is not there any more.")
        kept = drafts.Clash(tuple((edit, gone, "") for edit, _seen in read.sent))
    if isinstance(kept, drafts.Clash):
        clashes = [_clash(one, edit, now, by) for edit, now, by in kept.kept if not isinstance(edit, StillRight)]
        if clashes:
            page = render_template(
                "editor/clash.html", flow=one, clashes=clashes, saved=len(read.sent) > len(kept.kept),
                action=request.path, onward=onward, unchanged=request.form.get("unchanged"), longest=LONGEST,
            )  # fmt: skip
            return page, 409
        flash(_("These words have just changed. Look at them again."), "late")
        return redirect(onward, code=303)
    flash(_("Kept in the draft. No phone says it before you publish."))
    return redirect(onward, code=303)


def save(one: Flow, sent: Sequence[editor_forms.Sent]) -> drafts.Saved | drafts.Clash:
    """Put edits into the draft; those that met another come back."""
    return drafts.save(current_services(), signed_in().scope, one.country, one.code, sent)


def titled(name: str) -> str:
    """With a capital at its beginning: the name of a language stands alone."""
    return name[:1].upper() + name[1:]


def _clash(one: Flow, edit: editing.Edit, now: str, by: str) -> ClashCard:
    """Both texts of one place, ours in the fields of the form that it came from."""
    match edit:
        case SentenceEdit():
            name, language, place = f"text:{edit.language}:{edit.path}", edit.language, edit.path
            mine = Field("words", name, _("Your words"), edit.text, source=edit.source, language=language, rows=4)
            fields: tuple[Field, ...] = (mine,)
            step = step_of(place)
            said = where(one.place, step, language) if step else _("Title")
        case SynonymsEdit():
            name, language = f"also:{edit.language}:{edit.choice}", edit.language
            text = ", ".join(edit.words)
            fields = (Field("words", name, _("Your words"), text, language=language, rows=4),)
            said = where(one.place, edit.step, language)
        case KeywordsEdit():
            name, language, said = "keywords", "", _("Keywords")
            fields = (Field("words", name, _("Your words"), ", ".join(edit.words), rows=4),)
        case FactEdit():
            name, language, said = f"fact:{edit.name}", "", title_of(edit.name)
            fact = Fact(edit.name, edit.value, edit.source, edit.checked, edit.valid_to)
            fields = editor_forms.fact_fields(Drawn(one.content, "", (), {}, {}, ()), fact)
        case _:
            raise AssertionError(edit)
    return ClashCard(name, titled(said), now, now, by, language, fields)
