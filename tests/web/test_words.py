"""What the pages say: every catalogue is whole, sentences are short, times are as people say them.

Seen to fail: with a sentence marked old, with a placeholder renamed in one plural, and with a rule of plain language
that had no advice.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from flows.plain import FLOW_RULES, MESSAGE_RULES, SENTENCE_RULES
from sms_gateway.web import moments
from sms_gateway.web.editor_plain import advice
from sms_gateway.web.words import LANGUAGES, LOCALES, SOURCE_LANGUAGE, current_language, use_language
from tests.running import ROOT
from tests.web.house import House

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
LONGEST_SENTENCE = 15  # words
RULES = (*SENTENCE_RULES, *MESSAGE_RULES, *FLOW_RULES)
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w*\}")


def said_in_pages() -> set[tuple[str | None, str]]:
    """Every sentence of the pages, with its context, as Babel finds them."""
    web = ROOT / "sms_gateway" / "web"
    found = extract_from_dir(
        web,
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        options_map={"templates/**.html": {"trimmed": "true", "silent": "false"}},
        keywords=KEYWORDS,
    )
    return {(context, said if isinstance(said, str) else said[0]) for _file, _line, said, _comments, context in found}


def catalogue(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "interface.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {SOURCE_LANGUAGE}))
def test_every_catalogue_is_whole_and_holds_nothing_else(language: str) -> None:
    whole = catalogue(language)
    held = {
        (message.context, message.id if isinstance(message.id, str) else message.id[0])
        for message in whole
        if message.id and all(message.string if isinstance(message.string, tuple) else (message.string,))
    }
    assert held == said_in_pages()
    assert [str(error) for _message, errors in whole.check() for error in errors] == []


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {SOURCE_LANGUAGE}))
def test_no_translation_is_old_and_each_keeps_its_placeholders(language: str) -> None:
    messages = [message for message in catalogue(language) if message.id]
    assert [message.id for message in messages if message.fuzzy] == []
    # In a singular the number itself may go: "one screen".
    assert [told for message in messages for said, told, may_go in forms(message)
            if set(PLACEHOLDER.findall(said)) - set(PLACEHOLDER.findall(told)) - may_go
            or set(PLACEHOLDER.findall(told)) - set(PLACEHOLDER.findall(said))] == []  # fmt: skip


def forms(message: Message) -> list[tuple[str, str, set[str]]]:
    """Every form of a sentence beside its translation, with the placeholders that it may do without."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string), set())]
    return [
        (message.id[min(place, 1)], told, set() if place else {"%(n)s"}) for place, told in enumerate(message.string)
    ]


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {SOURCE_LANGUAGE}))
def test_every_rule_of_plain_language_has_its_advice(house: House, language: str) -> None:
    with house.app.test_request_context():
        use_language(language)
        told = {rule: advice(rule, "`1/10` and `XIV`. Say: one.") for rule in RULES}
    assert [rule for rule, words in told.items() if not words] == []
    assert [words for words in told.values() if "%(" in words] == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_sentences_are_short(language: str) -> None:
    if language == SOURCE_LANGUAGE:
        texts = [said for _context, said in said_in_pages()]
    else:
        strings = [m.string if isinstance(m.string, tuple) else (m.string,) for m in catalogue(language) if m.id]
        texts = [said for one in strings for said in one]
    sentences = [sentence for text in texts for sentence in re.split(r"(?<=[.?!:…;])\s+|\n", text)]
    assert [one for one in sentences if len(re.findall(r"[\w’'%()-]+", one)) > LONGEST_SENTENCE] == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_page_blames_anybody(language: str) -> None:
    never = {"fr": r"erreur|invalide|incorrect|oups", "en": r"\berror|invalid|incorrect|oops", "sw": r"kosa|batili"}
    texts = (
        [said for _context, said in said_in_pages()]
        if language == SOURCE_LANGUAGE
        else [str(m.string) for m in catalogue(language) if m.id]
    )
    allowed = {"The network shows an error."}  # what a network's own screen says
    assert [one for one in texts if re.search(never[language], one, re.IGNORECASE) and one not in allowed] == []


@pytest.mark.parametrize(
    ("header", "chosen", "language"),
    [("fr-FR,fr;q=0.9", None, "fr"), ("en-GB", None, "en"), ("de", None, "fr"), ("fr", "en", "en"), ("fr", "xx", "fr")],
)
def test_the_language_is_the_chosen_one_else_the_browsers(
    house: House, header: str, chosen: str | None, language: str
) -> None:
    client = house.app.test_client()
    if chosen:
        client.get(f"/language/{chosen}?to=/phone")
    page = client.get("/", headers={"Accept-Language": header}).text
    assert f'<html lang="{language}"' in page


def test_choosing_a_language_leads_back_to_the_page_and_nowhere_else(house: House) -> None:
    client = house.app.test_client()
    assert client.get("/language/en?to=/phone").location == "/phone"
    assert client.get("/language/en?to=//example.org").location == "/"
    assert client.get("/language/xx").status_code == 404


NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Paris, noon in Nairobi


@pytest.mark.parametrize(
    ("language", "zone", "hours", "said"),
    [
        ("fr", "Europe/Paris", 7, "avant 17h00"),
        ("fr", "Europe/Paris", 7.25, "avant 17h15"),
        ("fr", "Europe/Paris", 22.5, "mercredi 11 mars avant 8h30"),
        ("en", "Africa/Nairobi", 5, "by 5 pm"),
        ("en", "Africa/Nairobi", 0, "by noon"),
        ("en", "Africa/Nairobi", 20, "Wednesday 11 March by 8 am"),
        ("en", "Africa/Nairobi", -0.25, "by 11:45 am"),
    ],
)
def test_a_promise_is_told_as_people_tell_times(
    house: House, language: str, zone: str, hours: float, said: str
) -> None:
    with house.app.test_request_context():
        use_language(language)
        assert moments.before(NOW + timedelta(hours=hours), NOW, zone) == said


@pytest.mark.parametrize(
    ("hour", "said"),
    [(17, "saa 11 jioni"), (9, "saa 3 asubuhi"), (12, "saa 6 mchana"), (23, "saa 5 usiku"), (5, "saa 11 alfajiri")],
)
def test_swahili_hours_begin_at_dawn(house: House, hour: int, said: str) -> None:
    with house.app.test_request_context():
        use_language("sw")
        assert moments.clock(datetime(2026, 3, 10, hour - 3, tzinfo=UTC), "Africa/Nairobi") == said


@pytest.mark.parametrize(
    ("minutes", "said", "short"),
    [
        (0.5, "moins d’une minute", "0 min"),
        (1, "1 minute", "1 min"),
        (12, "12 minutes", "12 min"),
        (60, "1 heure", "1 h 00"),
        (115, "1 heure 55 minutes", "1 h 55"),
        (60 * 72, "3 jours", "3 j"),
    ],
)
def test_a_wait_is_told_in_words(house: House, minutes: float, said: str, short: str) -> None:
    with house.app.test_request_context():
        use_language("fr")
        assert (moments.lasting(timedelta(minutes=minutes)), moments.shortly(timedelta(minutes=minutes))) == (
            said,
            short,
        )


def test_outside_a_page_the_source_language_is_spoken() -> None:
    assert current_language() == SOURCE_LANGUAGE
