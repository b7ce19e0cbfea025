"""Whether a written conversation differs in words only, told from its words alone: no other version to compare with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from flows.alphabet import rewrite
from flows.machine import Machine
from flows.wording import Plural, Slot, Template

__all__ = ["only_words"]

ASKED = re.compile(r"(case opened: [^:|]*?)(, within [^:|]*)?(?:: [^|]*)?( \| .*)?")
KEY = re.compile(r"^(?:[1-7]|[1-9][1-5]) ", re.MULTILINE)
LEAST = 8  # letters of a sentence that tell it from others
VALUE = "[\\s\\S]{0,80}?"


def only_words(machine: Machine, written: Sequence[tuple[str, str]], now: Sequence[tuple[str, str]]) -> bool:
    """Whether the same things are said in other words; both as (mark, text), accents rewritten.

    What is asked of the gateway and the numbers of the options are the same, no sentence that the flow still has was
    said where it is not said now, and the machine says no phrase of its own (not understood, nearly) that it didn't.
    """
    if [mark for mark, _ in written] != [mark for mark, _ in now]:
        return False
    for (mark, old), (_, new) in zip(written, now, strict=True):
        if mark == "!" and not _asks_the_same(old, new):
            return False
        if mark != "!" and KEY.findall(old) != KEY.findall(new):
            return False
    before, after = _said(machine, written), _said(machine, now)
    own = {path for path in after - before if path.partition(".")[0] not in machine.steps}
    return before <= after and not own


def _asks_the_same(old: str, new: str) -> bool:
    """Whether the gateway is asked the same, whatever the summary, which holds labels.

    Conversations were once written without by when a person answers: one that doesn't say it agrees to any time.
    """
    was, now = ASKED.fullmatch(old), ASKED.fullmatch(new)
    if not was or not now:
        return old == new
    (kind, within, words), (kind_now, within_now, words_now) = was.groups(""), now.groups("")
    return (kind, words) == (kind_now, words_now) and within in {"", within_now}


def _said(machine: Machine, exchange: Sequence[tuple[str, str]]) -> set[str]:
    texts = [text for mark, text in exchange if mark != "!"]
    return {path for path, pattern in _sentences(machine) if any(pattern.search(text) for text in texts)}


def _sentences(machine: Machine) -> Iterator[tuple[str, re.Pattern[str]]]:
    for voice in machine.voices.values():
        for path, template in voice.templates.items():
            if ".choices." in path or path.startswith("lists."):
                continue
            if len("".join(piece for piece in template.pieces if isinstance(piece, str))) >= LEAST:
                yield path, re.compile(rf"(?:^|\n){_pattern(template)}(?:$|\n)")


def _pattern(template: Template) -> str:
    pieces = (VALUE if isinstance(piece, Slot | Plural) else re.escape(rewrite(piece)) for piece in template.pieces)
    return "".join(pieces)
