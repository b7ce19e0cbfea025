"""Checks flows as a whole: reads, freezes, compiles, measures each sentence at its longest, plays conversations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from flows import packaged
from flows.compiler import CompileError, compile_bundle, compile_draft
from flows.definition import Definition
from flows.difference import same_ways
from flows.files import Shelf, country_of, freeze_definition
from flows.finding import Finding, FindingSeverity
from flows.homes import first_name, homes, laid_out, order_of
from flows.machine import Machine
from flows.parser import ParseError, parse
from flows.places import opened, step_of
from flows.plain import RULES as PLAIN_RULES
from flows.plain.waiving import untested, waived
from flows.reached import not_reached
from flows.rules import RULES as WORD_RULES
from flows.soundness import unsound
from flows.subflows import Whole, is_sub_flow, whole_flow
from flows.transcript import TranscriptError, play_text
from flows.unasked import RULES as UNASKED_RULES

__all__ = ["Finding", "FindingSeverity", "check", "check_content", "check_definition", "not_told", "not_tried"]

RULES = (*WORD_RULES, *UNASKED_RULES, *PLAIN_RULES)
UNUSED = "L34"


def check(paths: Iterable[str | Path] = (), *, today: date, country: str = "") -> list[Finding]:
    """Every finding in these files and folders; the whole library where none is named.

    A flow outside the library takes its country from its folder's name, from `country`, else it is France's.
    """
    found = (finding for path in _files(paths) for finding in _check_file(path, today=today, country=country))
    return list(dict.fromkeys(found))


def check_definition(
    definition: Definition,
    *,
    code: str,
    country: str,
    today: date,
    shelf: Mapping[str, Definition] | None = None,
    transcripts: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Every finding in one flow and in those that it calls. Rules that measure words wait until it can be run at all.

    shelf: the flows that it may call; else those of the country's library. transcripts: its written
    conversations, where it has some: one that is still in the making has none (`not_told`).
    """
    shelf = Shelf(None, country) if shelf is None else shelf
    whole = whole_flow(definition, shelf, code=code)
    found = list(whole.findings or unsound(whole.definition))
    if not found:
        try:
            machine = compile_bundle(freeze_definition(definition, code=code, country=country, shelf=shelf))
        except CompileError as error:
            found = [replace(each, line=each.line or _line(whole.definition, each.step)) for each in error.findings]
        else:
            found = list(_measured(whole, machine, today))
            missing = not_reached(whole, machine, transcripts) if transcripts else ()
            found += map(whole.at_call, missing)  # a conversation is the caller's own, also where a called flow ends
    named = (whole.at_home(replace(finding, flow=code)) for finding in found)
    return sorted(named, key=lambda finding: (finding.line, finding.rule, finding.locale, finding.message))


def check_content(content: str, *, today: date, before: str = "") -> list[Finding]:
    """What stands against publishing a version, in the order of its conversation: errors, and warnings to look at.

    Words are measured even where something else is wrong. before: the content that it was made from: a written
    conversation that differs goes another way exactly where the two do.
    """
    found: list[Finding] = []
    machine: Machine | None
    try:
        machine = whole = compile_bundle(content)
    except CompileError as error:
        found += error.findings
        machine, whole = compile_draft(content), None
    if machine is None:
        return found
    bundle = opened(content)[0]
    unsaid = {(each.locale, each.path) for each in found if each.rule == "missing_sentence"}
    called = laid_out(content)
    found += [each for each in _measured(called, machine, today) if (each.locale, each.path) not in unsaid]
    found += _old(content)
    if whole is not None:
        found += _conversations(bundle, whole, _same_steps(before, content))
        found += not_reached(called, whole, bundle.get("transcripts", {}))
    found = [replace(called.in_place(each), flow=str(bundle["code"]), line=0) for each in found]
    place = {name: number for number, name in enumerate(order_of(content))}
    ordered = sorted(found, key=lambda each: (place.get(each.step, -1), each.path, each.rule, each.locale))
    return list(dict.fromkeys(_once(content, each) for each in ordered))


def _once(content: str, finding: Finding) -> Finding:
    """What is wrong with words that two calls share is told where they come first; a fact is named as there."""
    kind, _, name = finding.path.partition(".")
    if kind == "facts" and "/" in name:
        return replace(finding, path=f"facts.{first_name(content, name)}")
    if kind != finding.step or "/" not in kind:
        return finding
    return replace(finding, step=first_name(content, finding.step), path=first_name(content, finding.path))


def _measured(whole: Whole, machine: Machine, today: date) -> Iterator[Finding]:
    """What the rules find, as the flow's own `waive` leaves it; in a called flow, as that one's does."""
    found = [finding for rule in RULES for finding in rule(whole.definition, machine, today)]
    if is_sub_flow(whole.definition):  # what it asks, those who call it may use
        found = [finding for finding in found if finding.rule != UNUSED]
    yield from waived(whole.definition, [each for each in found if "/" not in each.step])
    for call, placed in whole.placed.items():
        theirs = [each for each in found if each.step.rpartition("/")[0] == call]
        yield from (each for each in waived(placed.definition, theirs) if each.rule != "waiver")


def not_tried(paths: Iterable[str | Path] = ()) -> list[str]:
    """The flows that nobody of their public has tried yet (rule L35), by name; one that can't be read is left out."""
    names = []
    for path in _files(paths):
        with suppress(ParseError, OSError, UnicodeDecodeError):
            definition = parse(path.read_text(encoding="utf-8"), file=str(path))
            names += [path.stem] if untested(definition) and not is_sub_flow(definition) else []
    return names


def not_told(paths: Iterable[str | Path] = ()) -> list[str]:
    """The flows that have no written conversation beside them yet, by name: publishing needs some."""
    names = []
    for path in _files(paths):
        with suppress(ParseError, OSError, UnicodeDecodeError):
            alone = not is_sub_flow(parse(path.read_text(encoding="utf-8"), file=str(path)))
            names += [path.stem] if alone and not packaged.conversations(path) else []
    return names


def _same_steps(before: str, content: str) -> Machine | None:
    """The machine that a version was made from, where only words and facts may differ."""
    try:
        return compile_bundle(before) if before and same_ways(before, content) else None
    except (CompileError, ParseError):
        return None


def _old(content: str) -> Iterator[Finding]:
    marked = (
        (language, home.prefix + path)
        for home in homes(content).values()
        for language, paths in home.part.get("old", {}).items()
        for path in paths
    )
    for language, path in marked:
        own = path.rpartition("/")[2]
        message = f"`{own}` was translated from other words. Look at it in `{language}`: change or keep it."
        step = step_of(path)
        warning = FindingSeverity.WARNING
        yield Finding("", step, "translation_old", message, severity=warning, locale=language, path=path)


def _conversations(bundle: Mapping[str, Any], machine: Machine, before: Machine | None) -> Iterator[Finding]:
    for name, text in bundle.get("transcripts", {}).items():
        path = f"transcripts.{name}"
        try:
            differences = play_text(machine, text, name, before=before)
        except TranscriptError as error:
            yield Finding("", "", "transcript_differs", f"This conversation can't be read: {error}", path=path)
            continue
        elsewhere = next((each for each in differences if not each.acceptable), None)
        if elsewhere:
            after = f"after `{elsewhere.given}`" if elsewhere.given else "from its beginning"
            message = f"The conversation `{name}` goes another way {after}. Take back what leads it there."
            yield Finding("", elsewhere.step, "transcript_differs", message, path=path)
        elif differences:
            message = f"The conversation `{name}` says other words now. Read it, then accept them."
            warning = FindingSeverity.WARNING
            step = differences[0].step
            yield Finding("", step, "transcript_words", message, severity=warning, path=path)


def _files(paths: Iterable[str | Path]) -> Iterator[Path]:
    for path in map(Path, paths or [packaged.LIBRARY]):
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*.yaml") if each.name not in {"pack.yaml", "common.yaml"})
        else:
            yield path


def _check_file(path: Path, *, today: date, country: str) -> Iterator[Finding]:
    in_library = path.resolve().parent.name in packaged.countries()
    try:
        definition = parse(path.read_text(encoding="utf-8"), file=str(path))
    except ParseError as error:
        for problem in error.problems:
            yield Finding(path.stem, "", problem.rule, problem.message, problem.line)
        return
    except UnicodeDecodeError:
        yield Finding(path.stem, "", "unreadable", "This is not readable text. Save it as UTF-8.", 1)
        return
    except OSError as error:
        yield Finding(path.stem, "", "unreadable", f"The file can't be opened ({error.strerror}). Check its path.", 0)
        return
    where = country_of(path) if in_library or not country else country
    shelf = Shelf(path.parent, where)
    try:
        written = packaged.conversations(path)
        yield from check_definition(
            definition, code=path.stem, country=where, today=today, shelf=shelf, transcripts=written
        )
    except ParseError as error:  # of a flow that this one calls
        for problem in error.problems:
            yield Finding(Path(problem.file).stem, "", problem.rule, problem.message, problem.line)


def _line(definition: Definition, step: str) -> int:
    return definition.steps[step].line if step in definition.steps else definition.title.line
