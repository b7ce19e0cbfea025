"""The commands that answer JSON lines: how one text is read, and what it costs. Other programs call them."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import click


@click.command()
def measure() -> None:
    """Read JSON lines {"id", "text"}; write what each text costs as an SMS, and what would be sent."""
    from flows import alphabet

    def measured(line: Mapping[str, Any]) -> dict[str, Any]:
        text = _whole_characters(str(line["text"]))
        size = alphabet.measure(text)
        return {
            "id": line["id"],
            "encoding": str(size.encoding),
            "segments": size.segments,
            "units": size.units,
            "part_units": list(size.part_units),
            "non_gsm7": list(size.non_gsm7),
            "rewritten": alphabet.rewrite(text),
        }

    _answer_lines(measured)


@click.command()
def read() -> None:
    """Read JSON lines {"id", "lang", "expected", "options", "text", "today"}; write what each text means."""
    from flows.reader import read_line

    _answer_lines(read_line)


def _answer_lines(answer: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    """One JSON line out for each JSON line in, at once: another program may wait for it."""
    for number, line in _json_lines():
        try:
            said = answer(line)
        except KeyError as missing:
            raise click.ClickException(f"Line {number} lacks {missing}.") from None
        except ValueError as wrong:
            raise click.ClickException(f"Line {number}: {wrong}") from None
        sys.stdout.buffer.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
        sys.stdout.buffer.flush()


def _json_lines() -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            raise click.ClickException(f"Line {number} is no JSON.") from None
        if not isinstance(value, dict):
            raise click.ClickException(f"Line {number} is no JSON object.")
        yield number, value


def _whole_characters(text: str) -> str:
    """The text with U+FFFD for halves of surrogate pairs, which no network can carry."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


COMMANDS: tuple[click.Command, ...] = (measure, read)
