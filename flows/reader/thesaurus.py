"""Other words for an option, from its country and its language: "passeport" for "Papiers", "daktari" for "Afya"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from flows import packaged
from flows.reader.folding import fold
from flows.reader.reading import Option
from flows.reader.vocabulary import vocabulary

__all__ = ["with_thesaurus", "with_topics"]


def with_thesaurus(options: Iterable[Option], country: str, language: str) -> tuple[Option, ...]:
    """The options, each with the words of every group that its label names; words of two options go to neither."""
    return _with_country(tuple(options), country, language)


def with_topics(options: Iterable[Option], language: str) -> tuple[Option, ...]:
    """The options by their labels and by what people of a language anywhere say of such things, without other words.

    For a text in which a flow's own words and those of its country say nothing: these are many, and of no flow.
    """
    return _with_language(tuple(options), language)


@lru_cache(maxsize=512)
def _with_country(options: tuple[Option, ...], country: str, language: str) -> tuple[Option, ...]:
    """A word of the country for one option is left out where the language has it for another."""
    groups = packaged.thesaurus(country, language)
    topics = _found(options, vocabulary(language).topics)
    found = {
        key: {word for word in words if not _is_of_another(word, key, topics)}
        for key, words in _found(options, groups).items()
    }
    return _widened(options, found)


@lru_cache(maxsize=512)
def _with_language(options: tuple[Option, ...], language: str) -> tuple[Option, ...]:
    words = vocabulary(language)
    found = _found(options, words.topics)
    known = {word for said in found.values() for word in said}
    for key, said in _found(options, words.topics_else).items():
        found[key] |= said - known
    return _widened(options, found)


def _found(options: tuple[Option, ...], groups: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    return {option.key: set(_words_for(option.label, groups)) for option in options}


def _is_of_another(word: str, key: str, found: Mapping[str, set[str]]) -> bool:
    return word not in found[key] and any(word in words for words in found.values())


def _widened(options: tuple[Option, ...], found: Mapping[str, set[str]]) -> tuple[Option, ...]:
    """A word of two options goes to neither, nor does one that stands in another option's label."""
    labels = {option.key: set(fold(option.label).split) for option in options}
    counts = Counter(word for words in found.values() for word in words)

    def is_its_own(word: str, key: str) -> bool:
        said = set(fold(word).split)
        return counts[word] == 1 and not any(said <= label for other, label in labels.items() if other != key)

    own = {key: [word for word in sorted(words) if is_its_own(word, key)] for key, words in found.items()}
    return tuple(replace(option, also=(*option.also, *own[option.key])) for option in options)


def _words_for(label: str, groups: Mapping[str, Sequence[str]]) -> list[str]:
    named = set(fold(label).split)
    found: list[str] = []
    for heads, words in groups.items():
        if any(set(fold(head).split) <= named for head in heads.split(",")):
            found.extend((*(head.strip() for head in heads.split(",")), *words))
    return found
