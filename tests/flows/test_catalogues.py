"""Catalogues hold what can be said now, keep what was translated, and never say what was translated from old words."""

import shutil
import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from flows import catalogues, packaged
from flows.catalogues import INTERFACE, languages_of, present, renewed
from flows.definition import Words
from tests.running import ROOT

PACKS = [(country, language) for country in packaged.countries() for language in languages_of(country)]
BEFORE = """
msgctxt "carte#title"
msgid "Carte perdue"
msgstr "Lost card"

# Said by the police.
msgctxt "carte#police.tell.1"
msgid "Allez à la police."
msgstr "Go to the police."

msgctxt "carte#fin.end"
msgid "Bon courage."
msgstr "Good luck."

msgctxt "carte#gone.tell.1"
msgid "Au revoir."
msgstr "Goodbye."
"""


def template(**said):
    """What can be said now; `__` in a name stands for the point of a path."""
    catalogue = Catalog()
    for path, sentence in said.items():
        catalogue.add(sentence, context=f"carte#{path.replace('__', '.')}", auto_comments=["A comment."])
    return catalogue


def renewed_from(text, now):
    return renewed(now, read_po(BytesIO(text.encode()), locale="en"), language="en")


def entry(catalogue, path):
    return next(message for message in catalogue if message.context == f"carte#{path}")


@pytest.mark.parametrize(("country", "language"), PACKS, ids=[f"{country}-{language}" for country, language in PACKS])
def test_every_catalogue_holds_exactly_the_present_sentences_in_their_order(country, language):
    with packaged.catalogue_path(country, language).open("rb") as file:
        held = [(message.context, message.id) for message in read_po(file, locale=language) if message.id]
    now = [(message.context, message.id) for message in present([country])[country] if message.id]
    assert held == now, "run make translations"


@pytest.mark.parametrize("country", packaged.countries())
def test_a_shipped_flow_has_words_in_each_of_its_languages(country):
    shipped = {code: packaged.flow(country, code) for code in packaged.flow_codes(country)}
    for code, definition in (shipped | packaged.sub_flows(country)).items():
        found = packaged.translations(definition, code=code, country=country)
        own = packaged.pack(country).source_language
        for language in set(definition.languages) - {own}:
            assert found[language]["title"]


def test_what_is_translated_stays_with_its_remarks_and_what_is_gone_goes():
    now = renewed_from(BEFORE, template(fin__end="Bon courage.", police__tell__1="Allez à la police."))
    assert [(each.context, each.string) for each in now if each.id] == [
        ("carte#fin.end", "Good luck."),
        ("carte#police.tell.1", "Go to the police."),
    ]
    assert entry(now, "police.tell.1").user_comments == ["Said by the police."]
    assert not any(each.fuzzy for each in now)


def test_a_changed_sentence_keeps_its_translation_marked_old_with_the_words_it_was_made_for():
    changed = template(fin__end="Bonne chance.", new__tell__1="Une chose.")
    now = renewed_from(BEFORE, changed)
    assert entry(now, "fin.end").string == "Good luck."
    assert entry(now, "fin.end").fuzzy
    assert entry(now, "fin.end").user_comments == ["was: Bon courage."]
    assert entry(now, "new.tell.1").string is None


def test_an_old_translation_tells_the_sentence_it_was_made_for_after_further_changes():
    once = renewed_from(BEFORE, template(fin__end="Bonne chance."))
    twice = renewed(template(fin__end="Bonne route."), once, language="en")
    assert entry(twice, "fin.end").user_comments == ["was: Bon courage."]
    entry(twice, "fin.end").flags.discard("fuzzy")
    mended = renewed(template(fin__end="Bonne route."), twice, language="en")
    assert entry(mended, "fin.end").user_comments == []


def test_a_sentence_before_another_one_makes_nothing_old():
    now = renewed_from(BEFORE, template(police__tell__1="Prenez votre temps.", police__tell__2="Allez à la police."))
    assert entry(now, "police.tell.2").string == "Go to the police."
    assert not entry(now, "police.tell.2").fuzzy
    assert entry(now, "police.tell.1").string is None


def test_the_same_words_at_another_step_are_proposed_as_old():
    now = renewed_from(BEFORE, template(adieu__end="Au revoir."))
    assert (entry(now, "adieu.end").string, entry(now, "adieu.end").fuzzy) == ("Goodbye.", True)


@pytest.fixture
def english(tmp_path, monkeypatch):
    """Write the English catalogue of France anew, and read it as Guichet does."""
    path = tmp_path / "en" / "LC_MESSAGES" / "france.po"
    path.parent.mkdir(parents=True)
    monkeypatch.setattr(packaged, "LOCALES", tmp_path)

    def write(flag, sentence, words):
        path.write_text(f'{flag}msgctxt "carte_identite#fin_declarer.end"\nmsgid "{sentence}"\nmsgstr "{words}"\n')
        packaged._catalogue.cache_clear()
        return packaged.translations(CARD, code="carte_identite", country="france")["en"]

    yield write
    packaged._catalogue.cache_clear()


OLD_TITLE = packaged.flow("kenya", "lost_id").title.text
CARD = packaged.flow("france", "carte_identite")
END = replace(CARD.steps["fin_declarer"], words=Words("Bon courage."))
CARD = replace(CARD, steps=CARD.steps | {"fin_declarer": END})


@pytest.mark.parametrize(
    ("flag", "sentence", "words", "said"),
    [
        ("", "Bon courage.", "Good luck.", {"fin_declarer.end": "Good luck."}),
        ("#, fuzzy\n", "Bon courage.", "Good luck.", {}),
        ("", "Bonne chance.", "Good luck.", {}),
        ("", "Bon courage.", "", {}),
    ],
    ids=["present", "marked old", "made for other words", "empty"],
)
def test_only_a_translation_of_the_present_sentence_is_ever_said(english, flag, sentence, words, said):
    assert english(flag, sentence, words) == said


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of what the command reads and writes, with the title of Kenya's flow changed."""
    folder = tmp_path_factory.mktemp("copied")
    for name in ("flows", "locales", "sms_gateway"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    flow = folder / "flows" / "library" / "kenya" / "lost_id.yaml"
    flow.write_text(flow.read_text().replace(f"title: {OLD_TITLE}\n", "title: What to do without an ID\n"))
    return folder


def renew(folder, *names):
    command = [sys.executable, "-W", "error", "-m", "flows.catalogues", *names]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_renews_every_catalogue_and_changes_nothing_the_second_time(copied):
    first = renew(copied)
    assert (first.returncode, first.stderr) == (0, "")
    files = {path: path.read_bytes() for path in (copied / "locales").rglob("*.po")}
    assert renew(copied).stdout == first.stdout
    assert {path: path.read_bytes() for path in (copied / "locales").rglob("*.po")} == files
    told = dict(line.split(maxsplit=1) for line in first.stdout.splitlines())
    assert set(told) == {str(path.relative_to(copied)) for path in files}
    assert told["locales/sw/LC_MESSAGES/kenya.po"].endswith("1 old")
    for text in files.values():
        assert b"POT-Creation-Date" not in text
        assert b"\n#: " not in text
    swahili = (copied / "locales" / "sw" / "LC_MESSAGES" / "kenya.po").read_text()
    assert f"# was: {OLD_TITLE}\n" in swahili


def test_a_catalogue_that_does_not_exist_yet_is_begun(copied):
    path = copied / "locales" / "en" / "LC_MESSAGES" / "france.po"
    path.unlink()
    assert "missing" in renew(copied, "france").stdout
    assert path.read_text().startswith("# What the flows of France say, in English.")


def test_a_flow_that_can_not_be_read_is_told_without_a_trace(copied):
    path = copied / "flows" / "library" / "france" / "broken.yaml"
    path.write_text("title: [")
    ended = renew(copied)
    path.unlink()
    assert ended.returncode == 1
    assert "broken.yaml, line 1" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_interface_is_kept_in_every_language_of_the_pages_but_its_own():
    assert languages_of(INTERFACE) == ("fr", "sw")
    assert catalogues.languages_of("kenya") == ("sw",)
    assert catalogues.languages_of("france") == ("en",)
