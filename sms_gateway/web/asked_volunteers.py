"""Who was asked about a case, what came of it, and why they were chosen, in a coordinator's words."""

from dataclasses import dataclass
from datetime import datetime

from sms_gateway.cases.views import CaseView, OfferLine
from sms_gateway.store.tables import OfferState
from sms_gateway.web.countries import language_name
from sms_gateway.web.words import _, ngettext


@dataclass(frozen=True)
class AskedLine:
    """One offer: to whom, when, what became of it, and the reasons of the choice as one sentence each."""

    volunteer: str
    at: datetime
    became: str
    reasons: tuple[str, ...]


def asked_lines(view: CaseView, *, topic: str) -> list[AskedLine]:
    """Every offer of a case, the newest first. `topic`: the case's, in words."""
    newest = sorted(view.offers, key=lambda one: one.offered_at, reverse=True)
    return [AskedLine(one.volunteer, one.offered_at, _became(one), reason_words(one.reasons, topic)) for one in newest]


def reason_words(reasons: tuple[str, ...], topic: str) -> tuple[str, ...]:
    """Reasons such as "circle:neighbours", "offers_24h:2", "of:7" as sentences; an unknown one stays as it is."""
    return tuple(_reason(name, value, topic) for name, _mark, value in (one.partition(":") for one in reasons))


def _became(one: OfferLine) -> str:
    return {
        OfferState.OPEN: _("is asked now"),
        OfferState.TAKEN: _("took it"),
        OfferState.DECLINED: _("left it to somebody else"),
        OfferState.EXPIRED: _("did not answer in time"),
        OfferState.WITHDRAWN: _("somebody else was quicker"),
    }[one.state]


def _reason(name: str, value: str, topic: str) -> str:
    number = int(value) if value.isascii() and value.isdigit() else 0
    match name:
        case "circle":
            return {
                "region": _("knows the topic, in the same region"),
                "neighbours": _("knows the topic, in a region beside it"),
                "topic": _("knows the topic"),
                "anybody": _("everybody for the topic was asked before"),
            }.get(value, value)
        case "language":
            return _("speaks %(language)s", language=language_name(value))
        case "topic":
            return _("answers any topic") if value == "any" else _("answers “%(topic)s”", topic=topic)
        case "knows_the_person":
            return _("answered this person before")
        case "region":
            return _("knows the region")
        case "offers_24h":
            return ngettext("asked %(n)s time in 24 hours", "asked %(n)s times in 24 hours", number)
        case "load":
            return ngettext("%(n)s case in hand", "%(n)s cases in hand", number)
        case "of":
            return ngettext("chosen from %(n)s person", "chosen from %(n)s people", number)
        case "resting":
            return ngettext(
                "%(n)s person rests after a hard case", "%(n)s people rest after a hard case", number
            )
        case "by_themselves":
            return _("took it without being asked")
        case "danger":
            return _("in danger, whoever can be reached is told")
    return f"{name}:{value}" if value else name
