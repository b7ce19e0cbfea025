"""YAML → definition: every mistake is told with its file, its line, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flows.definition import Common, Definition, Fact, Phrase, Step, Tested, Waiver, Words
from flows.grammar import FACT, FLOW, REMIND, TESTED, words_of
from flows.languages import language_advice
from flows.page import Page
from flows.step_parser import read_days, read_step
from flows.tree import ParseError, Table, Text, Tree, plain, read_yaml, tree_of

__all__ = ["ParseError", "definition_of", "parse", "parse_common"]

PHRASE_KEYS = ("where", "channel", "values")
COMMON_KEYS = ("languages", "phrases", "dialogues")


def parse(text: str, *, file: str) -> Definition:
    """The definition of a flow's YAML. Raises ParseError with every mistake found."""
    page = Page(file)
    definition = _flow(page, read_yaml(text, file=file), languages=())
    page.finish()
    return definition


def definition_of(tree: object, *, file: str) -> Definition:
    """The definition of a flow that was frozen as plain values (`Definition.tree`); lines are lost."""
    page = Page(file)
    definition = _flow(page, tree_of(tree), languages=())
    page.finish()
    return definition


def parse_common(text: str, *, file: str) -> Common:
    """The machine's phrases and dialogues (`library/common.yaml`). Raises ParseError with every mistake found."""
    page = Page(file)
    table = page.table(read_yaml(text, file=file), "common.yaml", COMMON_KEYS)
    languages = _languages(page, table)
    phrases = {
        name: _phrase(page, name, entry, table_line, languages)
        for name, entry, table_line in page.entries(table, "phrases")
    }
    dialogues = {}
    for name, entry, line in page.entries(table, "dialogues"):
        dialogue = _flow(page, entry, languages=languages, title=name)
        dialogues[name] = dialogue
        for words in _phrases_named(entry):
            if words.value not in phrases:
                page.wrong(words.line or line, f"There is no phrase `{words.value}`.", words.value, phrases)
    page.finish()
    return Common(file, languages, phrases, dialogues)


def _flow(page: Page, tree: Tree, *, languages: tuple[str, ...], title: str = "") -> Definition:
    table = page.table(tree, "a flow", words_of(FLOW))
    spoken = _languages(page, table) if not languages or "languages" in table.entries else languages
    heading = page.words(table, "title", required=not title) or Words(title, table.line)
    steps: dict[str, Step] = {}
    for name, entry, line in page.entries(table, "steps"):
        page.identifier(name, line, "a step")
        if step := read_step(page, name, entry, line):
            steps[name] = step
    if not steps and not page.problems:
        page.add(table.line, "A flow needs steps. Write `steps:` and below it a name for each step.")
    start = page.text(table, "start", required=True)
    return Definition(
        file=page.file,
        title=heading,
        languages=spoken,
        keywords=page.texts(table, "keywords"),
        discreet=page.yes(table, "discreet"),
        facts={name: _fact(page, name, entry, line) for name, entry, line in page.entries(table, "facts")},
        start=start,
        steps=steps,
        tree={"title": title, "languages": list(spoken)} | _plain(table),
        lists={
            name: page.texts(Table({name: entry}), name) for name, entry, _ in page.entries(table, "lists")
        },
        waive={rule: _waiver(page, rule, entry, line) for rule, entry, line in page.entries(table, "waive")},
        tested=_tested(page, table),
        remind_after_days=_remind(page, table),
    )


def _plain(table: Table) -> dict[str, object]:
    return {key: plain(value) for key, value in table.entries.items()}


def _languages(page: Page, table: Table) -> tuple[str, ...]:
    languages = page.texts(table, "languages")
    if not languages:
        page.add(table.line, "Say which languages it is complete in. Write `languages: [fr]`.")
    for language in languages:
        if advice := language_advice(language):
            page.add(page.line_of(table, "languages"), f"`{language}` is no language code. {advice}")
    return languages


def _fact(page: Page, name: str, tree: Tree, line: int) -> Fact:
    page.identifier(name, line, "a fact")
    example = "{value: 25 EUR, source: …, checked: 2026-03-12}"
    table = page.table(tree, f"the fact `{name}`", words_of(FACT), example=example)
    return Fact(
        name=name,
        value=page.text(table, "value", required=True),
        source=page.text(table, "source"),
        checked=_day(page, table, "checked"),
        valid_to=_day(page, table, "valid_to"),
        line=line,
    )


def _waiver(page: Page, rule: str, tree: Tree, line: int) -> Waiver:
    reason = tree.value if isinstance(tree, Text) else ""
    if not reason:
        page.add(line, f"Say why `{rule}` doesn't hold here. Write `{rule}: the reason, in one sentence`.")
    return Waiver(rule, reason, line)


def _tested(page: Page, flow: Table) -> Tested | None:
    if "tested" not in flow.entries:
        return None
    table = page.table(flow.entries["tested"], "`tested`", words_of(TESTED), example="{people: 6, on: 2026-03-12}")
    people, on = page.text(table, "people", required=True), _day(page, table, "on")
    if people and not (people.isascii() and people.isdigit() and int(people) > 0):
        page.add(page.line_of(table, "people"), f"`people: {people}` is no number of people. Write `people: 6`.")
        return None
    if on is None and not page.text(table, "on"):
        page.add(table.line, "`on` is missing. Write the day on which people tried it: `on: 2026-03-12`.")
    return Tested(int(people), on) if people and on else None


def _remind(page: Page, flow: Table) -> int:
    if "remind" not in flow.entries:
        return 0
    table = page.table(flow.entries["remind"], "`remind`", words_of(REMIND), example="{after: 1 day}")
    return read_days(page, table, "1 day")


def _day(page: Page, table: Table, key: str) -> date | None:
    text = page.text(table, key)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        page.add(page.line_of(table, key), f"`{key}: {text}` is no date. Write it so: `{key}: 2026-03-12`.")
        return None


def _phrase(page: Page, name: str, tree: Tree, line: int, languages: tuple[str, ...]) -> Phrase:
    table = page.table(tree, f"the phrase `{name}`", (*PHRASE_KEYS, *languages))
    channel = page.text(table, "channel", required=True)
    if channel and channel not in {"sms", "ussd", "both"}:
        page.wrong(page.line_of(table, "channel"), f"`{channel}` is no channel.", channel, ("sms", "ussd", "both"))
    texts = {language: page.text(table, language, required=True) for language in languages}
    return Phrase(name, page.text(table, "where"), channel, _values(page, table), texts, line)


def _values(page: Page, table: Table) -> Mapping[str, str | Mapping[str, str]]:
    values: dict[str, str | Mapping[str, str]] = {}
    for name, entry, line in page.entries(table, "values"):
        if isinstance(entry, Text):
            values[name] = entry.value
        elif isinstance(entry, Table):
            values[name] = {key: page.text(entry, key) for key in entry}
        else:
            page.add(line, f"`{name}` needs its longest value. Write `{name}: …`, or one for each language.")
    return values


def _phrases_named(tree: Tree) -> list[Text]:
    found: list[Text] = []
    if isinstance(tree, Table):
        for key, value in tree.entries.items():
            if key == "phrase" and isinstance(value, Text):
                found.append(value)
            else:
                found.extend(_phrases_named(value))
    elif not isinstance(tree, Text):
        for item in tree.items:
            found.extend(_phrases_named(item))
    return found
