"""`guichet phone`: a basic phone in the terminal, SMS and USSD, against a running Guichet or one in this process."""

import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import requests
from rich.text import Text
from textual import work
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Center, Vertical, VerticalScroll
from textual.widgets import Footer, Input, Static

from flows.session import Channel
from sms_gateway import logs, recording_phone
from sms_gateway.basic_phone import Answer, Bubble, Door, HttpDoor, Phone, lines_of, read_messages
from sms_gateway.channels.base import simulated_phone
from sms_gateway.context import Services
from sms_gateway.errors import SettingsError
from sms_gateway.services import told_lines
from sms_gateway.settings import Settings, load_settings

FIRST_LINE = "france-sms"
FIRST_PHONE = "+999000001"
LOOK_SECONDS = 1.0


def main(*, line: str | None, phone: str | None, url: str | None) -> None:
    """Open the phone; it closes with Ctrl-Q. Raises SettingsError for a line or a phone that the simulator has not."""
    settings = load_settings()
    opened, dialling = open_phone(settings, line=line or FIRST_LINE, number=phone or FIRST_PHONE, url=url)
    TerminalPhone(opened, dialling=dialling).run()


def record(file: Path, *, channel: str, language: str) -> None:
    """Open the phone on the flow beside a file, which then holds what was said.

    Raises what `recording_phone.open_phone` does.
    """
    opened = recording_phone.open_phone(file, channel=Channel(channel), language=language)
    TerminalPhone(opened, dialling=channel == Channel.USSD).run()


def open_phone(settings: Settings, *, line: str, number: str, url: str | None) -> tuple[Phone, bool]:
    """A phone on a line, over HTTP where a Guichet runs, else in this process; True where it is to dial first."""
    checked = simulated_phone(number)
    if checked is None:
        raise SettingsError("--as", "is no phone of the simulator", f"a number such as {FIRST_PHONE}")
    lines = told_lines(settings)
    try:
        texting, dialling, dials_first = lines_of(lines, line)
    except KeyError:
        known = ", ".join(one.code for one in lines if not one.code.endswith("-simulated"))
        raise SettingsError("--line", "is no line of this Guichet", f"one of {known}") from None
    return Phone(door=_door(settings, url), number=checked, texting=texting, dialling=dialling), dials_first


def _door(settings: Settings, url: str | None) -> Door:
    address = url or f"http://127.0.0.1:{settings.port}"
    if url is not None or _answers(address):
        return HttpDoor(address, settings.hook_secrets[0])
    return InProcessDoor.opened(settings)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/health/live", timeout=2).ok
    except requests.RequestException:
        return False


class InProcessDoor:
    """A Guichet in this very process: its pages by their functions, its worker's rounds each time the phone looks."""

    def __init__(self, services: Services) -> None:
        from sms_gateway.app import create_app

        self._services = services
        self._secret = services.settings.hook_secrets[0]
        self._client = create_app(services).test_client()
        self._one_at_a_time = threading.Lock()

    @classmethod
    def opened(cls, settings: Settings) -> "InProcessDoor":
        """Bring the database to this version, and open the door."""
        from sms_gateway import preparing, wiring

        sys.stdout.write("No Guichet runs here: opening one in this terminal.\n")
        sys.stdout.flush()
        preparing.prepare(settings)
        logs.start(settings, process="phone")
        return cls(wiring.wire(settings, doorbell=False))

    def post(self, hook: str, form: Mapping[str, str]) -> Answer:
        """Post a form to a hook of the simulator."""
        with self._one_at_a_time:
            answer = self._client.post(f"/hooks/simulator/{self._secret}/{hook}", data=dict(form))
        return Answer(answer.status_code, answer.get_data(as_text=True))

    def messages(self, line: str, phone: str, *, after: int) -> tuple[Bubble, ...]:
        """Do what a worker would have done by now, then see what came."""
        with self._one_at_a_time:
            self._work()
            asked = {"line": line, "phone": phone, "after": str(after)}
            answer = self._client.get("/phone/messages", query_string=asked)
        return read_messages(answer.get_json()) if answer.status_code == 200 else ()

    def _work(self) -> None:
        from sms_gateway import conversations, outbox, settling
        from sms_gateway.cases import desk

        now = self._services.clock()
        conversations.take_waiting(self._services)
        desk.act_on_deadlines(self._services, now)
        settling.settle_lapsed(self._services, now=now)
        with self._services.database.read() as tx:
            due = outbox.due_messages(tx, now=now)
        for message_id in due:
            while claimed := outbox.claim(self._services, message_id, now=self._services.clock()):
                outbox.deliver(self._services, claimed)


class TerminalPhone(App[None]):
    """The phone on the screen: a thread of texts, or one dialog, and below it what it costs."""

    TITLE = "Guichet"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        ("f2", "switch", "Texts / dial"),
        ("f4", "hang_up", "Hang up"),
        ("ctrl+q", "quit", "Close"),
    ]
    # The body's width leaves 25 characters a line, as on the phones of the browser's page.
    CSS = """
    Screen { background: #f4f1ea; }
    #ledge { height: 1fr; max-height: 32; }
    #phone { width: 35; height: 1fr; background: #25323f; padding: 1 2; }
    #line { height: 1; color: #ffffff; text-style: bold; }
    #number { height: 1; color: #c9d3dc; }
    #lcd { background: #ccd9a6; color: #16230d; height: 1fr; padding: 0 1; margin-top: 1; scrollbar-size: 1 1; }
    .in { border: round #16230d; padding: 0 1; margin-right: 1; height: auto; }
    .out { background: #16230d; color: #ccd9a6; padding: 0 1; margin: 0 0 0 4; height: auto; }
    .dialog { border: heavy #16230d; padding: 0 1; height: auto; }
    .quiet { padding: 1; height: auto; }
    #typed { background: #dfe8c4; color: #16230d; border: tall #16230d; height: 3; }
    #cost { width: 100%; height: auto; color: #16230d; text-align: center; }
    #trouble { width: 100%; height: auto; color: #8a2a1b; text-align: center; }
    """

    def __init__(self, phone: Phone, *, dialling: bool) -> None:
        super().__init__()
        self.phone = phone
        self.dialling = dialling
        self._hand = threading.Lock()  # one key at a time

    def compose(self) -> ComposeResult:
        """The body, from top to bottom."""
        with Center(id="ledge"), Vertical(id="phone"):
            yield Static(id="line")
            yield Static(self.phone.number, id="number")
            yield VerticalScroll(id="lcd")
            yield Input(id="typed")
        yield Static(id="cost")
        yield Static(id="trouble")
        yield Footer()

    def on_mount(self) -> None:
        """Show the phone, and look for texts from now on."""
        self.query_one("#lcd").can_focus = False
        self.query_one("#typed", Input).focus()
        self.show()
        self.look()
        self.set_interval(LOOK_SECONDS, self.look)

    @work(thread=True, exclusive=True, group="look")
    def look(self) -> None:
        """See whether texts came, outside the screen's own thread: a network may be slow."""
        if self.phone.look():
            self.call_from_thread(self.show)

    def on_input_submitted(self, submitted: Input.Submitted) -> None:
        """Enter: send, dial or answer, whichever the phone is at."""
        submitted.input.clear()
        self.press(submitted.value)

    @work(thread=True, group="press")
    def press(self, typed: str) -> None:
        """Do what Enter means here, outside the screen's own thread."""
        with self._hand:
            if not self.dialling:
                self.phone.send(typed)
            elif self.phone.dialog is None or self.phone.dialog.over:
                self.phone.dial(typed or (self.phone.dialling.address if self.phone.dialling else ""))
            else:
                self.phone.answer(typed)
        self.call_from_thread(self.show)

    def action_switch(self) -> None:
        """From texts to dialling, and back."""
        self.dialling = not self.dialling and self.phone.dialling is not None
        self.show()

    @work(thread=True, group="press")
    def action_hang_up(self) -> None:
        """The red key."""
        with self._hand:
            self.phone.hang_up()
        self.call_from_thread(self.show)

    def show(self) -> None:
        """Draw what the phone shows now."""
        line = self.phone.dialling if self.dialling else self.phone.texting
        self.query_one("#line", Static).update(Text(f"{line.service}  {line.address}" if line else "Guichet"))
        lcd = self.query_one("#lcd", VerticalScroll)
        lcd.remove_children()
        lcd.mount(*(self._dialog() if self.dialling else self._thread()))
        lcd.scroll_end(animate=False)
        self.query_one("#typed", Input).placeholder = self._hint()
        self.query_one("#cost", Static).update(self.phone.screen_cost if self.dialling else self.phone.cost)
        self.query_one("#trouble", Static).update(Text(self.phone.trouble))

    def _thread(self) -> list[Static]:
        bubbles = [
            Static(Text(one.text or "(empty)"), classes="in" if one.incoming else "out") for one in self.phone.thread
        ]
        return bubbles or [Static(Text("No text yet. Write one below."), classes="quiet")]

    def _dialog(self) -> list[Static]:
        dialog = self.phone.dialog
        if dialog is None:
            return [Static(Text("Press Enter to dial."), classes="quiet")]
        shown = [Static(Text(dialog.screen), classes="dialog")]
        if dialog.over:
            shown.append(Static(Text("The call is over. Press Enter to dial again."), classes="quiet"))
        return shown

    def _hint(self) -> str:
        if not self.dialling:
            return "Your text"
        if self.phone.dialog is not None and not self.phone.dialog.over:
            return "Your answer"
        return self.phone.dialling.address if self.phone.dialling else ""
