"""A written conversation in the making: each thing that is sent, then all that follows, as `guichet play` reads it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from flows.compiler import compile_bundle
from flows.files import freeze_file
from flows.machine import Machine
from flows.session import Channel, Session, Status
from flows.transcript import Said, TranscriptError, read_text, retell_text, stands

__all__ = ["EVENTS", "Recording", "flow_beside"]

EVENTS = ("@ case ended settled", "@ timer", "@ days 21", "@ today 2027-01-01", "@ undelivered")
EVENT = re.compile(r"@ (case ended [a-z_]+|timer|days \d{1,3}|today \d{4}-\d\d-\d\d|undelivered|dropped|redial)")


def flow_beside(file: Path) -> Path:
    """The flow that a conversation of this name belongs to: `lost_id.yaml` for `lost_id_stolen.transcript` beside it.

    Raises TranscriptError where there is none.
    """
    beside = file.parent.glob("*.yaml")
    known = [path for path in beside if f"{file.stem}_".startswith(f"{path.stem}_")]
    if file.suffix != ".transcript" or not known:
        advice = "Call it as its flow, then a word: `lost_id_stolen.transcript` beside `lost_id.yaml`."
        raise TranscriptError(f"{file}: no flow stands beside it. {advice}")
    return max(known, key=lambda path: len(path.stem))


class Recording:
    """One conversation with a flow, on one channel in one language, that begins on a day."""

    def __init__(self, flow: Path, *, channel: Channel, language: str, today: date) -> None:
        """Raises ParseError or CompileError for a flow that can't be run, TranscriptError for a language it has not."""
        self.machine: Machine = compile_bundle(freeze_file(flow).bundle)
        self.channel = channel
        language = language or self.machine.source_language
        if language not in self.machine.languages:
            spoken = ", ".join(self.machine.languages)
            raise TranscriptError(f"{flow} does not speak `{language}`. Choose one of: {spoken}.")
        header = {"flow": flow.stem, "channel": channel, "language": language}
        self.text = "".join(f"{key}: {value}\n" for key, value in header.items()) + f"today: {today}\n"
        self.begun = False

    def then(self, given: str) -> tuple[Said, ...]:
        """Go on by one line ("> 34", "@ timer"); gives what follows. Raises TranscriptError for what can't happen."""
        given = given.rstrip()
        if given.startswith("@") and not (self.begun and EVENT.fullmatch(given)):
            raise TranscriptError(f"First say something, then one of: {', '.join(EVENTS)}.")
        try:
            text = retell_text(self.machine, f"{self.text}\n{given}\n")
        except ValueError as error:
            raise TranscriptError(f"{given}: {error}.") from None
        self.text, self.begun = text, True
        return read_text(text, "").exchanges[-1].expected

    @property
    def over(self) -> bool:
        """Whether the last words were said, or a person has it now."""
        return self.begun and self._session.status is not Status.ACTIVE

    @property
    def _session(self) -> Session:
        return stands(self.machine, self.text)
