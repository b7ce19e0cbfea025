"""Words of danger: recall comes first, a person looks at each. No doubt is SURE, what may mean it is NEARLY."""

from __future__ import annotations

from flows.reader.folding import Folded, collapse, fold
from flows.reader.reading import Certainty, Danger, Intent, Reading
from flows.reader.slips import slip
from flows.reader.vocabulary import Vocabulary, others

__all__ = ["read_distress"]

# In other languages than the person's own only phrases count that can hardly be anything else.
SHORTEST_ELSEWHERE = 6
BRIEF = 3


def read_distress(folded: Folded, words: Vocabulary) -> Reading | None:
    """A DISTRESS reading with its Danger, or None. Compared by sound: "il me tap" is "il me tape".

    Read as it was typed, then as a dictionary spells it: what only one of the two says is danger all the same.
    """
    if not folded.words:
        return None
    spelled = words.spelled(folded)
    return _read(folded, words) or (_read(spelled, words) if spelled is not folded else None)


def _read(folded: Folded, words: Vocabulary) -> Reading | None:
    if kind := _sure(folded, words):
        return Reading(Certainty.SURE, Intent.DISTRESS, kind)
    for other in others(words.language):
        if kind := _sure(fold(folded.text, other.elisions), other, elsewhere=True):
            return Reading(Certainty.SURE, Intent.DISTRESS, kind, language=other.language)
    for each in (words, *others(words.language)):
        if kind := _maybe(folded if each is words else fold(folded.text, each.elisions), each, own=each is words):
            language = "" if each is words else each.language
            return Reading(Certainty.NEARLY, Intent.DISTRESS, kind, language=language)
    return None


def _maybe(folded: Folded, words: Vocabulary, *, own: bool) -> Danger | None:
    dangers = words.dangers
    line = dangers.harmless.without(folded.line)
    found = dangers.maybe.find(line) if own else None
    found = found or dangers.together.find(line.split())
    if not found and folded.split != folded.words:
        found = dangers.together.find(dangers.harmless.without(f" {' '.join(folded.split)} ").split())
    return dangers.kinds[found] if found else None


def _sure(folded: Folded, words: Vocabulary, *, elsewhere: bool = False) -> Danger | None:
    spoken = words.dangers.harmless.without(folded.line).split()
    found = words.dangers.sure.find(words.sound.line(tuple(spoken)))
    if found is None:
        return None
    known = words.dangers.spellings.get(found)
    if known and not any(_is_written(word, known) for word in spoken if words.sound.word(word) == found):
        return None
    if elsewhere and (len(found) < SHORTEST_ELSEWHERE or (" " not in found and len(spoken) > BRIEF)):
        return None
    return words.dangers.kinds[found]


def _is_written(word: str, known: frozenset[str]) -> bool:
    """One of the spellings, letters held down or one slip aside: "saigne" and "saiigne", not "seine"."""
    return any(word == each or collapse(word) == collapse(each) or slip(word, each) is not None for each in known)
