"""What a phone is told when nothing can be stored: made at the start, so that saying it needs nothing else."""

from collections.abc import Mapping

from sms_gateway import phrases
from sms_gateway.services import told_lines
from sms_gateway.settings import Settings


def apologies(settings: Settings) -> Mapping[str, str]:
    """The screen for each USSD code, in its service's first language, with the emergency number of its country."""
    return {
        line.address: phrases.say(line.language, "cannot_serve_now", emergency=phrases.emergency(line.country))
        for line in told_lines(settings)
        if line.kind == "ussd"
    }
