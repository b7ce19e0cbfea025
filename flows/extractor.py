"""Gives Babel every sentence that a flow can say: an extraction method, named in `locales/babel.cfg`.

A sentence's context is `flow#path` (`carte_identite#comment.ask`), its id the whole sentence in the language of its
country. The comment tells a translator what the sentence is, and how much room its screen or its texts have left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO

from flows import packaged
from flows.alphabet import rewrite, septets
from flows.bundle import SubFlow, freeze
from flows.compiler import CompileError, compile_bundle
from flows.definition import Ask, AskAgain, Decide, Definition, End, Step, Tell, sentences
from flows.files import Shelf, country_of
from flows.follow_up import asked_name
from flows.machine import Machine
from flows.parser import parse
from flows.places import ordered_paths, step_of
from flows.subflows import called
from flows.worst import longest, longest_help, longest_screen, longest_unasked

__all__ = ["extract_flow"]

SCREEN = 160
TWO_PARTS = 2 * 153
ASKED = {
    "ask": "Question",
    "simpler": "Simpler words for the question",
    "help": "Said to whoever sends AIDE, HELP or MSAADA at the question",
}
Found = tuple[int, str, tuple[str, str], list[str]]


def extract_flow(
    fileobj: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, object]
) -> Iterator[Found]:
    """(line, "pgettext", (context, sentence), comments) of every sentence, in the order of the conversation.

    Summaries are left out: volunteers read them. Options: `code` and `country`, where the file's path does not say.
    Raises ParseError where the file can't be read as a flow.
    """
    path = Path(str(getattr(fileobj, "name", "") or "flow.yaml"))
    code = str(options.get("code") or path.stem)
    country = str(options.get("country") or country_of(path))
    definition = parse(fileobj.read().decode("utf-8"), file=str(path))
    machine = _machine(definition, Shelf(path.parent, country), code=code, country=country)
    written = dict(sentences(definition))
    for place in ordered_paths(definition):
        if (words := written[place]).text and not place.endswith(".summary"):
            step = definition.steps.get(step_of(place))
            comment = _comment(step, place, machine) if step else "Title of the flow, in lists and menus."
            yield words.line, "pgettext", (f"{code}#{place}", words.text), [comment]


def _machine(definition: Definition, shelf: Shelf, *, code: str, country: str) -> Machine | None:
    """The flow in its own language alone; None where it can't be run yet, and nothing can be measured."""
    shared = packaged.pack(country)
    source = shared.source_language if shared.source_language in definition.languages else definition.languages[0]
    common = packaged.common()
    bundle = freeze(
        definition,
        code=code,
        country=country,
        source_language=source,
        common=common,
        languages=(source,),
        subflows={name: SubFlow(each) for name, each in called(definition, shelf).items()},
    )
    try:
        return compile_bundle(bundle)
    except CompileError:
        return None


def _comment(step: Step, path: str, machine: Machine | None) -> str:
    part, _, number = path.removeprefix(f"{step.name}.").partition(".")
    match step:
        case Ask() if part == "choices":
            kind = f"Label of an option of the question `{step.name}`"
        case Ask():
            kind = f"{ASKED[part]} `{step.name}`"
        case Tell():
            kind = f"Told in `{step.name}`, {number} of {len(step.words)}"
        case Decide():
            kind = f"Reason told after `{step.name}`, row {number}"
        case AskAgain() if part == "ask_again":
            kind = f"Asked by SMS {step.after_days} days after `{step.name}`, yes or no"
        case AskAgain():
            kind = f"Last words until the question that comes {step.after_days} days later, `{step.name}`"
        case End():
            kind = f"Last words, `{step.name}`"
        case _:
            kind = f"Said, `{step.name}`"
    return f"{kind}. {_room(step, part, machine)}".rstrip()


def _room(step: Step, part: str, machine: Machine | None) -> str:
    if machine is None:
        return ""
    language = machine.source_language
    match step:
        case Ask() if part == "help":
            shown = longest_help(machine, language, step)
            return f"With keys {_left(SCREEN, shown)} of {SCREEN} septets are left on its USSD screen."
        case Ask():
            shown = longest_screen(machine, language, step, "simpler" if part == "simpler" else "ask")
            return f"With options and keys {_left(SCREEN, shown)} of {SCREEN} septets are left on its USSD screen."
        case AskAgain() if part == "ask_again":
            asked = machine.steps[asked_name(step.name)]
            assert isinstance(asked, Ask)
            text = longest_unasked(machine, language, asked, "followup_ask")
            return f"With who we are, its keys and STOP {_left(SCREEN, text)} of {SCREEN} septets are left in its text."
        case Tell() | AskAgain() | End():
            count = len(step.words) if isinstance(step, Tell) else 0
            paths = [f"{step.name}.tell.{number}" for number in range(1, count + 1)] or [f"{step.name}.end"]
            told = "\n".join(longest(machine, language, path) for path in paths)
            together = ", for all of them" if count > 1 else ""
            return f"{_left(TWO_PARTS, told)} of {TWO_PARTS} septets are left in two SMS parts{together}."
        case _:
            return ""


def _left(room: int, text: str) -> int:
    return max(0, room - septets(rewrite(text)))
