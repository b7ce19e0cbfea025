"""Words of danger: recall comes first, a person looks at each. No doubt is SURE, what may mean it is NEARLY."""

from __future__ import annotations

from flows.reader.folding import Folded, collapse
from flows.reader.reading import Certainty, Danger, Intent, Reading
from flows.reader.slips import slip
from flows.reader.vocabulary import Vocabulary, others

__all__ = ["read_distress"]

# In other languages than the person's own only phrases count that can hardly be anything else.
SHORTEST_ELSEWHERE = 6
BRIEF = 3


def read_distress(folded: Folded, spelled: Folded, words: Vocabulary) -> Reading | None:
    """A DISTRESS reading with its Danger, or None. Compared by sound: "il me tap" is "il me tape".

    Read as it was typed, then as a dictionary spells it (`spelled`): what only one of the two says is danger all the
    same.
    """
    if not folded.words:
        return None
    return _read(folded, words) or (_read(spelled, words) if spelled is not folded else None)


def _read(folded: Folded, words: Vocabulary) -> Reading | None:
    own = _Text(folded, words)
    if kind := _sure(own):
        return Reading(Certainty.SURE, Intent.DISTRESS, kind)
    elsewhere = [_Text(folded.leaning(other.elisions), other) for other in others(words.language)]
    for text in elsewhere:
        if kind := _sure(text, elsewhere=True):
            return Reading(Certainty.SURE, Intent.DISTRESS, kind, language=text.known.language)
    for text in (own, *elsewhere):
        if kind := _maybe(text, own=text is own):
            language = "" if text is own else text.known.language
            return Reading(Certainty.NEARLY, Intent.DISTRESS, kind, language=language)
    return None


class _Text:
    """A text as one language hears it: `alarming` are its words without what is harmless."""

    def __init__(self, folded: Folded, words: Vocabulary) -> None:
        self.folded, self.known, self.dangers = folded, words, words.dangers
        self.alarming = words.dangers.harmless.left(folded.words)


def _maybe(text: _Text, *, own: bool) -> Danger | None:
    dangers, folded = text.dangers, text.folded
    found = dangers.maybe.among(text.alarming) if own else None
    found = found or dangers.together.find(text.alarming)
    if not found and folded.split != folded.words:
        found = dangers.together.find(dangers.harmless.left(folded.split))
    return dangers.kinds[found] if found else None


def _sure(text: _Text, *, elsewhere: bool = False) -> Danger | None:
    dangers, spoken = text.dangers, text.alarming
    found = dangers.sure.among(heard := text.known.sound.keys(spoken))
    if found is None:
        return None
    known = dangers.spellings.get(found)
    if known and not any(_is_written(word, known) for word, key in zip(spoken, heard, strict=True) if key == found):
        return None
    if elsewhere and (len(found) < SHORTEST_ELSEWHERE or (" " not in found and len(spoken) > BRIEF)):
        return None
    return dangers.kinds[found]


def _is_written(word: str, known: frozenset[str]) -> bool:
    """One of the spellings, letters held down or one slip aside: "saigne" and "saiigne", not "seine"."""
    return any(word == each or collapse(word) == collapse(each) or slip(word, each) is not None for each in known)
