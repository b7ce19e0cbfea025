"""From a draft to the phones: what it changes, why, publishing it; the choice where Guichet and we changed the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows import merging
from flows.editing import StillRight
from flows.finding import Finding, FindingSeverity
from sms_gateway.errors import NotFound
from sms_gateway.flow_versions import drafts, overview, publishing
from sms_gateway.flow_versions.overview import Version
from sms_gateway.store.tables import Role, VersionState
from sms_gateway.web.accounts import current_services, signed_in
from sms_gateway.web.editor_changes import ChangeShown, told
from sms_gateway.web.editor_findings import heading, problems, title_in, title_of
from sms_gateway.web.editor_flow import Flow, findings_of, load
from sms_gateway.web.gates import role_needed
from sms_gateway.web.words import _, ngettext

blueprint = Blueprint("publishing", __name__, url_prefix="/editor/<country>/<code>")

LONGEST_REASON = 300  # characters
ACCEPTED = "transcript_words"  # new words of a conversation: a warning of the checker, that somebody accepts first
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class ToMend:
    """One line of what stands against publishing, and the place where it is mended."""

    words: str
    href: str


@dataclass(frozen=True)
class Choice:
    """A step that Guichet's new version and we changed, each differently: what ours says, what theirs would."""

    name: str
    where: str
    changes: tuple[ChangeShown, ...]


@blueprint.get("/changes")
@role_needed(Role.EDITOR)
def changes(country: str, code: str) -> Answer:
    """What the draft changes, and all that publishing needs."""
    return _changes_page(load(country, code))


@blueprint.post("/publish")
@role_needed(Role.EDITOR)
def publish(country: str, code: str) -> Answer:
    """Publish exactly the draft that was read; refuse it with what is to be mended, or with what came meanwhile."""
    services, account = current_services(), signed_in()
    reason = " ".join(request.form.get("reason", "").split())[:LONGEST_REASON]
    revision = whole_number(request.form.get("revision", ""))
    if not reason:
        return _changes_page(load(country, code), no_reason=True), 422
    done = publishing.publish(
        services, account.scope, country, code, revision=revision, reason=reason, today=services.clock().date()
    )
    one = load(country, code)
    match done:
        case publishing.Published():
            return redirect(url_for("publishing.published", country=country, code=code), code=303)
        case publishing.NotYet():
            return _changes_page(one, found=done.findings, reason=reason), 422
        case publishing.Moved():
            read = request.form.get("read", "").split()
            return _changes_page(one, reason=reason, moved_by=done.by, read=read), 409
    raise AssertionError(done)


@blueprint.get("/published")
@role_needed(Role.EDITOR)
def published(country: str, code: str) -> Answer:
    """It is done: what is live now, who is still on the version before, and the way back."""
    one = load(country, code)
    versions = versions_of(one)
    live = next((each for each in versions if each.state is VersionState.PUBLISHED), None)
    if live is None:
        return redirect(url_for("history.every", country=country, code=code), code=303)
    return render_template("editor/publish.html", flow=one, live=live, before=before_of(versions, live))


@blueprint.get("/undecided")
@role_needed(Role.EDITOR)
def undecided(country: str, code: str) -> str:
    """The steps that a new version of Guichet and we changed differently, side by side."""
    one = load(country, code)
    draft, theirs = _both(one)
    return render_template(
        "editor/undecided.html",
        flow=one,
        tab="changes",
        choices=[_choice(one, theirs, name) for name in draft.undecided] if draft and theirs else [],
    )


@blueprint.post("/undecided")
@role_needed(Role.EDITOR)
def decide(country: str, code: str) -> Response:
    """Choose one side for one step; nothing of the other steps changes."""
    name, side = request.form.get("name", ""), request.form.get("side", "")
    draft, _theirs = _both(load(country, code))
    if draft is None or name not in draft.undecided or side not in {"ours", "theirs"}:
        flash(_("This step is decided already."), "late")
    else:
        drafts.decide(
            current_services(), signed_in().scope, country, code, name=name, take_theirs=side == "theirs"
        )
        flash(_("Your choice stands in the draft."))
    return redirect(url_for("publishing.undecided", country=country, code=code), code=303)


def versions_of(one: Flow) -> list[Version]:
    """Every version of a procedure, the newest first; drafts are none."""
    with current_services().database.read() as tx:
        found = overview.history(tx, signed_in().scope, one.country, one.code)
    numbered = [each for each in found if each.number is not None]
    return sorted(numbered, key=lambda each: each.number or 0, reverse=True)


def before_of(versions: Sequence[Version], version: Version) -> Version | None:
    """The version before this one that can be live again."""
    older = (each for each in versions if (each.number or 0) < (version.number or 0))
    return next((each for each in older if each.state is VersionState.RETIRED), None)


def whole_number(text: str) -> int:
    """What a form sent as a number; -1 for anything else, which nothing is called."""
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _changes_page(
    one: Flow,
    *,
    found: Iterable[Finding] | None = None,
    reason: str = "",
    no_reason: bool = False,
    moved_by: str | None = None,
    read: Sequence[str] | None = None,
) -> str:
    """The page, as it stands or with what refused the publishing. read: the prints of the changes that were read."""
    standing = findings_of(one.content, today=one.today, before=one.live_content or "")
    against = [each for each in standing if _stops(each)] if found is None else list(found)
    mending = _to_mend(one, against)
    old = [_against(one, each) for each in standing if each.rule == "translation_old"]
    shown = told(one.before, one.content, one.place, read=read) if one.before and one.has_draft else []
    versions = versions_of(one)
    return render_template(
        "editor/changes.html",
        flow=one,
        tab="changes",
        changes=shown,
        prints=" ".join(each.print for each in shown),
        gone=len(set(read) - {each.print for each in shown}) if read is not None else 0,
        mending=mending,
        mending_title=heading(mending),
        old=list(dict.fromkeys(old)),
        refused=found is not None,
        next_number=(versions[0].number or 0) + 1 if versions else 1,
        newest=versions[0] if versions else None,
        people=next((each.people_now for each in versions if each.state is VersionState.PUBLISHED), 0),
        reason=reason,
        no_reason=no_reason,
        moved_by=moved_by,
        longest=LONGEST_REASON,
    )


def _stops(finding: Finding) -> bool:
    """Whether nothing is published before this is mended."""
    return finding.severity is FindingSeverity.ERROR or finding.rule == ACCEPTED


def _to_mend(one: Flow, against: Sequence[Finding]) -> list[ToMend]:
    """Each thing once; the conversations that only say other words are accepted on one page, and are one."""
    mending = [_against(one, each) for each in against if each.rule != ACCEPTED]
    words = sum(1 for each in against if each.rule == ACCEPTED)
    if words:
        said = ngettext("%(n)s written conversation says other words now: read them, then accept",
                        "%(n)s written conversations say other words now: read them, then accept", words)  # fmt: skip
        mending.append(ToMend(said, url_for("conversations.every", country=one.country, code=one.code)))
    return list(dict.fromkeys(mending))


def _against(one: Flow, finding: Finding) -> ToMend:
    """What stands against publishing, and where it is mended: a sentence, a conversation, a choice, the reason."""
    told_here = {
        publishing.NO_REASON: (_("Write in a few words why you publish this."), "#reason"),
        publishing.NOTHING_CHANGED: (_("The draft says what is live already."), one.place.href("flow")),
        publishing.WITHDRAWN_BEFORE: (_("Exactly these words were withdrawn. Change what was wrong."),
                                      one.place.href("flow")),
        publishing.UNDECIDED: (_("“%(name)s” waits for your choice: yours, or Guichet’s.", name=title_of(finding.step)),
                               url_for("publishing.undecided", country=one.country, code=one.code)),
    }  # fmt: skip
    if finding.rule in told_here:
        return ToMend(*told_here[finding.rule])
    kind, _dot, name = finding.path.partition(".")
    if kind == "transcripts":
        href = url_for("conversations.every", country=one.country, code=one.code, _anchor=f"conversation-{name}")
        return ToMend(_("The conversation “%(name)s” goes another way", name=title_in(one.code, name)), href)
    (problem,) = problems([finding], one.place, lambda path, language: one.seen(StillRight(path, language)))
    view = one.place.steps.get(problem.step)
    words = _("Step %(n)s: %(what)s", n=view.number, what=problem.short) if view else problem.short
    href = problem.mends[0].href if problem.mends else one.place.href("flow", anchor=f"step-{problem.step}")
    return ToMend(words[:1].upper() + words[1:], href)


def _both(one: Flow) -> tuple[drafts.Draft | None, str | None]:
    """The draft, and the procedure as it came with Guichet."""
    with current_services().database.read() as tx:
        draft = drafts.open_draft(tx, signed_in().scope, one.country, one.code)
        theirs = drafts.library_content(tx, signed_in().scope, one.country, one.code)
    return draft, theirs


def _choice(one: Flow, theirs: str, name: str) -> Choice:
    """What taking theirs would change: nothing else than this one step."""
    try:
        taken = merging.take(one.content, theirs, name)
    except KeyError:
        raise NotFound("There is no such step.") from None
    shown = tuple(told(one.content, taken, one.place))
    called = title_of(name) if name.startswith("subflows.") else ""
    return Choice(name, called or (shown[0].where.partition(",")[0] if shown else name), shown)
