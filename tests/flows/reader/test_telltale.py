"""Which language a first text is in: said only where it is plain, and never wrongly of what people really type.

Seen to fail: with one word that is enough ("hello" from a French phone was English).
"""

import pytest

from flows.reader import written_in
from tests.flows.reader.test_sample import SAMPLE

FRANCE, KENYA = ("fr", "en"), ("en", "sw")


@pytest.mark.parametrize(
    ("text", "languages", "language"),
    [
        ("nimepoteza kitambulisho", KENYA, "sw"),
        ("Niliibiwa kipande jana", KENYA, "sw"),
        ("I lost my card", FRANCE, "en"),
        ("Habari, I lost my ID card at the bus", KENYA, "en"),
        ("j'ai perdu ma carte d'identité", FRANCE, "fr"),
        ("JAI PERDU MA CARTE", FRANCE, "fr"),
        ("where is la mairie", FRANCE, "en"),
        ("hello", FRANCE, None),
        ("bonjour", FRANCE, None),
        ("habari", KENYA, None),
        ("nataka new id please", KENYA, None),
        ("carte identite", FRANCE, None),
        ("", FRANCE, None),
        ("😀 123", KENYA, None),
        ("I lost my card", ("fr",), None),
    ],
)
def test_a_text_is_in_a_language_only_where_that_is_plain(
    text: str, languages: tuple[str, ...], language: str | None
) -> None:
    assert written_in(text, languages) == language


@pytest.mark.parametrize("languages", [FRANCE, KENYA])
def test_nothing_that_people_type_is_taken_for_another_language(languages: tuple[str, ...]) -> None:
    mine = [reply for reply in SAMPLE["replies"] if reply["lang"] in languages]
    heard = {reply["text"]: (reply["lang"], written_in(reply["text"], languages)) for reply in mine}
    assert {text: two for text, two in heard.items() if two[1] not in {None, two[0]}} == {}
