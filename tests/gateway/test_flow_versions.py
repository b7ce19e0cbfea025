"""Versions of flows on both databases: pinned, drafted by two at once, published, rolled back, in each organisation."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import insert, select, text, update

from flows import editing, packaged
from flows.checker import check_content
from flows.editing import FactEdit, KeywordsEdit, SentenceEdit, StillRight, UnusableWords
from flows.places import UnknownPlace
from sms_gateway import flow_versions
from sms_gateway.context import Services
from sms_gateway.errors import NotAllowed, NotFound, NotReady
from sms_gateway.flow_versions import drafts, overview, publishing
from sms_gateway.flow_versions.drafts import Clash, Saved
from sms_gateway.flow_versions.publishing import Moved, NotYet, Published
from sms_gateway.store.database import Database
from sms_gateway.store.migrate import upgrade
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import (
    Role,
    SessionStatus,
    VersionState,
    bundles,
    journal,
    metadata,
    organisations,
    sessions,
)
from sms_gateway.store.tables import flow_versions as versions
from sms_gateway.store.tables import services as services_table
from tests.clocks import FixedClock
from tests.databases import settings_for
from tests.gateway.editor import Editor, count_of, editor
from tests.gateway.parts import ObedientGateway, wired
from tests.gateway.talk import Phone

ASK = "comment.ask"


def rules(answer: object) -> list[str]:
    assert isinstance(answer, NotYet), answer
    return sorted({each.rule for each in answer.findings})


# --- who is in the middle, and who comes next


def test_a_conversation_ends_on_its_version_and_the_next_one_begins_on_the_new(
    services: Services, gateway: ObedientGateway, nadia: Editor, french: Phone
) -> None:
    french.text("carte identite")
    nadia.publish_words("refaire.ask", "Faut-il une nouvelle carte ?")
    (question,) = french.text("1")
    assert question.startswith("Voulez-vous une nouvelle carte ?")
    assert french.text("2")[-1].startswith("Demain : allez à la police")
    other = Phone(services, gateway, "+33612345679", "38000")
    other.text("carte identite")
    assert other.text("1")[0].startswith("Faut-il une nouvelle carte ?")
    assert nadia.version(1).people_now == 0
    assert nadia.version(2).people_now == 1


def test_a_rolled_back_version_is_what_the_next_one_begins_on(nadia: Editor, french: Phone) -> None:
    nadia.publish_words("refaire.ask", "Faut-il une nouvelle carte ?")
    french.text("carte identite")
    assert nadia.roll_back(1, reason="The old words were better.") == Published(1, ())
    assert french.text("1")[0].startswith("Faut-il une nouvelle carte ?"), "who is in it stays in it"
    assert nadia.states() == {1: VersionState.PUBLISHED, 2: VersionState.RETIRED}
    assert nadia.version(2).left_reason == "The old words were better."
    assert nadia.publish_words(ASK, "Perdue ou volée ?").number == 3


# --- drafts


def test_nothing_of_a_draft_reaches_a_phone(nadia: Editor, french: Phone) -> None:
    nadia.says(ASK, "Perdue ou volée ?")
    assert "Perdue ou volée ?" not in french.text("carte identite")[-1]
    assert nadia.line.draft is not None


def test_the_same_words_begin_no_draft(nadia: Editor) -> None:
    assert nadia.says(ASK, nadia.said(ASK)) == Saved(0)
    assert nadia.draft is None


def test_each_change_leaves_one_content_behind(services: Services, nadia: Editor) -> None:
    before = count_of(services, bundles)
    for number in range(5):
        nadia.says(ASK, f"Perdue ou volée ({number}) ?")
    assert count_of(services, bundles) == before + 1
    draft = nadia.draft
    assert draft is not None
    assert drafts.discard(services, nadia.scope, "france", "carte_identite", revision=draft.revision)
    assert count_of(services, bundles) == before
    assert nadia.draft is None


def test_a_draft_that_changed_since_is_not_discarded(services: Services, nadia: Editor) -> None:
    nadia.says(ASK, "Perdue ?")
    nadia.says(ASK, "Volée ?")
    assert not drafts.discard(services, nadia.scope, "france", "carte_identite", revision=1)
    assert nadia.said(ASK) == "Volée ?"


def test_two_editors_at_different_sentences_both_keep_theirs(services: Services, nadia: Editor) -> None:
    omar = editor(services, "Omar")
    seen = nadia.said("age.ask")
    nadia.says(ASK, "Perdue ou volée ?")
    assert omar.says("age.ask", "Quel âge ? Exemple : 34", seen=seen) == Saved(2)
    assert (nadia.said(ASK), nadia.said("age.ask")) == ("Perdue ou volée ?", "Quel âge ? Exemple : 34")


def test_two_edits_of_one_form_that_touch_each_other_are_no_clash(services: Services, nadia: Editor) -> None:
    edits = (SentenceEdit(ASK, "fr", "Perdue ou volée ?"), StillRight(ASK, "en"))
    assert nadia.change(*edits) == Saved(1), "each had seen what stood there before the form was sent"
    assert nadia.said(ASK) == "Perdue ou volée ?"


def test_a_sentence_that_somebody_else_changed_comes_back_with_both_texts_and_a_name(
    services: Services, nadia: Editor
) -> None:
    omar = editor(services, "Omar")
    seen = nadia.said(ASK)
    nadia.says(ASK, "Perdue ou volée ?")
    mine = SentenceEdit(ASK, "fr", "Carte volée ou perdue ?")
    other = SentenceEdit("age.ask", "fr", "Quel âge ? Exemple : 34")
    unseen = editing.current(nadia.content, other)
    kept = drafts.save(services, omar.scope, "france", "carte_identite", [(mine, seen), (other, unseen)])
    assert kept == Clash(((mine, "Perdue ou volée ?", "Nadia"),), 2)
    assert nadia.said(ASK) == "Perdue ou volée ?", "nothing is overwritten unseen"
    assert nadia.said("age.ask") == "Quel âge ? Exemple : 34", "what does not clash is stored"


def test_the_same_words_from_two_editors_are_no_clash(services: Services, nadia: Editor) -> None:
    seen = nadia.said(ASK)
    nadia.says(ASK, "Perdue ou volée ?")
    assert editor(services, "Omar").says(ASK, "Perdue ou volée ?", seen=seen) == Saved(1)


def test_what_was_published_meanwhile_is_a_clash_too(services: Services, nadia: Editor) -> None:
    seen = nadia.said(ASK)
    nadia.publish_words(ASK, "Perdue ou volée ?")
    clash = editor(services, "Omar").says(ASK, "Autre question ?", seen=seen)
    assert isinstance(clash, Clash)
    assert clash.kept[0][1:] == ("Perdue ou volée ?", "Nadia")


def test_many_editors_at_once_lose_nothing(services: Services, nadia: Editor) -> None:
    sentences = [each for each in editing.sentences_of(nadia.content) if each.part == "ask"][:6]
    people = [editor(services, f"E{number}") for number in range(len(sentences))]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda who, at: who.says(at.path, f"{at.texts['fr']} !"), people, sentences))
    assert all(isinstance(each, Saved) for each in done)
    assert [nadia.said(each.path) for each in sentences] == [f"{each.texts['fr']} !" for each in sentences]
    assert nadia.draft is not None
    assert nadia.draft.revision == len(sentences)


def test_a_place_that_is_not_there_stores_nothing(services: Services, nadia: Editor) -> None:
    good = SentenceEdit(ASK, "fr", "Perdue ou volée ?")
    nowhere, empty = SentenceEdit("no.such", "fr", "?"), SentenceEdit(ASK, "fr", "")
    for wrong, error in ((nowhere, UnknownPlace), (empty, UnusableWords)):
        with pytest.raises(error):
            drafts.save(services, nadia.scope, "france", "carte_identite", [(good, nadia.said(ASK)), (wrong, "")])
    assert nadia.draft is None


# --- publishing


def test_a_draft_with_an_error_is_not_published(nadia: Editor) -> None:
    nadia.says(ASK, "Votre carte " + "est perdue ou volée, " * 12 + "?")
    assert "text_too_dear" in rules(nadia.publish()) or "screen_too_long" in rules(nadia.publish())
    assert nadia.live.number == 1


def test_a_fact_past_its_last_day_is_not_published(nadia: Editor) -> None:
    nadia.change(FactEdit("timbre", "30 EUR", "service-public.gouv.fr", date(2026, 3, 1), date(2026, 3, 9)))
    assert "fact_expired" in rules(nadia.publish())


def test_new_words_in_a_conversation_are_accepted_before_they_are_published(nadia: Editor) -> None:
    nadia.says(ASK, "Perdue ou volée ?")
    assert rules(nadia.publish()) == ["transcript_words"]
    nadia.accept_all()
    assert nadia.publish() == Published(2)
    assert "Perdue ou volée ?" in json.loads(nadia.content)["transcripts"]["carte_identite"]


def test_accepting_the_words_of_an_older_draft_accepts_nothing(services: Services, nadia: Editor) -> None:
    nadia.says(ASK, "Perdue ou volée ?")
    nadia.says(ASK, "Volée ou perdue ?")
    answer = drafts.accept_words(
        services, nadia.scope, "france", "carte_identite", transcript="carte_identite", revision=1
    )
    assert answer == Clash((), 2)


def test_a_version_needs_a_reason(nadia: Editor) -> None:
    nadia.change(KeywordsEdit(("carte", "carte identite")))
    assert "no_reason" in rules(nadia.publish(reason="  "))
    assert rules(nadia.roll_back(1, reason="")) == ["no_reason"]
    assert rules(nadia.withdraw(1, reason="")) == ["no_reason"]
    assert nadia.states() == {1: VersionState.PUBLISHED}


def test_a_reason_is_kept_on_one_line_without_signs_that_no_database_keeps(nadia: Editor) -> None:
    nadia.says(ASK, "Perdue ou volée ?")
    nadia.accept_all()
    assert rules(nadia.publish(reason="\x00 \x07\n")) == ["no_reason"]
    assert nadia.publish(reason="Plus\x00 court,\r\nplus clair") == Published(2)
    assert nadia.live.reason == "Plus court, plus clair"
    assert nadia.roll_back(1, reason="\x00Trop court").__class__ is Published
    assert nadia.version(2).left_reason == "Trop court"


def test_a_draft_that_says_what_is_live_is_not_published(nadia: Editor) -> None:
    old = nadia.said(ASK)
    nadia.says(ASK, "Perdue ou volée ?")
    nadia.says(ASK, old)
    assert rules(nadia.publish()) == ["nothing_changed"]


def test_a_draft_that_changed_since_the_page_was_read_is_not_published(services: Services, nadia: Editor) -> None:
    nadia.says(ASK, "Perdue ou volée ?")
    editor(services, "Omar").says("age.ask", "Quel âge ? Exemple : 34")
    assert nadia.publish(revision=1) == Moved("Omar")
    assert nadia.live.number == 1


def test_what_is_live_has_changed_since_the_page_was_read(services: Services, nadia: Editor) -> None:
    nadia.publish_words("age.ask", "Quel âge ? Exemple : 34")
    nadia.says(ASK, "Perdue ou volée ?")
    nadia.accept_all()
    draft = nadia.draft
    assert draft is not None
    editor(services, "Omar").roll_back(1)
    assert nadia.publish(revision=draft.revision) == Moved("Omar")
    seen = nadia.draft
    assert seen is not None
    assert "Quel âge ?" not in json.loads(seen.base)["sentences"]["fr"]["age.ask"], "compared with what is live now"
    assert nadia.publish() == Published(3)


def test_of_two_publishers_at_once_one_publishes(services: Services, nadia: Editor) -> None:
    nadia.says(ASK, "Perdue ou volée ?")
    nadia.accept_all()
    draft = nadia.draft
    assert draft is not None
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: nadia.publish(revision=draft.revision), range(4)))
    assert [each for each in done if isinstance(each, Published)] == [Published(2)]
    assert [each for each in done if isinstance(each, Moved)] == [Moved("Nadia")] * 3


@pytest.mark.parametrize("meanwhile", ["another sentence", "another version is live"])
def test_what_came_while_the_draft_was_checked_is_not_published_unread(
    services: Services, nadia: Editor, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    nadia.publish_words("age.ask", "Quel âge ? Exemple : 34")
    nadia.says(ASK, "Perdue ou volée ?")
    nadia.accept_all()

    omar = editor(services, "Omar")

    def changed(*args: object, **more: object) -> object:
        monkeypatch.undo()
        if meanwhile == "another sentence":
            omar.says(ASK, "Ce que personne n'a relu")
        else:
            omar.roll_back(1)
        return check_content(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(publishing, "check_content", changed)
    assert nadia.publish() == Moved("Omar")
    assert nadia.live.number == (2 if meanwhile == "another sentence" else 1)


def test_only_a_version_that_was_live_comes_back(nadia: Editor) -> None:
    assert rules(nadia.roll_back(1)) == ["not_to_go_back_to"]
    nadia.publish_words(ASK, "Perdue ou volée ?")
    nadia.withdraw(2, back_to=1)
    assert rules(nadia.roll_back(2)) == ["withdrawn_before"]


def test_the_journal_knows_who_did_what(services: Services, nadia: Editor) -> None:
    nadia.publish_words(ASK, "Perdue ou volée ?")
    nadia.roll_back(1)
    nadia.withdraw(2)
    with services.database.read() as tx:
        told = tx.execute(select(journal).where(journal.c.account_id == nadia.scope.account_id).order_by(journal.c.id))
        lines = [(row.what, row.detail["flow"]) for row in told]
    expected = ["draft_begun", "version_published", "version_rolled_back", "version_withdrawn"]
    assert [what for what, _ in lines if what != "draft_changed"] == expected
    assert {flow for _, flow in lines} == {"carte_identite"}


# --- whose they are


def test_only_editors_change_a_flow(services: Services, nadia: Editor) -> None:
    volunteer = Editor(services, Scope(nadia.scope.organisation_id, Role.VOLUNTEER, None))
    for act in (lambda: volunteer.says(ASK, "?"), volunteer.publish, lambda: volunteer.withdraw(1)):
        with pytest.raises(NotAllowed):
            act()


def test_each_organisation_has_its_own_versions(services: Services, nadia: Editor, french: Phone) -> None:
    with services.database.write() as tx:
        made = insert(organisations).values(code="town", name="town", created_at=services.clock())
        town = tx.execute(made.returning(organisations.c.id)).scalar_one()
        theirs = {"organisation_id": town, "code": "town", "name": "town", "country": "france", "languages": ["fr"]}
        tx.execute(insert(services_table).values(theirs | {"timezone": "Europe/Paris"}))
    flow_versions.register_shipped(services)
    other = editor(services, "Jo", organisation="town")
    assert [line.code for line in _lines(services, other.scope)] == list(packaged.flow_codes("france"))
    other.publish_words(ASK, "La leur ?")
    other.says("age.ask", "Quel âge ? Exemple : 34")
    assert nadia.live.number == 1
    assert nadia.draft is None
    assert "La leur" not in french.text("carte identite")[-1]
    assert (nadia.version(1).people_now, nadia.line.people_now) == (1, 1)
    assert (other.version(1).people_now, other.line.people_now) == (0, 0), "of the same content, but not theirs"
    for act in (_roll_back_by_id, _withdraw_by_id, _read_by_id):
        with pytest.raises(NotFound):
            act(nadia, other.version(1).id)
    other.withdraw(1)
    french.text("1")
    assert nadia.version(1).people_now == 1, "the same content is withdrawn in the other organisation alone"


def _lines(services: Services, scope: Scope) -> list[overview.FlowLine]:
    with services.database.read() as tx:
        return overview.flows_of(tx, scope)


def _roll_back_by_id(who: Editor, version_id: int) -> object:
    return publishing.roll_back(who.services, who.scope, who.country, who.code, version_id=version_id, reason="x")


def _withdraw_by_id(who: Editor, version_id: int) -> object:
    return publishing.withdraw(
        who.services, who.scope, who.country, who.code, version_id=version_id, reason="x", back_to=None
    )


def _read_by_id(who: Editor, version_id: int) -> object:
    with who.services.database.read() as tx:
        return overview.content_of(tx, who.scope, who.country, who.code, version_id)


# --- databases of before


def test_a_database_of_before_is_upgraded_with_its_rows(
    empty_database_url: str, tmp_path: Path, clock: FixedClock, gateway: ObedientGateway
) -> None:
    settings = settings_for(tmp_path, empty_database_url)
    upgrade(settings, to="0001")
    database = Database(empty_database_url)
    with database.write() as tx:
        for line in _OLD_ROWS:
            tx.execute(text(line), {"now": clock().replace(tzinfo=None) if database.is_sqlite else clock()})
    database.close()
    upgrade(settings)
    services = wired(settings, clock, gateway)
    with services.database.read() as tx:
        found = tx.execute(select(versions).order_by(versions.c.id)).all()
        assert [(row.number, row.follows, row.changed_at) for row in found] == [(1, "aa", clock()), (2, "bb", clock())]
        assert tx.execute(select(sessions.c.bundle_hash, sessions.c.status)).one() == ("aa", SessionStatus.ACTIVE)
        context = MigrationContext.configure(tx, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == [], "the migrations make the tables that store.tables says"
        kinds = tx.execute(text("SELECT kind FROM events")).scalars().all()
    assert kinds == ["text"]
    with services.database.write() as tx:
        tx.execute(text("UPDATE events SET kind = 'withdrawn'"))
    with pytest.raises(Exception, match=r"(?i)check"), services.database.write() as tx:
        tx.execute(text("UPDATE events SET kind = 'unheard_of'"))
    with pytest.raises(Exception, match=r"(?i)foreign"), services.database.write() as tx:
        tx.execute(update(sessions).values(bundle_hash="cc"))
    services.database.close()


def test_the_database_of_a_newer_guichet_is_refused_with_a_sentence(empty_database_url: str, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, empty_database_url)
    upgrade(settings)
    database = Database(empty_database_url)
    with database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(NotReady, match="newer Guichet"):
        upgrade(settings)


_OLD_ROWS = (
    "INSERT INTO organisations (id, code, name, created_at) VALUES (7, 'old', 'old', :now)",
    "INSERT INTO services (id, organisation_id, code, name, country, languages, timezone)"
    " VALUES (7, 7, 'old', 'old', 'france', '[\"fr\"]', 'Europe/Paris')",
    "INSERT INTO bundles (hash, content, created_at) VALUES ('aa', '{}', :now), ('bb', '{}', :now)",
    "INSERT INTO flow_versions (organisation_id, country, code, bundle_hash, state, created_at, published_at)"
    " VALUES (7, 'france', 'card', 'aa', 'retired', :now, :now), (7, 'france', 'card', 'bb', 'published', :now, :now)",
    "INSERT INTO people (id, organisation_id, service_id, lane, pseudonym, language, status, created_at, last_seen_at)"
    " VALUES (7, 7, 7, 'x', 1, 'fr', 'active', :now, :now)",
    "INSERT INTO sessions (organisation_id, person_id, bundle_hash, flow, status, state, created_at, updated_at)"
    " VALUES (7, 7, 'aa', 'card', 'active', '', :now, :now)",
    "INSERT INTO events (organisation_id, service_id, person_id, kind, channel, delivery_key, received_at)"
    " VALUES (7, 7, 7, 'text', 'x', 'k', :now)",
)
