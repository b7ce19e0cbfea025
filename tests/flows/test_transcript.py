"""A written conversation is played through the real engine; a difference is told so that a reader sees it."""

from pathlib import Path

import pytest

from flows import packaged
from flows.bundle import freeze
from flows.compiler import compile_bundle
from flows.machine import Machine
from flows.parser import parse
from flows.transcript import TranscriptError, play, play_text, retell, retell_text
from tests.flows.talking import LOST_CARD

GOOD = """# a person whose card was stolen
flow: carte
channel: sms
today: 2026-03-12

> carte volee
< Votre carte est perdue ou volée ?
  1 Perdue
  2 Volée
  0 Une personne
> 2
< Allez d'abord à la police.
  Vous avez combien d'années ? Exemple : 34
> 34
< Prenez une photo, un timbre à 25 euros et une preuve d'adresse.
< Avez-vous reçu votre carte ?
  1 Oui
  2 Non
> non
! case opened: handoff, papiers, within 1 day: Carte Volée, 34 ans : rien de la mairie
> toujours rien
! added to case: toujours rien
@ case ended settled
< Bon courage.
  0 Une personne
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "carte.yaml").write_text(LOST_CARD)
    path = tmp_path / "carte.transcript"
    path.write_text(GOOD)
    return path


def test_a_conversation_that_goes_as_written_has_no_difference(written):
    assert play(written) == []


def test_retelling_gives_the_same_conversation(written):
    told = retell(written)
    assert "recu votre carte" in told
    written.write_text(told)
    assert play(written) == []


def test_a_difference_shows_what_was_written_and_what_came(written):
    written.write_text(GOOD.replace("Bon courage.", "Au revoir."))
    (difference,) = play(written)
    assert str(difference) == (
        f"{written}, line 24: after @ case ended settled\n"
        "    - < Au revoir.\n        0 Une personne\n"
        "    + < Bon courage.\n        0 Une personne"
    )


def test_a_reply_that_nobody_wrote_down_is_a_difference(written):
    written.write_text(GOOD.replace("! added to case: toujours rien\n", ""))
    (difference,) = play(written)
    assert difference.actual == ("! added to case: toujours rien",)


def test_a_ussd_conversation_shows_its_screens_and_what_is_kept(written):
    written.write_text("""flow: carte
channel: ussd
today: 2026-03-12

< Votre carte est perdue ou volée ?
  1 Perdue
  2 Volée
  0 Une personne
> 1
< Vous avez combien d'années ? Exemple : 34
  00 Une personne
  09 Retour
> 34
< Prenez une photo, un timbre à 25 euros et une preuve d'adresse.
  Avez-vous reçu votre carte ?
  1 Oui
  2 Non
  0 Une personne
  9 Retour
<< Prenez une photo, un timbre à 25 euros et une preuve d'adresse.
@ channel sms
> 0
! case opened: asked, papiers: Carte d'identité perdue ou volée. Perdue, 34
@ today 2027-01-02
> 1
< Bon courage.
  0 Une personne
""")
    assert play(written) == []


def test_a_dialogue_of_the_machines_own_is_played_with_its_values(tmp_path):
    path = tmp_path / "closed.transcript"
    path.write_text("""dialogue: case_closed
country: kenya
language: en
today: 2026-03-12
value case: 4271

< We have finished request number 4271. Did it help you?
  1 Yes
  2 No
  0 A person
> no
! helped: no
! case reopened
""")
    assert play(path) == []


@pytest.mark.parametrize("answer_within", ["23 hours", "2 working days"])
def test_a_conversation_tells_by_when_a_hand_off_is_answered(answer_within):
    assert play_text(_machine(LOST_CARD), GOOD, "carte") == []
    changed = LOST_CARD.replace("answer_within: 1 working day", f"answer_within: {answer_within}")
    (difference,) = play_text(_machine(changed), GOOD, "carte")
    assert not difference.acceptable


def test_a_conversation_from_before_agrees_to_any_time_and_is_told_anew_with_it():
    before = GOOD.replace(", within 1 day", "")
    (difference,) = play_text(_machine(LOST_CARD), before, "carte")
    assert difference.acceptable
    assert "handoff, papiers, within 1 day: Carte" in retell_text(_machine(LOST_CARD), before, "carte")


def _machine(text: str) -> Machine:
    definition = parse(text, file="carte")
    content = freeze(definition, code="carte", country="france", source_language="fr", common=packaged.common())
    return compile_bundle(content)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("today: 2026-03-12\n", "Write `flow:"),
        ("flow: carte\n", "Write `today: 2026-03-12`"),
        ("flow: carte\ntoday: demain\n", "Write `today: 2026-03-12`"),
        ("flow: carte\ntoday: 2026-03-12\nchanel: sms\n", "`chanel` is not known"),
        ("flow: carte\ntoday: 2026-03-12\n> 1\nbonjour\n", "line 4: begin the line with"),
    ],
)
def test_a_transcript_that_can_not_be_read_says_what_to_write(written, text, told):
    written.write_text(text)
    with pytest.raises(TranscriptError, match=told):
        play(written)
