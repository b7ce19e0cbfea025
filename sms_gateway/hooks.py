"""The URLs that gateways call: who may, what a form must have, and what is answered when.

`POST /hooks/<channel>/<secret>/{sms,ussd,ussd-end,delivery,optout,voice}`. A 2xx means that what came is stored; a
USSD form that can be read is always answered with a screen.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from flask import Blueprint, Response, request

from flows import alphabet
from sms_gateway import breakdown, metrics, spool
from sms_gateway.channels.base import ChannelAdapter, Form, Ignored, InboundHop, clean_text
from sms_gateway.context import Services
from sms_gateway.errors import FormError, StoreUnavailable
from sms_gateway.receiving import OURS, Inbound, Receivers

log = structlog.get_logger(__name__)

BODY_LIMIT: Final = 64 * 1024  # bytes of a form
SCREEN_SEPTETS: Final = 182  # what a USSD string holds (GSM 03.38 packed in 160 octets)
SCREEN_WIDE: Final = 80  # UCS-2 characters in the same octets
_PLAIN: Final = "text/plain; charset=utf-8"


def blueprint(
    services: Services,
    receivers: Receivers = OURS,
    *,
    apologies: Mapping[str, str] | None = None,
    count: Callable[[str], None] = metrics.count,
) -> Blueprint:
    """The gateways' part of the application. `apologies` are the screens, by code, for when nothing can be stored."""
    made = Blueprint("hooks", __name__)
    words = breakdown.apologies(services.settings) if apologies is None else apologies
    ready = {code: _fitting(text) for code, text in words.items()}  # now: later, nothing may fail
    otherwise = next(iter(ready.values()), "Guichet: 112")  # for a code that is none of ours

    @made.post("/hooks/<channel>/<secret>/<hook>")
    def called(channel: str, secret: str, hook: str) -> Response:
        """Public by name: the secret in the path is the key."""
        adapter = services.channels.get(channel)
        if not _is_ours(secret, services.settings.hook_secrets) or adapter is None or hook not in _ANSWERS:
            count("hook_not_found")
            return Response("Not found.\n", status=404, content_type=_PLAIN)
        try:
            call = Call(services, receivers, adapter, _form(), lambda hop: ready.get(hop.line, otherwise))
            answer, outcome = _ANSWERS[hook](call)
        except FormError as error:
            answer, outcome = Response(f"{error}\n", status=400, content_type=_PLAIN), "refused"
        count(f"hook_{hook.replace('-', '_')}_{outcome}")
        return answer

    return made


@dataclass(frozen=True)
class Call:
    """One call of a hook, with all that answering it needs."""

    services: Services
    receivers: Receivers
    adapter: ChannelAdapter
    form: Form
    apology: Callable[[InboundHop], str]


Answered = tuple[Response, str]


def _is_ours(secret: str, ours: tuple[str, ...]) -> bool:
    """Compared in constant time with every secret that is accepted, whichever matches."""
    given = secret.encode("utf-8", "surrogatepass")
    return sum(hmac.compare_digest(given, one.encode("utf-8")) for one in ours) > 0


def _form() -> Mapping[str, str]:
    """The form; of a field that comes twice, the first. A body over the limit is answered with 413."""
    request.max_content_length = BODY_LIMIT
    return request.form.to_dict(flat=True)


def _take(call: Call, inbound: Inbound | Ignored) -> Answered:
    """Store it, in the database or in the spool; without either, 503: the gateway comes again."""
    if isinstance(inbound, Ignored):
        return _taken(), "ignored"
    try:
        if spool.is_empty(call.services):
            call.receivers.take(call.services, inbound)
            return _taken(), "taken"
    except StoreUnavailable:
        log.warning("store_unavailable", channel=call.adapter.name)
    try:
        spool.keep(call.services, inbound)
    except OSError as error:
        log.error("spool_unavailable", channel=call.adapter.name, error=type(error).__name__)
        return Response("Try again later.\n", status=503, content_type=_PLAIN), "unavailable"
    return _taken(), "spooled"


def _taken() -> Response:
    """Nothing to say: some gateways would send the body to the phone."""
    return Response("", status=200, content_type=_PLAIN)


def _text(call: Call) -> Answered:
    return _take(call, call.adapter.read_text(call.form))


def _end(call: Call) -> Answered:
    return _take(call, call.adapter.read_end(call.form))


def _report(call: Call) -> Answered:
    return _take(call, call.adapter.read_report(call.form))


def _opt_out(call: Call) -> Answered:
    return _take(call, call.adapter.read_opt_out(call.form))


def _hop(call: Call) -> Answered:
    """A screen, whatever happens: any other answer shows the network's own error on the phone."""
    hop = call.adapter.read_hop(call.form)
    try:
        screen = call.receivers.hop(call.services, hop)
        text, ends, outcome = _fitting(screen.text), screen.ends, "taken"
    except StoreUnavailable:
        log.warning("store_unavailable", channel=call.adapter.name)
        text, ends, outcome = "", True, "unavailable"
    except FormError:
        text, ends, outcome = "", True, "not_ours"  # no line of ours has this code
    except Exception:
        # One of the outermost loops: the turn itself turns its bugs into cases; this is what is left.
        log.exception("hop_failed", channel=call.adapter.name)
        text, ends, outcome = "", True, "failed"
    if not text:
        text, ends = call.apology(hop), True  # also for a repeat whose screen is long forgotten
    word = "END" if ends else "CON"
    return Response(f"{word} {text}", status=200, content_type=_PLAIN), outcome


def _voice(call: Call) -> Answered:
    """A call is turned away before it costs anything."""
    body = '<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>'
    return Response(body, status=200, content_type="text/xml; charset=utf-8"), "rejected"


def _fitting(text: str) -> str:
    """The screen as a phone can show it: the checker has proved that it fits; this is for what slips through."""
    shown = alphabet.rewrite(clean_text(text)).strip()
    limit = SCREEN_SEPTETS if alphabet.fits_gsm(shown) else SCREEN_WIDE
    while alphabet.measure(shown).units > limit:
        shown = shown[:-1]
    return shown


_ANSWERS: Final[Mapping[str, Callable[[Call], Answered]]] = {
    "sms": _text,
    "ussd": _hop,
    "ussd-end": _end,
    "delivery": _report,
    "optout": _opt_out,
    "voice": _voice,
}
