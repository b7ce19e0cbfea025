"""A basic phone is enough to be a volunteer, and no text of one reaches a person by mistake.

What may leave is decided here without the code that decides it: from what the database says that the phone has, and
from the spellings that volunteers were taught.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select, update

from flows.alphabet import measure, rewrite
from sms_gateway.cases import desk
from sms_gateway.settings import Settings
from sms_gateway.store import people
from sms_gateway.store.tables import (
    CaseState,
    MessageKind,
    OfferState,
    Role,
    accounts,
    cases,
    offers,
    outbox,
)
from tests.cases import town
from tests.cases.town import Town
from tests.clocks import FixedClock
from tests.scale import LONG

ANNE, MARC = "+33612345001", "+33612345002"
CITIZEN = "+33698765432"
TEXTS = 5_000  # on each kind of database, from a seed of its own: ten thousand in all, in a long run
A_STATE = 10  # texts before the next state is set up

WORDS = (
    "suite",
    "more",
    "zaidi",
    "lire",
    "next",
    "histo",
    "historique",
    "history",
    "historia",
    "passe",
    "passer",
    "pass",
    "pitisha",
    "fin",
    "fini",
    "finir",
    "termine",
    "done",
    "finish",
    "finished",
    "tayari",
    "pause",
    "pumzika",
    "break",
    "start",
    "anza",
    "reprendre",
    "stop",
    "arret",
    "arreter",
    "acha",
    "unsubscribe",
    "end",
    "quit",
    "cancel",
    "aide",
    "help",
    "msaada",
    "moi",
    "me",
    "mimi",
    "note",
    "noti",
)
NEAR = (
    "FINI",
    "PASSE LE BONJOUR",
    "1 prendre",
    "2 non merci",
    "FIN 7",
    "fin 12",
    "Fin.",
    "FIN 0",
    "fin1",
    "oui",
    "non",
    "?",
    "👍",
    "❤️ merci",
    "12",
    "Notez bien",
    "NOTE",
    "note a la photo",
    "Moi aussi",
    "Allez à la mairie, c'est gratuit.",
    "2 photos et une preuve d'adresse suffisent",
)
BLANK = ("", " ", "\n", "\t \n", "\u00a0")
STATES = ("none", "offer", "one", "two", "which", "close", "over")


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


def test_no_random_text_reaches_a_person_that_was_not_plainly_an_answer(place: Town) -> None:
    chance = random.Random(place.services.database.engine.dialect.name)
    fuzz = Fuzz(place, place.account("Anne", phone=ANNE), place.account("Chef", role=Role.COORDINATOR), chance)
    left, rounds = 0, TEXTS // A_STATE if LONG else 2 * len(STATES)
    for at in range(rounds):
        fuzz.set_up(STATES[at % len(STATES)], at)
        for _ in range(A_STATE):
            left += fuzz.send(random_text(chance))
    assert left > rounds * A_STATE // 50, "answers for exactly one case do leave"


@dataclass
class Fuzz:
    """A phone in random states, and what left before."""

    place: Town
    anne: int
    chef: int
    chance: random.Random
    kept: str = ""  # the last words that could have been for two cases
    read: int = 0  # answers looked at

    def set_up(self, state: str, round_: int) -> None:
        """End all that is, and bring the phone into a state."""
        place, first, second = self.place, f"+336987{2 * round_:05d}", f"+336987{2 * round_ + 1:05d}"
        with place.services.database.write() as tx:
            tx.execute(
                update(cases).values(
                    state=CaseState.CLOSED,
                    outcome="settled",
                    closed_at=place.now,
                    settled_seq=cases.c.last_inbound_seq,
                    unanswered_since=None,
                    owner_id=None,
                    lease_until=None,
                    next_deadline=None,
                )
            )
            tx.execute(update(offers).values(state=OfferState.DECLINED, ended_at=place.now))
            tx.execute(
                update(accounts)
                .where(accounts.c.id == self.anne)
                .values(sms_state=None, paused_until=None, paused_by_us=False, as_citizen=False, expired_in_a_row=0)
            )
        if state == "none":
            return
        place.asks(first)
        place.sweep()
        if state == "offer":
            return
        place.volunteer_texts(self.anne, "1")
        place.everything_leaves()
        if state in {"two", "which"}:
            other = place.asks(second).number
            scope = place.scope(self.chef, Role.COORDINATOR)
            desk.reassign(place.services, scope, other, to_account=self.anne, now=place.now)
            place.everything_leaves()
        if state == "which":
            self.send("Venez demain matin")
        elif state == "close":
            self.send("FIN")
        elif state == "over":
            place.pass_time(minutes=21)

    def send(self, text: str) -> int:
        """One text: how many of its words left for a person, once checked that they were allowed to."""
        owned, asked, offered = self._look()
        self.place.volunteer_texts(self.anne, text)
        self.place.clock.advance(seconds=20)
        gone = self._answers()
        self.read += len(gone)
        choice = re.sub(r"\W", "", text)
        if asked == "which" and choice in {"1", "2"}:
            allowed = self.kept
        else:
            allowed = text.strip() if is_an_answer(text, owned=len(owned), waiting=bool(asked) or offered) else ""
        assert len({case_id for case_id, _ in gone}) <= 1, f"{text!r} went to two people"
        words = " ".join(body for _, body in gone)
        assert words in {"", rewrite(allowed), allowed}, (
            f"{words!r} left after {text!r} with {len(owned)} cases, asked {asked}, {offered}"
        )
        assert all(case_id in owned for case_id, _ in gone)
        if len(owned) > 1 and is_an_answer(text, owned=1, waiting=bool(asked) or offered):
            self.kept = text.strip()
        return len(gone)

    def _look(self) -> tuple[list[int], str, bool]:
        with self.place.services.database.read() as tx:
            owned = tx.execute(
                select(cases.c.id).where(cases.c.owner_id == self.anne, cases.c.state != CaseState.CLOSED)
            ).scalars()
            state = tx.execute(select(accounts.c.sms_state).where(accounts.c.id == self.anne)).scalar_one() or {}
            running = tx.execute(
                select(func.count()).where(offers.c.account_id == self.anne, offers.c.state == OfferState.OPEN)
            ).scalar_one()
            return list(owned), (state.get("asked") or {}).get("what", ""), running > 0

    def _answers(self) -> list[tuple[int, str]]:
        """Every answer in the outbox: its case, its words."""
        answers = (
            select(outbox.c.case_id, outbox.c.body, outbox.c.person_id)
            .where(outbox.c.kind == MessageKind.ANSWER, outbox.c.person_id.is_not(None))
            .order_by(outbox.c.id)
            .offset(self.read)
        )
        scope = self.place.scope(self.chef, Role.COORDINATOR)
        with self.place.services.database.read() as tx:
            rows = list(tx.execute(answers))
            said = []
            for row in rows:
                person = people.load(tx, self.place.services.sealer, scope, row.person_id)
                assert person is not None
                said.append((row.case_id, person.words.open(row.body)))
        return said


def is_an_answer(text: str, *, owned: int, waiting: bool) -> bool:
    """Whether a text is plainly words for the person of the one case that its sender has."""
    plain = text.casefold().translate(str.maketrans("éèê", "eee"))
    words = re.findall(r"\w+", plain)
    if owned != 1 or not text.strip():
        return False
    if len(words) == 1 and (words[0] in WORDS or re.fullmatch(r"\d", words[0])):
        return False
    if words and words[0] in {"note", "noti"}:
        return False
    if len(words) == 2 and words[0] in WORDS and words[1].isdigit():
        return False
    return not (waiting and len(words) in {2, 3} and re.fullmatch(r"\d", words[0]))


def random_text(chance: random.Random) -> str:
    """Digits, words with a slip of the finger, signs, blanks and near-words, in any case."""
    kind = chance.randrange(6)
    if kind == 0:
        return chance.choice("0123456789") + chance.choice(("", " ", ".", "!"))
    if kind == 1:
        return chance.choice(BLANK)
    if kind == 2:
        return chance.choice(NEAR)
    word = chance.choice(WORDS)
    if kind == 3:
        at = chance.randrange(len(word))
        word = word[:at] + chance.choice(("", word[at] * 2, chance.choice("aeiou1é"))) + word[at + 1 :]
    elif kind == 4:
        word += chance.choice((" 1", " 9", " s'il vous plaît", "👍", "…", " " + chance.choice(WORDS)))
    return "".join(chance.choice((sign.lower(), sign.upper())) for sign in word)
