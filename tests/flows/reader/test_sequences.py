"""Known sequences of words, looked for all at once, are those that each on its own would find."""

import re

from hypothesis import given
from hypothesis import strategies as st

from flows.reader.folding import Sound
from flows.reader.sequences import Sequences
from flows.reader.vocabulary import vocabulary

WORDS = st.lists(st.sampled_from(["a", "ab", "abc", "b", "é", "c.", "a|b"]), min_size=1, max_size=3).map(" ".join)


@given(known=st.sets(WORDS, min_size=1, max_size=8), said=st.lists(WORDS, max_size=8))
def test_they_find_the_same_as_one_by_one_longest_first(known: set[str], said: list[str]) -> None:
    line = f" {' '.join(said)} "
    side_by_side = re.compile(f"(?<= )(?:{'|'.join(sorted(map(re.escape, known), key=len, reverse=True))})(?= )")
    found = [sequence for _, _, sequence in Sequences(known).found(line.split(" "))]
    assert found == side_by_side.findall(line)


def test_nothing_known_is_nowhere_and_none_is_found_inside_a_word() -> None:
    line = ["malin", "mal", "au", "ventre", "animal", "mal"]
    assert list(Sequences([]).found(line)) == list(Sequences([""]).found(line)) == []
    assert list(Sequences(["mal", "mal au ventre"]).found(line)) == [(1, 4, "mal au ventre"), (5, 6, "mal")]


class Counted(dict[str, object]):
    """Counts how often somebody looks into it."""

    looks = 0

    def get(self, word: str, default: object = None) -> object:  # type: ignore[override]
        self.looks += 1
        return super().get(word, default)


@given(said=st.lists(st.sampled_from("abcd"), max_size=60))
def test_a_text_costs_one_look_a_word_however_many_are_known(said: list[str]) -> None:
    known = Sequences([f"a {number}" for number in range(500)] + ["b c", "b"])
    begun = Counted(known._tree.following)
    known._tree.following = begun  # type: ignore[assignment]
    list(known.found(said))
    assert begun.looks <= len(said)


@given(words=st.lists(st.text("abcdeéghiknoprsuxyz18", min_size=1, max_size=9), max_size=40))
def test_words_heard_together_sound_as_each_one_alone(words: list[str]) -> None:
    for language in ("fr", "en", "sw"):
        sound = vocabulary(language).sound
        assert sound.keys(words) == [sound.word(word) for word in words]


def test_a_rule_for_the_end_of_a_word_never_reads_into_the_next_one() -> None:
    sound = Sound([["[^a]e$", "E"], ["(?<=[^u])t$", ""], [r"(.)\1+", r"\1"]])
    assert sound.keys(["e", "t", "te", "ae", "t", "t11", "11", "zz", "ut", *"bcdfg"]) == [
        "e", "t", "E", "ae", "t", "t1", "11", "z", "ut", *"bcdfg"
    ]
