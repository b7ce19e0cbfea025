"""One change to a flow's content: content in, content out, canonical like `freeze`; nothing is ever half applied."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from flows.bundle import canonical
from flows.contents import (
    ChoiceView,
    Sentence,
    StepKind,
    StepView,
    Way,
    kind_of,
    says,
    sentences_of,
    steps_of,
    synonyms_of,
)
from flows.definition import Ask, Choice, Definition, sentences
from flows.edits import Edit, FactEdit, KeywordsEdit, SentenceEdit, StillRight, SynonymsEdit, UnusableWords
from flows.homes import Home, facts_of, first_name, home_of, part_of
from flows.page import MAX_SENTENCE
from flows.places import UnknownPlace, opened, ordered_paths, put_words, sorted_by

__all__ = [
    "ChoiceView",
    "Edit",
    "FactEdit",
    "KeywordsEdit",
    "Sentence",
    "SentenceEdit",
    "StepKind",
    "StepView",
    "StillRight",
    "SynonymsEdit",
    "UnknownPlace",
    "UnusableWords",
    "Way",
    "apply",
    "at_first_call",
    "current",
    "facts_of",
    "kind_of",
    "looked_at",
    "says",
    "sentences_of",
    "steps_of",
]


def current(content: str, edit: Edit) -> str:
    """What stands now where an edit would change something, on one line for people: a form keeps it as what it saw.

    Raises UnknownPlace.
    """
    bundle, definition = opened(content)
    match edit:
        case SentenceEdit():
            home, path = _written(content, edit.path, edit.language)
            return str(home.said[edit.language].get(path, ""))
        case StillRight():
            home, path = _written(content, edit.path, edit.language)
            source, text = (home.said[each].get(path, "") for each in (bundle["source_language"], edit.language))
            return looked_at(source, text)
        case SynonymsEdit():
            known = synonyms_of(_choice(content, edit), str(bundle["source_language"]))
            return ", ".join(known.get(edit.language, ()))
        case KeywordsEdit():
            return ", ".join(definition.keywords)
        case FactEdit():
            home, name = _fact_place(content, edit.name)
            fact = home.definition.facts[name]
            return " · ".join((fact.value, fact.source, str(fact.checked or ""), str(fact.valid_to or "")))


def looked_at(source: str, text: str) -> str:
    """What a form that says StillRight had seen: a sentence and its translation."""
    return f"{source} · {text}"


def at_first_call(content: str, edit: Edit) -> Edit:
    """The same edit where its flow is called first: two of the same words are about one place. Raises UnknownPlace."""
    match edit:
        case SentenceEdit() | StillRight():
            return replace(edit, path=first_name(content, edit.path))
        case SynonymsEdit():
            return replace(edit, step=first_name(content, edit.step))
        case FactEdit():
            return replace(edit, name=first_name(content, edit.name))
        case KeywordsEdit():
            return edit


def apply(content: str, edit: Edit) -> str:
    """The content with one edit in it. Raises UnknownPlace where there is nothing to change, UnusableWords.

    A sentence of the flow's own language marks its translations as lagging behind, unless its meaning is unchanged.
    """
    bundle = json.loads(content)
    CHANGES[type(edit)](content, bundle, edit)
    return canonical(bundle)


def _sentence(content: str, bundle: dict[str, Any], edit: SentenceEdit) -> None:
    home, path = _written(content, edit.path, edit.language)
    part = part_of(bundle, home)
    text, said = _clean(edit.text), part["sentences"]
    source = edit.language == bundle["source_language"]
    if text == said[edit.language].get(path, ""):
        return
    if len(text) > MAX_SENTENCE:
        raise UnusableWords(f"`{path}` is longer than {MAX_SENTENCE} letters. Cut it into steps.")
    if source and not text:
        raise UnusableWords(f"`{path}` says nothing. Write a sentence.")
    if not source:
        translated = bool(said[edit.language].get(path))
        said[edit.language][path] = text
        if not _moved(said[bundle["source_language"]].get(path, ""), edit):
            _mark(part, path, edit.language, old=False)
        elif text and not translated:  # one that was there has its mark from the change of its source, if it needs one
            _mark(part, path, edit.language, old=True)
    else:
        put_words(part["flow"], path, text)
        for language in bundle["languages"]:
            if language == edit.language or path.endswith(".summary"):
                said[language][path] = text
            elif said[language].get(path) and not edit.meaning_unchanged:
                _mark(part, path, language, old=True)
    _in_order(home.definition, part)


def _still_right(content: str, bundle: dict[str, Any], edit: StillRight) -> None:
    home, path = _written(content, edit.path, edit.language)
    _mark(part_of(bundle, home), path, edit.language, old=False)


def _synonyms(content: str, bundle: dict[str, Any], edit: SynonymsEdit) -> None:
    source = str(bundle["source_language"])
    known = dict(synonyms_of(_choice(content, edit), source))
    if edit.language not in bundle["languages"]:
        raise UnknownPlace(edit.language)
    words = _words(edit.words)
    if words == known.get(edit.language, ()):
        return
    known = {**known, edit.language: words}
    known = {each: known[each] for each in (*bundle["languages"], *known) if known.get(each)}
    home, step = home_of(content, edit.step)
    choices = part_of(bundle, home)["flow"]["steps"][step]["choices"]
    entry = choices[edit.choice]
    entry = entry if isinstance(entry, dict) else {"label": entry}
    entry["also"] = list(known[source]) if set(known) == {source} else {each: list(known[each]) for each in known}
    if not known:
        del entry["also"]
    choices[edit.choice] = entry


def _keywords(content: str, bundle: dict[str, Any], edit: KeywordsEdit) -> None:
    bundle["flow"]["keywords"] = list(_words(edit.words))


def _fact(content: str, bundle: dict[str, Any], edit: FactEdit) -> None:
    home, name = _fact_place(content, edit.name)
    value = _clean(edit.value)
    if not value or len(value) > MAX_SENTENCE:
        raise UnusableWords(f"`{name}` needs a value. Write an amount (25 EUR), a day (2026-10-30) or words.")
    fact = part_of(bundle, home)["flow"]["facts"][name]
    written = {
        "value": value,
        "source": _clean(edit.source)[:MAX_SENTENCE],
        "checked": edit.checked.isoformat() if edit.checked else "",
        "valid_to": edit.valid_to.isoformat() if edit.valid_to else "",
    }
    for key, text in written.items():
        if text:
            fact[key] = text
        else:
            fact.pop(key, None)


Change = Callable[[str, dict[str, Any], Any], None]
CHANGES: Mapping[type[Edit], Change] = {
    SentenceEdit: _sentence,
    StillRight: _still_right,
    SynonymsEdit: _synonyms,
    KeywordsEdit: _keywords,
    FactEdit: _fact,
}


def _written(content: str, path: str, language: str) -> tuple[Home, str]:
    """Where a sentence stands; refuse a place where no words of an author are.

    A summary stands in the flow's own language only.
    """
    bundle = opened(content)[0]
    home, own = home_of(content, path)
    if (home.call and "." not in own) or own not in ordered_paths(home.definition):
        raise UnknownPlace(f"{path} ({language})")
    if language not in bundle["languages"] or (own.endswith(".summary") and language != bundle["source_language"]):
        raise UnknownPlace(f"{path} ({language})")
    return home, own


def _fact_place(content: str, name: str) -> tuple[Home, str]:
    home, own = home_of(content, name)
    if own not in home.definition.facts:
        raise UnknownPlace(name)
    return home, own


def _choice(content: str, edit: SynonymsEdit) -> Choice:
    home, name = home_of(content, edit.step)
    step = home.definition.steps.get(name)
    written = cast("Mapping[str, Any]", home.part["flow"]["steps"]).get(name, {})
    found = [each for each in step.choices if each.key == edit.choice] if isinstance(step, Ask) else []
    if not found or edit.choice not in written.get("choices", {}):
        raise UnknownPlace(f"{edit.step}.choices.{edit.choice}")
    return found[0]


def _mark(part: dict[str, Any], path: str, language: str, *, old: bool) -> None:
    marks = part.setdefault("old", {})
    others = [each for each in marks.get(language, ()) if each != path]
    marks[language] = [*others, path] if old else others


def _moved(now: str, edit: SentenceEdit) -> bool:
    """Whether the sentence says something else by now than what the author of its translation had read."""
    return edit.source is not None and _clean(edit.source) != _clean(now)


def _in_order(definition: Definition, part: dict[str, Any]) -> None:
    """Sentences stand where `freeze` puts them; those that say nothing are not there."""
    paths = [path for path, _ in sentences(definition)]
    for language, said in part["sentences"].items():
        part["sentences"][language] = sorted_by(paths, {path: text for path, text in said.items() if text})


def _clean(text: str) -> str:
    """Line ends as ours, without blanks around it: what a form sends is what its author meant."""
    return "\n".join(line.strip() for line in text.splitlines()).strip()


def _words(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clean for word in words if (clean := " ".join(word.split())[:MAX_SENTENCE])))
