"""`docs/writing-flows.md` shows nothing that doesn't work: every example is read, checked and played."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import fastjsonschema
import pytest

from flows import packaged
from flows.checker import check
from flows.definition import targets
from flows.files import freeze_definition
from flows.parser import parse
from flows.schema import schema
from flows.soundness import unsound
from flows.transcript import play
from sms_gateway.cli import main
from tests.flows.talking import TODAY
from tests.flows.test_schema import as_an_editor_reads

PAGE = (packaged.FLOWS.parent / "docs" / "writing-flows.md").read_text(encoding="utf-8")
BLOCKS = [(found[1], found[2]) for found in re.finditer(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)]
WHOLE = [text for kind, text in BLOCKS if kind == "yaml" and "\nsteps:" in text]
STEPS = [text for kind, text in BLOCKS if kind == "yaml" and "\nsteps:" not in text]
NAMED = re.compile(r"# ([a-z_]+\.(?:yaml|transcript))\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the page, as an author of Kenya would have them."""
    made = tmp_path_factory.mktemp("page") / "kenya"
    made.mkdir()
    for number, (_, text) in enumerate(BLOCKS):
        if found := NAMED.match(text):
            (made / found[1]).write_text(text, encoding="utf-8")
        elif text in WHOLE:
            (made / f"unnamed_{number}.yaml").write_text(text, encoding="utf-8")
    return made


def wrapped(steps: str) -> str:
    """Some steps as a flow: what they lead to and don't hold is an end."""
    head = "title: Essai\nlanguages: [fr]\nkeywords: [essai]\nstart: "
    page = parse(f"{head}x\nsteps:\n{_deeper(steps)}", file="page")
    missing = {target for step in page.steps.values() for target, _ in targets(step) if target} - set(page.steps)
    ends = "".join(f"  {name}: {{end: Bon courage.}}\n" for name in sorted(missing))
    return f"{head}{next(iter(page.steps))}\nsteps:\n{_deeper(steps)}{ends}"


def _deeper(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def test_every_whole_flow_of_the_page_passes_the_checker(folder):
    assert len(WHOLE) >= 6
    found = [str(finding) for finding in check([folder], today=TODAY) if "Left on purpose" not in finding.message]
    assert found == []


def test_every_conversation_of_the_page_goes_as_it_is_written(folder):
    conversations = list(folder.glob("*.transcript"))
    assert conversations
    assert [str(difference) for path in conversations for difference in play(path)] == []


@pytest.mark.parametrize("steps", STEPS, ids=lambda text: text.partition(":")[0])
def test_the_steps_of_the_page_can_be_run(steps):
    text = wrapped(steps)
    definition = parse(text, file="page")
    assert unsound(definition) == ()
    assert freeze_definition(definition, code="page", country="france")
    fastjsonschema.validate(schema(), as_an_editor_reads(text))


def test_the_page_shows_every_kind_of_step_and_of_answer():
    shown = "\n".join(text for kind, text in BLOCKS if kind == "yaml")
    kinds = ("ask", "tell", "decide", "handoff", "call", "ask_again", "end")
    for word in (*kinds, "choices", "simpler", "help", "also_by_sms", "remind"):
        assert re.search(rf"\b{word}:", shown), word
    for kind in ("yes_no", "number", "place", "name", "date", "amount", "text"):
        assert f"expect: {kind}" in shown


def commands() -> Iterator[list[str]]:
    for kind, text in BLOCKS:
        if kind == "sh":
            yield from (shlex.split(line, comments=True) for line in text.splitlines() if line.startswith("guichet"))


def test_the_commands_of_the_page_exist():
    for words in (*commands(), *(found.split() for found in re.findall(r"`(guichet [a-z-]+)", PAGE))):
        assert words[1] in main.commands, words
