"""What `guichet print` puts on paper: every language of the service, the number, the three keys, nothing cut off."""

from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from sms_gateway import posters, services
from sms_gateway.cli import main
from sms_gateway.settings import load_settings


def made(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> Result:
    monkeypatch.setenv("GUICHET_DATA", str(folder / "var"))
    return CliRunner().invoke(main, ["print", "--into", str(folder), *arguments])


def pages(path: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(path).pages]


def test_a_poster_has_a_page_for_each_language_with_the_number_the_code_to_dial_and_the_three_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert made(monkeypatch, tmp_path, "kenya").exit_code == 0
    english, swahili = pages(tmp_path / "kenya-poster.pdf")
    for page, words in ((english, ["A person", "Back", "More"]), (swahili, ["Mtu", "Rudi", "Zaidi"])):
        assert all(line in page.splitlines() for line in ["Guichet Kenya", "22384", "0", "9", "8", *words])
        assert "*384*77#" in page
        assert "112" in page
    assert "Lost ID card" in english
    assert "Kitambulisho kimepotea" in swahili


def test_ten_cards_are_on_a_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert made(monkeypatch, tmp_path, "france").exit_code == 0
    for page in pages(tmp_path / "france-cards.pdf"):
        assert page.splitlines().count("Guichet France") == posters.CARDS_ACROSS * posters.CARDS_DOWN


def test_which_service_is_asked_where_there_are_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in ([], ["atlantis"]):
        refused = made(monkeypatch, tmp_path, *arguments)
        assert refused.exit_code == 1
        assert "Write which service: france, kenya, cote_divoire." in refused.output
    assert not list(tmp_path.glob("*.pdf"))


@pytest.mark.parametrize("kinds", [("sms",), ("ussd",), ("sms", "ussd")])
def test_long_names_and_numbers_stay_on_the_paper(kinds: tuple[str, ...]) -> None:
    told = services.ToldService(
        code="long",
        name="Guichet solidaire du Val-de-Marne et de Villeneuve-Saint-Georges",
        country="france",
        languages=("fr",),
        addresses=dict.fromkeys(kinds, "+33 7 56 78 90 12 34 56"),
    )
    for make in (posters.poster, posters.cards):
        (page,) = PdfReader(BytesIO(make(posters.leaflets(told)))).pages
        spans: list[tuple[float, float]] = []

        def note(text: str, _: object, at: list[float], font: object, size: float, found: list = spans) -> None:
            if text.strip():
                found.append((at[4], at[5]))

        page.extract_text(visitor_text=note)
        assert "+33 7 56 78 90 12 34 56" in page.extract_text()
        assert all(0 < x < page.mediabox.width and 0 < y < page.mediabox.height for x, y in spans if x or y)


def test_every_demo_service_has_its_papers() -> None:
    for told in services.told_services(load_settings()):
        for leaflet in posters.leaflets(told):
            assert leaflet.procedures, leaflet.language
            assert [key for key, _ in leaflet.keys] == ["0", "9", "8"]
