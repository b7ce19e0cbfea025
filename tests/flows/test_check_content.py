"""What stands against publishing is told at its sentence; a conversation that goes another way is an error."""

import json
from datetime import date
from pathlib import Path

from flows import packaged
from flows.bundle import canonical
from flows.checker import check, check_content
from flows.compiler import compile_bundle
from flows.editing import FactEdit, SentenceEdit, StillRight, SynonymsEdit, apply
from flows.files import freeze_definition
from flows.finding import Finding, FindingSeverity
from flows.parser import parse
from flows.reached import endings, not_reached
from flows.subflows import whole_flow
from flows.transcript import play_text, retell_text
from tests.flows.talking import LOST_CARD, TODAY
from tests.flows.two_languages import STOLEN, content

EXPIRED = """flow: carte
channel: sms
today: 2027-02-01

# the price is not known any more
> carte
< Votre carte est perdue ou volée ?
  1 Perdue
  2 Volée
  0 Une personne
> 1
< Vous avez combien d'années ? Exemple : 34
> 34
! case opened: fact_expired, papiers: Carte d'identité perdue ou volée. Perdue, 34
"""

CALLER = """
title: Carte
languages: [fr]
keywords: [carte]
start: ou
steps:
  ou: {call: bureau, go: fin}
  fin: {end: Bon courage.}
"""
CALLED = """
title: Bureau
languages: [fr]
start: sait
steps:
  sait: {ask: Savez-vous où aller ?, expect: yes_no, if_yes: la, if_no: personne}
  la: {end: Allez là demain.}
  personne: {handoff: {topic: papiers, summary: Cherche un bureau, answer_within: 1 working day}}
"""


def found(whole: str, *, before: str = "", today: date = TODAY) -> list[tuple[str, str, str]]:
    return [(each.rule, each.path, each.locale) for each in check_content(whole, today=today, before=before)]


def of_conversations(whole: str, before: str = "") -> list[Finding]:
    return [each for each in check_content(whole, today=TODAY, before=before) if each.rule.startswith("transcript")]


def sentence(path: str, text: str, language: str = "fr") -> str:
    return apply(content(), SentenceEdit(path, language, text, meaning_unchanged=True))


def test_a_whole_version_has_nothing_against_it():
    assert check_content(content(), today=TODAY) == []


def test_each_finding_names_its_sentence():
    assert found(sentence("comment.ask", "Perdue {timbr} ?")) == [("unknown_name", "comment.ask", "")]
    assert found(sentence("comment.ask", "Perdue {timbre ?")) == [("bad_braces", "comment.ask", "")]
    told = found(sentence("papiers.tell.1", "Bring a photo.", "en"))
    assert told == [("mismatched_sentence", "papiers.tell.1", "en")]
    assert ("not_yet_answered", "comment.ask", "") in found(sentence("comment.ask", "Perdue {age} ?"))
    assert ("missing_sentence", "age.ask", "en") in found(sentence("age.ask", "", "en"))
    assert ("not_on_phone", "fin.end", "en") in found(sentence("fin.end", "Good luck 🙂", "en"))
    assert ("confused_without_accents", "fin.end", "fr") in found(sentence("fin.end", "Vous êtes sûr ?"))
    assert ("not_on_phone", "comment.choices.perdue", "en") in found(sentence("comment.choices.perdue", "🙂", "en"))
    assert ("fact_expired", "facts.timbre", "") in found(content(), today=date(2027, 2, 1))
    assert ("fact_unverified", "facts.timbre", "") in found(content(), today=date(2026, 11, 1))


def test_words_are_measured_even_where_a_translation_is_missing():
    whole = apply(sentence("recue.ask", "Avez-vous reçu " * 12), SentenceEdit("recue.ask", "en", ""))
    assert {("missing_sentence", "recue.ask", "en"), ("screen_too_long", "recue.ask", "fr")} <= set(found(whole))
    assert ("screen_too_long", "recue.ask", "en") not in found(whole), "it has no words of its own to shorten"


def test_a_translation_that_lags_behind_is_a_warning_until_it_was_looked_at():
    whole = apply(content(), SentenceEdit("enfant.tell.1", "fr", "Avec un parent."))
    (old,) = check_content(whole, today=TODAY)
    assert (old.rule, old.severity, old.path, old.locale) == (
        "translation_old", FindingSeverity.WARNING, "enfant.tell.1", "en",
    )
    assert found(apply(whole, StillRight("enfant.tell.1", "en"))) == []


def test_findings_come_in_the_order_of_the_conversation():
    whole = apply(sentence("retard.summary", "{nulle}"), SentenceEdit("comment.ask", "fr", "{part} ?"))
    assert list(dict.fromkeys(path for _, path, _ in found(whole))) == ["comment.ask", "retard.summary"]


def test_new_words_in_a_conversation_are_a_warning_that_is_accepted_once():
    for before in ("", content()):
        whole = sentence("plainte.tell.1", "La police, d'abord.")
        (words,) = of_conversations(whole, before)
        assert (words.rule, words.severity, words.path) == (
            "transcript_words", FindingSeverity.WARNING, "transcripts.carte",
        )
        told = retell_text(compile_bundle(whole), STOLEN)
        assert "# stolen\n> carte volee" in told
        accepted = canonical({**json.loads(whole), "transcripts": {"carte": told}})
        assert check_content(accepted, today=TODAY, before=before) == []


def test_a_label_changes_the_summary_of_a_case_and_that_is_words_too():
    for before in ("", content()):
        renamed = sentence("comment.choices.volee", "Volee ou prise")
        assert [each.rule for each in of_conversations(renamed, before)] == ["transcript_words"]


def test_a_conversation_that_comes_to_another_step_is_an_error():
    bundle = json.loads(content())
    bundle["flow"]["steps"]["recue"] |= {"if_yes": "retard", "if_no": "fin"}
    (elsewhere,) = of_conversations(canonical(bundle), content())
    assert (elsewhere.rule, elsewhere.severity, elsewhere.step) == ("transcript_differs", FindingSeverity.ERROR, "fin")
    assert "after `> non`" in elsewhere.message


def test_an_answer_that_is_read_as_another_one_is_an_error():
    taken = sentence("comment.choices.volee", "Prise")
    taken = apply(taken, SynonymsEdit("comment", "perdue", "fr", ("volee",)))
    for before in ("", content()):
        assert [each.rule for each in of_conversations(taken, before)] == ["transcript_differs"]


def test_another_way_is_no_matter_of_words_even_where_the_words_changed_too():
    taken = sentence("comment.choices.volee", "Prise")
    taken = apply(taken, SynonymsEdit("comment", "perdue", "fr", ("volee",)))
    taken = apply(taken, SentenceEdit("plainte.tell.1", "fr", "Tout autre chose.", meaning_unchanged=True))
    assert [each.rule for each in of_conversations(taken, content())] == ["transcript_differs"]


def test_a_fact_that_holds_longer_may_change_what_is_said_after_its_old_last_day():
    before = content(carte=STOLEN, expired=EXPIRED)
    assert check_content(before, today=TODAY) == []
    longer = apply(before, FactEdit("timbre", "26 EUR", "service-public.gouv.fr", TODAY, date(2027, 12, 31)))
    (expired,) = [each for each in of_conversations(longer, before) if each.path == "transcripts.expired"]
    assert expired.rule == "transcript_words"


def test_a_conversation_that_can_not_be_read_is_an_error():
    (unreadable,) = of_conversations(content(carte="bonjour"))
    assert (unreadable.rule, unreadable.severity) == ("transcript_differs", FindingSeverity.ERROR)


def test_publishing_needs_every_ending_and_hand_off_in_a_written_conversation():
    (unwritten,) = check_content(canonical({**json.loads(content()), "transcripts": {}}), today=TODAY)
    assert (unwritten.rule, unwritten.severity) == ("not_reached", FindingSeverity.ERROR)
    halfway = STOLEN[: STOLEN.index("> non")]
    missing = check_content(content(carte=halfway), today=TODAY)
    assert [(each.rule, each.step, each.severity) for each in missing] == [
        ("not_reached", "retard", FindingSeverity.ERROR),
        ("not_reached", "fin", FindingSeverity.ERROR),
    ]
    assert all("guichet phone --record" in each.message for each in missing)
    handed_over = STOLEN[: STOLEN.index("@ case ended")]
    assert [each.step for each in check_content(content(carte=handed_over), today=TODAY)] == ["fin"]


def test_the_endings_of_a_called_flow_count_by_their_whole_name_though_they_come_back():
    called = parse(CALLED, file="bureau")
    whole = whole_flow(parse(CALLER, file="carte"), {"bureau": called})
    assert endings(whole) == ("ou/la", "ou/personne", "fin")
    caller, shelf = parse(CALLER, file="carte"), {"bureau": called}
    machine = compile_bundle(freeze_definition(caller, code="carte", country="france", shelf=shelf))
    yes = "flow: carte\ntoday: 2026-03-12\n\n> carte\n> oui\n"
    assert [each.step for each in not_reached(whole, machine, {"oui": yes})] == ["ou/personne"]
    assert list(not_reached(whole_flow(called, {}), machine, {})) == []


def test_a_conversation_missing_in_a_called_flow_is_told_where_it_is_called(tmp_path: Path):
    (tmp_path / "carte.yaml").write_text(CALLER)
    (tmp_path / "bureau.yaml").write_text(CALLED)
    (tmp_path / "carte.transcript").write_text("flow: carte\ntoday: 2026-03-12\n\n> carte\n> oui\n")
    (missing,) = [each for each in check([tmp_path], today=TODAY) if each.rule == "not_reached"]
    line = CALLER.splitlines().index("  ou: {call: bureau, go: fin}") + 1
    assert (missing.flow, missing.step, missing.line) == ("carte", "ou", line)
    assert "In `bureau`, step `personne`" in missing.message


def test_what_is_no_flow_is_told():
    assert [each.rule for each in check_content('{"code": "x"}', today=TODAY)] == ["bundle"]
    broken = json.dumps({**json.loads(content()), "flow": {"steps": {}}})
    assert {each.rule for each in check_content(broken, today=TODAY)} == {"bundle"}


def test_a_conversation_names_no_file_only_its_version():
    assert play_text(compile_bundle(content()), STOLEN.replace("flow: carte", "flow: autre"), "carte") == []


def test_what_we_ship_can_be_published_as_it_is():
    for country in packaged.countries():
        for code in packaged.flow_codes(country):
            whole = packaged.bundle(country, code)
            errors = [each for each in check_content(whole, today=TODAY) if each.severity is FindingSeverity.ERROR]
            assert errors == []
            assert json.loads(whole)["transcripts"]


def test_steps_may_be_renamed_only_by_hand_and_then_conversations_are_told_by_their_words():
    text = LOST_CARD.replace("plainte", "police")
    assert of_conversations(content(text), content()) == []
