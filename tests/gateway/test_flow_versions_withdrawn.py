"""A version that harms is withdrawn: its people get a person, a number and a time, each once, whatever comes first."""

import json

import pytest
from sqlalchemy import select, update

from flows.bundle import canonical
from flows.checker import check_content
from flows.compiler import CompileError, compile_bundle
from flows.finding import Finding
from flows.machine import Machine
from sms_gateway import conversations, flow_versions, withdrawal
from sms_gateway.cases import desk
from sms_gateway.context import Services
from sms_gateway.flow_versions import in_use, publishing
from sms_gateway.flow_versions.publishing import Moved, NotYet, Published, Withdrawn
from sms_gateway.settings import Settings
from sms_gateway.store.people import find
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import (
    PersonStatus,
    Role,
    SessionStatus,
    VersionState,
    case_entries,
    cases,
    events,
    outbox,
    people,
    sessions,
)
from tests.clocks import FixedClock
from tests.gateway.editor import Editor, account_of, count_of, editor, organisation_of
from tests.gateway.parts import ObedientGateway, wired
from tests.gateway.talk import Phone
from worker import jobs

ASK = "comment.ask"


@pytest.fixture
def kenya(nadia: Editor) -> Editor:
    return nadia.at("kenya", "lost_id")


@pytest.fixture
def kenyan(services: Services, gateway: ObedientGateway) -> Phone:
    return Phone(services, gateway, "+254711000001", "22384", "*384*77#")


def sweep(services: Services) -> int:
    """What the sweeper does, until there is nothing left to do."""
    done = 0
    while now := conversations.leave_withdrawn(services):
        done += now
    conversations.take_waiting(services)
    return done


def standing(services: Services) -> list[str]:
    """The flows that people are in the middle of."""
    with services.database.read() as tx:
        query = select(sessions.c.flow).where(sessions.c.status != SessionStatus.ENDED).order_by(sessions.c.id)
        return list(tx.execute(query).scalars())


def the_case(services: Services, phone: Phone) -> tuple[str, str, list[str]]:
    """The one case that is open: why, its summary, and what the person wrote in it."""
    with services.database.write() as tx:
        row = tx.execute(select(cases)).one()
        person = find(tx, services.sealer, service_id=row.service_id, phone=phone.number)
        assert person is not None
        said = tx.execute(select(case_entries.c.body).order_by(case_entries.c.id)).scalars()
        summary = person.words.open(row.summary) if row.summary else ""
        return row.reason, summary, [person.words.open(body) for body in said]


def as_discreet(who: Editor) -> None:
    """Publish the flow as one that sends nothing unasked."""
    bundle = json.loads(who.content)
    bundle["flow"]["discreet"] = "yes"
    del bundle["flow"]["steps"]["suivi"]["ask_again"], bundle["flow"]["steps"]["retard"]  # it asks nothing days later
    for said in bundle["sentences"].values():
        for path in [path for path in said if path.startswith(("suivi.ask_again", "retard."))]:
            del said[path]
    bundle["transcripts"] = {
        name: "".join(line for line in text.splitlines(keepends=True) if not line.startswith("! asks again"))
        for name, text in bundle["transcripts"].items()
        if "@ " not in text.partition("! asks again")[2]
    }
    who.drafts(canonical(bundle))
    done = who.publish()
    assert isinstance(done, Published), done


def test_who_is_in_it_gets_a_person_a_number_and_a_time(services: Services, nadia: Editor, french: Phone) -> None:
    french.text("carte identite")
    french.text("1")
    assert nadia.withdraw(1) == Withdrawn(None)
    assert sweep(services) == 1
    (said,) = french.news()
    assert "La règle a peut-etre changé. Une personne vérifie" in said
    assert "numéro 4001" in said
    why, summary, _ = the_case(services, french)
    assert why == "withdrawn"
    assert summary == "Carte d'identité perdue ou volée. Perdue", "the answers are kept"
    assert standing(services) == []
    assert sweep(services) == 0
    assert french.news() == []


def test_whoever_writes_first_is_led_to_a_person_in_that_very_turn(
    services: Services, nadia: Editor, french: Phone
) -> None:
    french.text("carte identite")
    nadia.withdraw(1)
    (said,) = french.text("je l'ai perdue hier au marché")
    assert "numéro 4001" in said
    assert "je l'ai perdue hier au marché" in the_case(services, french)[2][-1]
    assert sweep(services) == 0
    assert french.news() == []


def test_a_hop_that_comes_first_is_answered_on_its_screen(services: Services, kenya: Editor, kenyan: Phone) -> None:
    kenyan.dial()
    kenyan.text("i lost my id")
    kenyan.dial()
    kenyan.press("1")
    kenya.withdraw(1)
    screen = kenyan.press("1")
    assert screen.startswith("END The rule may have changed.")
    assert "number 4001" in screen
    assert sweep(services) == 0
    assert count_of(services, cases) == 1


def test_in_the_middle_of_a_dialog_the_next_screen_says_it_too(
    services: Services, kenya: Editor, kenyan: Phone
) -> None:
    kenyan.text("i lost my id")
    kenyan.dial()
    kenyan.press("1")
    kenya.withdraw(1)
    sweep(services)
    assert "number 4001" in kenyan.news()[-1]
    screen = kenyan.press("1")
    assert screen.startswith("END The rule may have changed.")
    assert "number 4001" in screen, "the same case"
    assert count_of(services, cases) == 1
    assert standing(services) == []


def test_a_dialog_that_nobody_looks_at_any_more_ends_with_the_text(
    services: Services, kenya: Editor, kenyan: Phone, clock: FixedClock
) -> None:
    kenyan.text("i lost my id")
    kenyan.dial()
    kenyan.press("1")
    clock.advance(minutes=10)
    kenya.withdraw(1)
    sweep(services)
    assert "number 4001" in kenyan.news()[-1]
    assert standing(services) == []


def test_the_words_that_led_to_it_are_in_the_case(services: Services, nadia: Editor, french: Phone) -> None:
    french.text("j'ai perdu ma carte d'identité au marché")
    french.text("1")
    nadia.withdraw(1)
    sweep(services)
    assert any("au marché" in said for said in the_case(services, french)[2])


def test_who_wants_no_texts_is_sent_none_and_leaves_it_all_the_same(
    services: Services, nadia: Editor, french: Phone
) -> None:
    french.text("carte identite")
    with services.database.write() as tx:  # as the gateway says when it refuses a text to a phone
        tx.execute(update(people).values(status=PersonStatus.STOPPED))
    nadia.withdraw(1)
    assert sweep(services) == 1
    assert french.news() == []
    assert count_of(services, cases) == 0
    assert standing(services) == []


def test_who_went_away_a_month_ago_hears_of_it_when_they_write(
    services: Services, nadia: Editor, french: Phone, clock: FixedClock
) -> None:
    french.text("carte identite")
    clock.advance(days=31)
    nadia.withdraw(1)
    assert sweep(services) == 0
    assert french.news() == []
    assert "numéro 4001" in french.text("1")[-1]


def test_a_dialog_that_breaks_off_leads_to_a_person(services: Services, kenya: Editor, kenyan: Phone) -> None:
    kenyan.text("i lost my id")
    kenyan.dial()
    kenyan.press("1")
    kenya.withdraw(1)
    (said,) = kenyan.hang_up()
    assert said.startswith("The rule may have changed.")
    assert sweep(services) == 0


def test_one_that_waits_under_another_question_is_never_come_back_to(
    services: Services, kenya: Editor, kenyan: Phone
) -> None:
    kenyan.text("i lost my id")
    kenyan.dial()
    assert SessionStatus.PARKED in _statuses(services)
    kenya.withdraw(1)
    screen = kenyan.press("1")
    assert screen.startswith("END The rule may have changed."), "go on, they said"
    assert sweep(services) == 0
    assert "lost_id" not in standing(services)


def test_one_that_was_put_aside_gets_a_person_unasked(services: Services, kenya: Editor, kenyan: Phone) -> None:
    kenyan.text("i lost my id")
    kenyan.dial()
    kenya.withdraw(1)
    assert sweep(services) == 1
    assert "number 4001" in kenyan.news()[-1]
    assert "CON" in kenyan.press("1"), "the menu: there is nothing to go on with"
    assert "lost_id" not in standing(services)


def test_one_that_waits_for_its_case_is_ended_and_nothing_is_said(
    services: Services, nadia: Editor, french: Phone
) -> None:
    french.text("carte identite")
    french.text("3")
    french.text("elle est toute mouillée")
    promised = count_of(services, outbox)
    nadia.withdraw(1)
    sweep(services)
    assert standing(services) == []
    assert count_of(services, outbox) == promised, "a person has it already, and the promise stands"
    assert count_of(services, cases) == 1


def test_one_that_sleeps_until_a_later_question_gets_a_person_instead_of_it(
    services: Services, nadia: Editor, french: Phone, clock: FixedClock
) -> None:
    for words in ("carte identite", "1", "oui", "34", "oui", "non"):
        french.text(words)
    assert _statuses(services) == [SessionStatus.SLEEPING]
    clock.advance(days=5)
    nadia.withdraw(1)
    assert sweep(services) == 1
    (said,) = french.news()
    assert "La règle a peut-etre changé" in said, "they will act by what it told them"
    assert "numéro 4001" in said
    assert standing(services) == []
    assert the_case(services, french)[1].endswith("Perdue, Oui, 34, Oui, Non"), "the answers are kept"


def test_who_asked_for_a_person_before_keeps_that_number(services: Services, nadia: Editor, french: Phone) -> None:
    french.text("carte identite")
    french.text("1")
    french.text("0")
    nadia.withdraw(1)
    sweep(services)
    assert "numéro 4001" in french.news()[-1]
    assert count_of(services, cases) == 1
    assert any("Perdue" in said for said in the_case(services, french)[2]), "where they were is in it"


def test_nothing_is_sent_unasked_about_a_discreet_matter(services: Services, nadia: Editor, french: Phone) -> None:
    as_discreet(nadia)
    french.text("carte identite")
    nadia.withdraw(2, back_to=1)
    assert sweep(services) == 1
    assert french.news() == []
    assert count_of(services, cases, cases.c.discreet) == 1, "a person looks at it all the same"
    (said,) = french.text("1")
    assert "numéro 4001" in said
    assert count_of(services, cases) == 1
    assert standing(services) == []


def test_a_case_that_is_closed_by_then_is_not_spoken_of_again(
    services: Services, nadia: Editor, french: Phone, clock: FixedClock
) -> None:
    as_discreet(nadia)
    french.text("carte identite")
    nadia.withdraw(2, back_to=1)
    sweep(services)
    organisation_id = organisation_of(services)
    volunteer = Scope(organisation_id, Role.VOLUNTEER, account_of(services, organisation_id, "Leo", Role.VOLUNTEER))
    _answer_and_close(services, volunteer)
    french.news()
    clock.advance(days=20)
    said = french.text("carte identite")
    assert not any("La règle a peut-etre changé" in each for each in said)
    assert count_of(services, cases) == 1


def test_words_that_always_work_still_do(services: Services, nadia: Editor, gateway: ObedientGateway) -> None:
    words = ("MENU", "AIDE", "STOP")
    phones = {word: Phone(services, gateway, f"+3361234560{n}", "38000") for n, word in enumerate(words)}
    for phone in phones.values():
        phone.text("carte identite")
    nadia.withdraw(1)
    menu = phones["MENU"].text("MENU")
    assert "La règle a peut-etre changé" in menu[0]
    assert menu[-1].startswith("Vous cherchez")
    assert "Carte d'identité" not in menu[-1]
    assert len(phones["AIDE"].text("AIDE")) > 1
    phones["STOP"].text("STOP")
    assert count_of(services, people, people.c.status == PersonStatus.STOPPED) == 1


def test_in_danger_the_number_to_call_comes_first(services: Services, nadia: Editor, french: Phone) -> None:
    french.text("carte identite")
    french.text("1")
    nadia.withdraw(1)
    said = french.text("mon mari me frappe")
    assert "appelez le 17" in said[0]
    assert count_of(services, cases) == 1
    assert any("Perdue" in each for each in the_case(services, french)[2]), "where they were is in it"
    assert "carte_identite" not in standing(services)


def test_nobody_begins_on_it_and_the_menu_leaves_it_out(services: Services, nadia: Editor, french: Phone) -> None:
    french.text("bonjour")
    nadia.withdraw(1)
    assert not any("perdue ou volée ?" in said for said in french.text("carte identite"))
    assert not any("perdue ou volée ?" in said for said in french.text("MENU") + french.text("1"))
    flow_versions.register_shipped(services)
    assert nadia.line.live is None, "a start does not bring it back"


def test_another_version_is_live_in_its_place_at_once(
    services: Services, gateway: ObedientGateway, nadia: Editor, french: Phone
) -> None:
    nadia.publish_words(ASK, "Perdue, volée, ou quoi ?")
    french.text("carte identite")
    assert nadia.withdraw(2, back_to=1) == Withdrawn(1)
    assert nadia.states() == {1: VersionState.PUBLISHED, 2: VersionState.WITHDRAWN}
    sweep(services)
    assert "numéro 4001" in french.news()[-1]
    other = Phone(services, gateway, "+33612345679", "38000")
    assert "d'identité est perdue ou volée" in other.text("carte identite")[-1]


def test_an_earlier_version_is_withdrawn_and_the_live_one_stays(
    services: Services, nadia: Editor, french: Phone
) -> None:
    french.text("carte identite")
    nadia.publish_words(ASK, "Perdue, volée, ou quoi ?")
    assert nadia.withdraw(1) == Withdrawn(2)
    assert sweep(services) == 1


def test_a_withdrawn_content_is_withdrawn_under_every_number_and_never_comes_back(
    services: Services, nadia: Editor, french: Phone
) -> None:
    old = nadia.content
    french.text("carte identite")
    nadia.publish_words(ASK, "Perdue, volée, ou quoi ?")
    nadia.drafts(old)
    assert nadia.publish() == Published(3), "the words of the first version, once more"
    assert isinstance(nadia.withdraw(3, back_to=1), NotYet), "number 1 says the same"
    assert nadia.live.number == 3
    assert nadia.withdraw(3, back_to=2) == Withdrawn(2)
    assert nadia.states() == {1: VersionState.WITHDRAWN, 2: VersionState.PUBLISHED, 3: VersionState.WITHDRAWN}
    assert sweep(services) == 1, "who began on number 1 was told the same"
    nadia.drafts(old)
    refused = nadia.publish()
    assert isinstance(refused, NotYet)
    assert [each.rule for each in refused.findings] == ["withdrawn_before"]
    assert isinstance(nadia.withdraw(2, back_to=1), NotYet)


def test_a_closed_flow_is_mended_and_opened_again(nadia: Editor, french: Phone) -> None:
    nadia.withdraw(1)
    assert nadia.publish_words(ASK, "Perdue, volée, ou quoi ?").number == 2
    assert "ou quoi ?" in french.text("carte identite")[-1]


def test_a_version_withdrawn_while_its_words_are_checked_once_more_does_not_go_live(
    services: Services, nadia: Editor, french: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = nadia.content
    nadia.publish_words(ASK, "Perdue, volée, ou quoi ?")
    nadia.drafts(old)

    def withdrawn_meanwhile(*args: object, **more: object) -> object:
        editor(services, "Omar").withdraw(1)
        return check_content(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(publishing, "check_content", withdrawn_meanwhile)
    refused = nadia.publish()
    assert isinstance(refused, NotYet), refused
    assert [each.rule for each in refused.findings] == ["withdrawn_before"]
    assert nadia.live.number == 2
    assert "ou quoi ?" in french.text("carte identite")[-1]


def test_a_version_that_can_not_be_run_any_more_sends_its_people_to_a_person_too(
    services: Services, kenya: Editor, kenyan: Phone, gateway: ObedientGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = Phone(services, gateway, "+254711000002", "22384", "*384*77#")
    breaks_off = Phone(services, gateway, "+254711000003", "22384", "*384*77#")
    for phone in (kenyan, writes, breaks_off):
        phone.text("i lost my id")
    breaks_off.dial()
    breaks_off.press("1")
    kenya.withdraw(1)
    _can_not_be_run(monkeypatch, "lost_id")
    assert "number 4001" in breaks_off.hang_up()[-1]
    assert "number 4002" in writes.text("it was green")[-1]
    assert sweep(services) == 1
    assert "number 4003" in kenyan.news()[-1]
    assert standing(services) == []


def test_a_draft_beside_a_version_that_was_withdrawn_meanwhile_is_read_again(nadia: Editor) -> None:
    nadia.says(ASK, "Perdue, volée, ou quoi ?")
    nadia.accept_all()
    seen = nadia.draft
    assert seen is not None
    nadia.withdraw(1)
    assert isinstance(nadia.publish(revision=seen.revision), Moved), "nothing is live by now: it opens a closed flow"
    assert nadia.line.live is None
    assert isinstance(nadia.publish(), Published)


@pytest.mark.parametrize("step", ["events are put", "the turn has begun"])
def test_a_process_that_dies_between_leaves_nobody_out_and_tells_nobody_twice(
    services: Services, nadia: Editor, gateway: ObedientGateway, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    phones = [Phone(services, gateway, f"+3361234568{n}", "38000") for n in range(3)]
    for phone in phones:
        phone.text("carte identite")
    nadia.withdraw(1)
    if step == "events are put":
        withdrawal.put_events(services)
    else:
        with monkeypatch.context() as patch:
            patch.setattr(withdrawal, "_say", _dies)
            with pytest.raises(SystemExit):
                conversations.leave_withdrawn(services)
    sweep(services)
    assert [len(phone.news()) for phone in phones] == [1, 1, 1]
    assert count_of(services, cases) == 3
    assert count_of(services, events, events.c.kind == "withdrawn", events.c.taken_at.is_(None)) == 0


def test_the_doorbell_is_rung_once_it_is_true(settings: Settings, clock: FixedClock, gateway: ObedientGateway) -> None:
    rung: list[tuple[str, int]] = []
    made = wired(settings, clock, gateway)
    made = type(made)(**{**made.__dict__, "ring": lambda job, row: rung.append((job, row))})
    flow_versions.register_shipped(made)
    who = editor(made)
    version_id = who.live.id
    who.withdraw(1)
    assert ("leave_version", version_id) in rung
    assert callable(jobs.leave_version)
    made.database.close()


def _can_not_be_run(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """From here on, as in a newer Guichet that refuses this flow's old content."""

    def refused(content: str) -> Machine:
        if json.loads(content)["code"] == code:
            raise CompileError((Finding(code, "", "call", "It can't be run any more."),))
        return compile_bundle(content)

    monkeypatch.setattr(in_use, "compile_bundle", refused)
    monkeypatch.setattr(in_use, "_compiled", {})


def _dies(*_: object) -> None:
    raise SystemExit


def _statuses(services: Services) -> list[str]:
    with services.database.read() as tx:
        return list(tx.execute(select(sessions.c.status)).scalars())


def _answer_and_close(services: Services, volunteer: Scope) -> None:
    """Somebody answers the case, and it is finished."""
    now = services.clock()
    with services.database.read() as tx:
        number = int(tx.execute(select(cases.c.number)).scalar_one())
    desk.take(services, volunteer, number, now)
    with services.database.read() as tx:
        view = desk.case_view(tx, services, volunteer, number, now)
    desk.answer_and_close(
        services, volunteer, number, epoch=view.epoch, words="Allez à la mairie.", outcome=desk.Outcome.SETTLED,
        seen_seq=view.seen_seq, now=now,
    )  # fmt: skip
