"""A small flow in two languages, with its written conversation: what editors of tests change."""

from flows import packaged
from flows.bundle import freeze
from flows.parser import parse
from tests.flows.talking import LOST_CARD

ENGLISH = {
    "title": "Lost identity card",
    "comment.ask": "Is your card lost or stolen?",
    "comment.choices.perdue": "Lost",
    "comment.choices.volee": "Stolen",
    "plainte.tell.1": "Go to the police first.",
    "age.ask": "How old are you? Example: 34",
    "qui.because.1": "You are under 18.",
    "enfant.tell.1": "Come with a parent.",
    "papiers.tell.1": "Bring a photo, a {timbre} stamp and a proof of address.",
    "recue.ask": "Did you get your card?",
    "fin.end": "Good luck.",
}
STOLEN = """flow: carte
channel: sms
today: 2026-03-12

# stolen
> carte volee
< Votre carte est perdue ou volée ?
  1 Perdue
  2 Volée
  0 Une personne
> volee
< Allez d'abord à la police.
  Vous avez combien d'années ? Exemple : 34
> 34
< Prenez une photo, un timbre à 25 euros et une preuve d'adresse.
< Avez-vous reçu votre carte ?
  1 Oui
  2 Non
> non
! case opened: handoff, papiers, within 1 day: Carte Volée, 34 ans : rien de la mairie
@ case ended settled
< Bon courage.
  0 Une personne
"""


def content(text: str = LOST_CARD, **transcripts: str) -> str:
    """The flow in French and English."""
    definition = parse(text.replace("languages: [fr]", "languages: [fr, en]"), file="carte")
    return freeze(
        definition,
        code="carte",
        country="france",
        source_language="fr",
        common=packaged.common(),
        translations={"en": ENGLISH},
        transcripts=transcripts or {"carte": STOLEN},
    )
