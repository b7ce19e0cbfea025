"""Two versions are compared in words: what an editor reads before publishing."""

import json
from datetime import date

from flows.difference import Change, ChangeKind, difference, same_ways
from flows.editing import FactEdit, KeywordsEdit, SentenceEdit, SynonymsEdit, apply
from tests.flows.talking import LOST_CARD
from tests.flows.two_languages import STOLEN, content


def told(before: str, after: str) -> list[tuple[str, str, str, str, str]]:
    return [(str(each.what), each.path, each.language, each.before, each.after) for each in difference(before, after)]


def test_the_same_content_has_no_difference():
    assert difference(content(), content()) == ()


def test_changed_added_and_removed_sentences_are_told_in_each_language_in_the_order_of_the_conversation():
    before = apply(content(), SentenceEdit("age.ask", "en", ""))
    after = apply(before, SentenceEdit("fin.end", "fr", "Courage !"))
    after = apply(after, SentenceEdit("age.ask", "en", "Your age? Example: 34"))
    after = apply(after, SentenceEdit("plainte.tell.1", "en", ""))
    after = apply(after, SentenceEdit("retard.summary", "fr", "Rien reçu"))
    after = apply(after, SentenceEdit("title", "fr", "Carte perdue"))
    assert told(before, after) == [
        ("sentence_changed", "title", "fr", "Carte d'identité perdue ou volée", "Carte perdue"),
        ("sentence_removed", "plainte.tell.1", "en", "Go to the police first.", ""),
        ("sentence_added", "age.ask", "en", "", "Your age? Example: 34"),
        ("sentence_changed", "retard.summary", "fr", "Carte {comment}, {age} ans : rien de la mairie", "Rien reçu"),
        ("sentence_changed", "fin.end", "fr", "Bon courage.", "Courage !"),
    ]


def test_other_words_keywords_and_each_part_of_a_fact_are_told():
    after = apply(content(), SynonymsEdit("comment", "volee", "en", ("robbed", "taken")))
    after = apply(after, KeywordsEdit(("carte identite", "cni")))
    after = apply(after, FactEdit("timbre", "26 EUR", "service-public.gouv.fr", date(2026, 3, 2)))
    assert told(content(), after) == [
        ("keywords", "keywords", "", "carte identite", "carte identite, cni"),
        ("fact", "facts.timbre.value", "", "25 EUR", "26 EUR"),
        ("fact", "facts.timbre.checked", "", "2026-03-01", "2026-03-02"),
        ("fact", "facts.timbre.valid_to", "", "2027-01-01", ""),
        ("synonyms", "comment.choices.volee", "en", "", "robbed, taken"),
    ]


def test_a_step_that_came_went_leads_elsewhere_or_works_otherwise_is_told():
    text = LOST_CARD.replace("volee: {label: Volée, go: plainte}", "volee: {label: Volée, go: age}")
    text = text.replace("  plainte:\n    tell: [Allez d'abord à la police.]\n    go: age\n", "")
    text = text.replace("1 working day", "2 hours").replace("if_no: retard", "if_no: merci")
    text += "  merci:\n    tell: [Merci.]\n    go: retard\n"
    assert [(str(each.what), each.step, each.path, each.before, each.after) for each in difference(
        content(), content(text)
    )] == [
        ("leads_elsewhere", "comment", "comment", "age, plainte", "age, age"),
        ("step_removed", "plainte", "plainte", "plainte", ""),
        ("sentence_removed", "plainte", "plainte.tell.1", "Allez d'abord à la police.", ""),
        ("sentence_removed", "plainte", "plainte.tell.1", "Go to the police first.", ""),
        ("leads_elsewhere", "recue", "recue", "fin, retard", "fin, merci"),
        ("step_added", "merci", "merci", "", "merci"),
        ("sentence_added", "merci", "merci.tell.1", "", "Merci."),
        ("step_otherwise", "retard", "handoff", '{"topic": "papiers", "answer_within": "1 working day"}',
         '{"topic": "papiers", "answer_within": "2 hours"}'),
    ]
    assert not same_ways(content(), content(text))


def test_words_and_facts_leave_the_ways_as_they_are():
    after = apply(content(), SentenceEdit("comment.choices.perdue", "fr", "Égarée"))
    after = apply(after, SynonymsEdit("comment", "volee", "fr", ("prise",)))
    assert same_ways(content(), apply(after, FactEdit("timbre", "26 EUR")))
    lost, stolen = "perdue: {label: Perdue, also: [egaree], go: age}", "volee: {label: Volée, go: plainte}"
    turned = LOST_CARD.replace(lost, "first").replace(stolen, lost).replace("first", stolen)
    assert not same_ways(content(), content(turned)), "options in another order have other numbers"


def test_another_beginning_is_another_way():
    bundle = json.loads(content())
    bundle["flow"]["start"] = "age"
    assert not same_ways(content(), json.dumps(bundle))


def test_words_and_facts_of_a_called_flow_leave_the_ways_too_and_its_steps_do_not():
    called = {"flow": {"start": "ville", "facts": {"prix": {"value": "2 EUR"}}, "steps": {"ville": {"ask": "Où ?"}}}}

    def calling(**changed: object) -> str:
        flow = called["flow"] | changed
        return json.dumps({**json.loads(content()), "subflows": {"adresse": {"flow": flow}}})

    assert same_ways(calling(), calling(facts={"prix": {"value": "3 EUR"}}))
    assert same_ways(calling(), calling(steps={"ville": {"ask": "Quelle ville ?"}}))
    assert not same_ways(calling(), calling(steps={"ville": {"ask": "Où ?", "go": "return"}}))
    assert not same_ways(calling(), calling(start="pays"))
    assert not same_ways(calling(), content())


def test_accepted_words_of_a_conversation_are_told():
    now = STOLEN.replace("# stolen", "# his card was stolen")
    assert difference(content(), content(carte=now)) == (
        Change(ChangeKind.TRANSCRIPT, "", "transcripts.carte", "", STOLEN, now),
    )
