"""Many phrases as one pattern find what all of them side by side would find."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reader.alternatives import whole_words

WORDS = st.lists(st.sampled_from(["a", "ab", "abc", "b", "é", "c.", "a|b"]), min_size=1, max_size=3).map(" ".join)


@settings(deadline=None)
@given(phrases=st.sets(WORDS, min_size=1, max_size=8), said=st.lists(WORDS, max_size=8))
def test_they_find_the_same_as_one_by_one_longest_first(phrases: set[str], said: list[str]) -> None:
    line = f" {' '.join(said)} "
    side_by_side = re.compile(f"(?<= )(?:{'|'.join(sorted(map(re.escape, phrases), key=len, reverse=True))})(?= )")
    pattern = whole_words(phrases)
    assert pattern is not None
    assert pattern.findall(line) == side_by_side.findall(line)


def test_no_phrase_is_no_pattern_and_none_is_found_inside_a_word() -> None:
    assert whole_words([]) is None
    assert whole_words([""]) is None
    pattern = whole_words(["mal", "mal au ventre"])
    assert pattern is not None
    assert pattern.findall(" malin mal au ventre animal mal ") == ["mal au ventre", "mal"]
