"""What of a session can matter later: two sessions with the same state have the same future, words of values aside.

Left out: an answer that no step from here on reads; what lies under the last answer (that an answer taken back gives
the state before it is looked at for each answer, so what is under it was visited); which number of a class, which
place, which name it was; on which page the last answer was given.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from flows.asking import sms_groups
from flows.definition import Ask, Decide, Do, Expected, targets
from flows.explorer.classes import class_of
from flows.machine import Machine
from flows.session import Answer, Channel, Session

__all__ = ["Reading", "readings", "state_of"]

State = tuple[Hashable, ...]
Reading = Mapping[str, frozenset[str]]


def readings(machine: Machine) -> Reading:
    """For each step, the questions whose answers it or a step after it reads."""
    own = {name: frozenset(_reads(machine, name)) for name in machine.steps}
    after: dict[str, frozenset[str]] = dict(own)
    changed = True
    while changed:
        changed = False
        for name, step in machine.steps.items():
            known = after[name].union(*(after.get(target, frozenset()) for target, _ in targets(step)))
            if known != after[name]:
                after[name], changed = known, True
    return after


def _reads(machine: Machine, name: str) -> set[str]:
    step = machine.steps[name]
    read = {each for voice in machine.voices.values() for path in voice.templates if path.startswith(f"{name}.")
            for each in voice.names(path)}
    if isinstance(step, Decide):
        read |= {condition.step for row in step.rows for condition in row.when}
    if isinstance(step, Do) and step.answer_of:
        read.add(step.answer_of)
    return {each for each in read if isinstance(machine.steps.get(each), Ask)}


def state_of(machine: Machine, session: Session, read: Reading) -> State:
    """What tells this session from others."""
    live = read.get(session.step, frozenset()).union(*(read.get(part.partition("#")[0], ()) for part in session.lead))
    last = session.answers[-1] if session.answers else None
    return (
        session.step,
        session.channel,
        session.language,
        session.status,
        session.tries,
        _page(machine, session),
        session.lead,
        session.aside,
        _told(machine, session.step, session.guess),
        (last.step, last.page > 0, last.lead) if last else None,
        tuple(
            sorted((each.step, _told(machine, each.step, each.value)) for each in _latest(session) if each.step in live)
        ),
    )


def _page(machine: Machine, session: Session) -> int:
    """Where the screen begins; of a text only which group of options it holds."""
    if session.channel is Channel.USSD:
        return session.page
    options = machine.options.get((machine.spoken(session.language), session.step), ())
    return min(session.page, max(sms_groups(len(options)) - 1, 0))


def _latest(session: Session) -> list[Answer]:
    return list({each.step: each for each in session.answers}.values())


def _told(machine: Machine, step: str, value: object) -> str:
    """What the flow can tell of an answer."""
    asked = machine.steps.get(step)
    if value is None or not isinstance(asked, Ask):
        return ""
    if asked.expected in {Expected.CHOICE, Expected.YES_NO}:
        return str(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(class_of(machine, step, value))
    return "given"
