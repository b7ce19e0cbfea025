"""The town of a flow's question, from a real conversation into the person's row: sealed, and gone with the person."""

from sqlalchemy import select

from sms_gateway import flow_versions
from sms_gateway.settings import Settings
from sms_gateway.store import people as people_
from sms_gateway.store.tables import people
from tests.clocks import FixedClock
from tests.gateway.parts import ObedientGateway, wired
from tests.gateway.talk import Phone


def test_the_town_that_somebody_names_in_a_conversation_is_kept_sealed(settings: Settings, clock: FixedClock) -> None:
    gateway = ObedientGateway()
    services = wired(settings, clock, gateway)
    flow_versions.register_shipped(services)
    phone = Phone(services, gateway, "+2250711223344", "98077")
    for words in ("extrait de naissance", "c'est pour moi", "oui", "la mairie"):
        said = phone.text(words)
    assert "ville" in said[-1]
    phone.text("j'habite Bouaké")
    with services.database.write() as tx:
        row = tx.execute(select(people)).one()
        assert row.place
        assert "bouak" not in row.place.casefold()
        person = people_.lock(tx, services.sealer, row.id)
        assert person is not None
        assert person.words.open(row.place) == "Bouaké"
        people_.erase(tx, row.id)
        assert tx.execute(select(people.c.place)).scalar_one() is None
    services.database.close()
