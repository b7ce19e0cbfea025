"""What is wrong with a list of counters, and what a counter does, in the reader's language."""

from collections.abc import Callable, Iterable

from sms_gateway.counters.refusals import Cause, ListError, Refused
from sms_gateway.store.counters import Counter
from sms_gateway.web.case_words import name_of
from sms_gateway.web.words import _

Said = Callable[[dict[str, str]], str]

_SENTENCES: dict[Cause, Said] = {
    Cause.UNREADABLE: lambda v: _("It can’t be read."),
    Cause.TWICE: lambda v: _("The id %(id)s stands in the file already.", id=v["id"]),
    Cause.EMPTY: lambda v: _("Nothing stands under: %(name)s.", name=v["name"]),
    Cause.SEVERAL_EMPTY: lambda v: _("Nothing stands under: %(name)s.", name=v["names"]),
    Cause.TOO_LONG: lambda v: _("Under %(name)s, at most %(most)s signs can stand.", name=v["name"], most=v["most"]),
    Cause.NO_TOWN: lambda v: _("Its place names no town."),
    Cause.HALF_A_POINT: lambda v: _("Latitude and longitude go together."),
    Cause.NO_NUMBER: lambda v: _("Under %(name)s stands no number.", name=v["name"]),
    Cause.OUT_OF_BOUNDS: lambda v: _(
        "Under %(name)s, a number from -%(most)s to %(most)s can stand.", name=v["name"], most=v["most"]
    ),
    Cause.NO_SIGN: lambda v: _("Under %(name)s stands a sign that no text has.", name=v["name"]),
    Cause.FORMULA: lambda v: _("Under %(name)s stands a formula.", name=v["name"]),
    Cause.NO_PHONE: lambda v: _("Its phone is no phone number."),
    Cause.NO_SUCH_PHONE: lambda v: _("No phone has this number."),
    Cause.NO_DAY: lambda v: _("Write the day under checked_on as 2026-03-10."),
    Cause.TOO_LARGE: lambda v: _("The file is too large: %(most)s MB at most.", most=v["most"]),
    Cause.NO_FIRST_LINE: lambda v: _("The first line of the file can’t be read."),
    Cause.NO_COLUMN: lambda v: _("The first line has no column for: %(names)s.", names=v["names"]),
    Cause.COLUMN_TWICE: lambda v: _("The first line has a column twice: %(names)s.", names=v["names"]),
}


def said(wrong: Refused | ListError) -> str:
    """Why a line is left out, or a file is no list."""
    return _SENTENCES[wrong.cause](wrong.values)


def what_it_does(counter: Counter, country: str) -> str:
    """The topics of a counter, in words."""
    return ", ".join(name_of(country, topic) for topic in counter.topics) or _("everything")


def missing(counter: Counter) -> str:
    """Why nobody is sent to a counter that is on: what a person would have to know; nothing where all is there."""
    lacks: Iterable[tuple[str, str]] = ((counter.hours, _("no hours")), (counter.phone, _("no phone")))
    return ", ".join(words for has, words in lacks if not has)


def differences(before: Counter, after: Counter) -> list[tuple[str, str, str]]:
    """What a list says differently of a counter: under which name, before, after."""
    names = {
        "name": _("Name"),
        "place": _("Place"),
        "postcode": _("Postcode"),
        "region": _("Region"),
        "address": _("Address"),
        "hours": _("Hours"),
        "phone": _("Phone"),
        "topics": _("What it does"),
        "latitude": _("Latitude"),
        "longitude": _("Longitude"),
        "checked_on": _("Checked on"),
        "active": _("In use"),
    }
    return [
        (name, _shown(getattr(before, key)), _shown(getattr(after, key)))
        for key, name in names.items()
        if getattr(before, key) != getattr(after, key)
    ]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or _("everything")
    return str(value) if value not in {None, ""} else _("nothing")
