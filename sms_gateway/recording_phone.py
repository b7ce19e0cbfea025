"""`guichet phone --record FILE`: the terminal's phone on one flow, whose conversation is written down as it goes."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from flows import alphabet
from flows.recording import Recording, flow_beside
from flows.session import Channel
from flows.transcript import Said, TranscriptError
from sms_gateway.basic_phone import Answer, Bubble, Phone
from sms_gateway.channels.base import new_input
from sms_gateway.services import ToldLine

NUMBER = "+999000001"
TEXTS, CODE = "38000", "*123#"


class RecordingDoor:
    """The flow alone, without a counter: what it says comes back, and the file grows with each thing that is sent."""

    def __init__(self, recording: Recording, file: Path, clock: Callable[[], datetime]) -> None:
        self._recording = recording
        self._file = file
        self._clock = clock
        self._typed: str | None = None
        self._texts: list[Bubble] = []
        self._one_at_a_time = threading.Lock()

    def post(self, hook: str, form: Mapping[str, str]) -> Answer:
        """A text, a dialled or answered screen, the red key. A text that begins with `@ ` says what happens besides."""
        with self._one_at_a_time:
            try:
                return self._texted(form["text"]) if hook == "sms" else self._dialled(hook, form)
            except TranscriptError as error:
                return Answer(409, str(error))

    def messages(self, line: str, phone: str, *, after: int) -> tuple[Bubble, ...]:
        """The texts that came, and what the gateway is asked to do."""
        with self._one_at_a_time:
            return tuple(one for one in self._texts if one.id > after)

    def _texted(self, text: str) -> Answer:
        event = text.startswith("@")
        if self._recording.channel is Channel.USSD and not event:
            raise TranscriptError("This one is dialled: F2. Here only what happens besides, such as @ timer.")
        self._came(self._then(text if event else f"> {text}"))
        return Answer(200, "")

    def _dialled(self, hook: str, form: Mapping[str, str]) -> Answer:
        if hook == "ussd-end":
            self._typed = None
            if form.get("status") == "Incomplete":
                self._came(self._then("@ dropped"))
            return Answer(200, "")
        typed = new_input(self._typed, form["text"])
        first, self._typed = self._typed is None, form["text"]
        if first:
            said = self._then("@ redial" if self._recording.begun else f"> {form['serviceCode']}")
        else:
            said = self._then(f"> {typed}")
        screen = "\n".join(one.text if one.mark == "<" else str(one) for one in said if one.mark != "<<")
        self._came([one for one in said if one.mark == "<<"])
        return Answer(200, f"{'END' if self._recording.over else 'CON'} {screen}")

    def _then(self, given: str) -> tuple[Said, ...]:
        said = self._recording.then(given)
        self._file.write_text(self._recording.text, encoding="utf-8")
        return said

    def _came(self, said: "tuple[Said, ...] | list[Said]") -> None:
        for one in said:
            ours = one.mark == "!"
            text = str(one) if ours else one.text
            parts = 0 if ours else alphabet.measure(text).segments
            self._texts.append(Bubble(True, text, self._clock(), parts, len(self._texts) + 1))


def open_phone(
    file: Path, *, channel: Channel, language: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Phone:
    """A phone on the flow beside this file. Raises TranscriptError, ParseError, CompileError; FileExistsError."""
    if file.exists():
        raise FileExistsError(file)
    recording = Recording(flow_beside(file), channel=channel, language=language, today=clock().date())
    service, spoken = f"Recording {file.stem}", recording.machine.source_language

    def line(kind: str, address: str) -> ToldLine:
        return ToldLine(f"recording-{kind}", "simulator", kind, address, service, recording.machine.country, spoken)

    dialling = line("ussd", CODE) if channel is Channel.USSD else None
    return Phone(RecordingDoor(recording, file, clock), NUMBER, line("sms", TEXTS), dialling, clock=clock)
