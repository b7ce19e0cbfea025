"""Two versions of a flow are put together: nothing of either is lost, and what only a person can decide is named."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import packaged
from flows.bundle import canonical, freeze
from flows.checker import check_content
from flows.editing import Edit, FactEdit, KeywordsEdit, SentenceEdit, StillRight, SynonymsEdit, apply, sentences_of
from flows.merging import merge, take
from flows.parser import definition_of, parse
from flows.places import UnknownPlace, opened
from tests.flows.talking import LOST_CARD, TODAY
from tests.flows.two_languages import STOLEN, content
from tests.scale import scaled

BASE = content()
STEPS = tuple(opened(BASE)[1].steps)


def said(whole: str, path: str, language: str = "fr") -> str:
    return str(opened(whole)[0]["sentences"][language].get(path, ""))


def with_step(whole: str, name: str, text: str) -> str:
    bundle = json.loads(whole)
    bundle["flow"]["steps"][name] = {"end": text}
    for language in bundle["languages"]:
        bundle["sentences"][language][f"{name}.end"] = text
    return canonical(bundle)


def without_step(whole: str, name: str) -> str:
    bundle = json.loads(whole)
    del bundle["flow"]["steps"][name]
    for language in bundle["languages"]:
        said_here = bundle["sentences"][language]
        bundle["sentences"][language] = {path: said_here[path] for path in said_here if not path.startswith(f"{name}.")}
    return canonical(bundle)


def turned(whole: str) -> str:
    bundle = json.loads(whole)
    bundle["flow"]["steps"] = dict(reversed(bundle["flow"]["steps"].items()))
    return canonical(bundle)


def test_what_only_one_side_changed_is_taken_from_it():
    ours = apply(BASE, SentenceEdit("fin.end", "fr", "Courage !"))
    theirs = apply(BASE, FactEdit("timbre", "26 EUR", "service-public.gouv.fr", date(2026, 3, 2)))
    theirs = with_step(apply(theirs, KeywordsEdit(("cni",))), "adieu", "Au revoir.")
    merged = merge(BASE, ours, theirs)
    assert merged.undecided == ()
    bundle, definition = opened(merged.content)
    assert said(merged.content, "fin.end") == "Courage !"
    assert bundle["old"] == {"en": ["fin.end"]}
    assert definition.facts["timbre"].value == "26 EUR"
    assert definition.keywords == ("cni",)
    assert said(merged.content, "adieu.end", "en") == "Au revoir."


def test_what_both_changed_differently_stays_ours_and_is_named():
    ours = apply(apply(BASE, SentenceEdit("fin.end", "fr", "Courage !")), FactEdit("timbre", "26 EUR"))
    theirs = apply(apply(BASE, SentenceEdit("fin.end", "en", "Good luck to you.")), FactEdit("timbre", "27 EUR"))
    merged = merge(BASE, ours, theirs)
    assert set(merged.undecided) == {"fin", "facts.timbre"}
    assert merged.content == ours
    assert take(take(merged.content, theirs, "fin"), theirs, "facts.timbre") == theirs


def test_what_both_changed_alike_needs_nobody():
    both = apply(BASE, SentenceEdit("fin.end", "fr", "Courage !"))
    assert merge(BASE, both, both).undecided == ()
    assert merge(BASE, both, both).content == both


def test_title_keywords_and_conversations_are_decided_one_by_one():
    ours = apply(apply(BASE, SentenceEdit("title", "fr", "Carte")), KeywordsEdit(("a",)))
    theirs = apply(apply(BASE, SentenceEdit("title", "fr", "La carte")), KeywordsEdit(("b",)))
    theirs = canonical({**json.loads(theirs), "transcripts": {"carte": STOLEN, "autre": STOLEN}})
    merged = merge(BASE, ours, theirs)
    assert set(merged.undecided) == {"title", "keywords"}
    assert set(opened(merged.content)[0]["transcripts"]) == {"carte", "autre"}
    assert said(take(merged.content, theirs, "title"), "title") == "La carte"


def test_a_step_that_one_side_took_away_goes_unless_the_other_changed_it():
    gone = without_step(BASE, "enfant")
    assert merge(BASE, gone, BASE).content == gone
    assert merge(BASE, BASE, gone).content == gone
    changed = apply(BASE, SentenceEdit("enfant.tell.1", "fr", "Venez à deux."))
    kept = merge(BASE, changed, gone)
    assert (kept.content, kept.undecided) == (changed, ("enfant",))
    assert take(kept.content, gone, "enfant") == gone
    assert merge(BASE, gone, changed).undecided == ("enfant",)


def test_a_way_that_leads_nowhere_after_a_merge_is_found_by_the_checker():
    bundle = json.loads(BASE)
    bundle["flow"]["steps"]["comment"]["choices"]["perdue"]["go"] = "plainte"
    bundle["flow"]["steps"]["plainte"]["go"] = "recue"
    ours = canonical(bundle)
    merged = merge(BASE, ours, without_step(BASE, "papiers")).content
    assert "missing_target" in {each.rule for each in check_content(merged, today=TODAY)}


def test_a_language_that_comes_with_an_upgrade_is_taken_and_lags_where_the_source_was_changed():
    alone = freeze(
        parse(LOST_CARD, file="carte"), code="carte", country="france", source_language="fr", common=packaged.common(),
        transcripts={"carte": STOLEN},
    )
    ours = apply(alone, SentenceEdit("enfant.tell.1", "fr", "Avec un parent."))
    merged = merge(alone, ours, BASE)
    assert merged.undecided == ()
    assert opened(merged.content)[0]["languages"] == ["fr", "en"]
    assert merged.content == apply(BASE, SentenceEdit("enfant.tell.1", "fr", "Avec un parent."))
    assert {each.rule for each in check_content(merged.content, today=TODAY)} == {"translation_old"}


def test_a_language_that_comes_with_an_upgrade_says_nothing_at_a_step_that_was_taken_away():
    alone = freeze(
        parse(LOST_CARD, file="carte"), code="carte", country="france", source_language="fr", common=packaged.common(),
        transcripts={"carte": STOLEN},
    )
    merged = merge(alone, without_step(alone, "enfant"), BASE).content
    assert "enfant" not in opened(merged)[1].steps
    assert said(merged, "age.ask", "en") == "How old are you? Example: 34"
    assert said(merged, "enfant.tell.1", "en") == "", "nobody says it any more"


def test_where_nothing_is_left_of_two_versions_ours_stays_and_all_of_theirs_is_to_be_decided():
    ours = theirs = BASE
    for name in STEPS:
        if name != "fin":
            ours = without_step(ours, name)
        if name != "retard":
            theirs = without_step(theirs, name)
    merged = merge(BASE, ours, theirs)
    assert merged.content == ours
    assert "retard" in merged.undecided


def test_a_name_that_neither_has_is_told():
    with pytest.raises(UnknownPlace):
        take(BASE, BASE, "nulle_part")


# ---- whatever two people make of it ----

WORDS = st.text("abcé {}'", min_size=1, max_size=12).filter(str.strip)
PATHS = st.sampled_from([(each.path, language) for each in sentences_of(BASE) for language in each.texts])
EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.builds(lambda place, text: SentenceEdit(*place, text), PATHS, WORDS),
    st.builds(lambda place: StillRight(*place), PATHS),
    st.builds(lambda words: SynonymsEdit("comment", "perdue", "en", tuple(words)), st.lists(WORDS, max_size=2)),
    st.builds(lambda words: KeywordsEdit(tuple(words)), st.lists(WORDS, max_size=2)),
    st.builds(lambda value: FactEdit("timbre", value), st.sampled_from(["1 EUR", "2 EUR"])),
)
Make = Callable[[str], str]
MAKES: st.SearchStrategy[Make] = st.one_of(
    EDITS.map(lambda edit: lambda whole: apply(whole, edit)),
    st.sampled_from(STEPS[1:]).map(lambda name: lambda whole: without_step(whole, name)),
    st.just(turned),
    st.sampled_from(["un", "deux"]).map(lambda name: lambda whole: with_step(whole, name, name)),
)


@st.composite
def versions(draw: st.DrawFn) -> str:
    whole = BASE
    for make in draw(st.lists(MAKES, max_size=4)):
        try:
            whole = make(whole)
        except KeyError:
            continue
    return whole


def steps(whole: str) -> set[str]:
    return set(json.loads(whole)["flow"]["steps"])


@settings(max_examples=scaled(2000), deadline=None)
@given(ours=versions(), theirs=versions())
def test_a_merge_loses_nothing_whatever_both_sides_made(ours: str, theirs: str) -> None:
    assert merge(BASE, ours, BASE).content == ours
    assert merge(BASE, BASE, theirs).content == theirs
    assert merge(BASE, ours, ours).content == ours
    merged = merge(BASE, ours, theirs)
    bundle = json.loads(merged.content)
    definition_of(bundle["flow"], file="carte")
    assert merge(BASE, ours, theirs) == merged
    for mine, other in ((ours, theirs), (theirs, ours)):
        lost = steps(mine) - steps(merged.content)
        assert lost <= steps(BASE) - steps(other)
    for name in merged.undecided:
        if name not in STEPS or name in steps(ours):
            assert take(merged.content, ours, name) == merged.content
    for path in bundle["sentences"]["fr"]:
        assert said(merged.content, path) in {said(ours, path), said(theirs, path)}


@settings(max_examples=scaled(2000), deadline=None)
@given(ours=versions(), theirs=versions())
def test_taking_every_open_thing_from_the_other_side_leaves_nothing_of_ours_there(ours: str, theirs: str) -> None:
    merged = merge(BASE, ours, theirs)
    whole = merged.content
    for done, name in enumerate(merged.undecided, 1):
        whole = take(whole, theirs, name)
        assert set(merge(BASE, whole, theirs).undecided) == set(merged.undecided[done:])
