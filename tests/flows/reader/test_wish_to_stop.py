"""A wish for no more messages in words of one's own is asked about, at any question; it is never taken at once."""

import pytest

from flows.reader import Certainty, Intent
from tests.flows.reader.asking import ask

WISHES = {
    "fr": (
        "arété de menvoyé des messages",
        "je ve plus de sms",
        "lachez moi avec tous ces messages",
        "jen veu plus de vos sms ca bouffe mon forfait",
        "enlevé mon numero de la liste",
        "aretez vos sms svp",
    ),
    "en": (
        "cancel my number from this list",
        "drop me from your list pls",
        "tired of these sms they finish my bundle",
        "no more of your texts they wake my baby",
        "stop asking me things",
    ),
    "sw": (
        "nataka kujiondoa",
        "sitaki ujumbe wenu unamaliza bundle",
        "msinitumie tena hizi meseji",
        "nimechoka na meseji zenu",
    ),
}
NO_WISHES = (
    ("fr", "je veux plus de papiers"),
    ("fr", "j'ai perdu le message de la caf"),
    ("en", "remove my name from the title deed"),
    ("en", "no more money since the text from the bank"),
    ("sw", "nataka kubadilisha namba ya simu"),
    ("sw", "sitaki nyumba hii"),
)


@pytest.mark.parametrize("expected", ["any", "yes_no", "choice", "number", "place"])
@pytest.mark.parametrize(("language", "text"), [(each, text) for each, texts in WISHES.items() for text in texts])
def test_a_wish_to_stop_is_asked_about(language: str, text: str, expected: str) -> None:
    reading = ask(language, expected, text)
    assert (reading.intent, reading.certainty) == (Intent.STOP, Certainty.NEARLY)


@pytest.mark.parametrize(("language", "text"), NO_WISHES)
def test_other_wishes_stop_nobody(language: str, text: str) -> None:
    assert ask(language, "any", text).intent is not Intent.STOP
    assert ask(language, "yes_no", text).intent is not Intent.STOP
