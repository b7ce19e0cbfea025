"""A text within 14 days after a case was closed: is it the same matter? It is queued before that is asked.

Not guessed, and nothing hangs on the reply: docs/decisions/0012-same-matter.md.
"""

from flows.session import Reason, Reply
from sms_gateway import turns
from sms_gateway.cases import desk
from sms_gateway.store import sessions
from sms_gateway.store.sessions import Stored
from sms_gateway.taking import DIALOGUE, Taking

ASKED = DIALOGUE + "same_matter"
_HELPED = {"yes": True, "no": False}


def ask(taking: Taking, stored: Stored | None) -> bool:
    """Open the case that was closed last with these words, and ask whether they are about it; False: there is none."""
    before = desk.open_again(
        taking.tx,
        taking.services,
        taking.person,
        taking.service,
        event_id=taking.event_id,
        words=taking.words,
        now=taking.now,
    )
    if before is None:
        return False
    taking.put_aside(stored)
    turns.start_dialogue(
        taking,
        "same_matter",
        case=str(before.number),
        seq=str(before.seq),
        outcome=before.outcome,
        helped=next((word for word, helped in _HELPED.items() if helped is before.helped), ""),
    )
    return True


def was_asked(taking: Taking, session_id: int) -> bool:
    """Whether a session is this question."""
    return bool(session_id) and sessions.flow_of(taking.tx, session_id) == ASKED


def same(taking: Taking, *, has_words: bool) -> bool:
    """It is: the case was opened already. Further words join it; False where it was closed again meanwhile."""
    standing = desk.standing(taking.tx, taking.person, now=taking.now)
    if standing is None:
        return False
    if has_words:
        desk.citizen_wrote(
            taking.tx,
            taking.services,
            taking.person,
            taking.service,
            event_id=taking.event_id,
            words=taking.words,
            now=taking.now,
        )
    taking.promised = True
    said = taking.phrase("reopened", case=str(standing.number), by=taking.by(standing.by))
    taking.said.append(Reply(said, keep=True))
    return True


def another(taking: Taking, session_id: int) -> desk.Promise | None:
    """It is something else: the texts go to a case of their own; None where somebody reads them already."""
    asked = sessions.find(taking.tx, taking.person, session_id)
    if asked is None:
        return None
    values = asked.place.values
    before = desk.OpenedAgain(
        int(values["case"]), int(values["seq"]), values["outcome"], _HELPED.get(values.get("helped", ""))
    )
    return desk.leave_for_another(
        taking.tx,
        taking.services,
        taking.person,
        taking.service,
        before,
        line_id=taking.line_id,
        language=taking.language,
        reason=Reason.ASKED,
        now=taking.now,
    )
