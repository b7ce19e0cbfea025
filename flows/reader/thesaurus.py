"""Other words for an option, from a country's thesaurus: "passeport" for "Papiers", "daktari" for "Afya"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from flows import packaged
from flows.reader.folding import fold
from flows.reader.reading import Option

__all__ = ["with_thesaurus"]


def with_thesaurus(options: Iterable[Option], country: str, language: str) -> tuple[Option, ...]:
    """The options, each with the words of every group that its label names; words of two options go to neither."""
    return _widened(tuple(options), country, language)


@lru_cache(maxsize=512)
def _widened(options: tuple[Option, ...], country: str, language: str) -> tuple[Option, ...]:
    groups = packaged.thesaurus(country, language)
    found = {option.key: _words_for(option.label, groups) for option in options}
    counts: dict[str, int] = {}
    for words in found.values():
        for word in set(words):
            counts[word] = counts.get(word, 0) + 1
    return tuple(
        replace(option, also=(*option.also, *(word for word in found[option.key] if counts[word] == 1)))
        for option in options
    )


def _words_for(label: str, groups: Mapping[str, Sequence[str]]) -> list[str]:
    named = set(fold(label).split)
    found: list[str] = []
    for heads, words in groups.items():
        if any(set(fold(head).split) <= named for head in heads.split(",")):
            found.extend((*(head.strip() for head in heads.split(",")), *words))
    return found
