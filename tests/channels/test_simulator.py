"""The simulator: a gateway's fields, phones of its own, and texts that are only shown."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms_gateway.channels.base import Accepted, ChannelAdapter, InboundHop, OutboundText, ReportStatus
from sms_gateway.channels.simulator import Simulator
from sms_gateway.errors import FormError
from tests.channels import test_africastalking_forms as real
from tests.clocks import FixedClock

PHONE = "+999000001"
NEEDED = real.NEEDED


def simulator(shown: list[OutboundText] | None = None) -> Simulator:
    kept = [] if shown is None else shown
    return Simulator(deliver=kept.append, delivery_secret=b"k" * 32, clock=FixedClock(real.MORNING))


def forms() -> dict[str, dict[str, str]]:
    return {
        hook: {name: PHONE if value == real.PHONE else value for name, value in form.items()}
        for hook, (_, form) in real.READERS.items()
    }


def read(hook: str, form: dict[str, str]) -> object:
    adapter: ChannelAdapter = simulator()
    readers = {
        "sms": adapter.read_text,
        "ussd": adapter.read_hop,
        "ussd-end": adapter.read_end,
        "delivery": adapter.read_report,
        "optout": adapter.read_opt_out,
    }
    return readers[hook](form)


@pytest.mark.parametrize("hook", sorted(real.READERS))
def test_the_fields_of_a_real_gateway_are_read_alike(hook: str) -> None:
    gateway_read, form = real.READERS[hook]
    expected = gateway_read(form)
    found = read(hook, forms()[hook])
    assert replace(expected, channel="simulator", phone=PHONE, delivery_key="") == replace(found, delivery_key="")  # type: ignore[type-var]


@pytest.mark.parametrize(("hook", "field"), NEEDED)
def test_a_form_without_what_it_must_have_is_refused(hook: str, field: str) -> None:
    with pytest.raises(FormError, match=field):
        read(hook, {name: value for name, value in forms()[hook].items() if name != field})


@pytest.mark.parametrize("hook", sorted(real.READERS))
def test_no_real_phone_passes(hook: str) -> None:
    with pytest.raises(FormError, match="phone of the simulator"):
        read(hook, real.READERS[hook][1])


def test_what_it_sends_is_shown_and_taken() -> None:
    shown: list[OutboundText] = []
    message = OutboundText("17", PHONE, "22384", "Bonjour", "GSM-7")
    assert simulator(shown).send(message) == Accepted("sim-17")
    assert shown == [message]


def test_a_status_without_meaning_here_is_kept() -> None:
    report = simulator().read_report({"id": "sim-1", "status": "Buffered", "phoneNumber": PHONE})
    assert report.status is ReportStatus.OTHER


def test_one_hop_has_one_key() -> None:
    first, repeat = read("ussd", forms()["ussd"]), read("ussd", forms()["ussd"])
    assert isinstance(first, InboundHop)
    assert first == repeat


@given(st.sampled_from(sorted(real.READERS)), st.dictionaries(real.field_names, real.values))
def test_no_form_breaks_it(hook: str, form: dict[str, str]) -> None:
    for tried in (form, forms()[hook] | form):
        try:
            found = read(hook, tried)
        except FormError:
            continue
        assert found.phone.startswith("+999")  # type: ignore[attr-defined]
