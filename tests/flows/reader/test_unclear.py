"""What an editor learns from holds no name, no number, no secret and no story."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reader.unclear import fit_to_learn_from


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("on est kat", "fr", "on est kat"),
        ("  On EST   kat!! ", "fr", "On EST kat!!"),
        ("kat avec Mamadou", "fr", "kat avec …"),
        ("JE VEUX PAPIER", "fr", "JE VEUX PAPIER"),
        ("mon tel 06 12 34 56 78", "fr", "mon tel #####"),
        ("né en 1987 dossier 123456", "fr", "né en ##### dossier #####"),
        ("Kipande yangu", "sw", "Kipande yangu"),
        ("i want for Wanjiku", "en", "i want for …"),
    ],
)
def test_the_words_stay_and_what_is_nobodys_business_goes(text: str, language: str, shown: str) -> None:
    assert fit_to_learn_from(text, language=language, country="kenya" if language != "fr" else "france") == shown


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("je m'appelle Jean Dupont", "fr"),
        ("moi c'est mamadou diallo", "fr"),
        ("my name is njeri wambui", "en"),
        ("naitwa juma", "sw"),
        ("mon mot de passe est soleil", "fr"),
        ("my pin is 4512", "en"),
        ("12", "fr"),
        ("0", "fr"),
        ("😀", "fr"),
        ("", "fr"),
        ("alors voila c'est une longue histoire que je raconte depuis le debut a vous", "fr"),
        ("a" * 200, "fr"),
    ],
)
def test_who_tells_a_name_a_secret_or_a_story_is_kept_out(text: str, language: str) -> None:
    assert fit_to_learn_from(text, language=language, country="kenya" if language != "fr" else "france") is None


@settings(deadline=None)
@given(text=st.text(max_size=150), language=st.sampled_from(["fr", "en", "sw"]))
def test_no_run_of_digits_is_ever_shown(text: str, language: str) -> None:
    shown = fit_to_learn_from(f"{text} 0612345678", language=language, country="france")
    assert shown is None or "0612345678" not in shown
