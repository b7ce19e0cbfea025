"""Many phrases as one pattern that reads each letter once: a tree of their letters, in which the longest one wins."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["whole_words"]

Tree = dict[str, "Tree"]
END = ""  # a phrase may end here


def whole_words(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """Finds the longest of these phrases at each place of a line (" word word "), between blanks; None for no phrase.

    The same as all of them side by side, longest first, but a list of hundreds is not tried one by one at each letter.
    """
    tree: Tree = {}
    for phrase in phrases:
        place = tree
        for letter in phrase:
            place = place.setdefault(letter, {})
        place[END] = {}
    tree.pop(END, None)
    return re.compile(f"(?<= ){_written(tree)}(?= )") if tree else None


def _written(tree: Tree) -> str:
    """A tree as a pattern. Letters that nothing branches from are written in one go."""
    branches = []
    for letter, below in sorted(tree.items()):
        if letter == END:
            continue
        written = re.escape(letter)
        while len(below) == 1 and END not in below:
            ((following, below),) = below.items()
            written += re.escape(following)
        branches.append(written + (_written(below) if set(below) - {END} else ""))
    if not branches:
        return ""
    several = f"(?:{'|'.join(branches)})"
    return f"{several}?" if END in tree else several
