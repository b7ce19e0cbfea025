"""What a text costs: the given cases, and a slow model that is plainly right."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.alphabet import BASIC, EXTENSION, fits_gsm, measure, parts, rewrite, septets
from tests.scale import scaled

VECTORS = json.loads((Path(__file__).parent / "sms_vectors.json").read_text())["vectors"]

texts = st.text(
    st.one_of(
        st.sampled_from(BASIC + EXTENSION + "âçêîôœûÀ’«»…–°²½\u00a0\u202fŋɓẹ\t\u200b😀"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=400,
)


def plain_model(text: str) -> tuple[str, list[int]]:
    """Encoding and part sizes, one character at a time."""
    gsm = all(character in BASIC + EXTENSION for character in text)
    single, room = (160, 153) if gsm else (70, 67)
    costs = [
        (2 if character in EXTENSION else 1) if gsm else (2 if ord(character) > 0xFFFF else 1) for character in text
    ]
    if sum(costs) <= single:
        return ("GSM-7" if gsm else "UCS-2"), [sum(costs)]
    sizes = [0]
    for cost in costs:
        if sizes[-1] + cost > room:
            sizes.append(0)
        sizes[-1] += cost
    return ("GSM-7" if gsm else "UCS-2"), sizes


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_a_text_costs_what_the_given_case_says(vector):
    found = measure(vector["text"])
    assert found.encoding == vector["encoding"]
    assert (found.segments, found.units) == (vector["segments"], vector["units"])
    assert list(found.part_units) == vector["part_units"]
    assert list(found.non_gsm7) == vector.get("non_gsm7", [])


@settings(max_examples=scaled(20000), deadline=None)
@given(texts)
def test_the_parts_are_those_of_the_slow_model(text):
    encoding, sizes = plain_model(text)
    found = measure(text)
    assert (found.encoding, list(found.part_units)) == (encoding, sizes)
    assert "".join(parts(text)) == text
    assert len(parts(text)) == found.segments
    assert max(found.part_units) <= {"GSM-7": 160, "UCS-2": 70}[encoding]


@settings(max_examples=scaled(20000), deadline=None)
@given(texts)
def test_rewriting_is_never_dearer_never_asks_and_is_done_once(text):
    written = rewrite(text)
    assert measure(written).segments <= measure(text).segments
    assert written.count("?") <= text.count("?")
    assert rewrite(written) == written
    if fits_gsm(text):
        assert written == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Votre âge ? Reçu, prêt, où", "Votre age ? Recu, pret, où"),
        ("« Oui » l’œuf n° 12, 20 °C…", '"Oui" l\'oeuf no 12, 20 degres C...'),
        ("À L’HÔPITAL ÇA", "A L'HOPITAL ÇA"),
        ("½ × 2² → 3", "1/2 x 22 -> 3"),
        ("1\u202f200 F – 25\u00a0€", "1 200 F - 25 €"),
        ("Ng’ombe ŋam ɓarna", "Ng'ombe ngam barna"),
        ("Ẹ kú àárọ̀", "Ẹ kú àárọ̀"),
        ("سلام ١٢", "سلام 12"),
        ("እንኳን", "እንኳን"),
    ],
)
def test_accents_are_rewritten_where_the_meaning_stays(text, written):
    assert rewrite(text) == written


def test_a_lone_surrogate_can_not_be_measured():
    with pytest.raises(UnicodeEncodeError):
        measure("a\ud800b")


def test_septets_count_extension_characters_twice():
    assert septets("a€[b") == 6
