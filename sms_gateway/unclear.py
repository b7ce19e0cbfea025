"""Keeps a reply that the machine could not read, for an editor to learn from: struck, sealed, never a discreet one."""

from flows.definition import Ask, Expected
from flows.machine import Machine
from flows.reader.unclear import fit_to_learn_from
from flows.session import OpenCase, Reason, Session, Turn
from sms_gateway.store import unclear as stored
from sms_gateway.taking import DIALOGUE, MENU, Taking

_LEARNS = {Expected.CHOICE, Expected.YES_NO}  # what is asked for in free words may be anything, a name too
WISH = "wish"  # the question of the menu


def keep(taking: Taking, machine: Machine, flow: str, before: Session, turn: Turn) -> None:
    """Keep the text of a turn where it was no answer to a question with choices."""
    step = machine.steps.get(before.step)
    if machine.discreet or flow.startswith(DIALOGUE) or not isinstance(step, Ask) or step.expected not in _LEARNS:
        return
    gave_up = any(isinstance(each, OpenCase) and each.reason is Reason.NOT_UNDERSTOOD for each in turn.effects)
    if turn.session.tries > before.tries or gave_up:
        _keep(taking, flow, before.step)


def keep_wish(taking: Taking) -> None:
    """Keep words with no question open that name nothing we have."""
    _keep(taking, MENU, WISH)


def _keep(taking: Taking, flow: str, step: str) -> None:
    shown = fit_to_learn_from(taking.words, language=taking.language, country=taking.service.country)
    if shown is None or taking.person.seal is None:
        return
    stored.add(
        taking.tx,
        taking.service.organisation_id,
        taking.person.id,
        flow=flow,
        step=step,
        language=taking.language,
        body=taking.person.words.seal(shown),
        now=taking.now,
    )
