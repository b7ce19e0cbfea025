"""Takes words, lists and tables out of a YAML tree, and collects the mistakes with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz, process

from flows.definition import Words
from flows.grammar import IDENTIFIER, LONGEST_SENTENCE
from flows.tree import Listing, ParseError, Problem, Table, Text, Tree

__all__ = ["Page", "nearest"]

MAX_SENTENCE = LONGEST_SENTENCE
LIKELY = 60.0


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a mistyped one most likely stands for."""
    found = process.extractOne(word.casefold(), list(known), scorer=fuzz.ratio, score_cutoff=LIKELY)
    return str(found[0]) if found else None


class Page:
    """One file being read. Each method gives something usable back even where it found a mistake."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, line: int, message: str) -> None:
        """One more mistake."""
        self.problems.append(Problem(self.file, line, message))

    def wrong(self, line: int, message: str, word: str, known: Iterable[str]) -> None:
        """A word that is not one of the known ones; proposes the nearest."""
        known = list(known)
        guess = nearest(word, known)
        advice = f"Write `{guess}`." if guess else f"Write one of: {', '.join(known)}."
        self.add(line, f"{message} {advice}")

    def finish(self) -> None:
        """Raise what was found, in the order of the file."""
        if self.problems:
            raise ParseError(tuple(sorted(self.problems, key=lambda problem: problem.line)))

    def table(self, tree: Tree, what: str, known: tuple[str, ...] = (), *, example: str = "") -> Table:
        """A table with only known keys (any key where none is given)."""
        if not isinstance(tree, Table):
            hint = f" Write `{example}`." if example else " Write `key: value` lines below it."
            self.add(tree.line, f"There should be a table here: {what}.{hint}")
            return Table({}, tree.line)
        for key in tree:
            if known and key not in known:
                self.wrong(tree.lines.get(key, tree.line), f"`{key}` is no word of {what}.", key, known)
        return tree

    def line_of(self, table: Table, key: str) -> int:
        """Where a key stands."""
        return table.lines.get(key, table.line)

    def entries(self, table: Table, key: str) -> Iterator[tuple[str, Tree, int]]:
        """The named entries of a table below a key; none where the key is missing."""
        tree = table.entries.get(key)
        if tree is None or (isinstance(tree, Text) and not tree.value):
            return
        inner = self.table(tree, f"`{key}`")
        for name, entry in inner.entries.items():
            yield name, entry, inner.lines.get(name, inner.line)

    def text(self, table: Table, key: str, *, required: bool = False) -> str:
        """One string; "" where it is missing."""
        tree = table.entries.get(key)
        if tree is None:
            if required:
                self.add(table.line, f"`{key}` is missing. Write `{key}: …` here.")
            return ""
        if not isinstance(tree, Text):
            self.add(tree.line, f"`{key}` takes one sentence or word. Write `{key}: …` on one line.")
            return ""
        if required and not tree.value:
            self.add(self.line_of(table, key), f"`{key}` is empty. Write something behind it.")
        if len(tree.value) > MAX_SENTENCE:
            self.add(tree.line, f"`{key}` is longer than {MAX_SENTENCE} letters. Cut it into steps.")
        return tree.value

    def texts(self, table: Table, key: str) -> tuple[str, ...]:
        """A list of strings; one string counts as a list of one."""
        tree = table.entries.get(key)
        match tree:
            case None:
                return ()
            case Text():
                return (tree.value,) if tree.value else ()
            case Listing():
                return tuple(item.value for item in tree.items if isinstance(item, Text) and self._is_text(item, key))
        self.add(tree.line, f"`{key}` is a list. Write `{key}: [one, two]`.")
        return ()

    def _is_text(self, item: Tree, key: str) -> bool:
        if isinstance(item, Text) and item.value:
            return True
        self.add(item.line, f"Each item of `{key}` is a word or a sentence. Quote it where it holds a colon.")
        return False

    def yes(self, table: Table, key: str) -> bool:
        """yes or no; no where it is missing."""
        value = self.text(table, key)
        if value not in {"", "yes", "no"}:
            self.add(self.line_of(table, key), f"`{key}: {value}` is neither. Write `{key}: yes` or `{key}: no`.")
        return value == "yes"

    def words(self, table: Table, key: str, *, required: bool = True) -> Words | None:
        """One sentence, or `{phrase: NAME}`; None where it is missing."""
        tree = table.entries.get(key)
        if tree is None and not required:
            return None
        if isinstance(tree, Table):
            return self._phrase(tree)
        return Words(self.text(table, key, required=required), tree.line if tree else table.line)

    def words_list(self, table: Table, key: str) -> tuple[Words, ...]:
        """Several sentences; one counts as a list of one."""
        tree = table.entries.get(key)
        if not isinstance(tree, Listing):
            return tuple(words for words in (self.words(table, key),) if words)
        found = []
        for item in tree.items:
            if isinstance(item, Table):
                found.append(self._phrase(item))
            elif self._is_text(item, key) and isinstance(item, Text):
                found.append(Words(item.value, item.line))
        if not found:
            self.add(tree.line, f"`{key}` says nothing. Write at least one sentence.")
        return tuple(found)

    def _phrase(self, tree: Table) -> Words:
        if set(tree) != {"phrase"}:
            key = next((key for key in tree if key != "phrase"), "")
            self.add(tree.line, f'A sentence that holds ": " needs quotes. Write "{key}: …" between double quotes.')
            return Words("", tree.line)
        return Words("", tree.line, self.text(tree, "phrase", required=True))

    def identifier(self, name: str, line: int, what: str) -> None:
        """The name of a step, a choice or a fact."""
        if not IDENTIFIER.fullmatch(name):
            clean = re.sub(r"[^a-z0-9_]+", "_", name.casefold()).strip("_0123456789") or "name"
            message = f"`{name}` can't be the name of {what}: small letters without accents, digits and _."
            self.add(line, f"{message} Write `{clean[:40]}`.")
