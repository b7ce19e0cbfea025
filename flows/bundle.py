"""A frozen version of a flow: everything that it can say and needs, in every language, as canonical JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.definition import Ask, AskAgain, Common, Definition, Expected, Step, Words, sentences

__all__ = [
    "BUNDLE_FORMAT",
    "ENGINE_PHRASES",
    "FOLLOW_UP_PHRASE",
    "DangerText",
    "ListOption",
    "PhraseParts",
    "SubFlow",
    "canonical",
    "freeze",
    "split_phrase",
]

BUNDLE_FORMAT = 1
SOMETIMES = ("subflows", "old", "transcripts")  # keys of a bundle that are there only where they hold something

# The phrases that the engine itself says; each bundle holds them, so that an upgrade moves nobody.
ENGINE_PHRASES = (
    "keys_choice",
    "keys_open",
    "menu_next_page",
    "not_understood_choice_1",
    "not_understood_choice_2",
    "not_understood_open_1",
    "not_understood_open_2",
    "not_understood_person",
    "nearly",
    "key_or_place",
    "restart_confirm",
    "restarted",
    "stop_ask",
    "erase_ask",
    "back_done",
    "back_at_start",
    "language_kept",
    "recap",
    "thanks",
    "secret_struck",
)
FOLLOW_UP_PHRASE = "followup_came"  # said by the flows alone that ask again
OPTION_LINE = re.compile(r"([1-7]|[1-9][1-5]) (\S.*)")
LEGEND_LINE = re.compile(r"0?[089] \S.*|\{(?:keys|options|languages)\}")


@dataclass(frozen=True, slots=True)
class PhraseParts:
    """A phrase taken apart: its sentence, the labels of its numbered lines, its legend lines."""

    text: str
    labels: tuple[str, ...]
    legend: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListOption:
    """One option that comes from data (a place, a counter, a flow of the menu): labels and other words by language."""

    key: str
    labels: Mapping[str, str]
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubFlow:
    """A flow that is called, and its translations: by language, by sentence path."""

    definition: Definition
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DangerText:
    """What is said at once to somebody in this kind of danger: a phrase, and its values (one, or one a language)."""

    phrase: str
    values: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)


def split_phrase(text: str) -> PhraseParts:
    """Take a phrase apart at its numbered lines ("1 Oui") and its legend lines ("0 Une personne", "{keys}")."""
    words: list[str] = []
    labels: list[str] = []
    legend: list[str] = []
    for line in text.split("\n"):
        if found := OPTION_LINE.fullmatch(line):
            labels.append(found[2])
        elif LEGEND_LINE.fullmatch(line):
            legend.append(line)
        else:
            words.append(line)
    return PhraseParts("\n".join(words), tuple(labels), tuple(legend))


def freeze(
    definition: Definition,
    *,
    code: str,
    country: str,
    source_language: str,
    common: Common,
    translations: Mapping[str, Mapping[str, str]] | None = None,
    lists: Mapping[str, Iterable[ListOption]] | None = None,
    danger: Mapping[str, DangerText] | None = None,
    languages: Iterable[str] | None = None,
    transcripts: Mapping[str, str] | None = None,
    old: Mapping[str, Iterable[str]] | None = None,
    subflows: Mapping[str, SubFlow] | None = None,
) -> str:
    """The bundle of a flow. Same inputs, same bytes: its sha256 is the version's name.

    translations: by language, by sentence path; the source language's sentences are those of the flow itself. One that
    is missing stays missing here; the compiler refuses it. languages: those of the definition unless given (the
    machine's own dialogues take those of their service). transcripts: its written conversations, by name. old: by
    language, the paths whose translation lags behind a changed source sentence. subflows: those that it calls, by code.
    None of these three is there where it is empty.
    """
    spoken = tuple(languages or definition.languages)
    frozen_lists = {name: tuple(options) for name, options in (lists or {}).items()}
    said = {
        language: _sentences(definition, spoken, language, source_language, common, translations or {})
        | {
            f"lists.{name}.{option.key}": option.labels[language]
            for name, options in frozen_lists.items()
            for option in options
            if language in option.labels
        }
        for language in spoken
    }
    needed = [*ENGINE_PHRASES, *(text.phrase for text in (danger or {}).values())]
    if any(map(_asks_again, (definition, *(sub.definition for sub in (subflows or {}).values())))):
        needed.append(FOLLOW_UP_PHRASE)
    bundle = {
        "format": BUNDLE_FORMAT,
        "code": code,
        "country": country,
        "source_language": source_language,
        "languages": spoken,
        "flow": definition.tree,
        "sentences": said,
        "phrases": {language: _phrases(needed, common, language) for language in spoken},
        "lists": {
            name: [{"key": option.key, "also": option.also} for option in options]
            for name, options in frozen_lists.items()
        },
        "danger": {
            kind: {"phrase": text.phrase, "values": text.values} for kind, text in (danger or {}).items()
        },
    }
    subs = {
        code: {
            "flow": sub.definition.tree,
            "sentences": {
                language: _sentences(sub.definition, spoken, language, source_language, common, sub.translations)
                for language in spoken
            },
        }
        for code, sub in sorted((subflows or {}).items())
    }
    return canonical(bundle | {"subflows": subs, "old": old or {}, "transcripts": transcripts or {}})


def canonical(bundle: Mapping[str, Any]) -> str:
    """The bundle as text: same content, same bytes. What may be empty (SOMETIMES) is left out then.

    The author's order is kept, not sorted: it is the order of the options on the screen.
    """
    old = _marks(bundle.get("old", {}))
    transcripts = dict(sorted(bundle.get("transcripts", {}).items()))
    sometimes = {"subflows": _subflows(bundle.get("subflows") or {}), "old": old, "transcripts": transcripts}
    whole = {key: value for key, value in bundle.items() if key not in SOMETIMES}
    whole |= {key: sometimes[key] for key in SOMETIMES if sometimes[key]}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), default=dict)


def _asks_again(definition: Definition) -> bool:
    return any(isinstance(step, AskAgain) for step in definition.steps.values())


def _phrases(names: Iterable[str], common: Common, language: str) -> dict[str, str]:
    found = {name: common.phrases[name].texts for name in names if name in common.phrases}
    return {name: texts[language] for name, texts in found.items() if language in texts}


def _sentences(
    definition: Definition,
    spoken: tuple[str, ...],
    language: str,
    source_language: str,
    common: Common,
    translations: Mapping[str, Mapping[str, str]],
) -> dict[str, str]:
    translated = translations.get(language, {})
    said: dict[str, str] = {}
    for path, words in sentences(definition):
        text = _said(words, path, language, source_language, common, translated)
        if text is not None:
            said[path] = text
    for step in definition.steps.values():
        said |= _labels(step, language, common)
        if isinstance(step, Ask) and step.every_language and step.words.phrase in common.phrases:
            texts = common.phrases[step.words.phrase].texts
            said[f"{step.name}.ask"] = "\n".join(
                split_phrase(texts[each]).text for each in spoken if each in texts
            )
    return said


def _said(
    words: Words, path: str, language: str, source_language: str, common: Common, translated: Mapping[str, str]
) -> str | None:
    if words.phrase:
        phrase = common.phrases.get(words.phrase)
        text = phrase.texts.get(language) if phrase else None
        if text is None:
            return None
        return split_phrase(text).text if path.endswith(".ask") else text
    if language == source_language or path.endswith(".summary"):
        return words.text
    return translated.get(path) or None


def _labels(step: Step, language: str, common: Common) -> dict[str, str]:
    """Labels that no author wrote: those of a phrase's numbered lines, and yes and no."""
    if not isinstance(step, Ask):
        return {}
    phrase = step.words.phrase or ("nearly" if step.expected is Expected.YES_NO else "")
    if not phrase or phrase not in common.phrases or language not in common.phrases[phrase].texts:
        return {}
    labels = split_phrase(common.phrases[phrase].texts[language]).labels
    return {
        f"{step.name}.choices.{choice.key}": label
        for choice, label in zip(step.choices, labels, strict=False)
        if not choice.label.text
    }


def _marks(old: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    return {language: sorted(paths) for language, paths in sorted(old.items()) if paths}


def _subflows(subflows: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Each with the marks of its own translations, where some lag behind."""
    marked = {code: _marks(each.get("old", {})) for code, each in subflows.items()}
    bare = {code: {key: value for key, value in each.items() if key != "old"} for code, each in subflows.items()}
    return {code: each | ({"old": marked[code]} if marked[code] else {}) for code, each in bare.items()}
