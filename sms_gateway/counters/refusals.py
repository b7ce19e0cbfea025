"""What can be wrong with a list of counters or a line of it: a cause, and a sentence in English with its values."""

from dataclasses import dataclass, field
from enum import StrEnum


class Cause(StrEnum):
    """Why a line is left out, or a whole file is no list; `{name}` is a column as our own lists call it."""

    UNREADABLE = "it can't be read ({why})"
    TWICE = "the id {id} is in the file already"
    EMPTY = "{name} is empty"
    SEVERAL_EMPTY = "{names} are empty"
    TOO_LONG = "{name} is longer than {most} signs"
    NO_TOWN = "place names no town"
    HALF_A_POINT = "latitude and longitude go together"
    NO_NUMBER = "{name} is no number"
    OUT_OF_BOUNDS = "{name} is not between -{most} and {most}"
    NO_SIGN = "{name} has a sign that no text has"
    FORMULA = "{name} begins like a formula"
    NO_PHONE = "phone is no phone number"
    NO_SUCH_PHONE = "phone is no number that exists"
    NO_DAY = "checked_on is no day such as 2026-03-10"
    TOO_LARGE = "The file is larger than {most} MB."
    NO_FIRST_LINE = "The first line can't be read: {why}."
    NO_COLUMN = "The first line names no column for: {names}."
    COLUMN_TWICE = "The first line names a column twice: {names}."


class Wrong(ValueError):
    """Something that can't be kept; its text is the sentence."""

    def __init__(self, cause: Cause, **values: str) -> None:
        """Make the sentence of a cause with its values."""
        super().__init__(cause.value.format(**values))
        self.cause = cause
        self.values = values


class ListError(Wrong):
    """A file that is no list of counters at all."""


@dataclass(frozen=True)
class Refused:
    """A line that was left out: its number in the file, and why."""

    line: int
    cause: Cause
    values: dict[str, str] = field(default_factory=dict)

    @property
    def why(self) -> str:
        """The cause in English words."""
        return self.cause.value.format(**self.values)
