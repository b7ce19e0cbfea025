"""What a start and the nights do to versions: an upgraded library, old versions that go, contents that are needed."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from flows import editing, packaged
from flows.editing import SentenceEdit
from sms_gateway import flow_versions, retention
from sms_gateway.context import Services
from sms_gateway.flow_versions import drafts, forgetting, in_use, storing
from sms_gateway.flow_versions.publishing import NotYet, Published
from sms_gateway.settings import Settings
from sms_gateway.store.tables import (
    SessionStatus,
    VersionState,
    bundles,
    journal,
    person_keys,
    sessions,
)
from sms_gateway.store.tables import flow_versions as versions
from tests.clocks import FixedClock
from tests.gateway.editor import Editor, count_of, editor
from tests.gateway.parts import ObedientGateway, wired
from tests.gateway.talk import Phone

ASK = "comment.ask"
KEPT = 3  # numbers of a flow that stay in these tests: each that is published is checked whole, which takes its time
Ship = Callable[..., None]


@pytest.fixture(autouse=True)
def few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "NUMBERS_KEPT", KEPT)


@pytest.fixture
def ship(services: Services, monkeypatch: pytest.MonkeyPatch) -> Ship:
    """A new version of Guichet starts, whose French procedure says these sentences."""
    shipped = packaged.bundle

    def start(**sentences: str) -> None:
        content = shipped("france", "carte_identite")
        for path, words in sentences.items():
            edit = SentenceEdit(path.replace("__", "."), "fr", words, meaning_unchanged=True)
            content = editing.apply(content, edit)
        for name in json.loads(content)["transcripts"]:
            content = drafts.with_new_words(content, name)
        upgraded = {("france", "carte_identite"): content}
        monkeypatch.setattr(packaged, "bundle", lambda *flow: upgraded.get(flow) or shipped(*flow))
        flow_versions.register_shipped(services)

    return start


# --- an upgraded library


def test_an_untouched_flow_takes_the_newest(nadia: Editor, french: Phone, ship: Ship) -> None:
    french.text("carte identite")
    ship(refaire__ask="Une carte neuve ?")
    assert nadia.states() == {1: VersionState.RETIRED, 2: VersionState.PUBLISHED}
    assert nadia.live.origin == "shipped"
    assert nadia.draft is None
    assert french.text("1")[0].startswith("Voulez-vous une nouvelle carte ?"), "who is in the old one stays in it"


def test_an_edited_flow_gets_a_draft_and_stays_live(nadia: Editor, french: Phone, ship: Ship) -> None:
    nadia.publish_words(ASK, "Perdue, volée, ou quoi ?")
    ship(refaire__ask="Une carte neuve ?")
    assert nadia.live.number == 2
    assert (nadia.said(ASK), nadia.said("refaire.ask")) == ("Perdue, volée, ou quoi ?", "Une carte neuve ?")
    assert nadia.draft is not None
    assert nadia.draft.undecided == ()
    assert "ou quoi ?" in french.text("carte identite")[-1]
    nadia.accept_all()
    assert nadia.publish() == Published(3)


def test_what_both_changed_waits_for_an_editor(services: Services, nadia: Editor, ship: Ship) -> None:
    nadia.publish_words(ASK, "Perdue, volée, ou quoi ?")
    ship(comment__ask="Que s'est-il passé ?", refaire__ask="Une carte neuve ?")
    assert nadia.draft is not None
    assert nadia.draft.undecided == ("comment",)
    assert nadia.said(ASK) == "Perdue, volée, ou quoi ?"
    refused = nadia.publish()
    assert isinstance(refused, NotYet)
    assert ("undecided", "comment") in [(each.rule, each.step) for each in refused.findings]
    drafts.decide(services, nadia.scope, "france", "carte_identite", name="comment", take_theirs=True)
    assert nadia.draft.undecided == ()
    assert nadia.said(ASK) == "Que s'est-il passé ?"


def test_a_draft_that_was_open_takes_the_newest_in(nadia: Editor, ship: Ship) -> None:
    nadia.says(ASK, "Perdue, volée, ou quoi ?")
    ship(refaire__ask="Une carte neuve ?")
    assert nadia.live.number == 2, "what is live is untouched, so it takes the newest"
    assert nadia.draft is not None
    assert nadia.draft.revision == 2
    assert (nadia.said(ASK), nadia.said("refaire.ask")) == ("Perdue, volée, ou quoi ?", "Une carte neuve ?")
    assert json.loads(nadia.draft.base)["sentences"]["fr"]["refaire.ask"] == "Une carte neuve ?"


def test_an_upgrade_that_two_processes_begin_with_at_once_is_offered_once(
    services: Services, nadia: Editor, ship: Ship, monkeypatch: pytest.MonkeyPatch
) -> None:
    nadia.publish_words(ASK, "Perdue, volée, ou quoi ?")
    register = flow_versions.register_shipped
    monkeypatch.setattr(flow_versions, "register_shipped", lambda _services: None)
    ship(refaire__ask="Une carte neuve ?")
    assert nadia.draft is None
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: register(services), range(4)))
    assert nadia.draft is not None
    assert nadia.draft.revision == 1
    assert nadia.said("refaire.ask") == "Une carte neuve ?"
    assert nadia.states() == {1: VersionState.RETIRED, 2: VersionState.PUBLISHED}


def test_of_two_things_to_decide_one_is_decided_and_the_other_waits(
    services: Services, nadia: Editor, ship: Ship
) -> None:
    nadia.says("age.ask", "Votre âge ? Exemple : 34")
    nadia.publish_words(ASK, "Perdue, volée, ou quoi ?")
    ship(comment__ask="Que s'est-il passé ?", age__ask="Quel âge ? Exemple : 34")
    assert nadia.draft is not None
    assert set(nadia.draft.undecided) == {"age", "comment"}
    drafts.decide(services, nadia.scope, "france", "carte_identite", name="comment", take_theirs=True)
    nadia.says("refaire.ask", "Une carte neuve ?")
    assert nadia.draft.undecided == ("age",)
    assert nadia.said("age.ask") == "Votre âge ? Exemple : 34"


def test_an_edited_draft_that_goes_takes_the_edits_with_it_and_the_librarys_changes_come_back(
    services: Services, nadia: Editor, ship: Ship
) -> None:
    nadia.publish_words(ASK, "Perdue, volée, ou quoi ?")
    ship(refaire__ask="Une carte neuve ?")
    nadia.says("age.ask", "Votre âge ? Exemple : 34")
    nadia.discard()
    flow_versions.register_shipped(services)
    assert nadia.said("refaire.ask") == "Une carte neuve ?"
    assert nadia.said("age.ask") != "Votre âge ? Exemple : 34"


def test_many_starts_and_starts_at_once_offer_it_once(services: Services, nadia: Editor, ship: Ship) -> None:
    nadia.publish_words(ASK, "Perdue, volée, ou quoi ?")
    ship(refaire__ask="Une carte neuve ?")
    before = nadia.history()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: flow_versions.register_shipped(services), range(4)))
    assert nadia.history() == before


def test_starts_at_once_on_an_empty_database_make_one_version_each(
    settings: Settings, clock: FixedClock, gateway: ObedientGateway
) -> None:
    made = wired(settings, clock, gateway)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: flow_versions.register_shipped(made), range(4)))
    assert editor(made).states() == {1: VersionState.PUBLISHED}
    made.database.close()


def test_a_library_that_was_rolled_back_from_stays_so(nadia: Editor, ship: Ship) -> None:
    ship(refaire__ask="Une carte neuve ?")
    nadia.roll_back(1)
    ship(refaire__ask="Une carte neuve ?")
    assert nadia.live.number == 1


def test_a_library_draft_that_is_refused_is_not_offered_again(services: Services, nadia: Editor, ship: Ship) -> None:
    nadia.publish_words(ASK, "Perdue, volée, ou quoi ?")
    ship(refaire__ask="Une carte neuve ?")
    assert nadia.draft is not None
    drafts.discard(services, nadia.scope, "france", "carte_identite", revision=nadia.draft.revision)
    flow_versions.register_shipped(services)
    assert nadia.draft is None
    ship(refaire__ask="Une carte neuve ?", age__ask="Quel âge ? Exemple : 34")
    assert nadia.said("age.ask") == "Quel âge ? Exemple : 34"
    assert nadia.said("refaire.ask") == "Voulez-vous une nouvelle carte ?", "what was refused stays refused"


def test_a_closed_flow_gets_the_newest_as_a_draft(nadia: Editor, ship: Ship) -> None:
    nadia.withdraw(1)
    ship(refaire__ask="Une carte neuve ?")
    assert nadia.line.live is None
    assert nadia.said("refaire.ask") == "Une carte neuve ?"
    nadia.accept_all()
    assert nadia.publish() == Published(2)
    assert nadia.live.origin == "shipped", "from now on it takes the newest again"


# --- what is forgotten


def publish_many(nadia: Editor, count: int) -> None:
    for number in range(count):
        nadia.publish_words(ASK, f"Perdue ou volée ({number}) ?")


def test_old_versions_go_once_their_last_conversation_has_gone(
    services: Services, nadia: Editor, french: Phone, clock: FixedClock
) -> None:
    shipped, second = nadia.live.bundle_hash, nadia.publish_words("age.ask", "Quel âge ? Exemple : 34").bundle_hash
    french.text("carte identite")
    publish_many(nadia, KEPT + 1)
    clock.advance(days=5)
    retention.forget_what_is_past(services)
    assert sorted(nadia.states()) == [2, 4, 5, 6]
    french.text("1")
    french.text("2")
    clock.advance(days=5)
    retention.forget_what_is_past(services)
    assert sorted(nadia.states()) == [4, 5, 6], "the conversation has ended"
    assert count_of(services, bundles, bundles.c.hash == second) == 1, "who ended it can still be asked about it"
    clock.advance(days=30)
    retention.forget_what_is_past(services)
    retention.forget_what_is_past(services)
    assert count_of(services, bundles, bundles.c.hash == second) == 0
    assert count_of(services, bundles, bundles.c.hash == shipped) == 1, "an upgrade is merged from it"
    assert count_of(services, sessions, sessions.c.status == SessionStatus.ENDED) == 0
    with services.database.read() as tx:
        written = tx.execute(select(journal).order_by(journal.c.id))
        told = {row.what: row.detail["count"] for row in written if "forgotten" in row.what}
    assert told["versions_forgotten"] == 1, "after two of which nobody was in"
    assert nadia.publish_words(ASK, "Perdue ?").number == 7


def test_a_version_that_was_just_left_stays_for_the_turn_that_begins_on_it(services: Services, nadia: Editor) -> None:
    publish_many(nadia, KEPT + 2)
    retention.forget_what_is_past(services)
    assert len(nadia.states()) == KEPT + 3


def test_a_withdrawn_version_stays_so_that_it_never_comes_back(
    services: Services, nadia: Editor, clock: FixedClock
) -> None:
    nadia.publish_words(ASK, "Perdue ?")
    nadia.withdraw(1)
    publish_many(nadia, KEPT + 2)
    clock.advance(days=5)
    retention.forget_what_is_past(services)
    assert nadia.states()[1] is VersionState.WITHDRAWN


def test_a_conversation_of_somebody_who_was_erased_holds_no_version(
    services: Services, french: Phone, clock: FixedClock
) -> None:
    french.text("carte identite")
    with services.database.write() as tx:
        tx.execute(delete(person_keys))
    retention.forget_what_is_past(services)
    assert count_of(services, sessions) == 0


def test_a_menu_that_nobody_needs_goes_and_comes_back_when_somebody_does(
    services: Services, french: Phone, clock: FixedClock
) -> None:
    french.text("bonjour")
    french.text("STOP")
    with services.database.read() as tx:
        menu = tx.execute(select(sessions.c.bundle_hash).order_by(sessions.c.id)).scalars().first()
    clock.advance(days=40)
    retention.forget_what_is_past(services)
    assert count_of(services, bundles, bundles.c.hash == menu) == 0
    assert french.text("bonjour")[-1].startswith("Vous cherchez"), "this process had it stored, and does so again"
    assert count_of(services, bundles, bundles.c.hash == menu) == 1


def test_what_a_running_process_relies_on_is_never_forgotten(
    services: Services, french: Phone, clock: FixedClock
) -> None:
    assert in_use.KEPT_AGAIN * 2 < storing.KEPT, "a process says what it needs long before anybody else forgets it"
    french.text("bonjour")
    with services.database.write() as tx:
        tx.execute(delete(sessions))
    clock.advance(hours=in_use.KEPT_AGAIN / timedelta(hours=1) - 1)
    retention.forget_what_is_past(services)
    assert french.text("bonjour")[-1].startswith("Vous cherchez")


def test_a_content_is_not_forgotten_while_somebody_is_about_to_point_to_it(
    services: Services, nadia: Editor, clock: FixedClock
) -> None:
    """Two transactions, one behind the other: the content that the second needs is there for it."""
    content = packaged.dialogue_bundle("france", "language_menu")
    with services.database.write() as tx:
        storing.store(tx, content, clock() - timedelta(days=30))
    with services.database.write() as tx:
        bundle_hash = storing.store(tx, content, clock())
        assert storing.forget(tx, now=clock()) == 0
        tx.execute(versions.insert().values(_a_retired_version(nadia, bundle_hash, clock)))
    assert count_of(services, bundles, bundles.c.hash == bundle_hash) == 1


def _a_retired_version(nadia: Editor, bundle_hash: str, clock: FixedClock) -> dict[str, object]:
    return {
        "organisation_id": nadia.scope.organisation_id, "country": "france", "code": "other", "number": 1,
        "bundle_hash": bundle_hash, "state": VersionState.RETIRED, "created_at": clock(), "changed_at": clock(),
    }  # fmt: skip
