"""Whatever happens, wherever a person is: no exception, at most 3 replies, and a person one key away."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from flows import packaged
from flows.alphabet import septets
from flows.compiler import compile_bundle
from flows.definition import Ask, Expected
from flows.effects import CaseEnded, Dropped, Event, OpenCase, Reason, TextArrived, TimerRang, Undelivered
from flows.engine import advance, again, start
from flows.machine import Machine
from flows.screens import kept, sms, ussd
from flows.session import Answer, Aside, Channel, Session, Status, Turn, decode, encode
from flows.wording import sayer
from tests.flows import test_help, test_subflows
from tests.flows.talking import LOST_CARD, Phone, list_machine, machine_of
from tests.scale import LONG, scaled

EVERY_KIND = """
title: Tout
languages: [fr]
keywords: [tout]
discreet: yes
facts:
  prix: {value: 25 EUR, source: x, checked: 2026-01-01, valid_to: 2026-06-30}
start: nom
steps:
  nom: {ask: Votre nom ?, expect: name, go: lieu}
  lieu: {ask: Votre ville ?, expect: place, go: jour}
  jour: {ask: "Quel jour ? Exemple : 12 mars 1985", expect: date, go: argent}
  argent: {ask: "Combien ? Exemple : 25 euros", expect: amount, go: enfants}
  enfants: {ask: "Combien d'enfants ? Exemple : 2", expect: number 0 to 12, go: dit}
  dit:
    tell:
      - "Bonjour {nom}, de {lieu}, le {jour}."
      - "{enfants: n, one: un enfant, other: {n} enfants}, {argent}, {prix}."
    also_by_sms: yes
    go: mots
  mots: {ask: Que se passe-t-il ?, expect: text, go: choix}
  choix:
    ask: On recommence ?
    choices:
      un: {label: Tout, go: nom}
      deux: {label: La fin, go: fin}
      trois: {label: Une aide, go: aide}
    unclear_means: deux
  aide: {handoff: {topic: aide, summary: "{nom}, {lieu}", urgent: yes, go: fin}}
  fin: {end: "Au revoir {nom}."}
"""
TEXTS = [
    *("0", "00", "9", "09", "8", "08", "1", "2", "3", "7", "11", "34", "", " ", "?", "oui", "non", "STOP", "stop it"),
    *("MENU", "retour", "suite", "aide", "ou", "recommencer", "changer 1", "changer 99", "effacer", "START", "langue"),
    *("english", "kiswahili", "il me frappe", "j'en ai marre", "mon code est 1234", "merci", "bonjour", "Lyon"),
    *("je ne sais pas", "12/3/1980", "25 euros", "trois", "je m'appelle Zoé", "volle", "une personne", "ሰላም"),
    *("😀" * 40, "a" * 3000, "\ud800", "x\u0000y", "1 2 3", "-1", "9" * 30, "1e9", "٣", "\u200b", "{nom}", "%s"),
    "ils ont stoppé mon aide",
]


def machines() -> list[Machine]:
    """Every kind of question, long lists, help, called flows, and all of the machine's own dialogues everywhere."""
    countries = packaged.countries()
    names = [name for name in packaged.common().dialogues if name != "menu"]
    return [
        machine_of(LOST_CARD),
        machine_of(EVERY_KIND),
        machine_of(test_help.FLOW),
        test_subflows.machine_of(test_subflows.CARD, adresse=test_subflows.ADDRESS),
        test_subflows.machine_of(test_subflows.WITHOUT_GO, adresse=test_subflows.HELPED),
        list_machine([f"Ville {number}" for number in range(33)]),
        *(compile_bundle(packaged.dialogue_bundle(country, name)) for country in countries for name in names),
        *(compile_bundle(packaged.bundle(each, code)) for each in countries for code in packaged.flow_codes(each)),
        *(compile_bundle(packaged.menu_bundle(country, packaged.flow_codes(country))) for country in countries),
    ]


MACHINES = machines()


def some_event(chance: random.Random) -> Event:
    """Mostly texts: known ones, mutilated ones, noise."""
    kind = chance.random()
    if kind < 0.7:
        return TextArrived(chance.choice(TEXTS), struck=chance.random() < 0.03)
    if kind < 0.9:
        text = list(chance.choice(TEXTS)[:60] + chance.choice(TEXTS)[:60])
        chance.shuffle(text)
        return TextArrived("".join(text))
    return chance.choice([CaseEnded("settled"), TimerRang("x"), Dropped(), Undelivered()])


def some_session(machine: Machine, chance: random.Random) -> Session:
    """A session that no engine ever made: any step, any answers, any page."""
    steps = [*machine.steps, "nowhere", ""]
    junk = [None, True, 3, -(10**12), 1.5, "yes", "un", "\ud800", {}, {"place": 3}, {"amount": "x", "currency": 1}]
    return Session(
        machine=chance.choice([machine.hash, "another"]),
        step=chance.choice(steps),
        channel=chance.choice(list(Channel)),
        language=chance.choice(["fr", "en", "sw", "xx", ""]),
        status=chance.choice(list(Status)),
        answers=tuple(
            Answer(chance.choice(steps), chance.choice(junk), chance.randrange(-2, 50), (chance.choice(steps),))
            for _ in range(chance.choice([0, 1, 2, 5, 70]))
        ),
        lead=tuple(chance.choice([*steps, "phrase:", "dit#9", "#"]) for _ in range(chance.randrange(9))),
        tries=chance.randrange(-1, 9),
        page=chance.randrange(-3, 300),
        aside=chance.choice([None, *Aside]),
        guess=chance.choice(junk),
        values=chance.choice([{}, {"case": "42", "by": "x" * 300}]),
    )


def check_turn(turn: Turn, machine: Machine) -> None:
    """What every turn keeps to."""
    assert len(turn.replies) <= 3
    assert len(turn.effects) <= 3
    for text in (*sms(turn), *kept(turn)):
        assert text
    if turn.replies:
        screen = ussd(turn.replies, turn.session.page)
        assert septets(screen.text) <= (160 if screen.expects_answer else 182)


def test_no_event_at_any_place_raises_or_exceeds_a_bound():
    chance = random.Random(20260312)
    for _ in range(scaled(100_000)):
        machine = chance.choice(MACHINES)
        session = some_session(machine, chance)
        now = datetime.combine(date(2026, 3, 12) + timedelta(days=chance.randrange(400)), time(10), UTC)
        say = sayer(machine, session.language)
        turn = advance(machine, session, some_event(chance), now, say)
        check_turn(turn, machine)
        check_turn(again(machine, session, now, say), machine)


def test_in_any_conversation_a_person_is_one_key_away():
    chance = random.Random(20260313)
    conversations = 8_500 if LONG else 200  # about a dozen events each
    for _ in range(conversations):
        machine = chance.choice(MACHINES)
        channel, language = chance.choice(list(Channel)), chance.choice(machine.languages)
        now = datetime(2026, 3, 12, 10, tzinfo=UTC)
        say = sayer(machine, language)
        turn = start(machine, channel=channel, language=language, now=now, say=say, values={"case": "42", "by": "x"})
        for _ in range(chance.randrange(25)):
            before = turn
            session = decode(encode(turn.session))
            assert session == turn.session
            if chance.random() < 0.05:
                session = session.moved_to(chance.choice(list(Channel)))
            event = some_event(chance)
            turn = advance(machine, session, event, now, sayer(machine, session.language))
            check_turn(turn, machine)
            if isinstance(event, TextArrived):
                assert turn.replies or turn.effects, (before.session, event)
            assert_person(machine, turn.session, now)


def assert_person(machine: Machine, session: Session, now: datetime) -> None:
    """The key that the legend shows here opens a case."""
    step = machine.steps.get(session.step)
    key = "0"
    if isinstance(step, Ask) and session.status is Status.ACTIVE and not session.aside:
        key = "0" if step.expected in (Expected.CHOICE, Expected.YES_NO) else "00"
    turn = advance(machine, session, TextArrived(key), now, sayer(machine, session.language))
    assert any(isinstance(effect, OpenCase) for effect in turn.effects), session


def likely_answer(machine: Machine, session: Session, chance: random.Random) -> str:
    """What fits the open question, mostly."""
    step = machine.steps[session.step]
    if not isinstance(step, Ask) or chance.random() < 0.2:
        return chance.choice(TEXTS)
    fitting = {
        Expected.NUMBER: str(chance.randint(step.low or 0, step.high or 9)),
        Expected.NAME: "Zoé",
        Expected.PLACE: "Lyon",
        Expected.DATE: "12/3/1980",
        Expected.AMOUNT: "25 euros",
        Expected.TEXT: "mon sac",
    }
    keys = [option.key for option in machine.options[machine.spoken(session.language), step.name]]
    return fitting.get(step.expected) or chance.choice(keys or ["1", "2"])


def test_back_after_an_answer_gives_back_the_state():
    chance = random.Random(20260314)
    answered, talks = 0, 14_000 if LONG else 300  # about seven answers each
    for _ in range(talks):
        machine = chance.choice(MACHINES)
        phone = Phone(machine, chance.choice(list(Channel)), language=chance.choice(machine.languages))
        for _ in range(chance.randrange(1, 14)):
            before = phone.session
            phone.send(likely_answer(machine, before, chance))
            if len(phone.session.answers) == len(before.answers) + 1 and phone.session.status is Status.ACTIVE:
                answered += 1
                step = machine.steps[phone.session.step]
                if not isinstance(step, Ask) or phone.session.page or phone.session.aside:
                    continue
                closed = step.expected in (Expected.CHOICE, Expected.YES_NO)
                undone = Phone(machine)
                undone.turn = phone.turn
                undone.send("9" if closed else "retour")
                assert undone.session == replace(before, tries=0, aside=None, guess=None)
    assert answered > talks // 4


@pytest.mark.parametrize("channel", Channel)
def test_the_same_event_gives_the_same_turn(channel):
    for texts in (["1", "34", "non"], ["volle", "1", "zz", "34"], ["ou", "2", "09"]):
        first, second = (Phone(machine_of(LOST_CARD), channel).send(*texts) for _ in range(2))
        assert first.turn == second.turn


def test_a_conversation_that_goes_round_and_round_comes_to_a_person():
    machine = machine_of("""
title: Rond
languages: [fr]
keywords: [rond]
start: a
steps:
  a: {ask: Encore ?, expect: yes_no, if_yes: a, if_no: fin}
  fin: {end: Fini.}
""")
    phone = Phone(machine)
    opened = 0
    for _ in range(200):
        phone.send("oui")
        opened += any(isinstance(effect, OpenCase) for effect in phone.effects)
        assert len(phone.session.answers) <= 60
    assert opened >= 1


TOLD_THEN_ASKED_TWICE = """
title: Carte
languages: [fr]
keywords: [carte]
facts:
  prix: {value: 25 EUR, source: service-public.gouv.fr, checked: 2026-03-01, valid_to: 2026-03-12}
start: comment
steps:
  comment: {ask: Perdue ou volée ?, choices: {perdue: {label: Perdue}, volee: {label: Volée}}, go: payer}
  payer: {tell: ["Apportez {prix}."], go: age}
  age: {ask: "Quel âge ? Exemple : 34", expect: number 0 to 120, go: encore}
  encore: {ask: Encore une carte ?, expect: yes_no, if_yes: fin, if_no: fin}
  fin: {end: Bon courage.}
"""


def test_going_back_repeats_no_fact_that_has_ended_since():
    phone = Phone(machine_of(TOLD_THEN_ASKED_TWICE), Channel.USSD).send("1", "34")
    assert any("25 euros" in text for text in Phone(phone.machine, Channel.USSD).send("1", "34", "9").texts)
    phone.now += timedelta(days=1)
    phone.send("9")
    assert [effect.reason for effect in phone.effects] == [Reason.FACT_EXPIRED]
    assert not any("25 euros" in text for text in phone.texts)
