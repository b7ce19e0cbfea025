"""Reads a list of counters, our own columns or those of the published France services list; tells every bad line."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import phonenumbers
from sqlalchemy import Connection, select

from flows import packaged
from flows.reader.folding import strip_accents
from sms_gateway.counters import opening
from sms_gateway.counters.refusals import Cause, ListError, Refused, Wrong
from sms_gateway.counters.towns import place_key
from sms_gateway.errors import NotFound
from sms_gateway.store import counters as stored
from sms_gateway.store.counters import Counter
from sms_gateway.store.tables import organisations, services

LARGEST = 10_000_000  # bytes of a file: the whole country's list has about one
NAMES: Mapping[str, tuple[str, ...]] = {  # ours first, then those of published lists
    "id": ("matricule", "id_fs"),
    "name": ("lib_fs", "nom"),
    "place": ("lib_com", "commune", "ville"),
    "postcode": ("code_postal",),
    "region": ("lib_reg",),
    "address": ("adresse",),
    "hours": ("horaires",),
    "phone": ("telephone",),
    "topics": (),
    "latitude": (),
    "longitude": (),
    "checked_on": (),
}
_LONGEST = {"id": 80, "name": 120, "place": 80, "postcode": 20, "region": 40, "address": 200, "hours": 200}
_COUNTRIES = {"france": "FR", "kenya": "KE", "cote_divoire": "CI"}
_SHORT_NUMBER = re.compile(r"\d{3,5}")


@dataclass(frozen=True)
class Report:
    """What an import did. `unknown_topics`: what counters say that they do, and no procedure of ours is about."""

    new: int = 0
    changed: int = 0
    same: int = 0
    switched_off: int = 0
    refused: tuple[Refused, ...] = ()
    unknown_topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """A counter that stands differently in a list: as it is kept, and as it would be."""

    before: Counter
    after: Counter


@dataclass(frozen=True)
class Plan:
    """What a list would change, before any of it is kept."""

    new: tuple[Counter, ...]
    changed: tuple[Change, ...]
    gone: tuple[Counter, ...]  # switched off
    same: int
    refused: tuple[Refused, ...]
    unknown_topics: tuple[str, ...]

    def report(self) -> Report:
        """The same in numbers."""
        return Report(
            len(self.new), len(self.changed), self.same, len(self.gone), self.refused, self.unknown_topics
        )


@dataclass
class Listed:
    """What a file says: its counters by id, and the lines that were refused."""

    counters: dict[str, Counter] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)


def import_list(tx: Connection, organisation: str, data: bytes, *, whole: bool, now: datetime) -> Report:
    """Keep the good lines of a file for an organisation (its code); the same file twice changes nothing.

    Raises ListError, and NotFound for an unknown organisation.
    """
    organisation_id = tx.execute(select(organisations.c.id).where(organisations.c.code == organisation)).scalar()
    if organisation_id is None:
        raise NotFound(f"There is no organisation with the code {organisation}.")
    plan = compare(tx, organisation_id, data, whole=whole)
    keep(tx, organisation_id, plan, now=now)
    return plan.report()


def compare(tx: Connection, organisation_id: int, data: bytes, *, whole: bool) -> Plan:
    """What a file would change. Raises ListError.

    `whole`: what the organisation has and the file has not is switched off, unless a line was refused, which may be it.
    What was switched off by hand stays so, whatever a list says.
    """
    of_services = select(services.c.country).where(services.c.organisation_id == organisation_id)
    countries = dict.fromkeys(tx.execute(of_services.order_by(services.c.id)).scalars())
    among = [country for country in countries if country in _COUNTRIES]
    listed = read_list(data, [_COUNTRIES[country] for country in among])
    known = {counter.source_id: counter for counter in stored.of_organisation(tx, organisation_id)}
    for source_id, before in known.items():
        if before.off_by_us and source_id in listed.counters:
            listed.counters[source_id] = replace(listed.counters[source_id], active=False, off_by_us=True)
    gone = [one for one in known.values() if whole and one.active and one.source_id not in listed.counters]
    news = [one for source_id, one in listed.counters.items() if source_id not in known]
    changed = [
        Change(known[source_id], one)
        for source_id, one in listed.counters.items()
        if source_id in known and known[source_id] != one
    ]
    return Plan(
        new=tuple(news),
        changed=tuple(changed),
        gone=() if listed.refused else tuple(gone),
        same=len(listed.counters) - len(news) - len(changed),
        refused=tuple(listed.refused),
        unknown_topics=_unknown_topics(listed, among),
    )


def keep(tx: Connection, organisation_id: int, plan: Plan, *, now: datetime) -> None:
    """Make it so."""
    stored.keep(tx, organisation_id, (*plan.new, *(one.after for one in plan.changed)), now=now)
    stored.switch_off(tx, organisation_id, (one.source_id for one in plan.gone), now=now)


def _unknown_topics(listed: Listed, countries: Sequence[str]) -> tuple[str, ...]:
    """What no procedure of the organisation's countries is about: nobody would be sent to such a counter for it."""
    known: set[str] = set()
    for pack in map(packaged.pack, countries):
        known |= set(pack.topics) | {line.flow for line in pack.menu}
    return tuple(sorted({topic for counter in listed.counters.values() for topic in counter.topics} - known))


def read_list(data: bytes, countries: Sequence[str]) -> Listed:
    """Read a file. `countries`: where a number without a country's code may be from, by ISO code. Raises ListError."""
    listed = Listed()
    for number, cells in _lines(data):
        try:
            if isinstance(cells, csv.Error):
                raise Wrong(Cause.UNREADABLE, why=str(cells))
            counter = _counter(cells, countries)
            if counter.source_id in listed.counters:
                raise Wrong(Cause.TWICE, id=counter.source_id)
        except Wrong as wrong:
            listed.refused.append(Refused(number, wrong.cause, wrong.values))
        else:
            listed.counters[counter.source_id] = counter
    return listed


def _lines(data: bytes) -> Iterator[tuple[int, dict[str, str] | csv.Error]]:
    """Every line that is not empty: its number in the file, and its cells by our names and by those of days."""
    text = _text(data)
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
    columns = _columns(reader)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:  # a cell of more than 131,072 signs
            yield reader.line_num, wrong
            continue
        if any(cell.strip() for cell in cells):
            yield reader.line_num, dict(zip(columns, map(str.strip, cells), strict=False))


def _columns(reader: Iterator[list[str]]) -> list[str]:
    try:
        columns = [_column(title) for title in next(reader, [])]
    except csv.Error as wrong:
        raise ListError(Cause.NO_FIRST_LINE, why=str(wrong)) from None
    if missing := [name for name in ("id", "name", "place") if name not in columns]:
        raise ListError(Cause.NO_COLUMN, names=", ".join(missing))
    if twice := [name for name in NAMES if columns.count(name) > 1]:
        raise ListError(Cause.COLUMN_TWICE, names=", ".join(twice))
    return columns


def _text(data: bytes) -> str:
    if len(data) > LARGEST:
        raise ListError(Cause.TOO_LARGE, most=str(LARGEST // 1_000_000))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _column(title: str) -> str:
    title = strip_accents(title.strip()).replace(" ", "_")
    return next((ours for ours, others in NAMES.items() if title == ours or title in others), title)


def _counter(cells: Mapping[str, str], countries: Sequence[str]) -> Counter:
    """Raises Wrong."""
    for name, cell in cells.items():
        if any(ord(sign) < 32 and sign not in "\t\r\n" for sign in cell):
            raise Wrong(Cause.NO_SIGN, name=name)
        if name in NAMES and name != "phone" and cell[:1] in {"=", "+", "@"}:
            raise Wrong(Cause.FORMULA, name=name)
    plain = {name: " ".join(cells.get(name, "").split()) for name in NAMES}
    plain["hours"] = plain["hours"] or opening.in_words({day: cells.get(f"h_{day}", "") for day in opening.DAYS})
    if missing := [name for name in ("id", "name", "place") if not plain[name]]:
        if len(missing) > 1:
            raise Wrong(Cause.SEVERAL_EMPTY, names=", ".join(missing))
        raise Wrong(Cause.EMPTY, name=missing[0])
    for name, most in _LONGEST.items():
        if len(plain[name]) > most:
            raise Wrong(Cause.TOO_LONG, name=name, most=str(most))
    if not (key := place_key(plain["place"])):
        raise Wrong(Cause.NO_TOWN)
    latitude, longitude = _degrees("latitude", plain, 90), _degrees("longitude", plain, 180)
    if (latitude is None) != (longitude is None):
        raise Wrong(Cause.HALF_A_POINT)
    return Counter(
        source_id=plain["id"],
        name=plain["name"],
        place=plain["place"],
        place_key=key,
        postcode=plain["postcode"] or None,
        region=plain["region"] or None,
        address=plain["address"],
        hours=plain["hours"],
        phone=_phone(plain["phone"], countries),
        topics=tuple(topic for topic in re.split(r"[\s,;|]+", plain["topics"]) if topic),
        latitude=latitude,
        longitude=longitude,
        checked_on=_day(plain["checked_on"]),
    )


def _degrees(name: str, plain: Mapping[str, str], most: int) -> float | None:
    if not plain[name]:
        return None
    try:
        degrees = float(plain[name].replace(",", "."))
    except ValueError:
        raise Wrong(Cause.NO_NUMBER, name=name) from None
    if not -most <= degrees <= most:  # also what is no number at all, nan
        raise Wrong(Cause.OUT_OF_BOUNDS, name=name, most=str(most))
    return degrees


def _phone(text: str, countries: Sequence[str]) -> str:
    """As people of its country dial it; a short number such as 3646, or one of several countries, stays as it is."""
    bare = re.sub(r"[\s.-]", "", text)
    if not bare or _SHORT_NUMBER.fullmatch(bare):
        return bare
    cause, numbers = Cause.NO_PHONE, set()
    for country in countries or (None,):
        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            continue
        cause = Cause.NO_SUCH_PHONE
        if phonenumbers.is_valid_number(number):
            at_home = any(phonenumbers.country_code_for_region(one) == number.country_code for one in countries)
            style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
            numbers.add(phonenumbers.format_number(number, style))
    if not numbers:
        raise Wrong(cause)
    return numbers.pop() if len(numbers) == 1 else " ".join(text.split())


def _day(text: str) -> str | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Wrong(Cause.NO_DAY) from None
