"""An administrator's pages: a procedure read as its conversation, changed sentence by sentence, with nothing lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Route, expect
from sqlalchemy import event, select, update

from sms_gateway.flow_versions import drafts
from sms_gateway.store.scope import Scope
from sms_gateway.store.tables import Role, accounts, outbox, person_keys
from sms_gateway.web import editor_way, login_sessions
from sms_gateway.web.accounts import make_account
from tests.clocks import FixedClock
from tests.waiting import until
from tests.web.house import PASSWORD, House, Visitor, add_organisation
from tests.web.windows import window

KENYA = "/editor/kenya/lost_id"
HOW = f"{KENYA}/step/how"
QUESTION = "text:en:how.ask"
SWAHILI = "text:sw:how.ask"
NEW = "Is your card lost, stolen or broken?"
TOO_LONG = "Kitambulisho chako kimepotea, kimeibwa au kimeharibika? Tafadhali chagua namba moja hapa chini, " * 2
MOST_QUERIES = 16


@pytest.fixture
def njeri(house: House) -> Visitor:
    """An editor who reads English."""
    return english(house)


def english(house: House) -> Visitor:
    with house.services.database.write() as tx:
        tx.execute(update(accounts).where(accounts.c.login == "paul").values(language="en"))
    return house.signed_in("paul")


def fields(page: str) -> dict[str, str]:
    """Every field of the page's form, as it stands: what a browser would send."""
    page = page.partition("<main")[2]
    found = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]*? value="([^"]*)"', page))
    texts = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    kept = {name: unescape(value) for name, value in {**found, **dict(texts)}.items()}
    return {name: value for name, value in kept.items() if not name.startswith(("csrf", "unchanged", "still:"))}


def send(visitor: Visitor, path: str, changed: dict[str, str], *, page: str = "") -> tuple[int, str]:
    """Fill in the form of a page and keep it; gives the status, and the page that comes."""
    form = fields(page or visitor.get(path).text) | {"act": "save"} | changed
    answer = visitor.post(path, form)
    return answer.status_code, unescape(visitor.get(answer.location).text if answer.location else answer.text)


def draft(house: House, code: str = "lost_id", country: str = "kenya") -> str:
    """What the draft holds; nothing where there is none."""
    with house.services.database.read() as tx:
        organisation = tx.execute(select(accounts.c.organisation_id).where(accounts.c.login == "paul")).scalar_one()
        found = drafts.open_draft(tx, Scope(organisation, Role.EDITOR), country, code)
    return found.content if found else ""


def texts(house: House) -> str:
    """Every text to a citizen, one after the other."""
    keys = person_keys.c
    query = select(outbox.c.body, keys.sealed_key).join(person_keys, outbox.c.person_id == keys.person_id)
    with house.services.database.read() as tx:
        rows = tx.execute(query.order_by(outbox.c.id)).all()
    return "\n".join(house.services.sealer.person(row.sealed_key).open(row.body) for row in rows)


def words_of(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


def on_the_phone(page: str) -> str:
    """What the phone on the page shows."""
    screen = page.partition('<div class="g-ecran">')[2].partition("g-ecran__bas")[0]
    return words_of(f"<main>{screen}")


# --- reading


def test_procedures_stand_by_country_with_what_is_live_and_what_is_in_hand(house: House, njeri: Visitor) -> None:
    page = words_of(njeri.get("/editor").text)
    assert page.index("Côte d’Ivoire") < page.index("France") < page.index("Kenya")
    assert "Lost or stolen ID card Version 1 0 people" in page
    house.text("+99920000001", "carte perdue")
    send(njeri, HOW, {QUESTION: NEW})
    page = words_of(njeri.get("/editor").text)
    assert "Carte d'identité perdue ou volée Version 1 1 person" in page
    assert "Lost or stolen ID card Version 1 Draft 0 people" in page
    assert "10 am, Paul" in page


def test_a_fact_that_ran_out_shows_in_the_list_at_its_step_and_among_the_facts(
    house: House, clock: FixedClock
) -> None:
    clock.advance(days=365)
    njeri = english(house)  # signed in a year ago
    assert "2 facts ran out" in words_of(njeri.get("/editor").text)
    page = njeri.get("/editor/france/carte_identite?step=papiers").text
    assert "to mend before you publish" in page
    assert re.search(r'href="#step-papiers">Step \d+: the fact “timbre” ran out', unescape(page))
    assert "Not said today" in page
    assert "Ran out on 31 December 2026" in njeri.get("/editor/france/carte_identite/facts").text


def test_a_procedure_reads_like_its_conversation(njeri: Visitor) -> None:
    page = words_of(njeri.get(KENYA).text)
    card = page.partition("1. Asks How")[2].partition("2. Asks Abstract")[0]
    assert "Is your ID lost, stolen or damaged?" in card
    assert "1 Lost Step 2, Abstract 2 Stolen Step 2, Abstract 3 Damaged Step" in card
    assert "0 A person" in card
    assert "English 72 of 160" in card
    assert "Swahili 93 of 160" in card
    assert "00 A person" in page.partition("Asks Town")[2]


def test_the_phone_shows_the_step_language_and_channel_of_its_link(njeri: Visitor) -> None:
    assert "1 Kimepotea" in on_the_phone(njeri.get(f"{KENYA}?step=how&language=sw&channel=ussd").text)
    assert "Which town" in on_the_phone(njeri.get(f"{KENYA}?step=town&language=en&channel=sms").text)
    page = njeri.get(f"{KENYA}?step=papiers&language=xx&channel=fax").text  # nothing of this is there
    assert "Is your ID" in on_the_phone(page)


def test_what_is_past_the_bound_is_marked_on_the_phone(njeri: Visitor) -> None:
    send(njeri, HOW, {SWAHILI: TOO_LONG})
    page = njeri.get(f"{KENYA}?step=how&language=sw").text
    assert '<mark class="g-perdu">' in page
    assert re.search(r"<b>2\d\d of 160\.</b>", page)


# --- changing


def test_a_sentence_is_kept_in_the_draft_and_no_phone_says_it(house: House, njeri: Visitor) -> None:
    status, page = send(njeri, HOW, {QUESTION: NEW})
    assert (status, "Kept in the draft" in page) == (303, True)
    assert NEW in page
    assert "What you changed" in page
    assert "Look over 1 change" in page
    house.text("+99920000001", "lost id", line="22384")
    said = texts(house)
    assert "Is your ID lost, stolen or damaged?" in said
    assert NEW not in said


def test_every_language_is_changed_side_by_side_with_the_other_words_of_its_choices(
    house: House, njeri: Visitor
) -> None:
    label = "text:en:how.choices.lost"
    send(njeri, HOW, {SWAHILI: "Kitambulisho kimepotea?", label: "Is lost", "also:sw:lost": "nimekosa, sioni"})
    content = draft(house)
    assert '"how.ask":"Kitambulisho kimepotea?"' in content
    assert '"sw":["nimekosa","sioni"]' in content
    assert fields(njeri.get(HOW).text)[label] == "Is lost"


def test_a_form_that_changes_nothing_begins_no_draft(house: House, njeri: Visitor) -> None:
    _status, page = send(njeri, HOW, {})
    assert "Nothing was changed" in page
    assert draft(house) == ""


def test_a_screen_too_long_is_kept_with_its_finding_at_its_sentence(house: House, njeri: Visitor) -> None:
    _status, page = send(njeri, HOW, {SWAHILI: TOO_LONG})
    assert "to mend before you publish" in page
    assert 'href="#step-how">Step 1: the Swahili screen is too long' in page
    card = page.partition('id="step-how"')[2].partition("</article>")[0]
    assert "characters too long" in card
    assert '/step/how?language=sw#how-ask-sw">Shorten it' in card
    assert "characters too long" in njeri.get(HOW).text
    assert re.search(r"\d+ thing", njeri.get("/editor").text)


def test_looking_keeps_nothing(house: House, njeri: Visitor) -> None:
    form = fields(njeri.get(HOW).text) | {SWAHILI: "Maneno mapya?", "look": "sw/sms"}
    page = njeri.post(HOW, form).text
    assert "Maneno mapya?" in on_the_phone(page)
    assert fields(page)[SWAHILI] == "Maneno mapya?"
    assert draft(house) == ""
    part = njeri.post(HOW, form, headers={"HX-Request": "true"}).text
    assert "Maneno mapya?" in on_the_phone(part)
    assert "<html" not in part


def test_letters_that_a_phone_lacks_are_shown_as_it_will_show_them(njeri: Visitor) -> None:
    path = "/editor/france/carte_identite/step/comment"
    form = fields(njeri.get(path).text) | {"text:fr:comment.ask": "Où êtes-vous, Zoë ? 😀", "look": "fr/ussd"}
    page = unescape(njeri.post(path, form).text)
    assert "Où etes-vous, Zoe ? 😀" in page
    assert "A basic phone has no 😀" in page


@pytest.mark.parametrize(
    ("words", "said"), [("", "people would read an empty message"), ("x" * 3000, "This has 3000 characters")]
)
def test_what_can_not_stand_there_is_refused_at_its_field_and_stays_in_it(
    house: House, njeri: Visitor, words: str, said: str
) -> None:
    status, page = send(njeri, HOW, {QUESTION: words, SWAHILI: "Bado hapa"})
    assert status == 422
    assert page.count(said) == 2  # in the summary and at the field
    assert 'href="#how-ask-en"' in page
    assert fields(page)[QUESTION] == words
    assert fields(page)[SWAHILI] == "Bado hapa"
    assert draft(house) == ""


def test_wrong_braces_are_kept_and_told_at_their_field(njeri: Visitor) -> None:
    send(njeri, f"{KENYA}/step/fee", {"text:en:fee.tell.1": "It was free until {free_until. Ask there."})
    page = unescape(njeri.get(f"{KENYA}/step/fee").text)
    assert "a brace on each side" in page
    assert "Step 6: a slot has only one brace" in unescape(njeri.get(KENYA).text)


def test_a_sentence_changed_by_two_editors_shows_both_and_loses_neither(house: House, njeri: Visitor) -> None:
    house.account("amina", Role.EDITOR, name="Amina", language="en")
    amina = house.signed_in("amina")
    seen = njeri.get(HOW).text
    send(amina, HOW, {QUESTION: "Amina's question?"})
    status, page = send(njeri, HOW, {QUESTION: NEW, SWAHILI: "Swali langu?"}, page=seen)
    assert status == 409
    assert "What Amina wrote stays" in page
    assert "Amina's question?" in page
    assert fields(page)[QUESTION] == NEW
    assert "Swali langu?" in draft(house)  # what met nobody is kept already
    assert NEW not in draft(house)
    theirs = {f"choose:{QUESTION}": "theirs"}
    njeri.post(HOW, fields(page) | theirs)
    assert "Amina's question?" in draft(house)
    njeri.post(HOW, fields(page) | {f"choose:{QUESTION}": "mine", QUESTION: "A third question?"})
    assert "A third question?" in draft(house)


def test_two_editors_of_different_sentences_both_keep_theirs(house: House, njeri: Visitor) -> None:
    house.account("amina", Role.EDITOR, language="en")
    seen = njeri.get(HOW).text
    send(house.signed_in("amina"), HOW, {SWAHILI: "Swali la Amina?"})
    status, _page = send(njeri, HOW, {QUESTION: NEW}, page=seen)
    assert status == 303
    assert NEW in draft(house)
    assert "Swali la Amina?" in draft(house)


def test_a_translation_that_lags_behind_is_marked_until_somebody_looks(house: House, njeri: Visitor) -> None:
    _status, page = send(njeri, HOW, {QUESTION: NEW})
    card = page.partition('id="step-how"')[2].partition("</article>")[0]
    assert "changed after these words were written" in card
    form = dict(re.findall(r'type="hidden" name="(path|language|seen)" value="([^"]*)"', card))
    njeri.post(f"{KENYA}/still-right", {name: unescape(value) for name, value in form.items()})
    assert "changed after these words were written" not in njeri.get(KENYA).text
    assert "Kitambulisho kimepotea, kimeibwa" in draft(house)


def test_a_corrected_spelling_marks_no_translation(njeri: Visitor) -> None:
    _status, page = send(njeri, HOW, {QUESTION: NEW, "unchanged": "yes"})
    assert "changed after these words were written" not in page


def test_whoever_publishes_is_told_which_translations_are_old(njeri: Visitor) -> None:
    warned = "whoever reads another language is told the old words"
    send(njeri, HOW, {QUESTION: NEW})
    page = njeri.get(f"{KENYA}/changes").text
    assert warned in page
    assert "Step 1: the Swahili words may be old" in unescape(page)
    send(njeri, HOW, {SWAHILI: "Kadi imepotea, imeibwa au imeharibika?"})
    assert warned not in njeri.get(f"{KENYA}/changes").text


def test_beside_an_unchanged_meaning_stands_that_an_earlier_mark_stays(house: House, njeri: Visitor) -> None:
    said = "What an earlier change marked stays marked."
    assert said not in njeri.get(HOW).text
    send(njeri, HOW, {QUESTION: NEW})
    page = njeri.get(HOW).text
    assert said in page.partition('name="unchanged"')[2]
    send(njeri, HOW, {QUESTION: NEW + " ", SWAHILI: fields(page)[SWAHILI], "still:" + SWAHILI: "yes"})
    assert said not in njeri.get(HOW).text


def test_a_sum_stays_a_sum_however_it_is_typed(house: House, njeri: Visitor) -> None:
    send(njeri, "/editor/france/carte_identite/facts", {"fact:timbre:value": "35 euros"})
    assert '"value":"35 EUR"' in draft(house, "carte_identite", "france")


def test_a_fact_gets_its_new_value_source_and_days(house: House, njeri: Visitor) -> None:
    path = f"{KENYA}/facts"
    changed = {"fact:free_until:value": "2026-12-31", "fact:free_until:checked": "2026-03-09"}
    status, page = send(njeri, path, changed)
    assert (status, "Checked on 9 March 2026" in page) == (303, True)
    assert '"value":"2026-12-31"' in draft(house)
    assert "step 6, Fee" in page  # where it is said


def test_a_fact_that_changes_was_looked_up_today_unless_its_author_says_otherwise(
    house: House, njeri: Visitor
) -> None:
    path, key = f"{KENYA}/facts", "fact:free_until"
    page = njeri.get(path).text
    assert re.search(rf'name="today:{key}" value="yes" checked', page)
    assert "it gets today’s day: 10 March 2026" in words_of(page)
    send(njeri, path, {f"{key}:source": "ecitizen.go.ke"})
    assert '"checked":"2026-05-02"' in draft(house)  # what it says is the same: nobody asked when
    send(njeri, path, {f"{key}:value": "2026-12-31", f"today:{key}": ""})
    assert '"checked":"2026-05-02"' in draft(house)
    send(njeri, path, {f"{key}:value": "2027-01-31", f"{key}:checked": "2026-03-08"})
    assert '"checked":"2026-03-08"' in draft(house)
    send(njeri, path, {f"{key}:value": "2027-02-28"})
    assert '"checked":"2026-03-10"' in draft(house)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"fact:free_until:value": " "}, "Write what the source says"),
        ({"fact:free_until:valid_to": "31/02/2026"}, "Write a day of the calendar"),
        ({"fact:free_until:source": "x" * 400}, "under 200 characters"),
    ],
)
def test_a_fact_that_can_not_be_so_is_refused_at_its_field(
    house: House, njeri: Visitor, wrong: dict[str, str], said: str
) -> None:
    status, page = send(njeri, f"{KENYA}/facts", wrong)
    assert status == 422
    assert page.count(said) == 2
    assert draft(house) == ""


def test_the_title_and_the_words_that_lead_to_it_are_changed(house: House, njeri: Visitor) -> None:
    _status, page = send(njeri, f"{KENYA}/words", {"text:en:title": "Lost ID", "keywords": "lost id,\nmy id gone"})
    assert "Lost ID</h1>" in page
    assert '"keywords":["lost id","my id gone"]' in draft(house)


def test_a_draft_goes_after_one_more_question_and_only_as_it_was_read(house: House, njeri: Visitor) -> None:
    send(njeri, HOW, {QUESTION: NEW})
    asked = njeri.get(f"{KENYA}/discard").text
    assert "1 change goes" in asked
    send(njeri, HOW, {SWAHILI: "Jambo?"})
    for revision in (fields(asked)["revision"], "9" * 5000, "no number"):
        answer = njeri.post(f"{KENYA}/discard", {"revision": revision})
        assert "has changed since you read it" in njeri.get(answer.location).text
    assert NEW in draft(house)
    njeri.post(f"{KENYA}/discard", fields(njeri.get(f"{KENYA}/discard").text))
    assert draft(house) == ""
    assert njeri.get(f"{KENYA}/discard").location == KENYA


# --- who, and at what cost


def test_only_an_editor_of_the_organisation_opens_these_pages(house: House) -> None:
    for login in ("awa", "claire", "odile"):
        assert house.signed_in(login).get(KENYA).status_code == 403
        assert house.signed_in(login).post(HOW, {QUESTION: NEW}).status_code == 403
    add_organisation(house, "elsewhere")
    make_account(house.services, login="eve", password=PASSWORD, role=Role.EDITOR, organisation="elsewhere")
    eve = house.signed_in("eve")
    assert "Lost or stolen ID card" not in eve.get("/editor").text
    for path in (KENYA, HOW, f"{KENYA}/facts", f"{KENYA}/words", f"{KENYA}/discard"):
        assert eve.get(path).status_code == 404, path
    assert eve.post(HOW, {f"seen:{QUESTION}": "", QUESTION: NEW, "act": "save"}).status_code == 404
    assert draft(house) == ""


def test_what_is_not_there_is_a_page_that_says_so(njeri: Visitor) -> None:
    for path in ("/editor/kenya/nothing", "/editor/atlantis/lost_id", f"{KENYA}/step/nothing", f"{KENYA}/step/ho%0aw",
                 "/editor/ken%00ya/lost_id", "/editor/kenya/lost%00id", f"{KENYA}?step=%00"):  # fmt: skip
        assert njeri.get(path).status_code == 404, path
    assert njeri.post(f"{KENYA}/still-right", {"path": "no.where", "language": "sw"}).status_code == 404


def test_a_form_of_another_site_changes_nothing(house: House, njeri: Visitor) -> None:
    answer = njeri.client.post(HOW, data={f"seen:{QUESTION}": "", QUESTION: NEW, "act": "save"})
    assert answer.status_code == 400
    assert draft(house) == ""


def test_a_place_that_nobody_wrote_is_never_changed_by_a_made_up_form(house: House, njeri: Visitor) -> None:
    made_up = ("text:en:no.where", "text:xx:how.ask", "also:en:nothing", "text:sw:person.summary", "odd", "fact:nope")
    for name in made_up:
        status, _page = send(njeri, HOW, {f"seen:{name}": "", name: "words", "fact:nope:value": "1"})
        assert status == 422, name
    assert draft(house) == ""


@contextmanager
def queries(house: House) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(house.services.database.engine, "before_cursor_execute", note)
    yield found
    event.remove(house.services.database.engine, "before_cursor_execute", note)


def test_a_page_asks_the_database_a_few_times_however_long_the_procedure(house: House, njeri: Visitor) -> None:
    send(njeri, HOW, {QUESTION: NEW})
    njeri.get("/editor")
    for path in ("/editor", KENYA, "/editor/france/carte_identite", HOW, f"{KENYA}/facts", f"{KENYA}/words"):
        with queries(house) as asked:
            assert njeri.get(path).status_code == 200
        assert len(asked) <= MOST_QUERIES, (path, len(asked))


# --- the small picture


def test_no_two_jumps_share_a_lane_where_they_pass_one_another() -> None:
    ways = {1: (2, 4, 6), 2: (3, 6), 3: (4, 5), 4: (5,), 5: (6, 2), 6: ()}
    way = editor_way.draw([editor_way.Stop(n, f"s{n}", f"Step {n}", to, grave=n == 3) for n, to in ways.items()])
    assert [box.grave for box in way.boxes] == [False, False, True, False, False, False]
    jumps = [line for line in way.lines if "H" in line.path]
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for line in jumps:
        lane, into = re.findall(r"H(\d+)V(\d+)H", line.path)[0]
        spans.setdefault((lane, into), []).append(_heights(line.path))
    by_lane: dict[str, list[tuple[int, int]]] = {}
    for (lane, _into), found in spans.items():
        by_lane.setdefault(lane, []).append((min(low for low, _ in found), max(high for _, high in found)))
    for found in by_lane.values():
        ordered = sorted(found)
        assert all(first[1] < second[0] for first, second in pairwise(ordered)), by_lane


def _heights(path: str) -> tuple[int, int]:
    out, into = (int(found) for found in re.findall(r"^M\d+ (\d+)H\d+V(\d+)", path)[0])
    return min(out, into), max(out, into)


# --- in a real browser


def test_an_editor_changes_a_sentence_while_the_phone_follows(living_house: House, chromium: Browser) -> None:
    english(living_house)
    with living_house.serving() as root, window(chromium) as page:
        cookie = {"name": login_sessions.COOKIE, "value": living_house.token_of("paul"), "url": root}
        page.context.add_cookies([cookie])
        page.goto(f"{root}{KENYA}")
        page.locator("#step-town").get_by_role("link", name="See it on the phone").first.click()
        expect(page.locator("#telephone .g-ecran")).to_contain_text("Which town")
        page.locator("#step-how").get_by_role("link", name="Change How").click()
        page.fill("#how-ask-sw", TOO_LONG)
        expect(page.locator("#apercu .g-perdu").first).to_be_visible()
        expect(page.locator("#compte-how-ask-sw")).to_contain_text("characters")
        page.fill("#how-ask-sw", "Nini kimetokea?")
        expect(page.locator("#apercu .g-ecran")).to_contain_text("Nini kimetokea?")
        assert page.input_value("#how-ask-sw") == "Nini kimetokea?"
        page.get_by_role("button", name="SMS").click()
        expect(page.locator("#apercu")).to_contain_text("1 SMS is paid")
        page.get_by_role("button", name="Keep in the draft").click()
        expect(page.locator(".g-brouillon")).to_contain_text("Nini kimetokea?")
    assert "Nini kimetokea?" in draft(living_house)


@pytest.mark.parametrize("slow", ["editor.js", "*.js"])
def test_the_phone_follows_what_was_written_before_slow_scripts_came(
    living_house: House, chromium: Browser, slow: str
) -> None:
    english(living_house)
    with living_house.serving() as root, window(chromium, early=True) as page:
        cookie = {"name": login_sessions.COOKIE, "value": living_house.token_of("paul"), "url": root}
        page.context.add_cookies([cookie])
        held: list[Route] = []
        page.route(f"**/{slow}?*", lambda route: held.append(route))
        page.goto(f"{root}{HOW}", wait_until="commit")
        page.fill("#how-ask-sw", TOO_LONG)
        awaited = slow.count("*") + 1
        until(lambda: page.wait_for_timeout(20) or len(held) == awaited, what="the page never asked for its scripts")
        for route in held:
            route.continue_()
        expect(page.locator("#apercu .g-perdu").first).to_be_visible()


def test_an_editor_changes_a_sentence_without_scripts_on_a_small_screen(living_house: House, chromium: Browser) -> None:
    english(living_house)
    with living_house.serving() as root, window(chromium, script=False, width=320) as page:
        cookie = {"name": login_sessions.COOKIE, "value": living_house.token_of("paul"), "url": root}
        page.context.add_cookies([cookie])
        page.goto(f"{root}{HOW}")
        page.fill("#how-ask-en", NEW)
        page.get_by_role("button", name="Look, without keeping").click()
        expect(page.locator("#apercu .g-ecran")).to_contain_text(NEW)
        assert page.input_value("#how-ask-en") == NEW
        page.get_by_role("button", name="Kiswahili").click()
        expect(page.locator("#apercu .g-ecran")).to_contain_text("Kimepotea")
        assert page.input_value("#how-ask-en") == NEW
        page.get_by_role("button", name="Keep in the draft").last.click()
        expect(page.locator("#step-how")).to_contain_text(NEW)
    assert NEW in draft(living_house)
