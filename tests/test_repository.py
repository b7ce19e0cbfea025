"""The repository tests itself: imports go one way, settings are documented, jobs resolve, files say what they are."""

import ast
import importlib
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from sms_gateway import queueing
from sms_gateway.settings import SETTINGS

ROOT = Path(__file__).parent.parent
PACKAGES = ("flows", "sms_gateway", "worker")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
ALL_FILES = sorted([*FILES, *(ROOT / "tests").rglob("*.py")])
MIGRATIONS = ROOT / "sms_gateway" / "store" / "migrations"
WRITTEN = [path for path in FILES if MIGRATIONS not in path.parents]  # migrations are drafted by Alembic

FLOORS = {"flows": {"flows"}, "sms_gateway": {"flows", "sms_gateway"}, "worker": {"flows", "sms_gateway", "worker"}}
FLOWS_MAY_IMPORT = {"babel", "rapidfuzz", "text_to_num", "phonenumbers", "ruamel"}

OUTERMOST = ("cli", "app", "web_server", "preparing", "doctor", "running", "terminal_phone", "__main__")
NEVER = {  # inside sms_gateway: who never imports whom
    "settings": (
        "store",
        "channels",
        "context",
        "services",
        "outbox",
        "cases",
        "conversations",
        "hooks",
        "web",
        *OUTERMOST,
    ),
    "channels": (
        "store",
        "settings",
        "context",
        "services",
        "outbox",
        "cases",
        "conversations",
        "hooks",
        "web",
        *OUTERMOST,
    ),
    "store": ("context", "services", "outbox", "cases", "flow_versions", "conversations", "hooks", "web", *OUTERMOST),
    "outbox": ("cases", "flow_versions", "conversations", "turns", "hooks", "web", *OUTERMOST),
    "flow_versions": ("cases", "conversations", "turns", "hooks", "web", *OUTERMOST),
    "cases": ("conversations", "turns", "effects", "hooks", "web", *OUTERMOST),
    "conversations": ("hooks", "web", *OUTERMOST),
    "turns": ("hooks", "web", *OUTERMOST),
    "hooks": ("web", *OUTERMOST),
    "web": ("hooks", *OUTERMOST),
}

LONGEST_FILE = 600  # lines; about 300 is what we aim at, and an idea is never cut in two for it
LONGEST_FUNCTION = 70  # lines, its docstring and its long signatures among them
VAGUE_NAMES = {"utils", "helpers", "manager", "handler", "common_code", "misc"}
FORBIDDEN = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|/work/|/tmp/guichet|\bissues? ?#?\d", re.IGNORECASE)
SETTING_READ = re.compile(r"os\.environ|os\.getenv")
MAY_READ_THE_ENVIRONMENT = {"settings.py", "running.py", "metrics.py", "doctor.py", "children.py"}


def name_of(path: Path) -> str:
    """The dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in FILES}


@cache
def tree_of(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path, *, inside_functions: bool = True) -> Iterator[str]:
    """The modules that a file imports when it runs, ours by their full names; imports for types alone don't count."""
    for node in _running(tree_of(path), inside_functions=inside_functions):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else node.module


def _running(node: ast.AST, *, inside_functions: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and not inside_functions:
            continue
        yield child
        yield from _running(child, inside_functions=inside_functions)


def part_of(module: str) -> str:
    """The part of sms_gateway that a module belongs to."""
    return module.split(".")[1] if "." in module else module


# --- imports


def test_imports_go_down_the_floors() -> None:
    for path in FILES:
        imported = {module.split(".")[0] for module in imports_of(path)}
        assert imported & (set(PACKAGES) | {"tests"}) <= FLOORS[path.relative_to(ROOT).parts[0]], path


def test_flows_needs_few_and_reaches_nothing_outside() -> None:
    allowed = FLOWS_MAY_IMPORT | {"flows"} | set(sys.stdlib_module_names)
    reaches_out = {"socket", "subprocess", "urllib", "http", "sqlite3", "random", "secrets", "threading", "asyncio"}
    for path in FILES:
        if path.relative_to(ROOT).parts[0] == "flows":
            imported = {module.split(".")[0] for module in imports_of(path)}
            assert imported <= allowed - reaches_out, path


def test_inside_the_gateway_nothing_imports_upwards() -> None:
    wrong = [
        f"{module} imports {imported}"
        for module, path in MODULES.items()
        if module.startswith("sms_gateway.")
        for imported in imports_of(path)
        if imported.startswith("sms_gateway.") and part_of(imported) in NEVER.get(part_of(module), ())
    ]
    assert wrong == []


def test_a_channel_knows_the_base_and_the_errors_alone() -> None:
    for module, path in MODULES.items():
        if module.startswith("sms_gateway.channels."):
            ours = {name for name in imports_of(path) if name.split(".")[0] in PACKAGES}
            assert ours <= {"sms_gateway.channels.base", "sms_gateway.errors", "sms_gateway.channels"}, module


def test_nothing_imports_itself_in_a_circle() -> None:
    graph = {
        module: {name for name in imports_of(path, inside_functions=False) if name in MODULES}
        for module, path in MODULES.items()
    }
    done: set[str] = set()

    def walk(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " → ".join((*way, module))
        if module not in done:
            for imported in sorted(graph[module]):
                walk(imported, (*way, module))
            done.add(module)

    for module in sorted(graph):
        walk(module, ())


def test_one_file_knows_rq() -> None:
    knowing = {
        module for module, path in MODULES.items() if any(name.split(".")[0] == "rq" for name in imports_of(path))
    }
    assert knowing <= {"sms_gateway.queueing", "worker.__main__"}


# --- settings and jobs


def test_every_setting_is_documented_as_the_table_has_it() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (.+) \| (.+) \| (.+) \|$", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE
    )
    assert rows == [(row.name, row.kind, row.default, row.meaning) for row in SETTINGS]


def test_the_readme_leads_to_the_settings() -> None:
    assert "docs/settings.md" in (ROOT / "README.md").read_text()


def test_settings_are_read_in_one_place() -> None:
    elsewhere = [path for path in FILES if path.name not in MAY_READ_THE_ENVIRONMENT]
    assert [path for path in elsewhere if SETTING_READ.search(path.read_text())] == []


@pytest.mark.parametrize("job", sorted(queueing.JOBS))
def test_every_job_name_resolves_to_a_function_of_one_id(job: str) -> None:
    module, _, name = queueing.JOBS[job].rpartition(".")
    function = getattr(importlib.import_module(module), name)
    assert function.__code__.co_argcount == 1
    assert name == job


# --- files


def test_every_file_begins_with_a_sentence_about_itself() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in ALL_FILES
        if path.read_text()
        and not (ast.get_docstring(tree_of(path)) or "").split("\n\n")[0].strip().endswith((".", ":", "?", "!"))
    ]
    assert silent == []


def test_public_functions_say_what_a_reader_cannot_see() -> None:
    silent = [
        f"{name_of(path)}.{node.name}"
        for path in WRITTEN
        for scope in (tree_of(path), *(node for node in tree_of(path).body if isinstance(node, ast.ClassDef)))
        if not getattr(scope, "name", "").startswith("_")
        for node in scope.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_no_file_and_no_function_is_absurdly_long() -> None:
    assert [name_of(path) for path in WRITTEN if len(path.read_text().splitlines()) > LONGEST_FILE] == []
    long = [
        f"{name_of(path)}.{node.name}"
        for path in WRITTEN
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [path for path in ALL_FILES if path.stem in VAGUE_NAMES] == []


def test_the_project_speaks_of_itself_alone() -> None:
    suffixes = {".py", ".md", ".toml", ".yaml", ".html", ".css", ".po"}
    places = [ROOT / "docs", ROOT / "locales", *(ROOT / package for package in PACKAGES), ROOT / "tests"]
    files = [path for place in places if place.is_dir() for path in place.rglob("*") if path.suffix in suffixes]
    files += [ROOT / name for name in ("README.md", "Makefile", "pyproject.toml", ".ci/run") if (ROOT / name).exists()]
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in files
        if path != Path(__file__) and (match := FORBIDDEN.search(path.read_text(encoding="utf-8")))
    ]
    assert found == []


# --- what is installed


def test_what_is_declared_is_locked_with_hashes() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for file, wanted in (
        ("requirements.txt", declared["dependencies"]),
        ("tests/requirements.txt", declared["dependencies"] + declared["optional-dependencies"]["test"]),
    ):
        text = (ROOT / file).read_text()
        locked = {_plain(name) for name in re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[\w,-]+\])?==", text, re.MULTILINE)}
        assert {_plain(re.split(r"[\[<>=;]", name)[0]) for name in wanted} <= locked
        pinned = re.findall(r"^[A-Za-z0-9].*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
        assert all("--hash=sha256:" in entry for entry in pinned)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).lower()
