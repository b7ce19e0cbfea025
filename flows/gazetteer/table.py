"""One country's places in memory, small: the file's own bytes, and sorted numbers to find a line by."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate

from flows import packaged
from flows.gazetteer.place import Area, Kind, Place
from flows.gazetteer.spelling import key, keys_of, without_article, words_of

__all__ = ["LANGUAGES", "Table", "table_of", "weight"]

LANGUAGES = {"france": "fr", "cote_divoire": "fr", "kenya": "sw"}  # whose sounds the last column is in
LINE_BITS = 20
HASHES = (1 << 44) - 1
FLAGS = 1 << 18
NAME, KIND, CODE, AREA, POPULATION, POSTCODES, SOUND = range(7)
# Nobody counted these; about how many live in one, so that the likelier is named first.
USUAL = {Kind.CONSTITUENCY: 100_000, Kind.WARD: 20_000, Kind.JOINED: 1_000, Kind.VILLAGE: 1_000, Kind.TOWN: 200}


class Keys:
    """Which lines have a key: eight bytes a key, where a dict takes 150."""

    def __init__(self, keys: Iterable[tuple[int, str]]) -> None:
        self._packed = array("Q", sorted((hash(each) & HASHES) << LINE_BITS | line for line, each in keys if each))
        self._maybe = bytearray(FLAGS)  # six of seven wrong keys end here
        for packed in self._packed:
            self._maybe[packed >> LINE_BITS & (FLAGS - 1)] = 1

    def lines(self, wanted: str) -> list[int]:
        """The lines with this key; in one case of billions another line too, so the caller compares."""
        mark = hash(wanted) & HASHES
        at = bisect_left(self._packed, mark << LINE_BITS)
        found = []
        while at < len(self._packed) and self._packed[at] >> LINE_BITS == mark:
            found.append(self._packed[at] & ((1 << LINE_BITS) - 1))
            at += 1
        return found

    def among(self, wanted: Iterable[str]) -> Iterator[str]:
        """Those of many keys that some line has."""
        packed, size, maybe = self._packed, len(self._packed), self._maybe
        for each in wanted:
            mark = hash(each) & HASHES
            if not maybe[mark & (FLAGS - 1)]:
                continue
            at = bisect_left(packed, mark << LINE_BITS)
            if at < size and packed[at] >> LINE_BITS == mark:
                yield each


class Table:
    """A country's regions, areas and places. Places are in the order of their words, the largest of a name first."""

    def __init__(self, country: str, body: bytes) -> None:
        self.country = country
        regions, areas, self._places = _sections(body)
        names = dict(line.split("\t") for line in regions.splitlines())
        self.areas = {
            code: Area(code, name, names.get(region, ""))
            for code, name, region in (line.split("\t") for line in areas.splitlines())
        }
        rows = self._places.decode().splitlines()
        self._starts = array("I", accumulate((len(row.encode()) + 1 for row in rows[:-1]), initial=0))
        columns = list(zip(*(row.split("\t") for row in rows), strict=True))
        self._by_name = Keys(enumerate(keys_of(columns[NAME])))
        self._by_sound = Keys(enumerate(columns[SOUND]))
        postcodes = enumerate(columns[POSTCODES])
        self._by_postcode = Keys((line, each) for line, listed in postcodes if listed for each in listed.split())
        self._whole = self._whole_areas(names, zip(columns[AREA], columns[POPULATION], strict=True))

    def _whole_areas(self, regions: Mapping[str, str], counted: Iterable[tuple[str, str]]) -> dict[str, Place]:
        people: Counter[str] = Counter()
        for code, population in counted:
            people[code] += int(population or 0)
        whole = []
        for code, name in regions.items():
            count = sum(people[area.code] for area in self.areas.values() if area.region == name)
            whole.append(Place(name, Kind.REGION, code, None, count, (), self.country))
        for area in self.areas.values():
            count = max(people[area.code], USUAL[Kind.CONSTITUENCY])
            whole.append(Place(area.name, Kind.AREA, area.code, area, count, (), self.country))
        return {key(words_of(place.name)): place for place in whole}

    def __len__(self) -> int:
        return len(self._starts)

    def area_called(self, words: Sequence[str]) -> Place | None:
        """A whole department, county or region by its name."""
        return self._whole.get(key(words))

    def area_coded(self, code: str) -> Area | None:
        """A department by its number: "38", "1" and "01", "2a", "974"; none in countries where nobody says numbers."""
        return self.areas.get(code.upper().zfill(2)) if self.country == "france" else None

    def named(self, wanted: str) -> list[Place]:
        """The places whose name is this key (`spelling.key`), the largest first."""
        found = [place for line in self._by_name.lines(wanted) if (place := self.place(line))]
        return [place for place in found if key(words_of(place.name)) == wanted]

    def sounding(self, wanted: str) -> list[Place]:
        """The places whose words sound like this, one after the other."""
        return [self.place(line) for line in self._by_sound.lines(wanted) if self._columns(line)[SOUND] == wanted]

    def with_postcode(self, wanted: str) -> list[Place]:
        """The communes of a postcode."""
        found = (self.place(line) for line in self._by_postcode.lines(wanted))
        return [place for place in found if wanted in place.postcodes]

    def names_among(self, wanted: Iterable[str]) -> Iterator[str]:
        """Those of many keys that are the name of a place."""
        return self._by_name.among(wanted)

    def sounds_among(self, wanted: Iterable[str]) -> Iterator[str]:
        """Those of many keys that some name sounds like."""
        return self._by_sound.among(wanted)

    def beginning(self, words: Sequence[str], most: int, least: int = 0) -> list[Place]:
        """The places of `least` people whose name goes on behind these words; `most` lines are read at the most."""
        start = " ".join(without_article(words)) + " "
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._in_order(middle) < start:
                low = middle + 1
            else:
                high = middle
        found = []
        for line in range(low, min(low + most, len(self))):
            columns = self._columns(line)
            if not self._in_order(line).startswith(start):
                break
            if int(columns[POPULATION] or 0) >= least:
                found.append(self.place(line))
        return found

    def place(self, line: int) -> Place:
        """The place of a line."""
        columns = self._columns(line)
        kind = Kind(columns[KIND])
        return Place(
            columns[NAME],
            kind,
            columns[CODE],
            self.areas[columns[AREA]],
            int(columns[POPULATION] or 0),
            tuple(columns[POSTCODES].split()),
            self.country,
        )

    def _in_order(self, line: int) -> str:
        return " ".join(without_article(words_of(self._columns(line)[NAME])))

    def _columns(self, line: int) -> list[str]:
        start = self._starts[line]
        return self._places[start : self._places.index(b"\n", start)].decode().split("\t")


def weight(place: Place) -> int:
    """About how many people mean this place by its name."""
    return place.population or USUAL.get(place.kind, 0)


@cache
def table_of(country: str) -> Table | None:
    """A country's table, read when it is first asked for; None where we have none."""
    body = packaged.gazetteer(country)
    return Table(country, body) if body else None


def _sections(body: bytes) -> tuple[str, str, bytes]:
    _, _, rest = body.partition(b"= regions\n")
    regions, _, rest = rest.partition(b"= areas\n")
    areas, _, places = rest.partition(b"= places\n")
    return regions.decode(), areas.decode(), places

