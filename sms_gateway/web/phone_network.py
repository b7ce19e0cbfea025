"""The simulated network: what leaves a phone in the browser goes to the hooks, as a form, like any gateway's.

The form is handed to our own application inside this process; the hooks' secret never reaches the browser.
"""

import secrets
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from flask import Flask
from sqlalchemy import insert
from werkzeug.test import Client

from flows import alphabet
from sms_gateway.channels.simulator import NAME
from sms_gateway.context import Services
from sms_gateway.store.tables import simulator_messages
from sms_gateway.web.phone_state import SLOW, Call, Mood, PhoneState
from sms_gateway.web.words import _


def send_text(app: Flask, services: Services, state: PhoneState, *, phone: str, line: str, text: str) -> bool:
    """A text leaves a phone; False where the network is cut, or our own side took nothing."""
    if state.mood is Mood.CUT:
        return False
    now = services.clock()
    form = {"id": f"phone-{secrets.token_hex(12)}", "from": phone, "to": line, "text": text, "date": now.isoformat()}
    answers = [_post(app, services, "sms", form) for _time in range(2 if state.mood is Mood.REPEATED else 1)]
    if answers[0][0] >= 300:
        return False
    with services.database.write(durable=False) as tx:
        tx.execute(
            insert(simulator_messages).values(
                lane=services.sealer.lane(phone),
                address=line,
                kind="sms",
                incoming=False,
                body=services.sealer.team.seal(text),
                parts=alphabet.measure(text).segments,
                at=now,
            )
        )
    return True


def dial(app: Flask, services: Services, state: PhoneState, *, code: str, typed: str) -> PhoneState:
    """Dial what stands in the field: the counter's code, or one with answers behind it (*384*77*2#)."""
    dialled = "".join(typed.split())
    stem = code.removesuffix("#")
    if dialled not in {code, stem} and not dialled.startswith(stem + "*"):
        return replace(state, call=_told(_("This code answers nobody here."), services.clock()))
    answers = dialled.removeprefix(stem).removesuffix("#").removeprefix("*")
    call = Call(id=f"phone-{secrets.token_hex(12)}", typed=answers, screen="", hops=0, open=True, shown_from="")
    return _hop(app, services, state, call, code=code)


def reply(app: Flask, services: Services, state: PhoneState, *, code: str, text: str) -> PhoneState:
    """Answer the screen of an open call."""
    call = state.call
    if call is None or not call.open:
        return state
    typed = f"{call.typed}*{text}" if call.typed or call.hops > 1 else text
    return _hop(app, services, state, replace(call, typed=typed), code=code)


def hang_up(app: Flask, services: Services, state: PhoneState, *, code: str) -> PhoneState:
    """End the call from the phone; the counter learns of it as from a network."""
    if state.call is not None and state.call.open:
        _end(app, services, state, state.call, code=code, status="Incomplete")
    return replace(state, call=None)


def _hop(app: Flask, services: Services, state: PhoneState, call: Call, *, code: str) -> PhoneState:
    now = services.clock()
    if state.mood is Mood.CUT:
        if call.hops:
            _end(app, services, state, call, code=code, status="Incomplete")
        return replace(state, call=_told(_("The call dropped. Dial again."), now))
    form = {"sessionId": call.id, "phoneNumber": state.number, "serviceCode": code, "text": call.typed}
    for _time in range(2 if state.mood is Mood.REPEATED else 1):
        status, body = _post(app, services, "ussd", form)
    word, _space, screen = body.partition(" ")
    if status != 200 or word not in {"CON", "END"}:
        return replace(state, call=_told(_("The network shows an error."), now))
    shown_from = now + SLOW if state.mood is Mood.SLOW else now
    shown = replace(call, screen=screen, hops=call.hops + 1, open=word == "CON", shown_from=shown_from.isoformat())
    if word == "END":
        _end(app, services, state, call, code=code, status="Success")
    return replace(state, call=shown)


def _end(app: Flask, services: Services, state: PhoneState, call: Call, *, code: str, status: str) -> None:
    form = {"sessionId": call.id, "phoneNumber": state.number, "serviceCode": code, "status": status}
    _post(app, services, "ussd-end", form)


def _told(words: str, now: datetime) -> Call:
    """A screen of the network's own."""
    return Call(id="", typed="", screen=words, hops=0, open=False, shown_from=now.isoformat(), told=True)


def _post(app: Flask, services: Services, hook: str, form: dict[str, str]) -> tuple[int, str]:
    secret = quote(services.settings.hook_secrets[0], safe="")
    response = Client(app.wsgi_app).post(f"/hooks/{NAME}/{secret}/{hook}", data=form)
    return response.status_code, response.get_data(as_text=True)
