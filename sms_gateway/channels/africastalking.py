"""Africa's Talking: its forms read into our values, our texts sent through its SDK, its many answers told apart.

The SDK's faults are met here: it loses the HTTP status, returns text where JSON has a charset, checks numbers loosely,
and has globals and threads that we leave alone. Field names and codes: docs of the gateway and of its integrators.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests  # the SDK's own client, whose errors it lets through
from africastalking.Service import AfricasTalkingException
from africastalking.SMS import SMSService
from urllib3.exceptions import MaxRetryError, NewConnectionError

from sms_gateway.channels.base import (
    FIELD_LIMIT,
    Accepted,
    DeliveryReport,
    Form,
    HopsEnded,
    Ignored,
    InboundHop,
    InboundText,
    OptedOut,
    OutboundText,
    RefusalKind,
    Refused,
    ReportStatus,
    Result,
    Unknown,
    clean_text,
    gateway_time,
    inbound_phone,
    keyed,
    line_address,
    optional_field,
    required_field,
    session_text,
)
from sms_gateway.errors import FormError

NAME = "africastalking"
TIMEOUT = (3.05, 9.05)  # seconds to connect, to wait for each part of the answer: the SDK's own

# Recipient `statusCode`: None is accepted. Sources differ on 407 and 502 (one more try helps now and then) and on 409
# (hours that we don't know): where trying again costs and seldom helps, it is permanent.
STATUS_CODES: Mapping[int, tuple[str, RefusalKind | None]] = {
    100: ("Processed", None),
    101: ("Sent", None),
    102: ("Queued", None),
    401: ("RiskHold", RefusalKind.PERMANENT),
    402: ("InvalidSenderId", RefusalKind.CONFIGURATION),
    403: ("InvalidPhoneNumber", RefusalKind.PERMANENT),
    404: ("UnsupportedNumberType", RefusalKind.PERMANENT),
    405: ("InsufficientBalance", RefusalKind.CONFIGURATION),
    406: ("UserInBlacklist", RefusalKind.OPTED_OUT),
    407: ("CouldNotRoute", RefusalKind.PERMANENT),
    409: ("DoNotDisturbRejection", RefusalKind.PERMANENT),
    500: ("InternalServerError", RefusalKind.TEMPORARY),
    501: ("GatewayError", RefusalKind.TEMPORARY),
    502: ("RejectedByGateway", RefusalKind.TEMPORARY),
}
REPORT_STATUSES: Mapping[str, ReportStatus] = {
    "sent": ReportStatus.SENT,
    "submitted": ReportStatus.SENT,
    "buffered": ReportStatus.SENT,
    "success": ReportStatus.DELIVERED,
    "delivered": ReportStatus.DELIVERED,
    "rejected": ReportStatus.FAILED,
    "failed": ReportStatus.FAILED,
    "expired": ReportStatus.FAILED,
    "absentsubscriber": ReportStatus.ABSENT,
}
_UNANSWERABLE = "not a phone that can be answered"


@dataclass(frozen=True)
class Account:
    """An account at Africa's Talking; `url` is the root of a stand-in, None for the SDK's own hosts."""

    username: str
    api_key: str = field(repr=False)
    url: str | None = None


class AfricasTalking:
    """The adapter. Forms are read without any account; a text leaves only from a line that has one."""

    name = NAME

    def __init__(
        self,
        *,
        account_of: Callable[[str], Account | None],
        delivery_secret: bytes,
        clock: Callable[[], datetime],
        timeout: tuple[float, float] = TIMEOUT,
    ) -> None:
        self._account_of = account_of  # by the address of the line that sends
        self._delivery_secret = delivery_secret
        self._clock = clock
        self._timeout = timeout

    def read_text(self, form: Form) -> InboundText | Ignored:
        """`id`, `from`, `to`, `text`, `date`. A name or a short code in `from` (`MTN`) is ignored.

        Not refused: nobody could be answered there, two machines would answer each other, and a 400 makes the gateway
        repeat the form for ten minutes.
        """
        gateway_id = self._key_of_id(form, "id")
        sender = _sent_phone(form, "from")
        line = line_address(form, "to")
        phone = inbound_phone(sender)
        if phone is None:
            return Ignored(_UNANSWERABLE)
        return InboundText(
            channel=NAME,
            delivery_key=gateway_id,
            line=line,
            phone=phone,
            text=clean_text(form.get("text", "")),
            sent_at=gateway_time(form.get("date", "")),
        )

    def read_hop(self, form: Form) -> InboundHop:
        """`sessionId`, `phoneNumber`, `serviceCode`, `text`. The key is of the session and of all that it typed."""
        session = required_field(form, "sessionId")
        line = line_address(form, "serviceCode")
        phone = _answerable_phone(form)
        return InboundHop(
            channel=NAME,
            delivery_key=self._keyed("ussd", session, form.get("text", "")),
            session=session,
            line=line,
            phone=phone,
            text=session_text(form, "text"),
        )

    def read_end(self, form: Form) -> HopsEnded:
        """`sessionId`, `phoneNumber`, `status`: anything but `Success` broke off before a screen of ours ended it."""
        session = required_field(form, "sessionId")
        phone = _answerable_phone(form)
        return HopsEnded(
            channel=NAME,
            delivery_key=self._keyed("end", session),
            session=session,
            line=optional_field(form, "serviceCode"),
            phone=phone,
            dropped=optional_field(form, "status").casefold() != "success",
        )

    def read_report(self, form: Form) -> DeliveryReport | Ignored:
        """`id`, `status`, `phoneNumber`, `failureReason`. A status that we don't know is `OTHER`, with its word."""
        gateway_id = required_field(form, "id")
        said = required_field(form, "status")
        phone = inbound_phone(_sent_phone(form, "phoneNumber"))
        if phone is None:
            return Ignored(_UNANSWERABLE)
        status = REPORT_STATUSES.get(said.casefold(), ReportStatus.OTHER)
        return DeliveryReport(
            channel=NAME,
            delivery_key=self._keyed("report", gateway_id, said),
            gateway_id=gateway_id,
            phone=phone,
            status=status,
            reason=_word(said if status is ReportStatus.OTHER else form.get("failureReason", "")),
        )

    def read_opt_out(self, form: Form) -> OptedOut | Ignored:
        """`senderId`, `phoneNumber`. It has no id: repeats of one day are one, another day's is a new wish."""
        sender = required_field(form, "senderId")
        phone = inbound_phone(_sent_phone(form, "phoneNumber"))
        if phone is None:
            return Ignored(_UNANSWERABLE)
        key = self._keyed("opt-out", sender, phone, self._clock().date().isoformat())
        return OptedOut(channel=NAME, delivery_key=key, phone=phone, sender=sender)

    def send(self, message: OutboundText) -> Result:
        """One text through the SDK. Who may be written to is decided before; here a number only has to be one."""
        account = self._account_of(message.line)
        if account is None:
            return Refused("this line has no account at Africa's Talking", RefusalKind.CONFIGURATION)
        if inbound_phone(message.phone) != message.phone:
            return Refused("not an international number", RefusalKind.PERMANENT)
        answers: list[requests.Response] = []
        try:
            answer = _sms_service(account, answers).send(
                message.body,
                [message.phone],
                # A USSD code can't be a sender: the network then shows the account's own.
                sender_id=None if message.line.startswith("*") else message.line,
                timeout=self._timeout,
            )
        except AfricasTalkingException:
            return _refused_by_status(answers[-1].status_code if answers else None)
        except requests.exceptions.RequestException as error:
            return _broken(error)
        except (ValueError, RecursionError):
            return Unknown("the answer is no JSON")
        return read_answer(answer, phone=message.phone)

    def _key_of_id(self, form: Form, name: str) -> str:
        """The gateway's id, or its hash where it is longer than any that was seen."""
        gateway_id = required_field(form, name, limit=8 * FIELD_LIMIT)
        return gateway_id if len(gateway_id) <= FIELD_LIMIT else self._keyed("sms", gateway_id)

    def _keyed(self, kind: str, *parts: str) -> str:
        return keyed(self._delivery_secret, kind, *parts)


def _sent_phone(form: Form, name: str) -> str:
    """The field as it came, for `inbound_phone` to read: a leading space is an unescaped plus sign."""
    required_field(form, name)
    return form.get(name, "")


def _answerable_phone(form: Form) -> str:
    phone = inbound_phone(_sent_phone(form, "phoneNumber"))
    if phone is None:
        raise FormError("The field phoneNumber is no international number.")
    return phone


def _word(raw: str) -> str:
    """The gateway's own word for a reason: letters only, so that no number or sentence slips into it."""
    return "".join(re.findall("[A-Za-z]", raw))[:64]


def _sms_service(account: Account, answers: list[requests.Response]) -> Any:
    """The SDK's client for one send, pointed at the account's host; what it hears is also put into `answers`.

    The SDK raises without the HTTP status, on which everything turns. So its transport, looked up by its mangled name,
    is replaced on this one object. Should the name change, the SDK's own is used, and a refusal counts as unknown.
    """
    service = SMSService(account.username, account.api_key)
    if account.url is not None:
        service._baseUrl = service._contentUrl = account.url.rstrip("/") + "/version1"

    def post(
        *, url: str, headers: Any, data: Any, params: Any, timeout: Any, callback: None = None
    ) -> requests.Response:
        # A redirect would repeat the text elsewhere as a GET; it is an answer like another.
        answer = requests.post(
            url=url, headers=headers, data=data, params=params, timeout=timeout, allow_redirects=False
        )
        answers.append(answer)
        return answer

    service._Service__make_post_request = post
    return service


def _refused_by_status(status: int | None) -> Result:
    """An HTTP status that is no success. From 500 on, nobody knows what happened before the gateway failed."""
    if status is None or status >= 500:
        return Unknown(f"HTTP {status}")
    if status in {408, 425, 429}:
        return Refused(f"HTTP {status}", RefusalKind.TEMPORARY)
    if status in {400, 413, 422}:
        return Refused(f"HTTP {status}", RefusalKind.PERMANENT)
    return Refused(f"HTTP {status}", RefusalKind.CONFIGURATION)


def _broken(error: requests.exceptions.RequestException) -> Result:
    """Temporary where the connection was never made, unknown from the moment that something could have left."""
    name = type(error).__name__
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return Refused(name, RefusalKind.CONFIGURATION)
    if isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Refused("the gateway's certificate is not trusted", RefusalKind.CONFIGURATION)
    cause = error.args[0] if error.args else None
    no_connection = isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
    if no_connection or isinstance(error, requests.exceptions.ConnectTimeout):
        return Refused(name, RefusalKind.TEMPORARY)
    return Unknown(name)


def read_answer(answer: object, *, phone: str) -> Result:
    """What a 2xx answer says about the one text that we sent. Whatever can't be read may have been a success."""
    if isinstance(answer, str):
        try:
            answer = json.loads(answer)
        except (ValueError, RecursionError):
            return Unknown("the answer is no JSON")
    inside = answer.get("SMSMessageData") if isinstance(answer, dict) else None
    recipients = inside.get("Recipients") if isinstance(inside, dict) else None
    if not isinstance(inside, dict) or not isinstance(recipients, list):
        return Unknown("the answer has no recipients")
    if not recipients:
        return _nobody_taken(str(inside.get("Message", "")))
    if len(recipients) != 1 or not isinstance(recipients[0], dict):
        return Unknown("the answer is about other recipients")
    return _read_recipient(recipients[0], phone=phone)


def _nobody_taken(message: str) -> Refused:
    """An empty list of recipients is a refusal, whatever the HTTP status; its reason stands in the message alone."""
    words = _word(message).casefold()
    for name, kind in STATUS_CODES.values():
        if kind is not None and name.casefold() in words:
            return Refused(name, kind)
    return Refused("no recipient was taken", RefusalKind.TEMPORARY)


def _read_recipient(recipient: Mapping[str, Any], *, phone: str) -> Result:
    number = re.sub(r"[^0-9]", "", str(recipient.get("number", "")))
    if number != phone.removeprefix("+"):
        return Unknown("the answer is about another number")
    code = _whole_number(recipient.get("statusCode"))
    if code not in STATUS_CODES:
        return Unknown(f"status code {code}")
    name, kind = STATUS_CODES[code]
    if kind is not None:
        return Refused(name, kind)
    gateway_id = recipient.get("messageId")
    cost = recipient.get("cost")
    named = isinstance(gateway_id, str) and gateway_id not in {"", "None"} and len(gateway_id) <= FIELD_LIMIT
    return Accepted(
        gateway_id=gateway_id if named else None,
        cost=clean_text(cost, limit=32) if isinstance(cost, str) else None,
    )


def _whole_number(value: object) -> int:
    """The code as a number, -1 for what is none. JSON's true is no number."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
