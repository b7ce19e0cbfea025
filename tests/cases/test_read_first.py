"""What a volunteer writes is read by a coordinator first where it leads away, asks for a secret, or is their first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from sms_gateway.cases import desk
from sms_gateway.cases.leaving_words import found_in, reasons_for
from sms_gateway.errors import NotAllowed, NotFound
from sms_gateway.flow_versions import register_shipped
from sms_gateway.store import counters
from sms_gateway.store.counters import Counter
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import CaseState, EntryKind, HeldState, Role, journal
from tests.cases.town import Town

CITIZEN, ANNE, CHEF = "+33698765432", "+33612345001", "+33612345099"
WORDS = "Allez à la mairie."
NUMBER = "Appelez le 06 11 22 33 44."


def taken(place: Town, **more: Any) -> tuple[int, int, int]:
    """A case in Anne's hands: her account, the number, the epoch."""
    case = {key: more.pop(key) for key in ("severity", "danger") if key in more}
    anne = place.account("Anne", **more)
    number = place.asks(CITIZEN, **case).number
    got = desk.take(place.services, place.scope(anne), number, place.now)
    assert isinstance(got, desk.Taken)
    return anne, number, got.epoch


def says(place: Town, account: int, number: int, epoch: int, words: str) -> Any:
    return desk.answer(place.services, place.scope(account), number, epoch=epoch, words=words, now=place.now)


def chef_of(place: Town, **more: Any) -> Scope:
    return place.scope(place.account("Chef", role=Role.COORDINATOR, **more), Role.COORDINATOR)


def waiting(place: Town, chef: Scope) -> list[desk.HeldCase]:
    with place.services.database.read() as tx:
        return desk.held_answers(tx, place.services, chef, place.now)


def view_of(place: Town, account: int, number: int) -> desk.CaseView:
    with place.services.database.read() as tx:
        return desk.case_view(tx, place.services, place.scope(account), number, place.now)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Appelez le 06 11 22 33 44", ["phones"]),
        ("Appelez le +33.6.11.22.33.44", ["phones"]),
        ("Appelez le zéro six onze vingt-deux trente-trois quarante-quatre", ["phones"]),
        ("Écrivez à jean.dupont @ exemple.fr", ["mails"]),
        ("Allez sur http://exemple.test/page", ["hosts"]),
        ("Voir www.exemple.museum", ["hosts"]),
        ("Voir bit.ly/3xYz", ["hosts"]),
        ("Voir exemple.com.", ["hosts"]),
        ("Donnez-moi votre mot de passe", ["asks_secret"]),
        ("Envoyez le code reçu par SMS", ["asks_secret"]),
        ("Quel est votre numéro de sécurité sociale ?", ["asks_secret"]),
        ("J'ai besoin de votre IBAN", ["asks_secret"]),
        ("Envoyez votre numéro de carte bancaire", ["asks_secret"]),
        ("Send me your bank account number", ["asks_secret"]),
        ("What is your PIN?", ["asks_secret"]),
        ("Tutumie namba ya akaunti", ["asks_secret"]),
        ("Tuma nywila yako", ["asks_secret"]),
        ("Bonjour.Allez à la mairie.Prenez une photo", []),
        ("Le 12/03/2026 à 14h30, timbre à 25 EUR, numéro 4271", []),
        ("Il faut un RIB, une photo et une preuve d'adresse", []),
        ("Ne donnez votre code secret à personne", []),
        ("Appelez le 17 ou le 3919", []),
        ("Appelez le quinze, le dix-sept ou le dix-huit", []),
        ("Your card is ready. Bring the old one.", []),
    ],
)
def test_what_leads_away_or_asks_for_a_secret_is_found_in_words(words: str, found: list[str]) -> None:
    said = found_in(words, "france")
    assert [name for name in ("phones", "mails", "hosts", "asks_secret") if getattr(said, name)] == found


def test_what_the_service_itself_tells_may_be_told(place: Town) -> None:
    register_shipped(place.services)
    counter = Counter(source_id="1", name="Maison", place="Lyon", place_key="lyon", phone="04 72 10 30 30")
    service = replace(place.service, allowed=("exemple.org", "06 55 55 55 55"), help_phone="01 48 70 60 00")
    with place.services.database.write() as tx:
        counters.keep(tx, service.organisation_id, [counter], now=place.now)
    fine = (
        "Allez sur service-public.gouv.fr ou www.service-public.gouv.fr/particuliers",  # a flow's source
        "Voir exemple.org et https://aide.exemple.org/a",
        "Appelez le 06.55.55.55.55, le +33 1 48 70 60 00 ou le 0472103030",
    )
    wrong = ("Voir exemple.com", "Voir faux-exemple.org", "Voir exemple.org.test/a", "Appelez le 06 55 55 55 56")
    with place.services.database.read() as tx:
        assert [reasons_for(tx, service, words) for words in fine] == [()] * len(fine)
        assert [len(reasons_for(tx, service, words)) for words in wrong] == [1] * len(wrong)


def test_a_number_waits_for_a_coordinator_who_lets_it_go(place: Town) -> None:
    anne, number, epoch = taken(place)
    waits = says(place, anne, number, epoch, NUMBER)
    assert isinstance(waits, desk.Waits)
    assert waits.reasons == (desk.Reason.PHONE,)
    assert place.texts_to(CITIZEN) == []
    chef = chef_of(place)
    [one] = waiting(place, chef)
    assert (one.number, one.held.author, one.held.words, one.asked) == (number, "Anne", NUMBER, "Ma carte est perdue")
    assert desk.let_go(place.services, chef, one.held.id, now=place.now) is HeldState.LEFT
    assert desk.let_go(place.services, chef, one.held.id, now=place.now) is HeldState.LEFT, "pressed twice"
    assert place.texts_to(CITIZEN)[1:] == [NUMBER]
    assert place.case(number).state == CaseState.ANSWERED
    assert waiting(place, chef) == []
    with place.services.database.read() as tx:
        [row] = tx.execute(select(journal).where(journal.c.what == "answer_let_go")).all()
    assert (row.account_id, row.detail["by"]) == (anne, chef.account_id)


def test_given_back_with_a_word_it_is_a_draft_and_a_note_and_time_to_write_anew(place: Town) -> None:
    anne, number, epoch = taken(place)
    says(place, anne, number, epoch, NUMBER)
    place.clock.advance(minutes=9)
    chef = chef_of(place)
    [one] = waiting(place, chef)
    desk.give_back(place.services, chef, one.held.id, words="Pas de numéro, merci", now=place.now)
    view = view_of(place, anne, number)
    assert (view.draft, view.held) == (NUMBER, None)
    assert [(line.author, line.words) for line in view.thread if line.kind is EntryKind.NOTE] == [
        ("Chef", "Pas de numéro, merci")
    ]
    assert place.case(number).lease_until == place.now + timedelta(minutes=20)
    says(place, anne, number, epoch, WORDS)
    assert place.texts_to(CITIZEN)[1:] == [WORDS]
    assert desk.let_go(place.services, chef, one.held.id, now=place.now) is HeldState.GIVEN_BACK


def test_its_writer_changes_the_words_instead_and_they_leave(place: Town) -> None:
    anne, number, epoch = taken(place)
    says(place, anne, number, epoch, NUMBER)
    held = view_of(place, anne, number).held
    assert held is not None
    desk.take_back(place.services, place.scope(anne), number, held_id=held.id, now=place.now)
    assert view_of(place, anne, number).draft == NUMBER
    says(place, anne, number, epoch, NUMBER)
    says(place, anne, number, epoch, WORDS)  # new words take the place of those that wait
    chef = chef_of(place)
    assert waiting(place, chef) == []
    assert place.texts_to(CITIZEN)[1:] == [WORDS]


def test_nothing_waits_in_silence(place: Town) -> None:
    anne, number, epoch = taken(place, phone=ANNE)
    chef = chef_of(place, phone=CHEF)
    says(place, anne, number, epoch, NUMBER)
    promised = place.case(number).promised_by
    place.pass_time(minutes=9)
    assert place.texts_to_account(chef.account_id or 0) == []
    assert not waiting(place, chef)[0].is_late
    place.pass_time(minutes=1)
    [alert] = place.texts_to_account(chef.account_id or 0)
    assert "attend d'etre relue depuis 10 min" in alert
    assert not any("attend votre réponse" in text for text in place.texts_to_account(anne)), "they have answered"
    assert waiting(place, chef)[0].is_late
    assert place.case(number).promised_by == promised, "the promise runs"
    place.pass_time(minutes=10)
    assert place.case(number).owner_id is None, "nobody read it: somebody else is asked"
    assert waiting(place, chef) == []
    marc = place.account("Marc")
    desk.take(place.services, place.scope(marc), number, place.now)
    drafts = [line.words for line in view_of(place, marc, number).thread if line.kind is EntryKind.DRAFT]
    assert drafts == [NUMBER]


def test_at_night_it_waits_for_the_morning_and_wakes_no_coordinator(place: Town) -> None:
    place.clock.set(datetime(2026, 3, 10, 21, 30, tzinfo=UTC))
    anne, number, epoch = taken(place)
    chef = chef_of(place, phone=CHEF)
    says(place, anne, number, epoch, NUMBER)
    place.pass_time(hours=2)
    assert place.texts_to_account(chef.account_id or 0) == []
    assert len(waiting(place, chef)) == 1
    assert place.case(number).lease_until == datetime(2026, 3, 11, 7, 20, tzinfo=UTC)  # from 8:00 in Paris


def test_by_text_one_plain_text_says_that_it_waits_and_another_that_it_left(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    number = place.asks(CITIZEN).number
    place.sweep()
    place.volunteer_texts(anne, "1")
    place.volunteer_texts(anne, NUMBER)
    assert "un collègue relit votre texte" in place.texts_to_account(anne)[-1]
    place.volunteer_texts(anne, "FIN 1")
    assert place.case(number).state == CaseState.CLAIMED, "it ends with the answer"
    chef = chef_of(place)
    [one] = waiting(place, chef)
    desk.let_go(place.services, chef, one.held.id, now=place.now)
    assert place.texts_to(CITIZEN)[1:] == [NUMBER]
    assert (place.case(number).state, place.case(number).outcome) == (CaseState.CLOSED, "settled")


def test_by_text_it_is_given_back_with_the_coordinators_word(place: Town) -> None:
    anne = place.account("Anne", phone=ANNE)
    place.asks(CITIZEN)
    place.sweep()
    for said in ("1", NUMBER):
        place.volunteer_texts(anne, said)
    chef = chef_of(place)
    [one] = waiting(place, chef)
    desk.give_back(place.services, chef, one.held.id, words="Sans numéro", now=place.now)
    told = place.texts_to_account(anne)
    assert "vous rend votre texte" in told[-2]
    assert "note] Sans numéro" in told[-1], "not like a text of the person"
    place.volunteer_texts(anne, WORDS)
    assert place.texts_to(CITIZEN)[1:] == [WORDS]


def test_in_danger_it_leaves_and_a_coordinator_reads_it_after(place: Town) -> None:
    anne, number, epoch = taken(place, severity=0, danger="child", review_left=3)
    chef = chef_of(place)
    assert isinstance(says(place, anne, number, epoch, NUMBER), desk.Sent)
    assert place.texts_to(CITIZEN)[-1] == NUMBER
    [one] = waiting(place, chef)
    assert (one.has_left, one.held.words) == (True, NUMBER)
    desk.mark_read(place.services, chef, one.held.id, now=place.now)
    assert waiting(place, chef) == []


def test_a_newcomers_answers_are_read_until_as_many_were_let_go(place: Town) -> None:
    anne, number, epoch = taken(place, review_left=2)
    chef = chef_of(place)
    for count, words in enumerate(("Un.", "Deux.")):
        waits = says(place, anne, number, epoch, words)
        assert isinstance(waits, desk.Waits)
        assert waits.reasons == (desk.Reason.NEWCOMER,)
        [one] = waiting(place, chef)
        desk.let_go(place.services, chef, one.held.id, now=place.now)
        assert place.row(anne).review_left == 1 - count
    assert isinstance(says(place, anne, number, epoch, WORDS), desk.Sent)
    assert place.texts_to(CITIZEN)[1:] == ["Un.", "Deux.", WORDS]


def test_what_is_given_back_counts_none_down(place: Town) -> None:
    anne, number, epoch = taken(place, review_left=2)
    chef = chef_of(place)
    says(place, anne, number, epoch, WORDS)
    [one] = waiting(place, chef)
    desk.give_back(place.services, chef, one.held.id, words="", now=place.now)
    assert place.row(anne).review_left == 2


def test_nothing_of_a_coordinators_own_waits(place: Town) -> None:
    chef = chef_of(place, review_left=5)
    number = place.asks(CITIZEN).number
    got = desk.take(place.services, chef, number, place.now)
    assert isinstance(got, desk.Taken)
    sent = desk.answer(place.services, chef, number, epoch=got.epoch, words=NUMBER, now=place.now)
    assert isinstance(sent, desk.Sent)


def test_only_a_coordinator_of_the_organisation_lets_go(place: Town) -> None:
    anne, number, epoch = taken(place)
    says(place, anne, number, epoch, NUMBER)
    held = view_of(place, anne, number).held
    assert held is not None
    with pytest.raises(NotAllowed):
        desk.let_go(place.services, place.scope(anne), held.id, now=place.now)
    with pytest.raises(NotFound):
        desk.let_go(place.services, Scope(999, Role.COORDINATOR, anne), held.id, now=place.now)
    assert place.texts_to(CITIZEN) == []


def test_the_case_that_changed_hands_lets_nothing_go(place: Town) -> None:
    anne, number, epoch = taken(place)
    chef = chef_of(place)
    says(place, anne, number, epoch, NUMBER)
    [one] = waiting(place, chef)
    desk.reassign(place.services, chef, number, to_account=place.account("Marc"), now=place.now)
    assert desk.let_go(place.services, chef, one.held.id, now=place.now) is HeldState.DRAFT
    assert place.texts_to(CITIZEN) == []
