"""The words of a volunteer's basic phone: whole messages, in any of our languages, however they are spelled."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Word(StrEnum):
    """What a volunteer can ask for by one word."""

    MORE = "more"
    HISTORY = "history"
    NOTE = "note"
    PASS_ON = "pass_on"  # noqa: S105 - a word that volunteers send, no secret
    DONE = "done"
    PAUSE = "pause"
    START = "start"
    STOP = "stop"
    HELP = "help"
    ME = "me"
    RESEND = "resend"
    NUMBER = "number"
    CALLED = "called"


@dataclass(frozen=True)
class Said:
    """What a text from a volunteer's phone is: a word, a bare digit, or words for a person. `rest` follows NOTE."""

    word: Word | None = None
    digit: int | None = None
    rest: str = ""


_SPELLINGS = {
    Word.MORE: "suite more zaidi lire next",
    Word.HISTORY: "histo historique history historia",
    Word.PASS_ON: "passe passer pass pitisha",
    Word.DONE: "fin fini finir termine done finish finished tayari",
    Word.PAUSE: "pause pumzika break",
    Word.START: "start anza reprendre",
    Word.STOP: "stop arret arreter acha unsubscribe end quit cancel",
    Word.HELP: "aide help msaada",
    Word.ME: "moi me mimi",
    Word.RESEND: "renvoi renvoyer renvoie resend rudia",
    Word.NUMBER: "numero number namba nambari",
    Word.CALLED: "appele called nimepiga",
}
_WORDS = {spelling: word for word, spellings in _SPELLINGS.items() for spelling in spellings.split()}
_NOTES = ("note", "noti")
_OUTCOMES = range(5)  # 0 leaves the case open
_SHORT = 3  # "1 prendre", "2 non merci": words around a digit that answers us


def read_word(text: str) -> Said:
    """Read a whole message; one word among others is no word of ours but words for a person."""
    folded = _folded(text)
    if folded.isdigit() and len(folded) == 1:
        return Said(digit=int(folded))
    if folded in _WORDS:
        return Said(_WORDS[folded])
    first, _, rest = folded.partition(" ")
    if first in _NOTES:
        return Said(Word.NOTE, rest=text.strip()[len(first) :].lstrip(" :,-.\n"))
    if _WORDS.get(first) is Word.DONE and rest.isdigit() and int(rest) in _OUTCOMES:
        return Said(Word.DONE, digit=int(rest))
    return Said()


def is_half_a_word(text: str, *, asked: bool) -> bool:
    """Whether a text that is no word of ours is plainly no words for a person either, so that nobody gets it.

    Nothing at all, FIN with a digit that we do not know, or, while a digit would answer something (`asked`), a digit
    with a word or two: "1 prendre".
    """
    words = _folded(text).split()
    if not text.strip():
        return True
    if not words:
        return False
    if len(words) == 2 and _WORDS.get(words[0]) is not None and words[1].isdigit():
        return True
    return asked and len(words) <= _SHORT and len(words[0]) == 1 and words[0].isdigit()


def _folded(text: str) -> str:
    """Lower case, no accents, no signs at the ends, single spaces; digits of every script as 0 to 9."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(_digit(sign) for sign in plain if not unicodedata.combining(sign))
    spaced = "".join(sign if sign.isalnum() else " " for sign in kept)
    return " ".join(spaced.split())


def _digit(sign: str) -> str:
    value = unicodedata.digit(sign, -1)
    return sign if value < 0 else str(value)
