"""A flow in a file that may stand anywhere, frozen with what its country shares: for the checker and transcripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows import packaged
from flows.bundle import DangerText, SubFlow, freeze
from flows.definition import Definition
from flows.parser import parse
from flows.subflows import called

__all__ = ["NOT_FLOWS", "FrozenFile", "Shelf", "country_of", "freeze_definition", "freeze_file"]

NOT_FLOWS = {"pack", "common"}  # the YAML files of a library that are none

ANYWHERE = "france"  # the country of a flow whose folder names none


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """A flow as written, and its bundle."""

    definition: Definition
    bundle: str
    country: str


class Shelf(Mapping[str, Definition]):
    """The flows beside a file and in its country's library, by code; each is read when it is asked for.

    Raises ParseError where the one that is asked for can't be read.
    """

    def __init__(self, folder: Path | None, country: str) -> None:
        folders = [packaged.LIBRARY / country, *([folder] if folder else [])]
        found = {path.stem: path for each in folders for path in sorted(each.glob("*.yaml"))}
        self._files = {code: path for code, path in found.items() if code not in NOT_FLOWS}

    def __getitem__(self, code: str) -> Definition:
        path = self._files[code]
        return parse(path.read_text(encoding="utf-8"), file=str(path))

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, code: object) -> bool:
        return code in self._files


def country_of(path: Path) -> str:
    """The country of a file: that of its folder's name, France where it names none."""
    folder = path.resolve().parent.name
    return folder if folder in packaged.countries() else ANYWHERE


def freeze_file(path: Path, *, country: str = "") -> FrozenFile:
    """Read and freeze a flow. Raises ParseError where it can't be read, OSError where it isn't there."""
    country = country or country_of(path)
    definition = parse(path.read_text(encoding="utf-8"), file=str(path))
    written = packaged.conversations(path)
    shelf = Shelf(path.parent, country)
    bundle = freeze_definition(definition, code=path.stem, country=country, transcripts=written, shelf=shelf)
    return FrozenFile(definition, bundle, country)


def freeze_definition(
    definition: Definition,
    *,
    code: str,
    country: str,
    transcripts: Mapping[str, str] | None = None,
    shelf: Mapping[str, Definition] | None = None,
) -> str:
    """The bundle of a definition with the words, dangers, translations and language of a country.

    shelf: the flows that it may call; else those of the country's library.
    """
    shelf = Shelf(None, country) if shelf is None else shelf
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
        subflows={
            sub_code: SubFlow(sub, packaged.translations(sub, code=sub_code, country=country))
            for sub_code, sub in called(definition, shelf).items()
        },
    )
