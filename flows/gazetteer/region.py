"""The region of a person: the department, county or region that their town lies in, and when two names mean one."""

from __future__ import annotations

from collections.abc import Mapping

from flows.gazetteer.finding import find
from flows.gazetteer.spelling import key, words_of
from flows.gazetteer.table import table_of
from flows.reader.reading import Certainty

__all__ = ["region_key", "region_of"]


def region_of(answer: Mapping[str, object], country: str) -> str | None:
    """The name of the region of an answer to a place question: "Isère", "Kisumu", "Gbêkê"; None where there is a doubt.

    Not the region of France that has Isère in it: people who know the offices of a department are asked first.
    """
    written = " ".join(str(answer[part]) for part in ("place", "postcode") if answer.get(part))
    found = find(written, country)
    area = found.places[0].area if found.certainty is Certainty.SURE else None
    return area.name if area else None


def region_key(written: str) -> str:
    """What two ways to write a region have in common: "Isère", "isere", "l'Isère" and "38" are one."""
    words = words_of(written)
    if len(words) == 1 and words[0][0].isdigit() and (france := table_of("france")):
        area = france.area_coded(words[0])
        words = words_of(area.name) if area else words
    return key(words)
