"""Words of danger: recall comes first, a person looks at each; what leaves no doubt is SURE, what may mean it is NEARLY."""

from __future__ import annotations

from flows.reader.folding import Folded, fold
from flows.reader.reading import Certainty, Danger, Intent, Reading
from flows.reader.vocabulary import Vocabulary, others

__all__ = ["read_distress"]

# In other languages than the person's own only phrases count that can hardly be anything else.
SHORTEST_ELSEWHERE = 6


def read_distress(folded: Folded, words: Vocabulary) -> Reading | None:
    """A DISTRESS reading with its Danger, or None. Compared by sound: "il me tap" is "il me tape"."""
    if not folded.words:
        return None
    line = words.sound.line(folded.words)
    if found := words.dangers.sure.find(line):
        return _danger(Certainty.SURE, words.dangers.kinds[found])
    for other in others(words.language):
        elsewhere = other.sound.line(fold(folded.text, other.elisions).words)
        found = other.dangers.sure.find(elsewhere)
        if found and len(found) >= SHORTEST_ELSEWHERE and (" " in found or len(folded.words) <= 3):
            return _danger(Certainty.SURE, other.dangers.kinds[found])
    if found := words.dangers.maybe.find(line):
        return _danger(Certainty.NEARLY, words.dangers.kinds[found])
    return None


def _danger(certainty: Certainty, kind: Danger) -> Reading:
    return Reading(certainty, Intent.DISTRESS, kind)
