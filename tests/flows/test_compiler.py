"""A bundle is compiled whole or refused, and its hash is its name."""

import hashlib
import json

import pytest

from flows import packaged
from flows.bundle import freeze, split_phrase
from flows.compiler import CompileError, compile_bundle
from flows.files import freeze_file
from flows.parser import parse
from flows.session import Channel
from tests.flows.talking import LOST_CARD, Phone, machine_of

ENGLISH = {
    "title": "Lost card",
    "age.ask": "How old are you? Example: 34",
    "fin.end": "You are {age}.",
}
TWO_LANGUAGES = """
title: Carte perdue
languages: [fr, en]
keywords: [carte]
start: age
steps:
  age: {ask: "Votre âge ? Exemple : 34", expect: number 0 to 120, go: fin}
  fin: {end: "Vous avez {age} ans."}
"""


def frozen(translations: dict[str, str]) -> str:
    return freeze(
        parse(TWO_LANGUAGES, file="carte"),
        code="carte",
        country="france",
        source_language="fr",
        common=packaged.common(),
        translations={"en": translations},
    )


def test_the_name_of_a_machine_is_the_hash_of_its_bundle():
    bundle = frozen(ENGLISH)
    assert frozen(ENGLISH) == bundle
    assert compile_bundle(bundle).hash == hashlib.sha256(bundle.encode()).hexdigest()
    assert compile_bundle(frozen(ENGLISH | {"title": "My card"})).hash != compile_bundle(bundle).hash


def test_a_flow_speaks_each_of_its_languages():
    machine = compile_bundle(frozen(ENGLISH))
    assert Phone(machine, language="en").send("34").texts == ("You are 34.\n0 A person",)
    assert Phone(machine, language="fr").send("34").texts == ("Vous avez 34 ans.\n0 Une personne",)
    assert Phone(machine, language="sw").session.language == "fr"


def test_a_language_is_changed_by_its_name_in_the_middle():
    phone = Phone(compile_bundle(frozen(ENGLISH)), Channel.USSD, language="fr").send("english")
    assert phone.screen.startswith("We go on in English. To change: LANGUAGE.\nHow old are you?")
    assert phone.session.language == "en"


@pytest.mark.parametrize("missing", sorted(ENGLISH))
def test_a_missing_sentence_is_refused(missing):
    bundle = frozen({path: text for path, text in ENGLISH.items() if path != missing})
    with pytest.raises(CompileError) as caught:
        compile_bundle(bundle)
    assert [(each.rule, each.locale) for each in caught.value.findings] == [("missing_sentence", "en")]
    assert missing in str(caught.value)


@pytest.mark.parametrize("text", ["You are old.", "You are {age}, {case}.", "You are {age"])
def test_a_translation_with_other_values_is_refused(text):
    with pytest.raises(CompileError) as caught:
        compile_bundle(frozen(ENGLISH | {"fin.end": text}))
    assert {each.rule for each in caught.value.findings} == {"mismatched_sentence"}


def test_a_missing_phrase_of_ours_is_refused():
    bundle = json.loads(frozen(ENGLISH))
    del bundle["phrases"]["en"]["keys_choice"]
    with pytest.raises(CompileError, match="keys_choice"):
        compile_bundle(json.dumps(bundle))


@pytest.mark.parametrize("bundle", ["", "[]", "{}", "null", '{"format": 2, "code": "x"}', '{"format": 1, "code": "x"}'])
def test_what_is_no_bundle_is_refused_in_one_way(bundle):
    with pytest.raises(CompileError):
        compile_bundle(bundle)


@pytest.mark.parametrize("country", packaged.countries())
def test_what_we_ship_compiles_and_is_frozen_alike_from_its_file(country):
    for name in packaged.common().dialogues:
        if name != "menu":
            compile_bundle(packaged.dialogue_bundle(country, name))
    for code in packaged.flow_codes(country):
        bundle = packaged.bundle(country, code)
        assert freeze_file(packaged.LIBRARY / country / f"{code}.yaml").bundle == bundle
        compile_bundle(bundle)


def test_machines_share_nothing_that_changes():
    machine = machine_of(LOST_CARD)
    first, second = Phone(machine), Phone(machine)
    first.send("2", "34")
    assert second.send("1").session.step == "age"
    assert second.session.answers[0].value == "perdue"


def test_a_phrase_is_taken_apart_at_its_options_and_its_legend():
    parts = split_phrase("Votre langue ?\n{languages}\n0 Une personne\n00 Une personne")
    assert (parts.text, parts.labels, parts.legend[-1]) == ("Votre langue ?", (), "00 Une personne")
    assert split_phrase("A ?\n1 Oui\n2 Non\n0 Une personne").labels == ("Oui", "Non")
