"""What an SMS can carry and what it costs: GSM 03.38, UCS-2, their parts, and what may stand for what is outside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["BASIC", "EXTENSION", "Measure", "fits_gsm", "measure", "outside", "parts", "rewrite", "sendable", "septets"]

# GSM 03.38, septets 0x00 to 0x7F, without ESC.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"  # ESC and one more septet: each costs 2

_GSM_TEXT = re.compile("[" + re.escape(BASIC + EXTENSION) + "]*")
_EXTENDED = re.compile("[" + re.escape(EXTENSION) + "]")
_COST = dict.fromkeys(BASIC, 1) | dict.fromkeys(EXTENSION, 2)

GSM_SINGLE, GSM_PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text costs as it stands. Units are septets (GSM-7) or UTF-16 units (UCS-2), headers left out."""

    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    units: int
    part_units: tuple[int, ...]
    non_gsm7: tuple[str, ...] = ()


def fits_gsm(text: str) -> bool:
    """Whether GSM-7 carries every character."""
    return _GSM_TEXT.fullmatch(text) is not None


def septets(text: str) -> int:
    """Septets of a text that GSM-7 carries; a lower bound for any other."""
    return len(text) + len(_EXTENDED.findall(text))


def outside(text: str) -> tuple[str, ...]:
    """The first distinct characters outside GSM-7, at most 12, in their order."""
    return tuple(dict.fromkeys(character for character in text if character not in _COST))[:SHOWN]


def sendable(text: str) -> str:
    """The text without lone surrogates, which nothing can send; pairs that were torn apart are joined again."""
    if not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\ufffd", "")


def measure(text: str) -> Measure:
    """Encoding, parts and their sizes. Raises UnicodeEncodeError on a lone surrogate: nothing can carry one."""
    if fits_gsm(text):
        sizes = tuple(septets(part) for part in parts(text))
        return Measure("GSM-7", len(sizes), sum(sizes), sizes)
    sizes = tuple(_utf16_length(part) for part in parts(text))
    return Measure("UCS-2", len(sizes), sum(sizes), sizes, outside(text))


def parts(text: str) -> tuple[str, ...]:
    """The text of each part. ESC pairs and surrogate pairs are never split, so `ceil(units / 153)` can be too few."""
    if fits_gsm(text):
        return (text,) if septets(text) <= GSM_SINGLE else tuple(_cut(text, GSM_PART, _COST.__getitem__))
    return (text,) if _utf16_length(text) <= UCS2_SINGLE else tuple(_cut(text, UCS2_PART, _utf16_units))


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-be")) // 2


def _utf16_units(character: str) -> int:
    return 2 if character > "\uffff" else 1


def _cut(text: str, limit: int, cost: Callable[[str], int]) -> Iterator[str]:
    start = used = 0
    for position, character in enumerate(text):
        needed = cost(character)
        if used + needed > limit:
            yield text[start:position]
            start, used = position, 0
        used += needed
    yield text[start:]


# ---- what may stand for what; never a "?" ----

_LETTERS = {"œ": "oe", "Œ": "OE", "ŋ": "ng", "Ŋ": "NG", "ɓ": "b", "Ɓ": "B", "ɗ": "d", "Ɗ": "D", "ƙ": "k", "Ƙ": "K"} | {
    "ƴ": "'y", "Ƴ": "'Y", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl",
}  # fmt: skip
_SIGNS = (
    dict.fromkeys("’‘ʼ´`‛′", "'")
    | dict.fromkeys("“”„‟«»″", '"')
    | dict.fromkeys("–—‑−‐‒―•", "-")
    | dict.fromkeys("\u00a0\u202f\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u205f\u3000\t", " ")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", "")
    | {"…": "...", "½": "1/2", "²": "2", "×": "x", "→": "->", "\u2028": "\n", "\u2029": "\n"}
)
_ACCENTS = "\u0300\u0301\u0302\u0303\u0308\u0327\u030a\u030c"  # grave acute circumflex tilde diaeresis cedilla ring
_DOTTED = re.compile("[\u0323ẹọṣẸỌṢ]")  # Yoruba: without dots and tones words merge; such letters stay as they are
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")
_INNER_SPACE = re.compile("(?<=«)[\u00a0\u202f ]|[\u00a0\u202f ](?=»)")
_NUMBER_SIGN = re.compile(r"\b([nN])° ?|№ ?")
_DEGREES = re.compile(r"(?<=\d)[ \u00a0\u202f]?°[ \u00a0\u202f]?(?=(\w?))")


def rewrite(text: str) -> str:
    """What is sent for a text: what GSM-7 lacks is replaced where the meaning stays, unless that makes it dearer.

    A text that GSM-7 carries is given back as it is. What can't be replaced stays, and the whole goes as UCS-2.
    """
    if fits_gsm(text):
        return text
    composed = unicodedata.normalize("NFC", text)
    replaced = _replace(composed)
    if fits_gsm(replaced) and septets(replaced) <= GSM_SINGLE:
        return replaced
    return min((replaced, composed, text), key=lambda candidate: measure(candidate).segments)


def _replace(text: str) -> str:
    if "«" in text or "»" in text:
        text = _INNER_SPACE.sub("", text)
    dotted = _DOTTED.search(text) is not None
    text = text.translate(_SIGN_TABLE if dotted else _TABLE)
    if fits_gsm(text):
        return text
    if "°" in text or "№" in text:
        text = _words_for_signs(text)
    if not _RIGHT_TO_LEFT.search(text):
        text = text.replace("\u200e", "").replace("\u200f", "")
    letters = "".join(
        character if character in _COST else _stand_in(character, keep_letters=dotted) for character in text
    )
    return _words_for_signs(letters)


def _words_for_signs(text: str) -> str:
    text = _NUMBER_SIGN.sub(lambda found: "No " if found[1] == "N" else "no ", text)
    return _DEGREES.sub(lambda found: " degres " if found[1] else " degres", text)


def _stand_in(character: str, *, keep_letters: bool) -> str:
    if (sign := _SIGNS.get(character)) is not None:
        return sign
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if keep_letters:
        return character
    if letters := _LETTERS.get(character):
        return letters
    apart = unicodedata.normalize("NFD", character)
    base, marks = apart[0], apart[1:]
    if marks and all(mark in _ACCENTS for mark in marks) and base.isascii():
        return base
    return "" if character in _ACCENTS else character


_SIGN_TABLE = str.maketrans(_SIGNS)
_TABLE = str.maketrans(
    _SIGNS
    | _LETTERS
    | {
        letter: _stand_in(letter, keep_letters=False)
        for letter in map(chr, range(0xC0, 0x250))
        if letter not in _COST and _stand_in(letter, keep_letters=False) != letter
    }
)
