"""What is explored: flows in files, or all that we ship and the machine's own dialogues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from flows import packaged
from flows.compiler import compile_bundle
from flows.files import freeze_file
from flows.machine import Machine

__all__ = ["in_files", "shipped"]

NO_FLOWS = frozenset({"pack.yaml", "common.yaml"})


def shipped() -> Iterator[Machine]:
    """Each country's flows, its menu and its dialogues."""
    for country in packaged.countries():
        codes = packaged.flow_codes(country)
        yield from (compile_bundle(packaged.bundle(country, code)) for code in codes)
        yield compile_bundle(packaged.menu_bundle(country, codes, other_language=True))
        for name in packaged.common().dialogues:
            if name != "menu":
                yield compile_bundle(packaged.dialogue_bundle(country, name))


def in_files(paths: Iterable[Path], *, country: str = "") -> Iterator[Machine]:
    """The flows in these files and folders. Raises ParseError or CompileError for one that can't be run.

    A sub-flow alone is left out: it is explored where it is called.
    """
    for path in paths:
        files = sorted(each for each in path.rglob("*.yaml") if each.name not in NO_FLOWS) if path.is_dir() else [path]
        for file in files:
            frozen = freeze_file(file, country=country)
            if frozen.definition.keywords or not path.is_dir():
                yield compile_bundle(frozen.bundle)
