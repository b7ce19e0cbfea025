"""What we ship, changed at one place: the checker, a written conversation or the explorer says so."""

from collections import Counter

from flows import packaged
from tests.flows.mutants import DOCUMENT, caught_by, document, mutants, share_caught, why_not
from tests.scale import LONG

# A library that grows makes more mutants: as many are tried of it as before.
SHARE = 1 if LONG else 8 * sum(len(packaged.flow_codes(country)) for country in packaged.countries())
LEAST = 0.95 if LONG else 0.9  # of a few, one more or less weighs much


def test_a_change_of_what_we_ship_is_caught_and_where_it_is_not_we_know_why():
    tried = [(mutant, caught_by(mutant)) for mutant in mutants(SHARE)]
    left = [mutant for mutant, by in tried if not by]
    assert len(tried) > 300 // 8 // 2
    assert share_caught(tried) >= LEAST, [mutant.name for mutant in left]
    assert [mutant.name for mutant in left if not why_not(mutant)] == []
    if LONG:
        assert DOCUMENT.read_text(encoding="utf-8") == document(tried), "python -m tests.flows.mutants"


def test_mutants_are_made_from_everything_and_are_always_the_same():
    names = [(mutant.kind, mutant.name) for mutant in mutants(7)]
    assert names == [(mutant.kind, mutant.name) for mutant in mutants(7)]
    kinds = Counter(kind for kind, _ in names)
    assert {"edge", "option", "number", "cap", "fact", "other word", "sentence emptied"} <= set(kinds)
