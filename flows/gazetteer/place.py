"""What the gazetteer knows of a place, and how sure it is that a text names it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flows.reader.reading import Certainty

__all__ = ["NOWHERE", "Area", "Found", "Kind", "Place"]


class Kind(StrEnum):
    """What a place is; as in the tables, but for AREA, REGION and POSTCODE, which are no lines of theirs."""

    TOWN = "t"  # a commune of France; a town elsewhere
    JOINED = "o"  # was a commune, and belongs to another now; people still say its name
    CONSTITUENCY = "c"  # of Kenya; a sub-county too
    WARD = "w"
    VILLAGE = "v"  # fewer than 5,000 people, or a quarter of a town
    AREA = "area"
    REGION = "region"
    POSTCODE = "postcode"


@dataclass(frozen=True, slots=True)
class Area:
    """The level that a case's region is: a department of France ("38"), a county of Kenya ("042"), a region of Côte
    d'Ivoire ("gbeke"). region: what it lies in, by name; "" in Kenya, where there is nothing above a county."""

    code: str
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class Place:
    """One place. code: INSEE in France (of a joined commune: that of its new one), the sources' own elsewhere, or "".

    area: None for a region alone. population: 0 where nobody counted. postcodes: only in France.
    """

    name: str
    kind: Kind
    code: str
    area: Area | None
    population: int
    postcodes: tuple[str, ...]
    country: str

    @property
    def where(self) -> str:
        """What tells it from others of its name: "93" in France, the county or region elsewhere."""
        if self.area is None:
            return ""
        return self.area.code if self.country == "france" else self.area.name

    @property
    def label(self) -> str:
        """Its name with what tells it apart: "Saint-Denis (93)", "Vienne (86)", "Bondo (Siaya)"; `find` reads it."""
        return self.name if self.where in {"", self.name} else f"{self.name} ({self.where})"


@dataclass(frozen=True, slots=True)
class Found:
    """SURE: the one place. NEARLY: to be asked about, 1 to 3 of them, the likeliest first. UNCLEAR: none that we know.

    alone: false where others have the same name, so that it is told apart by its label.
    """

    certainty: Certainty
    places: tuple[Place, ...] = ()
    alone: bool = True


NOWHERE = Found(Certainty.UNCLEAR)
