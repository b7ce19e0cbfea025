"""A basic phone is enough to be a volunteer: one script, of texts of at most one SMS, does all that the web does."""

from collections.abc import Iterator

import pytest

from flows.alphabet import measure
from sms_gateway.settings import Settings
from sms_gateway.store.tables import CaseState, Role
from tests.cases import town
from tests.cases.town import Town
from tests.clocks import FixedClock

ANNE, MARC = "+33612345001", "+33612345002"
CITIZEN = "+33698765432"


@pytest.fixture
def place(settings: Settings, clock: FixedClock) -> Iterator[Town]:
    """A town on each kind of database."""
    built = town.build(settings, clock)
    yield built
    built.services.database.close()


def test_a_volunteer_with_a_basic_phone_does_everything(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    marc = place.account("Marc", phone=MARC, paused_by_us=True)
    chef = place.account("Chef", role=Role.COORDINATOR, phone="+33612345009")
    number = place.asks(CITIZEN, " ".join(f"mot{at}" for at in range(150))).number
    place.sweep()

    def sends(text: str, account: int = anne) -> str:
        assert measure(text).segments <= 1
        before = len(place.texts_to_account(account))
        place.volunteer_texts(account, text)
        return "\n".join(place.texts_to_account(account)[before:])

    assert "est à vous" in sends("1")  # take
    assert "mot149" in " ".join(sends("SUITE") for _ in range(4))  # read on
    place.everything_leaves()
    sends("Depuis quand est-elle perdue ?")  # ask for more
    place.sweep()
    place.writes(CITIZEN, "Depuis hier soir")
    place.sweep()
    sends("Bien. Allez à la mairie avec une photo.")  # answer
    assert place.texts_to(CITIZEN)[1:] == ["Depuis quand est-elle perdue ?", "Bien. Allez à la mairie avec une photo."]
    assert place.case(number).state == CaseState.ANSWERED

    newest = sends("HISTO")  # what was said, newest last, and who said it
    assert newest.index("Depuis quand") < newest.index("Depuis hier") < newest.index("[Anne] Bien.")
    assert "mot10 " not in newest
    assert "mot10 " in " ".join(sends("histo") for _ in range(3))  # said again: the parts before

    assert "Note gardée" in sends("NOTE a déjà la photo")
    assert "Bonne pause" in sends("PAUSE")
    assert place.row(anne).paused_until is not None
    sends("START")
    assert place.row(anne).paused_until is None
    assert "HISTO" in sends("AIDE")
    assert "Anne a besoin de vous" in " ".join(place.texts_to_account(chef))
    sends("MOI")
    assert place.row(anne).as_citizen
    sends("MOI")
    sends("START", marc)
    assert "quelqu'un d'autre" in sends("PASSE")  # pass on
    place.sweep()
    sends("1", marc)
    assert place.case(number).owner_id == marc
    sends("Je suis Marc, tout est prêt.", marc)
    place.everything_leaves()
    sends("FIN 1", marc)
    assert place.case(number).state == CaseState.CLOSED
    texts = place.texts_to_account(anne) + place.texts_to_account(marc)
    assert all(measure(text).segments == 1 for text in texts)


def test_history_is_not_for_whoever_has_no_case(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    place.asks(CITIZEN, "Ma carte est perdue")
    place.sweep()
    place.volunteer_texts(anne, "HISTO")
    assert "carte est perdue" not in " ".join(place.texts_to_account(anne))
