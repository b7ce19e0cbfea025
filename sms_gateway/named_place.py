"""Keeps the town that a person named in a conversation, so that a counter near it can be told later."""

from dataclasses import replace

from flows.definition import Ask, Expected
from flows.machine import Machine
from flows.session import Session
from sms_gateway.store import people
from sms_gateway.taking import Taking

_LONGEST = 80


def keep(taking: Taking, machine: Machine, before: Session, after: Session) -> None:
    """Keep what the turn answered to a question of a place, if it did; never from a discreet conversation.

    Sealed: any few words pass for a town. Whoever names another town is of no region until a case asks for it.
    """
    if machine.discreet or len(after.answers) <= len(before.answers):
        return
    given = after.answers[-1]
    step = machine.steps.get(given.step)
    if isinstance(step, Ask) and step.expected is Expected.PLACE and isinstance(given.value, dict):
        parts = (str(given.value[part]) for part in ("place", "postcode") if given.value.get(part))
        if named := " ".join(parts)[:_LONGEST]:
            taking.change_person(place=taking.person.words.seal(named))
            if taking.person.region is not None:
                people.change(taking.tx, taking.person.id, region=None)
                taking.person = replace(taking.person, region=None)
