"""Reads a choice among the options on the screen: key, label, other words for it, one slip of the thumb."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from flows.reader.folding import Folded, fold, strip_accents
from flows.reader.number import number_names, without_figured_words
from flows.reader.reading import Certainty, Intent, Option, Reading
from flows.reader.slips import Typed
from flows.reader.vocabulary import Vocabulary, vocabulary

__all__ = [
    "Screen",
    "answers",
    "exact_label",
    "exact_name",
    "match_words",
    "number_word",
    "read_choice",
    "read_digits",
    "read_whole_words",
    "says_label",
    "screen",
]

DIGITS = re.compile(r"\d+")
COUNTED = re.compile(r"\d+\s*([^\W\d_]+)")
SHORTEST_SENTENCE = 4  # words
LONG_SENTENCE = 4  # words that carry meaning: one word for an option among so many is asked about
LOOKALIKES = {"l": "1", "i": "1", "|": "1", "!": "1"}
SHORTEST_ELIDED = 4
LETTERS = ("a", "b", "c", "d", "e", "f")
SHORTEST_PART = 3
ROOT = 6  # letters that two forms of a word share
LONGEST_NEAR = 40  # words: in a longer text, a word that is nearly an option's says something else
LEGEND_KEYS = {"0", "00", "08", "09"}


@dataclass(frozen=True, slots=True)
class Name:
    """One label or synonym: the words in it that carry meaning."""

    key: str
    words: tuple[str, ...]
    squeezed: str
    is_label: bool


@dataclass(frozen=True, slots=True)
class Screen:
    """The options of one question, folded."""

    keys: frozenset[str]
    names: tuple[Name, ...]


def answers(options: Iterable[Option], words: Vocabulary) -> tuple[Option, ...]:
    """The options without the lines of the legend (0 always; 9 and 8 where they say back and more)."""
    legend = words.commands["back"].words | words.commands["more"].words
    return tuple(
        option
        for option in options
        if option.key not in LEGEND_KEYS
        and not (option.key in {"8", "9"} and words.fold(option.label).squeezed in legend)
    )


@lru_cache(maxsize=1024)
def screen(options: tuple[Option, ...], language: str) -> Screen:
    """The options of a question, ready to be compared."""
    words = vocabulary(language)
    names = []
    for option in options:
        for number, text in enumerate((option.label, *option.also)):
            folded = words.fold(text)
            content = tuple(word for word in folded.split if word not in words.small_words) or folded.split
            if content:
                names.append(Name(option.key, content, folded.squeezed, number == 0))
    words.sound.learn(word for name in names for word in (*name.words, "".join(name.words)))
    return Screen(frozenset(option.key for option in options), tuple(names))


def exact_label(folded: Folded, options: tuple[Option, ...], language: str) -> Reading | None:
    """The whole text is the label of one option: that option, even where the word also is a command."""
    found = {name.key for name in screen(options, language).names if name.is_label and name.squeezed == folded.squeezed}
    return _answer(Certainty.SURE, found.pop()) if len(found) == 1 else None


def exact_name(folded: Folded, options: tuple[Option, ...], language: str) -> Reading | None:
    """The whole text is the label or another word of one option: also "no idea", where an option says just that."""
    found = {name.key for name in screen(options, language).names if name.squeezed == folded.squeezed}
    return _answer(Certainty.SURE, found.pop()) if len(found) == 1 else None


def read_choice(folded: Folded, words: Vocabulary, options: tuple[Option, ...]) -> Reading | None:
    """One option, SURE or NEARLY; INVALID for a number that is no option; None where it can't be told."""
    if reading := read_digits(folded, words, options):
        return None if reading.intent is Intent.UNCLEAR else reading
    shown = screen(options, words.language)
    if named := exact_name(folded, options, words.language):
        return named
    if folded.squeezed in words.several:
        return None
    if number := number_word(folded, words, shown):
        return number
    if lettered := _lettered(folded, words, options):
        return lettered
    key, sure = match_words(folded, words, shown)
    if key is None:
        return None
    denied = any(word in words.negations for word in folded.split)
    return _answer(Certainty.SURE if sure and not denied else Certainty.NEARLY, key)


def _lettered(folded: Folded, words: Vocabulary, options: tuple[Option, ...]) -> Reading | None:
    """ "option B" is the second line, NEARLY: a word for an option is said, and one letter."""
    if len(folded.words) < 2 or folded.words[-1] not in LETTERS:
        return None
    place = LETTERS.index(folded.words[-1])
    asked = all(word in words.filler_words for word in folded.words[:-1])
    return _answer(Certainty.NEARLY, options[place].key) if asked and place < len(options) else None


def read_whole_words(folded: Folded, words: Vocabulary, options: tuple[Option, ...]) -> Reading | None:
    """One option by a name that stands in the text letter for letter, NEARLY."""
    said = {word for word in folded.split if word not in words.small_words}
    full = [name for name in screen(options, words.language).names if said >= set(name.words)]
    key = (_heaviest(full) or _most_said(full)) if full else None
    return _answer(Certainty.NEARLY, key) if key else None


def says_label(folded: Folded, options: tuple[Option, ...], language: str, value: object) -> bool:
    """Whether all words of this option's label stand in the text."""
    said = set(folded.split)
    names = screen(options, language).names
    return any(name.is_label and name.key == str(value) and said >= set(name.words) for name in names)


def read_digits(folded: Folded, words: Vocabulary, options: tuple[Option, ...]) -> Reading | None:
    """A text with digits in it: "2", "2.", "le 2", "2 logement". UNCLEAR where two numbers, or words against it."""
    text = folded.text
    if len(text) == 1 and text.casefold() in LOOKALIKES and folded.squeezed not in words.yes.words:
        text = LOOKALIKES[text.casefold()]
    if text in {"o", "O"} and "o" not in words.yes.words:
        return Reading(Certainty.SURE, Intent.HUMAN)
    text = _without_counted(without_figured_words(text, words), words)
    numbers = DIGITS.findall(text)
    if not numbers:
        return None
    keys = [str(int(number[:6])) for number in dict.fromkeys(numbers)]
    if len(keys) > 1:
        return Reading(Certainty.UNCLEAR, Intent.UNCLEAR)
    key = keys[0]
    letters = re.sub(r"\d+", " ", text)
    rest = _content(fold(letters, words.elisions), words)
    known = {option.key for option in options}
    if key not in known:
        if not rest and key == "0":
            return Reading(Certainty.SURE, Intent.HUMAN)
        return None if rest else Reading(Certainty.UNCLEAR, Intent.INVALID, int(key))
    if not rest:
        return _answer(Certainty.SURE, key)
    meant, _ = match_words(fold(letters, words.elisions), words, screen(options, words.language))
    if meant is not None and meant != key:
        return Reading(Certainty.UNCLEAR, Intent.UNCLEAR)
    return _answer(Certainty.SURE if meant == key else Certainty.NEARLY, key)


def _without_counted(text: str, words: Vocabulary) -> str:
    """A sentence without what it counts: in "3 enfants et la facture a doublé", 3 is no option."""
    if len(text.split()) < SHORTEST_SENTENCE:
        return text
    counted = words.numbers.units | words.dates.units.keys()
    return COUNTED.sub(lambda found: "" if strip_accents(found[1]) in counted else found[0], text)


def _content(folded: Folded, words: Vocabulary) -> list[str]:
    bare = words.hedges.without(words.fillers.without(folded.line))
    return [word for word in bare.split() if word not in words.filler_words]


def number_word(folded: Folded, words: Vocabulary, shown: Screen) -> Reading | None:
    """An option by the word of its number ("deux", "the second"); INVALID for a number that is no option."""
    content = _content(folded, words) or list(folded.words)
    spoken = " ".join(content)
    ordinal = words.numbers.ordinals.get(spoken) or words.numbers.ordinals.get(folded.line.strip())
    if ordinal == "last":
        ordinal = max(shown.keys, key=int, default="")
    if ordinal and ordinal in shown.keys:
        return _answer(Certainty.SURE, ordinal)
    value = words.numbers.written.get(spoken, words.numbers.words.get(spoken))
    certainty = Certainty.SURE
    if value is None and len(content) == 1:
        value, certainty = _mistyped_number(spoken, words), Certainty.NEARLY
    if value is None:
        return None
    if str(value) in shown.keys:
        return _answer(certainty, str(value))
    return Reading(Certainty.UNCLEAR, Intent.INVALID, value) if certainty is Certainty.SURE else None


def _mistyped_number(word: str, words: Vocabulary) -> int | None:
    if word in words.numbers.spelled:
        return words.numbers.spelled[word]
    found = {words.numbers.written[known] for known in number_names(words.language).alike(word)}
    return found.pop() if len(found) == 1 else None


def match_words(folded: Folded, words: Vocabulary, shown: Screen) -> tuple[str | None, bool]:
    """The option that a text names in words, and whether without a doubt; (None, False) where none or several."""
    content = tuple(word for word in folded.split if word not in words.small_words)
    # "largent": the apostrophe was left out.
    content += tuple(word[1:] for word in content if word[0] in words.elisions and len(word) > SHORTEST_ELIDED)
    said = set(content)
    if not said:
        return None, False
    full = [name for name in shown.names if said >= set(name.words)]
    if full:
        key = _heaviest(full)
        return (key, _is_plain(key, full, content, shown)) if key else (_most_said(full), False)
    if key := _single({name.key for name in shown.names if name.is_label and _part(said, name)}):
        return key, len(said) == 1
    if len(content) > LONGEST_NEAR:
        return None, False
    typed, joined = Typed(content, words.sound), Typed(("".join(content),), words.sound)
    scored: dict[str, float] = {}
    for name in shown.names:
        score = _score(typed, joined, name)
        if score is not None:
            scored[name.key] = min(score, scored.get(name.key, score))
    if not scored:
        rooted = _single({name.key for name in shown.names if _rooted(content, name, words)})
        return rooted or _single({name.key for name in shown.names if _shortened(content, name)}), False
    best = min(scored.values())
    return _single({key for key, score in scored.items() if score == best}), False


def _is_plain(key: str, full: list[Name], content: tuple[str, ...], shown: Screen) -> bool:
    """Its label is said, or words for it of which none stands in the label of another; one word among few others."""
    named = [name for name in full if name.key == key]
    own = {word for name in shown.names if name.is_label and name.key == key for word in name.words}
    other = {word for name in shown.names if name.is_label and name.key != key for word in name.words} - own
    if not any(name.is_label for name in named) and not other.isdisjoint(content):
        return False
    return len(content) < LONG_SENTENCE or any(name.is_label or len(name.words) > 1 for name in named)


def _part(said: set[str], name: Name) -> bool:
    return len(name.words) > 1 and any(word in said for word in name.words)


def _single(keys: set[str]) -> str | None:
    return next(iter(keys)) if len(keys) == 1 else None


def _heaviest(names: list[Name]) -> str | None:
    """The option with the fullest name; None where another option was named by other words too."""
    weight = max(len(name.words) for name in names)
    best = {name.key for name in names if len(name.words) == weight}
    covered = {word for name in names if name.key in best for word in name.words}
    if len(best) > 1 or any(not set(name.words) <= covered for name in names if name.key not in best):
        return None
    return best.pop()


def _most_said(names: list[Name]) -> str | None:
    """The option that most words of the text speak for, where no other has as many."""
    covered: dict[str, set[str]] = {}
    for name in names:
        covered.setdefault(name.key, set()).update(name.words)
    most = max(map(len, covered.values()))
    return _single({key for key, said in covered.items() if len(said) == most})


def _shortened(content: tuple[str, ...], name: Name) -> bool:
    """The beginning of a label's first word: "log" for "logement"."""
    return name.is_label and any(len(word) >= SHORTEST_PART and name.words[0].startswith(word) for word in content)


def _rooted(content: tuple[str, ...], name: Name, words: Vocabulary) -> bool:
    """Another form of a one-word name: "inscrire" of "inscription"; "alipoteza" of "nimepoteza", by its end."""
    if len(name.words) > 1 or len(name.words[0]) < ROOT:
        return False
    known = name.words[0]
    root = known[-ROOT:] if words.roots_at_end else known[:ROOT]
    return any(len(word) >= ROOT and (word[-ROOT:] if words.roots_at_end else word[:ROOT]) == root for word in content)


def _score(typed: Typed, joined: Typed, name: Name) -> float | None:
    """How many slips lie between the text, or all of it in one word, and a name; None where they are too many."""
    whole = joined.alike("".join(name.words))
    slips = 0.0
    for word in name.words:
        found = typed.alike(word)
        if found is None:
            return whole
        slips += found
    return slips if whole is None else min(slips, whole)


def _answer(certainty: Certainty, key: str) -> Reading:
    return Reading(certainty, Intent.ANSWER, int(key))
