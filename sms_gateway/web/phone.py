"""The simulator's page: two basic phones in the browser, a citizen's and a volunteer's, on the real hooks.

Every key is a button of a form, so that all works without JavaScript; with it, keys type at once and screens renew
themselves.
"""

from dataclasses import replace

from flask import Blueprint, Flask, abort, current_app, jsonify, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from sms_gateway import services as services_
from sms_gateway.channels.base import simulated_phone
from sms_gateway.channels.simulator import NAME
from sms_gateway.services import Service
from sms_gateway.web import phone_clearing, phone_network, phone_state, phone_view, phone_volunteer
from sms_gateway.web.accounts import current_services
from sms_gateway.web.countries import country_name
from sms_gateway.web.gates import public
from sms_gateway.web.phone_state import Mood, PhoneState

blueprint = Blueprint("phone", __name__, url_prefix="/phone")

FIRST_WORDS = {"fr": "Bonjour", "en": "Hello", "sw": "Habari"}  # what somebody new would write
KEYS = frozenset("0123456789*#")


@blueprint.get("")
@public
def start() -> str:
    """The shop window."""
    is_new = phone_state.load() is None
    state, service, every = _here()
    if is_new:
        for one in every:
            phone_clearing.put_away(current_services(), one, citizen=None, now=current_services().clock())
    phone_state.keep(state)
    return _page("phone.html", state, service, every)


@blueprint.get("/now")
@public
def now() -> Response | str | tuple[str, int]:
    """What the phones show now, when that is something new; else nothing."""
    state, service, every = _here()
    services = current_services()
    with services.database.read() as tx:
        stage = phone_view.stage(services, tx, state, service, services.clock())
    if stage.mark == request.args.get("seen"):
        return "", 204
    return _page("phone/stage.html", state, service, every)


@blueprint.post("/press")
@public
def press() -> Response | str:
    """A key of one of the phones: it writes into the field, sends, dials, hangs up or takes back a letter."""
    state, service, every = _here()
    which = "volunteer" if request.form.get("phone") == "volunteer" else "citizen"
    state = replace(_pressed(state, service, which, request.form.get("key", ""), request.form.get("text", "")))
    return _answer(state, service, every)


@blueprint.post("/change")
@public
def change() -> Response | str:
    """Another country, another way to write, another mood of the network, or new phones."""
    state, service, every = _here()
    form = request.form
    if "service" in form and form["service"] in {one.code for one in every}:
        state = _hung_up(state, service)
        service = next(one for one in every if one.code == form["service"])
        state = replace(state, service=service.code, citizen_field=_first_word(service, state), not_sent="")
    if form.get("way") in {"sms", "ussd"}:
        state = replace(_hung_up(state, service).with_way(form["way"]), citizen_field="", not_sent="")
    if form.get("mood") in set(Mood):
        state = replace(state, mood=Mood(form["mood"]), mood_since=current_services().clock().isoformat())
    if "free" in form:
        phone_clearing.put_away(
            current_services(), service, citizen=state.number, now=current_services().clock(), others=True
        )
    if "again" in form:
        for one in every:
            phone_clearing.put_away(
                current_services(), one, citizen=state.number, now=current_services().clock()
            )
        state = phone_state.fresh(service.code, current_services().clock(), first_word="")
        state = replace(state, citizen_field=_first_word(service, state))
    return _answer(state, service, every)


@blueprint.get("/messages")
@public
def messages() -> Response:
    """The texts of one simulated phone on one line, for the phone in the terminal: `?line=CODE&phone=N&after=ID`."""
    services = current_services()
    phone = simulated_phone(request.args.get("phone", ""))
    with services.database.read() as tx:
        address = _address(tx, request.args.get("line", ""))
        if phone is None or address is None:
            abort(404)
        after = request.args.get("after", "0")
        found = phone_view.read_thread(
            services, tx, services.sealer.lanes(phone), address, after=int(after) if after.isdigit() else 0
        )
    told = [
        {"id": one.id, "incoming": not one.mine, "body": one.body, "parts": one.parts, "at": one.at.isoformat()}
        for one in found
    ]
    return jsonify(messages=told)


def _here() -> tuple[PhoneState, Service, list[Service]]:
    """This browser's phones, and the service that they show."""
    services = current_services()
    with services.database.read() as tx:
        every = [one for one in services_.all_services(tx) if one.sms_line(NAME)]
    if not every:
        abort(404)
    state = phone_state.load()
    service = next((one for one in every if state and one.code == state.service), every[0])
    if state is None:
        state = phone_state.fresh(service.code, services.clock(), first_word=FIRST_WORDS[service.languages[0]])
    return replace(state, service=service.code), service, every


def _pressed(state: PhoneState, service: Service, which: str, key: str, text: str) -> PhoneState:
    if key in KEYS:
        return state.with_field(which, text + key)
    if key == "clear":
        return state.with_field(which, text[:-1])
    has_code = service.dial_code(NAME) is not None
    if which == "citizen" and state.way(has_ussd=has_code) == "ussd":
        return _called(state, service, key, text)
    return _sent(state, service, which, text) if key in {"send", "call"} else state.with_field(which, "")


def _called(state: PhoneState, service: Service, key: str, text: str) -> PhoneState:
    """The citizen's phone, in a call or about to dial."""
    app, services = _app(), current_services()
    code = service.dial_code(NAME) or ""
    state = state.with_field("citizen", "")
    if key not in {"send", "call"}:
        return phone_network.hang_up(app, services, state, code=code)
    if state.call is None:
        return phone_network.dial(app, services, state, code=code, typed=text or code)
    if state.call.open:
        return phone_network.reply(app, services, state, code=code, text=text)
    return replace(state, call=None)


def _sent(state: PhoneState, service: Service, which: str, text: str) -> PhoneState:
    services = current_services()
    with services.database.read() as tx:
        other = phone_volunteer.shown(services, tx, service, citizen=state.number)
    phone = state.number if which == "citizen" else other.number if other else None
    line, _ussd = phone_view.addresses(service)
    text = text.replace("\r\n", "\n")
    taken = phone is not None and phone_network.send_text(_app(), services, state, phone=phone, line=line, text=text)
    return replace(state.with_field(which, "" if taken else text), not_sent="" if taken else which)


def _hung_up(state: PhoneState, service: Service) -> PhoneState:
    return phone_network.hang_up(_app(), current_services(), state, code=service.dial_code(NAME) or "")


def _first_word(service: Service, state: PhoneState) -> str:
    by_text = state.way(has_ussd=service.dial_code(NAME) is not None) == "sms"
    return FIRST_WORDS.get(service.languages[0], "") if by_text else ""


def _answer(state: PhoneState, service: Service, every: list[Service]) -> Response | str:
    phone_state.keep(state)
    if request.headers.get("HX-Request"):
        return _page("phone/stage.html", state, service, every)
    return redirect(url_for("phone.start"), code=303)


def _page(template: str, state: PhoneState, service: Service, every: list[Service]) -> str:
    services = current_services()
    with services.database.read() as tx:
        stage = phone_view.stage(services, tx, state, service, services.clock())
    countries = [(one.code, country_name(one.country, one.name)) for one in every]
    return render_template(template, stage=stage, service=service, countries=countries, moods=list(Mood))


def _address(tx: Connection, code: str) -> str | None:
    """The address that texts of a line's service come from, for any of its lines, by code or by address."""
    for service in services_.all_services(tx):
        if any(code in {line.code, line.address} for line in service.lines):
            found = service.sms_line(NAME)
            return found.address if found else None
    return None


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]
