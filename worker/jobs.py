"""What a doorbell wakes: each job takes an id, and is harmless when it is run twice."""

from sms_gateway import conversations, outbox
from sms_gateway.cases import desk
from sms_gateway.wiring import current_services


def send_message(message_id: str) -> None:
    """Send what is next for the phone that this message goes to; harmless when it has already left."""
    services = current_services()
    if claimed := outbox.claim(services, int(message_id), now=services.clock()):
        outbox.deliver(services, claimed)


def take_event(event_id: str) -> None:
    """Take one waiting event of a person in a turn; harmless when a turn has taken it."""
    conversations.take_event(current_services(), int(event_id))


def leave_version(_version_id: str) -> None:
    """Send those who are in a withdrawn version to a person, a batch at a time; harmless once nobody is in one."""
    while conversations.leave_withdrawn(current_services()):
        pass


def act_on_case(case_id: str) -> None:
    """Do what is due for a case; harmless when nothing is."""
    services = current_services()
    desk.act_on_deadline(services, int(case_id), now=services.clock())


def raise_answer(message_id: str) -> None:
    """Tell its case that an answer did not arrive; harmless when it was told."""
    services = current_services()
    desk.raise_answer(services, int(message_id), now=services.clock())
