"""Why an answer is read before it leaves, in plain words for its writer and for whoever reads it."""

from collections.abc import Iterable

from sms_gateway.cases.desk import Reason
from sms_gateway.web.words import _


def why_read(reasons: Iterable[Reason]) -> list[str]:
    """One sentence a reason, in the reader's language."""
    words = {
        Reason.PHONE: _("It holds a phone number that is not on our list."),
        Reason.MAIL: _("It holds an e-mail address that is not on our list."),
        Reason.LINK: _("It holds a link that is not on our list."),
        Reason.SECRET: _("It asks for a code, a password, a card or an account number."),
        Reason.NEWCOMER: _("It is among the first answers of somebody who begins."),
    }
    return [words[one] for one in reasons]
