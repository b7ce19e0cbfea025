"""What is struck out before storing, what is masked before a volunteer reads it, and what stays."""

import pytest

from flows.reader import MASK, STRUCK, Intent, mask_numbers, strike_secrets
from tests.flows.reader.asking import ask

SECRETS = [
    ("fr", "mon code est 1234 merci", "mon code est **** merci"),
    ("fr", "mon mot de passe est soleil12", "mon mot de passe est ****"),
    ("fr", "mdp: toto", "mdp: ****"),
    ("fr", "carte 4970 1012 3456 7890", "carte ****"),
    ("fr", "1 84 05 75 112 345 67", "****"),
    ("en", "my pin is 4455", "my pin is ****"),
    ("en", "4455 is my pin", "**** is my pin"),
    ("en", "otp 889900", "otp ****"),
    ("sw", "namba ya siri ni 4589", "namba ya siri ni ****"),
    ("sw", "nywila ni simba2024", "nywila ni ****"),
    ("fr", "my pin is 4455", "my pin is ****"),
    ("fr", "mon code impots c'est Soleil13!", "mon code impots c'est ****!"),
    ("en", "the login code: Mango77", "the login code: ****"),
]
NO_SECRETS = [
    ("fr", "code postal 75011"),
    ("fr", "mon mot de passe est perdu"),
    ("fr", "mot de passe oublié"),
    ("fr", "j'ai reçu un code, appelez le 06 12 34 56 78"),
    ("en", "kra pin A012345678Z"),
    ("fr", "le code du dossier est AB12C"),
    ("fr", "j'ai 34 ans"),
    ("fr", "loyer 1200 euros depuis 2019"),
    ("en", "my ID is 12345678"),
    ("fr", "4"),
]
NUMBERS = [
    ("france", "appelez le 06 12 34 56 78 merci"),
    ("france", "O6.12.34.56.78"),
    ("france", "0 6 1 2 3 4 5 6 7 8"),
    ("france", "0033612345678"),
    ("france", "tel (06)12-34-56-78."),
    ("france", "+33 6 12 34 56 78"),
    ("france", "612345678"),
    ("kenya", "0712345678"),
    ("kenya", "+254 712 345 678"),
    ("kenya", "254712345678"),
    ("kenya", "712345678 nipigie"),
    ("cote_divoire", "07 08 09 10 11"),
    ("france", "٠٦١٢٣٤٥٦٧٨"),
]
NO_NUMBERS = [
    ("france", "né le 12.03.1980"),
    ("france", "le 17 ou le 3919"),
    ("france", "1200 euros depuis 2019"),
    ("kenya", "ID 12345678"),
    ("france", "75011 Paris"),
    ("kenya", "ksh 25,000"),
    ("france", "numéro 4271"),
]


@pytest.mark.parametrize(("language", "text", "kept"), SECRETS)
def test_a_secret_is_struck_out_and_the_rest_stays(language: str, text: str, kept: str) -> None:
    assert strike_secrets(text, language) == (kept, True)


@pytest.mark.parametrize(("language", "text"), NO_SECRETS)
def test_what_is_no_secret_stays(language: str, text: str) -> None:
    assert strike_secrets(text, language) == (text, False)


@pytest.mark.parametrize("expected", ["any", "text", "number", "choice"])
def test_a_secret_is_no_answer_struck_out_or_not(expected: str) -> None:
    assert ask("fr", expected, "mon code est 1234").intent is Intent.SECRET
    assert ask("fr", expected, f"mon code est {STRUCK}").intent is Intent.SECRET


def test_striking_twice_changes_nothing_more() -> None:
    once, _ = strike_secrets("pin 4455, mot de passe: toto", "fr")
    assert strike_secrets(once, "fr")[0] == once


@pytest.mark.parametrize(("country", "text"), NUMBERS)
def test_a_phone_number_is_masked_however_it_is_written(country: str, text: str) -> None:
    masked = mask_numbers(text, country)
    assert MASK in masked
    assert not any(sign.isdigit() for sign in masked)


@pytest.mark.parametrize(("country", "text"), NO_NUMBERS)
def test_dates_amounts_and_short_numbers_are_not_masked(country: str, text: str) -> None:
    assert mask_numbers(text, country) == text
