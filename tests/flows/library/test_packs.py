"""Country packs: only numbers that sources agree on are said; holidays, hours, topics and menus are whole."""

from datetime import date

import pytest

from flows import packaged
from flows.alphabet import rewrite, septets
from flows.country import SAID, easter, pack_of

COUNTRIES = packaged.countries()
LONGEST_TOPIC, LONGEST_LABEL, MOST_WORDS = 20, 24, 3


def test_the_three_countries_are_there() -> None:
    assert set(COUNTRIES) == {"france", "kenya", "cote_divoire"}


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_number_that_no_source_is_sure_of_is_never_said(country: str) -> None:
    pack = packaged.pack(country)
    usable = {each.number for each in pack.numbers if each.confidence in SAID}
    assert pack.emergency in usable
    for danger in pack.danger.values():
        said = {value for value in danger.values.values() if isinstance(value, str)}
        assert said <= usable
    for number in pack.numbers:
        assert number.source
        assert number.dated
        assert pack.number(number.serves[0]) in {None, *usable}


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_danger_is_answered_in_every_language_by_a_phrase_that_has_its_values(country: str) -> None:
    pack = packaged.pack(country)
    for danger in pack.danger.values():
        phrase = packaged.common().phrases[danger.phrase]
        assert set(danger.values) == set(phrase.values)
        for value in danger.values.values():
            assert isinstance(value, str) or set(pack.languages) <= set(value)


def test_an_unsure_number_in_a_danger_text_is_refused() -> None:
    content = {
        "name": {"fr": "Pays"}, "region": "FR",
         "languages": ["fr"], "source_language": "fr", "timezone": "Europe/Paris",
        "currency": "EUR", "call_cost": {}, "hours": {}, "holidays": [], "topics": {"other": {"fr": "question"}},
        "emergency": [
            {"number": number, "for": ["any"], "by": "call", "cost": "free", "hours": "24/7", "what": "", "source": "a",
             "confidence": confidence, "dated": "2026"}
            for number, confidence in (("112", "high"), ("999", "low"))
        ],
        "danger": {"life": {"phrase": "danger_ask", "number": "999"}},
    }  # fmt: skip
    with pytest.raises(ValueError, match="999 is not sure enough to be said"):
        pack_of("pays", content)


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)]
)
def test_easter_is_where_the_calendar_has_it(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("france", date(2026, 5, 14)),
        ("france", date(2026, 7, 14)),
        ("france", date(2027, 3, 29)),
        ("kenya", date(2026, 4, 3)),
        ("kenya", date(2026, 10, 20)),
        ("kenya", date(2027, 12, 13)),
        ("cote_divoire", date(2026, 8, 7)),
    ],
)
def test_holidays_are_computed(country: str, day: date) -> None:
    assert day in packaged.pack(country).holidays


def test_days_that_follow_the_moon_wait_to_be_confirmed() -> None:
    for country in ("kenya", "cote_divoire"):
        pack = packaged.pack(country)
        assert date(2026, 3, 20) in pack.to_confirm
        assert date(2026, 3, 20) not in pack.holidays


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_counter_is_open_from_monday_to_saturday(country: str) -> None:
    assert packaged.pack(country).hours == {str(day): [["08:00", "20:00"]] for day in range(6)}


@pytest.mark.parametrize("country", COUNTRIES)
def test_topics_and_menu_lines_have_short_plain_names_in_every_language(country: str) -> None:
    pack = packaged.pack(country)
    for names in pack.topics.values():
        assert set(pack.languages) <= set(names)
        assert all(septets(rewrite(name)) <= LONGEST_TOPIC for name in names.values())
    assert {line.flow for line in pack.menu} == set(packaged.flow_codes(country))
    for line in pack.menu:
        assert set(pack.languages) <= set(line.labels)
        for label in line.labels.values():
            assert septets(rewrite(label)) <= LONGEST_LABEL
            assert len(label.split()) <= MOST_WORDS


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_thesaurus_gives_a_word_to_one_group_only(country: str) -> None:
    pack = packaged.pack(country)
    for language, groups in pack.thesaurus.items():
        assert language in pack.languages
        assert all(groups)


def test_a_country_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="atlantis"):
        packaged.pack("atlantis")
