"""The machine's own phrases and dialogues: each fits its bound at its longest, in every language, and can be run."""

import pytest

from flows import packaged
from flows.alphabet import fits_gsm, rewrite, septets
from flows.compiler import compile_bundle
from flows.wording import phrase_sayer, template

BOUNDS = {"sms": 160, "both": 150, "ussd": 150}
PHRASES = sorted(packaged.common().phrases)
LANGUAGES = packaged.common().languages


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PHRASES)
def test_a_phrase_fits_with_every_value_at_its_longest(name: str, language: str) -> None:
    phrase = packaged.common().phrases[name]
    values = {key: value if isinstance(value, str) else value[language] for key, value in phrase.values.items()}
    said = rewrite(phrase_sayer(packaged.common(), language)(name, **values))
    assert fits_gsm(said)
    assert septets(said) <= BOUNDS[phrase.channel], said


@pytest.mark.parametrize("name", PHRASES)
def test_a_phrase_holds_the_values_that_it_names_in_every_language(name: str) -> None:
    phrase = packaged.common().phrases[name]
    for language in LANGUAGES:
        assert set(template(phrase.texts[language]).names) <= set(phrase.values)


def test_the_dialogues_are_there() -> None:
    wanted = {
        "menu", "language_menu", "status_waiting", "status_answered", "case_closed", "same_matter",
        "handoff_question", "resume_by_redial", "stop_ask", "erase_ask",
    }  # fmt: skip
    assert wanted <= set(packaged.common().dialogues)


@pytest.mark.parametrize("country", packaged.countries())
@pytest.mark.parametrize("name", sorted(set(packaged.common().dialogues) - {"menu"}))
def test_a_dialogue_runs_in_every_language_of_a_country(country: str, name: str) -> None:
    machine = compile_bundle(packaged.dialogue_bundle(country, name))
    assert machine.languages == packaged.pack(country).languages


@pytest.mark.parametrize("name", ["stop_ask", "erase_ask"])
def test_what_cannot_be_taken_back_needs_a_clear_yes(name: str) -> None:
    (question,) = (step for step in packaged.common().dialogues[name].steps.values() if hasattr(step, "choices"))
    assert question.unclear_means == "keep"
