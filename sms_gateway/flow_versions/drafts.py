"""A flow's draft: one an organisation and flow, changed edit by edit; nothing is ever overwritten unseen."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete

from flows import editing, merging, transcript
from flows.bundle import canonical
from flows.compiler import compile_bundle
from flows.editing import Edit, FactEdit, KeywordsEdit, SentenceEdit, StillRight, SynonymsEdit
from flows.places import UnknownPlace
from sms_gateway.context import Services
from sms_gateway.errors import NotFound
from sms_gateway.flow_versions import rows, storing
from sms_gateway.flow_versions.rows import EDITED, FlowAt
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import VersionState, flow_versions

LAST = "last"  # in `touched`: who changed anything of the draft last


@dataclass(frozen=True)
class Draft:
    """A draft as it stands. base: the content of the live version that it is compared with, "" where none is live.

    revision: one more with each change of it, or of what is live: a page that shows an older one shows something else.
    undecided: what an upgrade of the library and an editor changed differently; ours stands there until decided.
    """

    version_id: int
    revision: int
    content: str
    base: str
    undecided: tuple[str, ...]


@dataclass(frozen=True)
class Saved:
    """Everything is in the draft."""

    revision: int


@dataclass(frozen=True)
class Clash:
    """Somebody else changed what these edits are about: (edit, what stands there now, by whom: "" for the library).

    The other edits are in the draft.
    """

    kept: tuple[tuple[Edit, str, str], ...]
    revision: int = 0


def open_draft(tx: Connection, scope: Scope, country: str, code: str) -> Draft | None:
    """The draft of a flow; None where there is none."""
    row = rows.draft(tx, flow := rows.flow_at(scope, country, code))
    if row is None:
        return None
    live = rows.live(tx, flow)
    return Draft(
        version_id=row.id,
        revision=row.revision,
        content=storing.content(tx, row.bundle_hash),
        base=storing.content(tx, live.bundle_hash) if live is not None else "",
        undecided=tuple(row.undecided or ()),
    )


def live_content(tx: Connection, scope: Scope, country: str, code: str) -> str | None:
    """What new conversations begin on; None where the flow is closed, or not there."""
    row = rows.live(tx, rows.flow_at(scope, country, code))
    return storing.content(tx, row.bundle_hash) if row is not None else None


def newest_content(tx: Connection, scope: Scope, country: str, code: str) -> str | None:
    """What a draft would begin from: the live version, or a closed flow's last one; None where there is no flow."""
    row = rows.newest(tx, rows.flow_at(scope, country, code))
    return storing.content(tx, row.bundle_hash) if row is not None else None


def library_content(tx: Connection, scope: Scope, country: str, code: str) -> str | None:
    """The shipped version whose changes are in the draft, to decide by; None without a draft."""
    row = rows.draft(tx, rows.flow_at(scope, country, code))
    return storing.content(tx, row.follows) if row is not None and row.follows is not None else None


def save(
    services: Services, scope: Scope, country: str, code: str, edits: Sequence[tuple[Edit, str]]
) -> Saved | Clash:
    """Put edits into the draft, each with what its form had seen (`flows.editing.current`).

    An edit whose place has changed since comes back, the others are stored; the same words are no clash. A draft begins
    with the first change. Raises NotFound, and UnknownPlace or UnusableWords (then nothing is stored).
    """
    now = services.clock()
    flow = rows.for_editing(scope, country, code)
    with services.database.write() as tx:
        held = _hold(tx, flow)
        before = after = storing.content(tx, held.bundle_hash)
        clashes: list[tuple[Edit, str]] = []
        touched: dict[str, int | None] = {}
        for edit, seen in ((editing.at_first_call(before, edit), seen) for edit, seen in edits):
            changed = editing.apply(after, edit)
            if changed == after:
                continue
            standing = editing.current(before, edit)
            if standing != seen:
                clashes.append((edit, standing))
                continue
            after = changed
            touched[place_of(edit)] = scope.account_id
        revision = _keep(tx, flow, scope, held, after, now=now, touched=touched)
        if not clashes:
            return Saved(revision)
        return Clash(_with_names(tx, flow, held, clashes), revision)


def discard(services: Services, scope: Scope, country: str, code: str, *, revision: int) -> bool:
    """Drop the draft; False where it is another one by now, or gone.

    One that nobody has touched is the library's: dropping it means that its changes are not wanted, and they are not
    offered again. An edited one takes only the edits with it; the library's changes come back at the next start.
    """
    now = services.clock()
    flow = rows.for_editing(scope, country, code)
    with services.database.write() as tx:
        rows.lock_existing(tx, flow)
        row = rows.draft(tx, flow)
        if row is None or row.revision != revision:
            return False
        if not row.touched and (kept := rows.newest(tx, flow)) is not None:
            rows.follow(tx, kept.id, row.follows)
        remove(tx, row)
        rows.record(tx, flow, scope, "draft_discarded", now=now, version_id=row.id, revision=row.revision)
        return True


def decide(services: Services, scope: Scope, country: str, code: str, *, name: str, take_theirs: bool) -> Saved:
    """Settle one thing that the library and an editor changed differently. Raises NotFound where it is settled."""

    def decided(tx: Connection, row: Row[Any], content: str) -> str:
        if name not in (row.undecided or ()):
            raise NotFound("This is decided already.")
        return merging.take(content, storing.content(tx, row.follows), name) if take_theirs else content

    return _change_draft(services, scope, country, code, decided, place=f"decided:{name}", settles=name)


def accept_words(
    services: Services, scope: Scope, country: str, code: str, *, transcript: str, revision: int
) -> Saved | Clash:
    """Keep a written conversation as the draft tells it now. A Clash (of nothing) for an older revision.

    Raises NotFound, CompileError for a draft that can't be run, TranscriptError.
    """

    def retold(_tx: Connection, _row: Row[Any], content: str) -> str:
        return with_new_words(content, transcript)

    place = f"transcript:{transcript}"
    try:
        return _change_draft(services, scope, country, code, retold, place=place, revision=revision)
    except _OtherRevision as other:
        return Clash((), other.revision)


def with_new_words(content: str, name: str) -> str:
    """The content with one of its written conversations as it goes now. Raises NotFound, CompileError."""
    bundle = json.loads(content)
    written = bundle.get("transcripts", {})
    if name not in written:
        raise NotFound("There is no such conversation.")
    written[name] = transcript.retell_text(compile_bundle(content), written[name], name)
    return canonical(bundle)


def place_of(edit: Edit) -> str:
    """The place in a flow that an edit is about: two of one place are about the same words."""
    match edit:
        case SentenceEdit() | StillRight():
            return f"sentence:{edit.path}:{edit.language}"
        case SynonymsEdit():
            return f"synonyms:{edit.step}:{edit.choice}:{edit.language}"
        case KeywordsEdit():
            return "keywords"
        case FactEdit():
            return f"fact:{edit.name}"


def remove(tx: Connection, row: Row[Any]) -> None:
    """Delete a draft, and its content where nothing else needs it; the caller holds the flow."""
    tx.execute(delete(flow_versions).where(flow_versions.c.id == row.id))
    storing.forget_these(tx, {row.bundle_hash})


def touch(tx: Connection, flow: FlowAt, scope: Scope, *, live_id: int | None, now: datetime) -> None:
    """What is live has changed: a draft is compared with that from now on, and pages that show it otherwise are old."""
    row = rows.draft(tx, flow)
    if row is None:
        return
    by = (row.touched or {}) | ({LAST: scope.account_id} if row.touched else {})
    rows.change(tx, row.id, now=now, base_id=live_id, revision=row.revision + 1, touched=by)


class _OtherRevision(Exception):
    """The draft is not the one that was seen."""

    def __init__(self, revision: int) -> None:
        super().__init__(f"the draft's revision is {revision}")
        self.revision = revision


def _hold(tx: Connection, flow: FlowAt) -> Row[Any]:
    """The flow's lock, and its draft; without one, the version that a draft begins from. Raises NotFound."""
    rows.lock_existing(tx, flow)
    held = rows.draft(tx, flow) or rows.newest(tx, flow)
    if held is None:
        raise NotFound("There is no such procedure.")
    return held


def _keep(
    tx: Connection,
    flow: FlowAt,
    scope: Scope,
    held: Row[Any],
    content: str,
    *,
    now: datetime,
    touched: Mapping[str, int | None],
    undecided: Sequence[str] | None = None,
) -> int:
    """Store a changed draft, or begin one; gives its revision. Content and marks that are as before change nothing."""
    is_draft = held.state == VersionState.DRAFT
    if not touched:
        return int(held.revision) if is_draft else 0
    bundle_hash = storing.store(tx, content, now)
    columns = {
        "bundle_hash": bundle_hash,
        "made_by": scope.account_id,
        "touched": {**(held.touched or {} if is_draft else {}), **touched, LAST: scope.account_id},
        "undecided": list(undecided if undecided is not None else (held.undecided or ()) if is_draft else ()),
    }
    if not is_draft:
        version_id = rows.add(
            tx, flow, now=now, state=VersionState.DRAFT, origin=EDITED, revision=1, base_id=held.id,
            follows=held.follows, **columns,
        )  # fmt: skip
        rows.record(tx, flow, scope, "draft_begun", now=now, version_id=version_id, base_id=held.id)
        return 1
    rows.change(tx, held.id, now=now, revision=held.revision + 1, **columns)
    if bundle_hash != held.bundle_hash:
        storing.forget_these(tx, {held.bundle_hash})
    rows.record(tx, flow, scope, "draft_changed", now=now, version_id=held.id, revision=held.revision + 1)
    return int(held.revision) + 1


def _change_draft(
    services: Services,
    scope: Scope,
    country: str,
    code: str,
    changed: Callable[[Connection, Row[Any], str], str],
    *,
    place: str,
    revision: int | None = None,
    settles: str = "",
) -> Saved:
    now = services.clock()
    flow = rows.for_editing(scope, country, code)
    with services.database.write() as tx:
        held = _hold(tx, flow)
        if held.state != VersionState.DRAFT:
            if revision is not None:
                raise _OtherRevision(0)
            raise NotFound("There is no draft.")
        if revision is not None and held.revision != revision:
            raise _OtherRevision(held.revision)
        content = changed(tx, held, storing.content(tx, held.bundle_hash))
        left = [name for name in held.undecided or () if name != settles]
        by = {place: scope.account_id}
        return Saved(_keep(tx, flow, scope, held, content, now=now, touched=by, undecided=left))


def _with_names(
    tx: Connection, flow: FlowAt, held: Row[Any], clashes: Sequence[tuple[Edit, str]]
) -> tuple[tuple[Edit, str, str], ...]:
    """Each clash with the name of who changed that place: in the draft, or with the version that is live."""
    touched = (held.touched or {}) if held.state == VersionState.DRAFT else {}
    live = rows.live(tx, flow)
    otherwise = live.made_by if live is not None else None
    by = [touched.get(place_of(edit), otherwise) for edit, _now in clashes]
    names = rows.names(tx, flow.organisation_id, by)
    return tuple((edit, now, names.get(who, "")) for (edit, now), who in zip(clashes, by, strict=True))


__all__ = [
    "Clash",
    "Draft",
    "Saved",
    "UnknownPlace",
    "accept_words",
    "decide",
    "discard",
    "library_content",
    "live_content",
    "newest_content",
    "open_draft",
    "save",
]
