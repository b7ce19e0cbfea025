"""From a draft to the phones and back, without scripts: what changed, what stands against it, versions, languages."""

import ast
import json
import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import update

from flows import editing, packaged
from flows.bundle import canonical
from flows.editing import FactEdit, SentenceEdit, SynonymsEdit
from sms_gateway import flow_versions as flow_versions_package
from sms_gateway import withdrawal
from sms_gateway.flow_versions import storing
from sms_gateway.store.tables import Role, VersionState, flow_versions, journal
from sms_gateway.web.editor_changes import Mark, word_bits
from sms_gateway.withdrawal import put_events
from tests.gateway.editor import Editor, editor
from tests.web.house import House, Visitor, add_organisation
from tests.web.test_editor import english, fields, texts, words_of

KENYA = "/editor/kenya/lost_id"
CHANGES, PUBLISH, TALKS = f"{KENYA}/changes", f"{KENYA}/publish", f"{KENYA}/conversations"
HISTORY, TRANSLATE = f"{KENYA}/history", f"{KENYA}/translate"
BEFORE, NOW = "Is your ID lost, stolen or damaged?", "Is your ID lost, taken or damaged?"
TOO_LONG = "Kitambulisho chako kimepotea, kimeibwa au kimeharibika? Tafadhali chagua namba moja hapa chini, " * 2


@pytest.fixture
def njeri(house: House) -> Visitor:
    """An editor who reads English."""
    return english(house)


@pytest.fixture
def nadia(house: House) -> Editor:
    """Another editor of the same organisation, at another desk."""
    return editor(house.services).at("kenya", "lost_id")


def read(visitor: Visitor, path: str) -> str:
    """What a page says."""
    return words_of(visitor.get(path).text)


def publish(visitor: Visitor, reason: str = "People asked") -> tuple[int, str]:
    """Send the page of changes as it stands; gives the status, and the page that comes."""
    answer = visitor.post(PUBLISH, fields(visitor.get(CHANGES).text) | {"reason": reason})
    return answer.status_code, words_of(visitor.get(answer.location).text if answer.location else answer.text)


def in_it(house: House, *phones: str) -> None:
    """People in the middle of the procedure."""
    for phone in phones:
        house.text(phone, "lost id", line="22384")
        house.text(phone, "1", line="22384")


# --- a draft, looked over and published


def test_two_sentences_are_compared_word_by_word_and_apart_where_little_is_common() -> None:
    bits = [(bit.text, bit.mark) for bit in word_bits("Is your ID lost?", "Is your card lost?")]
    assert bits == [("Is your ", "same"), ("ID", "gone"), (" ", "same"), ("card", "new"), (" lost?", "same")]
    assert [bit.mark for bit in word_bits("Go home.", "Ask for a person")] == [Mark.GONE, Mark.SAME, Mark.NEW]
    assert [bit.mark for bit in word_bits("", "Go.")] == [Mark.NEW]


def test_what_was_changed_is_published_with_a_reason_and_taken_back_in_one_click(
    house: House, njeri: Visitor, nadia: Editor
) -> None:
    in_it(house, "+99920000001", "+99920000002")
    nadia.says("how.ask", NOW, "en")
    nadia.accept_all()
    page = njeri.get(CHANGES).text
    assert "Is your ID lost, stolen taken or damaged?" in words_of(page)
    assert ">stolen</del>" in page
    assert ">taken</ins>" in page
    assert "2 people are in version 1 now. They end on it." in words_of(page)
    assert "Publish version 2" in page
    status, said = publish(njeri)
    assert (status, nadia.live.number, nadia.live.reason) == (303, 2, "People asked")
    assert "Version 2 is live" in said
    assert "2 people are still in version 1, and end on it." in said
    first = nadia.version(1).id
    assert f'action="{HISTORY}/{first}/live"' in njeri.get(f"{KENYA}/published").text
    back = njeri.post(f"{HISTORY}/{first}/live")
    assert "Version 1 is live again" in read(njeri, back.location)
    assert nadia.states() == {1: VersionState.PUBLISHED, 2: VersionState.RETIRED}


def test_nothing_is_published_without_a_reason(njeri: Visitor, nadia: Editor) -> None:
    nadia.says("how.ask", NOW, "en")
    nadia.accept_all()
    status, said = publish(njeri, "  ")
    assert (status, nadia.live.number) == (422, 1)
    assert "Write in a few words why you publish this." in said


def test_a_refused_draft_says_what_is_to_be_mended_and_leads_to_each_sentence(njeri: Visitor, nadia: Editor) -> None:
    nadia.says("how.ask", TOO_LONG, "sw")
    status, said = publish(njeri)
    assert (status, nadia.live.number) == (422, 1)
    assert "things to mend before you publish" in said
    assert "Step 1: the Swahili screen is too long" in said
    page = njeri.post(PUBLISH, fields(njeri.get(CHANGES).text) | {"reason": "Asked"}).text
    assert f'href="{KENYA}/step/how?language=sw#how-ask-sw"' in page
    assert 'value="Asked"' in page
    assert f'<a href="{TALKS}">' in page


def test_what_stops_publishing_says_what_is_wrong_with_the_words(njeri: Visitor, nadia: Editor) -> None:
    nadia.says("town.ask", "Which town do you live in? Which street? Example: Kisumu", "en")
    _status, said = publish(njeri)
    assert "the English words must change: several questions in one message" in said
    assert "can be plainer" not in said


def test_accepted_conversations_have_their_titles_in_the_list(njeri: Visitor, nadia: Editor) -> None:
    nadia.says("town.ask", "Which town do you live in? Example: Kisumu", "en")
    nadia.says("town.ask", "Unaishi mji gani? Mfano: Kisumu", "sw")
    nadia.accept_all()
    said = read(njeri, CHANGES).partition("New words are accepted:")[2]
    assert "Damaged (Swahili)" in said
    assert "lost id" not in said.partition(".")[0]


def test_what_somebody_else_changed_meanwhile_is_shown_as_new_and_nothing_goes_live(
    njeri: Visitor, nadia: Editor
) -> None:
    nadia.says("how.ask", NOW, "en")
    nadia.accept_all()
    form = fields(njeri.get(CHANGES).text) | {"reason": "People asked"}
    nadia.says("town.ask", "Which town do you live in? Example: Kisumu", "en")
    answer = njeri.post(PUBLISH, form)
    said = words_of(answer.text)
    assert (answer.status_code, nadia.live.number) == (409, 1)
    assert "Nadia changed the draft while you read it." in said
    assert "Step 8, Town, English new" in said
    assert "Step 1, How, English new" not in said
    assert 'value="People asked"' in answer.text


def test_a_draft_that_somebody_else_published_meanwhile_leads_to_that_version(njeri: Visitor, nadia: Editor) -> None:
    nadia.says("how.ask", NOW, "en")
    nadia.accept_all()
    form = fields(njeri.get(CHANGES).text) | {"reason": "People asked"}
    nadia.publish()
    answer = njeri.post(PUBLISH, form)
    assert answer.status_code == 409
    assert "Nadia published this draft while you read it." in words_of(answer.text)
    assert f"{HISTORY}/{nadia.live.id}" in answer.text


def test_without_a_draft_the_page_says_so(njeri: Visitor) -> None:
    assert "There is no draft" in read(njeri, CHANGES)


# --- written conversations


def test_new_words_are_shown_once_and_accepted_where_they_stand_then_all(njeri: Visitor, nadia: Editor) -> None:
    nadia.says("town.ask", "Which town do you live in? Example: Kisumu", "en")
    nadia.says("fee.tell.1", "It was free until {free_until}. Ask there for the fee. Pay there.", "en")
    page = njeri.get(TALKS).text
    assert page.count("Which town <del") == 2  # with its keys, and without
    assert re.search(r"In \d\d? conversations", page)
    ready = int(re.findall(r"Accept the words of all (\d+)", page)[0])
    alone = max(re.findall(r'name="name" value="(lost[^"]+)"', page), key=len).split()
    assert 1 < len(alone) < ready
    form = fields(page)
    said = words_of(njeri.get(njeri.post(TALKS, {"revision": form["revision"], "name": " ".join(alone)}).location).text)
    assert f"{len(alone)} conversations have their new words." in said
    page = njeri.get(TALKS).text
    assert f'value="{" ".join(alone)}"' not in page
    said = words_of(njeri.get(njeri.post(TALKS, {"revision": fields(page)["revision"], "name": "*"}).location).text)
    left = ready - len(alone)
    assert re.search(rf"{left} conversations? (has its|have their) new words.", said)
    assert "They say other words now" not in said
    assert publish(njeri)[0] == 303


def test_words_are_not_accepted_for_another_draft_than_the_one_that_was_read(njeri: Visitor, nadia: Editor) -> None:
    nadia.says("town.ask", "Which town do you live in? Example: Kisumu", "en")
    form = fields(njeri.get(TALKS).text)
    nadia.says("town.ask", "What is your town? Example: Kisumu", "en")
    content = nadia.content
    answer = njeri.post(TALKS, {"revision": form["revision"], "name": "*"})
    assert "The draft has changed since you read it." in read(njeri, answer.location)
    assert nadia.content == content


def test_a_conversation_that_goes_another_way_is_to_be_mended_and_not_accepted(njeri: Visitor, nadia: Editor) -> None:
    written = json.loads(nadia.content)["transcripts"]["lost_id_misspelt"]
    assert "\n> " in written
    words = next(line[2:] for line in written.split("\n")[3:] if line.startswith("> "))
    nadia.change(SynonymsEdit("how", "damaged", "en", (words,)), SentenceEdit("how.choices.lost", "en", "Misplaced"))
    said = read(njeri, TALKS)
    assert "To mend: they go another way" in said
    form = fields(njeri.get(TALKS).text)
    njeri.post(TALKS, {"revision": form["revision"], "name": "*"})
    assert "To mend: they go another way" in read(njeri, TALKS)
    status, said = publish(njeri)
    assert status == 422
    assert "goes another way" in said


def test_a_conversation_reads_as_a_thread(njeri: Visitor) -> None:
    said = read(njeri, f"{TALKS}/lost_id_sw_sms")
    assert "nimepoteza kitambulisho Kitambulisho kimepotea, kimeibwa au kimeharibika? 1 Kimepotea" in said
    assert "Guichet is asked: case opened" in said
    assert njeri.get(f"{TALKS}/unknown").status_code == 404


# --- versions


def test_a_version_tells_what_it_changed_and_comes_back_with_a_reason(njeri: Visitor, nadia: Editor) -> None:
    nadia.publish_words("how.ask", NOW, "en")
    said = read(njeri, HISTORY)
    assert "Version 2 Live clearer Nadia" in said
    assert "Version 1 Earlier Came with Guichet" in said
    said = read(njeri, f"{HISTORY}/{nadia.live.id}")
    assert "What it changed against version 1" in said
    assert "Step 1, How, English Is your ID lost, stolen taken or damaged?" in said
    first = nadia.version(1).id
    njeri.post(f"{HISTORY}/{first}/live", {"reason": "The old word was right"})
    assert nadia.version(2).left_reason == "The old word was right"
    assert "Version 1 is live already" in read(njeri, njeri.post(f"{HISTORY}/{first}/live").location)


def test_withdrawing_says_exactly_what_will_happen_then_does_it(house: House, njeri: Visitor, nadia: Editor) -> None:
    nadia.publish_words("how.ask", NOW, "en")
    in_it(house, "+99920000001")
    page = f"{HISTORY}/{nadia.live.id}/withdraw"
    said = read(njeri, page)
    assert "1 person is in it. Their conversation goes to a person." in said
    assert "Each gets a text with a number, and the hour by which somebody answers." in said
    refused = njeri.post(page, {"reason": "", "back_to": "999"})
    assert refused.status_code == 422
    assert nadia.live.number == 2
    answer = njeri.post(page, {"reason": "The word is wrong", "back_to": str(nadia.version(1).id)})
    assert "Version 2 is withdrawn. A person answers everybody who was in it." in read(njeri, answer.location)
    assert nadia.states() == {1: VersionState.PUBLISHED, 2: VersionState.WITHDRAWN}
    assert "Withdrawn" in read(njeri, HISTORY)
    assert njeri.get(page).status_code == 303


def test_the_last_version_can_be_withdrawn_and_the_procedure_closes(njeri: Visitor, nadia: Editor) -> None:
    page = f"{HISTORY}/{nadia.live.id}/withdraw"
    njeri.post(page, {"reason": "All of it is wrong", "back_to": "none"})
    assert nadia.states() == {1: VersionState.WITHDRAWN}
    for each in (KENYA, CHANGES, TALKS, HISTORY, TRANSLATE):
        assert njeri.get(each).status_code == 200, each


def withdrawn(njeri: Visitor, nadia: Editor, *, back_to: str = "none") -> None:
    """Take the live version away from everybody."""
    page = f"{HISTORY}/{nadia.live.id}/withdraw"
    njeri.post(page, {"reason": "The sum is wrong", "back_to": back_to})


def test_a_closed_procedure_says_since_when_and_why_and_opens_with_a_corrected_draft(
    house: House, njeri: Visitor, nadia: Editor
) -> None:
    withdrawn(njeri, nadia)
    for each in (KENYA, TRANSLATE, HISTORY, f"{KENYA}/facts", f"{KENYA}/words"):
        said = read(njeri, each)
        assert "Closed to citizens since 10 am: version 1 was withdrawn. The menu leaves it out." in said, each
        assert "Withdrawn because: The sum is wrong" in said, each
        assert "Or go back to an earlier version." not in said  # there is none
    assert BEFORE in read(njeri, KENYA)
    form = fields(njeri.get(f"{KENYA}/step/how").text) | {"text:en:how.ask": NOW, "unchanged": "yes", "act": "save"}
    assert njeri.post(f"{KENYA}/step/how", form).status_code == 303
    assert "lost, stolen taken or damaged?" in read(njeri, CHANGES)  # against what was withdrawn
    njeri.post(TALKS, {"revision": fields(njeri.get(TALKS).text)["revision"], "name": "*"})
    status, _said = publish(njeri)
    assert status == 303
    assert nadia.states() == {1: VersionState.WITHDRAWN, 2: VersionState.PUBLISHED}
    assert "Closed to citizens" not in read(njeri, KENYA)
    house.text("+99920000001", "lost id", line="22384")
    assert NOW in texts(house)


def test_a_closed_procedure_opens_with_an_earlier_version(njeri: Visitor, nadia: Editor) -> None:
    first = nadia.live.id
    nadia.publish_words("how.ask", NOW, "en")
    withdrawn(njeri, nadia)
    assert "Or go back to an earlier version." in read(njeri, KENYA)
    assert NOW in read(njeri, KENYA)
    njeri.post(f"{HISTORY}/{first}/live", {"reason": "It was right"})
    assert "Closed to citizens" not in read(njeri, KENYA)
    assert nadia.states() == {1: VersionState.PUBLISHED, 2: VersionState.WITHDRAWN}


# --- what came with Guichet


def test_what_guichet_and_we_changed_stands_side_by_side_until_somebody_chooses(
    house: House, njeri: Visitor, nadia: Editor
) -> None:
    nadia.says("how.ask", NOW, "en")
    nadia.says("town.ask", "Your town? Example: Kisumu", "en")
    upgraded(house, nadia, {"how.ask": "What happened to your ID?", "town.ask": "Town? Example: Kisumu"})
    page = njeri.get(f"{KENYA}/undecided").text
    said = words_of(page)
    assert NOW in said
    assert "What happened to your ID?" in said
    njeri.post(f"{KENYA}/undecided", {"name": "how", "side": "theirs"})
    njeri.post(f"{KENYA}/undecided", {"name": "town", "side": "ours"})
    assert nadia.said("how.ask", "en") == "What happened to your ID?"
    assert nadia.said("town.ask", "en") == "Your town? Example: Kisumu"
    assert "Nothing is left to choose" in read(njeri, f"{KENYA}/undecided")
    again = njeri.post(f"{KENYA}/undecided", {"name": "how", "side": "ours"})
    assert "This step is decided already." in read(njeri, again.location)


def test_the_list_counts_all_that_waits_by_what_must_and_what_should_be_mended(
    house: House, njeri: Visitor, nadia: Editor
) -> None:
    assert "Must:" not in read(njeri, "/editor")
    nadia.change(SentenceEdit("how.ask", "en", NOW))
    nadia.change(FactEdit("free_until", "2026-10-30", "ecitizen.go.ke", checked=date(2025, 1, 2)))
    row = read(njeri, "/editor").partition("Lost or stolen ID card")[2]
    assert re.search(r"Must: \d\d? conversations to accept Should: 1 old translation 1 fact to look at again", row), row
    upgraded(house, nadia, {"how.ask": "What happened to your ID?", "town.ask": "Town? Example: Kisumu"})
    assert "Must: 2 choices to make" in read(njeri, "/editor")  # the same words, and something else to do


def upgraded(house: House, nadia: Editor, words: dict[str, str]) -> None:
    """A new Guichet brought other words for what the draft changed too."""
    theirs = packaged.bundle("kenya", "lost_id")
    for path, text in words.items():
        theirs = editing.apply(theirs, SentenceEdit(path, "en", text))
    draft = nadia.draft
    assert draft is not None
    with house.services.database.write() as tx:
        follows = storing.store(tx, canonical(json.loads(theirs)), house.services.clock())
        undecided = [path.partition(".")[0] for path in words]
        row = update(flow_versions).where(flow_versions.c.id == draft.version_id)
        tx.execute(row.values(follows=follows, undecided=undecided))


# --- translating


def test_many_sentences_are_translated_at_once(njeri: Visitor, nadia: Editor) -> None:
    form = fields(njeri.get(TRANSLATE).text)
    form |= {"text:sw:town.ask": "Unaishi mji gani? Mfano: Kisumu", "text:sw:how.choices.lost": "Kupotea"}
    form["act"] = "save"
    answer = njeri.post(f"{TRANSLATE}?language=sw", form)
    assert "Kept in the draft" in read(njeri, answer.location)
    assert nadia.said("town.ask", "sw") == "Unaishi mji gani? Mfano: Kisumu"
    assert nadia.said("how.choices.lost", "sw") == "Kupotea"
    assert nadia.said("how.ask", "sw") == "Kitambulisho kimepotea, kimeibwa au kimeharibika?"


def test_a_translation_whose_source_changed_is_marked_until_it_is_still_right(njeri: Visitor, nadia: Editor) -> None:
    nadia.change(SentenceEdit("how.ask", "en", NOW))
    page = njeri.get(TRANSLATE).text
    assert "1 sentence may be old" in words_of(page)
    assert "stolen</del>" in page
    form = fields(page) | {"still:text:sw:how.ask": "yes", "text:sw:town.ask": "Unaishi mji gani?"}
    njeri.post(f"{TRANSLATE}?language=sw", form)
    assert "none is old" in read(njeri, TRANSLATE)
    assert nadia.said("town.ask", "sw") == "Unaishi mji gani?"


def test_a_translation_that_two_people_wrote_is_shown_twice_and_none_is_lost(njeri: Visitor, nadia: Editor) -> None:
    form = fields(njeri.get(TRANSLATE).text) | {"text:sw:town.ask": "Unaishi mji gani?", "act": "save"}
    nadia.says("town.ask", "Mji wako ni upi?", "sw")
    answer = njeri.post(f"{TRANSLATE}?language=sw", form)
    assert answer.status_code == 409
    assert "Unaishi mji gani?" in answer.text
    assert "Mji wako ni upi?" in answer.text
    assert nadia.said("town.ask", "sw") == "Mji wako ni upi?"


def test_a_translation_of_a_sentence_that_changed_meanwhile_is_kept_and_stays_marked(
    njeri: Visitor, nadia: Editor
) -> None:
    other = {"text:sw:how.ask": "Kitambulisho kimepotea?", "act": "save"}
    for page, form_page in ((TRANSLATE, TRANSLATE), (f"{KENYA}/step/how", f"{KENYA}/step/how")):
        form = fields(njeri.get(form_page).text) | other
        nadia.change(SentenceEdit("how.ask", "en", f"{NOW} {page[-3:]}"))
        assert njeri.post(f"{page}?language=sw", form).status_code == 303
        assert nadia.said("how.ask", "sw") == "Kitambulisho kimepotea?"
        assert "1 sentence may be old" in read(njeri, TRANSLATE), page
        other["text:sw:how.ask"] = "Kitambulisho kimeibwa?"
        njeri.post(f"{TRANSLATE}?language=sw", fields(njeri.get(TRANSLATE).text) | other)  # whoever read it anew
        assert "none is old" in read(njeri, TRANSLATE)
        other["text:sw:how.ask"] = "Kitambulisho kimepotea?"


def test_a_sentence_and_its_translation_that_are_changed_together_are_not_marked(
    njeri: Visitor, nadia: Editor
) -> None:
    both = {"text:en:how.ask": NOW, "text:sw:how.ask": "Kitambulisho kimepotea?", "act": "save"}
    njeri.post(f"{KENYA}/step/how", fields(njeri.get(f"{KENYA}/step/how").text) | both)
    assert "none is old" in read(njeri, TRANSLATE)


def test_a_translation_that_met_another_keeps_what_it_was_made_from(njeri: Visitor, nadia: Editor) -> None:
    form = fields(njeri.get(TRANSLATE).text) | {"text:sw:how.ask": "Kitambulisho kimepotea?", "act": "save"}
    nadia.change(SentenceEdit("how.ask", "en", NOW))
    nadia.says("how.ask", "Kitambulisho kimeibwa?", "sw")
    both = njeri.post(f"{TRANSLATE}?language=sw", form)
    assert both.status_code == 409
    mine = {"choose:text:sw:how.ask": "mine"}
    nadia.change(SentenceEdit("how.ask", "en", BEFORE.replace("ID", "card")))
    njeri.post(f"{TRANSLATE}?language=sw", fields(both.text) | mine)
    assert nadia.said("how.ask", "sw") == "Kitambulisho kimepotea?"
    assert "1 sentence may be old" in read(njeri, TRANSLATE)


@pytest.mark.parametrize("page", [TRANSLATE, f"{KENYA}/step/how"])
def test_still_right_is_not_said_of_words_that_nobody_read(njeri: Visitor, nadia: Editor, page: str) -> None:
    nadia.change(SentenceEdit("how.ask", "en", NOW))
    form = fields(njeri.get(page).text) | {"still:text:sw:how.ask": "yes", "act": "save"}
    nadia.change(SentenceEdit("how.ask", "en", "Is your card gone?"))
    answer = njeri.post(f"{page}?language=sw", form)
    assert "These words have just changed." in read(njeri, answer.location)
    assert "1 sentence may be old" in read(njeri, TRANSLATE)


def test_the_room_that_a_screen_has_left_follows_what_is_typed(njeri: Visitor, nadia: Editor) -> None:
    page = njeri.get(TRANSLATE).text
    left = room(page)
    form = fields(page) | {"text:sw:how.choices.lost": "Kimepotea njiani", "act": "look"}
    looked = njeri.post(f"{TRANSLATE}?language=sw", form)
    assert room(looked.text) == left - len(" njiani")
    assert nadia.draft is None
    form["text:sw:how.ask"] = TOO_LONG
    assert "too many" in words_of(njeri.post(f"{TRANSLATE}?language=sw", form).text)


def room(page: str) -> int:
    """What the screen of the first question has left."""
    return int(words_of(page).partition("1. How room for ")[2].partition(" ")[0])


# --- what happened, and to whom it shows


def test_what_editors_did_is_told_in_words_the_newest_first(njeri: Visitor, nadia: Editor) -> None:
    nadia.publish_words("how.ask", NOW, "en")
    nadia.roll_back(1)
    nadia.says("how.ask", "Is your ID gone?", "en")
    said = read(njeri, "/editor/happened")
    order = ["Nadia begins a draft.", "Nadia goes back to version 1.", "Nadia publishes version 2.", "changes the"]
    assert sorted(order, key=said.index) == order
    assert f'href="{KENYA}" lang="en">Lost or stolen ID card</a>' in njeri.get("/editor/happened").text


def journaled() -> set[str]:
    """Every `what` that the code about versions writes into the journal."""
    package = Path(flow_versions_package.__file__).parent
    calls = [
        call
        for path in (*package.glob("*.py"), Path(withdrawal.__file__))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "record"
    ]
    said = [[a.value for a in call.args if isinstance(a, ast.Constant)] for call in calls]
    return {str(what) for each in said for what in each}


def test_every_line_of_the_journal_about_versions_has_words(house: House, njeri: Visitor, nadia: Editor) -> None:
    known = journaled()
    assert {"draft_begun", "library_offered", "version_withdrawn", "left_withdrawn", "versions_forgotten"} <= known
    with house.services.database.write() as tx:
        for what in sorted(known):
            line = {"organisation_id": nadia.scope.organisation_id, "at": house.services.clock(), "what": what}
            tx.execute(journal.insert().values(line | {"detail": {"count": 3, "number": 2}}))
    page = njeri.get("/editor/happened").text
    assert page.count('class="g-journal__quand"') >= len(known)
    assert "1 person was in a withdrawn version: their case is opened." in page
    assert "Guichet deletes 3 old versions, that nobody is in." in page


def test_those_who_left_a_withdrawn_version_are_counted_in_one_line(
    house: House, njeri: Visitor, nadia: Editor
) -> None:
    in_it(house, "+99920000001", "+99920000002")
    withdrawn(njeri, nadia)
    put_events(house.services)
    house.work()
    assert "2 people were in a withdrawn version: their cases are opened." in read(njeri, "/editor/happened")


def test_what_happened_goes_on_page_by_page(house: House, njeri: Visitor, nadia: Editor) -> None:
    with house.services.database.write() as tx:
        for number in range(45):
            line = {"organisation_id": nadia.scope.organisation_id, "at": house.services.clock(), "what": "draft_begun"}
            detail = {"country": "kenya", "flow": f"flow_{number}"}
            tx.execute(journal.insert().values(line | {"detail": detail}))
    page = unescape(njeri.get("/editor/happened").text)
    assert "flow_44" in page
    assert 'flow_4"' not in page
    older = page.partition("/editor/happened?before=")[2].partition('"')[0]
    assert 'flow_4"' in njeri.get(f"/editor/happened?before={older}").text


def test_another_organisation_sees_none_of_it(house: House, nadia: Editor) -> None:
    add_organisation(house, "other")
    house.account("olga", Role.EDITOR, organisation="other", language="en")
    nadia.publish_words("how.ask", NOW, "en")
    olga = house.signed_in("olga")
    paths = (CHANGES, TALKS, HISTORY, TRANSLATE, f"{HISTORY}/{nadia.live.id}", f"{HISTORY}/{nadia.live.id}/withdraw")
    assert {olga.get(path).status_code for path in paths} == {404}
    assert olga.post(f"{HISTORY}/{nadia.version(1).id}/live").status_code == 404
    assert "Nadia" not in olga.get("/editor/happened").text
    assert nadia.live.number == 2
