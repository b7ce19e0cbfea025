"""One step of a flow, from its YAML: a reader for each kind of step, in a table written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flows.definition import (
    EFFECTS,
    Ask,
    AskAgain,
    Call,
    Choice,
    Condition,
    Decide,
    Do,
    DoName,
    End,
    Expected,
    Handoff,
    Row,
    Step,
    Tell,
    Words,
)
from flows.durations import days_of, minutes_of, what_to_write
from flows.grammar import (
    ASK_AGAIN,
    BOUNDED,
    CHOICE,
    EXPECT_FORMS,
    HANDOFF,
    RANGE,
    RETURN,
    ROW,
    STEPS,
    words_of,
)
from flows.languages import language_advice
from flows.page import Page
from flows.tree import Listing, Table, Text, Tree

__all__ = ["read_days", "read_step"]


def read_step(page: Page, name: str, tree: Tree, line: int) -> Step | None:
    """The step, or None where its kind can't be told."""
    if not isinstance(tree, Table):
        page.add(line, f"The step `{name}` says nothing. Write `tell:`, `ask:` or `end:` below it.")
        return None
    if name == RETURN:
        page.add(line, f"`{RETURN}` leads back to the flow that calls this one. Give the step another name.")
    kind = next((kind for kind in STEPS if kind in tree.entries), None)
    if kind is None:
        known = list(dict.fromkeys(key for keys in STEPS.values() for key in keys))
        word = next(iter(tree), "")
        page.wrong(tree.lines.get(word, line), f"The step `{name}` begins with no known word (`{word}`).", word, known)
        return None
    table = page.table(tree, f"a step that begins with `{kind}`", words_of(STEPS[kind]))
    return READERS[kind](page, name, table, line)


def _tell(page: Page, name: str, table: Table, line: int) -> Step:
    words = page.words_list(table, "tell")
    return Tell(name, words, page.text(table, "go"), page.yes(table, "also_by_sms"), line)


def _ask(page: Page, name: str, table: Table, line: int) -> Step:
    words = page.words(table, "ask") or Words("", line)
    go = page.text(table, "go")
    expected, low, high = _expected(page, table)
    choices = _choices(page, table)
    if expected is Expected.YES_NO:
        yes, no = page.text(table, "if_yes"), page.text(table, "if_no")
        choices = (Choice("yes", Words("", line), yes, (), line), Choice("no", Words("", line), no, (), line))
    elif "if_yes" in table.entries or "if_no" in table.entries:
        page.add(line, "`if_yes` and `if_no` belong to a question that has `expect: yes_no`. Write that line too.")
    step = Ask(
        name=name,
        words=words,
        expected=expected,
        choices=choices,
        source=page.text(table, "from"),
        low=low,
        high=high,
        go=go,
        simpler=page.words(table, "simpler", required=False),
        help=page.words(table, "help", required=False),
        unclear_means=page.text(table, "unclear_means"),
        every_language=page.yes(table, "every_language"),
        line=line,
    )
    if step.unclear_means and step.unclear_means not in {choice.key for choice in choices}:
        message = f"`{step.unclear_means}` is no choice of this question."
        keys = [choice.key for choice in choices]
        page.wrong(page.line_of(table, "unclear_means"), message, step.unclear_means, keys)
    return step


def _expected(page: Page, table: Table) -> tuple[Expected, int | None, int | None]:
    given = page.text(table, "expect")
    line = page.line_of(table, "expect")
    if "choices" in table.entries or "from" in table.entries:
        if given:
            page.add(line, "A question with choices needs no `expect`. Remove this line.")
        return Expected.CHOICE, None, None
    if not given:
        message = f"What answer does it wait for? Write `choices:`, or `expect:` with one of: {EXPECT_FORMS}."
        page.add(table.line, message)
        return Expected.TEXT, None, None
    word, _, bounds = given.partition(" ")
    if word not in set(Expected) or word == Expected.CHOICE:
        page.wrong(line, f"`expect: {given}` is not known.", word, [kind for kind in Expected if kind != "choice"])
        return Expected.TEXT, None, None
    expected = Expected(word)
    low, high = _bounds(page, bounds, line) if bounds else (None, None)
    if bounds and expected not in BOUNDED:
        page.add(line, f"`{word}` takes no bounds. Write `expect: {word}`.")
    return expected, low, high


def _bounds(page: Page, text: str, line: int) -> tuple[int | None, int | None]:
    found = RANGE.fullmatch(text.strip())
    if not found:
        page.add(line, f"`{text}` is no range. Write it so: `0 to 120`.")
        return None, None
    low = int(found[1])
    high = int(found[2]) if found[2] else low
    if low > high:
        page.add(line, f"`{text}` is upside down. Write `{high} to {low}`.")
        low, high = high, low
    return low, high


def _choices(page: Page, table: Table) -> tuple[Choice, ...]:
    found = []
    for key, entry, line in page.entries(table, "choices"):
        page.identifier(key, line, "a choice")
        if isinstance(entry, Text):
            found.append(Choice(key, Words(entry.value, line), line=line))
            continue
        inner = page.table(entry, f"the choice `{key}`", words_of(CHOICE), example="{label: Perdue, go: age}")
        label = page.words(inner, "label", required=False) or Words("", line)
        also_in = _also(page, inner)
        also = tuple(dict.fromkeys(word for words in also_in.values() for word in words))
        named = isinstance(inner.entries.get("also"), Table)
        found.append(Choice(key, label, page.text(inner, "go"), also, line, also_in if named else {}))
    if "choices" in table.entries and not found:
        message = "A question needs its choices. Write `perdue: {label: Perdue, go: age}`."
        page.add(page.line_of(table, "choices"), message)
    return tuple(found)


def _also(page: Page, table: Table) -> dict[str, tuple[str, ...]]:
    """Other words for a choice by language; under "" where they are one list."""
    tree = table.entries.get("also")
    if not isinstance(tree, Table):
        return {"": page.texts(table, "also")}
    for language in tree:
        if advice := language_advice(language):
            message = f"`{language}` is no language code. {advice} As in `also: {{fr: [perdu], en: [lost]}}`."
            page.add(tree.lines.get(language, tree.line), message)
    return {language: page.texts(tree, language) for language in tree}


def _decide(page: Page, name: str, table: Table, line: int) -> Step:
    tree = table.entries["decide"]
    if not isinstance(tree, Listing) or not tree.items:
        page.add(tree.line, "`decide` is a list. Write `- {when: {age: 0 to 17}, go: enfant}` lines below it.")
        return Decide(name, (), line)
    return Decide(name, tuple(_row(page, item) for item in tree.items), line)


def _row(page: Page, tree: Tree) -> Row:
    example = "{when: {age: 0 to 17}, go: enfant}"
    table = page.table(tree, "a row of `decide`", words_of(ROW), example=example)
    conditions = [_condition(page, step, entry, line) for step, entry, line in page.entries(table, "when")]
    if not conditions and isinstance(tree, Table):
        page.add(tree.line, "When does this row hold? Write `when: {age: 0 to 17}`.")
    return Row(tuple(conditions), page.text(table, "go"), page.words(table, "because", required=False), tree.line)


def _condition(page: Page, step: str, tree: Tree, line: int) -> Condition:
    words = page.texts(Table({step: tree}, line, {step: line}), step)
    step = step.replace(".", "/")  # `adresse.ville`: a question of the sub-flow that `adresse` calls
    if len(words) == 1 and RANGE.fullmatch(words[0]):
        low, high = _bounds(page, words[0], line)
        return Condition(step, (), low, high)
    if not words:
        page.add(line, f"`{step}` needs a value. Write `{step}: 0 to 17` or `{step}: [perdue, volee]`.")
    return Condition(step, words)


def _handoff(page: Page, name: str, table: Table, line: int) -> Step:
    inner = page.table(table.entries["handoff"], "`handoff`", words_of(HANDOFF), example="{topic: papiers, summary: …}")
    within = page.text(inner, "answer_within")
    minutes = minutes_of(within)
    if within and minutes is None:
        guess = what_to_write(within, "minute", "hour", "day", "working hour", "working day")
        advice = f"Write `{guess}`." if guess else "Write `2 hours`, `1 day` or `1 working day`."
        page.add(page.line_of(inner, "answer_within"), f"`answer_within: {within}` is no time. {advice}")
    return Handoff(
        name=name,
        topic=page.text(inner, "topic", required=True),
        summary=page.words(inner, "summary") or Words("", line),
        answer_within_minutes=minutes,
        urgent=page.yes(inner, "urgent"),
        go=page.text(inner, "go") or page.text(table, "go"),
        line=line,
    )


def _do(page: Page, name: str, table: Table, line: int) -> Step:
    word, _, argument = page.text(table, "do", required=True).partition(" ")
    go = page.text(table, "go")
    if word not in set(DoName):
        page.wrong(page.line_of(table, "do"), f"`do: {word}` is not known.", word, list(DoName))
        return Do(name, DoName.OPEN_MENU, go=go, line=line)
    effect, argument = DoName(word), argument.strip()
    answer_of = argument[1:-1] if argument.startswith("{") and argument.endswith("}") else ""
    form = "{step}" if answer_of else argument
    if form not in EFFECTS[effect]:
        wanted = " or ".join(f"`do: {effect} {each}`".replace(" `", "`") for each in EFFECTS[effect])
        page.add(page.line_of(table, "do"), f"`do: {effect} {argument}` can't be. Write {wanted}.")
    return Do(name, effect, "" if answer_of else argument, answer_of, go, line)


def _end(page: Page, name: str, table: Table, line: int) -> Step:
    return End(name, page.words(table, "end") or Words("", line), line)


def _call(page: Page, name: str, table: Table, line: int) -> Step:
    flow, summary = page.text(table, "call", required=True), page.words(table, "summary", required=False)
    return Call(name, flow, page.text(table, "go"), summary, line)


def _ask_again(page: Page, name: str, table: Table, line: int) -> Step:
    inner = page.table(table.entries["ask_again"], "`ask_again`", words_of(ASK_AGAIN))
    return AskAgain(
        name=name,
        after_days=read_days(page, inner, "21 days"),
        words=page.words(inner, "ask") or Words("", line),
        if_no=page.text(inner, "if_no", required=True),
        end=page.words(table, "end") or Words("", line),
        line=line,
    )


def read_days(page: Page, table: Table, example: str) -> int:
    """The number of days behind `after`; 0 where it is none."""
    after = page.text(table, "after", required=True)
    days = days_of(after)
    if after and days is None:
        guess = what_to_write(after, "day") or example
        page.add(page.line_of(table, "after"), f"`after: {after}` is no number of days. Write `after: {guess}`.")
    return days or 0


READERS: Mapping[str, Callable[[Page, str, Table, int], Step]] = {
    "ask": _ask,
    "tell": _tell,
    "decide": _decide,
    "handoff": _handoff,
    "do": _do,
    "call": _call,
    "ask_again": _ask_again,
    "end": _end,
}
