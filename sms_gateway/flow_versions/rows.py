"""The rows of one flow's versions: its lock, the one that is live, its draft, their names of people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, update

from sms_gateway.errors import NotAllowed, NotFound
from sms_gateway.store import journal
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import Role, VersionState, accounts, flow_versions, flows
from sms_gateway.store.upsert import on_both

SHIPPED, EDITED = "shipped", "edited"

_FLOW = on_both(lambda insert: insert(flows).on_conflict_do_nothing())


@dataclass(frozen=True)
class FlowAt:
    """One flow of one organisation."""

    organisation_id: int
    country: str
    code: str

    def mine(self) -> ColumnElement[bool]:
        """Its versions, and no other organisation's."""
        return and_(
            flow_versions.c.organisation_id == self.organisation_id,
            flow_versions.c.country == self.country,
            flow_versions.c.code == self.code,
        )


def flow_at(scope: Scope, country: str, code: str) -> FlowAt:
    """The flow as this scope may see it."""
    return FlowAt(scope.organisation_id, country, code)


def for_editing(scope: Scope, country: str, code: str) -> FlowAt:
    """The flow, for who may change it. Raises NotAllowed for anybody but an editor and the machine."""
    if scope.role not in {Role.EDITOR, Role.MACHINE}:
        raise NotAllowed("Only an editor changes procedures.")
    return flow_at(scope, country, code)


def lock(tx: Connection, flow: FlowAt) -> None:
    """Hold the flow until the transaction ends: two editors, publishers or starts never cross."""
    values = {"organisation_id": flow.organisation_id, "country": flow.country, "code": flow.code}
    tx.execute(_FLOW[tx.dialect.name], values)
    tx.execute(select(flows.c.id).where(_row(flow)).with_for_update(key_share=True)).one()


def lock_existing(tx: Connection, flow: FlowAt) -> None:
    """The same for a flow that must be there. Raises NotFound for one that this organisation doesn't have."""
    if tx.execute(select(flows.c.id).where(_row(flow)).with_for_update(key_share=True)).first() is None:
        raise NotFound("There is no such procedure.")


def live(tx: Connection, flow: FlowAt) -> Row[Any] | None:
    """The version that new conversations begin on; None where the flow is closed."""
    return tx.execute(select(flow_versions).where(flow.mine(), _is(VersionState.PUBLISHED))).first()


def draft(tx: Connection, flow: FlowAt) -> Row[Any] | None:
    """Its draft, or None."""
    return tx.execute(select(flow_versions).where(flow.mine(), _is(VersionState.DRAFT))).first()


def newest(tx: Connection, flow: FlowAt) -> Row[Any] | None:
    """The live version; where the flow is closed, the one with the highest number."""
    numbered = select(flow_versions).where(flow.mine(), flow_versions.c.number.is_not(None))
    return live(tx, flow) or tx.execute(numbered.order_by(flow_versions.c.number.desc()).limit(1)).first()


def version(tx: Connection, flow: FlowAt, version_id: int) -> Row[Any]:
    """One of its versions. Raises NotFound, for another flow's or organisation's too."""
    row = tx.execute(select(flow_versions).where(flow.mine(), flow_versions.c.id == version_id)).first()
    if row is None:
        raise NotFound("There is no such version.")
    return row


def was_withdrawn(tx: Connection, flow: FlowAt, bundle_hash: str) -> bool:
    """Whether this very content was withdrawn here, under whichever number."""
    same = flow_versions.c.bundle_hash == bundle_hash
    query = select(flow_versions.c.id).where(flow.mine(), same, _is(VersionState.WITHDRAWN))
    return tx.execute(query.limit(1)).first() is not None


def next_number(tx: Connection, flow: FlowAt) -> int:
    """The number of the version that is published now; the caller holds the flow."""
    taken = update(flows).where(_row(flow)).values(next_number=flows.c.next_number + 1)
    return int(tx.execute(taken.returning(flows.c.next_number)).scalar_one()) - 1


def add(tx: Connection, flow: FlowAt, *, now: datetime, **columns: Any) -> int:
    """A new version; gives its id."""
    row = {"organisation_id": flow.organisation_id, "country": flow.country, "code": flow.code}
    row |= {"created_at": now, "changed_at": now} | columns
    return int(tx.execute(insert(flow_versions).values(row).returning(flow_versions.c.id)).scalar_one())


def change(tx: Connection, version_id: int, *, now: datetime, **columns: Any) -> None:
    """Set columns of a version; the caller holds its flow."""
    tx.execute(update(flow_versions).where(flow_versions.c.id == version_id).values(changed_at=now, **columns))


def follow(tx: Connection, version_id: int, bundle_hash: str | None) -> None:
    """The changes of this shipped version are in it, or were refused: they are not offered again."""
    tx.execute(update(flow_versions).where(flow_versions.c.id == version_id).values(follows=bundle_hash))


def record(tx: Connection, flow: FlowAt, scope: Scope, what: str, *, now: datetime, **ids: int | str | None) -> None:
    """Journal what an editor or the machine did to a flow: ids and numbers alone."""
    detail: dict[str, Any] = {"country": flow.country, "flow": flow.code} | ids
    journal.record(tx, flow.organisation_id, what, now=now, account_id=scope.account_id, **detail)


def names(tx: Connection, organisation_id: int, account_ids: Iterable[int | None]) -> Mapping[int | None, str]:
    """The names of these accounts; "" for the machine."""
    wanted = {account_id for account_id in account_ids if account_id is not None}
    query = select(accounts.c.id, accounts.c.name).where(
        accounts.c.organisation_id == organisation_id, accounts.c.id.in_(wanted)
    )
    return {None: ""} | {row.id: row.name for row in (tx.execute(query) if wanted else ())}


def highest_number(tx: Connection, flow: FlowAt) -> int:
    """The number of the version that was published last; 0 before the first."""
    return int(tx.execute(select(func.coalesce(func.max(flow_versions.c.number), 0)).where(flow.mine())).scalar_one())


def _row(flow: FlowAt) -> ColumnElement[bool]:
    return and_(
        flows.c.organisation_id == flow.organisation_id, flows.c.country == flow.country, flows.c.code == flow.code
    )


def _is(state: VersionState) -> ColumnElement[bool]:
    return flow_versions.c.state == state
