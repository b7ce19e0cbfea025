"""The only file that reads our own data files: reader tables, country packs, the machine's phrases, the library of flows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import cast

from flows.tree import plain, read_yaml

__all__ = ["reader_languages", "reader_words"]

FLOWS = Path(__file__).parent
LIBRARY = FLOWS / "library"
READER = FLOWS / "reader"


def _read(path: Path) -> object:
    return plain(read_yaml(path.read_text(encoding="utf-8"), file=path.name))


@cache
def reader_languages() -> tuple[str, ...]:
    """The languages that the reader knows: those with a table beside it."""
    return tuple(sorted(path.stem for path in READER.glob("*.yaml")))


@cache
def reader_words(language: str) -> Mapping[str, object]:
    """What people type in one language, as plain lists and mappings of strings."""
    return cast("Mapping[str, object]", _read(READER / f"{language}.yaml"))
