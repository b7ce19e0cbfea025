"""What asks for a secret and what only speaks of one, in three languages."""

import pytest

from flows import packaged, rules
from flows.bundle import freeze
from flows.compiler import compile_bundle
from flows.parser import parse
from flows.reader.asked_secret import asked_secret
from tests.flows.talking import TODAY

ASKS = [
    "Envoyez votre code secret.",
    "Pour continuer, tapez votre mot de passe",
    "Il nous faut le numéro de carte. Exemple : 4970",
    "Nous avons votre mot de passe ? Envoyez-le.",
    "N'oubliez pas d'envoyer votre code PIN.",
    "Quel est votre code de carte bancaire ?",
    "Donnez le cryptogramme de la carte.",
    "Send your PIN.",
    "What is your password?",
    "Don't forget to send the verification code you got.",
    "We have your card number? Type it.",
    "Tuma namba ya siri.",
    "Andika nywila yako hapa.",
    "PIN yako ni gani?",
]
TELLS = [
    "Ne donnez jamais votre code secret.",
    "Nous ne demandons jamais de mot de passe.",
    "N'envoyez pas le numéro de carte.",
    "Jamais de code secret.",
    "Votre carte bancaire est perdue ou volée ?",
    "Avez-vous oublié votre mot de passe ?",
    "Apportez votre carte bancaire.",
    "Dites le code postal de la ville.",
    "Envoyez un chiffre.",
    "Never send your PIN.",
    "Do not give your password to anyone.",
    "Give your PIN to nobody.",
    "Bring your KRA PIN. Send a number.",
    "Usitume namba ya siri.",
    "Hatuombi nywila kamwe.",
]
OPEN = [
    ("Votre code secret ?", True),
    ("Mot de passe. Exemple : soleil", True),
    ("Your password?", True),
    ("Namba ya kadi?", True),
    ("Vous avez oublié votre mot de passe : dites-le en quelques mots.", True),
    ("Votre mot de passe est oublié. Depuis quand ?", False),
    ("Votre code postal ? Exemple : 69003", False),
    ("Your visa ends on which day? Example: 12 March", False),
]


@pytest.mark.parametrize("text", ASKS)
def test_a_sentence_that_asks_for_a_secret_is_found_wherever_it_stands(text):
    assert asked_secret(text, written_answer=False)


@pytest.mark.parametrize("text", TELLS)
def test_a_warning_and_a_story_ask_for_nothing(text):
    assert asked_secret(text, written_answer=False) is None


@pytest.mark.parametrize(("text", "asks"), OPEN)
def test_where_something_is_written_back_naming_the_secret_asks_for_it(text, asks):
    assert bool(asked_secret(text, written_answer=True)) is asks


def test_none_of_the_machines_own_phrases_asks_for_one():
    phrases = packaged.common().phrases
    found = {
        (name, language): text
        for name, phrase in phrases.items()
        for language, text in phrase.texts.items()
        if asked_secret(text, written_answer=False)
    }
    assert found == {}


def test_a_translation_that_asks_for_one_is_found_in_its_language():
    flow = "title: T\nlanguages: [fr, sw]\nkeywords: [t]\nstart: a\nsteps:\n  a: {end: Ne donnez jamais votre code.}\n"
    definition, common = parse(flow, file="t"), packaged.common()
    words = {"code": "t", "country": "kenya", "source_language": "fr", "common": common}
    bundle = freeze(definition, translations={"sw": {"title": "T", "a.end": "Tuma namba ya siri."}}, **words)
    found = list(rules.asks_secret(definition, compile_bundle(bundle), TODAY))
    assert [(each.rule, each.path, each.locale, each.severity) for each in found] == [
        ("asks_secret", "a.end", "sw", "error")
    ]
