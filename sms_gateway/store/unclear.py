"""Replies that no machine understood, sealed under the key of whoever wrote them, until an editor has read them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import people, person_keys, services, unclear_replies

MOST_SHOWN = 500  # the newest; an editor who has read them sees the others


def add(
    tx: Connection,
    organisation_id: int,
    person_id: int,
    *,
    flow: str,
    step: str,
    language: str,
    body: str,
    now: datetime,
) -> None:
    """Keep a reply; `body` is sealed."""
    tx.execute(
        insert(unclear_replies).values(
            organisation_id=organisation_id,
            person_id=person_id,
            flow=flow,
            step=step,
            language=language,
            body=body,
            at=now,
        )
    )


def newest(tx: Connection, scope: Scope, ids: Iterable[int] = ()) -> list[Row[Any]]:
    """The newest replies of an organisation, with their country and what opens them; only these where `ids` says so."""
    query = (
        select(unclear_replies, services.c.country, person_keys.c.sealed_key)
        .join(people, people.c.id == unclear_replies.c.person_id)
        .join(services, services.c.id == people.c.service_id)
        .join(person_keys, person_keys.c.person_id == people.c.id)
        .where(unclear_replies.c.organisation_id == scope.organisation_id)
        .order_by(unclear_replies.c.id.desc())
        .limit(MOST_SHOWN)
    )
    if wanted := list(ids):
        query = query.where(unclear_replies.c.id.in_(wanted))
    return list(tx.execute(query))


def remove(tx: Connection, scope: Scope, ids: Iterable[int]) -> None:
    """Forget replies that an editor has decided about."""
    own = unclear_replies.c.organisation_id == scope.organisation_id
    tx.execute(delete(unclear_replies).where(own, unclear_replies.c.id.in_(list(ids))))


def forget(tx: Connection, *, before: datetime) -> None:
    """Forget what nobody has read for so long, and what its writer had erased."""
    has_key = select(person_keys.c.person_id).where(person_keys.c.person_id == unclear_replies.c.person_id).exists()
    tx.execute(delete(unclear_replies).where((unclear_replies.c.at < before) | ~has_key))
