"""The flows that we ship, at every start: an untouched flow takes the newest, an edited one gets it as a draft."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from flows import merging, packaged
from flows.compiler import compile_bundle
from sms_gateway.context import Services
from sms_gateway.flow_versions import drafts, rows, storing
from sms_gateway.flow_versions.rows import SHIPPED, FlowAt
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import VersionState, flow_versions
from sms_gateway.store.tables import services as services_table


def register_shipped(services: Services) -> None:
    """Store the shipped flows as versions; safe to run again, and by several processes at once.

    An untouched flow takes the newest. Where a flow was edited, or is closed, the live version stays: the newest
    becomes a draft, merged step by step. A shipped version that was here before is never brought back.
    """
    now = services.clock()
    with services.database.read() as tx:
        where = select(services_table.c.organisation_id, services_table.c.country).distinct()
        wanted = sorted((row.organisation_id, row.country) for row in tx.execute(where))
    shipped = {country: _shipped(country) for _organisation_id, country in wanted}
    with services.database.write() as tx:
        for organisation_id, country in wanted:
            for code, content in shipped[country].items():
                _register(tx, FlowAt(organisation_id, country, code), content, now)


def _shipped(country: str) -> Mapping[str, str]:
    contents = {code: packaged.bundle(country, code) for code in packaged.flow_codes(country)}
    for content in contents.values():
        compile_bundle(content)  # raises before anything is stored
    return contents


def _register(tx: Connection, flow: FlowAt, content: str, now: datetime) -> None:
    rows.lock(tx, flow)
    bundle_hash = storing.hash_of(content)
    live, draft = rows.live(tx, flow), rows.draft(tx, flow)
    if _was_here(tx, flow, bundle_hash):
        return
    scope = Scope.machine(flow.organisation_id)
    storing.store(tx, content, now)
    untouched = live is not None and live.origin == SHIPPED
    if untouched or rows.highest_number(tx, flow) == 0:
        version_id = _go_live(tx, flow, scope, bundle_hash, live, now)
        if draft is not None:
            _merge(tx, flow, scope, draft, content, base_id=version_id, now=now)
    else:
        ours = draft or rows.newest(tx, flow)
        assert ours is not None
        _merge(tx, flow, scope, ours, content, base_id=live.id if live is not None else ours.base_id, now=now)


def _was_here(tx: Connection, flow: FlowAt, bundle_hash: str) -> bool:
    """Whether this shipped version was live here, is merged into a draft, or was refused."""
    same = (flow_versions.c.bundle_hash == bundle_hash) | (flow_versions.c.follows == bundle_hash)
    return tx.execute(select(flow_versions.c.id).where(flow.mine(), same).limit(1)).first() is not None


def _go_live(
    tx: Connection, flow: FlowAt, scope: Scope, bundle_hash: str, live: Row[Any] | None, now: datetime
) -> int:
    if live is not None:
        rows.change(tx, live.id, now=now, state=VersionState.RETIRED)
    number = rows.next_number(tx, flow)
    version_id = rows.add(
        tx, flow, now=now, state=VersionState.PUBLISHED, origin=SHIPPED, bundle_hash=bundle_hash, follows=bundle_hash,
        number=number, published_at=now,
    )  # fmt: skip
    rows.record(tx, flow, scope, "version_published", now=now, version_id=version_id, number=number)
    return version_id


def _merge(
    tx: Connection, flow: FlowAt, scope: Scope, ours: Row[Any], theirs: str, *, base_id: int | None, now: datetime
) -> None:
    """Put what the library changed into the draft, or make a draft of it; what both changed waits for an editor.

    Of a written conversation nobody has to choose one: the checker says where it differs, and its words are accepted.
    """
    follows = storing.hash_of(theirs)
    mine = storing.content(tx, ours.bundle_hash)
    base = storing.content(tx, ours.follows) if ours.follows is not None else mine
    merged = merging.merge(base=base, ours=mine, theirs=theirs)
    is_draft = ours.state == VersionState.DRAFT
    both = [name for name in merged.undecided if not name.startswith("transcripts.")]
    if merged.content == mine and not both and not is_draft:
        rows.follow(tx, ours.id, follows)  # it has everything already
        return
    bundle_hash = storing.store(tx, merged.content, now)
    before = list(ours.undecided or ()) if is_draft else []
    undecided = [*before, *(name for name in both if name not in before)]
    columns = {"bundle_hash": bundle_hash, "follows": follows, "undecided": undecided, "base_id": base_id}
    if is_draft:
        touched = (ours.touched or {}) | ({drafts.LAST: None} if ours.touched else {})
        rows.change(tx, ours.id, now=now, revision=ours.revision + 1, touched=touched, **columns)
        version_id = ours.id
        storing.forget_these(tx, {ours.bundle_hash} - {bundle_hash})
    else:
        version_id = rows.add(tx, flow, now=now, state=VersionState.DRAFT, origin=SHIPPED, revision=1, **columns)
    rows.record(tx, flow, scope, "library_offered", now=now, version_id=version_id, undecided=len(undecided))
