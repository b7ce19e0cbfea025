"""Renews every catalogue of `locales/`: `python -m flows.catalogues`, or `make translations`.

Each catalogue holds exactly the sentences that can be said now, in their order. What was translated stays. Where a
sentence was changed, its translation is kept but marked old (`fuzzy`, and never said), with the sentence that it was
made for (`# was: …`). No date and no line number is written: running it twice changes nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import BytesIO
from os import PathLike
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import PoFileError, read_po, write_po

from flows import packaged
from flows.tree import ParseError

__all__ = ["INTERFACE", "Renewal", "languages_of", "main", "present", "renew", "renewed"]

ROOT = packaged.LOCALES.parent
MAPPING = packaged.LOCALES / "babel.cfg"
INTERFACE = "interface"  # the catalogue of the web pages; every other one is named by its country
WAS = "was: "
WIDTH = 120  # columns
HEADER = """msgid ""
msgstr ""
"Project-Id-Version: Guichet\\n"
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


@dataclass(frozen=True, slots=True)
class Renewal:
    """One catalogue as it is now: how many sentences it has, how many have no words, how many have old ones."""

    path: Path
    sentences: int
    missing: int
    old: int

    def __str__(self) -> str:
        where = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{where!s:<40} {self.sentences:>4} sentences {self.missing:>4} missing {self.old:>4} old"


def main(names: Sequence[str]) -> None:
    """Renew the named catalogues (`interface`, `kenya`), all without a name, and print a line about each."""
    try:
        for renewal in renew(names):
            print(renewal)
    except (ParseError, PoFileError) as error:
        sys.exit(f"No catalogue was renewed from here on. {error}")


def renew(names: Sequence[str] = ()) -> Iterator[Renewal]:
    """Write each catalogue anew where it has changed."""
    for name, template in sorted(present(names).items()):
        for language in languages_of(name):
            path = packaged.LOCALES / language / "LC_MESSAGES" / f"{name}.po"
            before = path.read_bytes() if path.exists() else b""
            known = read_po(BytesIO(before), locale=language, abort_invalid=True)
            catalogue = renewed(template, known, language=language)
            after = _written(catalogue, _about(before.decode("utf-8"), name, language), language)
            if after != before:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(after)
            yield _counted(path, catalogue)


def present(names: Sequence[str] = ()) -> dict[str, Catalog]:
    """By the name of its catalogue: everything that can be said now, as Babel finds it by `babel.cfg`.

    Only the named catalogues where some are named. Raises ParseError for a flow that can't be read.
    """
    wanted = tuple(names) or (INTERFACE, *packaged.countries())
    with MAPPING.open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = {name: Catalog() for name in wanted}
    folders = {f"flows/library/{name}" if name != INTERFACE else "sms_gateway/web" for name in wanted}
    said = extract_from_dir(ROOT, methods, options, directory_filter=lambda folder: _leads_to(folder, folders))
    for file_name, _line, sentence, comments, context in said:
        parts = Path(file_name).parts
        name = parts[2] if parts[:2] == ("flows", "library") else INTERFACE
        found[name].add(sentence, auto_comments=comments, context=context)
    return found


def languages_of(name: str) -> tuple[str, ...]:
    """The languages that a catalogue is kept in: those that have the pages; for a country, all but its own."""
    if name == INTERFACE:
        return tuple(sorted(path.parts[-3] for path in packaged.LOCALES.glob(f"*/LC_MESSAGES/{INTERFACE}.po")))
    pack = packaged.pack(name)
    return tuple(language for language in pack.languages if language != pack.source_language)


def renewed(template: Catalog, before: Catalog, *, language: str) -> Catalog:
    """The sentences of the template with the translations that stood there before."""
    after = Catalog(locale=language, fuzzy=False)
    gone = [each for each in before if each.id and _filled(each) and template.get(each.id, each.context) is None]
    moved = {message.context: found for message in template if message.id and (found := _moved(message, gone))}
    left = [each for each in gone if each not in moved.values()]
    for message in template:
        if message.id:
            kept = before.get(message.id, message.context) or moved.get(message.context)
            _add(after, message, kept, None if kept else _changed(message, left))
    return after


def _add(after: Catalog, message: Message, kept: Message | None, changed: Message | None) -> None:
    """One sentence with the words that stay, or with those of another sentence, marked old."""
    source = kept or changed
    notes = [note for note in source.user_comments if not note.startswith(WAS)] if source else []
    old = bool(changed or (kept and kept.fuzzy))
    if source and old:
        notes += [note for note in source.user_comments if note.startswith(WAS)] or [f"{WAS}{_line(source)}"]
    fresh = after.add(
        message.id,
        source.string if source else message.string,
        flags={"fuzzy"} if old else set(),
        auto_comments=message.auto_comments,
        user_comments=notes,
        context=message.context,
    )
    if message.context is not None:  # braces and percent signs of a flow are no Python format
        fresh.flags.difference_update({"python-format", "python-brace-format"})


def _leads_to(folder: str | PathLike[str], wanted: Collection[str]) -> bool:
    """Whether a folder is one of the wanted ones, or inside one, or on the way to it."""
    here = Path(folder).relative_to(ROOT)
    hidden = here.name.startswith((".", "_"))
    return not hidden and any(here.is_relative_to(each) or Path(each).is_relative_to(here) for each in wanted)


def _moved(message: Message, gone: Sequence[Message]) -> Message | None:
    """The same sentence, somewhere else among those that a step tells."""
    if message.context is None:
        return None
    return next((each for each in gone if each.id == message.id and _part(each) == _part(message)), None)


def _changed(message: Message, gone: Sequence[Message]) -> Message | None:
    """What most likely stood in the place of a new sentence."""
    alike = [each for each in gone if isinstance(each.id, str) == isinstance(message.id, str)]
    if message.context is None:
        near = get_close_matches(_line(message), [_line(each) for each in alike], 1, 0.7)
        return next((each for each in alike if near and _line(each) == near[0]), None)
    same_place = next((each for each in alike if each.context == message.context), None)
    return same_place or next((each for each in alike if each.id == message.id), None)


def _part(message: Message) -> str:
    return re.sub(r"\.\d+$", "", message.context or "")


def _line(message: Message) -> str:
    sentence = message.id if isinstance(message.id, str) else message.id[0]
    return " ".join(sentence.split())


def _filled(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def _about(before: str, name: str, language: str) -> str:
    """The remarks at the top of a catalogue: those that stand there, else what it is."""
    kept = re.match(r"(?:#.*\n)*", before)
    if kept and kept[0]:
        return re.sub(r"^# Renew:.*$", "# Renew: make translations", kept[0], flags=re.MULTILINE)
    spoken = Locale(language).english_name
    place = packaged.pack(name).name.get("en", name)
    return (
        f"# What the flows of {place} say, in {spoken}. The sentence in the country's own language is the key.\n"
        "# Renew: make translations\n"
    )


def _written(catalogue: Catalog, about: str, language: str) -> bytes:
    body = BytesIO()
    write_po(body, catalogue, width=WIDTH, no_location=True, omit_header=True, ignore_obsolete=True)
    header = HEADER.format(language=language, plurals=catalogue.plural_forms)
    return (about + header).encode() + body.getvalue().strip() + b"\n"


def _counted(path: Path, catalogue: Catalog) -> Renewal:
    messages = [message for message in catalogue if message.id]
    missing = sum(not _filled(message) for message in messages)
    return Renewal(path, len(messages), missing, sum(message.fuzzy and _filled(message) for message in messages))


if __name__ == "__main__":
    main(sys.argv[1:])
