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
    """A DISTRESS reading with its Danger, or None. Compared by sound: "il me tap" is "il me tape"."""
    if not folded.words:
        return None
    if kind := _sure(folded, words):
        return Reading(Certainty.SURE, Intent.DISTRESS, kind)
    for other in others(words.language):
        if kind := _sure(fold(folded.text, other.elisions), other, elsewhere=True):
            return Reading(Certainty.SURE, Intent.DISTRESS, kind, language=other.language)
    line = words.dangers.harmless.without(folded.line)
    found = words.dangers.maybe.find(line)
    return Reading(Certainty.NEARLY, Intent.DISTRESS, words.dangers.kinds[found]) if found else None


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
