"""Why somebody rests, or might like to: for themselves, and for a coordinator who asks how they are."""

from sms_gateway.cases.desk import WhyRest
from sms_gateway.web.words import _


def said_to_them(why: WhyRest) -> str:
    """To the volunteer."""
    return {
        WhyRest.DANGER: _("You answered somebody in danger. That weighs on anybody."),
        WhyRest.SEVERAL: _("You answered several urgent cases, one after the other."),
        WhyRest.LONG: _("You have answered for three hours without a break."),
    }[why]


def said_of_them(why: WhyRest) -> str:
    """To their coordinator."""
    return {
        WhyRest.DANGER: _("after a case of danger"),
        WhyRest.SEVERAL: _("after several urgent cases"),
        WhyRest.LONG: _("three hours without a break"),
    }[why]
