"""The explorer visits every state of what we ship, and finds each promise once it is broken."""

import random
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from flows import answering, asking, commands, engine, packaged, screens, transcript, walk
from flows.alphabet import rewrite, septets
from flows.compiler import compile_bundle
from flows.definition import Ask, Expected
from flows.effects import OpenMenu, StartTexts
from flows.explorer import Kind, Persona, explore, in_files, promises, walking
from flows.explorer.acts import acts_at
from flows.machine import Machine
from flows.session import Channel, Status, Turn, Value, encode
from flows.shown import shown_value
from flows.transcript import play_text
from flows.wording import SayValue
from flows.worst import longest, longest_value
from sms_gateway.cli import main
from tests.flows.talking import LOST_CARD, TODAY, Phone, list_machine, machine_of
from tests.scale import LONG, scaled
from tests.shipped import some

SHIPPED = some()
SMALL = """
title: Carte
languages: [fr]
keywords: [carte]
facts:
  prix: {value: 25 EUR, source: service-public.gouv.fr, checked: 2026-03-01, valid_to: 2026-12-31}
start: comment
steps:
  comment: {ask: Perdue ou volée ?, choices: {perdue: {label: Perdue}, volee: {label: Volée}}, go: payer}
  payer:
    tell: ["Apportez {prix} et une photo de moins de six mois.", "Une preuve de votre adresse, et un parent."]
    go: age
  age: {ask: "Quel âge ? Exemple : 34", expect: number 0 to 120, go: qui}
  qui: {decide: [{when: {age: 0 to 17}, go: parent}, {when: {age: 18 to 120}, go: fin}]}
  parent: {handoff: {topic: papiers, summary: "{comment}, {age}", answer_within: 1 working day, go: fin}}
  fin: {end: Bon courage.}
"""


@pytest.mark.parametrize(("country", "code"), SHIPPED)
def test_what_we_ship_keeps_every_promise_in_every_state(country, code):
    machine = compile_bundle(packaged.bundle(country, code))
    explored = explore(machine, today=TODAY) if LONG else explore(machine, today=TODAY, limit=150)
    assert [f"{each}\n{each.transcript}" for each in explored.broken] == []
    assert set(explored.visited) == {(language, channel) for language in machine.languages for channel in Channel}
    if LONG:
        assert explored.whole
        assert explored.steps[0] == explored.steps[1]


@pytest.mark.parametrize("country", packaged.countries())
def test_the_machines_own_dialogues_keep_every_promise(country):
    names = [name for name in packaged.common().dialogues if name != "menu"]
    for name in names if LONG else names[1:3]:
        explored = explore(compile_bundle(packaged.dialogue_bundle(country, name)), today=TODAY)
        assert explored.broken == ()
        assert explored.whole


def test_it_says_how_much_it_visited_of_how_much_there_is():
    whole = explore(machine_of(SMALL), today=TODAY)
    assert whole.whole
    assert whole.steps == (5, 5)
    assert whole.broken == ()
    told = list(whole.lines())
    assert told[0].startswith("france/essai: 5 of 5 steps, ")
    assert told[0].endswith("all promises kept")
    states = whole.known["fr", Channel.SMS]
    assert f"  fr sms  {states} of {states} states" in told
    cut = explore(machine_of(SMALL), today=TODAY, limit=20)
    assert sum(cut.visited.values()) == 20
    assert any(line.endswith("known, cut at the bound") for line in cut.lines())


def test_a_number_is_tried_at_both_ends_of_each_class_of_its_table():
    machine = machine_of(LOST_CARD)
    phone = Phone(machine).send("1")
    tried = {act.given for act in acts_at(machine, phone.session) if act.kind is Kind.ANSWER}
    assert tried == {"> 0", "> 17", "> 18", "> 120"}


def test_every_persona_has_something_to_do():
    machine = machine_of(LOST_CARD)
    first, second = Phone(machine, Channel.USSD), Phone(machine, Channel.USSD).send("1")
    assert {act.persona for phone in (first, second) for act in acts_at(machine, phone.session)} == set(Persona)


# ---- each promise, broken on purpose ----


def _elsewhere(original):
    """The same, and the page moved on."""
    return lambda *args, **named: _moved(original(*args, **named))


def _moved(turn: Turn) -> Turn:
    return replace(turn, session=replace(turn.session, page=turn.session.page + 1))


def _without_answers(original):
    return lambda *args, **named: _forgot(original(*args, **named))


def _forgot(turn: Turn) -> Turn:
    return replace(turn, session=replace(turn.session, answers=()))


def _without_lead(original):
    return lambda *args, **named: _unled(original(*args, **named))


def _unled(turn: Turn) -> Turn:
    return replace(turn, session=replace(turn.session, lead=(), tries=0))


BREAKS = {
    "never_silent": [(answering, "_moves", lambda machine, session, *_: Turn(session))],
    "few_messages": [(promises, "MOST_MESSAGES", 0)],
    "fits_the_phone": [(screens, "SCREEN", 400)],
    "a_person_one_key_away": [(commands, "to_person", lambda machine, session, text: Turn(session, (), (OpenMenu(),)))],
    "asked_twice_at_most": [(answering, "MAX_TRIES", 4)],
    "a_wrong_key_stays": [(answering, "not_understood", _elsewhere(answering.not_understood))],
    "no_answer_erased": [(answering, "not_understood", _without_answers(answering.not_understood))],
    "an_option_is_that_answer": [(answering, "stored_value", lambda _, step, said: "perdue" if step.choices else said)],
    "no_end_without_words": [(walk, "said", lambda *_, **__: ())],
    "never_fails": [(walk, "holds", lambda *_: False)],
    "stored_and_read_back": [(promises, "encode", lambda session: encode(replace(session, tries=0)))],
    "stop_stops": [(commands, "StopTexts", OpenMenu)],
    "danger_is_heard": [(commands, "_danger", lambda machine, session, *_: Turn(session, (), (OpenMenu(),)))],
    "the_words_that_always_work": [(commands, "OpenMenu", StartTexts)],
    "words_to_the_case": [(engine, "AddToCase", lambda text: OpenMenu())],
    "bad_luck_moves_nobody": [(transcript, "again", lambda machine, session, *_: Turn(session))],
    "asked_when_it_rings": [(engine, "_rang", lambda machine, session, *_: Turn(session))],
    "change_is_a_fresh_run": [(answering, "step_back", _without_lead(answering.step_back))],
    "back_gives_back": [(answering, "step_back", _without_answers(answering.step_back))],
    "no_fact_past_its_day": [(Machine, "expired", lambda *_: False)],
    "every_step_reached": [(walk, "holds", lambda session, row: row.go == "fin")],
}

LATER = SMALL.replace("fin: {end: Bon courage.}", """fin:
    end: Bon courage.
    ask_again: {after: 21 days, ask: Avez-vous votre carte ?, if_no: encore}
  encore: {handoff: {topic: papiers, summary: "{comment}", answer_within: 1 working day}}""")


@pytest.mark.parametrize("promise", BREAKS)
def test_a_broken_promise_is_found_with_the_shortest_conversation_that_shows_it(promise, monkeypatch):
    answered = {"change_is_a_fresh_run": LOST_CARD, "back_gives_back": LOST_CARD, "asked_when_it_rings": LATER}
    machine = machine_of(answered.get(promise, SMALL))
    for where, name, what in BREAKS[promise]:
        monkeypatch.setattr(where, name, what)
    most = 20_000 if promise.startswith("every") else 150
    found = {each.promise: each for each in explore(machine, today=TODAY, limit=most).broken}
    assert promise in found, list(found)
    told = found[promise].transcript
    assert play_text(machine, told, "found") == []
    assert told.startswith("flow: essai\ncountry: france\nchannel: ")
    assert len([line for line in told.splitlines() if line[:1] in "@>"]) <= 6, told


def test_a_question_that_comes_days_later_is_explored_too():
    explored = explore(machine_of(LATER), today=TODAY)
    assert explored.whole
    assert explored.broken == ()


def test_every_promise_has_been_broken_once():
    looked_at = {promise.__name__ for promise in promises.PROMISES}
    assert looked_at | {"no_fact_past_its_day", walking.EVERY_STEP} == set(BREAKS)


@pytest.mark.parametrize("count", [1, 6, 23] if not LONG else range(1, 61))
def test_a_list_of_any_length_is_explored_to_its_last_option(count):
    machine = list_machine([f"Ville {number}" for number in range(count)])
    assert explore(machine, today=TODAY, limit=20_000 if LONG else 60).broken == ()


def test_an_option_that_no_screen_shows_is_found(monkeypatch):
    machine = list_machine([f"Ville {number}" for number in range(7)])
    monkeypatch.setattr(answering, "_more", lambda machine, at, say: Turn(at, asking.said(machine, at, say)))
    (lost, *_) = explore(machine, today=TODAY).broken
    assert (lost.promise, lost.message) == (walking.EVERY_OPTION, "an option is never shown: `v5`")


def test_flows_in_a_folder_are_explored_without_those_that_are_only_called(tmp_path):
    (tmp_path / "carte.yaml").write_text(SMALL)
    (tmp_path / "bureau.yaml").write_text("title: B\nlanguages: [fr]\nstart: a\nsteps:\n  a: {end: Allez là.}\n")
    assert [machine.code for machine in in_files([tmp_path])] == ["carte"]
    assert [machine.code for machine in in_files([tmp_path / "bureau.yaml"])] == ["bureau"]


def test_the_command_ends_with_1_where_a_promise_breaks_and_with_a_sentence_where_nothing_can_be_run(
    tmp_path, monkeypatch
):
    path = tmp_path / "carte.yaml"
    path.write_text(SMALL)
    command = ["explore", str(path), "--today", str(TODAY), "--limit", "60"]
    kept = CliRunner().invoke(main, command)
    assert (kept.exit_code, kept.output.splitlines()[0][-17:]) == (0, "all promises kept")
    monkeypatch.setattr(answering, "MAX_TRIES", 4)
    broken = CliRunner().invoke(main, command)
    assert broken.exit_code == 1
    told = re.search(r"^flow: carte\n.*?\n\n.*?\n(?=\n|\Z)", broken.output, re.MULTILINE | re.DOTALL)
    assert told
    (tmp_path / "carte_broken.transcript").write_text(told[0])
    assert CliRunner().invoke(main, ["play", str(tmp_path / "carte_broken.transcript")]).exit_code == 0
    path.write_text("title: T")
    assert "guichet check says how to mend it." in CliRunner().invoke(main, command).output


# ---- the same, by chance ----

FITTING = {
    Expected.PLACE: ("Lyon", "Bouaké"),
    Expected.NAME: ("Zoé", "Awa"),
    Expected.DATE: ("12/3/1980",),
    Expected.AMOUNT: ("25 euros",),
    Expected.TEXT: ("mon sac",),
}


def _answer(machine: Machine, step: Ask, language: str, chance: random.Random) -> str:
    if step.expected is Expected.NUMBER:
        return str(chance.randint(step.low or 0, step.high or 99))
    options = [option.key for option in machine.options[language, step.name]]
    return chance.choice(FITTING.get(step.expected) or options)


def test_changing_an_answer_is_a_fresh_run_with_the_other_one():
    chance = random.Random(20260315)
    machines = [machine_of(LOST_CARD), *(compile_bundle(packaged.bundle(*each)) for each in SHIPPED)]
    words = {"fr": "changer", "en": "change", "sw": "badili"}
    changed, talks = 0, 13_000 if LONG else 300  # about eight events each
    for _ in range(talks):
        machine = chance.choice(machines)
        language, texts = chance.choice(machine.languages), []
        phone = Phone(machine, language=language)
        while isinstance(step := machine.steps[phone.session.step], Ask) and phone.session.status is Status.ACTIVE:
            if texts and chance.random() < 0.3:
                break
            texts.append(_answer(machine, step, language, chance))
            phone.send(texts[-1])
        if phone.session.status is not Status.ACTIVE or len(phone.session.answers) != len(texts) or not texts:
            continue
        number = chance.randint(1, len(texts))
        other = _answer(machine, machine.steps[phone.session.answers[number - 1].step], language, chance)
        fresh = Phone(machine, language=language).send(*texts[: number - 1], other)
        assert phone.send(f"{words[language]} {number}", other).session == fresh.session, (texts, number, other)
        changed += 1
    assert changed > talks // 4


def test_no_value_makes_a_sentence_longer_than_its_proven_bound():
    chance = random.Random(20260316)
    machines = [machine_of(LOST_CARD), *(compile_bundle(packaged.bundle(*each)) for each in SHIPPED)]
    said = [
        (machine, language, path)
        for machine in machines
        for language in machine.languages
        for path in machine.voices[language].templates
        if path.partition(".")[0] in machine.steps and machine.voices[language].names(path)
    ]
    for _ in range(scaled(100_000)):
        machine, language, path = chance.choice(said)
        voice = machine.voices[language]
        names = [name for name in voice.names(path) if name not in voice.facts]
        values = {name: _value(machine, language, name, chance) for name in names}
        text = voice(path, **values)
        assert septets(rewrite(text)) <= septets(rewrite(longest(machine, language, path))), (path, values)


def _value(machine: Machine, language: str, name: str, chance: random.Random) -> SayValue:
    """What the sentence may be given: any answer of that question, anything that the gateway says no longer."""
    step = machine.steps.get(name)
    if not isinstance(step, Ask):
        return "é" * chance.randint(0, len(longest_value(machine, language, name)))
    match step.expected:
        case Expected.NUMBER:
            value: Value = chance.randint(step.low or 0, step.high or 1_000_000)
        case Expected.DATE:
            value = str(date(2026, 1, 1) + timedelta(days=chance.randint(-20_000, 20_000)))
        case Expected.AMOUNT:
            value = {"amount": chance.randint(0, 100_000_000), "currency": packaged.currency(machine.country, language)}
        case Expected.PLACE | Expected.NAME:
            value = "".join(chance.choice("mwéàÇêZ -'") for _ in range(chance.randint(0, 60)))
        case _:
            value = chance.choice(machine.choices.get(name) or ("",))
    return shown_value(machine, name, value, language)
