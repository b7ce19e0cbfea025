"""The simulator: phones in the browser and in the terminal, on the same hooks and fields as a gateway's.

It carries every line while no gateway is set. Its own phones begin with +999, which no country has: they pass here
alone, and no real phone does. What it sends is kept for the page to show.
"""

from collections.abc import Callable
from datetime import datetime

from sms_gateway.channels.base import (
    Accepted,
    DeliveryReport,
    Form,
    HopsEnded,
    InboundHop,
    InboundText,
    OptedOut,
    OutboundText,
    ReportStatus,
    Result,
    clean_text,
    gateway_time,
    keyed,
    line_address,
    optional_field,
    required_field,
    session_text,
    simulated_phone,
)
from sms_gateway.errors import FormError

NAME = "simulator"


class Simulator:
    """The adapter. It has no faults of its own: what it takes, a phone shows."""

    name = NAME

    def __init__(
        self,
        *,
        deliver: Callable[[OutboundText], None],
        delivery_secret: bytes,
        clock: Callable[[], datetime],
    ) -> None:
        """`deliver` puts a text where the phones look; the same `message_id` twice is shown once."""
        self._deliver = deliver
        self._delivery_secret = delivery_secret
        self._clock = clock

    def read_text(self, form: Form) -> InboundText:
        """`id`, `from`, `to`, `text`, `date`."""
        return InboundText(
            channel=NAME,
            delivery_key=required_field(form, "id"),
            line=line_address(form, "to"),
            phone=_phone(form, "from"),
            text=clean_text(form.get("text", "")),
            sent_at=gateway_time(form.get("date", "")),
        )

    def read_hop(self, form: Form) -> InboundHop:
        """`sessionId`, `phoneNumber`, `serviceCode`, `text`."""
        session = required_field(form, "sessionId")
        return InboundHop(
            channel=NAME,
            delivery_key=keyed(self._delivery_secret, "ussd", session, form.get("text", "")),
            session=session,
            line=line_address(form, "serviceCode"),
            phone=_phone(form, "phoneNumber"),
            text=session_text(form, "text"),
        )

    def read_end(self, form: Form) -> HopsEnded:
        """`sessionId`, `phoneNumber`, `status`: a phone that hangs up says `Incomplete`."""
        session = required_field(form, "sessionId")
        return HopsEnded(
            channel=NAME,
            delivery_key=keyed(self._delivery_secret, "end", session),
            session=session,
            line=optional_field(form, "serviceCode"),
            phone=_phone(form, "phoneNumber"),
            dropped=optional_field(form, "status").casefold() != "success",
        )

    def read_report(self, form: Form) -> DeliveryReport:
        """`id`, `status`, `phoneNumber`: only a phone that is switched off sends one, the others show what they got."""
        gateway_id = required_field(form, "id")
        said = required_field(form, "status").casefold()
        phone = _phone(form, "phoneNumber")
        statuses = {"success": ReportStatus.DELIVERED, "sent": ReportStatus.SENT, "failed": ReportStatus.FAILED}
        return DeliveryReport(
            channel=NAME,
            delivery_key=keyed(self._delivery_secret, "report", gateway_id, said),
            gateway_id=gateway_id,
            phone=phone,
            status=statuses.get(said, ReportStatus.OTHER),
            reason="",
        )

    def read_opt_out(self, form: Form) -> OptedOut:
        """`senderId`, `phoneNumber`; repeats of one day are one wish."""
        sender = required_field(form, "senderId")
        phone = _phone(form, "phoneNumber")
        key = keyed(self._delivery_secret, "opt-out", sender, phone, self._clock().date().isoformat())
        return OptedOut(channel=NAME, delivery_key=key, phone=phone, sender=sender)

    def send(self, message: OutboundText) -> Result:
        """Show a text on a phone. Any number is taken: without a gateway nothing can reach a real one."""
        self._deliver(message)
        return Accepted(gateway_id=f"sim-{message.message_id}")


def _phone(form: Form, name: str) -> str:
    """A simulated phone. Others are refused, not ignored: no network repeats this form, a person sees the line."""
    required_field(form, name)
    phone = simulated_phone(form[name])
    if phone is None:
        raise FormError(f"The field {name} is no phone of the simulator: those begin with +999.")
    return phone
