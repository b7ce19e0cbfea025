"""An editor changes one thing: that changes, what depends on it is marked, and nothing else moves by a byte."""

import json
from datetime import date

import pytest

from flows import packaged
from flows.bundle import freeze
from flows.compiler import compile_bundle
from flows.contents import StepKind
from flows.editing import (
    FactEdit,
    KeywordsEdit,
    SentenceEdit,
    StillRight,
    SynonymsEdit,
    UnknownPlace,
    UnusableWords,
    apply,
    current,
    sentences_of,
    steps_of,
)
from flows.parser import ParseError, parse
from flows.places import opened
from flows.wording import sayer
from tests.flows.talking import LOST_CARD
from tests.flows.two_languages import ENGLISH, content
from tests.shipped import some

ASK = "comment.ask"
SHIPPED = some()


def sentence(text: str, path: str) -> dict[str, str]:
    return dict(next(each for each in sentences_of(text) if each.path == path).texts)


def old(text: str) -> set[tuple[str, str]]:
    return {(each.path, language) for each in sentences_of(text) for language in each.old}


def test_a_sentence_of_the_source_language_changes_in_the_tree_and_where_it_is_said():
    changed = apply(content(), SentenceEdit(ASK, "fr", "Perdue ou volée ?"))
    bundle, definition = opened(changed)
    assert definition.steps["comment"].words.text == "Perdue ou volée ?"
    assert bundle["sentences"]["fr"][ASK] == "Perdue ou volée ?"
    assert sayer(compile_bundle(changed), "fr")(ASK) == "Perdue ou volée ?"
    assert sentence(changed, ASK)["en"] == ENGLISH[ASK]


def test_its_translations_lag_behind_until_somebody_translates_or_keeps_them():
    changed = apply(content(), SentenceEdit(ASK, "fr", "Perdue ou volée ?"))
    assert old(changed) == {(ASK, "en")}
    assert old(apply(changed, SentenceEdit(ASK, "en", "Lost or stolen?"))) == set()
    assert old(apply(changed, StillRight(ASK, "en"))) == set()
    assert old(apply(changed, SentenceEdit(ASK, "en", ENGLISH[ASK]))) == {(ASK, "en")}, "nothing was changed"


def test_a_translation_of_words_that_are_others_by_now_lags_behind_as_before():
    read = sentence(content(), ASK)["fr"]
    late = SentenceEdit(ASK, "en", "Lost or stolen?", source=read)
    assert old(apply(content(), late)) == set()
    changed = apply(content(), SentenceEdit(ASK, "fr", "Perdue ou volée ?"))
    assert old(apply(changed, late)) == {(ASK, "en")}
    assert sentence(apply(changed, late), ASK)["en"] == "Lost or stolen?"
    comma = apply(content(), SentenceEdit(ASK, "fr", f"{read}!", meaning_unchanged=True))
    assert old(apply(comma, late)) == set()


def test_a_first_translation_of_words_that_are_others_by_now_lags_behind():
    bare = apply(content(), SentenceEdit(ASK, "en", ""))
    late = SentenceEdit(ASK, "en", "Lost or stolen?", source=sentence(bare, ASK)["fr"])
    changed = apply(bare, SentenceEdit(ASK, "fr", "Perdue ou volée ?"))
    assert old(changed) == set()
    assert old(apply(changed, late)) == {(ASK, "en")}


def test_a_comma_leaves_translations_as_they_are():
    assert old(apply(content(), SentenceEdit(ASK, "fr", "Perdue, ou volée ?", meaning_unchanged=True))) == set()


def test_a_sentence_that_is_not_translated_yet_does_not_lag_behind():
    untranslated = apply(content(), SentenceEdit(ASK, "en", ""))
    assert "en" not in sentence(untranslated, ASK)
    assert old(apply(untranslated, SentenceEdit(ASK, "fr", "Perdue ou volée ?"))) == set()


def test_a_summary_is_for_volunteers_and_has_no_translation():
    path = "retard.summary"
    changed = apply(content(), SentenceEdit(path, "fr", "{comment}, rien reçu"))
    assert old(changed) == set()
    assert {language: said[path] for language, said in json.loads(changed)["sentences"].items()} == {
        "fr": "{comment}, rien reçu",
        "en": "{comment}, rien reçu",
    }
    with pytest.raises(UnknownPlace):
        apply(content(), SentenceEdit(path, "en", "nothing came"))


@pytest.mark.parametrize(("country", "code"), SHIPPED)
def test_every_sentence_that_we_ship_can_be_changed_and_put_back_without_a_trace(country, code):
    whole = packaged.bundle(country, code)
    for each in sentences_of(whole):
        for language, text in each.texts.items():
            edit = SentenceEdit(each.path, language, f"{text} !", meaning_unchanged=True)
            changed = apply(whole, edit)
            assert current(changed, edit) == f"{text} !"
            assert apply(changed, SentenceEdit(each.path, language, text, meaning_unchanged=True)) == whole


def test_an_edited_content_is_what_freezing_the_edited_file_gives():
    text = LOST_CARD.replace("languages: [fr]", "languages: [fr, en]")
    frozen = freeze(
        parse(text.replace("Bon courage.", "Courage !"), file="carte"),
        code="carte",
        country="france",
        source_language="fr",
        common=packaged.common(),
        translations={"en": ENGLISH},
        transcripts=json.loads(content())["transcripts"],
        old={"en": ["fin.end"], "fr": []},
    )
    assert apply(content(), SentenceEdit("fin.end", "fr", "Courage !")) == frozen
    without = apply(content(), SentenceEdit(ASK, "en", ""))
    assert ASK not in json.loads(without)["sentences"]["en"]
    later = apply(without, SentenceEdit(ASK, "en", ENGLISH[ASK]))
    assert later == content(), "a translation that comes later stands where it belongs"


def test_what_a_form_sends_has_our_line_ends_and_no_blanks_around_it():
    changed = apply(content(), SentenceEdit("fin.end", "fr", "  Bon\r\ncourage. \r\n"))
    assert sentence(changed, "fin.end")["fr"] == "Bon\ncourage."


@pytest.mark.parametrize("text", ["", " \r\n ", "x" * 1001])
def test_words_that_can_not_stand_there_are_refused(text):
    with pytest.raises(UnusableWords):
        apply(content(), SentenceEdit(ASK, "fr", text))


@pytest.mark.parametrize(
    "edit",
    [
        SentenceEdit("comment.end", "fr", "x"),
        SentenceEdit("nowhere.ask", "fr", "x"),
        SentenceEdit("recue.choices.yes", "fr", "Ouais"),
        SentenceEdit(ASK, "sw", "x"),
        SynonymsEdit("recue", "yes", "fr", ("ouais",)),
        SynonymsEdit("comment", "mangee", "fr", ()),
        SynonymsEdit("comment", "perdue", "sw", ("x",)),
        FactEdit("prix", "3 EUR"),
        StillRight("nowhere.ask", "en"),
    ],
    ids=str,
)
def test_a_place_that_is_not_there_is_told(edit):
    with pytest.raises(UnknownPlace):
        apply(content(), edit)


def test_words_of_phrases_are_the_machines_own():
    dialogue = packaged.dialogue_bundle("france", "case_closed")
    assert [each.path for each in sentences_of(dialogue)] == ["title"]


def test_other_words_are_kept_by_language_and_all_count_while_reading():
    changed = apply(content(), SynonymsEdit("comment", "perdue", "en", ("missing", " missing", "gone  away", "")))
    assert opened(changed)[0]["flow"]["steps"]["comment"]["choices"]["perdue"]["also"] == {
        "fr": ["egaree"],
        "en": ["missing", "gone away"],
    }
    (choice, _) = steps_of(changed)[0].choices
    assert choice.also == {"fr": ("egaree",), "en": ("missing", "gone away")}
    assert compile_bundle(changed).options["fr", "comment"][0].also == ("egaree", "missing", "gone away")
    assert apply(changed, SynonymsEdit("comment", "perdue", "en", ())) == content()


def test_other_words_can_be_taken_away_and_added_where_there_were_none():
    bare = apply(content(), SynonymsEdit("comment", "perdue", "fr", ()))
    assert "also" not in opened(bare)[0]["flow"]["steps"]["comment"]["choices"]["perdue"]
    edit = SynonymsEdit("comment", "perdue", "fr", ("a", "b"))
    assert current(apply(bare, edit), edit) == "a, b"


def test_other_words_may_be_written_by_language_in_a_file_too():
    text = LOST_CARD.replace("also: [egaree]", "also: {fr: [egaree], en: [missing]}")
    choice = parse(text, file="carte").steps["comment"].choices[0]
    assert choice.also == ("egaree", "missing")
    assert choice.also_in == {"fr": ("egaree",), "en": ("missing",)}
    with pytest.raises(ParseError, match="`english` is no language code"):
        parse(text.replace("en: [missing]", "english: [missing]"), file="carte")


def test_a_fact_is_a_value_with_its_source_and_its_days():
    edit = FactEdit("timbre", "26 EUR", "service-public.gouv.fr F1", date(2026, 3, 2), None)
    changed = apply(content(), edit)
    assert opened(changed)[0]["flow"]["facts"]["timbre"] == {
        "value": "26 EUR", "source": "service-public.gouv.fr F1", "checked": "2026-03-02",
    }
    assert current(changed, edit) == "26 EUR · service-public.gouv.fr F1 · 2026-03-02 · "
    assert "26 euros" in sayer(compile_bundle(changed), "fr")("papiers.tell.1")
    with pytest.raises(UnusableWords):
        apply(content(), FactEdit("timbre", " "))


def test_a_fact_that_is_a_day_is_said_as_a_long_date_in_each_language():
    changed = compile_bundle(apply(content(), FactEdit("timbre", "2026-10-30")))
    assert "30 octobre 2026" in sayer(changed, "fr")("papiers.tell.1")
    assert "30 October 2026" in sayer(changed, "en")("papiers.tell.1")
    impossible = compile_bundle(apply(content(), FactEdit("timbre", "2026-02-30")))
    assert "2026-02-30" in sayer(impossible, "fr")("papiers.tell.1")


def test_keywords_are_changed_as_a_whole():
    changed = apply(content(), KeywordsEdit(("carte", " ma  carte ", "carte")))
    assert opened(changed)[1].keywords == ("carte", "ma carte")
    assert current(changed, KeywordsEdit(())) == "carte, ma carte"


def test_steps_come_in_the_order_of_the_conversation():
    steps = steps_of(content())
    assert [step.name for step in steps] == [
        "comment", "plainte", "age", "qui", "enfant", "papiers", "recue", "retard", "fin",
    ]
    assert [step.number for step in steps] == list(range(1, 10))
    assert [step.kind for step in steps[:4]] == [StepKind.ASKS, StepKind.SAYS, StepKind.ASKS, StepKind.DECIDES]
    assert [(way.label, way.target) for way in steps[0].goes] == [("Perdue", "age"), ("Volée", "plainte")]
    assert [(way.label, way.target) for way in steps[3].goes] == [("0–17", "enfant"), ("18–120", "papiers")]
    assert [(choice.number, choice.path) for choice in steps[0].choices] == [
        (1, "comment.choices.perdue"), (2, "comment.choices.volee"),
    ]
    yes = steps[6].choices[0]
    assert (yes.path, dict(yes.labels), yes.target) == ("", {"fr": "Oui", "en": "Yes"}, "fin")


def test_what_the_first_option_leads_to_comes_first():
    text = LOST_CARD.replace("perdue: {label: Perdue, also: [egaree], go: age}", "perdue: {label: Perdue, go: seul}")
    names = [step.name for step in steps_of(content(text + "  seul:\n    end: Fini.\n"))]
    assert names[:3] == ["comment", "seul", "plainte"]


@pytest.mark.parametrize(("country", "code"), SHIPPED)
def test_no_step_that_we_ship_comes_before_one_that_leads_to_it(country, code):
    steps = steps_of(packaged.bundle(country, code))
    assert {step.name for step in steps} == set(compile_bundle(packaged.bundle(country, code)).definition.steps)
    place = {step.name: step.number for step in steps}
    assert all(place[way.target] > step.number for step in steps for way in step.goes)


def test_steps_that_none_leads_to_and_circles_are_still_listed_once():
    text = LOST_CARD.replace("if_no: retard", "if_no: comment") + "  seul:\n    end: Fini.\n"
    assert [step.name for step in steps_of(content(text))][-2:] == ["retard", "seul"]
