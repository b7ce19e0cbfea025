"""Which language is a text in? Only where it is plain: several words of one language, hardly any of the others."""

from __future__ import annotations

from collections.abc import Sequence

from flows.reader.folding import clean, fold
from flows.reader.vocabulary import vocabulary

__all__ = ["written_in"]

LONGEST = 1600
FEWEST = 2  # one word never tells: people greet in each other's languages
AGAINST_ONE = 4  # so many for each word that tells another language


def written_in(text: str, languages: Sequence[str]) -> str | None:
    """The one of these languages that a text plainly is in; None in doubt."""
    words = fold(clean(text)[:LONGEST]).split
    counts = sorted(((vocabulary(language).telltale.count(words), language) for language in languages), reverse=True)
    if len(counts) < FEWEST:
        return None
    (most, language), (second, _) = counts[:2]
    return language if most >= max(FEWEST, AGAINST_ONE * second) else None
