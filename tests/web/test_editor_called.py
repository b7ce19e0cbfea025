"""The words of a flow that another one calls stand on the caller's pages, and change in the caller's draft alone."""

import json
import re
from html import unescape
from typing import Any

from flows.editing import sentences_of, steps_of
from sms_gateway.web import editor_view
from sms_gateway.web.editor_phone import Chosen
from tests.flows.test_called_words import content
from tests.web.house import House
from tests.web.test_editor import draft, english, send, words_of

CARD = "/editor/france/carte_identite"
TOWN = f"{CARD}/step/mairie/ville"
QUESTION = "text:fr:mairie/ville.ask"
NEW = "Vous êtes dans quelle ville ? Exemple : Lyon"


def called(house: House) -> dict[str, Any]:
    """The draft's own copy of the flow that it calls."""
    copy: dict[str, Any] = json.loads(draft(house, "carte_identite", "france"))["subflows"]["trouver_mairie"]
    return copy


def test_the_words_of_a_called_flow_are_read_in_their_place_and_changed_in_the_callers_draft(house: House) -> None:
    njeri = english(house)
    page = njeri.get(CARD).text
    order = [page.index(f'id="step-{name}"') for name in ("mairie", "mairie/aide", "mairie/ville", "suivi")]
    assert order == sorted(order)
    assert page.count('<p class="g-partie g-dedans" lang="fr">Trouver une mairie</p>') == 1
    assert '<p class="g-etape__mots" lang="fr">Trouver une mairie</p>' in page, "the card of the call says which"
    assert f'href="{TOWN}"' in page
    police = njeri.get(f"{CARD}/step/police").text
    assert "Said to whoever asks for help here: Dites le vol à la police." in words_of(police), "the phone shows it"
    form = njeri.get(TOWN).text
    assert "part of “Trouver une mairie”. Its words change in this procedure only." in words_of(form)

    status, page = send(njeri, TOWN, {QUESTION: NEW}, page=form)
    assert status == 303
    assert NEW in words_of(page)
    assert called(house)["flow"]["steps"]["ville"]["ask"] == called(house)["sentences"]["fr"]["ville.ask"] == NEW
    assert re.search(r"Step \d+, Ville, French", words_of(njeri.get(f"{CARD}/changes").text))
    translating = njeri.get(f"{CARD}/translate?language=en").text
    assert "Trouver une mairie: Ville" in words_of(translating)
    assert "1 sentence may be old" in words_of(translating)

    late = english(house)
    status, clash = send(late, TOWN, {QUESTION: "Quelle ville ? Exemple : Lyon"}, page=form)
    assert status == 409
    assert NEW in clash
    found = re.search(r'name="path" value="mairie/ville.ask">\s*.*?name="seen" value="([^"]+)"', page, re.DOTALL)
    assert found
    assert called(house)["old"] == {"en": ["ville.ask"]}
    looked = {"path": "mairie/ville.ask", "language": "en", "seen": unescape(found[1])}
    njeri.post(f"{CARD}/still-right", looked)
    assert "old" not in called(house)


def test_what_two_calls_share_is_said_so_on_both_cards(house: House) -> None:
    whole = content()
    with house.app.test_request_context():
        cards = editor_view.cards(
            whole, steps_of(whole), sentences_of(whole), [],
            source="fr", languages=("fr", "en"), chosen=Chosen("la/sait", "fr", "sms"),
        )  # fmt: skip
    same = {card.name: [step.name for step in card.same] for card in cards if card.same}
    assert same["la/sait"] == ["encore/sait"]
    assert same["encore/ici"] == ["la/ici"]
    assert [card.name for card in cards if card.head == "Trouver un bureau"] == ["la/sait", "encore/sait"]
    assert {card.title for card in cards} == {"La", "Encore", "Sait", "Bus", "Ici", "Fin"}
