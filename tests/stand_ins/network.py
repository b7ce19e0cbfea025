"""The networks' side of Africa's Talking: posts what people write and dial to our hooks, as the gateway would."""

import time
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests

RETRY_SECONDS = 20.0  # the real one repeats for about ten minutes
PAUSE = 0.1


@dataclass
class Network:
    """Posts forms to `hooks` (`http://…/hooks/africastalking/<secret>`), again and again until one is taken."""

    hooks: str
    retry_seconds: float = RETRY_SECONDS
    refused: list[int] = field(default_factory=list)  # every answer that was no 2xx; 0 is no answer

    def post(self, hook: str, form: Mapping[str, str], *, retry: bool = True) -> requests.Response:
        """One form, until it is taken; the last answer."""
        deadline = time.monotonic() + self.retry_seconds
        while True:
            try:
                answer = requests.post(f"{self.hooks}/{hook}", data=form, timeout=15)
            except requests.RequestException:
                self.refused.append(0)
                if not retry or time.monotonic() > deadline:
                    raise
            else:
                if answer.ok:
                    return answer
                self.refused.append(answer.status_code)
                if not retry or time.monotonic() > deadline:
                    return answer
            time.sleep(PAUSE)

    def text(
        self, *, phone: str, line: str, text: str, gateway_id: str | None = None, copies: int = 1, at_once: bool = False
    ) -> list[requests.Response]:
        """One SMS from a phone, delivered `copies` times: one after the other, or all at once."""
        form = {
            "id": gateway_id or str(uuid.uuid4()),
            "from": phone,
            "to": line,
            "text": text,
            "date": "2026-03-10 09:00:00",
            "linkId": "",
            "networkCode": "63902",
        }
        return self.repeat("sms", form, copies=copies, at_once=at_once)

    def repeat(
        self, hook: str, form: Mapping[str, str], *, copies: int = 1, at_once: bool = False
    ) -> list[requests.Response]:
        """The same form `copies` times."""
        if not at_once:
            return [self.post(hook, form) for _ in range(copies)]
        with ThreadPoolExecutor(copies) as threads:
            return list(threads.map(lambda _: self.post(hook, form), range(copies)))

    def dial(self, *, phone: str, code: str, typed: str = "") -> "Dialog":
        """Dial a USSD code; `typed` is what was dialled along with it (`*384*77*2#` types 2)."""
        dialog = Dialog(network=self, phone=phone, code=code, session=f"ATUid_{uuid.uuid4().hex}", text=typed)
        dialog.hop()
        return dialog


@dataclass
class Dialog:
    """One USSD session, as the phone sees it."""

    network: Network
    phone: str
    code: str
    session: str
    text: str = ""  # all that was typed, joined by stars
    hops: int = 0
    body: str = ""

    @property
    def screen(self) -> str:
        """What stands on the phone, without the gateway's word."""
        return self.body[4:]

    @property
    def over(self) -> bool:
        """True once a screen of ours ended it."""
        return self.body.startswith("END ")

    @property
    def form(self) -> dict[str, str]:
        """The form of the hop where the session stands."""
        return {
            "sessionId": self.session,
            "phoneNumber": self.phone,
            "networkCode": "63902",
            "serviceCode": self.code,
            "text": self.text,
        }

    def hop(self) -> str:
        """Send where the session stands, again or for the first time; the screen."""
        answer = self.network.post("ussd", self.form, retry=False)
        if answer.status_code != 200 or not answer.text.startswith(("CON ", "END ")):
            raise AssertionError(f"{answer.status_code} {answer.text!r} ends the session on every phone")
        self.body = answer.text
        return self.screen

    def answer(self, typed: str) -> str:
        """Type something and press send; the next screen. A first screen's answer has no star before it."""
        if self.over:
            raise AssertionError("The session is over: dial again.")
        self.text = (typed or "*") if self.hops == 0 and not self.text else f"{self.text}*{typed}"
        self.hops += 1
        return self.hop()

    def hang_up(self, *, status: str | None = None) -> requests.Response:
        """The session's end, as told by the gateway: dropped, unless a screen of ours ended it."""
        form = self.form | {"status": status or ("Success" if self.over else "Incomplete"), "hopsCount": str(self.hops)}
        return self.network.post("ussd-end", form | {"date": "2026-03-10 09:00:00", "cost": "0", "input": self.text})
