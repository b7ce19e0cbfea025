"""The town of a flow's question, from a real conversation into the person's row: sealed, and gone with the person."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from flows.bundle import canonical
from sms_gateway import flow_versions
from sms_gateway.context import Services
from sms_gateway.flow_versions.publishing import Published
from sms_gateway.settings import Settings
from sms_gateway.store import people as people_
from sms_gateway.store.tables import people
from tests.clocks import FixedClock
from tests.gateway.editor import editor
from tests.gateway.parts import ObedientGateway, wired
from tests.gateway.talk import Phone


@pytest.fixture
def phone(settings: Settings, clock: FixedClock) -> Iterator[Phone]:
    gateway = ObedientGateway()
    services = wired(settings, clock, gateway)
    flow_versions.register_shipped(services)
    yield Phone(services, gateway, "+2250711223344", "98077")
    services.database.close()


def test_the_town_that_somebody_names_in_a_conversation_is_kept_sealed(phone: Phone) -> None:
    _names_bouake(phone)
    with phone.services.database.write() as tx:
        row = tx.execute(select(people)).one()
        assert row.place
        assert "bouak" not in row.place.casefold()
        person = people_.lock(tx, phone.services.sealer, row.id)
        assert person is not None
        assert person.words.open(row.place) == "Bouaké"
        people_.erase(tx, row.id)
        assert tx.execute(select(people.c.place)).scalar_one() is None


def test_the_town_of_a_discreet_conversation_is_not_kept(phone: Phone) -> None:
    _as_discreet(phone.services)
    _names_bouake(phone)
    with phone.services.database.read() as tx:
        assert tx.execute(select(people.c.place)).scalar_one() is None


def _names_bouake(phone: Phone) -> None:
    for words in ("extrait de naissance", "c'est pour moi", "oui", "la mairie"):
        said = phone.text(words)
    assert "ville" in said[-1]
    phone.text("j'habite Bouaké")


def _as_discreet(services: Services) -> None:
    """Publish the flow as one whose subject nobody may learn from the phone; so it asks nothing days later."""
    who = editor(services).at("cote_divoire", "copie_naissance")
    bundle = json.loads(who.content)
    bundle["flow"]["discreet"] = "yes"
    del bundle["flow"]["steps"]["fin"]["ask_again"], bundle["flow"]["steps"]["pas_recue"]
    for said in bundle["sentences"].values():
        for path in [path for path in said if path.startswith(("fin.ask_again", "pas_recue."))]:
            del said[path]
    bundle["transcripts"] = {name: text.partition("! asks again")[0] for name, text in bundle["transcripts"].items()}
    who.drafts(canonical(bundle))
    who.accept_all()
    done = who.publish()
    assert isinstance(done, Published), done
