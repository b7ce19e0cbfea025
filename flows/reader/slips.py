"""One slip of the thumb, and words that sound alike: when is a typed word nearly a known one?"""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import OSA

from flows.reader.folding import Sound, collapse

__all__ = ["alike", "allowed", "nearest", "slip"]

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
