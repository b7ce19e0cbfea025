"""A volunteer's and a coordinator's pages, without scripts: taking, answering, finishing, giving, adding."""

import re
from datetime import timedelta

import pytest
from babel.dates import format_date
from sqlalchemy import select, update

from sms_gateway.store.tables import CaseState, Role, accounts, cases, outbox, services, web_sessions
from sms_gateway.web.accounts import make_account
from tests.clocks import FixedClock
from tests.web.house import PASSWORD, House, Visitor, add_organisation

CITIZEN, NEIGHBOUR = "+99920000001", "+99920000002"
WORDS = "ya plus de chauffage depuis lundi"


@pytest.fixture
def asked(house: House) -> int:
    """The number of a case that somebody has just opened."""
    return house.ask_for_a_person(CITIZEN, WORDS)


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def send(visitor: Visitor, number: int, **form: str) -> str:
    """Send the answer box of a case as its page gives it, and read the page that comes."""
    page = visitor.get(f"/inbox/{number}").text
    kept = {"epoch": hidden(page, "epoch"), "seen_seq": hidden(page, "seen_seq")}
    answer = visitor.post(f"/inbox/{number}", kept | form)
    return visitor.get(answer.location).text if answer.status_code == 303 else answer.text


def state_of(house: House, number: int) -> CaseState:
    with house.services.database.read() as tx:
        return CaseState(tx.execute(select(cases.c.state).where(cases.c.number == number)).scalar_one())


def answers(house: House) -> int:
    """How many answers of people wait to leave, or left."""
    with house.services.database.read() as tx:
        return len(tx.execute(select(outbox.c.id).where(outbox.c.kind == "answer")).all())


def test_danger_is_marked_before_and_after_it_is_taken(house: House) -> None:
    house.text(CITIZEN, "je veux mourir")
    (number,) = house.numbers()
    awa = house.signed_in("awa")
    assert "> danger</span>" in awa.get("/inbox").text
    awa.post("/inbox/next")
    assert "> danger</span>" in awa.get(f"/inbox/{number}").text


def test_a_volunteer_takes_the_next_answers_and_finishes(house: House, asked: int) -> None:
    awa = house.signed_in("awa")
    start = awa.get("/inbox").text
    assert "1 personne attend" in start
    assert WORDS not in start  # a volunteer sees the words of their own cases alone
    taken = awa.post("/inbox/next")
    assert taken.location == f"/inbox/{asked}"
    page = awa.get(taken.location).text
    assert WORDS in page
    assert "Promis avant" in page
    assert "Votre réponse part maintenant" in send(awa, asked, words="Allez à la police.", act="answer")
    assert "est fini" in send(awa, asked, words="", finish="settled")
    assert state_of(house, asked) is CaseState.CLOSED
    assert "répondu à 1 personne" in awa.get("/inbox").text


def test_an_answer_that_did_not_arrive_is_sent_again_by_its_writer_alone(house: House, asked: int) -> None:
    house.account("moussa", Role.VOLUNTEER)
    awa, moussa = house.signed_in("awa"), house.signed_in("moussa")
    awa.post("/inbox/next")
    send(awa, asked, words="Allez à la police.", act="answer")
    with house.services.database.write() as tx:
        words = outbox.c.kind == "answer"
        failed = update(outbox).where(words).values(state="failed").returning(outbox.c.id)
        message = str(tx.execute(failed).scalar_one())
    page = awa.get(f"/inbox/{asked}").text
    assert "Renvoyer" in page
    assert moussa.post(f"/inbox/{asked}", {"act": "again", "message": message}).status_code == 404
    answer = awa.post(f"/inbox/{asked}", {"act": "again", "message": message})
    assert "part une nouvelle fois" in awa.get(answer.location).text
    with house.services.database.read() as tx:
        assert tx.execute(select(outbox.c.state).where(words)).scalar_one() == "waiting"


def test_nobody_waits_is_a_page_that_one_may_leave(house: House) -> None:
    awa = house.signed_in("awa")
    assert "Personne n’attend" in awa.get("/inbox").text
    assert awa.post("/inbox/next").location == "/inbox"


def test_the_second_who_wants_a_case_hears_that_it_is_taken(house: House, asked: int) -> None:
    house.account("moussa", Role.VOLUNTEER)
    awa, moussa = house.signed_in("awa"), house.signed_in("moussa")
    assert "Le prendre" in moussa.get(f"/inbox/{asked}").text
    awa.post("/inbox/next")
    answer = moussa.post(f"/inbox/{asked}", {"act": "take"})
    assert "Trop tard" in moussa.get(answer.location).text
    assert moussa.get(f"/inbox/{asked}").status_code == 404


def test_a_new_text_is_shown_and_never_blocks_an_answer(house: House, asked: int) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    before = awa.get(f"/inbox/{asked}").text
    house.text(CITIZEN, "svp vous etes la")
    shown = awa.get(f"/inbox/{asked}?seen={hidden(before, 'seen_seq')}").text
    assert "svp vous etes la" in shown
    assert "nouveau" in shown
    form = {"epoch": hidden(before, "epoch"), "seen_seq": hidden(before, "seen_seq")}
    assert awa.post(f"/inbox/{asked}", form | {"words": "Bonjour", "act": "answer"}).status_code == 303
    assert answers(house) == 1


def test_closing_waits_for_a_text_that_was_not_seen(house: House, asked: int) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    before = awa.get(f"/inbox/{asked}").text
    house.text(CITIZEN, "encore une chose")
    form = {"epoch": hidden(before, "epoch"), "seen_seq": hidden(before, "seen_seq"), "words": "Bonjour"}
    answer = awa.post(f"/inbox/{asked}", form | {"finish": "settled"})
    assert "a écrit de nouveau" in awa.get(answer.location).text
    assert state_of(house, asked) is not CaseState.CLOSED
    assert answers(house) == 1


def test_a_button_pressed_twice_sends_once(house: House, asked: int) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    send(awa, asked, words="Allez à la police.", act="answer")
    assert "déjà partie" in send(awa, asked, words="Allez à la police.", act="answer")
    assert answers(house) == 1


def test_an_answer_that_comes_too_late_is_kept_for_whoever_has_the_case(house: House, asked: int) -> None:
    moussa_id = house.account("moussa", Role.VOLUNTEER)
    awa, claire = house.signed_in("awa"), house.signed_in("claire")
    awa.post("/inbox/next")
    page = awa.get(f"/inbox/{asked}").text
    claire.post(f"/desk/give/{asked}", {"to": str(moussa_id)})
    form = {"epoch": hidden(page, "epoch"), "seen_seq": hidden(page, "seen_seq")}
    awa.post(f"/inbox/{asked}", form | {"words": "Mes mots en retard", "act": "answer"})
    assert answers(house) == 0
    assert "Vos mots sont gardés" in awa.get("/inbox").text
    assert "Mes mots en retard" in house.signed_in("moussa").get(f"/inbox/{asked}").text


@pytest.mark.parametrize(("words", "said"), [("", "Écrivez d’abord"), ("long " * 80, "trop long")])
def test_an_answer_that_can_not_leave_stays_in_its_field(house: House, asked: int, words: str, said: str) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    page = send(awa, asked, words=words, act="answer")
    assert said in page
    assert words.strip() in page
    assert answers(house) == 0


def test_a_draft_waits_in_the_field_and_a_note_stays_among_us(house: House, asked: int) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    assert "Gardé, pas envoyé" in send(awa, asked, words="Je cherche encore", act="draft")
    assert ">Je cherche encore</textarea>" in awa.get(f"/inbox/{asked}").text
    assert "note, pour nous seuls" in send(awa, asked, words="Appeler la mairie demain", act="note")
    assert answers(house) == 0


def test_a_case_passed_on_is_taken_by_somebody_else_with_its_note(house: House, asked: int) -> None:
    house.account("moussa", Role.VOLUNTEER)
    awa, moussa = house.signed_in("awa"), house.signed_in("moussa")
    awa.post("/inbox/next")
    send(awa, asked, words="Il faut quelqu’un de Lyon", act="pass")
    assert awa.get(f"/inbox/{asked}").text.count("Le prendre")
    moussa.post(f"/inbox/{asked}", {"act": "take"})
    assert "Il faut quelqu’un de Lyon" in moussa.get(f"/inbox/{asked}").text


def test_a_case_waits_for_a_day_once_it_is_answered(house: House, asked: int, clock: FixedClock) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    day = (clock() + timedelta(days=3)).date().isoformat()
    assert 'name="until"' not in awa.get(f"/inbox/{asked}").text, "a text waits"
    send(awa, asked, words="Attendez le papier.", act="answer")
    assert 'type="date"' in awa.get(f"/inbox/{asked}").text
    send(awa, asked, until="", act="wait")
    assert state_of(house, asked) is CaseState.ANSWERED
    send(awa, asked, until=day, act="wait")
    assert state_of(house, asked) is CaseState.PARKED
    said = format_date(clock().date() + timedelta(days=3), "d MMMM y", locale="fr")
    assert f"/inbox/{asked}" in awa.get("/inbox").text
    assert said in awa.get("/inbox").text, "the day that was chosen, where midnight is another day at Greenwich too"
    assert said in awa.get(f"/inbox/{asked}").text
    assert 'name="words"' in awa.get(f"/inbox/{asked}").text, "its owner may answer before that day"


def test_whoever_carries_enough_takes_no_more(house: House) -> None:
    with house.services.database.write() as tx:
        tx.execute(update(accounts).where(accounts.c.login == "awa").values(capacity=1))
    for phone in (CITIZEN, NEIGHBOUR):
        house.ask_for_a_person(phone, WORDS)
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    assert "déjà assez de cas" in awa.get(awa.post("/inbox/next").location).text


def test_a_pause_is_told_and_ended(house: House) -> None:
    awa = house.signed_in("awa")
    awa.post("/inbox/pause", {"pause": "begin"})
    assert "En pause jusqu’à 12h00" in awa.get("/inbox").text
    awa.post("/inbox/pause", {"pause": "end"})
    assert "En pause" not in awa.get("/inbox").text


def test_the_meter_counts_as_the_text_would_be_sent(house: House) -> None:
    awa = house.signed_in("awa")

    def said(words: str) -> str:
        return " ".join(re.sub("<[^>]+>", " ", awa.post("/inbox/measure", {"words": words}).text).split())

    assert said("").startswith("0 SMS &nbsp; 0 caractères sur 160")
    assert said("Reçu à l’âge de 3 ans").startswith("1 SMS &nbsp; 21 caractères sur 160")  # ç and â are rewritten
    assert said("a" * 187).startswith("2 SMS &nbsp; 187 caractères sur 306")
    assert "3 SMS : coupez la fin" in said("a" * 307)


# --- the desk


def test_a_coordinator_sees_who_waits_since_when_and_who_has_it(house: House, clock: FixedClock) -> None:
    first = house.ask_for_a_person(CITIZEN, WORDS)
    clock.advance(minutes=30)
    second = house.ask_for_a_person(NEIGHBOUR, WORDS)
    page = house.signed_in("claire").get("/desk").text
    assert page.index(f"<b>{first}</b>") < page.index(f"<b>{second}</b>")
    assert "30 min" in page
    assert "Aucune promesse manquée" in page
    clock.advance(hours=5)
    assert "promesses manquées" in house.signed_in("claire").get("/desk").text


def test_a_coordinator_gives_a_case_and_may_answer_it(house: House, asked: int) -> None:
    claire = house.signed_in("claire")
    page = claire.get(f"/desk/give/{asked}").text
    mine = re.search(r'value="(\d+)" id="to-me"', page)
    assert mine is not None
    answer = claire.post(f"/desk/give/{asked}", {"to": mine[1]})
    assert answer.location == f"/inbox/{asked}"
    assert "Envoyer la réponse" in claire.get(answer.location).text
    assert "changé de mains" in claire.get("/desk").text or state_of(house, asked) is CaseState.CLAIMED


def test_giving_to_nobody_says_what_is_missing(house: House, asked: int) -> None:
    claire = house.signed_in("claire")
    assert "Choisissez d’abord" in claire.get(claire.post(f"/desk/give/{asked}").location).text


def test_a_volunteer_that_a_coordinator_adds_can_sign_in(house: House) -> None:
    claire = house.signed_in("claire")
    form = {"name": "Fatou", "login": "fatou", "phone": "+33 6 12 34 56 78", "languages": "fr"}
    page = claire.post("/desk/volunteers/new", form).text
    drawn = re.search(r'g-chasse">([^<]+)<', page)
    assert drawn is not None
    assert house.visitor().sign_in("fatou", drawn[1]).location == "/inbox"
    assert "612345678" not in re.sub(r"\D", "", claire.get("/desk/volunteers").text)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"login": "awa"}, "Un autre compte a cet identifiant"),
        ({"login": ""}, "Écrivez un identifiant"),
        ({"login": "ida", "phone": "12"}, "Écrivez le numéro avec son pays"),
    ],
)
def test_a_volunteer_that_can_not_be_added_says_how_to_mend_it(house: House, wrong: dict[str, str], said: str) -> None:
    answer = house.signed_in("claire").post("/desk/volunteers/new", {"name": "Ida"} | wrong)
    assert answer.status_code == 422
    assert answer.text.count(said) == 2  # in the summary and at the field


def test_a_closed_account_is_signed_out_and_has_no_case_any_more(house: House, asked: int) -> None:
    awa, claire = house.signed_in("awa"), house.signed_in("claire")
    awa.post("/inbox/next")
    awa_id = re.search(r"/desk/volunteers/(\d+)/close", claire.get("/desk/volunteers").text)
    assert awa_id is not None
    assert "Fermer le compte de Awa" in claire.get(awa_id[0]).text
    claire.post(f"/desk/volunteers/{awa_id[1]}", {"act": "close"})
    with house.services.database.read() as tx:
        owner = tx.execute(select(cases.c.owner_id).where(cases.c.number == asked)).scalar_one()
        left = tx.execute(select(web_sessions).where(web_sessions.c.account_id == int(awa_id[1]))).all()
    assert (owner, left) == (None, [])
    assert awa.get("/inbox").status_code == 401


def test_what_belongs_to_another_organisation_is_not_there(house: House, asked: int) -> None:
    add_organisation(house, "elsewhere")
    for login, role in (("eve", Role.VOLUNTEER), ("edgar", Role.COORDINATOR)):
        make_account(house.services, login=login, password=PASSWORD, role=role, organisation="elsewhere")
    with house.services.database.read() as tx:
        awa_id = tx.execute(select(accounts.c.id).where(accounts.c.login == "awa")).scalar_one()
    eve, edgar = house.signed_in("eve"), house.signed_in("edgar")
    assert eve.get(f"/inbox/{asked}").status_code == 404
    assert eve.post(f"/inbox/{asked}", {"act": "take"}).status_code == 404
    assert f"<b>{asked}</b>" not in eve.get("/inbox").text + edgar.get("/desk").text
    for path in (f"/inbox/{asked}", f"/desk/give/{asked}", f"/desk/volunteers/{awa_id}/close"):
        assert edgar.get(path).status_code == 404
    for act in ("pause", "close"):
        assert edgar.post(f"/desk/volunteers/{awa_id}", {"act": act}).status_code == 404
    edgar.post(f"/desk/give/{asked}", {"to": "all"})
    with house.services.database.read() as tx:
        assert tx.execute(select(accounts.c.active).where(accounts.c.id == awa_id)).scalar_one()
        codes = tx.execute(select(services.c.code)).scalars().all()
    assert "elsewhere" in codes
    assert state_of(house, asked) in {CaseState.QUEUED, CaseState.OFFERED}


def test_the_facts_of_the_procedure_stand_beside_the_case_with_their_source(house: House) -> None:
    house.text(CITIZEN, "carte perdue")
    house.text(CITIZEN, "0")
    number = house.numbers()[-1]
    awa = house.signed_in("awa")
    awa.post("/inbox/next")
    page = awa.get(f"/inbox/{number}").text
    assert "25 euros" in page
    assert "service-public.gouv.fr" in page


def test_no_fact_is_shown_past_its_last_day(house: House, clock: FixedClock) -> None:
    house.text(CITIZEN, "carte perdue")
    house.text(CITIZEN, "0")
    number = house.numbers()[-1]
    clock.advance(days=365)
    page = house.signed_in("claire").get(f"/inbox/{number}").text
    assert "Personne 1" in page
    assert "25 euros" not in page
