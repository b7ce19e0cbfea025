"""Keeps the town that a person named in a conversation, so that a counter near it can be told later."""

from flows.definition import Ask, Expected
from flows.machine import Machine
from flows.session import Session
from sms_gateway.taking import Taking

_LONGEST = 80


def keep(taking: Taking, machine: Machine, before: Session, after: Session) -> None:
    """Keep what the turn answered to a question of a place, if it did; never from a discreet conversation.

    Sealed: any few words pass for a town.
    """
    if machine.discreet or len(after.answers) <= len(before.answers):
        return
    given = after.answers[-1]
    step = machine.steps.get(given.step)
    if isinstance(step, Ask) and step.expected is Expected.PLACE and isinstance(given.value, dict):
        parts = (str(given.value[part]) for part in ("place", "postcode") if given.value.get(part))
        if named := " ".join(parts)[:_LONGEST]:
            taking.change_person(place=taking.person.words.seal(named))
