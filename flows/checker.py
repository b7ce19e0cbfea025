"""Checks flows as a whole: reads, freezes, compiles, and measures every sentence at its longest, in every language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from flows import packaged
from flows.compiler import CompileError, compile_bundle
from flows.definition import Definition
from flows.files import country_of, freeze_definition
from flows.finding import Finding, FindingSeverity
from flows.parser import ParseError, parse
from flows.rules import RULES
from flows.soundness import unsound

__all__ = ["Finding", "FindingSeverity", "check", "check_definition"]


def check(paths: Iterable[str | Path] = (), *, today: date, country: str = "") -> list[Finding]:
    """Every finding in these files and folders; the whole library where none is named.

    A flow outside the library takes its country from its folder's name, from `country`, else it is France's.
    """
    return [finding for path in _files(paths) for finding in _check_file(path, today=today, country=country)]


def check_definition(definition: Definition, *, code: str, country: str, today: date) -> list[Finding]:
    """Every finding in one flow. Rules that measure words wait until the flow can be run at all."""
    found = list(unsound(definition))
    if not found:
        try:
            machine = compile_bundle(freeze_definition(definition, code=code, country=country))
        except CompileError as error:
            found = [replace(each, line=each.line or _line(definition, each.step)) for each in error.findings]
        else:
            found = [finding for rule in RULES for finding in rule(definition, machine, today)]
    named = (replace(finding, flow=code) for finding in found)
    return sorted(named, key=lambda finding: (finding.line, finding.rule, finding.locale, finding.message))


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
            yield Finding(path.stem, "", "unreadable", problem.message, problem.line)
        return
    except UnicodeDecodeError:
        yield Finding(path.stem, "", "unreadable", "This is not readable text. Save it as UTF-8.", 1)
        return
    except OSError as error:
        yield Finding(path.stem, "", "unreadable", f"The file can't be opened ({error.strerror}). Check its path.", 0)
        return
    where = country_of(path) if in_library or not country else country
    yield from check_definition(definition, code=path.stem, country=where, today=today)


def _line(definition: Definition, step: str) -> int:
    return definition.steps[step].line if step in definition.steps else definition.title.line
