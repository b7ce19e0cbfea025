"""Promise 9: no volunteer sees a phone number, and none stands in a text to them, a log, the journal or a file.

Seen to fail: with numbers in texts left as they are (texts to volunteers, pages of cases); with words
stored unsealed (the file, the rows).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import String, Text, select

from sms_gateway.store.tables import Role, journal, metadata
from tests.promises import rows
from tests.promises.conftest import Open
from tests.scale import LONG
from tests.story.browser import Browser
from tests.story.counter import FRANCE, KENYA, PASSWORD, Counter

CITIZENS = {"+254711820301": KENYA, "+33612820302": FRANCE}
# Numbers inside texts, as people write them; each stands for a person who is not even here.
INSIDE = {
    KENYA: (
        "+254722930311",
        "0722930312",
        "0722 930 313",
        "0722-930-314",
        "254722930315",
        "+254 (722) 930.316",
        "00254 722 93 03 17",
        "722930318",
        "0722/930/319",
        "O722 93O 32O",
    ),
    FRANCE: (
        "0612930331",
        "06 12 93 03 32",
        "06.12.93.03.33",
        "06-12-93-03-34",
        "+33 6 12 93 03 35",
        "0033612930336",
        "+33 (0)6 12 93 03 37",
        "01 42 93 03 38",
        "06/12/93/03/39",
    ),
}
VOLUNTEER, WRITER, COORDINATOR = "+254733930341", "+33633930342", "+254733930343"


def digits_of(number: str) -> str:
    """The nine digits that make a number somebody's, whatever stands before and between them."""
    return re.sub(r"\D", "", number.replace("O", "0"))[-9:]


HIDDEN = tuple(digits_of(number) for number in (*CITIZENS, *INSIDE[KENYA], *INSIDE[FRANCE]))
OF_THE_TEAM = tuple(digits_of(number) for number in (VOLUNTEER, WRITER, COORDINATOR))


def found_in(text: str, numbers: tuple[str, ...] = HIDDEN) -> list[str]:
    """Those of the numbers that stand in a text, with up to three signs between two digits."""
    plain = text.replace("O", "0")
    return [number for number in numbers if re.search(r"[^\d]{0,3}".join(number), plain)]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def counter(request: pytest.FixtureRequest, open_one: Open) -> Iterator[Counter]:
    """An installation where much was said: numbers in texts, two cases answered, one by text and one in a browser."""
    with open_one(request.param) as made:
        made.hire("otieno", number=VOLUNTEER)
        made.hire("awa2", number=WRITER, language="fr")
        made.hire("achieng", role=Role.COORDINATOR, number=COORDINATOR)
        made.hire("peter", role=Role.EDITOR)
        made.hire("rose", role=Role.AUDITOR)
        made.send_home("otieno", "awa2")
        for number, line in CITIZENS.items():
            citizen = made.phone(number, line)
            citizen.send("0")
            for inside in INSIDE[line]:
                citizen.send(f"Call my sister, appelez ma soeur: {inside} please")
        rows.wait_until_still(made)
        yield made


def answer_by_text(counter: Counter) -> None:
    """The volunteer in Kenya takes the case, reads all of it, and answers."""
    volunteer = counter.phone(VOLUNTEER)
    if not any("is yours" in text for text in volunteer.texts):
        volunteer.asks("1", "is yours")
    for _ in range(8):
        volunteer.send("MORE")
    volunteer.send("Hello, I am Otieno. Your sister can come along.")
    rows.wait_until_still(counter)


def test_no_text_to_the_team_holds_a_citizens_number(counter: Counter) -> None:
    answer_by_text(counter)
    texts = {send.message for send in counter.gateway.sends if send.to in {VOLUNTEER, WRITER, COORDINATOR}}
    assert any("sister" in text for text in texts), "they did read the case"
    assert {text: found for text in texts if (found := found_in(text))} == {}


def test_no_page_of_any_role_holds_a_citizens_number(counter: Counter) -> None:
    answer_by_text(counter)
    shown: dict[str, str] = {}
    for login in ("otieno", "awa2", "achieng", "peter", "rose"):
        browser = Browser(counter.guichet.url)
        inbox = browser.sign_in(login, PASSWORD)
        if login == "awa2" and "Take the next one" in inbox.html:
            browser.press(inbox, "Take the next one")
        for path in every_path_from(browser):
            shown[f"{login} {path}"] = ""
        for page in browser.seen:
            shown[f"{login} {urlsplit(page.url).path}"] = page.html + "\n" + page.words
    cases = [path for path, html in shown.items() if "/inbox/4" in path and "##" in html]
    assert len(cases) >= 2, f"pages of cases, with masked numbers, were looked at: {sorted(shown)}"
    assert {path: found for path, html in shown.items() if (found := found_in(html))} == {}


def is_one_more_procedure(path: str) -> bool:
    """Of an editor's pages about procedures, which are alike, a short run opens those of one a country."""
    about = re.match(r"/editor/(?:france|kenya|cote_divoire)/(\w+)", path)
    return bool(about) and about[1] not in {"lost_id", "carte_identite", "copie_naissance"} and not LONG


def every_path_from(browser: Browser) -> list[str]:
    """Follow every link that a page shows, but for those that change something."""
    root = urlsplit(browser.root)
    known, waiting = {"/"}, ["/", "/inbox", "/desk", "/editor", "/account", "/metrics"]
    while waiting:
        page = browser.open(waiting.pop())
        for link in re.findall(r'(?:href|src|hx-get)="([^"#]+)"', page.html):
            parts = urlsplit(link)
            is_ours = parts.netloc in {"", root.netloc} and parts.scheme in {"", root.scheme}
            left_out = "/static/" in parts.path or "/language/" in parts.path or is_one_more_procedure(parts.path)
            if is_ours and parts.path.startswith("/") and not left_out and parts.path not in known:
                known.add(parts.path)
                waiting.append(parts.path)
    return sorted(known)


def test_no_file_of_the_installation_holds_a_number_in_plain(counter: Counter) -> None:
    """Logs, the database file with its log, what Redis keeps, counts, the spool: everything but the keys."""
    answer_by_text(counter)
    counter.guichet.get("/metrics")
    files = [path for path in counter.guichet.data.rglob("*") if path.is_file() and "keys" not in path.parts]
    assert any(path.suffix == ".jsonl" for path in files)
    assert {str(path): found for path in files if (found := written_in(path))} == {}


def written_in(path: Path) -> list[str]:
    """The numbers of anybody, team or citizens, that stand in a file in plain, in any of their forms."""
    content = path.read_bytes().decode("latin-1")
    return found_in(content, HIDDEN + OF_THE_TEAM)


def test_no_row_holds_a_number_in_plain(counter: Counter) -> None:
    """Every column that can hold words, of every table; the journal's details among them."""
    answer_by_text(counter)
    found: dict[str, list[str]] = {}
    with counter.database.read() as tx:
        for table in metadata.sorted_tables:
            worded = [column for column in table.c if isinstance(column.type, String | Text)]
            for row in tx.execute(select(*worded)) if worded else ():
                for column, value in zip(worded, row, strict=True):
                    if value and (numbers := found_in(str(value), HIDDEN + OF_THE_TEAM)):
                        found[f"{table.name}.{column.name}"] = numbers
        details = [str(detail) for detail in tx.execute(select(journal.c.detail)).scalars()]
    assert found == {}
    assert [detail for detail in details if found_in(detail, HIDDEN + OF_THE_TEAM)] == []
    assert details
