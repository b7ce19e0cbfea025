"""Who asks for a counter and whose town is not known is asked for it: a counter, or the truth; no word is lost."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from sms_gateway import services as services_
from sms_gateway.cases import desk
from sms_gateway.context import Services
from sms_gateway.counters.towns import place_key
from sms_gateway.store import counters as stored
from sms_gateway.store import people as people_
from sms_gateway.store.counters import Counter
from sms_gateway.store.tables import EntryKind, case_entries, cases, people
from tests.cases.town import Town
from tests.clocks import FixedClock
from tests.gateway.parts import ObedientGateway
from tests.gateway.talk import Phone

PLACES = {"france": "Montreuil", "kenya": "Nakuru"}
CASES = [  # service, its line, a phone of the country, language, what the question, the next one and the end say
    ("france", "38000", "+33612345678", "fr", "dans quelle ville", "ne connaissons pas cette ville", "pas de guichet"),
    ("kenya", "22384", "+254711000001", "en", "which town", "do not know this town", "We know no counter"),
    ("kenya", "22384", "+254711000001", "sw", "mji gani", "hatujui mji huu", "Hatujui ofisi"),
]


class Late:
    """A person whom we have told that we are late, and the counters of their service."""

    def __init__(self, services: Services, clock: FixedClock, gateway: ObedientGateway, case: tuple[str, ...]) -> None:
        code, line, number, language, *_ = case
        with services.database.write() as tx:
            service = next(one for one in services_.all_services(tx) if one.code == code)
            near, off = PLACES[code], Counter(source_id="2", name="Fermé", place="Loin", place_key="loin", active=False)
            one = Counter(
                source_id="1", name="Maison Centrale", place=near, place_key=place_key(near), postcode="93100",
                region="Nord", hours="9h-12h", phone="3646",
            )  # fmt: skip
            stored.keep(tx, service.organisation_id, [one, off], now=clock())
        self.town = Town(services, service, clock)
        self.phone = Phone(services, gateway, number, line).speaking(language)
        self.phone.text("0")
        self.phone.text("Mon dossier est perdu depuis lundi matin, on me dit rien")
        clock.set(self.case.promised_by - timedelta(minutes=10))
        desk.act_on_deadlines(services, clock())
        assert "\n2 " in self.phone.news()[-1]

    @property
    def case(self) -> Any:
        with self.town.services.database.read() as tx:
            return tx.execute(select(cases)).one()

    def texts(self) -> list[str]:
        """What the person wrote into the case."""
        with self.town.services.database.write() as tx:
            person = people_.lock(tx, self.town.services.sealer, self.case.person_id)
            assert person is not None
            own = select(case_entries.c.body).where(case_entries.c.kind == EntryKind.CITIZEN)
            return [person.words.open(body) for body in tx.execute(own.order_by(case_entries.c.seq)).scalars()]

    def place(self) -> str:
        """The town that is kept of them."""

        with self.town.services.database.write() as tx:
            person = people_.lock(tx, self.town.services.sealer, self.case.person_id)
            return person.words.open(person.place) if person and person.place else ""


@pytest.fixture
def late(services: Services, clock: FixedClock, gateway: ObedientGateway) -> Late:
    return Late(services, clock, gateway, CASES[0])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[3]}")
def test_the_town_is_asked_for_once_more_and_then_the_truth_is_said(
    services: Services, clock: FixedClock, gateway: ObedientGateway, case: tuple[str, ...]
) -> None:
    late = Late(services, clock, gateway, case)
    asked, again, none = case[4:]
    said = [late.phone.text("2")[-1]]
    for words in ("j'habite à Zanzibarville", "Trucmuche"):
        text = late.phone.text(words)[-1]
        said.append(late.phone.text("1")[-1] if text.startswith("Vous voulez dire") else text)
    for words, text in zip((asked, again, none), said, strict=True):
        assert words in text
        assert len(text) <= 160
    assert [words for words in late.texts() if words != "1"][-2:] == ["j'habite à Zanzibarville", "Trucmuche"]
    assert late.place() == ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[3]}")
def test_a_town_gives_its_counter_and_is_kept_with_its_region(
    services: Services, clock: FixedClock, gateway: ObedientGateway, case: tuple[str, ...]
) -> None:
    late = Late(services, clock, gateway, case)
    assert case[4] in late.phone.text("2")[-1]
    assert PLACES[case[0]] in late.phone.text(PLACES[case[0]].upper() + "l")[-1], "misspelt: asked about"
    [said] = late.phone.text("1")
    assert all(fact in said for fact in ("Maison Centrale", "9h-12h", "3646"))
    assert late.place().startswith(PLACES[case[0]])
    assert late.texts()[-1] == PLACES[case[0]].upper() + "l", "a text that looks like a town is in the case, too"
    assert late.case.region == "Nord"
    with services.database.read() as tx:
        assert tx.execute(select(people.c.region)).scalar_one() == "Nord"


def test_words_that_are_no_town_are_for_the_case_and_end_the_question(late: Late) -> None:
    words = "Je voudrais surtout savoir si mon dossier est bien arrivé chez vous lundi, avec la photo"
    late.phone.text("2")
    assert "ajouté" in late.phone.text(words)[-1]
    assert late.texts()[-1] == words
    assert "Maison" not in "".join(late.phone.text("Montreuil")), "the question is over"
    assert late.texts()[-1] == "Montreuil"


def test_a_person_is_one_key_away_while_the_town_is_asked_for(late: Late) -> None:
    for key in ("0", "00"):
        late.phone.text("2")
        assert f"Demande numéro {late.case.number} : réponse" in late.phone.text(key)[-1]
        with late.town.services.database.write() as tx:
            tx.execute(update(cases).values(corrections=0))
        late.town.clock.set(late.case.promised_by - timedelta(minutes=10))
        desk.act_on_deadlines(late.town.services, late.town.now)
        late.phone.news()


def test_the_question_that_was_open_before_is_open_again(
    services: Services, clock: FixedClock, gateway: ObedientGateway
) -> None:
    late = Late(services, clock, gateway, CASES[0])
    late.phone.text("MENU")
    asked = late.phone.text("carte d'identité perdue")[-1]
    late.town.clock.set(late.case.promised_by - timedelta(minutes=10))
    with services.database.write() as tx:
        tx.execute(update(cases).values(corrections=0))
    desk.act_on_deadlines(services, clock())
    late.phone.news()
    late.phone.text("2")
    assert "Maison Centrale" in late.phone.text("Montreuil")[-1]
    clock.advance(minutes=1)
    assert late.phone.text("1")[-1].startswith("Voulez-vous une nouvelle carte ?"), asked


def test_no_town_is_asked_for_where_no_counter_is_known(late: Late) -> None:
    with late.town.services.database.write() as tx:
        stored.switch_off(tx, late.town.service.organisation_id, ["1"], now=late.town.now)
    assert "pas de guichet" in late.phone.text("2")[-1]


def test_a_volunteer_who_took_the_case_reads_the_town(late: Late) -> None:
    late.phone.text("2")
    anne = late.town.account("Anne")
    late.town.clock.advance(minutes=1)
    desk.take(late.town.services, late.town.scope(anne), late.case.number, late.town.now)
    late.phone.text("Montreuil")
    assert late.texts()[-1] == "Montreuil"
