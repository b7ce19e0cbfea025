"""Reads yes or no: digits, signs, the many words people say it with; hesitation is asked about, never taken as said."""

from __future__ import annotations

import re

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
SAID_AT_ONCE = 12  # words behind a plain yes in which a no takes it back
LONGEST = 14  # words of a sentence in which a yes still answers
HELD = re.compile(r"([^\W\d_])\1")
GLUED = 9  # letters: a word longer than this that begins with "oui" is a sentence without gaps


def read_yes_no(folded: Folded, words: Vocabulary, options: tuple[Option, ...], *, strict: bool) -> Reading | None:
    """True, False, or None where it is neither. strict (consent): a digit or listed words only, nothing near them."""
    if strict and "?" in folded.text:
        return None
    if (reading := read_digits(folded, words, options or PLAIN)) and reading.intent is not Intent.UNCLEAR:
        return _numbered(reading, folded, words, strict=strict)
    said = read_consent(folded, words, options) if strict else _said(folded, words, options)
    if said is not None:
        return Reading(Certainty.SURE, Intent.ANSWER, said)
    if strict:
        return None
    if repeated := _repeated(folded, words):
        return repeated
    counted = number_word(folded, words, screen(PLAIN, words.language))
    if counted and counted.intent is Intent.ANSWER:
        return _agreed(counted)
    return _meant(folded, words) or _among_others(folded, words)


def _numbered(reading: Reading, folded: Folded, words: Vocabulary, *, strict: bool) -> Reading | None:
    """A digit, with the word that goes with it ("1 oui") or against it ("1 non")."""
    agreed = _agreed(reading)
    if agreed.intent is not Intent.ANSWER or agreed.certainty is Certainty.SURE:
        return agreed
    if strict:
        spoken_line = " ".join(word for word in folded.words if not word.isdigit())
        said = read_consent(words.fold(spoken_line), words, ()) if spoken_line else None
        return Reading(Certainty.SURE, Intent.ANSWER, said) if said is not None and said == agreed.value else None
    spoken = "".join(word for word in folded.words if not word.isdigit())
    if any(word in words.numbers.units or word.lstrip("0123456789") in words.numbers.units for word in folded.words):
        return None
    if spoken in (words.yes if agreed.value else words.no).words:
        return Reading(Certainty.SURE, Intent.ANSWER, agreed.value)
    return None if spoken in (words.no if agreed.value else words.yes).words else agreed


def _agreed(reading: Reading) -> Reading:
    if reading.intent is not Intent.ANSWER:
        return reading
    return Reading(reading.certainty, Intent.ANSWER, reading.value == 1)


def _said(folded: Folded, words: Vocabulary, options: tuple[Option, ...]) -> bool | None:
    """A sign or a whole message that says it."""
    if (labelled := _labelled(folded, words, options)) is not None:
        return labelled
    yes, no = words.yes, words.no
    if not folded.words:
        return _signed(folded, words)
    for key in _forms(folded, words):
        if key != folded.squeezed and _takes_it_back(folded, yes.words if key in no.words else no.words):
            continue
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


def _labelled(folded: Folded, words: Vocabulary, options: tuple[Option, ...]) -> bool | None:
    for option in options:
        if option.key in {YES, NO} and folded.squeezed and folded.squeezed == words.fold(option.label).squeezed:
            return option.key == YES
    return None


def _signed(folded: Folded, words: Vocabulary) -> bool | None:
    signed = [any(sign in folded.text for sign in each.signs) for each in (words.yes, words.no)]
    return signed[0] if signed[0] != signed[1] else None


def read_consent(folded: Folded, words: Vocabulary, options: tuple[Option, ...]) -> bool | None:
    """Consent: a label, a sign, or listed words one after another that all say the same, and what is polite.

    No slip is forgiven; letters held down are ("ouiii"). Words of two languages are not mixed.
    """
    if (labelled := _labelled(folded, words, options)) is not None:
        return labelled
    if not folded.words:
        return _signed(folded, words)
    for each in (words, *others(words.language)):
        spoken = folded if each is words else each.fold(folded.text)
        lines = {spoken.line, each.polite.without(spoken.line)}
        if all(len(letter) == 1 for letter in spoken.split):
            lines.add("".join(spoken.split))  # "o u i"
        for line in sorted(lines):
            if (said := _all_say(line, each)) is not None:
                return said
    return None


def _all_say(line: str, words: Vocabulary) -> bool | None:
    """What a line says that is nothing but listed words, all of one side; else None."""
    spoken = line.split()
    if not spoken or len(spoken) > LONGEST:
        return None
    said = [side for side, agreement in ((True, words.yes), (False, words.no)) if _is_made_of(spoken, agreement)]
    return said[0] if len(said) == 1 else None


def _is_made_of(spoken: list[str], agreement: Agreement) -> bool:
    reached = [True, *(False for _ in spoken)]
    for end in range(1, len(spoken) + 1):
        reached[end] = any(reached[start] and _consents(spoken[start:end], agreement) for start in range(end))
    return reached[-1]


def _consents(spoken: list[str], agreement: Agreement) -> bool:
    line = " ".join(spoken)
    return line in agreement.consent or (bool(HELD.search(line)) and collapse(line) in agreement.held_consent)


def _repeated(folded: Folded, words: Vocabulary) -> Reading | None:
    """Several words that all say the same: "sawa yes go ahead"."""
    if "?" in folded.text:
        return None
    line = words.polite.without(folded.line)
    rest = {said: each.phrases.without(line) for said, each in ((True, words.yes), (False, words.no))}
    for said, left in rest.items():
        if left != line and rest[not said] == line and not words.fillers.without(left).split():
            return Reading(Certainty.SURE, Intent.ANSWER, said)
    return None


def _among_others(folded: Folded, words: Vocabulary) -> Reading | None:
    """A plain yes or no somewhere in a sentence, in any language; not a yes where something is denied too."""
    if "?" in folded.text or len(folded.words) > LONGEST:
        return None
    spoken = words.polite.without(folded.line).split()
    found = {
        said
        for each in (words, *others(words.language))
        for said, agreement in ((True, each.yes), (False, each.no))
        if any(_plainly(word, agreement) for word in spoken if each is words or word not in words.known_words)
    }
    if len(found) != 1:
        return None
    said = found.pop()
    if said and any(word in words.negations for word in spoken):
        return None
    return Reading(Certainty.NEARLY, Intent.ANSWER, said)


def _plainly(word: str, agreement: Agreement) -> bool:
    """A word that says it wherever it stands, letters held down or the next words written on to it."""
    if word in agreement.plain or (collapse(word) != word and collapse(word) in agreement.plain):
        return True
    long = tuple(plain for plain in agreement.plain if len(plain) >= SHORTEST_ELSEWHERE)
    return len(word) > GLUED and word.startswith(long)


def _forms(folded: Folded, words: Vocabulary) -> tuple[str, ...]:
    bare = words.fillers.without(words.polite.without(folded.line)).replace(" ", "")
    return (folded.squeezed, bare) if bare and bare != folded.squeezed else (folded.squeezed,)


def _takes_it_back(folded: Folded, against: frozenset[str]) -> bool:
    """A small word that was left out says the contrary: "yes and no" is no yes, though "no" may stand for "number"."""
    return any(word in against for word in folded.words)


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
        if _sounds(heard, each):
            return Reading(Certainty.NEARLY, Intent.ANSWER, said)
    yes_slip, no_slip = nearest(folded.squeezed, words.yes.words), nearest(folded.squeezed, words.no.words)
    if bool(yes_slip) != bool(no_slip):
        return Reading(Certainty.NEARLY, Intent.ANSWER, bool(yes_slip))
    return None


def _beginning(folded: Folded, words: Vocabulary, beginning: str, *, said: bool) -> Reading | None:
    rest = folded.line[len(beginning):].split()
    own, against = (words.yes, words.no) if said else (words.no, words.yes)
    contrary = any(word in against.words and len(word) > 1 for word in rest)
    if contrary and said:
        far = not any(word in against.words and len(word) > 1 for word in rest[:SAID_AT_ONCE])
        told = far and beginning.strip() in own.plain  # "yes i went there ... and the man was not there"
        return Reading(Certainty.NEARLY, Intent.ANSWER, True) if told else None
    doubt = contrary or (said and any(word in words.negations for word in rest))
    plain = beginning.strip() in own.plain and beginning.endswith(" ") and not doubt
    return Reading(Certainty.SURE if plain else Certainty.NEARLY, Intent.ANSWER, said)


def _sounds(heard: str, agreement: Agreement) -> bool:
    key = heard.replace(" ", "")
    return len(key) > 3 and key in agreement.heard
