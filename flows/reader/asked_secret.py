"""Whether a sentence of ours asks a person for a secret: a code, a password, a card number. A warning asks for none.

`docs/plain-language.md` L25: never, but for the sentence that says so ("Ne donnez jamais votre code").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from flows.reader.folding import fold
from flows.reader.secret import named_secret

__all__ = ["asked", "asked_secret"]

# Words that ask for something to be written or said.
ASKS: Mapping[str, str] = {
    "fr": r"envoy(?:ez|er)|donn(?:ez|er)|tap(?:ez|er)|ecri(?:vez|re)|di(?:tes|re)|indiqu(?:ez|er)|entr(?:ez|er)"
    r"|communiqu(?:ez|er)|saisi(?:ssez|r)|compos(?:ez|er)|confirm(?:ez|er)|repondez|rappelez|transmett(?:ez|re)"
    r"|quel(?:le)?s?|il (?:nous )?faut|besoin",
    "en": r"send|give|type|enter|tell|text|reply|write|share|confirm|provide|submit|what|which|need",
    "sw": r"tuma|tutumie|nitumie|andika|tuandikie|weka|ingiza|jibu|taja|toa|tupe|nipe|sema|tuambie|thibitisha|gani"
    r"|tunahitaji|unahitaji",
}
# Words by which a sentence forbids instead.
FORBIDS: Mapping[str, str] = {
    "fr": r"ne|n|jamais|aucun|aucune|pas|sans",
    "en": r"never|not|don|dont|no|nobody|without",
    "sw": r"kamwe|usi\w+|msi\w+|hatu\w+|hau\w+|bila|si|sio",
}
# "Don't forget to send …" forbids nothing.
REMINDS = re.compile(
    r"\b(?:n oubliez (?:pas|jamais)|ne manquez pas|n hesitez pas|(?:do not|don t|dont|never) (?:forget|hesitate)"
    r"|usisahau|usisite)\b"
)
# A secret that something happened to is told of, not asked for.
HAPPENED = re.compile(
    r"\b(?:perdue?s?|oubliee?s?|volee?s?|bloquee?s?|expiree?s?|lost|forgot|forgotten|stolen|blocked|locked|expired"
    r"|wrong|umesahau|nimesahau|imepotea|imeibwa|imefungwa)\b"
)
# "We need your code. Send it." asks in the sentence after.
ASKS_FOR_IT = re.compile(
    r"\b(?:(?:envoyez|donnez|tapez|ecrivez|dites|indiquez) l[ea]s?|(?:send|give|type|text|tell us|enter) (?:it|them)"
    r"|itume|iandike|izitume|ingiza hapa)\b"
)
ASKING = re.compile(rf"\b(?:{'|'.join(ASKS.values())})\b")
FORBIDDING = re.compile(rf"\b(?:{'|'.join(FORBIDS.values())})\b")
SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
# Words that stand for a secret in what people send, and mostly for something else in what we say.
OF_TWO_SENSES = frozenset({"visa", "atm", "cb"})


def asked_secret(text: str, *, written_answer: bool) -> str | None:
    """The word for the secret that a text asks for, or None. Words of every language are looked for.

    written_answer: the text is a question to which the person writes something; not a choice, nor something told. There
    a secret need only be named to be asked for.
    """
    return asked(text, lambda sentence: named_secret(sentence, but=OF_TWO_SENSES), written_answer=written_answer)


def asked(
    text: str,
    named: Callable[[str], str | None],
    *,
    asking: re.Pattern[str] = ASKING,
    written_answer: bool = False,
) -> str | None:
    """The word for what a text asks for. `named`: the word for it in a folded sentence, if there is one.

    A sentence that forbids asks for nothing; one that says "send it" asks for what the sentence before named.
    """
    before: str | None = None
    for sentence in _sentences(text):
        if before and ASKS_FOR_IT.search(sentence) and not _forbids(sentence):
            return before
        before = named(sentence)
        if before is None or _forbids(sentence):
            before = None
        elif asking.search(sentence) or (written_answer and not HAPPENED.search(sentence)):
            return before
    return None


def _sentences(text: str) -> Iterator[str]:
    for found in SENTENCE.finditer(text):
        if words := " ".join(fold(found[0]).split):
            yield words


def _forbids(sentence: str) -> bool:
    return bool(FORBIDDING.search(REMINDS.sub(" ", sentence)))
