"""What a reading is: how sure we are, what the person wants, and the value they gave."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["LOST", "Certainty", "Danger", "Expected", "Intent", "Option", "Reading", "Value"]

Value = bool | int | float | str | dict[str, object] | None


class Certainty(StrEnum):
    """SURE: go on. NEARLY: ask "do you mean ... ?" first. UNCLEAR: ask again; never a silent guess."""

    SURE = "sure"
    NEARLY = "nearly"
    UNCLEAR = "unclear"


class Expected(StrEnum):
    """The kinds of answer that a question can wait for; ANY is a moment without an open question."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    AMOUNT = "amount"
    NAME = "name"
    PLACE = "place"
    TEXT = "text"
    ANY = "any"


LOST = "lost"  # the value of REPEAT where the question was not understood


class Intent(StrEnum):
    """What a person can want by one text. The first group are words that work at every step."""

    SECRET = "secret"  # noqa: S105  the name of an intent
    DISTRESS = "distress"
    STOP = "stop"
    HUMAN = "human"
    MENU = "menu"
    BACK = "back"
    MORE = "more"
    HELP = "help"
    REPEAT = "repeat"
    SWITCH_LANGUAGE = "switch_language"
    WHERE = "where"
    CHANGE = "change"
    RESTART = "restart"
    START = "start"
    ERASE = "erase"

    ANSWER = "answer"
    INVALID = "invalid"

    GREETING = "greeting"
    THANKS = "thanks"
    DONT_KNOW = "dont_know"
    REFUSE = "refuse"
    CORRECT = "correct"
    QUESTION = "question"
    PROBLEM = "problem"
    ABUSE = "abuse"
    OTHER = "other"
    UNCLEAR = "unclear"


class Danger(StrEnum):
    """The kinds of danger that have a text of their own: the value of a DISTRESS reading."""

    LIFE = "life"
    VIOLENCE = "violence"
    CHILD = "child"
    SUICIDE = "suicide"
    HOMELESS = "homeless"


@dataclass(frozen=True)
class Option:
    """One line of a choice as the person sees it: its key ("2", "11"), its label, other words for it."""

    key: str
    label: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What was understood.

    value: ANSWER: yes_no a bool; choice the option's key as int; number an int; date "1980-03-12" (or "1980-03", "1962"
    where only that was said, then NEARLY); amount {"amount", "currency"}; name a str; place {"place", "street"?,
    "postcode"?}; text the text. INVALID: the number that is out of bounds. DISTRESS: a Danger. SECRET: its kind.
    HUMAN: "call" where a call is wished. SWITCH_LANGUAGE: a language code, or None for the word LANGUAGE. CHANGE: which
    answer. REPEAT: LOST where the question was not understood. BACK and MORE: NEARLY with the key ("09") where the same
    digits are also a place.
    language: for DISTRESS, the language that its words are in, where that is not the person's; else "".
    choices: NEARLY where several places may be meant: the value of each, the likeliest first; value is the first.
    maybe_stop: a stop word stands among other words; a conversation asks (stop_ask), it never stops on it.
    """

    certainty: Certainty
    intent: Intent
    value: Value = None
    maybe_stop: bool = False
    language: str = ""
    choices: tuple[Value, ...] = ()
