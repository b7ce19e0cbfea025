"""A new flow that works at once: a question, a list to take along, a person, and its written conversations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flows import packaged
from flows.compiler import compile_bundle
from flows.files import freeze_definition
from flows.grammar import IDENTIFIER
from flows.page import nearest
from flows.parser import parse
from flows.transcript import retell_text

__all__ = ["Skeleton", "SkeletonError", "new_flow"]


class SkeletonError(Exception):
    """A flow that can't be begun so; the text says what to write instead."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The files of a new flow by their names, none of them written yet, and what its author does next."""

    files: Mapping[str, str]
    next_steps: tuple[str, ...]


# By the language of the country; a country that speaks another begins in English.
WORDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "ask": "Que voulez-vous savoir ?",
        "simpler": "De quoi avez-vous besoin ? Envoyez un chiffre :",
        "bring": "Quoi apporter",
        "also_bring": "papiers, documents, apporter",
        "other": "Autre chose",
        "also_other": "autre, pas ça",
        "list": "Apportez une photo et une preuve d'adresse.",
        "end": "Demain : allez au guichet de votre ville. Bon courage.",
        "words": "Dites en quelques mots ce qui se passe. Une personne va vous lire.",
        "summary": " : autre chose",
        "given": "mon dossier est bloqué",
    },
    "en": {
        "ask": "What do you want to know?",
        "simpler": "What do you need? Send one number:",
        "bring": "What to bring",
        "also_bring": "papers, documents, bring",
        "other": "Something else",
        "also_other": "other, not that",
        "list": "Bring a photo and a proof of address.",
        "end": "Tomorrow: go to the counter of your town. Good luck.",
        "words": "Say in a few words what happens. A person will read it.",
        "summary": ": something else",
        "given": "my request is stuck",
    },
}
FLOW = """\
# A skeleton: every sentence here is an example. Change the words, then the steps: docs/writing-flows.md shows how.
title: {title}
# The languages that it is complete in.
languages: [{language}]
# What people send to come here.
keywords: [{keyword}]
discreet: no
start: what
steps:
  what:
    ask: "{ask}"
    simpler: "{simpler}"
    choices:
      bring: {{label: {bring}, also: [{also_bring}], go: list}}
      other: {{label: {other}, also: [{also_other}], go: words}}

  list:
    tell:
      - {list}
    also_by_sms: yes
    go: end
  end:
    end: "{end}"

  words:
    ask: {words}
    expect: text
    go: person
  person:
    handoff: {{topic: {topic}, summary: "{title}{summary}", answer_within: 1 working day}}
"""
TRANSCRIPT = """\
flow: {code}
country: {country}
channel: sms
language: {language}
timezone: {timezone}
today: {today}

# {remark}
> {keyword}
{given}
"""


def new_flow(country: str, code: str, *, title: str = "", folder: Path, today: date) -> Skeleton:
    """The files of a new flow for a folder. Raises SkeletonError where one of them is there, or can't be named so."""
    _usable(country, code)
    title = " ".join((title or code.replace("_", " ").capitalize()).split())
    if re.search(r'[:#{}\[\]"\\]', title):
        raise SkeletonError(f"The title `{title}` holds signs that YAML reads otherwise. Write letters and digits.")
    for name in (f"{code}.yaml", f"{code}.transcript", f"{code}_person.transcript"):
        if (folder / name).exists():
            raise SkeletonError(f"{folder / name} is there already; nothing was written. Take another name.")
    shared = packaged.pack(country)
    language = shared.source_language if shared.source_language in WORDS else "en"
    keyword = title.casefold()
    words = {**WORDS[language], "topic": next(iter(shared.topics)), "title": title}
    text = FLOW.format(language=language, keyword=keyword, **words)
    machine = compile_bundle(freeze_definition(parse(text, file=code), code=code, country=country))

    def conversation(remark: str, *given: str) -> str:
        asked = TRANSCRIPT.format(
            code=code,
            country=country,
            language=language,
            timezone=shared.timezone,
            today=today,
            remark=remark,
            keyword=keyword,
            given="\n".join(f"> {each}" for each in given),
        )
        return retell_text(machine, asked, code)

    files = {
        f"{code}.yaml": text,
        f"{code}.transcript": conversation("To its end.", "1"),
        f"{code}_person.transcript": conversation("To a person.", "2", words["given"]),
    }
    return Skeleton(files, tuple(_next_steps(country, code, folder, language)))


def _usable(country: str, code: str) -> None:
    if country not in packaged.countries():
        guess = nearest(country, packaged.countries())
        known = ", ".join(packaged.countries())
        raise SkeletonError(f"`{country}` is no country here. Write {f'`{guess}`' if guess else f'one of: {known}'}.")
    if not IDENTIFIER.fullmatch(code):
        clean = re.sub(r"[^a-z0-9_]+", "_", code.casefold()).strip("_0123456789")[:40] or "carte_grise"
        raise SkeletonError(f"`{code}` can't be the name of a flow: small letters, digits and _. Write `{clean}`.")
    if code in {*packaged.common().dialogues, "pack", "common"}:
        raise SkeletonError(f"`{code}` is a name of the machine's own. Take another one.")


def _next_steps(country: str, code: str, folder: Path, language: str) -> list[str]:
    file, shared = folder / f"{code}.yaml", packaged.pack(country)
    at_home = folder.resolve() == (packaged.LIBRARY / country).resolve()
    elsewhere = "" if at_home or folder.name == country else f" --country {country}"
    steps = [
        f"Change the words in {file}; docs/writing-flows.md shows how.",
        f"Check it: guichet check {file}{elsewhere}",
        f"Play its conversations: guichet play {folder / code}*.transcript",
    ]
    if at_home:
        names = ", ".join(f"{each}: …" for each in shared.languages)
        steps.append(f"Put it in the menu: `{code}: {{{names}}}` below `menu:` in {folder / 'pack.yaml'}")
    for other in (each for each in shared.languages if each != language):
        catalogue = packaged.catalogue_path(country, other)
        place = catalogue.relative_to(packaged.LOCALES.parent)
        steps.append(f"To speak {other} too: run make translations, fill {place}, then add {other} to `languages`.")
    return steps
