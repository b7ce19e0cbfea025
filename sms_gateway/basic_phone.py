"""A basic phone without its keys: what it posts to the simulator's hooks, what it shows, what that costs so far."""

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

import requests

from flows import alphabet
from sms_gateway.services import ToldLine

SCREEN_BOUND = 160  # septets: what the checker lets a screen have
SECONDS = 15.0  # how long a network waits for our answer


@dataclass(frozen=True)
class Bubble:
    """One text of the thread; `incoming` as the phone sees it."""

    incoming: bool
    text: str = field(repr=False)
    at: datetime
    parts: int
    id: int = 0  # at the counter; the next look asks for what came after it


@dataclass(frozen=True)
class Answer:
    """What a hook answered; status 0 where nothing did."""

    status: int
    text: str = field(repr=False)


class Door(Protocol):
    """The way to a Guichet: over HTTP, or in this process."""

    def post(self, hook: str, form: Mapping[str, str]) -> Answer:
        """Post a form to a hook of the simulator."""

    def messages(self, line: str, phone: str, *, after: int) -> tuple[Bubble, ...]:
        """The texts that this phone got from that line after the one of that id, oldest first."""


class HttpDoor:
    """A running Guichet, found by its address; its hooks by their secret."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url.rstrip("/")
        self._secret = secret
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy has no business between this terminal and its own machine

    def post(self, hook: str, form: Mapping[str, str]) -> Answer:
        """Post a form to a hook of the simulator."""
        try:
            answer = self._session.post(
                f"{self._url}/hooks/simulator/{self._secret}/{hook}", data=dict(form), timeout=SECONDS
            )
        except requests.RequestException:
            return Answer(0, "")
        return Answer(answer.status_code, answer.content.decode("utf-8", "replace"))

    def messages(self, line: str, phone: str, *, after: int) -> tuple[Bubble, ...]:
        """What the page of the phones gives to programs; nothing while it can't be reached."""
        with suppress(requests.RequestException, ValueError):
            asked = {"line": line, "phone": phone, "after": str(after)}
            answer = self._session.get(f"{self._url}/phone/messages", params=asked, timeout=SECONDS)
            if answer.ok:
                return read_messages(answer.json())
        return ()


def read_messages(told: Any) -> tuple[Bubble, ...]:
    """`{"messages": [{"id", "incoming", "body", "parts", "at"}, …]}`; what the phone itself sent is left out."""
    return tuple(
        Bubble(True, str(one["body"]), datetime.fromisoformat(one["at"]), int(one["parts"]), int(one["id"]))
        for one in told["messages"]
        if one["incoming"]
    )


@dataclass(frozen=True)
class Dialog:
    """One USSD session: all that was typed, joined by stars, and the screen that stands."""

    session: str
    typed: str
    screen: str
    over: bool
    hops: int = 1

    @property
    def size(self) -> int:
        """Septets of the screen (or characters, where GSM-7 can't carry it)."""
        return alphabet.measure(self.screen).units


@dataclass
class Phone:
    """A phone in somebody's hand, on the lines of one service."""

    door: Door = field(repr=False)
    number: str = field(repr=False)
    texting: ToldLine | None
    dialling: ToldLine | None
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC), repr=False)
    dialog: Dialog | None = None
    trouble: str = ""  # one sentence, when the last thing went wrong
    _sent: list[Bubble] = field(default_factory=list)
    _got: tuple[Bubble, ...] = ()
    _looking: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def thread(self) -> tuple[Bubble, ...]:
        """All texts, oldest first."""
        return tuple(sorted([*self._sent, *self._got], key=lambda bubble: bubble.at))

    @property
    def cost(self) -> str:
        """What the texts of this phone cost so far, in parts: both ways."""
        out, back = sum(one.parts for one in self._sent), sum(one.parts for one in self._got)
        return f"Out: {_counted(len(self._sent), out)}. In: {_counted(len(self._got), back)}."

    @property
    def screen_cost(self) -> str:
        """How much of a screen the page that stands takes."""
        if self.dialog is None:
            return "A screen has 160 characters."
        return f"Screen {self.dialog.hops}: {self.dialog.size} of {SCREEN_BOUND}."

    def look(self) -> bool:
        """See whether texts came; True where something did."""
        if self.texting is None:
            return False
        with self._looking:  # a slow look and the next one must not both take the same text
            newest = self._got[-1].id if self._got else 0
            got = self.door.messages(self.texting.address, self.number, after=newest)
            self._got += got
        return bool(got)

    def send(self, text: str) -> None:
        """Send an SMS. An empty one is sent too: some phones do."""
        if self.texting is None:
            self.trouble = "This service has no line for texts."
            return
        now = self.clock()
        form = {
            "id": f"phone-{uuid.uuid4()}",
            "from": self.number,
            "to": self.texting.address,
            "text": text,
            "date": now.strftime("%Y-%m-%d %H:%M:%S"),
        }
        answer = self.door.post("sms", form)
        self.trouble = _trouble(answer)
        if not self.trouble:
            parts = alphabet.measure(text).segments if text else 1
            self._sent.append(Bubble(False, text, now, parts))

    def dial(self, code: str) -> None:
        """Dial a code; what follows ours in it is typed along (`*384*77*2#` types 2)."""
        if self.dialling is None:
            self.trouble = "This service has no code to dial."
            return
        ours = self.dialling.address.rstrip("#")
        dialled = code.strip().rstrip("#")
        if dialled != ours and not dialled.startswith(ours + "*"):
            self.trouble = f"Here one dials {self.dialling.address}."
            return
        self.hang_up()
        self._hop(Dialog(f"phone-{uuid.uuid4()}", dialled[len(ours) + 1 :], "", False))

    def answer(self, text: str) -> None:
        """Answer the screen that stands."""
        dialog = self.dialog
        if dialog is None or dialog.over:
            self.trouble = "The call is over: dial again."
            return
        first = dialog.hops == 1 and not dialog.typed
        typed = (text or "*") if first else f"{dialog.typed}*{text}"
        self._hop(replace(dialog, typed=typed, hops=dialog.hops + 1))

    def hang_up(self) -> None:
        """Press the red key; the network tells Guichet unless the session was over."""
        dialog, self.dialog = self.dialog, None
        if dialog is not None and not dialog.over:
            self.door.post("ussd-end", self._hop_form(dialog) | {"status": "Incomplete", "hopsCount": str(dialog.hops)})

    def _hop(self, dialog: Dialog) -> None:
        answer = self.door.post("ussd", self._hop_form(dialog))
        word, _, screen = answer.text.partition(" ")
        if answer.status != 200 or word not in {"CON", "END"}:
            self.dialog = None
            self.trouble = _trouble(answer) or "Connection problem or invalid MMI code."
            return
        self.trouble = ""
        self.dialog = replace(dialog, screen=screen, over=word == "END")
        if self.dialog.over:
            self.door.post("ussd-end", self._hop_form(dialog) | {"status": "Success", "hopsCount": str(dialog.hops)})

    def _hop_form(self, dialog: Dialog) -> dict[str, str]:
        assert self.dialling is not None
        return {
            "sessionId": dialog.session,
            "phoneNumber": self.number,
            "serviceCode": self.dialling.address,
            "text": dialog.typed,
        }


def lines_of(lines: Sequence[ToldLine], wanted: str) -> tuple[ToldLine | None, ToldLine | None, bool]:
    """The lines for texts and for dialling of the service that `wanted` names; True where it names the one to dial.

    `wanted` is a line's code (`kenya-ussd`) or address (`22384`). Raises KeyError for none of these.
    """
    simulated = [line for line in lines if line.channel == "simulator"]
    named = next((line for line in simulated if wanted in {line.code, line.address}), None)
    if named is None:  # a gateway's line: the simulator has its twin, under the same address
        address = next((line.address for line in lines if line.code == wanted), None)
        named = next((line for line in simulated if line.address == address), None)
    if named is None:
        raise KeyError(wanted)
    twins = {line.kind: line for line in reversed(simulated) if line.service == named.service} | {named.kind: named}
    return twins.get("sms"), twins.get("ussd"), named.kind == "ussd"


def _counted(texts: int, parts: int) -> str:
    return f"{texts} SMS, {parts} part{'' if parts == 1 else 's'}"


def _trouble(answer: Answer) -> str:
    if 200 <= answer.status < 300:
        return ""
    if answer.status == 0:
        return "No answer from Guichet. Is it running?"
    if answer.status == 404:
        return "This Guichet has no simulator, or another secret."
    return f"Not sent: {answer.text.strip()[:80] or answer.status}"
