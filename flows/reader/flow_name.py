"""Which procedure do free words name? "j'ai perdu ma carte d'identité" names the one for lost identity cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.reader.choice import Screen, match_words, screen
from flows.reader.reading import Option
from flows.reader.vocabulary import Vocabulary, vocabulary

__all__ = ["name_flow"]

LONGEST = 1600


def name_flow(text: str, titles_and_keywords: Mapping[str, Sequence[str]], language: str) -> str | None:
    """The code of the one flow that the words name, by all words of its title or of a keyword; None in doubt.

    titles_and_keywords: for each code its title, then its keywords. A slip of the thumb in each word is forgiven.
    """
    words = vocabulary(language)
    codes = tuple(titles_and_keywords)
    options = tuple(
        Option(str(number), names[0], tuple(names[1:]))
        for number, names in enumerate(titles_and_keywords.values(), 1)
        if names
    )
    if not options:
        return None
    folded = words.fold(text[:LONGEST])
    key, _ = match_words(folded, words, _full_names(screen(options, words.language), words))
    return codes[int(key) - 1] if key else None


def _full_names(shown: Screen, words: Vocabulary) -> Screen:
    """All words of a name must be said: a part of a title ("carte") names nothing."""
    names = tuple(
        type(name)(name.key, name.words, name.squeezed, is_label=False)
        for name in shown.names
        if any(word not in words.small_words for word in name.words)
    )
    return Screen(shown.keys, names)
