"""What conversations need of versions: the open flows, their machines, the menu, the machine's own dialogues."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection, bindparam, select

from flows import packaged
from flows.bundle import ListOption
from flows.compiler import compile_bundle
from flows.machine import Machine
from flows.reader import Procedure
from flows.wording import sayer
from sms_gateway.flow_versions import storing
from sms_gateway.services import Service
from sms_gateway.store.database import after_commit, must_last
from sms_gateway.store.tables import VersionState, flow_versions

KEPT_AGAIN = timedelta(hours=12)  # a menu or a dialogue that is used says so this often; `storing.forget` knows

_PUBLISHED = (
    select(flow_versions.c.code, flow_versions.c.bundle_hash)
    .where(
        flow_versions.c.organisation_id == bindparam("organisation"),
        flow_versions.c.country == bindparam("in_country"),
        flow_versions.c.state == VersionState.PUBLISHED,
    )
    .order_by(flow_versions.c.code)
)


@dataclass(frozen=True)
class Published:
    """A flow that new conversations begin on."""

    code: str
    bundle_hash: str


def published(tx: Connection, organisation_id: int, country: str) -> list[Published]:
    """The flows that are open to citizens, in the order of the menu. One query: every turn may ask."""
    rows = tx.execute(_PUBLISHED, {"organisation": organisation_id, "in_country": country}).all()
    order = {code: place for place, code in enumerate(packaged.flow_codes(country))}
    return sorted(
        (Published(row.code, row.bundle_hash) for row in rows), key=lambda flow: order.get(flow.code, len(order))
    )


def machine(tx: Connection, bundle_hash: str) -> Machine:
    """The machine of a stored bundle; compiled once a process. Raises KeyError for a hash that is not stored."""
    found = _compiled.get(bundle_hash)
    if found is None:
        found = _compiled[bundle_hash] = compile_bundle(storing.content(tx, bundle_hash))
    return found


def procedure(made: Machine, language: str) -> Procedure:
    """What a flow is called by free words: its title, keywords, line in the menu; and the words of its choices."""
    known = made.hash, language
    if known not in _called:
        shipped = packaged.flow_names(made.country, (made.code,), language).get(made.code, ())
        keywords = json.loads(made.bundle)["flow"].get("keywords", ())
        spoken = titles(made)
        first = spoken.get(language) or spoken[made.source_language]
        options = [option for (each, _), options in made.options.items() if each == language for option in options]
        _called[known] = Procedure(
            made.code,
            tuple(dict.fromkeys((first, *spoken.values(), *keywords, *shipped))),
            tuple(word for option in options for word in (option.label, *option.also)),
        )
    return _called[known]


def titles(made: Machine) -> dict[str, str]:
    """The title of a flow in each of its languages."""
    return {language: sayer(made, language)("title") for language in made.voices}


def menu(tx: Connection, service: Service, now: datetime) -> Machine:
    """The service's menu over the flows that are open now; a pinned machine like any other."""
    codes = tuple(flow.code for flow in published(tx, service.organisation_id, service.country))
    return _stored(tx, _menu_bundle(service.country, codes, other_language=len(service.languages) > 1), now)


def short_menu(tx: Connection, country: str, found: Sequence[ListOption], now: datetime) -> Machine:
    """A menu of the few flows that free words may be about."""
    return _stored(tx, packaged.found_bundle(country, found), now)


def dialogue(tx: Connection, country: str, name: str, now: datetime) -> Machine:
    """One of the machine's own dialogues (status_waiting, case_closed…), pinned like a flow."""
    return _stored(tx, _dialogue_bundle(country, name), now)


_compiled: dict[str, Machine] = {}
_called: dict[tuple[str, str], Procedure] = {}
_kept: dict[tuple[str, str], datetime] = {}  # database and hash → when this process said last that it needs the row


@lru_cache(maxsize=200)
def _menu_bundle(country: str, codes: tuple[str, ...], *, other_language: bool) -> str:
    return packaged.menu_bundle(country, codes, other_language=other_language)


@lru_cache(maxsize=200)
def _dialogue_bundle(country: str, name: str) -> str:
    return packaged.dialogue_bundle(country, name)


def _stored(tx: Connection, content: str, now: datetime) -> Machine:
    """The machine of a bundle of ours. Its row is written the first time that this process needs it, and kept by age.

    Other processes may forget what nobody has needed for days: what was written longer ago than KEPT_AGAIN is written
    once more, and a row that a hop has written is on disk before anybody relies on it.
    """
    made = compile_bundle(content)
    known = (str(tx.engine.url), made.hash)  # a row is known of one database, not of every one
    kept_at = _kept.get(known)
    if kept_at is None or abs(now - kept_at) > KEPT_AGAIN:
        storing.store(tx, content, now)
        must_last(tx)
        after_commit(tx, lambda: _kept.update({known: now}))
    return made
