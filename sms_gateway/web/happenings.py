"""What has just happened, said from the journal and the mailbox: ids and names alone, never a word or a number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sms_gateway.cases.case import What
from sms_gateway.store.tables import EventKind
from sms_gateway.web.case_words import name_of
from sms_gateway.web.words import _


@dataclass(frozen=True)
class Happening:
    """One line: when, and a sentence. `mark` tells it from the others."""

    at: datetime
    words: str
    mark: str


def from_journal(row: Any, *, number: int | None, country: str) -> Happening | None:
    """A row of the journal (with its account's `name`) as a sentence; None for what tells a visitor nothing."""
    case, name = str(number or ""), row.name or _("Somebody")
    flow = name_of(country, str((row.detail or {}).get("flow", "")))
    sentences = {
        What.OPENED: _("Case %(case)s opens.", case=case),
        What.JOINED: _("The text joins case %(case)s.", case=case),
        What.OFFERED: _("Case %(case)s is offered to %(name)s.", case=case, name=name),
        What.DECLINED: _("%(name)s leaves it to somebody else.", name=name),
        What.EXPIRED: _("The offer to %(name)s ran out.", name=name),
        What.TAKEN: _("%(name)s takes case %(case)s.", name=name, case=case),
        What.LEASE_OVER: _("Case %(case)s goes back: no answer in time.", case=case),
        What.PASSED_ON: _("%(name)s passes case %(case)s on.", name=name, case=case),
        What.REASSIGNED: _("Case %(case)s changes hands.", case=case),
        What.ANSWERED: _("%(name)s answers.", name=name),
        "called": _("%(name)s has called the citizen.", name=name),
        "number_shown": _("%(name)s saw the phone number.", name=name),
        What.MERGED: _("Another case goes into case %(case)s: it is the same matter.", case=case),
        What.UNDELIVERED: _("The answer did not arrive: case %(case)s waits again.", case=case),
        What.SENT_AGAIN: _("%(name)s sends the answer again.", name=name),
        What.UNREACHABLE: _("Nothing arrives: case %(case)s goes to the desk.", case=case),
        What.ESCALATED: _("Case %(case)s goes to the desk.", case=case),
        What.CORRECTED: _("A new hour is promised."),
        What.BROKEN: _("A promise is broken."),
        What.CLOSED: _("Case %(case)s is closed.", case=case),
        What.REOPENED: _("Case %(case)s opens again.", case=case),
        What.PARKED: _("Case %(case)s waits for a day.", case=case),
        What.HELD: _("An answer of %(name)s waits before it leaves.", name=name),
        What.TAKEN_BACK: _("%(name)s takes an answer back.", name=name),
        What.GIVEN_BACK: _("An answer is given back to %(name)s.", name=name),
        "answer_let_go": _("A coordinator lets an answer of %(name)s leave.", name=name),
        "rest_began": _("%(name)s rests after this case.", name=name),
        "danger_alerted": _("The team is told of the danger."),
        What.UNPARKED: _("Case %(case)s comes back to whoever has it.", case=case),
        "texts_moved": _("What the citizen wrote goes into case %(case)s.", case=case),
        "new_matter": _("It is another matter: a new case."),
        "flow_begun": _("The counter begins “%(flow)s”.", flow=flow),
        "stopped": _("No more texts to the citizen."),
        "person_erased": _("What the citizen wrote is erased."),
        "text_withheld": _("A text is held back: the citizen said STOP."),
    }
    words = sentences.get(row.what)
    return Happening(row.at, words, f"j{row.id}") if words else None


def from_mailbox(row: Any) -> Happening | None:
    """An event of the citizen's mailbox as a sentence."""
    sentences = {
        EventKind.TEXT: _("The citizen sends a text."),
        EventKind.HOP: _("The citizen dials, or answers a screen."),
        EventKind.HOPS_ENDED: _("The call ends."),
        EventKind.OUTCOME: _("The citizen is asked whether it helped."),
        EventKind.WITHDRAWN: _("What the citizen was reading is withdrawn: a person takes over."),
    }
    words = sentences.get(row.kind)
    return Happening(row.received_at, words, f"e{row.id}") if words else None
