"""The words of a flow that is called are changed in the caller's own copy of it, and nowhere else."""

import json
from datetime import date

import pytest

from flows import packaged
from flows.bundle import SubFlow, freeze
from flows.checker import check_content
from flows.compiler import compile_bundle
from flows.contents import StepKind
from flows.difference import difference, same_ways
from flows.editing import (
    FactEdit,
    SentenceEdit,
    StillRight,
    SynonymsEdit,
    UnknownPlace,
    apply,
    current,
    facts_of,
    sentences_of,
    steps_of,
)
from flows.merging import merge, take
from flows.parser import parse
from tests.flows.talking import TODAY, Phone
from tests.flows.test_subflows import frozen

CARD = """
title: Carte
languages: [fr, en]
keywords: [carte]
start: la
steps:
  la: {call: bureau, go: encore}
  encore: {call: bureau, go: fin}
  fin: {end: Bon courage.}
"""
OFFICE = """
title: Trouver un bureau
languages: [fr, en]
facts:
  prix: {value: 2 EUR, source: mairie, checked: 2026-03-01}
start: sait
steps:
  sait:
    ask: Savez-vous où aller ?
    choices:
      oui: {label: Oui, also: [je sais], go: ici}
      non: {label: Non, go: bus}
  bus: {tell: ["Le bus : {prix}."], go: ici}
  ici: {end: Allez au bureau.}
"""
ENGLISH = {
    "sait.ask": "Do you know where to go?",
    "sait.choices.oui": "Yes",
    "sait.choices.non": "No",
    "bus.tell.1": "The bus: {prix}.",
    "ici.end": "Go to the office.",
}


def content(office: str = OFFICE) -> str:
    """A flow that calls another one twice, in two languages."""
    return freeze(
        parse(CARD, file="carte"),
        code="carte",
        country="france",
        source_language="fr",
        common=packaged.common(),
        translations={"en": {"title": "Card", "fin.end": "Good luck."}},
        subflows={"bureau": SubFlow(parse(office, file="bureau"), {"en": ENGLISH})},
    )


def changed(whole: str, *edits: SentenceEdit | SynonymsEdit | FactEdit | StillRight) -> str:
    """A content with some edits in it."""
    for edit in edits:
        whole = apply(whole, edit)
    return whole


def old(whole: str) -> set[tuple[str, str]]:
    return {(each.path, language) for each in sentences_of(whole) for language in each.old if not each.same_as}


def test_the_steps_of_a_called_flow_stand_in_their_place_under_its_title():
    views = {view.name: view for view in steps_of(content())}
    names = ["sait", "bus", "ici"]
    assert list(views) == ["la", *(f"la/{n}" for n in names), "encore", *(f"encore/{n}" for n in names), "fin"]
    assert views["la"].through == views["la/sait"].within == "Trouver un bureau"
    assert views["fin"].within == ""
    assert views["la/ici"].kind is StepKind.SAYS
    assert views["la/ici"].paths == ("la/ici.end",)
    yes = views["la/sait"].choices[0]
    assert (yes.path, yes.labels["en"]) == ("la/sait.choices.oui", "Yes")
    assert views["la/sait"].also == ("encore/sait",)
    assert views["encore/sait"].also == ("la/sait",)


def test_its_words_change_in_the_draft_wherever_it_is_called_from():
    after = changed(content(), SentenceEdit("encore/sait.ask", "fr", "Vous savez où ?"))
    assert current(after, SentenceEdit("la/sait.ask", "fr", "")) == "Vous savez où ?"
    bundle = json.loads(after)
    assert bundle["subflows"]["bureau"]["flow"]["steps"]["sait"]["ask"] == "Vous savez où ?"
    assert "la/sait.ask" not in bundle["sentences"]["fr"]
    assert old(after) == {("la/sait.ask", "en")}
    assert old(changed(after, StillRight("la/sait.ask", "en"))) == set()
    assert old(changed(after, SentenceEdit("la/sait.ask", "en", "You know where?"))) == set()
    phone = Phone(compile_bundle(after))
    assert phone.texts[0].startswith("Vous savez ou ?") or phone.texts[0].startswith("Vous savez où ?")


def test_every_sentence_of_a_called_flow_can_be_changed_and_put_back_without_a_trace():
    whole = content()
    for sentence in sentences_of(whole):
        text = sentence.texts["fr"]
        there = apply(whole, SentenceEdit(sentence.path, "fr", f"{text} !", meaning_unchanged=True))
        assert there != whole
        assert apply(there, SentenceEdit(sentence.path, "fr", text, meaning_unchanged=True)) == whole


def test_what_freezing_the_edited_file_gives_is_what_an_edit_gives():
    text = OFFICE.replace("Allez au bureau.", "Entrez.")
    after = changed(content(), SentenceEdit("la/ici.end", "fr", "Entrez.", meaning_unchanged=True))
    assert after == content(text)


def test_its_other_words_and_its_facts_change_too():
    after = changed(
        content(),
        SynonymsEdit("la/sait", "non", "en", ("nope",)),
        FactEdit("la/prix", "3 EUR", "mairie", date(2026, 3, 2)),
    )
    assert list(facts_of(after)) == ["la/prix"]
    assert current(after, SynonymsEdit("encore/sait", "non", "en", ())) == "nope"
    phone = Phone(compile_bundle(after)).send("nope")
    assert "Le bus : 3 euros." in "\n".join(phone.texts)


@pytest.mark.parametrize(
    "edit",
    [
        SentenceEdit("la/title", "fr", "Bureau"),
        SentenceEdit("la/fin.end", "fr", "Fini"),
        SentenceEdit("fin/ici.end", "fr", "Fini"),
        SentenceEdit("sait.ask", "fr", "Fini"),
        SynonymsEdit("la/sait", "peut", "fr", ("bof",)),
        FactEdit("prix", "3 EUR"),
        FactEdit("la/timbre", "3 EUR"),
    ],
)
def test_a_place_that_is_not_there_is_told(edit):
    with pytest.raises(UnknownPlace):
        apply(content(), edit)


def test_a_change_is_told_once_where_it_is_said_first():
    edits = (
        SentenceEdit("encore/ici.end", "fr", "Entrez."),
        SynonymsEdit("la/sait", "oui", "en", ("sure",)),
        FactEdit("la/prix", "3 EUR", "mairie", date(2026, 3, 1)),
    )
    after = changed(content(), *edits)
    assert [(str(each.what), each.step, each.path, each.language) for each in difference(content(), after)] == [
        ("fact", "", "facts.la/prix.value", ""),
        ("synonyms", "la/sait", "la/sait.choices.oui", "en"),
        ("sentence_changed", "la/ici", "la/ici.end", "fr"),
    ]
    assert same_ways(content(), after)


def test_a_step_that_goes_from_a_called_flow_goes_from_each_call():
    without = OFFICE.replace("go: bus", "go: ici").replace('  bus: {tell: ["Le bus : {prix}."], go: ici}\n', "")
    found = difference(content(), content(without))
    assert [(str(each.what), each.step) for each in found if each.path != "la/bus.tell.1"] == [
        ("leads_elsewhere", "la/sait"),
        ("step_removed", "la/bus"),
        ("leads_elsewhere", "encore/sait"),
        ("step_removed", "encore/bus"),
    ]


def test_what_is_to_be_mended_in_a_called_flow_has_its_own_place_in_the_draft():
    after = changed(
        content(),
        SentenceEdit("la/ici.end", "fr", "x" * 400),
        SentenceEdit("la/sait.choices.oui", "fr", "Si"),
        SentenceEdit("la/bus.tell.1", "en", ""),
    )
    found = check_content(after, today=TODAY)
    told = {(each.rule, each.step, each.path, each.locale) for each in found}
    assert ("text_too_dear", "la/ici", "la/ici.end", "fr") in told
    assert ("translation_old", "la/sait", "la/sait.choices.oui", "en") in told
    assert ("missing_sentence", "la/bus", "la/bus.tell.1", "en") in told
    assert not any(path.startswith("encore/") for _, _, path, _ in told)
    assert {each.step for each in found if each.rule == "fact_unverified"} <= {"la/bus", "encore/bus"}


def test_the_library_and_an_editor_who_change_it_both_leave_it_to_a_choice():
    ours = changed(content(), SentenceEdit("la/sait.ask", "fr", "Vous savez où ?"))
    theirs = content(OFFICE.replace("Allez au bureau", "Entrez au bureau"))
    merged = merge(content(), ours, theirs)
    assert merged.undecided == ("subflows.bureau",)
    assert [each.path for each in difference(content(), merged.content)] == ["la/sait.ask"]
    taken = take(merged.content, theirs, "subflows.bureau")
    assert [each.path for each in difference(content(), taken)] == ["la/ici.end"]


def test_a_call_in_a_called_flow_has_its_words_too():
    outer = "title: M\nlanguages: [fr]\nstart: a\nsteps:\n  a: {call: adresse, go: b}\n  b: {end: 'À {a.ville}.'}\n"
    card = outer.replace("title: M", "title: C\nkeywords: [c]").replace("start: a", "start: x")
    card = card.replace("a: {call: adresse", "x: {call: milieu").replace("'À {a.ville}.'", "Fin.")
    address = (
        "title: A\nlanguages: [fr]\nstart: ville\nsteps:\n"
        "  ville: {ask: 'Quelle ville ? Exemple : Lyon', expect: place, go: return}\n"
    )
    whole = frozen(card, milieu=outer, adresse=address)
    after = changed(whole, SentenceEdit("x/a/ville.ask", "fr", "Votre ville ? Exemple : Lyon"))
    assert [each.path for each in difference(whole, after)] == ["x/a/ville.ask"]
    assert Phone(compile_bundle(after)).texts[0].startswith("Votre ville")
    assert next(view for view in steps_of(whole) if view.name == "x/a/ville").within == "A"
