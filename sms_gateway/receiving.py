"""Who takes what gateways hand us: one function a kind, for the hooks and for the spool alike."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from sms_gateway import conversations, settling
from sms_gateway.channels.base import DeliveryReport, HopsEnded, InboundHop, InboundText, OptedOut
from sms_gateway.context import Services
from sms_gateway.errors import StoreUnavailable
from sms_gateway.store.database import is_unavailable

# All that can wait for its answer. A hop can't: it is a screen now, or none.
Inbound = InboundText | HopsEnded | DeliveryReport | OptedOut


class Screen(Protocol):
    """What a hop is answered with."""

    @property
    def text(self) -> str:
        """The words on the phone."""

    @property
    def ends(self) -> bool:
        """True where the session is over with it."""


@dataclass(frozen=True)
class Receivers:
    """Who takes what came in; each commits before it returns, or raises StoreUnavailable."""

    text: Callable[[Services, InboundText], None]
    hop: Callable[[Services, InboundHop], Screen]
    end: Callable[[Services, HopsEnded], None]
    report: Callable[[Services, DeliveryReport], None]
    opt_out: Callable[[Services, OptedOut], None]

    def take(self, services: Services, inbound: Inbound) -> None:
        """Whatever came in, to the one that takes it."""
        try:
            self._take(services, inbound)
        except DBAPIError as error:
            if is_unavailable(error):
                raise StoreUnavailable("The database can't take anything now.") from error
            raise

    def _take(self, services: Services, inbound: Inbound) -> None:
        match inbound:
            case InboundText():
                self.text(services, inbound)
            case HopsEnded():
                self.end(services, inbound)
            case DeliveryReport():
                self.report(services, inbound)
            case OptedOut():
                self.opt_out(services, inbound)


OURS = Receivers(
    text=conversations.receive_text,
    hop=conversations.receive_hop,
    end=conversations.receive_end,
    report=settling.record_report,
    opt_out=conversations.receive_opt_out,
)
