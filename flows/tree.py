"""YAML as text, lists and tables that know their lines: every value is a string, nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

__all__ = ["Listing", "ParseError", "Problem", "Table", "Text", "Tree", "plain", "read_yaml", "tree_of"]

MAX_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it stands, what it is, and what to write instead. rule: its name for the checker."""

    file: str
    line: int
    message: str
    rule: str = "unreadable"

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.message}"


class ParseError(Exception):
    """A file that can't be read as a flow; `problems` has every mistake found, in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""

    value: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, in its order."""

    items: tuple[Tree, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Keys and what stands behind them, in their order; `lines` are those of the keys."""

    entries: Mapping[str, Tree]
    line: int = 0
    lines: Mapping[str, int] = field(default_factory=dict)

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)


Tree = Text | Listing | Table


def read_yaml(text: str, *, file: str) -> Tree:
    """The tree of a YAML text. Refuses duplicate keys, anchors, tags and several documents, each with its line."""
    loader = YAML(typ="safe", pure=True)
    try:
        node = loader.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ParseError((Problem(file, mark.line + 1 if mark else 1, _advice(error.problem or "")),)) from None
    except (YAMLError, ValueError) as error:
        line = getattr(error, "line", None)
        reason = str(getattr(error, "reason", "")) or str(error).splitlines()[0]
        message = f"This is not readable text: {reason}. Save it as UTF-8."
        raise ParseError((Problem(file, (line or 0) + 1, message),)) from None
    if node is None:
        raise ParseError((Problem(file, 1, "The file is empty. Write `title:`, `languages:`, `start:` and `steps:`."),))
    problems: list[Problem] = []
    tree = _convert(node, file, problems, set(), 0)
    if problems:
        raise ParseError(tuple(problems))
    return tree


def _advice(problem: str) -> str:
    if "mapping values" in problem:
        return 'A sentence with ": " in it needs quotes. Write: "Votre âge ? Exemple : 34"'
    if "anchor" in problem or "alias" in problem or "tag" in problem or "token" in problem:
        return f"YAML can't read this ({problem}). Put the sentence between double quotes."
    if "document" in problem:
        return "A file holds one flow. Remove the line `---`."
    return f"YAML can't read this ({problem or 'a mistake'}). Check the indentation and the quotes."


def _convert(node: Node, file: str, problems: list[Problem], seen: set[int], depth: int) -> Tree:
    line = node.start_mark.line + 1
    if id(node) in seen or node.anchor or depth > MAX_DEPTH:
        problems.append(Problem(file, line, "Anchors (& and *) are not used here. Write the words out a second time."))
        return Text("", line)
    seen.add(id(node))
    match node:
        case MappingNode():
            return _table(node, line, file, problems, seen, depth)
        case SequenceNode():
            return Listing(tuple(_convert(item, file, problems, seen, depth + 1) for item in node.value), line)
        case ScalarNode():
            return Text(str(node.value), line)
    problems.append(Problem(file, line, "This can't be read here. Write a sentence, a list or a table."))
    return Text("", line)


def _table(
    node: MappingNode, line: int, file: str, problems: list[Problem], seen: set[int], depth: int
) -> Table:
    entries: dict[str, Tree] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key_line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            problems.append(Problem(file, key_line, "A key is one word. Write the sentence between double quotes."))
            continue
        key = str(key_node.value)
        if key in entries:
            message = f"`{key}` stands twice (first on line {lines[key]}). Keep one, or give the other a new name."
            problems.append(Problem(file, key_line, message, "duplicate_key"))
            continue
        entries[key] = _convert(value_node, file, problems, seen, depth + 1)
        lines[key] = key_line
    return Table(entries, line, lines)


def plain(tree: Tree) -> object:
    """The same as dicts, lists and strings: what JSON can hold."""
    match tree:
        case Text():
            return tree.value
        case Listing():
            return [plain(item) for item in tree.items]
        case Table():
            return {key: plain(value) for key, value in tree.entries.items()}


def tree_of(value: object) -> Tree:
    """The tree of what `plain` gave; lines are not known any more (0)."""
    match value:
        case dict():
            return Table({str(key): tree_of(item) for key, item in value.items()})
        case list() | tuple():
            return Listing(tuple(tree_of(item) for item in value))
        case _:
            return Text(str(value))
