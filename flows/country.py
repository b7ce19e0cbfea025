"""A country's pack: languages, hours, holidays, emergency numbers, menu and other words, as frozen values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

__all__ = ["Danger", "Emergency", "MenuLine", "Pack", "easter", "pack_of"]

YEARS = range(2025, 2036)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# What may be said to people (procedures.md §1): low is unconfirmed or contradictory.
SAID = {"high", "medium"}
EASTER = re.compile(r"easter(?: ([+-]) (\d{1,3}))?")
SPAN = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")

Table = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Emergency:
    """One number that answers in an emergency; `confidence` low is never said to people."""

    number: str
    serves: tuple[str, ...]
    by: str
    cost: str
    hours: str
    what: str
    source: str
    confidence: str
    dated: str


@dataclass(frozen=True, slots=True)
class Danger:
    """What is said at once in one kind of danger: a phrase of common.yaml and its values, one or one a language."""

    phrase: str
    values: Mapping[str, str | Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class MenuLine:
    """A procedure in the menu: its short name by language, other words for it."""

    flow: str
    labels: Mapping[str, str]
    also: tuple[str, ...]


@dataclass(frozen=True)
class Pack:
    """What every flow and service of a country shares.

    emergency: the number for any danger. numbers: all of them, those that may not be said too. hours: by weekday ("0"
    is Monday), spans of local time. holidays: the days that are sure; to_confirm: those that follow the moon. topics:
    plain names by language. thesaurus: by language, the first words of a label → other words.
    """

    code: str
    name: Mapping[str, str]
    region: str
    languages: tuple[str, ...]
    source_language: str
    timezone: str
    currency: str
    emergency: str
    numbers: tuple[Emergency, ...]
    danger: Mapping[str, Danger]
    hours: Mapping[str, Sequence[Sequence[str]]]
    holidays: Mapping[date, str]
    to_confirm: Mapping[date, str]
    topics: Mapping[str, Mapping[str, str]]
    menu: tuple[MenuLine, ...]
    thesaurus: Mapping[str, Mapping[str, tuple[str, ...]]] = field(repr=False)

    def topic(self, code: str, language: str) -> str:
        """A topic's plain name; the name for anything where it has none."""
        names = self.topics.get(code) or list(self.topics.values())[-1]
        return names.get(language) or names[self.source_language]

    def number(self, kind: str, *, by: str = "call") -> str | None:
        """The first number that may be said for a kind of danger, or None."""
        return next(
            (each.number for each in self.numbers if kind in each.serves and each.by == by and each.confidence in SAID),
            None,
        )


def pack_of(code: str, content: object) -> Pack:
    """The pack of a country from its YAML. Raises ValueError where it can't be read; the text says what to mend."""
    table = cast("Table", content)
    numbers = tuple(_emergency(entry) for entry in cast("list[Table]", table["emergency"]))
    any_danger = next((each.number for each in numbers if "any" in each.serves and each.confidence in SAID), None)
    if any_danger is None:
        raise ValueError(f"{code}/pack.yaml: no number serves `any` with high or medium confidence. Add one.")
    sure, to_confirm = _holidays(code, table)
    menu = cast("Mapping[str, Table]", table.get("menu") or {})
    return Pack(
        code=code,
        name=_texts(table["name"]),
        region=str(table["region"]),
        languages=_list(table["languages"]),
        source_language=str(table["source_language"]),
        timezone=str(table["timezone"]),
        currency=str(table["currency"]),
        emergency=any_danger,
        numbers=numbers,
        danger=dict(_dangers(code, table, numbers)),
        hours=_hours(code, cast("Table", table["hours"])),
        holidays=sure,
        to_confirm=to_confirm,
        topics={name: _texts(names) for name, names in cast("Table", table["topics"]).items()},
        menu=tuple(_menu_line(name, entry) for name, entry in menu.items()),
        thesaurus={
            language: {heads: _list(words) for heads, words in cast("Table", groups).items()}
            for language, groups in cast("Table", table.get("thesaurus") or {}).items()
        },
    )


def easter(year: int) -> date:
    """Easter Sunday by the western calendar (Butcher's rule)."""
    golden, century = year % 19, year // 100
    leap, correction = century // 4, (century + 8) // 25
    epact = (19 * golden + century - leap - (century - correction + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (year % 100 // 4) - epact - year % 100 % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def _texts(value: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in cast("Table", value).items()}


def _list(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in cast("list[object]", value))


def _emergency(entry: Table) -> Emergency:
    return Emergency(
        number=str(entry["number"]),
        serves=_list(entry["for"]),
        by=str(entry["by"]),
        cost=str(entry["cost"]),
        hours=str(entry["hours"]),
        what=str(entry["what"]),
        source=str(entry["source"]),
        confidence=str(entry["confidence"]),
        dated=str(entry["dated"]),
    )


def _dangers(code: str, table: Table, numbers: Sequence[Emergency]) -> Iterator[tuple[str, Danger]]:
    usable = {each.number for each in numbers if each.confidence in SAID}
    costs = {name: _texts(texts) for name, texts in cast("Table", table["call_cost"]).items()}
    for kind, entry in cast("Mapping[str, Table]", table["danger"]).items():
        values: dict[str, str | Mapping[str, str]] = {}
        for name, value in entry.items():
            if name == "cost":
                values[name] = costs[str(value)]
            elif name != "phrase":
                if value not in usable:
                    raise ValueError(f"{code}/pack.yaml: {value} is not sure enough to be said. Take another number.")
                values[name] = str(value)
        yield kind, Danger(str(entry["phrase"]), values)


def _menu_line(flow: str, entry: Table) -> MenuLine:
    labels = {name: str(text) for name, text in entry.items() if name != "also"}
    return MenuLine(flow, labels, _list(entry["also"]) if "also" in entry else ())


def _hours(code: str, table: Table) -> dict[str, list[list[str]]]:
    hours: dict[str, list[list[str]]] = {}
    for name, spans in table.items():
        if name not in WEEKDAYS:
            raise ValueError(f"{code}/pack.yaml: `{name}` is no weekday. Write one of: {', '.join(WEEKDAYS)}.")
        found = [SPAN.fullmatch(span.strip()) for span in str(spans).split(",")]
        if not all(found):
            raise ValueError(f"{code}/pack.yaml: {name} is `{spans}`. Write it so: 08:00-12:00, 14:00-18:00")
        hours[str(WEEKDAYS.index(name))] = [[span[1], span[2]] for span in found if span]
    return hours


def _holidays(code: str, table: Table) -> tuple[dict[date, str], dict[date, str]]:
    sure: dict[date, str] = {}
    to_confirm: dict[date, str] = {}
    for entry in cast("list[Table]", table["holidays"]):
        kept = to_confirm if entry.get("to_confirm") == "yes" else sure
        for day in _days(code, str(entry["on"])):
            kept[day] = str(entry["name"])
            if table.get("sunday_moves") == "yes" and day.weekday() == 6:
                kept[day + timedelta(days=1)] = str(entry["name"])
    return sure, to_confirm


def _days(code: str, on: str) -> Iterator[date]:
    if found := EASTER.fullmatch(on):
        shift = int(found[2] or 0) * (-1 if found[1] == "-" else 1)
        yield from (easter(year) + timedelta(days=shift) for year in YEARS)
    elif re.fullmatch(r"\d\d-\d\d", on):
        yield from (date(year, int(on[:2]), int(on[3:])) for year in YEARS)
    else:
        try:
            yield date.fromisoformat(on)
        except ValueError:
            message = f"{code}/pack.yaml: `on: {on}` is no day. Write 05-01, 2026-05-27 or easter + 1."
            raise ValueError(message) from None
