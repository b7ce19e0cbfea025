"""A flow that others call: its steps come there, its ends lead back, and each mistake of a call is told."""

import json
from datetime import date
from pathlib import Path

import pytest

from flows import packaged
from flows.checker import check, check_content
from flows.compiler import CompileError, compile_bundle, compile_draft
from flows.contents import StepKind
from flows.definition import Call, Definition, Tell
from flows.difference import difference
from flows.editing import SentenceEdit, apply, sentences_of, steps_of
from flows.engine import start
from flows.files import freeze_definition
from flows.finding import Finding
from flows.machine import Machine
from flows.merging import merge
from flows.parser import parse
from flows.preview import shown
from flows.session import CaseEnded, Channel, OpenCase, Status, decode, encode
from flows.subflows import MAX_STEPS, whole_flow
from flows.wording import sayer
from tests.flows.talking import NOW, TODAY, Phone

CARD = """
title: Carte perdue
languages: [fr]
keywords: [carte]
start: age
steps:
  age: {ask: "Votre âge ? Exemple : 34", expect: number 0 to 120, go: adresse}
  adresse:
    call: adresse
    summary: "Carte, {age} ans"
    go: selon
  selon:
    decide:
      - {when: {adresse.seul: yes}, because: "Vous êtes seul à {adresse.ville}.", go: retour_de_nuit}
      - {when: {adresse.seul: no}, go: fin}
  retour_de_nuit:
    call: adresse
    go: fin
  fin: {end: "De {adresse.ville}, bon courage."}
"""
ADDRESS = """
title: Adresse
languages: [fr]
facts:
  prix: {value: 2 EUR, source: mairie, checked: 2026-03-01}
start: ville
steps:
  ville: {ask: "Quelle ville ? Exemple : Lyon", expect: place, go: prix_du_bus}
  prix_du_bus: {tell: ["Le bus à {ville} : {prix}."], go: seul}
  seul: {ask: Êtes-vous seul ?, expect: yes_no, if_yes: return, if_no: ensemble}
  ensemble: {end: "Allez-y ensemble, à {ville}."}
"""
HELPED = """
title: Une personne
languages: [fr]
start: aide
steps:
  aide: {ask: Voulez-vous une personne ?, expect: yes_no, if_yes: ville, if_no: fin}
  ville: {ask: "Quelle ville ? Exemple : Lyon", expect: place, go: personne}
  personne: {handoff: {topic: papiers, summary: "{ville} : cherche une mairie"}}
  fin: {end: "Appelez la mairie."}
"""


def written(**flows: str) -> dict[str, Definition]:
    """Flows to call, by code."""
    return {code: parse(text, file=f"{code}.yaml") for code, text in flows.items()}


def frozen(text: str, **called: str) -> str:
    """The bundle of a flow and those that it calls."""
    return freeze_definition(parse(text, file="carte.yaml"), code="carte", country="france", shelf=written(**called))


def machine_of(text: str, **called: str) -> Machine:
    """The machine of a flow and those that it calls."""
    return compile_bundle(frozen(text, **called))


def faults(text: str, **called: str) -> tuple[Finding, ...]:
    """What stands against a flow's calls."""
    return whole_flow(parse(text, file="carte.yaml"), written(**called), code="carte").findings


def test_a_called_flow_asks_tells_and_leads_back():
    phone = Phone(machine_of(CARD, adresse=ADDRESS)).send("34")
    assert phone.texts[0].startswith("Quelle ville")
    assert "Le bus à Lyon : 2 euros." in phone.send("Lyon").texts[0]
    assert "Vous etes seul à Lyon." in phone.send("oui").texts[0]
    assert phone.session.step == "retour_de_nuit/ville"
    assert [answer.step for answer in phone.session.answers] == ["age", "adresse/ville", "adresse/seul"]


def test_two_calls_of_the_same_flow_keep_their_answers_apart():
    phone = Phone(machine_of(CARD, adresse=ADDRESS)).send("34", "Lyon", "oui", "Metz", "non")
    assert "De Lyon, bon courage." in phone.texts[-1]
    assert "ensemble, à Metz." in "\n".join(phone.texts)
    assert phone.session.status is Status.ENDED


def test_back_goes_through_a_call():
    phone = Phone(machine_of(CARD, adresse=ADDRESS)).send("34", "Lyon", "9")
    assert phone.session.step == "adresse/ville"
    assert phone.send("retour").session.step == "age"


def test_a_hand_off_in_a_called_flow_waits_and_then_goes_on():
    with_go = CARD.replace("go: selon", "go: fin").split("  selon:")[0] + "  fin: {end: Fini.}\n"
    phone = Phone(machine_of(with_go, adresse=HELPED)).send("34", "oui", "Lyon")
    case = next(effect for effect in phone.effects if isinstance(effect, OpenCase))
    assert case.summary == "Carte, 34 ans, Lyon : cherche une mairie"
    assert phone.session.status is Status.PARKED
    assert phone.happens(CaseEnded("settled")).texts[0].startswith("Fini.")


WITHOUT_GO = """
title: Carte perdue
languages: [fr]
keywords: [carte]
start: aide
steps:
  aide: {call: adresse}
"""


def test_without_go_the_ends_of_a_called_flow_are_the_ends():
    machine = machine_of(WITHOUT_GO, adresse=HELPED)
    assert Phone(machine).send("non").texts[-1].startswith("Appelez la mairie.")
    phone = Phone(machine).send("oui", "Lyon").happens(CaseEnded("settled"))
    assert phone.session.status is Status.ENDED


def test_a_called_flow_may_call_another():
    middle = "title: M\nlanguages: [fr]\nstart: a\nsteps:\n  a: {call: adresse, go: b}\n  b: {end: 'À {a.ville}.'}\n"
    text = WITHOUT_GO.replace("adresse", "milieu").replace("}", ", go: fin}\n  fin: {end: 'De {aide.a.ville}.'}")
    phone = Phone(machine_of(text, milieu=middle, adresse=ADDRESS))
    assert phone.session.step == "aide/a/ville"
    assert phone.send("Lyon", "oui").texts[-1].startswith("A Lyon.\nDe Lyon.")


@pytest.mark.parametrize(
    ("called", "told"),
    [
        ({"adrese": ADDRESS}, "There is no sub-flow `adresse`. Write `adrese`."),
        ({}, "Write it in `adresse.yaml` beside this flow, without `keywords`."),
        ({"adresse": ADDRESS.replace("facts:", "keywords: [x]\nfacts:")}, "it is a flow of its own"),
        ({"adresse": ADDRESS}, "`adresse` comes back here. Write `go:`"),
        ({"adresse": WITHOUT_GO.replace("keywords: [carte]\n", "")}, "`adresse` calls itself (adresse → adresse)."),
    ],
)
def test_a_call_that_can_not_be_is_told_with_its_line(called, told):
    found = faults(WITHOUT_GO, **called)
    assert any(told in each.message for each in found), found
    assert {each.rule for each in found} == {"call"}
    assert found[0].line in {6, 7}


def test_a_circle_of_two_flows_is_told_with_its_way():
    one, two = (WITHOUT_GO.replace("keywords: [carte]\n", "").replace("adresse", name) for name in ("deux", "un"))
    found = faults(WITHOUT_GO.replace("adresse", "un"), un=one, deux=two)
    assert "(un → deux → un)" in found[0].message
    assert found[0].flow == "deux.yaml"


def test_calls_are_three_deep_at_most():
    def link(name: str) -> str:
        return WITHOUT_GO.replace("keywords: [carte]\n", "").replace("adresse", name)

    deep = {"a": link("b"), "b": link("c"), "c": HELPED}
    assert faults(WITHOUT_GO.replace("adresse", "a"), **deep) == ()
    found = faults(WITHOUT_GO.replace("adresse", "a"), **deep | {"c": link("d"), "d": HELPED})
    assert "at most 3 deep" in found[0].message


def test_a_flow_with_its_calls_has_two_hundred_steps_at_most():
    steps = "".join(f"  s{number}: {{tell: [Oui.], go: s{number + 1}}}\n" for number in range(MAX_STEPS // 2))
    long = f"title: L\nlanguages: [fr]\nstart: s0\nsteps:\n{steps}  s{MAX_STEPS // 2}: {{end: Fini.}}\n"
    twice = WITHOUT_GO.replace("{call: adresse}", "{call: adresse, go: encore}\n  encore: {call: adresse}")
    assert "at most 200" in faults(twice, adresse=long)[0].message


def test_a_sentence_of_a_called_flow_knows_its_own_names_only():
    with pytest.raises(CompileError, match=r"no fact and no question"):
        machine_of(CARD, adresse=ADDRESS.replace("{ville} : {prix}", "{age}"))


def test_what_a_call_may_not_have_asked_is_not_said():
    skipped = ADDRESS.replace("start: ville", "start: seul").replace("ensemble, à {ville}", "ensemble")
    with pytest.raises(CompileError, match=r"`adresse\.ville` may not have been asked"):
        machine_of(CARD, adresse=skipped)


def test_an_older_bundle_without_calls_is_the_same_and_goes_on():
    bundle = packaged.bundle("kenya", "lost_id")
    assert "subflows" not in json.loads(bundle)
    machine = compile_bundle(bundle)
    turn = start(machine, channel=Channel.SMS, language="en", now=NOW, say=sayer(machine, "en"))
    assert decode(encode(turn.session)) == turn.session


def test_a_bundle_keeps_what_it_calls_apart():
    bundle = json.loads(frozen(CARD, adresse=ADDRESS, autre=HELPED))
    assert list(bundle["subflows"]) == ["adresse"]
    assert bundle["subflows"]["adresse"]["sentences"]["fr"]["ville.ask"] == "Quelle ville ? Exemple : Lyon"
    assert not any("/" in path for path in bundle["sentences"]["fr"])


def test_an_editor_sees_a_call_and_changes_the_callers_own_words():
    content = frozen(CARD, adresse=ADDRESS)
    views = {view.name: view for view in steps_of(content)}
    assert [name for name in views if "/" not in name] == ["age", "adresse", "selon", "retour_de_nuit", "fin"]
    assert views["adresse"].kind is StepKind.CALLS
    assert views["adresse"].through == "Adresse"
    assert isinstance(views["adresse"].step, Call)
    assert [way.target for way in views["adresse"].goes] == ["adresse/ville"]
    assert views["selon"].goes[0].label == "Oui"
    own = {each.step for each in sentences_of(content) if "/" not in each.step}
    assert own == {"", "age", "adresse", "selon", "fin"}
    changed = apply(content, SentenceEdit("adresse.summary", "fr", "Carte d'une personne de {age} ans"))
    changed = apply(changed, SentenceEdit("fin.end", "fr", "Bonne route depuis {adresse.ville}."))
    assert [each.path for each in difference(content, changed)] == ["adresse.summary", "fin.end"]
    phone = Phone(compile_bundle(changed)).send("34", "Lyon", "non")
    assert "Bonne route depuis Lyon." in phone.texts[-1]


def test_versions_that_call_are_compared_and_put_together():
    base = frozen(CARD, adresse=ADDRESS)
    ours = apply(base, SentenceEdit("fin.end", "fr", "Bonne route."))
    theirs = frozen(CARD, adresse=ADDRESS.replace("Quelle ville", "Votre ville"))
    assert [each.path for each in difference(base, theirs)] == ["adresse/ville.ask"]
    merged = merge(base, ours, theirs)
    assert merged.undecided == ()
    phone = Phone(compile_bundle(merged.content)).send("34")
    assert phone.texts[0].startswith("Votre ville")
    assert "Bonne route." in phone.send("Lyon", "non").texts[-1]


def test_two_sides_that_changed_different_called_flows_are_put_together():
    both = CARD.split("  selon:")[0].replace("go: selon", "go: fin") + "  fin: {call: aide}\n"
    base = frozen(both, adresse=ADDRESS, aide=HELPED)
    ours = frozen(both, adresse=ADDRESS.replace("Quelle ville", "Votre ville"), aide=HELPED)
    theirs = frozen(both, adresse=ADDRESS, aide=HELPED.replace("Voulez-vous une personne", "Une personne"))
    merged = merge(base, ours, theirs)
    assert merged.undecided == ()
    phone = Phone(compile_bundle(merged.content)).send("34")
    assert phone.texts[0].startswith("Votre ville")
    assert "Une personne ?" in "\n".join(phone.send("Lyon", "oui").texts)


def test_a_step_of_a_called_flow_is_shown_as_any_other():
    content = frozen(CARD, adresse=ADDRESS)
    assert shown(content, step="adresse", language="fr", channel="sms").parts == ()
    part = shown(content, step="adresse/ville", language="fr", channel="sms").parts[0]
    assert part.text.startswith("Quelle ville")
    machine = compile_draft(content)
    assert machine is not None
    assert isinstance(machine.steps["adresse/ensemble"], Tell)


def test_what_is_wrong_in_a_called_flow_is_told_in_its_own_file(tmp_path: Path):
    (tmp_path / "carte.yaml").write_text(CARD)
    (tmp_path / "adresse.yaml").write_text(ADDRESS)
    assert check([tmp_path], today=TODAY) == []
    (tmp_path / "adresse.yaml").write_text(ADDRESS.replace("Allez-y ensemble", "x" * 400))
    for paths in ([tmp_path], [tmp_path / "carte.yaml"], [tmp_path / "adresse.yaml"]):
        found = [each for each in check(paths, today=TODAY) if each.rule == "text_too_dear"]
        assert [(each.flow, each.step, each.path) for each in found] == [("adresse", "ensemble", "ensemble.end")]
    (tmp_path / "adresse.yaml").write_text(ADDRESS.replace("go: prix_du_bus", "go: prix_du_bsu"))
    found = check([tmp_path / "carte.yaml"], today=TODAY)
    assert any(each.flow == "adresse" and "Write `prix_du_bus`" in each.message for each in found)
    (tmp_path / "adresse.yaml").write_text(ADDRESS.replace("ask:", "aks:", 1))
    assert {each.flow for each in check([tmp_path / "carte.yaml"], today=TODAY)} == {"adresse"}


def test_an_editor_is_told_what_is_wrong_in_a_called_flow_where_it_is_called():
    expired = ADDRESS.replace("checked: 2026-03-01", "checked: 2026-03-01, valid_to: 2026-03-02")
    found = check_content(frozen(CARD, adresse=expired), today=TODAY)
    told = [each for each in found if each.rule == "fact_expired"]
    assert {each.step for each in told} == {"adresse/prix_du_bus", "retour_de_nuit/prix_du_bus"}
    assert all(each.flow == "carte" and each.path == "facts.adresse/prix" for each in told)


def test_a_fact_of_a_called_flow_past_its_last_day_is_not_said():
    ends = date(2026, 3, 2)
    expired = ADDRESS.replace("checked: 2026-03-01", f"checked: 2026-03-01, valid_to: {ends}")
    phone = Phone(machine_of(CARD, adresse=expired)).send("34", "Lyon")
    assert phone.texts == ()
    assert any(isinstance(effect, OpenCase) for effect in phone.effects)
