"""Sentences with their values: plurals, amounts, days and times, as people say them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from flows import packaged
from flows.money import Amount, amount_of, read_sum, say_amount
from flows.wording import TemplateError, phrase_sayer, say_date, template, when_by, when_from

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "timezone", "moment", "by", "start"),
    [
        ("fr", "Europe/Paris", (10, 16), "aujourd'hui avant 17h", "aujourd'hui dès 17h"),
        ("fr", "Europe/Paris", (12, 16, 30), "jeudi 12 mars avant 17h30", "jeudi 12 mars dès 17h30"),
        ("fr", "Europe/Paris", (10, 23, 30), "mercredi 11 mars avant 0h30", "mercredi 11 mars dès 0h30"),
        ("en", "Africa/Nairobi", (10, 14), "today before 5 pm", "today from 5 pm"),
        ("en", "Africa/Nairobi", (12, 9), "on Thursday 12 March before 12 noon", "on Thursday 12 March from 12 noon"),
        ("en", "Africa/Nairobi", (12, 9, 30), "on Thursday 12 March before 12:30 pm",
         "on Thursday 12 March from 12:30 pm"),
        ("sw", "Africa/Nairobi", (10, 14), "leo kabla ya saa 11 jioni", "leo saa 11 jioni"),
        ("sw", "Africa/Nairobi", (12, 6), "Alhamisi 12 Machi kabla ya saa 3 asubuhi",
         "Alhamisi 12 Machi saa 3 asubuhi"),
        ("sw", "Africa/Nairobi", (11, 20, 45), "Jumatano 11 Machi kabla ya saa 5:45 usiku",
         "Jumatano 11 Machi saa 5:45 usiku"),
        ("sw", "Africa/Nairobi", (12, 2), "Alhamisi 12 Machi kabla ya saa 11 alfajiri",
         "Alhamisi 12 Machi saa 11 alfajiri"),
        ("sw", "Africa/Nairobi", (12, 9), "Alhamisi 12 Machi kabla ya saa 6 mchana", "Alhamisi 12 Machi saa 6 mchana"),
    ],
)  # fmt: skip
def test_a_promise_names_its_time_as_people_say_it(language, timezone, moment, by, start):
    there = datetime(2026, 3, *moment, tzinfo=UTC)
    assert when_by(there, NOW, language, timezone) == by
    assert when_from(there, NOW, language, timezone) == start


def test_the_day_is_named_between_midnight_and_dawn():
    night = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
    assert when_by(datetime(2026, 3, 10, 16, tzinfo=UTC), night, "fr", "Europe/Paris") == "mardi 10 mars avant 17h"


def test_the_first_of_a_month_is_premier():
    assert when_by(datetime(2026, 4, 1, 7, tzinfo=UTC), NOW, "fr", "Europe/Paris") == "mercredi 1er avril avant 9h"
    assert say_date(date(2026, 4, 1), "fr") == "1er avril 2026"
    assert say_date(date(2026, 3, 12), "sw") == "12 Machi 2026"


@pytest.mark.parametrize(
    ("amount", "french", "english", "swahili"),
    [
        ("25 EUR", "25 euros", "25 euros", "euro 25"),
        ("1 EUR", "1 euro", "1 euro", "euro 1"),
        ("8.50 EUR", "8,50 euros", "8.50 euros", "euro 8.50"),
        ("1200 XOF", "1\u202f200 F", "1,200 F", "faranga 1,200"),
        ("1000 KES", "1\u202f000 shillings", "1,000 shillings", "shilingi 1,000"),
        ("0 KES", "gratuit", "free", "bure"),
    ],
)
def test_money_is_said_in_words(amount, french, english, swahili):
    found = amount_of(amount)
    assert found is not None
    assert [say_amount(found, language) for language in ("fr", "en", "sw")] == [french, english, swahili]


@pytest.mark.parametrize(
    ("before", "typed", "kept"),
    [
        ("25 EUR", "35 euros", "35 EUR"),
        ("25 EUR", "35", "35 EUR"),
        ("25 EUR", "€ 12,50", "12,50 EUR"),
        ("1000 KES", "KSh 1,200", "1200 KES"),
        ("500 XOF", "1\u202f200 F CFA", "1200 XOF"),
        ("25 EUR", "30 USD", "30 USD"),
        ("25 EUR", "25 à 30 euros", "25 à 30 euros"),
        ("25 EUR", "2026-10-30", "2026-10-30"),
        ("à la mairie", "35 euros", "35 euros"),
    ],
)
def test_a_sum_stays_a_sum_however_it_is_typed(before, typed, kept):
    assert read_sum(typed, before) == kept


def test_words_are_no_amount():
    assert amount_of("à la mairie") is None
    assert say_amount(Amount(Decimal(3), "USD"), "fr") == "3 USD"


@pytest.mark.parametrize(
    ("number", "language", "said"),
    [
        (0, "fr", "Vous avez 0 enfant."),
        (1, "fr", "Vous avez 1 enfant."),
        (2, "fr", "Vous avez 2 enfants."),
        (0, "en", "Vous avez 0 enfants."),
    ],
)
def test_plurals_follow_the_language(number, language, said):
    text = "Vous avez {enfants: n, one: {n} enfant, other: {n} enfants}."
    assert template(text).fill({"enfants": number}, language) == said


@pytest.mark.parametrize("text", ["a {b", "a }", "{A}", "{a: n, one: x}", "{a: n, other: {b}}", "{}"])
def test_braces_that_can_not_be_read_are_refused(text):
    with pytest.raises(TemplateError):
        template(text)


def test_the_machines_own_phrases_are_said_in_each_language():
    said = phrase_sayer(packaged.common(), "sw")("handoff_open", by="leo kabla ya saa 11 jioni", case="4271")
    assert said == "Mtu atakujibu leo kabla ya saa 11 jioni. Ombi lako: namba 4271. Ukisubiri: MENYU."
