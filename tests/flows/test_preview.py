"""The phone beside the editor shows what the checker proves: the same texts and screens, at their longest."""

import json

import pytest

from flows import packaged
from flows.checker import check_content
from flows.contents import StepKind
from flows.editing import SentenceEdit, apply, steps_of
from flows.preview import shown
from tests.flows.talking import LOST_CARD, TODAY
from tests.flows.two_languages import content
from tests.shipped import some

SHIPPED = some()


def edited(path: str, text: str, language: str = "fr") -> str:
    return apply(content(), SentenceEdit(path, language, text))


def texts(whole: str, step: str, channel: str, language: str = "fr") -> list[str]:
    return [part.text for part in shown(whole, step=step, language=language, channel=channel).parts]


def test_a_question_is_shown_as_the_phone_shows_it_on_both_channels():
    assert texts(content(), "recue", "sms") == ["Avez-vous reçu votre carte ?\n1 Oui\n2 Non".replace("ç", "c")]
    assert texts(content(), "recue", "ussd", "en") == ["Did you get your card?\n1 Yes\n2 No\n0 A person\n9 Back"]


def test_the_first_question_has_nothing_to_go_back_to():
    assert texts(content(), "comment", "ussd")[0].endswith("2 Volée\n0 Une personne")


def test_its_length_encoding_and_cost_are_told():
    screen = shown(content(), step="age", language="fr", channel="ussd")
    assert (screen.kind, screen.segments, screen.encoding, screen.limit) == (StepKind.ASKS, 1, "GSM-7", 160)
    assert [(part.septets, part.rewritten, part.over) for part in screen.parts] == [(67, False, -1)]
    text = shown(content(), step="recue", language="fr", channel="sms")
    assert (text.segments, text.limit, text.parts[0].septets, text.parts[0].rewritten) == (1, 306, 40, True)


def test_values_are_at_their_longest():
    whole = edited("recue.ask", "{comment}, {age} ans : reçue ?")
    assert texts(whole, "recue", "sms")[0].startswith("Perdue, 120 ans : ")
    assert texts(content(), "papiers", "sms") == [
        "Prenez une photo, un timbre à 25 euros et une preuve d'adresse.",
    ]


def test_a_screen_past_the_bound_says_which_part_is_too_much():
    whole = edited("recue.ask", f"Avez-vous reçu votre carte {'vraiment ' * 12}?")
    first, second = shown(whole, step="recue", language="fr", channel="ussd").parts
    assert (first.over, second.over) == (-1, 0)
    assert {(each.rule, each.path, each.how_much > 0) for each in check_content(whole, today=TODAY)} >= {
        ("screen_too_long", "recue.ask", True)
    }


def test_a_text_past_two_parts_says_where_it_passes_them():
    whole = edited("fin.end", "Bon courage. " * 25)
    (part,) = shown(whole, step="fin", language="fr", channel="sms").parts
    assert part.over == 306
    (found,) = [each for each in check_content(whole, today=TODAY) if each.rule == "text_too_dear"]
    assert (found.path, found.how_much, found.locale, found.channel) == ("fin.end", 324 - 306, "fr", "sms")


def test_words_longer_than_a_screen_go_on_and_that_is_allowed():
    whole = edited("papiers.tell.1", "Prenez une photo. " * 12)
    screens = shown(whole, step="papiers", language="fr", channel="ussd")
    assert (screens.segments, screens.too_long) == (2, False)
    assert all(part.septets <= 160 for part in screens.parts)


def test_signs_that_make_a_text_dear_are_seen_in_its_encoding():
    text = shown(edited("fin.end", "Bon courage 🙂"), step="fin", language="fr", channel="sms")
    assert (text.encoding, text.limit) == ("UCS-2", 134)


def test_a_hand_off_shows_what_the_volunteer_reads():
    told = shown(content(), step="retard", language="en", channel="ussd")
    assert (told.kind, told.limit, told.segments) == (StepKind.HANDS_OVER, 0, 0)
    assert told.parts[0].text == "Carte Perdue, 120 ans : rien de la mairie"


def test_a_decision_shows_its_reasons():
    assert texts(content(), "qui", "sms") == ["Vous avez moins de 18 ans."]
    assert texts(content(), "qui", "ussd", "en") == ["You are under 18."]


def test_the_simpler_words_are_shown_too():
    question = "ask: Votre carte est perdue ou volée ?"
    text = LOST_CARD.replace(question, f"{question}\n    simpler: Perdue ou volée ?")
    part = shown(content(text), step="comment", language="fr", channel="sms", simpler=True).parts[0]
    assert part.text.startswith("Perdue ou volée ?")


def test_what_is_said_to_whoever_asks_for_help_is_shown_too():
    question = "    ask: Votre carte est perdue ou volée ?\n"
    text = LOST_CARD.replace(question, f"{question}    help: Cherchez encore.\n")
    helped = content(text)
    for channel in ("sms", "ussd"):
        parts = shown(helped, step="comment", language="fr", channel=channel, help=True).parts
        assert parts[0].text.startswith("Cherchez encore.")
        assert "Votre carte est perdue" in "\n".join(part.text for part in parts)
    assert shown(helped, step="age", language="fr", channel="sms", help=True).parts == ()
    long = shown(content(text.replace("encore.", "x" * 160)), step="comment", language="fr", channel="ussd", help=True)
    assert long.too_long


def test_a_draft_that_can_not_be_published_is_shown_as_far_as_it_goes():
    untranslated = edited("recue.ask", "", "en")
    assert texts(untranslated, "recue", "sms", "en") == ["Avez-vous recu votre carte ?\n1 Yes\n2 No"]
    assert texts(edited("fin.end", "Bon {courage"), "fin", "sms") == ["Bon (courage\n0 Une personne"]
    assert texts(edited("fin.end", "Bon {courage}"), "fin", "sms") == ["Bon \n0 Une personne"]
    assert texts(content(LOST_CARD.replace("if_no: retard", "if_no: nulle_part")), "age", "sms") != []


def test_what_can_not_be_read_or_is_not_there_shows_nothing():
    broken = json.dumps({**json.loads(content()), "flow": {}})
    assert shown(broken, step="fin", language="fr", channel="sms").parts == ()
    assert shown(content(), step="nowhere", language="fr", channel="sms").parts == ()


@pytest.mark.parametrize(("country", "code"), SHIPPED)
def test_nothing_that_we_ship_is_shown_past_its_bound(country, code):
    whole = packaged.bundle(country, code)
    for step in steps_of(whole):
        for language in json.loads(whole)["languages"]:
            for channel in ("sms", "ussd"):
                seen = shown(whole, step=step.name, language=language, channel=channel)
                assert not seen.too_long
                assert seen.kind is step.kind
                if step.kind in {StepKind.ASKS, StepKind.SAYS, StepKind.ENDS}:
                    assert seen.parts
                if channel == "ussd" and seen.limit:
                    assert all(part.septets <= 160 for part in seen.parts)
