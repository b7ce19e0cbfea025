"""Conversations, as a person has them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from flows import packaged
from flows.bundle import ListOption, freeze
from flows.compiler import compile_bundle
from flows.effects import (
    AddToCase,
    AskLanguage,
    CaseEnded,
    ChooseLanguage,
    Dropped,
    EraseAll,
    NewMatter,
    OpenCase,
    OpenFlow,
    OpenMenu,
    Reason,
    RecordHelped,
    ReopenCase,
    ResumeFlow,
    SayHelp,
    Severity,
    ShowAnswer,
    StartTexts,
    StopTexts,
    TextArrived,
    TimerRang,
    Undelivered,
)
from flows.machine import Machine
from flows.parser import parse
from flows.session import Answer, Aside, Channel, Status, Turn
from tests.flows.talking import LOST_CARD, Phone, machine_of

CARD = machine_of(LOST_CARD)
TITLE = "Carte d'identité perdue ou volée"


def open_machine(expect: str, question: str = "Dites ?", **more: str) -> Machine:
    """One question of a kind, then its answer said back."""
    said = "" if expect == "text" else "{reponse}"
    extra = "".join(f"\n    {key}: {value}" for key, value in more.items())
    return machine_of(f"""
title: Essai
languages: [fr]
keywords: [essai]
start: reponse
steps:
  reponse:
    ask: "{question}"
    expect: {expect}{extra}
    go: fin
  fin:
    end: "Fini {said}"
""")


def two_questions(labels: list[str]) -> Machine:
    """A long list, then another question."""
    text = """
title: Villes
languages: [fr]
keywords: [ville]
start: ville
steps:
  ville: {ask: Votre ville ?, from: villes, go: sur}
  sur: {ask: "{ville} ?", expect: yes_no, if_yes: fin, if_no: ville}
  fin: {end: Fini.}
"""
    options = [ListOption(f"v{number}", {"fr": label}) for number, label in enumerate(labels)]
    flow = parse(text, file="villes")
    common = packaged.common()
    return compile_bundle(
        freeze(flow, code="v", country="france", source_language="fr", common=common, lists={"villes": options})
    )


def test_a_conversation_leads_through_to_its_end():
    phone = Phone(CARD)
    assert phone.texts == ("Votre carte est perdue ou volée ?\n1 Perdue\n2 Volée\n0 Une personne",)
    phone.send("2")
    assert phone.texts == ("Allez d'abord à la police.\nVous avez combien d'années ? Exemple : 34",)
    phone.send("34")
    assert phone.texts == (
        "Prenez une photo, un timbre à 25 euros et une preuve d'adresse.",
        "Avez-vous recu votre carte ?\n1 Oui\n2 Non",
    )
    phone.send("oui")
    assert phone.texts == ("Bon courage.\n0 Une personne",)
    assert phone.session.status is Status.ENDED


def test_the_reason_of_a_decision_is_said():
    assert Phone(CARD).send("1", "17").texts[0].startswith("Vous avez moins de 18 ans.\nVenez avec un parent.")


def test_a_handoff_opens_a_case_and_waits_for_it():
    phone = Phone(CARD).send("1", "34", "non")
    assert phone.effects == (
        OpenCase(
            reason=Reason.HANDOFF,
            topic="papiers",
            summary="Carte Perdue, 34 ans : rien de la mairie",
            answer_within_minutes=24 * 60,
        ),
    )
    assert phone.session.status is Status.PARKED
    phone.send("toujours rien")
    assert phone.effects == (AddToCase("toujours rien"),)
    phone.happens(CaseEnded("settled"))
    assert phone.texts == ("Bon courage.\n0 Une personne",)


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize(
    ("answers", "key"),
    [((), "0"), (("2",), "00"), (("2", "34"), "0"), (("2", "34", "1"), "0"), (("2", "34", "2"), "0")],
)
@pytest.mark.parametrize("wish", ["", "une personne", "HUMAIN", "person", "mtu"])
def test_a_person_is_one_key_away_at_every_step(channel, answers, key, wish):
    wish = wish or key
    phone = Phone(CARD, channel).send(*answers)
    phone.send(wish)
    assert [type(effect) for effect in phone.effects] == [OpenCase]
    assert phone.effects[0].reason is Reason.ASKED


def test_a_person_gets_what_is_known_and_the_conversation_stays():
    phone = Phone(CARD).send("2", "34")
    before = phone.session
    phone.send("0")
    assert phone.effects == (OpenCase(Reason.ASKED, "papiers", f"{TITLE}. Volée, 34"),)
    assert phone.session == before
    phone.send("je veux parler a quelqu'un")
    assert phone.effects[0].words == "je veux parler a quelqu'un"


def test_three_replies_that_fit_nothing_lead_to_a_person():
    phone = Phone(CARD)
    assert phone.send("hjkl").texts[0].startswith("Pardon, pas compris. Un seul chiffre :\nVotre carte")
    assert phone.send("7").texts[0].startswith("Essayons encore. Ou 0 : une personne vous aide.\nVotre carte")
    phone.send("zzz")
    assert phone.texts == ("La machine ne suffit pas ici. Nous demandons à une personne.",)
    assert phone.effects == (OpenCase(Reason.NOT_UNDERSTOOD, "papiers", TITLE, "zzz"),)


def test_an_open_question_shows_its_example_again():
    phone = Phone(CARD).send("1")
    assert phone.send("beaucoup").texts[0].startswith("Pardon, pas compris. Exemple : 34.\nVous avez")
    assert phone.send("200").texts[0].startswith("Essayons encore. Ou 00 : une personne vous aide.")


def test_the_second_time_the_question_comes_in_simpler_words():
    machine = open_machine("number 1 to 9", "Combien ? Exemple : 3", simpler="Un chiffre ?")
    assert "Un chiffre ?" not in Phone(machine).send("x").texts[0]
    assert "Un chiffre ?" in Phone(machine).send("x", "y").texts[0]


def test_an_answer_that_is_nearly_one_is_asked_about():
    phone = Phone(CARD).send("volle")
    assert phone.texts == ("Vous voulez dire : Volée ?\n1 Oui\n2 Non\n0 Une personne",)
    assert phone.send("1").session.answers[0].value == "volee"
    refused = Phone(CARD).send("volle", "2")
    assert refused.session.answers == ()
    assert "1 Perdue" in refused.texts[0]


def test_a_plain_answer_in_place_of_yes_or_no_counts():
    assert Phone(CARD).send("volle", "1").session.step == "age"
    assert Phone(CARD).send("volle", "Perdue").session.answers[0].value == "perdue"


def test_back_takes_the_last_answer_back():
    phone = Phone(CARD).send("2")
    phone.send("09")
    assert phone.texts[0].startswith("On revient à la question d'avant.\nVotre carte est perdue ou volée ?")
    assert phone.session.answers == ()
    phone.send("retour")
    assert phone.texts[0].startswith("C'est la première question.")


@pytest.mark.parametrize("channel", Channel)
def test_back_to_a_list_shows_the_page_on_which_was_chosen(channel):
    machine = two_questions([f"Ville {number}" for number in range(20)])
    phone = Phone(machine, channel).send("8", "8")
    before = phone.session
    assert before.page
    assert phone.send("23").session.step == "sur"
    assert phone.send("9").session == before


@pytest.mark.parametrize("key", ["9", "retour", "BACK", "rudi"])
def test_back_is_understood_in_every_language(key):
    assert Phone(CARD).send("2", "34", key).session.step == "age"


def test_a_bare_nine_is_an_answer_where_numbers_are():
    assert Phone(CARD).send("1", "9").session.answer("age").value == 9
    assert Phone(CARD).send("1", "0").session.answer("age").value == 0


@pytest.mark.parametrize("expect", ["name", "text", "place", "date", "amount", "number 1 to 9", "amount 5 to 9"])
def test_a_bare_zero_is_a_person_unless_it_can_be_the_answer(expect):
    phone = Phone(open_machine(expect)).send("0")
    assert [type(effect) for effect in phone.effects] == [OpenCase]


@pytest.mark.parametrize(
    ("expect", "text", "said"),
    [
        ("name", "je m'appelle Josiane", "Fini Josiane"),
        ("place", "Lyon", "Fini Lyon"),
        ("date", "12/3/1980", "Fini 12 mars 1980"),
        ("amount", "25 euros", "Fini 25 euros"),
        ("number", "4", "Fini 4"),
    ],
)
def test_each_kind_of_answer_is_kept_and_said_back(expect, text, said):
    assert Phone(open_machine(expect)).send(text).texts == (f"{said}\n0 Une personne",)


def test_half_a_character_in_a_stored_name_can_not_stop_a_screen():
    phone = Phone(open_machine("name"))
    phone.turn = Turn(replace(phone.session, answers=(Answer("reponse", "Zo\ud800é"),), step="fin"))
    assert phone.again().texts == ("Fini Zoé\n0 Une personne",)


def test_names_and_places_are_cut_where_they_are_said_back():
    name = "Marie Antoinette Josephe Jeanne"
    phone = Phone(open_machine("name")).send(name)
    assert phone.session.answers[0].value == name
    assert phone.texts[0].startswith(f"Fini {name[:20].strip()}\n")


def test_free_text_goes_to_the_person_and_is_never_said_back():
    machine = machine_of("""
title: Essai
languages: [fr]
keywords: [essai]
start: mots
steps:
  mots: {ask: Que se passe-t-il ?, expect: text, go: aide}
  aide:
    handoff: {topic: aide, summary: Sa question}
""")
    phone = Phone(machine).send("on m'a vole mon sac")
    assert phone.effects == (OpenCase(Reason.HANDOFF, "aide", "Sa question", "on m'a vole mon sac"),)
    assert phone.texts == ()


def test_at_a_place_question_09_asks_which_was_meant():
    phone = Phone(open_machine("place")).send("09")
    assert phone.session.aside is Aside.KEY_OR_PLACE
    assert "1 09\n2 Retour" in phone.texts[0]
    assert phone.send("1").session.answers[0].value == {"place": "09"}


def test_a_place_key_that_was_meant_as_a_key_goes_back():
    text = LOST_CARD.replace("expect: number 0 to 120", "expect: place").replace("go: qui", "go: recue")
    start, _, rest = text.partition("  qui:")
    machine = machine_of(start + "  recue" + rest.partition("  recue")[2].replace("{age} ans", "ans"))
    phone = Phone(machine).send("1", "09", "2")
    assert phone.session.step == "comment"
    assert phone.texts[0].startswith("On revient")


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("MENU", OpenMenu()),
        ("aide", SayHelp()),
        ("STOP", StopTexts()),
        ("langue", AskLanguage()),
        ("START", StartTexts()),
        ("kiswahili tafadhali", ChooseLanguage("sw")),
    ],
)
def test_the_words_that_always_work(text, effect):
    phone = Phone(CARD).send(text)
    assert phone.effects == (effect,)
    assert phone.session.step == "comment"


def test_stop_among_other_words_is_asked_about():
    phone = Phone(CARD).send("ils ont stoppé mon aide")
    assert phone.texts == ("Voulez-vous arreter nos SMS ?\n1 Oui, arreter\n2 Non, continuer\n0 Une personne",)
    assert phone.send("2").effects == ()
    assert Phone(CARD).send("ils ont stoppé mon aide", "1").effects == (StopTexts(),)
    assert Phone(CARD).send("ils ont stoppé mon aide", "hein", "hein").effects != (StopTexts(),)


def test_erasing_needs_a_clear_yes():
    assert Phone(CARD).send("effacer").session.aside is Aside.ERASE
    assert Phone(CARD).send("effacer", "1").effects == (EraseAll(),)
    kept = Phone(CARD).send("2", "effacer", "2")
    assert kept.effects == ()
    assert kept.session.step == "age"
    assert Phone(CARD).send("effacer", "peut etre").effects == ()


def test_starting_again_erases_the_answers():
    phone = Phone(CARD).send("2", "recommencer", "1")
    assert phone.texts[0].startswith("On recommence. Vos réponses d'avant sont effacées.\nVotre carte") or phone.texts[
        0
    ].startswith("On recommence.")
    assert phone.session.answers == ()
    assert Phone(CARD).send("2", "recommencer", "2").session.step == "age"


def test_where_shows_the_answers_and_change_goes_back_to_one():
    phone = Phone(CARD).send("2", "34", "ou")
    assert phone.texts[0].startswith("Vos réponses :\n1 Volée\n2 34\nChanger la 2 : CHANGER 2")
    assert phone.send("changer 1").session.step == "comment"
    assert phone.session.answers == ()


def test_danger_gets_its_number_and_a_person_at_once():
    phone = Phone(CARD).send("il me frappe")
    assert "3919" in phone.texts[0]
    case = phone.effects[0]
    assert isinstance(case, OpenCase)
    assert (case.reason, case.severity, case.danger) == (Reason.DANGER, Severity.DANGER, "violence")
    assert phone.session.step == "comment"


def test_danger_in_a_discreet_flow_says_nothing_of_why():
    phone = Phone(machine_of(LOST_CARD.replace("facts:", "discreet: yes\nfacts:", 1))).send("il me frappe")
    assert phone.texts[0].startswith("Bien recu. Numéro utile")
    assert phone.effects[0].discreet


def test_a_secret_is_not_taken_as_an_answer():
    phone = Phone(CARD)
    phone.happens(TextArrived("mon code est [...]", struck=True))
    assert phone.texts[0].startswith("Votre code secret est effacé ici.")
    assert phone.session.tries == 0


def test_a_fact_past_its_last_day_is_never_said():
    late = datetime(2027, 1, 2, 9, tzinfo=UTC)
    phone = Phone(CARD, now=late).send("1", "34")
    assert phone.texts == ()
    assert phone.effects == (OpenCase(Reason.FACT_EXPIRED, "papiers", f"{TITLE}. Perdue, 34"),)
    assert phone.session.status is Status.PARKED
    last_day = Phone(CARD, now=datetime(2027, 1, 1, 9, tzinfo=UTC)).send("1", "34")
    assert "25 euros" in last_day.texts[0]


def test_a_fact_that_ends_between_two_screens_is_not_shown_again():
    phone = Phone(CARD, Channel.USSD).send("1", "34")
    phone.now = datetime(2027, 1, 2, 9, tzinfo=UTC)
    phone.send("8")
    assert phone.effects[0].reason is Reason.FACT_EXPIRED


def test_the_legend_comes_at_the_first_question_and_after_a_misunderstanding():
    phone = Phone(CARD)
    assert "0 Une personne" in phone.texts[0]
    assert "Une personne" not in phone.send("1").texts[0]
    assert "00 Une personne\n09 Retour" in phone.send("beaucoup").texts[0]


def test_a_ussd_screen_always_has_its_legend():
    phone = Phone(CARD, Channel.USSD)
    assert phone.screen.endswith("\n0 Une personne")
    assert phone.send("2").screen.endswith("\n00 Une personne\n09 Retour")
    assert phone.send("34").screen.endswith("\n0 Une personne\n9 Retour")
    assert phone.kept == ("Prenez une photo, un timbre à 25 euros et une preuve d'adresse.",)


def test_a_conversation_moves_from_ussd_to_sms_in_the_middle():
    phone = Phone(CARD, Channel.USSD).send("2").happens(Dropped())
    assert phone.effects == ()
    phone.moves_to(Channel.SMS).again()
    assert phone.texts == ("Vous avez combien d'années ? Exemple : 34",)
    assert phone.send("34").session.step == "recue"


@pytest.mark.parametrize("event", [CaseEnded("x"), TimerRang("x"), Dropped(), Undelivered()])
def test_what_is_not_waited_for_changes_nothing(event):
    phone = Phone(CARD).send("2")
    before = phone.session
    phone.happens(event)
    assert phone.session == before
    assert phone.effects == ()


def test_after_the_end_a_text_opens_the_menu_and_0_a_person():
    ended = Phone(CARD).send("1", "34", "1")
    assert ended.session.status is Status.ENDED
    assert ended.send("merci beaucoup").effects == (OpenMenu(),)
    assert ended.send("0").effects[0].reason is Reason.ASKED


def test_a_language_that_the_flow_speaks_is_changed_in_place():
    kenya = compile_bundle(packaged.dialogue_bundle("kenya", "case_closed"))
    phone = Phone(kenya, language="en", values={"case": "42"}).send("kiswahili")
    assert phone.effects == (ChooseLanguage("sw"),)
    assert phone.texts[0].startswith("Tunaendelea kwa Kiswahili.")
    assert "namba 42" in phone.texts[0]


# ---- the machine's own dialogues ----


def dialogue(name: str, country: str = "france", **values: str) -> Phone:
    """One of them, on a phone."""
    return Phone(compile_bundle(packaged.dialogue_bundle(country, name)), values=values)


def test_a_closed_case_asks_whether_it_helped():
    phone = dialogue("case_closed", case="42")
    assert phone.texts == (
        "La demande numéro 42 est finie pour nous. Cela vous a aidé ?\n1 Oui\n2 Non\n0 Une personne",
    )
    assert phone.send("oui").effects == (RecordHelped(True),)
    assert phone.texts[0].startswith("Merci, bonne nouvelle.")
    assert dialogue("case_closed", case="42").send("2").effects == (RecordHelped(False), ReopenCase())


def test_a_waiting_case_says_where_it_stands():
    phone = dialogue("status_waiting", case="42", by="aujourd'hui avant 17h")
    assert phone.texts[0].startswith("Demande numéro 42 : réponse aujourd'hui avant 17h.\n1 Ajouter un mot")
    assert phone.send("1").texts[0].startswith("Votre question, en quelques mots ?")
    assert phone.send("j'ai oublié la date").effects == (AddToCase("j'ai oublié la date"),)
    assert dialogue("status_waiting", case="42", by="x").send("2").effects == (OpenMenu(),)


def test_an_answered_case_shows_its_answer_again():
    phone = dialogue("status_answered", case="42", volunteer="Awa")
    assert "Awa a répondu par SMS" in phone.texts[0]
    assert phone.send("1").effects == (ShowAnswer(),)


def test_the_question_for_a_person_takes_words_or_a_bare_key():
    phone = dialogue("handoff_question").send("ma carte de bus")
    assert phone.effects == (OpenCase(Reason.ASKED, words="ma carte de bus"),)
    assert dialogue("handoff_question").send("0").effects == (OpenCase(Reason.ASKED),)
    assert dialogue("handoff_question").send("00").effects == (OpenCase(Reason.ASKED),)


def test_the_same_matter_is_reopened_unless_said_otherwise():
    assert dialogue("same_matter", case="42").send("xyzzy").effects == (ReopenCase(),)
    assert dialogue("same_matter", case="42").send("2").effects == (NewMatter(),)


def test_a_redial_goes_on_where_it_was():
    phone = dialogue("resume_by_redial", topic="Carte perdue")
    assert phone.texts[0].startswith("Vous aviez commencé : Carte perdue.\n1 Continuer")
    assert phone.send("1").effects == (ResumeFlow(),)


def test_the_language_menu_speaks_every_language():
    phone = dialogue("language_menu", "kenya")
    assert phone.texts == ("Your language?\nLugha yako?\n1 English\n2 Kiswahili\n0 A person\n0 Mtu",)
    assert phone.send("2").effects == (ChooseLanguage("sw"),)


def test_the_menu_opens_a_flow():
    codes = packaged.flow_codes("france")
    machine = compile_bundle(packaged.menu_bundle("france", codes))
    phone = Phone(machine)
    assert phone.texts[0].startswith("Vous cherchez :\n1 ")
    assert phone.send("1").effects == (OpenFlow(codes[0]),)
