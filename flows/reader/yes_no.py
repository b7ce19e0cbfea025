"""Reads yes or no: digits, signs, the many words people say it with; hesitation is asked about, never taken as said."""

from __future__ import annotations

from flows.reader.choice import number_word, read_digits, screen
from flows.reader.folding import Folded, collapse
from flows.reader.reading import Certainty, Intent, Option, Reading
from flows.reader.slips import nearest
from flows.reader.vocabulary import Vocabulary, others
from flows.reader.wordlists import Agreement

__all__ = ["read_yes_no"]

YES, NO = "1", "2"
PLAIN = (Option(YES, ""), Option(NO, ""))
# Words of other languages shorter than this mean too many other things.
SHORTEST_ELSEWHERE = 3


def read_yes_no(folded: Folded, words: Vocabulary, options: tuple[Option, ...], *, strict: bool) -> Reading | None:
    """True, False, or None where it is neither. strict (consent): digits and whole words only, nothing near them."""
    if (reading := read_digits(folded, words, options or PLAIN)) and reading.intent is not Intent.UNCLEAR:
        return _numbered(reading, folded, words, strict=strict)
    if (said := _said(folded, words, options)) is not None:
        return Reading(Certainty.SURE, Intent.ANSWER, said)
    if strict:
        return None
    counted = number_word(folded, words, screen(PLAIN, words.language))
    return _agreed(counted) if counted and counted.intent is Intent.ANSWER else _meant(folded, words)


def _numbered(reading: Reading, folded: Folded, words: Vocabulary, *, strict: bool) -> Reading | None:
    """A digit, with the word that goes with it ("1 oui") or against it ("1 non")."""
    agreed = _agreed(reading)
    if agreed.intent is not Intent.ANSWER or agreed.certainty is Certainty.SURE:
        return agreed
    spoken = "".join(word for word in folded.words if not word.isdigit())
    if spoken in (words.yes if agreed.value else words.no).words:
        return Reading(Certainty.SURE, Intent.ANSWER, agreed.value)
    return None if strict or spoken in (words.no if agreed.value else words.yes).words else agreed


def _agreed(reading: Reading) -> Reading:
    if reading.intent is not Intent.ANSWER:
        return reading
    return Reading(reading.certainty, Intent.ANSWER, reading.value == 1)


def _said(folded: Folded, words: Vocabulary, options: tuple[Option, ...]) -> bool | None:
    """A sign or a whole message that says it."""
    for option in options:
        if option.key in {YES, NO} and folded.squeezed and folded.squeezed == words.fold(option.label).squeezed:
            return option.key == YES
    yes, no = words.yes, words.no
    if not folded.words:
        signed = [any(sign in folded.text for sign in each.signs) for each in (yes, no)]
        return signed[0] if signed[0] != signed[1] else None
    for key in _forms(folded, words):
        if (key in yes.words) != (key in no.words):
            return key in yes.words
        held = collapse(key)
        if held not in yes.words and held not in no.words and (held in yes.collapsed) != (held in no.collapsed):
            return held in yes.collapsed
        if key != held and (held in yes.words) != (held in no.words):
            return held in yes.words
    for other in others(words.language):
        key = folded.squeezed
        if len(key) >= SHORTEST_ELSEWHERE and (key in other.yes.words) != (key in other.no.words):
            return key in other.yes.words
    return None


def _forms(folded: Folded, words: Vocabulary) -> tuple[str, ...]:
    bare = words.fillers.without(folded.line).replace(" ", "")
    return (folded.squeezed, bare) if bare and bare != folded.squeezed else (folded.squeezed,)


def _meant(folded: Folded, words: Vocabulary) -> Reading | None:
    """How a sentence begins, a hesitant word, a slip of the thumb."""
    for said, each in ((True, words.yes), (False, words.no)):
        if folded.squeezed in each.hesitant:
            return Reading(Certainty.NEARLY, Intent.ANSWER, said)
    yes, no = words.yes.begins(folded.line), words.no.begins(folded.line)
    if yes and no:
        yes, no = (yes, None) if len(yes) > len(no) else (None, no)
    if yes or no:
        return _beginning(folded, words, yes or no or "", said=bool(yes))
    heard = words.sound.line(folded.words).strip()
    for said, each in ((False, words.no), (True, words.yes)):
        if len(folded.words) > 1 and _sounds(heard, each):
            return Reading(Certainty.NEARLY, Intent.ANSWER, said)
    yes_slip, no_slip = nearest(folded.squeezed, words.yes.words), nearest(folded.squeezed, words.no.words)
    if bool(yes_slip) != bool(no_slip):
        return Reading(Certainty.NEARLY, Intent.ANSWER, bool(yes_slip))
    return None


def _beginning(folded: Folded, words: Vocabulary, beginning: str, *, said: bool) -> Reading | None:
    rest = folded.line[len(beginning):]
    against = words.no if said else words.yes
    contrary = any(word in against.words and len(word) > 1 for word in rest.split())
    if contrary and said:
        return None
    own = words.yes if said else words.no
    plain = beginning.strip().replace(" ", "") in own.words and beginning.endswith(" ") and not contrary
    return Reading(Certainty.SURE if plain else Certainty.NEARLY, Intent.ANSWER, said)


def _sounds(heard: str, agreement: Agreement) -> bool:
    key = heard.replace(" ", "")
    return len(key) > 3 and key in agreement.heard
