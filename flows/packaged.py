"""The only file that reads our own data files: reader tables, country packs, the machine's phrases, the flows."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import cast

from babel.messages.pofile import read_po

from flows.bundle import DangerText, ListOption, SubFlow, freeze, split_phrase
from flows.country import MenuLine, Pack, pack_of
from flows.definition import Common, Definition, sentences
from flows.parser import parse, parse_common
from flows.subflows import called, is_sub_flow
from flows.tree import plain, read_yaml

__all__ = [
    "LIBRARY",
    "LOCALES",
    "OTHER_LANGUAGE",
    "SOMETHING_ELSE",
    "bundle",
    "catalogue_path",
    "common",
    "conversations",
    "countries",
    "currency",
    "dialogue_bundle",
    "flow",
    "flow_codes",
    "flow_names",
    "found_bundle",
    "frequent_words",
    "gazetteer",
    "menu_bundle",
    "menu_options",
    "pack",
    "plain_words",
    "reader_languages",
    "reader_words",
    "region",
    "spoken",
    "sub_flows",
    "thesaurus",
    "transcripts",
    "translations",
]

FLOWS = Path(__file__).parent
LIBRARY = FLOWS / "library"
READER = FLOWS / "reader"
PLAIN = FLOWS / "plain"
GAZETTEER = FLOWS / "gazetteer"
LOCALES = FLOWS.parent / "locales"
MENU_WITHOUT_FLOWS = "menu_of_one"
LAST_OF_A_SCREEN = 4  # the place of a screen's fifth and last option
SOMETHING_ELSE = "something_else"  # the key of the line that leads from what was found to the whole menu
OTHER_LANGUAGE = "other_language"  # the key of the menu's line that leads to another language


@cache
def reader_languages() -> tuple[str, ...]:
    """The languages that the reader knows: those with a table beside it."""
    return tuple(sorted(path.stem for path in READER.glob("*.toml")))


@cache
def reader_words(language: str) -> Mapping[str, object]:
    """What people type in one language, as plain lists and mappings of strings. Raises KeyError for an unknown one."""
    if language not in reader_languages():
        raise KeyError(language)
    return tomllib.loads((READER / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def plain_words(table: str) -> Mapping[str, object]:
    """What the rules of plain language know, by language: the table `words` or `jargon`."""
    return tomllib.loads((PLAIN / f"{table}.toml").read_text(encoding="utf-8"))


@cache
def frequent_words(language: str) -> frozenset[str]:
    """The words of a language that everybody meets often, without accents; none where we have no list."""
    path = PLAIN / f"words_{language}.txt"
    if not path.exists():
        return frozenset()
    return frozenset(path.read_text(encoding="utf-8").splitlines()[1:])


def gazetteer(country: str) -> bytes:
    """The table of a country's places (`flows/gazetteer/table.py` reads it); empty where we have none."""
    path = GAZETTEER / f"{country}.tsv"
    return path.read_bytes() if country in countries() and path.exists() else b""


@cache
def countries() -> tuple[str, ...]:
    """The countries that have a pack, by the name of their folder."""
    return tuple(sorted(path.parent.name for path in LIBRARY.glob("*/pack.yaml")))


@cache
def pack(country: str) -> Pack:
    """What a country's flows and services share. Raises KeyError for one that has no pack."""
    if country not in countries():
        raise KeyError(country)
    return pack_of(country, _read(LIBRARY / country / "pack.yaml"))


def currency(country: str, language: str) -> str:
    """The currency of a country (ISO 4217); where it is not known, that of the language's first country."""
    if country in countries():
        return pack(country).currency
    return pack("france" if language == "fr" else "kenya").currency


def spoken(country: str) -> tuple[str, ...]:
    """The languages of a country; none where it is not known."""
    return pack(country).languages if country in countries() else ()


def region(country: str) -> str | None:
    """The two letters of a country, for phone numbers; None where it is not known."""
    return pack(country).region if country in countries() else None


def thesaurus(country: str, language: str) -> Mapping[str, Sequence[str]]:
    """Other words for options: the first words of a label → what people say instead."""
    return pack(country).thesaurus.get(language, {}) if country in countries() else {}


@cache
def common() -> Common:
    """The machine's own phrases and dialogues (`library/common.yaml`)."""
    path = LIBRARY / "common.yaml"
    return parse_common(path.read_text(encoding="utf-8"), file=path.name)


@cache
def flow_codes(country: str) -> tuple[str, ...]:
    """The procedures that we ship for a country, in the order of its menu."""
    written = {code for code, definition in _written(country).items() if not is_sub_flow(definition)}
    listed = tuple(line.flow for line in pack(country).menu if line.flow in written)
    return (*listed, *sorted(written - set(listed)))


@cache
def flow(country: str, code: str) -> Definition:
    """One procedure as its author wrote it. Raises KeyError for one that we don't ship."""
    if code not in flow_codes(country):
        raise KeyError(f"{country}/{code}")
    return _written(country)[code]


@cache
def sub_flows(country: str) -> Mapping[str, Definition]:
    """The flows that we ship for others to call: those that no keyword leads to. They are in no menu."""
    return {code: definition for code, definition in _written(country).items() if is_sub_flow(definition)}


@cache
def _written(country: str) -> Mapping[str, Definition]:
    files = (path for path in sorted((LIBRARY / country).glob("*.yaml")) if path.stem != "pack")
    return {path.stem: parse(path.read_text(encoding="utf-8"), file=f"{country}/{path.name}") for path in files}


def transcripts(country: str, code: str) -> tuple[Path, ...]:
    """The written conversations of a procedure: `<code>.transcript` and `<code>_*.transcript` beside it."""
    return _beside(LIBRARY / country / f"{code}.yaml")


def conversations(flow_file: Path) -> dict[str, str]:
    """The written conversations beside a flow's file, by name, as its frozen version holds them."""
    return {path.stem: path.read_text(encoding="utf-8") for path in _beside(flow_file)}


def _beside(flow_file: Path) -> tuple[Path, ...]:
    folder, code = flow_file.parent, flow_file.stem
    return tuple(sorted({*folder.glob(f"{code}.transcript"), *folder.glob(f"{code}_*.transcript")}))


def catalogue_path(country: str, language: str) -> Path:
    """Where the sentences of a country's flows stand in one of its other languages."""
    return LOCALES / language / "LC_MESSAGES" / f"{country}.po"


def translations(definition: Definition, *, code: str, country: str) -> dict[str, dict[str, str]]:
    """By language, by path: what the catalogues have for the sentences of a flow as they are now.

    A sentence whose source was changed since has none, nor one that is marked fuzzy: an old translation is never said.
    """
    written = [(path, f"{code}#{path}", words.text) for path, words in sentences(definition) if words.text]
    found = {}
    for language in pack(country).languages:
        known = _catalogue(country, language)
        found[language] = {path: known[context, text] for path, context, text in written if (context, text) in known}
    return found


@cache
def _catalogue(country: str, language: str) -> Mapping[tuple[str, str], str]:
    """(flow#path, sentence of the source language) → translation. Raises PoFileError for a broken catalogue."""
    path = catalogue_path(country, language)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        messages = list(read_po(file, locale=language, abort_invalid=True))
    return {
        (message.context, str(message.id)): str(message.string)
        for message in messages
        if message.context and message.id and message.string and not message.fuzzy
    }


@cache
def bundle(country: str, code: str) -> str:
    """A procedure's frozen version: canonical JSON, the same bytes each time, with everything that a session needs."""
    return _freeze(flow(country, code), code=code, country=country, languages=flow(country, code).languages)


@cache
def menu_bundle(country: str, codes: tuple[str, ...], *, other_language: bool = False) -> str:
    """The menu over these procedures; without any, a question whose answer opens a case: a menu is never empty.

    A code that is not ours (a flow that an organisation made) is left out here: the pack has no name for it.
    other_language: with a line that leads to another language, on the first screen, in that language.
    """
    lines = [line for code in codes if (line := _menu_line(country, code))]
    if not lines:
        return dialogue_bundle(country, MENU_WITHOUT_FLOWS)
    options = [ListOption(line.flow, line.labels, line.also) for line in lines]
    if other_language and len(_languages(country)) > 1:
        options.insert(LAST_OF_A_SCREEN, ListOption(OTHER_LANGUAGE, _others(country), ()))
    return _dialogue(country, "menu", {"flows": options})


def found_bundle(country: str, found: Sequence[ListOption]) -> str:
    """The menu of the few flows that free words may be about, and a line that leads to the whole menu."""
    said = common().phrases["found_one"].texts
    other = {language: split_phrase(said[language]).labels[1] for language in _languages(country)}
    return _dialogue(country, "menu", {"flows": (*found, ListOption(SOMETHING_ELSE, other))})


@cache
def dialogue_bundle(country: str, name: str) -> str:
    """One of the machine's own dialogues in a country's languages. KeyError for an unknown one."""
    options = [ListOption(code, dict.fromkeys(_languages(country), label), ()) for code, label in _named(country)]
    return _dialogue(country, name, {"languages": options} if name == "language_menu" else {})


def menu_options(country: str, codes: Iterable[str], titles: Mapping[str, Mapping[str, str]]) -> list[ListOption]:
    """Flows as the lines of a menu: by their short names where the pack has one, else by their titles in a language."""
    lines = ((code, _menu_line(country, code)) for code in codes)
    return [
        ListOption(code, line.labels, line.also) if line else ListOption(code, titles[code]) for code, line in lines
    ]


def flow_names(country: str, codes: Sequence[str], language: str) -> dict[str, tuple[str, ...]]:
    """For each procedure its title and its keywords: what `flows.reader.name_flow` looks through. Keywords of every
    language count: people mix them."""
    names: dict[str, tuple[str, ...]] = {}
    for code in codes:
        line = _menu_line(country, code)
        label = (line.labels.get(language, ""), *line.also) if line else ()
        written = flow(country, code) if code in flow_codes(country) else None
        title = (written.title.text, *written.keywords) if written else ()
        if known := tuple(dict.fromkeys(name for name in (*title, *label) if name)):
            names[code] = known
    return names


def _read(path: Path) -> object:
    return plain(read_yaml(path.read_text(encoding="utf-8"), file=path.name))


def _languages(country: str) -> tuple[str, ...]:
    known = common().languages
    return tuple(language for language in pack(country).languages if language in known)


def _named(country: str) -> Iterator[tuple[str, str]]:
    for language in _languages(country):
        named = cast("Mapping[str, str]", reader_words(language))["name"]
        yield language, str(named)


def _others(country: str) -> dict[str, str]:
    """For each language of a country, the names of the others, each as its speakers write it."""
    named = dict(_named(country))
    return {one: " / ".join(name for code, name in named.items() if code != one) for one in named}


def _menu_line(country: str, code: str) -> MenuLine | None:
    return next((line for line in pack(country).menu if line.flow == code), None)


def _dialogue(country: str, name: str, lists: Mapping[str, Sequence[ListOption]]) -> str:
    dialogue = common().dialogues[name]
    return _freeze(dialogue, code=name, country=country, languages=_languages(country), lists=lists)


def _freeze(
    definition: Definition,
    *,
    code: str,
    country: str,
    languages: Sequence[str],
    lists: Mapping[str, Sequence[ListOption]] | None = None,
) -> str:
    shared = pack(country)
    written: Mapping[str, str] = {}
    if code in common().dialogues:  # no title that anybody reads: its name stands for one in every language
        translated = {each: {"title": definition.title.text} for each in languages}
    else:
        translated = translations(definition, code=code, country=country)
        written = conversations(LIBRARY / country / f"{code}.yaml")
    danger = {kind: DangerText(text.phrase, text.values) for kind, text in shared.danger.items()}
    return freeze(
        definition,
        code=code,
        country=country,
        source_language=shared.source_language if shared.source_language in languages else languages[0],
        common=common(),
        translations=translated,
        lists=lists,
        danger=danger,
        languages=languages,
        transcripts=written,
        subflows={
            name: SubFlow(sub, translations(sub, code=name, country=country))
            for name, sub in called(definition, sub_flows(country)).items()
        },
    )
