"""What we ship, at each counter: the menu and words lead into it in each language; withdrawn, a person reads."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select, update

from sms_gateway import flow_versions
from sms_gateway.context import Services
from sms_gateway.settings import Settings
from sms_gateway.store.tables import VersionState, cases
from sms_gateway.store.tables import flow_versions as versions
from tests.clocks import FixedClock
from tests.gateway.parts import ObedientGateway, wired
from tests.gateway.talk import Phone

FRANCE = ("+33612345678", "38000", "")
KENYA = ("+254711000001", "22384", "*384*77#")
ABIDJAN = ("+2250708091011", "98077", "*144*77#")


@pytest.fixture
def gateway() -> ObedientGateway:
    return ObedientGateway()


@pytest.fixture
def services(settings: Settings, clock: FixedClock, gateway: ObedientGateway) -> Iterator[Services]:
    made = wired(settings, clock, gateway)
    flow_versions.register_shipped(made)
    yield made
    made.database.close()


@pytest.mark.parametrize(
    ("counter", "language", "menu_line", "words", "question"),
    [
        (FRANCE, "", "1 Carte d'identité perdue", "jai perdu ma cni", "Votre carte d'identité est perdue ou volée ?"),
        (FRANCE, "English", "1 Lost identity card", "i lost my id card", "Is your identity card lost or stolen?"),
        (KENYA, "", "1 Lost ID card", "lost id", "Is your ID lost, stolen or damaged?"),
        (KENYA, "Kiswahili", "1 Kitambulisho kimepotea", "nimepoteza kitambulisho", "Kitambulisho kimepotea, kimeibwa"),
        (ABIDJAN, "", "1 Extrait de naissance", "extrait de naisance", "La copie de naissance est pour qui ?"),
    ],
)
def test_the_menu_and_words_lead_to_the_procedure_in_the_language_of_the_person(
    services: Services, gateway: ObedientGateway, counter: tuple[str, str, str],
    language: str, menu_line: str, words: str, question: str,
) -> None:  # fmt: skip
    phone = Phone(services, gateway, *counter)
    *_, menu = phone.text("hello")
    if language:
        menu = "\n".join(phone.text(language))
    assert menu_line in menu
    assert question in phone.text("1")[-1]
    phone.text("MENU")
    assert question in phone.text(words)[-1]


@pytest.mark.parametrize(
    ("counter", "line", "question"),
    [(KENYA, "1 Lost ID card", "Is your ID lost"), (ABIDJAN, "1 Extrait de naissance", "pour qui ?")],
)
def test_who_dials_and_is_known_finds_the_procedure_on_the_first_screen(
    services: Services, gateway: ObedientGateway, counter: tuple[str, str, str], line: str, question: str
) -> None:
    phone = Phone(services, gateway, *counter)
    phone.text("English" if counter is KENYA else "bonjour")
    assert line in phone.dial()
    assert question in phone.press("1")


def test_a_counter_whose_flows_are_all_withdrawn_asks_for_words_and_a_person_reads_them(
    services: Services, gateway: ObedientGateway
) -> None:
    with services.database.write() as tx:
        tx.execute(update(versions).values(state=VersionState.WITHDRAWN))
    phone = Phone(services, gateway, *ABIDJAN)
    assert "Votre question, en quelques mots ?" in phone.dial()
    assert phone.press("extrait de naissance pour mon fils").startswith("END")
    with services.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(cases)).scalar_one() == 1
