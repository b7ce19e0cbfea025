"""What a case is called on a page: its topic in words, its hours in its country's time, the facts of its procedure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from flows import packaged
from flows.money import amount_of
from flows.wording import show
from sms_gateway import flow_versions
from sms_gateway import services as services_
from sms_gateway.cases.desk import CaseLine, CaseView
from sms_gateway.store.tables import OfferState, accounts, cases, offers
from sms_gateway.store.tables import services as services_table
from sms_gateway.web.words import _, current_language

LOOK_AGAIN_AFTER = timedelta(days=183)  # a source that was read longer ago is to be read again


@dataclass(frozen=True)
class ShownLine:
    """A line of a list, with what the page needs to say of it. `asked`: who has an offer that still runs."""

    case: CaseLine
    topic: str
    timezone: str
    asked: str | None = None


@dataclass(frozen=True)
class ShownFact:
    """A fact of the procedure, with its source; one past its last day is left out by `facts_of`."""

    name: str
    value: str
    source: str
    checked: date | None
    old: bool


def shown_lines(tx: Connection, organisation_id: int, lines: Iterable[CaseLine]) -> list[ShownLine]:
    """The lines with their topics in words and their time zones."""
    zones = _zones(tx)
    asked = _asked(tx, organisation_id)
    return [
        ShownLine(line, topic_name(line.country, line.topic, discreet=line.discreet), zones.get(line.country, "UTC"),
                  asked.get(line.number))
        for line in lines
    ]  # fmt: skip


def shown_view(tx: Connection, view: CaseView) -> ShownLine:
    """The same for one case."""
    line = view.line
    return ShownLine(line, topic_name(line.country, line.topic, discreet=False), _zones(tx).get(line.country, "UTC"))


def timezone_of(tx: Connection, organisation_id: int) -> str:
    """Of the organisation's first service: its team's hours are told in it."""
    query = select(services_table.c.timezone).where(services_table.c.organisation_id == organisation_id)
    return str(tx.execute(query.order_by(services_table.c.id).limit(1)).scalar() or "UTC")


def topic_name(country: str, topic: str, *, discreet: bool) -> str:
    """What a case is about, as its country calls it in the reader's language; nothing of a discreet one in a list."""
    return _("Personal") if discreet else name_of(country, topic)


def name_of(country: str, topic: str) -> str:
    """A topic or a flow by its code, as the menu of its country calls it."""
    try:
        pack = packaged.pack(country)
    except KeyError:
        return topic
    language = current_language()
    titles = next((line.labels for line in pack.menu if line.flow == topic), None)
    name = (titles.get(language) or titles[pack.source_language]) if titles else pack.topic(topic, language)
    return (name[:1].upper() + name[1:]).replace("'", "’")


def facts_of(tx: Connection, organisation_id: int, view: CaseView, now: datetime) -> list[ShownFact]:
    """The facts that the flows of this topic serve today, each with its source; never one past its last day."""
    line, today = view.line, now.date()
    found: dict[str, ShownFact] = {}
    for version in flow_versions.published(tx, organisation_id, line.country):
        machine = flow_versions.machine(tx, version.bundle_hash)
        if line.topic not in {machine.topic, machine.code}:
            continue
        for name, fact in _facts(machine.bundle).items():
            valid_to = _date(fact.get("valid_to"))
            if valid_to is None or valid_to >= today:
                checked = _date(fact.get("checked"))
                old = checked is not None and today - checked > LOOK_AGAIN_AFTER
                value = str(fact["value"])
                said = show(amount_of(value) or value, current_language())
                found[name] = ShownFact(_spaced(name), said, str(fact.get("source", "")), checked, old)
    return list(found.values())


def _facts(bundle: str) -> Mapping[str, Mapping[str, str]]:
    flow = json.loads(bundle).get("flow", {}) if bundle else {}
    facts = flow.get("facts", {}) if isinstance(flow, dict) else {}
    return {name: fact for name, fact in facts.items() if isinstance(fact, dict) and "value" in fact}


def _spaced(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _date(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _zones(tx: Connection) -> dict[str, str]:
    return {service.country: service.timezone for service in services_.all_services(tx)}


def _asked(tx: Connection, organisation_id: int) -> dict[int, str]:
    """By case number, the name of whoever has an offer that runs."""
    query = (
        select(cases.c.number, accounts.c.name)
        .join(offers, offers.c.case_id == cases.c.id)
        .join(accounts, accounts.c.id == offers.c.account_id)
        .where(cases.c.organisation_id == organisation_id, offers.c.state == OfferState.OPEN)
        .order_by(offers.c.id)
    )
    return {row.number: row.name for row in tx.execute(query)}
