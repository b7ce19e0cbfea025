"""Phone numbers inside texts are masked, however they are written: nobody sees a number that was not asked for."""

from __future__ import annotations

import re

from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumberMatcher,
    PhoneNumberType,
    is_valid_number,
    number_type,
    parse,
)

from flows import packaged
from flows.reader.number import mend_digits

__all__ = ["MASK", "found_numbers", "mask_numbers"]

MASK = "#####"
SHORTEST, LONGEST = 8, 15
# Digits with at most two signs between them, beginning as a number that is dialled: +, 00, 0.
DIALLED = re.compile(r"(?<!\d)(?:\+|00|\(?0)[\s().\-/]{0,2}\d(?:[\s().\-/]{0,2}\d){6,13}(?!\d)")
WITHOUT_ZERO = re.compile(r"(?<![\d#])\d(?:[ .\-]?\d){8,12}(?![ .\-]?\d)")
MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
GAPS = {"‐": "-", "‑": "-", "–": "-", "—": "-", "\u00a0": " ", "\u202f": " ", "\n": " ", "\t": " "}
DATED = re.compile(r"0?\d[-/. ]\d{1,2}[-/. ](?:19|20)\d\d")


def mask_numbers(text: str, country: str) -> str:
    """The text with every phone number replaced by `MASK`. Dates, amounts and short numbers (17, 3919) stay."""
    for start, end in reversed(_spans(text, country)):
        text = f"{text[:start]}{MASK}{text[end:]}"
    return text


def found_numbers(text: str, country: str) -> list[str]:
    """The phone numbers in a text, as they are written, in its order: those that `mask_numbers` replaces."""
    plain = _plain(text)
    return [plain[start:end] for start, end in _spans(text, country)]


def _spans(text: str, country: str) -> list[tuple[int, int]]:
    if sum(sign.isdigit() for sign in text) < SHORTEST - 2:
        return []
    plain = _plain(text)
    spans = [
        (match.start, match.end)
        for match in PhoneNumberMatcher(plain, packaged.region(country), leniency=Leniency.VALID)
    ]
    for found in DIALLED.finditer(plain):
        digits = sum(sign.isdigit() for sign in found.group())
        if SHORTEST <= digits <= LONGEST and not DATED.fullmatch(found.group()):
            spans.append(found.span())
    spans += [found.span() for found in WITHOUT_ZERO.finditer(plain) if _is_mobile(found.group(), country)]
    return _joined(spans)


def _is_mobile(written: str, country: str) -> bool:
    """A mobile number without its first 0, or with the country's code and no +."""
    digits = "".join(sign for sign in written if sign.isdigit())
    for form in (digits, f"+{digits}"):
        try:
            number = parse(form, packaged.region(country))
        except NumberParseException:
            continue
        if is_valid_number(number) and number_type(number) in MOBILE:
            return True
    return False


def _plain(text: str) -> str:
    """Sign for sign: digits of every script, O for 0, one kind of gap."""
    plain = "".join(str(int(sign)) if sign.isdecimal() else GAPS.get(sign, sign) for sign in text)
    mended = mend_digits(plain)
    return mended if len(mended) == len(text) else plain


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
