"""Mutants of what we ship, made from every edge, option, number, cap, sentence and fact, and who catches each of them.

`python -m tests.flows.mutants` tries them all and writes docs/mutants.md.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flows import answering, packaged
from flows.alphabet import rewrite
from flows.bundle import canonical
from flows.checker import check_content
from flows.compiler import compile_bundle
from flows.explorer import explore
from flows.finding import Finding
from flows.places import put_words
from flows.reader import Certainty, Expected, read
from flows.wording import TemplateError, template
from tests.flows.talking import TODAY

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "mutants.md"
STATES = 120  # of a mutant that the checker and the conversations let pass; the shortest ways come first
CAPS = (1, 2, 4, 99)  # replies that can't be read, then a person; three in what we ship
OTHER_WORD = "other word"
CATCHERS = ("checker", "transcripts", "explorer", "")
RETARGETED = 2  # other steps that each edge is led to
Tree = dict[str, Any]


@dataclass(frozen=True)
class Mutant:
    """One change. kind: its row of the table; place: where; make: changes the bundle; cap: changed in the engine."""

    country: str
    code: str
    kind: str
    place: str
    make: Callable[[Tree], None]
    cap: int = 0

    @property
    def name(self) -> str:
        return f"{self.country}/{self.code}: {self.place}"

    @property
    def content(self) -> str:
        bundle = json.loads(packaged.bundle(self.country, self.code))
        self.make(bundle)
        return canonical(bundle)


def mutants(share: int = 1) -> Iterator[Mutant]:
    """All of them, always the same; with a share, every so manieth, told by its name alone."""
    for country in packaged.countries():
        for code in packaged.flow_codes(country):
            shipped = packaged.bundle(country, code)
            seen = {shipped}
            for kind, place, make in _of_bundle(json.loads(shipped)):
                mutant = Mutant(country, code, kind, place, make)
                if _number(kind + mutant.name) % share == 0 and mutant.content not in seen:
                    seen.add(mutant.content)
                    yield mutant
            for cap in CAPS:
                mutant = Mutant(country, code, "cap", f"a person after {cap} replies that can't be read", _nothing, cap)
                if _number(mutant.name) % share == 0:
                    yield mutant


def _number(text: str) -> int:
    return zlib.crc32(text.encode())


def _nothing(bundle: Tree) -> None:
    """The flow stays as it is."""


# ---- what is changed ----

Change = tuple[str, str, Callable[[Tree], None]]


def _of_bundle(bundle: Tree) -> Iterator[Change]:
    yield from _of_part(bundle, ())
    for code in bundle.get("subflows", {}):
        yield from _of_part(bundle["subflows"][code], ("subflows", code))


def _of_part(part: Tree, at: tuple[str, ...]) -> Iterator[Change]:
    """Of the flow itself, or of one that it calls."""
    flow = part["flow"]
    label = f"{at[-1]}." if at else ""
    steps = list(flow["steps"])
    yield from _edge(at, ("flow", "start"), flow["start"], steps, f"{label}start")
    for name, step in flow["steps"].items():
        for path, value, kind in _leaves(step, ()):
            place = f"{label}{name}.{'.'.join(map(str, path))}"
            where = ("flow", "steps", name, *path)
            yield from _leaf(at, where, value, kind, steps, place)
        yield from _options(at, name, step, label)
        yield from _tables(at, name, step, label)
    yield from _sentences(part, at, label)
    for name, fact in flow.get("facts", {}).items():
        yield from _facts(at, name, fact, label)


def _leaves(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any, str]]:
    """Edges, numbers, switches and other words of one step; sentences come from elsewhere."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list) and not (path and path[-1] == "also") and "also" not in path:
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*path, number))
    elif isinstance(value, list):
        for number, word in enumerate(value):
            yield (*path, number), word, "other word"
    elif path and path[-1] in {"go", "if_yes", "if_no"}:
        yield path, value, "edge"
    elif path and (path[-1] in {"expect", "after"} or "when" in path) and re.search(r"\d", str(value)):
        yield path, value, "number"
    elif path and path[-1] in {"answer_within", "topic", "urgent", "also_by_sms", "unclear_means"}:
        yield path, value, "switch"


def _leaf(
    at: tuple[str, ...], where: tuple[str | int, ...], value: str, kind: str, steps: list[str], place: str
) -> Iterator[Change]:
    match kind:
        case "edge":
            yield from _edge(at, where, value, steps, place)
        case "number":
            words = value.split(" ")
            for number, word in enumerate(words):
                for step in (-1, 1):
                    if word.isdigit() and int(word) + step >= 0:
                        changed = " ".join([*words[:number], str(int(word) + step), *words[number + 1 :]])
                        yield "number", f"{place}: {value} → {changed}", _set(at, where, changed)
        case "switch":
            other = {"yes": "no", "no": "yes", "1 working day": "2 working days", "papiers": "sante"}.get(value, "x")
            yield "switch", f"{place}: {value} → {other}", _set(at, where, other)
        case "other word":
            yield "other word", f"{place}: without `{value}`", _without(at, where)


def _edge(
    at: tuple[str, ...], where: tuple[str | int, ...], value: str, steps: list[str], place: str
) -> Iterator[Change]:
    others = sorted((step for step in steps if step != value), key=lambda step: _number(place + step))
    for other in others[:RETARGETED]:
        yield "edge", f"{place}: {value} → {other}", _set(at, where, other)


def _options(at: tuple[str, ...], name: str, step: Tree, label: str) -> Iterator[Change]:
    keys = list(step.get("choices", {}))
    for number, key in enumerate(keys):
        yield "option", f"{label}{name}: without `{key}`", _without(at, ("flow", "steps", name, "choices", key))
        if number:
            yield "option", f"{label}{name}: `{key}` before `{keys[number - 1]}`", _reordered(at, name, key, number)


def _reordered(at: tuple[str, ...], name: str, key: str, number: int) -> Callable[[Tree], None]:
    def make(bundle: Tree) -> None:
        step = _part(bundle, at)["flow"]["steps"][name]
        items = list(step["choices"].items())
        items.insert(number - 1, items.pop(number))
        step["choices"] = dict(items)

    return make


def _tables(at: tuple[str, ...], name: str, step: Tree, label: str) -> Iterator[Change]:
    """A row gone, and a border between two rows moved in both."""
    rows = step.get("decide", [])
    for number, row in enumerate(rows):
        where = ("flow", "steps", name, "decide", number)
        yield "number", f"{label}{name}: without row {number + 1}", _without(at, where)
        for asked, value in row.get("when", {}).items():
            high = str(value).rpartition(" ")[2]
            for move in (-1, 1):
                if high.isdigit() and " to " in value:
                    place = f"{label}{name}: border {high} → {int(high) + move}"
                    yield "number", place, _border(at, name, asked, int(high), move)


def _border(at: tuple[str, ...], name: str, asked: str, high: int, move: int) -> Callable[[Tree], None]:
    def make(bundle: Tree) -> None:
        for row in _part(bundle, at)["flow"]["steps"][name]["decide"]:
            low, _, top = str(row["when"].get(asked, "")).partition(" to ")
            if top == str(high):
                row["when"][asked] = f"{low} to {high + move}"
            if low == str(high + 1):
                row["when"][asked] = f"{high + 1 + move} to {top}"

    return make


def _sentences(part: Tree, at: tuple[str, ...], label: str) -> Iterator[Change]:
    for language, said in part["sentences"].items():
        for path, text in said.items():
            if path.startswith("lists.") or (path.endswith(".summary") and language != next(iter(part["sentences"]))):
                continue
            for how, changed in _worded(text):
                yield f"sentence {how}", f"{label}{path} in {language}", _say(at, language, path, changed)


def _worded(text: str) -> Iterator[tuple[str, str]]:
    yield "emptied", ""
    yield "lengthened", f"{text} {'Et encore. ' * 20}".strip()
    yield "of another", text[::-1] if "{" not in text else f"{text} x"
    bare = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    if rewrite(bare) != rewrite(text):
        yield "without accents", bare
    if len(text.split()) > 1:
        yield "without its last word", text.rsplit(maxsplit=1)[0]
    try:
        names = template(text).names
    except TemplateError:
        return
    for name in names:
        yield "without a value", text.replace("{" + name.replace("/", ".") + "}", "")


def _facts(at: tuple[str, ...], name: str, fact: Mapping[str, str], label: str) -> Iterator[Change]:
    where = ("flow", "facts", name)
    digits = next((letter for letter in fact["value"] if letter.isdigit()), "")
    if digits:
        changed = fact["value"].replace(digits, str((int(digits) + 1) % 10), 1)
        yield "fact", f"{label}{name}: {fact['value']} → {changed}", _set(at, (*where, "value"), changed)
    for key in ("source", "checked", "valid_to"):
        if key in fact:
            yield "fact", f"{label}{name}: without `{key}`", _without(at, (*where, key))
    for key, days in (("checked", -365), ("valid_to", -1), ("valid_to", 1), ("valid_to", -400)):
        if key in fact:
            moved = str(date.fromisoformat(fact[key]) + timedelta(days=days))
            yield "fact", f"{label}{name}.{key}: {fact[key]} → {moved}", _set(at, (*where, key), moved)


def _part(bundle: Tree, at: tuple[str, ...]) -> Any:
    inner: Any = bundle
    for key in at:
        inner = inner[key]
    return inner


def _set(at: tuple[str, ...], where: tuple[str | int, ...], value: str) -> Callable[[Tree], None]:
    def make(bundle: Tree) -> None:
        inner = _part(bundle, at)
        for key in where[:-1]:
            inner = inner[key]
        inner[where[-1]] = value

    return make


def _without(at: tuple[str, ...], where: tuple[str | int, ...]) -> Callable[[Tree], None]:
    def make(bundle: Tree) -> None:
        inner = _part(bundle, at)
        for key in where[:-1]:
            inner = inner[key]
        del inner[where[-1]]

    return make


def _say(at: tuple[str, ...], language: str, path: str, text: str) -> Callable[[Tree], None]:
    def make(bundle: Tree) -> None:
        part = _part(bundle, at)
        part["sentences"][language][path] = text
        if language == bundle["source_language"] and not path.endswith((".choices.yes", ".choices.no")):
            put_words(part["flow"], path, text)

    return make


# ---- who catches it ----


@cache
def _known(country: str, code: str) -> frozenset[Finding]:
    return frozenset(check_content(packaged.bundle(country, code), today=TODAY))


def caught_by(mutant: Mutant) -> str:
    """`checker`, `transcripts` or `explorer`; "" where nobody does."""
    if mutant.cap:
        return _caught_cap(mutant)
    content = mutant.content
    before = packaged.bundle(mutant.country, mutant.code)
    found = [
        each
        for each in check_content(content, today=TODAY, before=before)
        if each not in _known(mutant.country, mutant.code)
    ]
    if any(not each.rule.startswith("transcript") for each in found):
        return "checker"
    if found:
        return "transcripts"
    if mutant.kind == OTHER_WORD:  # the explorer types labels and slips, never these
        return ""
    return "explorer" if explore(compile_bundle(content), today=TODAY, limit=STATES).broken else ""


def _caught_cap(mutant: Mutant) -> str:
    """The cap on retries stands in the engine: it is changed there, and the flow played."""
    most, answering.MAX_TRIES = answering.MAX_TRIES, mutant.cap
    content = packaged.bundle(mutant.country, mutant.code)
    try:
        compile_bundle.cache_clear()  # what was played before is kept by machine
        if any(each.rule.startswith("transcript") for each in check_content(content, today=TODAY)):
            return "transcripts"
        return "explorer" if explore(compile_bundle(content), today=TODAY, limit=STATES).broken else ""
    finally:
        answering.MAX_TRIES = most
        compile_bundle.cache_clear()


WHY = (
    (r": \w+\.title in ", "A flow that is only called has no title that anybody reads."),
    (r"/(titre_sejour|surendettement|impots|handicap): title in ", "Discreet: what is asked for is never named."),
    (r": title in (en|sw)", "No conversation says it: menus have the pack's names, volunteers read the source's."),
    (r"selon\.decide\.2\.go", "The row makes the table whole: whoever answered `autre` has turned off before."),
    (r"when\.\w+: (\d+) to \d+ → \1 to", "The question takes no number past its own bound: the row is as it was."),
    (r"valid_to", "Another fact of the same step ends on the same day: the step isn't said any more anyway."),
)


def why_not(mutant: Mutant) -> str:
    """Why nobody catches it; "" where that is not known."""
    if mutant.kind == OTHER_WORD and _read_all_the_same(mutant):
        return "The reader takes it for that answer without being told: by its label, its sound or the country's words."
    return next((why for place, why in WHY if re.search(place, mutant.name)), "")


def _read_all_the_same(mutant: Mutant) -> bool:
    """Whether the word that was taken out is still surely read as its answer."""
    found = re.fullmatch(r".*: (?:.*\.)?(\w+)\.choices\.(\w+)\.also.*: without `(.*)`", mutant.name)
    if not found:
        return False
    step, key, word = found.groups()
    machine = compile_bundle(mutant.content)
    number = machine.options[machine.source_language, step][machine.choices[step].index(key)].key
    return all(
        (reading.certainty, str(reading.value)) == (Certainty.SURE, number)
        for language in _spoken_with(mutant, word)
        for reading in [
            read(
                Expected.CHOICE,
                word,
                options=machine.options[language, step],
                language=language,
                country=machine.country,
                today=TODAY,
            )
        ]
    )


def _spoken_with(mutant: Mutant, word: str) -> tuple[str, ...]:
    """The language that a word is of; the flow's own where it isn't said."""
    found = re.search(r"\.also\.([a-z]{2})\.", mutant.name)
    bundle = json.loads(packaged.bundle(mutant.country, mutant.code))
    return (found[1] if found else bundle["source_language"],)


def share_caught(tried: Sequence[tuple[Mutant, str]]) -> float:
    """How much is caught, other words left out: a word that the reader doesn't need changes nothing."""
    counted = [by for mutant, by in tried if mutant.kind != OTHER_WORD]
    return sum(1 for by in counted if by) / len(counted)


def document(tried: Sequence[tuple[Mutant, str]]) -> str:
    """docs/mutants.md."""
    counts = Counter((mutant.kind, by) for mutant, by in tried)
    words = sum(counts[OTHER_WORD, by] for by in CATCHERS)
    lines = [
        "# Mutants",
        "",
        "Changes made from every edge, option, number, cap, sentence and fact of the flows that we ship, none chosen:",
        f"{share_caught(tried):.1%} of {len(tried) - words} are caught, by the checker, else by a written",
        f"conversation, else by the explorer. Beside them, {words} other words for an answer are taken out one by",
        "one: where nobody notices, the reader knows the word by itself. `python -m tests.flows.mutants` tries all of",
        "them and writes this page.",
        "",
        "| what is changed | mutants | checker | conversations | explorer | nobody |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for kind in sorted({mutant.kind for mutant, _ in tried}):
        row = [counts[kind, by] for by in CATCHERS]
        lines.append(f"| {kind} | {sum(row)} | {' | '.join(map(str, row))} |")
    lines += ["", "## Caught by nobody, and why", ""]
    left: dict[str, list[str]] = {}
    for mutant, by in tried:
        if not by:
            left.setdefault(why_not(mutant) or "Not known.", []).append(mutant.name)
    for why, names in left.items():
        lines += [f"{why}", "", *(f"- {name}" for name in names), ""]
    return "\n".join(lines)


def main() -> None:
    """Try them all, and write the page; on the way, tell those that nobody catches for no known reason."""
    every, tried = list(mutants()), []
    with ProcessPoolExecutor(2) as pool:
        for mutant, by in zip(every, pool.map(_caught_number, range(len(every)), chunksize=10), strict=True):
            tried.append((mutant, by))
            if not by and not why_not(mutant):
                print(f"{len(tried)} of {len(every)}: nobody catches {mutant.name} ({mutant.kind})", flush=True)
    DOCUMENT.write_text(document(tried), encoding="utf-8")


@cache
def _every() -> tuple[Mutant, ...]:
    return tuple(mutants())


def _caught_number(number: int) -> str:
    return caught_by(_every()[number])


if __name__ == "__main__":
    main()
