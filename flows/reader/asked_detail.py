"""Whether words ask a person for a number that no counter needs by text: a bank account, a social-security number.

A page asks for none of them; this is for what people write to people (`asked_secret` has codes, passwords and cards).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.reader.asked_secret import asked

__all__ = ["asked_detail"]

# What is asked for, folded: no accents, no apostrophes.
DETAILS: Mapping[str, str] = {
    "fr": r"iban|rib|bic|releve d identite bancaire|coordonnees bancaires|compte bancaire|numeros? de compte"
    r"|numeros? (?:de )?secu(?:rite)?(?: sociale)?|numero d assure(?: social)?|nir|numero de (?:la )?carte vitale",
    "en": r"iban|sort code|bank details|(?:bank )?account numbers?|bank account|social security(?: numbers?)?"
    r"|(?:nhif|sha|nssf|national insurance) numbers?|ssn",
    "sw": r"iban|akaunti (?:yako )?ya benki|n[ao]mba(?:ri)? ya akaunti|nambari ya akaunti|maelezo ya benki"
    r"|n[ao]mba(?:ri)? ya (?:nhif|sha|nssf|hifadhi ya jamii)|nambari ya (?:nhif|sha|nssf|hifadhi ya jamii)",
}
# Papers that one brings are named beside words of need ("il faut un RIB"): only what is to be sent here counts.
ASKS: Mapping[str, str] = {
    "fr": r"envoy(?:ez|er)|donn(?:ez|er)|tap(?:ez|er)|ecri(?:vez|re)|di(?:tes|re)|indiqu(?:ez|er)|communiqu(?:ez|er)"
    r"|transmett(?:ez|re)|repondez|rappelez|quel(?:le)?s?|il (?:me|nous) faut|j ai besoin|nous avons besoin",
    "en": r"send|give|type|tell|text|reply|write|share|confirm|provide|what|which|(?:i|we) need",
    "sw": r"tuma|tutumie|nitumie|andika|tuandikie|jibu|taja|tupe|nipe|sema|tuambie|niambie|thibitisha|gani"
    r"|tunahitaji|ninahitaji",
}
DETAIL = re.compile(rf"\b(?:{'|'.join(DETAILS.values())})\b")
ASKING = re.compile(rf"\b(?:{'|'.join(ASKS.values())})\b")


def asked_detail(text: str) -> str | None:
    """The word for the number that a text asks for, or None. Words of every language are looked for."""
    return asked(text, _named, asking=ASKING)


def _named(sentence: str) -> str | None:
    found = DETAIL.search(sentence)
    return found[0] if found else None
