"""A flow asks again some days after its end, and reminds whoever left a question open: parsed, compiled, run, told."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from flows import packaged
from flows.bundle import freeze
from flows.checker import check
from flows.compiler import CompileError
from flows.contents import StepKind, steps_of
from flows.definition import AskAgain
from flows.effects import OpenCase, OpenMenu, Sleep, TimerRang
from flows.engine import again
from flows.explorer import explore
from flows.files import freeze_definition
from flows.parser import ParseError, parse
from flows.preview import shown
from flows.session import Channel, Status
from flows.transcript import play_text, retell_text
from flows.wording import sayer
from tests.flows.talking import NOW, TODAY, Phone, machine_of

FLOW = """
title: Carte
languages: [fr]
keywords: [carte]
start: quoi
steps:
  quoi:
    ask: Perdue ou volée ?
    choices:
      perdue: {label: Perdue, go: suivi}
      volee: {label: Volée, go: suivi}
  suivi:
    ask_again: {after: 21 days, ask: Avez-vous reçu votre carte ?, if_no: retard}
    end: Bon courage.
  retard:
    handoff: {topic: papiers, summary: "Carte {quoi} : rien", answer_within: 1 working day, go: suivi}
"""
CARD = machine_of(FLOW)
QUESTION = "Avez-vous recu votre carte ?\n1 Oui\n2 Non\n0 Une personne"
SAID = """flow: carte
channel: sms
today: 2026-03-12

> carte
< Perdue ou volée ?
  1 Perdue
  2 Volée
  0 Une personne
> 1
< Bon courage.
  0 Une personne
! asks again in 21 days
"""


def asleep(channel: Channel = Channel.SMS) -> Phone:
    return Phone(CARD, channel).send("1")


def content() -> str:
    return freeze_definition(parse(FLOW, file="carte"), code="carte", country="france")


# ---- written ----


def test_it_is_read_with_its_days_its_question_and_its_last_words():
    step = parse(FLOW, file="carte").steps["suivi"]
    assert isinstance(step, AskAgain)
    assert (step.after_days, step.words.text, step.end.text, step.if_no) == (
        21, "Avez-vous reçu votre carte ?", "Bon courage.", "retard",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("    end: Bon courage.\n", "", "`end` is missing"),
        ("after: 21 days", "after: 0 days", "Write `after: 1 day`"),
        ("if_no: retard", "if_no: retart", "Write `retard`"),
        ("title: Carte\n", "title: Carte\nremind: {after: demain}\n", "Write `after: 1 day`"),
        ("title: Carte\n", "title: Carte\ndiscreet: yes\n", "would never be asked"),
        ("title: Carte\n", "title: Carte\ndiscreet: yes\nremind: {after: 1 day}\n", "nobody would be reminded"),
    ],
)
def test_what_can_not_be_is_refused_with_what_to_write(written: str, instead: str, told: str):
    with pytest.raises((ParseError, CompileError)) as refused:
        machine_of(FLOW.replace(written, instead))
    assert told in str(refused.value)


def test_an_unasked_text_is_one_part_and_a_reminder_two(tmp_path: Path):
    path = tmp_path / "carte.yaml"
    long_one = "Avez-vous reçu la carte que vous avez demandée à la mairie ou à la préfecture de votre ville ?"
    path.write_text(FLOW.replace("Avez-vous reçu votre carte ?", long_one))
    found = {(each.rule, each.path, each.channel): each.how_much for each in check([path], today=TODAY)}
    assert found["text_too_dear", "suivi.ask_again", "sms"] == len(
        f"Bonjour, ici Guichet Val-de-Marne. {long_one}\n1 Oui\n2 Non\n0 Une personne\nPlus de SMS : STOP"
    ) - 160  # fmt: skip
    path.write_text(FLOW.replace("title: Carte\n", "title: Carte\nremind: {after: 1 day}\n"))
    assert [each.rule for each in check([path], today=TODAY) if each.rule == "text_too_dear"] == []


# ---- run ----


@pytest.mark.parametrize("channel", Channel)
def test_after_the_last_words_the_conversation_sleeps(channel: Channel):
    phone = asleep(channel)
    assert phone.session.status is Status.SLEEPING
    assert phone.effects == (Sleep("suivi", 21),)
    assert phone.happens(TimerRang("else")).session.status is Status.SLEEPING
    assert phone.send("carte").effects == (OpenMenu(),)
    assert phone.session.status is Status.SLEEPING, "what is said meanwhile leaves the question for later"


def test_when_it_rings_the_question_is_asked_with_its_keys_and_yes_is_the_end():
    phone = asleep().happens(TimerRang("suivi"))
    assert phone.texts == (QUESTION,)
    assert phone.session.status is Status.ACTIVE
    phone.send("oui")
    assert phone.texts == ("Très bien, merci. Besoin d'autre chose : MENU.\n0 Une personne",)
    assert phone.session.status is Status.ENDED


def test_no_leads_to_the_step_that_the_author_names_and_from_there_it_may_ask_again():
    phone = asleep().happens(TimerRang()).send("non")
    (case,) = phone.effects
    assert isinstance(case, OpenCase)
    assert case.summary == "Carte Perdue : rien"


@pytest.mark.parametrize(("text", "answer"), [("0", OpenCase), ("peut-etre demain", None), ("nan", OpenCase)])
def test_it_is_read_as_every_question(text: str, answer: type[object] | None):
    phone = asleep().happens(TimerRang()).send(text)
    assert [type(effect) for effect in phone.effects] == ([answer] if answer else [])
    if answer is None:
        assert phone.texts[0].endswith(QUESTION)


def test_back_leads_to_nothing_that_was_said_weeks_ago():
    phone = asleep(Channel.USSD).happens(TimerRang())
    assert phone.screen == QUESTION
    asked = phone.session
    assert phone.send("9").session == asked
    assert phone.screen.startswith("C'est la première question.")


def test_who_dials_meets_the_question_and_who_is_in_another_language_too():
    phone = asleep().happens(TimerRang())
    turn = again(CARD, phone.session.moved_to(Channel.USSD), NOW, sayer(CARD, "fr"))
    assert turn.session.step == phone.session.step
    assert turn.replies[-1].options == ("1 Oui", "2 Non")


def test_a_question_about_a_fact_that_has_ended_is_not_asked():
    facts = "facts:\n  jour: {value: 2026-03-20, source: mairie, checked: 2026-03-01, valid_to: 2026-03-20}\n"
    text = FLOW.replace("start: quoi", f"{facts}start: quoi").replace("votre carte ?,", "\"la carte du {jour} ?\",")
    phone = Phone(machine_of(text.replace("Avez-vous reçu \"la", "\"Avez-vous reçu la"))).send("1")
    phone.now = NOW + timedelta(days=21)
    phone.happens(TimerRang())
    assert (phone.texts, phone.effects, phone.session.status) == ((), (), Status.ENDED)


def test_a_flow_frozen_before_has_none_of_it_and_stays_what_it_was():
    plain = FLOW.replace("ask_again: {after: 21 days, ask: Avez-vous reçu votre carte ?, if_no: retard}\n    ", "")
    plain = plain[: plain.index("  retard:")]
    frozen = freeze(
        parse(plain, file="carte"), code="carte", country="france", source_language="fr", common=packaged.common()
    )
    assert "followup_came" not in frozen
    assert "followup_came" in content()


# ---- told ----


@pytest.mark.parametrize("mark", ["@ timer", "@ days 21"])
def test_a_written_conversation_goes_through_it(mark: str):
    text = SAID + f"{mark}\n< {QUESTION.replace(chr(10), chr(10) + '  ')}\n> oui\n< Très bien, merci. Besoin d'autre" \
        " chose : MENU.\n  0 Une personne\n"
    assert play_text(CARD, text, "carte") == []


def test_the_days_of_a_written_conversation_pass_for_its_facts_too():
    facts = "facts:\n  jour: {value: 2026-03-20, source: mairie, checked: 2026-03-01, valid_to: 2026-03-20}\n"
    dated = FLOW.replace("start: quoi", f"{facts}start: quoi").replace("Avez-vous reçu votre carte ?", '"Le {jour} ?"')
    assert retell_text(machine_of(dated), f"{SAID}@ timer\n") == f"{SAID}@ timer\n", "nothing is asked"


def test_days_that_are_too_few_ring_nothing_and_add_up():
    told = retell_text(CARD, SAID + "@ days 20\n@ days 1\n")
    assert "@ days 20\n@ days 1\n<" in told


def test_the_editor_sees_it_as_what_it_is():
    bundle = content()
    (view,) = [step for step in steps_of(bundle) if step.name == "suivi"]
    assert view.kind is StepKind.ASKS_AGAIN
    assert view.paths == ("suivi.end", "suivi.ask_again")
    assert [(way.label, way.target) for way in view.goes] == [("Non", "retard")]
    for channel in Channel:
        phone = shown(bundle, step="suivi", language="fr", channel=channel)
        assert [part.text.partition("\n")[0] for part in phone.parts] == [
            "Bon courage.", "Avez-vous recu votre carte ?",
        ]  # fmt: skip
        assert not phone.too_long


def test_the_explorer_walks_through_the_days():
    found = explore(CARD, today=date(2026, 3, 12))
    assert found.whole
    assert found.broken == ()
    assert found.steps == (5, 5), "the question of later and its thanks are steps of their own"
