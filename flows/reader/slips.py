"""One slip of the thumb, and words that sound alike: when is a typed word nearly a known one?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from rapidfuzz.distance import OSA

from flows.reader.folding import Sound, collapse

__all__ = ["Known", "Typed", "alike", "allowed", "nearest", "slip"]

# Below this many letters a changed letter is another word; above the second, two slips are one more than likely.
SHORTEST = 4
LONG = 8


def allowed(length: int) -> int:
    """How many slips a word of this length may have (plain-language.md §3.2)."""
    if length < SHORTEST:
        return 0
    return 1 if length < LONG else 2


def slip(typed: str, known: str) -> int | None:
    """How many slips lie between two words, or None where there are too many to be one word."""
    limit = allowed(min(len(typed), len(known)))
    if abs(len(typed) - len(known)) > limit or (not limit and typed != known):
        return None
    distance = OSA.distance(typed, known, score_cutoff=limit)
    return distance if distance <= limit else None


def alike(typed: str, known: str, sound: Sound) -> float | None:
    """The same as `slip`, where a word that sounds like the known one counts as half a slip."""
    if typed == known:
        return 0
    heard = sound.word(typed)
    if len(heard) > 1 and heard == sound.word(known):
        return 0.5
    ends = typed[0] == known[0] and typed[-1] == known[-1] and len(known) >= SHORTEST
    if ends and collapse(typed) == collapse(known):
        return 0.5
    return slip(typed, known)


class Typed:
    """The words of one text, ready to be compared with many known ones: each is heard once."""

    def __init__(self, words: Collection[str], sound: Sound) -> None:
        self._words, self._sound = frozenset(words), sound
        self._heard = {key for key in sound.keys(tuple(self._words)) if len(key) > 1}
        self._held = {_held(word) for word in self._words}
        self._sizes = _by_size(self._words)

    def alike(self, known: str) -> float | None:
        """What `alike` says of the known word and the nearest of these."""
        if known in self._words:
            return 0
        if self._sound.word(known) in self._heard or (len(known) >= SHORTEST and _held(known) in self._held):
            return 0.5
        slips = [slips for word in _of_size(self._sizes, len(known)) if (slips := slip(word, known)) is not None]
        return min(slips, default=None)


class Known:
    """Known words, ready to be compared with any typed one: the few that are as long, sound or begin and end alike."""

    def __init__(self, words: Collection[str], sound: Sound) -> None:
        self._sound = sound
        self._like: dict[object, set[str]] = {}
        self._sizes = _by_size(words)
        for word in words:
            self._like.setdefault(sound.word(word), set()).add(word)
            if len(word) >= SHORTEST:
                self._like.setdefault(_held(word), set()).add(word)

    def alike(self, typed: str) -> set[str]:
        """Every known word that is `alike`."""
        heard = self._sound.word(typed)
        found = self._like.get(_held(typed), set()) | (self._like.get(heard, set()) if len(heard) > 1 else set())
        near = {word for word in _of_size(self._sizes, len(typed)) if slip(typed, word) is not None}
        return found | near


def _held(word: str) -> tuple[str, str, str]:
    """Words alike in this differ in letters that were held down."""
    return word[0], word[-1], collapse(word)


def _by_size(words: Iterable[str]) -> dict[int, list[str]]:
    sizes: dict[int, list[str]] = {}
    for word in words:
        sizes.setdefault(len(word), []).append(word)
    return sizes


def _of_size(sizes: Mapping[int, Sequence[str]], size: int) -> Iterator[str]:
    """The words that may be one slip or two away from one of this size."""
    most = allowed(size)
    for each in range(size - most, size + most + 1):
        yield from sizes.get(each, ())


def nearest(typed: str, known: Iterable[str], *, most: int = 2) -> str | None:
    """The one known word that the typed one is nearest to, within so many slips; None where none or several are."""
    found: list[tuple[int, str]] = []
    for word in known:
        if abs(len(word) - len(typed)) <= 2 and (slips := slip(typed, word)) is not None and slips <= most:
            found.append((slips, word))
    if not found:
        return None
    best = min(slips for slips, _ in found)
    words = {word for slips, word in found if slips == best}
    return words.pop() if len(words) == 1 else None
