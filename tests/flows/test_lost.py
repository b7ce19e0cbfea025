"""Whoever says that a question was not understood reads other words, with the keys, then reaches a person."""

import pytest

from flows.effects import OpenCase, Reason
from flows.session import Channel
from tests.flows.talking import Phone, machine_of

FLOW = """
title: Carte perdue
languages: [fr]
keywords: [carte]
start: carte
steps:
  carte:
    ask: Votre carte est perdue ou volée ?
    {more}
    choices: {{perdue: {{label: Perdue, go: fin}}, volee: {{label: Volée, go: fin}}}}
  fin: {{end: Bon courage.}}
"""
SIMPLER = "simpler: Qu'est-ce qui est arrivé à votre carte ?"
HELP = 'help: "La carte est le papier bleu avec votre photo."'
BOTH = f"{SIMPLER}\n    {HELP}"
LOST = ("sielewi", "I dont understand", "what?", "je comprends pas")


def phone(more: str, channel: Channel = Channel.SMS) -> Phone:
    return Phone(machine_of(FLOW.format(more=more)), channel)


@pytest.mark.parametrize("words", LOST)
@pytest.mark.parametrize(("more", "told"), [(SIMPLER, "est arrivé à votre"), (HELP, "le papier bleu"), ("", "0 :")])
def test_nobody_who_is_lost_reads_the_same_again(words: str, more: str, told: str) -> None:
    begun = phone(more)
    before = "\n".join(begun.texts)
    said = "\n".join(begun.send(words).texts)
    assert told in said
    assert "0 Une personne" in said
    assert said != before
    assert begun.send("1").session.step == "fin"


@pytest.mark.parametrize(("more", "explained"), [("", 1), (SIMPLER, 1), (HELP, 2), (BOTH, 2)])
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.USSD])
def test_who_is_still_lost_reaches_a_person_after_two_explanations_at_most(
    more: str, explained: int, channel: Channel
) -> None:
    begun = phone(more, channel)
    for _number in range(explained):
        assert begun.effects == begun.send("je comprends pas").effects == ()
    (case,) = begun.send("je comprends pas").effects
    assert isinstance(case, OpenCase)
    assert (case.reason, case.words) == (Reason.NOT_UNDERSTOOD, "je comprends pas")


def test_a_question_is_repeated_with_its_keys_and_counts_no_try() -> None:
    said = phone(SIMPLER).send("répétez")
    assert "Votre carte est perdue ou volée" in "\n".join(said.texts)
    assert "0 Une personne" in "\n".join(said.texts)
    assert said.session.tries == 0
