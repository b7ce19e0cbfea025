"""Each bound of a rule, one step before it, on it and behind it, in each language."""

import pytest

from flows.checker import check
from flows.plain import Part, lint
from tests.flows.talking import TODAY

MENU = "  {name}: {{ask: Lequel ?, choices: {{un: {{label: Carte, go: {go}}}, deux: {{label: Argent, go: fin}}}}}}\n"


def grave(text, language, rule, part=Part.STATEMENT):
    """How grave a rule finds a text: "", "warning" or "error"."""
    return next((str(fault.severity) for name, fault in lint(text, language, part) if name == rule), "")


@pytest.mark.parametrize(
    ("language", "count", "found"),
    [("fr", 12, ""), ("fr", 13, "warning"), ("fr", 15, "warning"), ("fr", 16, "error"), ("en", 12, ""),
     ("en", 13, "warning"), ("en", 16, "error"), ("sw", 9, ""), ("sw", 10, "warning"), ("sw", 12, "warning"),
     ("sw", 13, "error")],
)  # fmt: skip
def test_words_of_a_sentence(language, count, found):
    assert grave(" ".join(["na"] * count) + ". Na.", language, "L01") == found


@pytest.mark.parametrize(
    ("language", "letters", "found"),
    [("fr", 10, ""), ("fr", 11, "warning"), ("en", 10, ""), ("en", 11, "warning"), ("sw", 12, ""),
     ("sw", 13, "warning")],
)  # fmt: skip
def test_letters_of_a_word(language, letters, found):
    assert grave("b" * letters, language, "L14") == found


@pytest.mark.parametrize(
    ("label", "found"),
    [("un sac bleu", ""), ("un sac bleu clair", "warning"), ("un sac bleu tout clair", "warning"),
     ("un sac bleu et tout clair", "error"), ("a" * 24, ""), ("a" * 25, "error"), ("Je ne sais pas", "")],
)  # fmt: skip
def test_an_option(label, found):
    assert grave(label, "fr", "L07", Part.OPTION) == found


@pytest.mark.parametrize(("letters", "found"), [(160, ""), (161, "warning"), (306, "warning"), (307, "")])
def test_parts_of_a_text(letters, found):
    assert grave(("abcd " * 80)[:letters], "fr", "L02") == found


@pytest.mark.parametrize(
    ("rare", "of", "found"),
    [(1, 4, ""), (2, 20, ""), (3, 20, ""), (2, 13, "warning"), (2, 4, "warning"), (3, 14, "error"), (3, 15, "warning")],
)
def test_rare_words_of_a_message(rare, of, found):
    assert grave(". ".join(["zzyzx"] * rare + ["maison"] * (of - rare)), "fr", "L13") == found


@pytest.mark.parametrize(("text", "found"), [("Allez. Prenez.", ""), ("Allez. Prenez. Dites.", "warning")])
def test_things_to_do_at_once(text, found):
    assert grave(text, "fr", "L09") == found


@pytest.mark.parametrize(("menus", "found"), [(2, []), (3, ["warning"]), (4, ["warning", "error"])])
def test_menus_before_anything_useful(tmp_path, menus, found):
    names = [f"menu_{number}" for number in range(menus)]
    steps = "".join(MENU.format(name=name, go=go) for name, go in zip(names, [*names[1:], "autre"], strict=True))
    path = tmp_path / "essai.yaml"
    path.write_text(
        f"title: T\nlanguages: [fr]\nkeywords: [t]\nstart: menu_0\nsteps:\n{steps}"
        "  fin: {end: Bon courage.}\n  autre: {end: Allez.}\n"
    )
    assert [str(each.severity) for each in check([path], today=TODAY) if each.rule == "L06"] == found
