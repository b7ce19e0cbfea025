"""The same answers lead the same way in every language and on both channels, and a flow that doesn't is told."""

from dataclasses import replace

import pytest

from flows import packaged
from flows.bundle import freeze
from flows.compiler import compile_bundle
from flows.parser import parse
from flows.replay import replay
from flows.session import Channel
from flows.transcript import read_transcript
from tests.flows.talking import machine_of
from tests.shipped import some

FLOWS = some()
WRITTEN = """flow: carte
channel: sms
language: fr
country: france
today: 2026-11-24

> carte
> volee
> retour
> perdue
> j'ai 34 ans
> je veux une personne
> j'habite à Lyon
"""
FLOW = """title: Carte
languages: [fr]
keywords: [carte]
start: comment
steps:
  comment:
    ask: Perdue ou volée ?
    choices:
      perdue: {label: Perdue, go: papiers}
      volee: {label: Volée, go: police}
  police: {tell: [Allez à la police.], go: papiers}
  papiers: {tell: [Prenez une photo.], go: age}
  age: {ask: "Quel âge ? Exemple : 34", expect: number 0 to 120, go: ville}
  ville: {ask: "Quelle ville ? Exemple : Lyon", expect: place, go: personne}
  personne: {handoff: {topic: papiers, summary: "{age} ans, {ville}"}}
"""


@pytest.fixture
def written(tmp_path):
    """A conversation by SMS in French, its words as people type them."""
    path = tmp_path / "carte.transcript"
    path.write_text(WRITTEN)
    return read_transcript(path)


@pytest.mark.parametrize(("country", "code"), FLOWS, ids=[code for _country, code in FLOWS])
def test_every_shipped_conversation_goes_the_same_way_in_every_language_and_channel(country, code):
    machine = compile_bundle(packaged.bundle(country, code))
    transcripts = [read_transcript(path) for path in packaged.transcripts(country, code)]
    assert transcripts
    differences = [
        str(difference)
        for transcript in transcripts
        for language in machine.languages
        for channel in Channel
        for difference in replay(transcript, language=language, channel=channel, machine=machine)
    ]
    assert differences == []


def test_pages_are_turned_where_the_question_is_on_a_later_screen(written):
    told = FLOW.replace("Prenez une photo.", f"Prenez une photo. {'Elle est récente. ' * 12}")
    assert replay(written, language="fr", channel=Channel.USSD, machine=machine_of(told)) == []


@pytest.fixture
def spoken():
    """The same flow in French and English."""
    english = {
        "title": "Card",
        "comment.ask": "Lost or stolen?",
        "comment.choices.perdue": "Lost",
        "comment.choices.volee": "Stolen",
        "police.tell.1": "Go to the police.",
        "papiers.tell.1": "Take a photo.",
        "age.ask": "What age? Example: 34",
        "ville.ask": "Which town? Example: Lyon",
    }
    definition, common = parse(FLOW.replace("[fr]", "[fr, en]"), file="carte"), packaged.common()
    words = {"code": "carte", "country": "france", "source_language": "fr", "common": common}
    return compile_bundle(freeze(definition, translations={"en": english}, **words))


@pytest.mark.parametrize("channel", Channel)
def test_words_typed_in_one_language_are_replayed_by_their_value_in_another(written, spoken, channel):
    assert replay(written, language="en", channel=channel, machine=spoken) == []


def test_a_language_whose_numbers_mean_something_else_is_told_with_the_line(written, spoken):
    turned = spoken.options | {("en", "comment"): spoken.options["en", "comment"][::-1]}
    machine = replace(spoken, options=turned)
    assert replay(written, language="fr", channel=Channel.USSD, machine=machine) == []
    (difference,) = replay(written, language="en", channel=Channel.USSD, machine=machine)
    assert (difference.line, difference.given) == (8, "> volee")
    assert "answers: comment: volee" in difference.expected
    assert "answers: comment: perdue" in difference.actual
