"""A flow in a file that may stand anywhere, frozen with what its country shares: for the checker and transcripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flows import packaged
from flows.bundle import DangerText, freeze
from flows.definition import Definition
from flows.parser import parse

__all__ = ["FrozenFile", "country_of", "freeze_file"]

ANYWHERE = "france"  # the country of a flow whose folder names none


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """A flow as written, and its bundle."""

    definition: Definition
    bundle: str
    country: str


def country_of(path: Path) -> str:
    """The country of a file: that of its folder's name, France where it names none."""
    folder = path.resolve().parent.name
    return folder if folder in packaged.countries() else ANYWHERE


def freeze_file(path: Path, *, country: str = "") -> FrozenFile:
    """Read and freeze a flow. Raises ParseError where it can't be read, OSError where it isn't there."""
    country = country or country_of(path)
    definition = parse(path.read_text(encoding="utf-8"), file=str(path))
    written = packaged.conversations(path)
    bundle = freeze_definition(definition, code=path.stem, country=country, transcripts=written)
    return FrozenFile(definition, bundle, country)


def freeze_definition(
    definition: Definition, *, code: str, country: str, transcripts: Mapping[str, str] | None = None
) -> str:
    """The bundle of a definition with the words, dangers, translations and language of a country."""
    shared = packaged.pack(country)
    spoken = shared.source_language in definition.languages or not definition.languages
    return freeze(
        definition,
        code=code,
        country=country,
        source_language=shared.source_language if spoken else definition.languages[0],
        common=packaged.common(),
        translations=packaged.translations(definition, code=code, country=country),
        transcripts=transcripts,
        danger={kind: DangerText(text.phrase, text.values) for kind, text in shared.danger.items()},
    )
