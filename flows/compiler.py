"""Frozen bundle → machine: every target resolved, every sentence in every language, or a refusal that says why."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any

from flows.bundle import BUNDLE_FORMAT, ENGINE_PHRASES, FOLLOW_UP_PHRASE, DangerText, split_phrase
from flows.definition import Ask, AskAgain, Definition, Fact, Handoff, sentences
from flows.finding import Finding
from flows.follow_up import asked_name, steps_of_machine, with_follow_ups
from flows.machine import Legend, Machine, option_number
from flows.money import amount_of
from flows.parser import ParseError, definition_of
from flows.reader.reading import Option
from flows.session import Aside
from flows.soundness import unsound
from flows.subflows import Whole, placed_sentences, whole_flow
from flows.wording import SayValue, Template, TemplateError, Voice, show, template

__all__ = ["CompileError", "compile_bundle", "compile_draft", "whole_of"]

EXAMPLE = re.compile(r"\b(?:Exemple|Example|Mfano)\s*:\s*([^\n]+?)\.?\s*$", re.MULTILINE)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
WITHOUT_BRACES = str.maketrans("{}", "()")
Sentences = Mapping[str, Mapping[str, str]]


class CompileError(Exception):
    """A bundle that can't be run; `findings` say why, each with what to mend."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


@lru_cache(maxsize=256)
def compile_bundle(bundle: str) -> Machine:
    """The machine of a bundle (`flows.bundle.freeze`). Raises CompileError where it could fail a person."""
    try:
        frozen = json.loads(bundle)
        code = str(frozen["code"])
        if frozen["format"] != BUNDLE_FORMAT:
            raise CompileError((Finding(code, "", "bundle", f"Format {frozen['format']} can't be read here."),))
        whole = _whole(frozen)
    except ParseError as error:
        raise CompileError(
            tuple(Finding(each.file, "", "bundle", each.message, each.line) for each in error.problems)
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise CompileError((Finding("", "", "bundle", f"This is no bundle: {error}."),)) from None
    languages = tuple(frozen["languages"])
    lists = {name: tuple(options) for name, options in frozen["lists"].items()}
    definition, said = whole.definition, _said(frozen, whole)
    source = str(frozen["source_language"])
    findings = whole.findings or unsound(definition)
    findings = findings or tuple(_unspoken(definition, languages, said, frozen["phrases"], lists, source))
    if findings:
        raise CompileError(findings)
    return _machine(bundle, frozen | {"sentences": said}, definition, languages, lists)


def whole_of(bundle: str) -> Whole:
    """The flow of a bundle with the steps of those that it calls. Raises ParseError where it can't be read."""
    return _whole(json.loads(bundle))


def _whole(frozen: Mapping[str, Any]) -> Whole:
    code = str(frozen["code"])
    subs = {name: definition_of(each["flow"], file=name) for name, each in frozen.get("subflows", {}).items()}
    return whole_flow(definition_of(frozen["flow"], file=code), subs, code=code)


def _said(frozen: Mapping[str, Any], whole: Whole) -> Sentences:
    """By language, by path: every sentence of the flow, and of those that it calls."""
    subs = frozen.get("subflows", {})
    return {
        language: placed_sentences(
            said, whole.placed.values(), {name: each["sentences"].get(language, {}) for name, each in subs.items()}
        )
        for language, said in frozen["sentences"].items()
    }


@lru_cache(maxsize=64)
def compile_draft(bundle: str) -> Machine | None:
    """A machine to look at, never to talk to people: what has no words yet is said in the flow's own language.

    None where it can't be read at all.
    """
    try:
        frozen = json.loads(bundle)
        whole = _whole(frozen)
        if whole.findings:
            return None
        definition, said = whole.definition, _said(frozen, whole)
        languages, lists = tuple(frozen["languages"]), {name: tuple(each) for name, each in frozen["lists"].items()}
        paths = [path for path, _ in _paths(definition, lists)]
        source = said[frozen["source_language"]]
        shown = {
            language: {path: path.rpartition(".")[2] for path in paths} | _worded(source) | _worded(spoken)
            for language, spoken in said.items()
        }
        return _machine(bundle, frozen | {"sentences": shown}, definition, languages, lists)
    except (ParseError, ValueError, KeyError, TypeError):
        return None


def _worded(said: Mapping[str, str]) -> dict[str, str]:
    """The sentences that say something; braces that can't be read are shown as they stand, but round."""
    return {path: text if _readable(text) else text.translate(WITHOUT_BRACES) for path, text in said.items() if text}


def _readable(text: str) -> bool:
    try:
        template(text)
    except TemplateError:
        return False
    return True


def _machine(
    bundle: str,
    frozen: Mapping[str, object],
    definition: Definition,
    languages: tuple[str, ...],
    lists: Mapping[str, tuple[Mapping[str, object], ...]],
) -> Machine:
    written: Sentences = frozen["sentences"]  # type: ignore[assignment]
    phrases: Sentences = frozen["phrases"]  # type: ignore[assignment]
    danger: Mapping[str, Mapping[str, object]] = frozen["danger"]  # type: ignore[assignment]
    said = {language: with_follow_ups(definition, written[language], phrases[language]) for language in languages}
    steps = steps_of_machine(definition)
    asks = {asked_name(name): name for name, step in definition.steps.items() if isinstance(step, AskAgain)}
    questions = [step for step in steps.values() if isinstance(step, Ask)]
    return Machine(
        hash=hashlib.sha256(bundle.encode()).hexdigest(),
        code=str(frozen["code"]),
        country=str(frozen["country"]),
        source_language=str(frozen["source_language"]) if frozen["source_language"] in languages else languages[0],
        languages=languages,
        discreet=definition.discreet,
        start=definition.start,
        definition=definition,
        steps=steps,
        dated={name: _dated(definition, asks.get(name, name)) for name in steps},
        choices={step.name: _keys(step, lists) for step in questions},
        options={
            (language, step.name): tuple(_options(step, said[language], lists))
            for language in languages
            for step in questions
        },
        examples={
            (language, step.name): found[1]
            for language in languages
            for step in questions
            if (found := EXAMPLE.search(said[language].get(f"{step.name}.ask", "")))
        },
        voices={language: _voice(language, said[language], phrases[language], definition) for language in languages},
        choice_legends={language: _legend(phrases[language]["keys_choice"]) for language in languages},
        open_legends={language: _legend(phrases[language]["keys_open"]) for language in languages},
        topic=_topic(definition, str(frozen["code"])),
        named=bool(definition.keywords),
        follow_ups=frozenset(asks),
        remind_after_days=definition.remind_after_days,
        danger={kind: DangerText(str(text["phrase"]), text["values"]) for kind, text in danger.items()},  # type: ignore[arg-type]
        bundle=bundle,
    )


def _unspoken(
    definition: Definition,
    languages: tuple[str, ...],
    said: Sentences,
    phrases: Sentences,
    lists: Mapping[str, tuple[Mapping[str, object], ...]],
    source_language: str,
) -> Iterator[Finding]:
    """Everything that a listed language can't say, or says with other values than the flow's own language."""
    source = said.get(source_language) or said.get(languages[0], {})
    asks_again = any(isinstance(step, AskAgain) for step in definition.steps.values())
    needed = (*ENGINE_PHRASES, FOLLOW_UP_PHRASE) if asks_again else ENGINE_PHRASES
    for language in languages:
        spoken, known = said.get(language, {}), phrases.get(language, {})
        for name in needed:
            if not known.get(name):
                yield _missing(definition, "", f"The phrase `{name}` has no words in `{language}`.", language)
        for path, line in _paths(definition, lists):
            step = path.partition(".")[0]
            if not spoken.get(path):
                message = f"`{path}` has no words in `{language}`. Translate it, or take `{language}` off `languages`."
                yield _missing(definition, step, message, language, line, path)
            elif fault := _differs(spoken[path], source.get(path, "")):
                message = f"`{path}`: {fault}"
                yield Finding(definition.file, step, "mismatched_sentence", message, line, locale=language, path=path)


def _missing(
    definition: Definition, step: str, message: str, language: str, line: int = 0, path: str = ""
) -> Finding:
    return Finding(definition.file, step, "missing_sentence", message, line, locale=language, path=path)


def _paths(
    definition: Definition, lists: Mapping[str, tuple[Mapping[str, object], ...]]
) -> Iterator[tuple[str, int]]:
    for path, words in sentences(definition):
        yield path, words.line
    for step in definition.steps.values():
        if isinstance(step, Ask):
            yield from ((f"{step.name}.choices.{choice.key}", choice.line) for choice in step.choices)
            yield from ((f"lists.{step.source}.{option['key']}", step.line) for option in lists.get(step.source, ()))


def _differs(text: str, source: str) -> str:
    try:
        names, wanted = set(template(text).names), set(template(source).names)
    except TemplateError as error:
        return str(error)
    if names != wanted:
        odd = ", ".join(f"{{{name}}}" for name in sorted(names ^ wanted))
        return f"the values differ between languages: {odd}. Write the same ones in each."
    return ""


def _dated(definition: Definition, step: str) -> tuple[Fact, ...]:
    """The facts with a last day that a step's sentences say."""
    named = {
        name
        for path, words in sentences(definition)
        if path.startswith(f"{step}.") and not path.endswith(".summary")
        for name in _names(words.text)
    }
    return tuple(fact for name, fact in definition.facts.items() if name in named and fact.valid_to)


def _names(text: str) -> tuple[str, ...]:
    try:
        return template(text).names
    except TemplateError:
        return ()


def _keys(step: Ask, lists: Mapping[str, tuple[Mapping[str, object], ...]]) -> tuple[str, ...]:
    written = tuple(choice.key for choice in step.choices)
    return written or tuple(str(each["key"]) for each in lists.get(step.source, ()))


def _options(
    step: Ask, said: Mapping[str, str], lists: Mapping[str, tuple[Mapping[str, object], ...]]
) -> Iterator[Option]:
    for index, choice in enumerate(step.choices):
        yield Option(str(option_number(index)), said[f"{step.name}.choices.{choice.key}"], choice.also)
    for index, each in enumerate(lists.get(step.source, ())):
        also = each.get("also")
        words = tuple(str(word) for word in also) if isinstance(also, list) else ()
        yield Option(str(option_number(index)), said[f"lists.{step.source}.{each['key']}"], words)


def _voice(language: str, said: Mapping[str, str], phrases: Mapping[str, str], definition: Definition) -> Voice:
    texts = {**phrases, **said, "menu_next_page.head": split_phrase(phrases["menu_next_page"]).text}
    for aside in (one for one in Aside if one is not Aside.WHICH):  # WHICH is asked in the words of NEARLY
        parts = split_phrase(phrases[aside])
        texts[f"{aside}.ask"] = parts.text
        texts |= {f"{aside}.{number}": label for number, label in enumerate(parts.labels, 1)}
    templates: dict[str, Template] = {path: template(text) for path, text in texts.items()}
    facts = {name: show(_value(fact), language) for name, fact in definition.facts.items()}
    return Voice(language, templates, facts)


def _value(fact: Fact) -> SayValue:
    """An amount, a day, or words as they are."""
    if DAY.fullmatch(fact.value):
        with suppress(ValueError):
            return date.fromisoformat(fact.value)
    return amount_of(fact.value) or fact.value


def _topic(definition: Definition, code: str) -> str:
    """What the cases of a flow are about: its hand-off's topic, or its own name; nothing for a dialogue of ours."""
    topics = [step.topic for step in definition.steps.values() if isinstance(step, Handoff)]
    return topics[0] if topics else code if definition.keywords else ""


def _legend(text: str) -> Legend:
    person, back, more = text.split("\n")
    return Legend(person, back, more)
