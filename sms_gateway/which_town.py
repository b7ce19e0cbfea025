"""Asks for the town of somebody who wants a counter, and names the one near it; twice at most.

Whatever is written meanwhile stands in the case: what looks like a town may have been meant for whoever answers.
"""

from flows.session import Reply
from sms_gateway import turns
from sms_gateway.cases import desk
from sms_gateway.cases.nearest_counter import knows_place
from sms_gateway.store import sessions
from sms_gateway.store.sessions import Stored
from sms_gateway.store.tables import SessionStatus
from sms_gateway.taking import DIALOGUE, Taking

_FIRST, _AGAIN = "which_town", "which_town_again"
_BELOW = "below"  # the conversation that was put aside for the question, by its id


def ask(taking: Taking) -> None:
    """Ask which town; the question that was open comes back after it."""
    stored = taking.active_session()
    taking.put_aside(stored)
    turns.start_dialogue(taking, _FIRST, **{_BELOW: str(stored.id) if stored is not None else ""})


def is_asked(stored: Stored | None) -> bool:
    """Whether the open question is this one."""
    return stored is not None and stored.flow in {DIALOGUE + _FIRST, DIALOGUE + _AGAIN}


def leave(taking: Taking, stored: Stored) -> None:
    """The words were no town: the question ends, and what was open before it is open again."""
    taking.put_aside(stored)
    _come_back(taking, stored)


def tell(taking: Taking, session_id: int) -> bool:
    """Say the counter near the town that was just written; False where there is none to say, and no case any more."""
    asked = sessions.find(taking.tx, taking.person, session_id)
    again = asked is not None and asked.flow == DIALOGUE + _AGAIN
    answered = desk.answer_town(taking.tx, taking.person, taking.service, may_ask=not again, now=taking.now)
    if not knows_place(taking.tx, taking.person):
        taking.change_person(place=None)  # it was no town
    if answered is None or asked is None:
        return False
    if answered.asks_town:
        turns.start_dialogue(taking, _AGAIN, **{_BELOW: asked.place.values.get(_BELOW, "")})
        return True
    taking.said.append(Reply(answered.words, keep=True))
    _come_back(taking, asked)
    return True


def _come_back(taking: Taking, asked: Stored) -> None:
    below = asked.place.values.get(_BELOW, "")
    stored = sessions.find(taking.tx, taking.person, int(below)) if below else None
    if stored is not None and stored.status is SessionStatus.PARKED and stored.case_id is None:
        taking.set_status(stored, SessionStatus.ACTIVE)
