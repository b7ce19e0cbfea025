"""Services: an organisation's counter in one country, its lines, and the line that it answers from."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from sqlalchemy import Connection, Engine, insert, select, update

from sms_gateway.context import Services
from sms_gateway.errors import SettingsError
from sms_gateway.settings import Settings
from sms_gateway.store.tables import desks, lines, organisations
from sms_gateway.store.tables import services as services_table

DEMO_ORGANISATION = "demo"
REVIEWED_ANSWERS = 10  # of a new volunteer, before they leave (casework.md §7.7)
MOST_REVIEWED = 1000
KEPT_SECONDS = 5.0  # a service is read from the database this often, not at every turn: it changes once in a while
_GATEWAY = "africastalking"
_SIMULATOR = "simulator"
_ALWAYS = {day: [["00:00", "24:00"]] for day in (*map(str, range(7)), "holidays")}


@dataclass(frozen=True)
class Line:
    """One way in: a short code for texts, a code to dial."""

    id: int
    service_id: int
    code: str
    channel: str
    kind: str
    address: str


@dataclass(frozen=True)
class Service:
    """A counter as citizens know it. `desk_id` is who is responsible for its cases, always."""

    id: int
    organisation_id: int
    organisation: str
    retention_days: int
    code: str
    name: str
    country: str
    languages: tuple[str, ...]
    timezone: str
    hours: Mapping[str, Sequence[Sequence[str]]] | None
    help_phone: str | None
    desk_id: int
    lines: tuple[Line, ...]
    allowed: tuple[str, ...] = ()  # links, addresses and numbers that a volunteer's answer may hold

    def sms_line(self, channel: str) -> Line | None:
        """The line that texts leave from, on a channel; any of its channels where that one has none."""
        texting = [line for line in self.lines if line.kind == "sms"]
        return next((line for line in texting if line.channel == channel), texting[0] if texting else None)

    def line(self, line_id: int) -> Line | None:
        """One of its lines by id."""
        return next((line for line in self.lines if line.id == line_id), None)

    def dial_code(self, channel: str) -> str | None:
        """What to dial, on a channel, where the service has USSD."""
        return next((line.address for line in self.lines if line.kind == "ussd" and line.channel == channel), None)


@dataclass
class _Kept:
    """What was read of one database a moment ago."""

    read_at: float
    by_id: dict[int, Service] = field(default_factory=dict)
    by_line: dict[tuple[str, str, str], tuple[Service, Line]] = field(default_factory=dict)


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


def load(tx: Connection, service_id: int) -> Service:
    """A service with its lines, at most KEPT_SECONDS old. Raises sqlalchemy's NoResultFound for an unknown id."""
    kept = _recently_read(tx)
    if service_id not in kept.by_id:
        kept.by_id[service_id] = _load(tx, service_id)
    return kept.by_id[service_id]


def by_line(tx: Connection, *, channel: str, kind: str, address: str) -> tuple[Service, Line] | None:
    """The service that an incoming form is for, and the line it came in on; None for an address that is not ours."""
    kept, wanted = _recently_read(tx), (channel, kind, address)
    if wanted in kept.by_line:
        return kept.by_line[wanted]
    row = tx.execute(
        select(lines.c.id, lines.c.service_id).where(
            lines.c.channel == channel, lines.c.kind == kind, lines.c.address == address
        )
    ).first()
    if row is None:
        return None
    service = load(tx, row.service_id)
    line = service.line(row.id)
    assert line is not None
    kept.by_line[wanted] = service, line
    return service, line


def all_services(tx: Connection) -> list[Service]:
    """Every service, in the order in which they were made."""
    ids = tx.execute(select(services_table.c.id).order_by(services_table.c.id)).scalars().all()
    return [load(tx, service_id) for service_id in ids]


def ensure(services: Services) -> None:
    """Bring the rows of organisations, services and lines to what the settings say; run at every start.

    A line that is no longer named stays: cases and messages refer to it. Raises SettingsError for a file that can't be
    used.
    """
    wanted = _wanted(services.settings)
    now = services.clock()
    with services.database.write() as tx:
        for organisation in wanted["organisations"]:
            _ensure_organisation(tx, organisation, now)
        for service in wanted["services"]:
            _ensure_service(tx, service)
    _kept.pop(services.database.engine, None)


@dataclass(frozen=True)
class ToldLine:
    """A line as the settings tell it, with its service's country and first language: known without any database."""

    code: str
    channel: str
    kind: str
    address: str
    service: str
    country: str
    language: str


def told_lines(settings: Settings) -> tuple[ToldLine, ...]:
    """Every line of the settings, in their order."""
    return tuple(
        ToldLine(
            code=line["code"],
            channel=line["channel"],
            kind=line["kind"],
            address=line["address"],
            service=service["name"],
            country=service["country"],
            language=service["languages"][0],
        )
        for service in _wanted(settings)["services"]
        for line in service["lines"]
    )


@dataclass(frozen=True)
class ToldService:
    """A service as the settings tell it: known without any database. addresses: by kind of line, the first of each."""

    code: str
    name: str
    country: str
    languages: tuple[str, ...]
    addresses: Mapping[str, str]


def told_services(settings: Settings) -> tuple[ToldService, ...]:
    """Every service of the settings, in their order."""
    return tuple(
        ToldService(
            code=service["code"],
            name=service["name"],
            country=service["country"],
            languages=tuple(service["languages"]),
            addresses={line["kind"]: str(line["address"]) for line in reversed(service["lines"])},
        )
        for service in _wanted(settings)["services"]
    )


def own_accounts(settings: Settings) -> dict[str, Mapping[str, str]]:
    """Gateway accounts of single services, by the address of each of their lines: {"username", "api_key"}."""
    found: dict[str, Mapping[str, str]] = {}
    for service in _wanted(settings)["services"]:
        account = service.get(_GATEWAY)
        if account:
            for line in service["lines"]:
                found[line["address"]] = account
    return found


def _recently_read(tx: Connection) -> _Kept:
    now = time.monotonic()
    kept = _kept.get(tx.engine)
    if kept is None or now - kept.read_at > KEPT_SECONDS:
        kept = _kept[tx.engine] = _Kept(now)
    return kept


def _load(tx: Connection, service_id: int) -> Service:
    row = tx.execute(
        select(services_table, organisations.c.name.label("organisation"), organisations.c.retention_days, desks.c.id)
        .join(organisations, organisations.c.id == services_table.c.organisation_id)
        .join(desks, desks.c.service_id == services_table.c.id)
        .where(services_table.c.id == service_id)
    ).one()
    its_lines = tx.execute(select(lines).where(lines.c.service_id == row[0]).order_by(lines.c.id))
    return Service(
        id=row[0],
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        retention_days=row.retention_days,
        code=row.code,
        name=row.name,
        country=row.country,
        languages=tuple(row.languages),
        timezone=row.timezone,
        hours=row.hours,
        help_phone=row.help_phone,
        desk_id=row[-1],
        allowed=tuple(row.allowed),
        lines=tuple(Line(at.id, at.service_id, at.code, at.channel, at.kind, at.address) for at in its_lines),
    )


def _ensure_organisation(tx: Connection, wanted: Mapping[str, Any], now: datetime) -> None:
    columns = {
        "name": wanted["name"],
        "retention_days": int(wanted.get("retention_days", 365)),
        "trained_topics": list(wanted.get("trained_topics", ())),
        "reviewed_answers": int(wanted.get("reviewed_answers", REVIEWED_ANSWERS)),
    }
    found = tx.execute(select(organisations.c.id).where(organisations.c.code == wanted["code"])).scalar()
    if found:
        tx.execute(update(organisations).where(organisations.c.id == found).values(**columns))
    else:
        tx.execute(insert(organisations).values(code=wanted["code"], created_at=now, **columns))


def _ensure_service(tx: Connection, wanted: Mapping[str, Any]) -> None:
    organisation_id = tx.execute(
        select(organisations.c.id).where(organisations.c.code == wanted["organisation"])
    ).scalar_one()
    columns = {
        "organisation_id": organisation_id,
        "name": wanted["name"],
        "country": wanted["country"],
        "languages": list(wanted["languages"]),
        "timezone": wanted["timezone"],
        "hours": wanted.get("hours"),
        "help_phone": wanted.get("help_phone"),
        "neighbours": {region: list(near) for region, near in wanted.get("neighbours", {}).items()},
        "allowed": list(wanted.get("allowed", ())),
    }
    service_id = tx.execute(select(services_table.c.id).where(services_table.c.code == wanted["code"])).scalar()
    if service_id is None:
        made = insert(services_table).values(code=wanted["code"], **columns).returning(services_table.c.id)
        service_id = tx.execute(made).scalar_one()
        tx.execute(insert(desks).values(organisation_id=organisation_id, service_id=service_id, name=wanted["name"]))
    else:
        tx.execute(update(services_table).where(services_table.c.id == service_id).values(**columns))
    for line in wanted["lines"]:
        at = {key: line[key] for key in ("channel", "kind", "address")}
        row = {"organisation_id": organisation_id, "service_id": service_id, **at}
        found = tx.execute(select(lines.c.id).where(lines.c.code == line["code"])).scalar()
        if found:
            tx.execute(update(lines).where(lines.c.id == found).values(**row))
        else:
            tx.execute(insert(lines).values(code=line["code"], **row))


def _wanted(settings: Settings) -> dict[str, Any]:
    if settings.services_file is None:
        return _DEMO
    expected = "a YAML file like docs/services.md shows"
    try:
        wanted = YAML(typ="safe").load(settings.services_file.read_text(encoding="utf-8"))
    except (OSError, YAMLError) as error:
        raise SettingsError("GUICHET_SERVICES", f"can't be read ({type(error).__name__})", expected) from None
    _check(wanted, expected)
    return dict(wanted)


def _check(wanted: object, expected: str) -> None:
    def wrong(what: str) -> SettingsError:
        return SettingsError("GUICHET_SERVICES", what, expected)

    if not isinstance(wanted, dict) or not wanted.get("organisations") or not wanted.get("services"):
        raise wrong("has no organisations or no services")
    known = {str(organisation.get("code")) for organisation in wanted["organisations"]}
    for organisation in wanted["organisations"]:
        if not _is_list(organisation.get("trained_topics", [])):
            raise wrong(f"has trained_topics that are no list, in the organisation {organisation.get('code')}")
        reviewed = organisation.get("reviewed_answers", REVIEWED_ANSWERS)
        if type(reviewed) is not int or not 0 <= reviewed <= MOST_REVIEWED:
            raise wrong(f"has reviewed_answers that are not from 0 to {MOST_REVIEWED}, in {organisation.get('code')}")
    for service in wanted["services"]:
        for key in ("code", "name", "organisation", "country", "languages", "timezone", "lines"):
            if not service.get(key):
                raise wrong(f"has a service without {key}")
        near = service.get("neighbours", {})
        if not isinstance(near, dict) or not all(_is_list(regions) for regions in near.values()):
            raise wrong(f"has neighbours that are no lists of regions by region, in the service {service['code']}")
        if not _is_list(service.get("allowed", [])):
            raise wrong(f"has an allowed that is no list of texts, in the service {service['code']}")
        if service["organisation"] not in known:
            raise wrong(f"names an organisation that it does not list, for the service {service['code']}")
        for line in service["lines"]:
            if any(not line.get(key) for key in ("code", "channel", "kind", "address")):
                raise wrong(f"has a line without code, channel, kind or address, in the service {service['code']}")


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _demo_service(
    code: str, name: str, country: str, languages: list[str], timezone: str, sms: str, ussd: str | None
) -> dict[str, Any]:
    """A demo service, with each of its lines twice: as a gateway's, and as the simulator's own."""
    ways = [("sms", sms)] + ([("ussd", ussd)] if ussd else [])
    demo_lines = []
    for channel, suffix in ((_GATEWAY, ""), (_SIMULATOR, "-simulated")):
        for kind, address in ways:
            demo_lines.append({"code": f"{code}-{kind}{suffix}", "channel": channel, "kind": kind, "address": address})
    return {
        "code": code,
        "name": name,
        "organisation": DEMO_ORGANISATION,
        "country": country,
        "languages": languages,
        "timezone": timezone,
        "hours": _ALWAYS,  # whoever tries it at night meets a volunteer too
        "lines": demo_lines,
    }


_DEMO: dict[str, Any] = {
    # Whoever tries it alone has no coordinator beside them who lets a newcomer's answers go.
    "organisations": [
        {"code": DEMO_ORGANISATION, "name": "Guichet Demo", "retention_days": 365, "reviewed_answers": 0}
    ],
    "services": [
        _demo_service("france", "Guichet France", "france", ["fr", "en"], "Europe/Paris", "38000", None),
        _demo_service("kenya", "Guichet Kenya", "kenya", ["en", "sw"], "Africa/Nairobi", "22384", "*384*77#"),
        _demo_service("cote_divoire", "Guichet Abidjan", "cote_divoire", ["fr"], "Africa/Abidjan", "98077", "*144*77#"),
    ],
}
