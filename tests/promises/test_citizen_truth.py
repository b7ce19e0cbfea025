"""The person is told the truth: at once, a time at which we are open, and a new one before it passes.

Only what reached the phone counts here: times are read from its texts, as whoever holds it reads them.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from sms_gateway import conversations, flow_versions
from sms_gateway.cases import desk, guards, waiting
from sms_gateway.channels.base import InboundText
from sms_gateway.store import people
from sms_gateway.store.tables import CaseState, Role, cases
from tests.cases.conftest import place  # noqa: F401 - the town, on each kind of database
from tests.cases.town import LINE, Town
from tests.gateway.parts import ObedientGateway
from tests.gateway.talk import CHANNEL, send_all
from worker.schedule import sweep_outbox

PARIS = ZoneInfo("Europe/Paris")
VICTORY = date(2026, 5, 8)  # a Friday, and a holiday
DAYS = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin")
A_TIME = re.compile(rf"(?:aujourd'hui|(?:{DAYS}) (\d+)(?:er)? ({'|'.join(MONTHS)})) avant (\d+)h(\d\d)?")
HALF_A_MINUTE = timedelta(seconds=30)


@dataclass
class Phones:
    """People's phones, and the clock that all read: a town whose texts leave by a gateway."""

    place: Town
    gateway: ObedientGateway
    read: dict[str, int] = field(default_factory=dict)
    texts: int = 0

    def text(self, phone: str, words: str) -> list[str]:
        """Send a text; what has come back within some seconds."""
        self.texts += 1
        inbound = InboundText(CHANNEL, f"in-{self.texts}", LINE, phone, words)
        conversations.receive_text(self.place.services, inbound)
        return self.news(phone)

    def news(self, phone: str) -> list[str]:
        """What has come to a phone since its owner last looked."""
        send_all(self.place.services)
        mine = [message.body for message in self.gateway.sent if message.phone == phone]
        new, self.read[phone] = mine[self.read.get(phone, 0) :], len(mine)
        return new

    def time_told(self, text: str) -> datetime | None:
        """The time that a text names, as it is read at this moment."""
        found = A_TIME.search(text)
        if found is None:
            return None
        today = self.place.now.astimezone(PARIS).date()
        day, month, hour, minute = found.groups()
        that = today if day is None else date(today.year, MONTHS.index(month) + 1, int(day))
        return datetime(that.year, that.month, that.day, int(hour), int(minute or 0), tzinfo=PARIS)

    def knows(self, phone: str) -> None:
        """The person chose French, and was welcomed, some time ago."""
        self.place.as_person(
            phone,
            lambda tx, person: people.change(tx, person.id, language_chosen=True, welcomed=True),
        )


@pytest.fixture
def phones(place: Town) -> Phones:  # noqa: F811
    gateway = ObedientGateway()
    carrier: Any = lambda _channel, _line: gateway  # noqa: E731
    place.services = replace(place.services, carrier=carrier)
    flow_versions.register_shipped(place.services)
    return Phones(place, gateway)


def asks(phones: Phones, phone: str) -> datetime:
    """Somebody asks for a person, and reads by when they have an answer."""
    phones.knows(phone)
    [said] = phones.text(phone, "0")
    told = phones.time_told(said)
    assert told is not None, said
    return told


# ---- at once ----


def test_within_half_a_minute_one_text_says_the_number_and_the_time(phones: Phones) -> None:
    """Nobody rings: the sweeper alone finds it, on its next round."""
    place, phone = phones.place, "+33698700001"  # noqa: F811
    phones.knows(phone)
    conversations.receive_text(place.services, InboundText(CHANNEL, "in-0", LINE, phone, "0"))
    round_of_the_sweeper = timedelta(seconds=place.services.settings.sweep_seconds)
    assert round_of_the_sweeper * 2 < HALF_A_MINUTE, "one round that was just missed, and the next"
    place.clock.set(place.now + round_of_the_sweeper)
    sweep_outbox(place.services)
    [said] = [message.body for message in phones.gateway.sent]
    with place.services.database.read() as tx:
        [case] = tx.execute(select(cases)).all()
    assert f"numéro {case.number}" in said
    assert phones.time_told(said) == case.promised_by


def test_a_burst_of_texts_is_one_promise_which_stays_what_it_was(phones: Phones) -> None:
    phone = "+33698700001"
    told = asks(phones, phone)
    more = []
    for words in ("C'est pour mon voisin", "il est fatigué", "il habite au fond"):
        phones.place.clock.advance(seconds=11)
        more += phones.text(phone, words)
    assert {phones.time_told(said) for said in more} <= {None, told}, more
    assert len(more) == 2, "where it stands, and once that it was noted"
    with phones.place.services.database.read() as tx:
        assert tx.execute(select(func.count()).select_from(cases)).scalar() == 1


def test_whoever_asks_where_they_are_is_told_the_time_that_holds(phones: Phones) -> None:
    phone = "+33698700001"
    told = asks(phones, phone)
    for _ in range(2):  # at the menu, and where that was said
        phones.place.clock.advance(minutes=3)
        [said] = phones.text(phone, "OU")
        assert phones.time_told(said) == told
    phones.place.clock.set(told - timedelta(minutes=9))
    desk.act_on_deadlines(phones.place.services, phones.place.now)
    [slip] = phones.news(phone)
    [said] = phones.text(phone, "OU")
    assert phones.time_told(said) == phones.time_told(slip) != told


# ---- a time at which we are open ----


def test_at_every_hour_of_a_week_with_a_holiday_the_time_is_one_at_which_we_are_open(phones: Phones) -> None:
    place = phones.place  # noqa: F811
    place.account("Anne", phone="+33612345000")
    place.clock.set(datetime(2026, 5, 6, 4, 10, tzinfo=UTC))
    asked = 0
    while place.now.date() < date(2026, 5, 12):
        asked += 1
        phone = f"+336987{asked:05}"
        phones.knows(phone)
        [said] = phones.text(phone, "0")
        told, here = phones.time_told(said), place.now.astimezone(PARIS)
        assert told is not None, said
        assert told - place.now >= timedelta(minutes=30)
        assert is_open(told - timedelta(minutes=1)), f"at {here}: {said}"
        assert ("fermé" in said.lower()) == (not is_open(here)), f"at {here}: {said}"
        place.clock.advance(minutes=503)


def is_open(moment: datetime) -> bool:
    """Monday to Saturday, 8 to 20, but for the holiday: what hangs on the door."""
    here = moment.astimezone(PARIS)
    return here.weekday() < 6 and here.date() != VICTORY and 8 <= here.hour < 20


# ---- a new time before it passes ----


ASKED_AT = (
    datetime(2026, 3, 10, 9, 0, tzinfo=UTC),
    datetime(2026, 3, 14, 18, 50, tzinfo=UTC),  # a Saturday, ten minutes before it shuts
    datetime(2026, 5, 7, 21, 40, tzinfo=UTC),  # the night before the holiday
)


def test_where_nobody_of_ours_moves_no_time_passes_without_a_word(
    phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two volunteers and a coordinator, all silent: a new time twice, each before the one told; then that we failed.

    Whom to ask is looked for once in three hours only, so that no such look says in time what nothing else would have.
    """
    for module in (guards, waiting):
        monkeypatch.setattr(module, "LOOK_AGAIN", timedelta(hours=3))
    place = phones.place  # noqa: F811
    for at, name in enumerate(("Anne", "Marc", "Chef")):
        role = Role.COORDINATOR if name == "Chef" else Role.VOLUNTEER
        place.account(name, role=role, phone=f"+3361234500{at}")
    for at, asked_at in enumerate(ASKED_AT):
        place.clock.set(asked_at)
        phone = f"+336987000{at:02}"
        _hears_before_each_time(phones, phone)
        for _ in range(3):
            _next_thing_happens(place)
        assert phones.news(phone) == [], f"asked at {asked_at}, told too often"
        phones.text(phone, "STOP")


def _hears_before_each_time(phones: Phones, phone: str) -> None:
    told: datetime | None = asks(phones, phone)
    slips = 0
    while told is not None:
        _next_thing_happens(phones.place)
        assert phones.place.now <= told, f"nothing happened before {told}, and that was told"
        for said in phones.news(phone):
            slips += 1
            later = phones.time_told(said)
            if later is not None:
                assert later > told, said
                assert is_open(later - timedelta(minutes=1)), said
            told = later
    assert slips == 3, "twice a new time; the third says that we did not keep our word, and names none"


def _next_thing_happens(place: Town) -> None:  # noqa: F811
    """The clock goes to the next deadline of the one open case, and the desk does what is due."""
    query = select(func.min(cases.c.next_deadline)).where(cases.c.state != CaseState.CLOSED)
    with place.services.database.read() as tx:
        place.clock.set(max(tx.execute(query).scalar_one(), place.now))
    desk.act_on_deadlines(place.services, place.now)
