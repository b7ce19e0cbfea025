"""A question some days after the end: the steps and the sentences that a machine has for it.

A step `suivi` that asks again is three in a machine: `suivi` says the last words and sleeps, `suivi/asked` is the
question once the days have passed, `suivi/came` thanks whoever says yes. Its author writes one.
"""

from __future__ import annotations

from collections.abc import Mapping

from flows.bundle import FOLLOW_UP_PHRASE, split_phrase
from flows.definition import Ask, AskAgain, Choice, Definition, End, Expected, Step, Words

__all__ = ["asked_name", "steps_of_machine", "with_follow_ups"]


def asked_name(name: str) -> str:
    """The name of the question of a step that asks again."""
    return f"{name}/asked"


def _came_name(name: str) -> str:
    return f"{name}/came"


def steps_of_machine(definition: Definition) -> dict[str, Step]:
    """Every step that a person can be at."""
    steps: dict[str, Step] = {}
    for name, step in definition.steps.items():
        steps[name] = step
        if isinstance(step, AskAgain):
            steps |= {each.name: each for each in (_question(step), _thanks(step))}
    return steps


def with_follow_ups(definition: Definition, said: Mapping[str, str], phrases: Mapping[str, str]) -> dict[str, str]:
    """The sentences of a language with those of the questions that come later, by the machine's paths."""
    every = dict(said)
    for name, step in definition.steps.items():
        if isinstance(step, AskAgain):
            yes, no = split_phrase(phrases["nearly"]).labels
            every |= {
                f"{asked_name(name)}.ask": said[f"{name}.ask_again"],
                f"{asked_name(name)}.choices.yes": yes,
                f"{asked_name(name)}.choices.no": no,
                f"{_came_name(name)}.end": phrases[FOLLOW_UP_PHRASE],
            }
    return every


def _question(step: AskAgain) -> Ask:
    name, label = asked_name(step.name), Words("", step.line)
    choices = (
        Choice("yes", label, _came_name(step.name), line=step.line),
        Choice("no", label, step.if_no, line=step.line),
    )
    return Ask(name, step.words, Expected.YES_NO, choices, line=step.line)


def _thanks(step: AskAgain) -> End:
    return End(_came_name(step.name), Words("", step.line, FOLLOW_UP_PHRASE), step.line)
