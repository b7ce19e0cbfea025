"""Reads a list of counters, our own columns or those of the published France services list; tells every bad line."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import phonenumbers
from sqlalchemy import Connection, select

from flows.reader.folding import strip_accents
from sms_gateway.counters import opening
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
class Refused:
    """A line that was left out: its number in the file, and why."""

    line: int
    why: str


@dataclass(frozen=True)
class Report:
    """What an import did."""

    new: int = 0
    changed: int = 0
    same: int = 0
    switched_off: int = 0
    refused: tuple[Refused, ...] = ()


@dataclass
class Listed:
    """What a file says: its counters by id, and the lines that were refused."""

    counters: dict[str, Counter] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)


class ListError(ValueError):
    """A file that is no list of counters at all; its text is a sentence."""


def import_list(tx: Connection, organisation: str, data: bytes, *, whole: bool, now: datetime) -> Report:
    """Keep the good lines of a file for an organisation (its code); the same file twice changes nothing.

    `whole`: what the organisation has and the file has not is switched off, unless a line was refused, which may be it.
    Raises ListError, and NotFound for an unknown organisation.
    """
    organisation_id = tx.execute(select(organisations.c.id).where(organisations.c.code == organisation)).scalar()
    if organisation_id is None:
        raise NotFound(f"There is no organisation with the code {organisation}.")
    country = tx.execute(select(services.c.country).where(services.c.organisation_id == organisation_id)).scalar()
    listed = read_list(data, _COUNTRIES.get(str(country)))
    known = {counter.source_id: counter for counter in stored.of_organisation(tx, organisation_id)}
    differing = [counter for counter in listed.counters.values() if known.get(counter.source_id) != counter]
    stored.keep(tx, organisation_id, differing, now=now)
    gone = [one for one in known if known[one].active and one not in listed.counters] if whole else []
    if listed.refused:
        gone = []
    stored.switch_off(tx, organisation_id, gone, now=now)
    new = sum(counter.source_id not in known for counter in differing)
    return Report(
        new=new,
        changed=len(differing) - new,
        same=len(listed.counters) - len(differing),
        switched_off=len(gone),
        refused=tuple(listed.refused),
    )


def read_list(data: bytes, country: str | None) -> Listed:
    """Read a file. `country`: the ISO code of phone numbers without a country's. Raises ListError."""
    listed = Listed()
    for number, cells in _lines(data):
        try:
            if isinstance(cells, csv.Error):
                raise ValueError(f"it can't be read ({cells})")
            counter = _counter(cells, country)
            if counter.source_id in listed.counters:
                raise ValueError(f"the id {counter.source_id} is in the file already")
        except ValueError as wrong:
            listed.refused.append(Refused(number, str(wrong)))
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
        raise ListError(f"The first line can't be read: {wrong}.") from None
    if missing := [name for name in ("id", "name", "place") if name not in columns]:
        raise ListError(f"The first line names no column for: {', '.join(missing)}.")
    if twice := [name for name in NAMES if columns.count(name) > 1]:
        raise ListError(f"The first line names a column twice: {', '.join(twice)}.")
    return columns


def _text(data: bytes) -> str:
    if len(data) > LARGEST:
        raise ListError("The file is larger than 10 MB.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _column(title: str) -> str:
    title = strip_accents(title.strip()).replace(" ", "_")
    return next((ours for ours, others in NAMES.items() if title == ours or title in others), title)


def _counter(cells: Mapping[str, str], country: str | None) -> Counter:
    """Raises ValueError with what is wrong."""
    for name, cell in cells.items():
        if any(ord(sign) < 32 and sign not in "\t\r\n" for sign in cell):
            raise ValueError(f"{name} has a sign that no text has")
        if name in NAMES and name != "phone" and cell[:1] in {"=", "+", "@"}:
            raise ValueError(f"{name} begins like a formula")
    plain = {name: " ".join(cells.get(name, "").split()) for name in NAMES}
    plain["hours"] = plain["hours"] or opening.in_words({day: cells.get(f"h_{day}", "") for day in opening.DAYS})
    if missing := [name for name in ("id", "name", "place") if not plain[name]]:
        raise ValueError(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} empty")
    for name, most in _LONGEST.items():
        if len(plain[name]) > most:
            raise ValueError(f"{name} is longer than {most} signs")
    if not (key := place_key(plain["place"])):
        raise ValueError("place names no town")
    latitude, longitude = _degrees("latitude", plain, 90), _degrees("longitude", plain, 180)
    if (latitude is None) != (longitude is None):
        raise ValueError("latitude and longitude go together")
    return Counter(
        source_id=plain["id"],
        name=plain["name"],
        place=plain["place"],
        place_key=key,
        postcode=plain["postcode"] or None,
        region=plain["region"] or None,
        address=plain["address"],
        hours=plain["hours"],
        phone=_phone(plain["phone"], country),
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
        raise ValueError(f"{name} is no number") from None
    if not -most <= degrees <= most:  # also what is no number at all, nan
        raise ValueError(f"{name} is not between -{most} and {most}")
    return degrees


def _phone(text: str, country: str | None) -> str:
    """As people of the country dial it; a short number such as 3646 stays as it is."""
    bare = re.sub(r"[\s.-]", "", text)
    if not bare or _SHORT_NUMBER.fullmatch(bare):
        return bare
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise ValueError("phone is no phone number") from None
    if not phonenumbers.is_valid_number(number):
        raise ValueError("phone is no number that exists")
    at_home = country is not None and phonenumbers.country_code_for_region(country) == number.country_code
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def _day(text: str) -> str | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("checked_on is no day such as 2026-03-10") from None
