"""The small parts that templates draw with: addresses of static files, the boxes of a parts meter."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, url_for

from flows import alphabet
from sms_gateway.web.countries import language_name

STATIC = Path(__file__).parent / "static"
BOX, GAP = 96, 6  # a part of the meter, in its picture's units
MOST_BOXES = 3


@dataclass(frozen=True)
class Box:
    """One SMS in the meter: where it stands, how much of it is filled, and whether it is only what would open next."""

    x: int
    filled: float
    following: bool


@dataclass(frozen=True)
class Meter:
    """How long an answer is, as it would be sent."""

    segments: int
    units: int
    of: int
    boxes: tuple[Box, ...]
    too_long: bool

    @property
    def width(self) -> int:
        """Of the whole picture."""
        return len(self.boxes) * (BOX + GAP)


def meter(words: str) -> Meter:
    """Measure the text as the outbox will send it: first rewritten where meaning is kept."""
    found = alphabet.measure(alphabet.rewrite(words))
    single, part = (160, 153) if found.encoding == "GSM-7" else (70, 67)  # GSM 03.38, 03.40
    one = single if found.segments <= 1 else part
    used = found.part_units[:MOST_BOXES] or (0,)
    boxes = [
        Box(x=number * (BOX + GAP) + 1, filled=round(min(units / one, 1.0) * (BOX - 4), 1), following=False)
        for number, units in enumerate(used)
    ]
    if len(boxes) < MOST_BOXES - 1:
        boxes.append(Box(x=len(boxes) * (BOX + GAP) + 1, filled=0, following=True))
    return Meter(
        segments=found.segments if words else 0,
        units=found.units,
        of=one * max(found.segments, 1),
        boxes=tuple(boxes),
        too_long=found.segments >= MOST_BOXES,
    )


@cache
def _print_of(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def file(name: str) -> str:
    """The address of a static file, with its content's print: a browser keeps it until it changes."""
    return url_for("static", filename=name, v=_print_of(name))


def install(app: Flask) -> None:
    """Give templates `file`, `meter` and the filter `language_name`."""
    app.jinja_env.globals.update(file=file, meter=meter)
    app.jinja_env.filters.update(language_name=language_name)
