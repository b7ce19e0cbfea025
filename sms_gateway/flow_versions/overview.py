"""What an editor sees of versions: each flow with its live one and its draft, and the history of one."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from flows import packaged
from sms_gateway.flow_versions import rows, storing
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import SessionStatus, VersionState, flow_versions, sessions

MOST_TITLES = 5000


@dataclass(frozen=True)
class Version:
    """One version. `people_now`: how many are in a conversation of it, or have put one aside.

    reason: why it was published; left_reason: why it was rolled back or withdrawn. changed_at: since when it is live,
    retired or withdrawn; of a draft, its last change. undecided: of a draft, how many choices wait after an upgrade.
    """

    id: int
    number: int | None
    state: VersionState
    origin: str
    bundle_hash: str
    reason: str
    left_reason: str
    made_by_name: str
    created_at: datetime
    published_at: datetime | None
    changed_at: datetime
    revision: int
    people_now: int
    undecided: int


@dataclass(frozen=True)
class FlowLine:
    """A flow in the editor's list, its title in its own language.

    `live` is None where it is closed; `people_now`: in whichever version.
    """

    country: str
    code: str
    title: str
    language: str
    live: Version | None
    draft: Version | None
    people_now: int


def flows_of(tx: Connection, scope: Scope) -> list[FlowLine]:
    """Every flow of the organisation: by country, in the order of its menu."""
    every = tx.execute(
        select(flow_versions)
        .where(flow_versions.c.organisation_id == scope.organisation_id)
        .order_by(flow_versions.c.country, flow_versions.c.code, flow_versions.c.id)
    ).all()
    by_flow: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in every:
        by_flow.setdefault((row.country, row.code), []).append(row)
    seen, titles = _Seen(tx, scope, every), _titles(tx, [_shown(its).bundle_hash for its in by_flow.values()])
    lines = [_line(seen, titles, country, code, its) for (country, code), its in by_flow.items()]
    return sorted(lines, key=lambda line: (line.country, _place(line)))


def flow_of(tx: Connection, scope: Scope, country: str, code: str) -> FlowLine | None:
    """One flow; None where this organisation has no such one."""
    mine = rows.flow_at(scope, country, code).mine()
    its = list(tx.execute(select(flow_versions).where(mine).order_by(flow_versions.c.id)))
    if not its:
        return None
    return _line(_Seen(tx, scope, its), _titles(tx, [_shown(its).bundle_hash]), country, code, its)


def history(tx: Connection, scope: Scope, country: str, code: str) -> list[Version]:
    """Every version of a flow that is kept, the newest first; a draft before them all."""
    mine = rows.flow_at(scope, country, code).mine()
    found = tx.execute(select(flow_versions).where(mine).order_by(flow_versions.c.id.desc())).all()
    seen = _Seen(tx, scope, found)
    return sorted(map(seen.version, found), key=lambda each: (each.number is not None, -(each.number or 0)))


def content_of(tx: Connection, scope: Scope, country: str, code: str, version_id: int) -> str:
    """The content of one version, for who wants to see what it said. Raises NotFound."""
    row = rows.version(tx, rows.flow_at(scope, country, code), version_id)
    return storing.content(tx, row.bundle_hash)


class _Seen:
    """Rows as versions: the names of their makers and their people are read once for all."""

    def __init__(self, tx: Connection, scope: Scope, found: Iterable[Row[Any]]) -> None:
        self.names = rows.names(tx, scope.organisation_id, [row.made_by for row in found])
        self.people = _people(tx, scope)

    def version(self, row: Row[Any]) -> Version:
        return Version(
            id=row.id,
            number=row.number,
            state=VersionState(row.state),
            origin=row.origin,
            bundle_hash=row.bundle_hash,
            reason=row.reason or "",
            left_reason=row.left_reason or "",
            made_by_name=self.names.get(row.made_by, ""),
            created_at=row.created_at,
            published_at=row.published_at,
            changed_at=row.changed_at,
            revision=row.revision,
            people_now=self.people.get(row.bundle_hash, 0),
            undecided=len(row.undecided or ()),
        )


def _people(tx: Connection, scope: Scope) -> Mapping[str, int]:
    standing = sessions.c.status.in_([SessionStatus.ACTIVE, SessionStatus.PARKED])  # whoever sleeps has had the end
    query = (
        select(sessions.c.bundle_hash, func.count().label("people"))
        .where(sessions.c.organisation_id == scope.organisation_id, standing)
        .group_by(sessions.c.bundle_hash)
    )
    return {row.bundle_hash: row.people for row in tx.execute(query)}


def _line(
    seen: _Seen, titles: Mapping[str, tuple[str, str]], country: str, code: str, its: list[Row[Any]]
) -> FlowLine:
    by_state = _by_state(its)
    live, draft = by_state.get(VersionState.PUBLISHED), by_state.get(VersionState.DRAFT)
    title, language = titles[_shown(its).bundle_hash]
    return FlowLine(
        country=country,
        code=code,
        title=title,
        language=language,
        live=seen.version(live) if live is not None else None,
        draft=seen.version(draft) if draft is not None else None,
        people_now=sum(seen.people.get(bundle_hash, 0) for bundle_hash in {row.bundle_hash for row in its}),
    )


def _by_state(its: Iterable[Row[Any]]) -> Mapping[str, Row[Any]]:
    return {row.state: row for row in its if row.state in {VersionState.PUBLISHED, VersionState.DRAFT}}


def _shown(its: Iterable[Row[Any]]) -> Row[Any]:
    """The version that a flow is named after: the live one, else the draft, else the newest."""
    by_state = _by_state(its)
    found = by_state.get(VersionState.PUBLISHED) or by_state.get(VersionState.DRAFT)
    return found if found is not None else max(its, key=lambda row: row.number or 0)


_known_titles: dict[str, tuple[str, str]] = {}  # a content never changes under its hash


def _titles(tx: Connection, hashes: Collection[str]) -> Mapping[str, tuple[str, str]]:
    """Title and language of contents, by hash; those that were never read are read at once."""
    known = {each: title for each in hashes if (title := _known_titles.get(each))}
    read = {each: _title(content) for each, content in storing.contents(tx, set(hashes) - known.keys()).items()}
    if len(_known_titles) > MOST_TITLES:
        _known_titles.clear()
    _known_titles.update(read)
    return known | read


def _title(content: str) -> tuple[str, str]:
    """As the author calls it, and in which language."""
    bundle = json.loads(content)
    language = str(bundle["source_language"])
    return str(bundle["sentences"].get(language, {}).get("title", bundle["code"])), language


def _place(line: FlowLine) -> tuple[int, str]:
    try:
        order = packaged.flow_codes(line.country)
    except KeyError:
        order = ()
    return (order.index(line.code) if line.code in order else len(order), line.code)
