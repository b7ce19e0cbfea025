"""The words that work at every step: stop, a person, menu, back, more, help, repeat, language and the rights."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.reader.folding import Folded
from flows.reader.reading import LOST, Certainty, Expected, Intent, Reading
from flows.reader.slips import nearest
from flows.reader.vocabulary import Vocabulary, others

__all__ = ["may_mean_stop", "read_command", "read_mistyped_command", "read_stop", "read_wish_to_stop"]

# The order in which whole words are looked up, and what they mean.
INTENTS = {
    "human": Intent.HUMAN,
    "menu": Intent.MENU,
    "back": Intent.BACK,
    "more": Intent.MORE,
    "help": Intent.HELP,
    "repeat": Intent.REPEAT,
    LOST: Intent.REPEAT,
    "language": Intent.SWITCH_LANGUAGE,
    "where": Intent.WHERE,
    "restart": Intent.RESTART,
    "erase": Intent.ERASE,
    "start": Intent.START,
}
# Commands that a mistyped word may still mean: those that do no harm and can be taken back. Never STOP, START, ERASE.
FORGIVING = ("human", "menu", "back", "more", "help", "repeat", LOST, "language")
TOLD = ("menu", "back", "help")  # also by a phrase among a few other words
OPEN = {Expected.TEXT, Expected.NAME, Expected.PLACE}
# A free text longer than this is a story in which somebody is named, not a wish to be put through.
LONGEST_WISH = 8
LANGUAGE_WORDS = 4
SHORTEST_GLUED = 8  # letters of a wish that was written without gaps
HELD = re.compile(r"(.)\1{2,}")
LONGEST_STOP = 14  # words; what is longer tells a story, and costs time


def read_stop(expected: Expected, folded: Folded, words: Vocabulary) -> Reading | None:
    """STOP, by a whole message or a listed whole phrase only; no slip is forgiven (channels.md §4.1).

    Words that can also be answers (END, CANCEL) stop at once only where no question is open; else they are NEARLY.
    """
    squeezed = folded.squeezed
    known = (words, *others(words.language))
    bare = _unpolite(folded.line, known).replace(" ", "")
    said = {squeezed, bare, *(_released(text, letters) for text in (squeezed, bare) for letters in (r"\1", r"\1\1"))}
    if any(text in each.stop_always or text in each.stop_phrases for each in known for text in said):
        return Reading(Certainty.SURE, Intent.STOP)
    if any(text in each.stop_alone for each in known for text in (squeezed, bare)):
        return Reading(Certainty.SURE if expected is Expected.ANY else Certainty.NEARLY, Intent.STOP)
    return None


def _released(text: str, letters: str) -> str:
    """Letters held down, three or more of one: "stoooop" is "stop"."""
    return HELD.sub(letters, text)


def read_wish_to_stop(folded: Folded, words: Vocabulary) -> Reading | None:
    """A wish for no more texts that is said in other words, or by ear: NEARLY, so that we ask before we stop."""
    if len(folded.words) > LONGEST_STOP:
        return None
    known = (words, *others(words.language))
    for text in {folded, words.spelled(folded)}:
        bare = _unpolite(text.line, known)
        squeezed = _unpolite_end(bare.replace(" ", ""), known)
        for each in known:
            heard = squeezed in each.stop_always or squeezed in each.stop_phrases or squeezed in each.stop_alone
            heard = heard or each.sound.line(bare.split()).replace(" ", "") in each.stop_heard
            if heard or any(pattern.fullmatch(bare.strip()) for pattern in each.stop_patterns):
                return Reading(Certainty.NEARLY, Intent.STOP)
    return None


def _unpolite(line: str, known: tuple[Vocabulary, ...]) -> str:
    """The line without "svp", "please", "tafadhali": they never change what STOP means."""
    for each in known:
        line = each.polite.without(line)
    return line


def _unpolite_end(squeezed: str, known: tuple[Vocabulary, ...]) -> str:
    """The same where everything was written in one: "stopsvpmerci"."""
    ends = tuple(word for each in known for word in each.polite_ends)
    while end := next((end for end in ends if len(squeezed) > len(end) and squeezed.endswith(end)), ""):
        squeezed = squeezed[: -len(end)]
    return squeezed


def may_mean_stop(folded: Folded, words: Vocabulary) -> bool:
    """A stop word stands among other words."""
    return any(word in words.stop_among or word == "stop" for word in folded.words)


def read_command(expected: Expected, folded: Folded, words: Vocabulary) -> Reading | None:
    """A word that always works: whole messages in every language, wishes for a person also inside a sentence."""
    if not folded.words:
        return Reading(Certainty.SURE, Intent.REPEAT) if "?" in folded.text else None
    whole = {folded.squeezed, *(() if expected in OPEN else (_unpolite(folded.line, (words,)).replace(" ", ""),))}
    if whole & words.call.words:
        return _human("call")
    for each in (words, *others(words.language)):
        for name, intent in INTENTS.items():
            if whole & each.commands[name].words:
                return Reading(Certainty.SURE, intent, LOST if name == LOST else None)
    if wish := _change(folded, words) or _wish(expected, folded, words):
        return wish
    told = expected is not Expected.TEXT and len(folded.words) <= LONGEST_WISH
    for name in (LOST, "repeat", *(() if expected in OPEN else TOLD)):
        if told and words.commands[name].phrases.find(folded.line):
            return Reading(Certainty.SURE, INTENTS[name], LOST if name == LOST else None)
    return _language(expected, folded, words)


def read_mistyped_command(folded: Folded, words: Vocabulary) -> Reading | None:
    """A harmless command with a slip of the thumb, once nothing else fits: "msada", "menuu"."""
    spoken = words.fillers.without(folded.line).replace(" ", "")
    for candidate in {folded.squeezed, spoken}:
        for name in FORGIVING:
            if len(candidate) > 3 and nearest(candidate, words.commands[name].words, most=1):
                return Reading(Certainty.SURE, INTENTS[name], LOST if name == LOST else None)
        if len(candidate) > 5 and nearest(candidate, words.call.words, most=1):
            return _human("call")
    return None


def _human(value: str | None = None) -> Reading:
    return Reading(Certainty.SURE, Intent.HUMAN, value)


def _wish(expected: Expected, folded: Folded, words: Vocabulary) -> Reading | None:
    if expected in OPEN and len(folded.words) > LONGEST_WISH:
        return None
    if expected is Expected.NAME and any(folded.line.startswith(f"{lead} ") for lead in words.names["lead"]):
        return None
    if expected not in OPEN and len(folded.words) == 1 and (glued := _glued_wish(folded.squeezed, words)):
        return glued
    heard = words.sound.keys(folded.words)
    for each in (words, *others(words.language)):
        negations = words.negations | each.negations
        typed = folded if each is words else folded.leaning(each.elisions)
        for wished, value in ((each.call, "call"), (each.commands["human"], None)):
            if (found := wished.phrases.among(typed.words)) and not _denied(typed.line, found, negations):
                return _human(value)
            found = wished.sounds.among(heard) if each is words else None
            if found and not _denied(f" {' '.join(heard)} ", found, negations):
                return _human(value)
    return None


def _glued_wish(written: str, words: Vocabulary) -> Reading | None:
    """A wish for a person in a text without gaps: "iwanttotalktoaperson"."""
    if len(written) <= SHORTEST_GLUED or written in words.known_words:
        return None
    for wished, value in ((words.call, "call"), (words.commands["human"], None)):
        if any(glued in written for glued in wished.glued if len(glued) >= SHORTEST_GLUED):
            return _human(value)
    return None


def _denied(line: str, phrase: str, negations: frozenset[str]) -> bool:
    """ "do not call me": a no stands right before the phrase."""
    before = line.partition(f" {phrase} ")[0].split()[-2:]
    return any(word in negations for word in before)


def _change(folded: Folded, words: Vocabulary) -> Reading | None:
    if len(folded.words) != 2 or not folded.words[1].isdigit():
        return None
    for each in (words, *others(words.language)):
        if folded.words[0] in each.commands["change"].words:
            return Reading(Certainty.SURE, Intent.CHANGE, int(folded.words[1][:4]))
    return None


def _language(expected: Expected, folded: Folded, words: Vocabulary) -> Reading | None:
    if len(folded.words) > (1 if expected in OPEN else LONGEST_WISH):
        return None
    known = (words, *others(words.language))
    named = [(at, each.language) for at, word in enumerate(folded.words) for each in known if word in each.named]
    spoken, wished, behind = "", [], 0
    for at, language in named:
        denied, by = _is_not_spoken(folded.words[behind:at], known)
        spoken, behind = by or spoken, at + 1
        wished += [] if denied else [language]
    if len(folded.words) > LANGUAGE_WORDS and not 0 < len(wished) < len(named):
        return None  # of a longer text only "no French, English please"
    if named and not wished:
        other = spoken and spoken not in {language for _, language in named}
        return Reading(Certainty.SURE, Intent.SWITCH_LANGUAGE, spoken if other else None)
    for each in known:
        if folded.squeezed in each.named or (wished and wished[0] == each.language):
            return Reading(Certainty.SURE, Intent.SWITCH_LANGUAGE, each.language)
        for word in folded.words:
            if word in each.other_languages:
                return Reading(Certainty.SURE, Intent.SWITCH_LANGUAGE, each.other_languages[word])
    return None


def _is_not_spoken(before: Sequence[str], known: tuple[Vocabulary, ...]) -> tuple[bool, str]:
    """A no stands shortly before a language: "i dont speak french"; where it is in the verb, also in which language
    that is said: "sielewi kizungu"."""
    near = before[-3:]
    said = next((each.language for each in known for word in near if word.startswith(each.not_spoken)), "")
    return bool(said) or any(word in each.negations for each in known for word in near), said
