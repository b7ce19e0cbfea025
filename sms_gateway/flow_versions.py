"""Versions of flows: whole, frozen bundles, found by their content's hash; a conversation keeps the one it began on."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from flows import packaged
from flows.compiler import compile_bundle
from flows.machine import Machine
from flows.wording import sayer
from sms_gateway.context import Services
from sms_gateway.services import Service
from sms_gateway.store.database import after_commit
from sms_gateway.store.tables import VersionState, bundles, flow_versions, services

SHIPPED = "shipped"


@dataclass(frozen=True)
class Published:
    """A flow that new conversations begin on."""

    code: str
    bundle_hash: str


def register_shipped(services_: Services) -> None:
    """Store the shipped flows as versions: an untouched flow takes the newest, an edited one keeps its own."""
    now = services_.clock()
    with services_.database.write() as tx:
        wanted = tx.execute(select(services.c.organisation_id, services.c.country).distinct()).all()
        for organisation_id, country in wanted:
            for code in packaged.flow_codes(country):
                _register(tx, organisation_id, country, code, packaged.bundle(country, code), now)


def published(tx: Connection, organisation_id: int, country: str) -> list[Published]:
    """The flows that are open to citizens, in the order of the menu."""
    rows = tx.execute(
        select(flow_versions.c.code, flow_versions.c.bundle_hash)
        .where(
            flow_versions.c.organisation_id == organisation_id,
            flow_versions.c.country == country,
            flow_versions.c.state == VersionState.PUBLISHED,
        )
        .order_by(flow_versions.c.id)
    ).all()
    order = {code: place for place, code in enumerate(packaged.flow_codes(country))}
    return sorted(
        (Published(row.code, row.bundle_hash) for row in rows), key=lambda flow: order.get(flow.code, len(order))
    )


def machine(tx: Connection, bundle_hash: str) -> Machine:
    """The machine of a stored bundle; compiled once a process. Raises KeyError for a hash never stored."""
    found = _compiled.get(bundle_hash)
    if found is None:
        content = tx.execute(select(bundles.c.content).where(bundles.c.hash == bundle_hash)).scalar_one_or_none()
        if content is None:
            raise KeyError(bundle_hash)
        found = _compiled[bundle_hash] = compile_bundle(content)
    return found


def names(made: Machine, language: str) -> tuple[str, ...]:
    """What a flow is called by free words: its title in a language, then its keywords."""
    return (sayer(made, language)("title"), *_keywords(made.hash, made.bundle))


def menu(tx: Connection, service: Service, now: datetime) -> Machine:
    """The service's menu over the flows that are open now; a pinned machine like any other."""
    codes = tuple(flow.code for flow in published(tx, service.organisation_id, service.country))
    return _stored(tx, _menu_bundle(service.country, codes), now)


def dialogue(tx: Connection, country: str, name: str, now: datetime) -> Machine:
    """One of the machine's own dialogues (status_waiting, case_closed…), pinned like a flow."""
    return _stored(tx, _dialogue_bundle(country, name), now)


_compiled: dict[str, Machine] = {}
_rows_known: set[tuple[str, str]] = set()


@lru_cache(maxsize=500)
def _keywords(_hash: str, bundle: str) -> tuple[str, ...]:
    return tuple(json.loads(bundle)["flow"].get("keywords", ()))


@lru_cache(maxsize=200)
def _menu_bundle(country: str, codes: tuple[str, ...]) -> str:
    return packaged.menu_bundle(country, codes)


@lru_cache(maxsize=200)
def _dialogue_bundle(country: str, name: str) -> str:
    return packaged.dialogue_bundle(country, name)


def _stored(tx: Connection, content: str, now: datetime) -> Machine:
    """The machine of a bundle of ours, its row written the first time that anybody needs it."""
    made = compile_bundle(content)
    known = (str(tx.engine.url), made.hash)  # a row is known of one database, not of every one
    if known not in _rows_known:
        _store(tx, made.hash, content, now)
        after_commit(tx, lambda: _rows_known.add(known))
    return made


def _store(tx: Connection, bundle_hash: str, content: str, now: datetime) -> None:
    make = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    tx.execute(
        make(bundles)
        .values(hash=bundle_hash, content=content, created_at=now)
        .on_conflict_do_nothing(index_elements=["hash"])
    )


def _register(tx: Connection, organisation_id: int, country: str, code: str, content: str, now: datetime) -> None:
    bundle_hash = compile_bundle(content).hash
    _store(tx, bundle_hash, content, now)
    mine = (
        (flow_versions.c.organisation_id == organisation_id)
        & (flow_versions.c.country == country)
        & (flow_versions.c.code == code)
    )
    current = tx.execute(select(flow_versions).where(mine, flow_versions.c.state == VersionState.PUBLISHED)).first()
    if current is not None and (current.bundle_hash == bundle_hash or current.origin != SHIPPED):
        return
    if current is not None:
        tx.execute(update(flow_versions).where(flow_versions.c.id == current.id).values(state=VersionState.RETIRED))
    elif tx.execute(select(flow_versions.c.id).where(mine).limit(1)).first() is not None:
        return  # withdrawn here: a restart must not bring it back
    tx.execute(
        insert(flow_versions).values(
            organisation_id=organisation_id,
            country=country,
            code=code,
            bundle_hash=bundle_hash,
            state=VersionState.PUBLISHED,
            origin=SHIPPED,
            created_at=now,
            published_at=now,
        )
    )
