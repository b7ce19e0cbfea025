"""Texts that answer nothing: greetings, thanks, "I don't know", questions, problems, insults; and noise."""

from __future__ import annotations

import re

from flows.reader.folding import Folded, collapse
from flows.reader.reading import Certainty, Expected, Intent, Reading
from flows.reader.slips import nearest
from flows.reader.vocabulary import Vocabulary, others

__all__ = ["read_feeling", "read_greeting", "read_mistyped_greeting", "read_question", "read_uncertain"]

VOWELS = frozenset("aeiouy")
SHORTEST_WORD = 3
BRIEF = 8
FEW = 5
SHORTEST_SENTENCE = 3
WHOLE = {"dont_know": Intent.DONT_KNOW, "refuse": Intent.REFUSE, "correct": Intent.CORRECT}


def read_uncertain(folded: Folded, words: Vocabulary, *, inside: bool, first: bool = False) -> Reading | None:
    """ "I don't know", "I won't say", "I was wrong": as the whole text, or (inside) somewhere in a short one.

    first: also by a single word with which a short text begins ("sijui kwa kweli").
    """
    heard = words.sound.line(folded.words).replace(" ", "")
    for name, intent in WHOLE.items():
        if folded.squeezed in words.feelings[name] or (len(heard) > 4 and heard in words.feelings_heard[name]):
            return Reading(Certainty.SURE, intent)
        if inside and len(folded.words) <= BRIEF and _says(folded, words, name):
            return Reading(Certainty.SURE, intent)
        if first and 1 < len(folded.words) <= FEW and folded.words[0] in words.feelings_first[name]:
            return Reading(Certainty.SURE, intent)
    return None


def read_greeting(folded: Folded, words: Vocabulary) -> Reading | None:
    """A greeting or thanks and nothing else, in any language."""
    bare = folded.squeezed
    spoken = words.fillers.without(folded.line).replace(" ", "")
    for name, intent in (("thanks", Intent.THANKS), ("greeting", Intent.GREETING)):
        if words.feelings_together[name].find(folded.words) and len(folded.words) <= BRIEF:
            return Reading(Certainty.SURE, intent)
        for each in (words, *others(words.language)):
            known = each.feelings[name]
            if bare in known or collapse(bare) in known or (spoken and spoken in known):
                return Reading(Certainty.SURE, intent)
    return None


def read_mistyped_greeting(folded: Folded, words: Vocabulary) -> Reading | None:
    """A greeting or thanks with a slip of the thumb, once nothing else fits."""
    for name, intent in (("thanks", Intent.THANKS), ("greeting", Intent.GREETING)):
        if len(folded.squeezed) > 4 and nearest(folded.squeezed, words.feelings[name]):
            return Reading(Certainty.SURE, intent)
    return None


def read_feeling(expected: Expected, folded: Folded, words: Vocabulary) -> Reading:
    """What a text is that is no answer. OTHER only where nothing was asked; else UNCLEAR."""
    if folded.squeezed in words.feelings["abuse"] or _says(folded, words, "abuse"):
        return Reading(Certainty.SURE, Intent.ABUSE)
    if _says(folded, words, "problem"):
        return Reading(Certainty.SURE, Intent.PROBLEM)
    if expected is Expected.ANY and len(folded.words) <= BRIEF and _says(folded, words, "thanks"):
        return Reading(Certainty.SURE, Intent.THANKS)
    if expected is Expected.ANY and _tells_of_trouble(folded, words):
        return Reading(Certainty.SURE, Intent.PROBLEM)
    if expected is Expected.ANY and _is_language(folded, words):
        return Reading(Certainty.SURE, Intent.OTHER)
    return Reading(Certainty.UNCLEAR, Intent.UNCLEAR)


def read_question(folded: Folded, words: Vocabulary) -> Reading | None:
    """A question back: about who writes, the price, the reason, the time, the place, or anything else."""
    for kind, phrases in words.questions.items():
        found = phrases.among(folded.words)
        if found and (kind == "who" or len(folded.words) <= len(found.split()) + 3):
            return Reading(Certainty.SURE, Intent.QUESTION, kind)
    if _is_said(folded, words.question_patterns):
        return Reading(Certainty.SURE, Intent.QUESTION)
    starts = any(folded.line.startswith(f"{start} ") for start in words.question_starts)
    if len(folded.words) > 1 and (starts or folded.text.rstrip().endswith("?")):
        return Reading(Certainty.SURE, Intent.QUESTION)
    return None


def _is_said(folded: Folded, patterns: tuple[re.Pattern[str], ...]) -> bool:
    """In the text as it stands, or with its apostrophes as gaps: "l'expulsion"."""
    lines = {folded.line, f" {' '.join(folded.split)} "}
    return any(pattern.search(line) for pattern in patterns for line in lines)


def _says(folded: Folded, words: Vocabulary, name: str) -> bool:
    """A phrase for it stands in the text, as written or by its sound; or words that mean it together."""
    if words.feeling_phrases[name].among(folded.words) or words.feelings_together[name].find(folded.words):
        return True
    return bool(words.feeling_sounds[name].among(words.sound.keys(folded.words)))


def _tells_of_trouble(folded: Folded, words: Vocabulary) -> bool:
    """A sentence in which something is denied, or has gone wrong: "la mairie répond pas", "hawatuhudumii"."""
    if len(folded.words) < 2:
        return False
    sentence = len(folded.words) >= SHORTEST_SENTENCE
    denied = sentence and any(word in words.negations - words.filler_words for word in folded.split)
    return denied or _is_said(folded, words.trouble)


def _is_language(folded: Folded, words: Vocabulary) -> bool:
    """Two real words, or one known one; not keys pressed at random."""
    if any(word in words.known_words for word in folded.split if len(word) >= SHORTEST_WORD):
        return True
    spoken = [word for word in folded.split if len(word) >= SHORTEST_WORD and VOWELS & set(word) and not word.isdigit()]
    return len(spoken) >= 2
