"""Opening hours of a published list in few words: "lundi-vendredi 9h-12h 14h-17h30"."""

import re
from collections.abc import Mapping

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_TIME = re.compile(r"(\d{1,2})\s*[hH:](\d{2})?(?::\d{2})?")
_DASH = re.compile(r"\s*[-–—]\s*")
_BETWEEN = re.compile(r"\s*(?:[/,;|]|\bet\b)\s*")


def in_words(by_day: Mapping[str, str]) -> str:
    """Days with the same hours are said together; a day without hours is not said."""
    runs: list[tuple[str, str, str]] = []
    for day in DAYS:
        hours = _hours(by_day.get(day, ""))
        if runs and runs[-1][2] == hours:
            runs[-1] = (runs[-1][0], day, hours)
        else:
            runs.append((day, day, hours))
    said = [f"{first if first == last else f'{first}-{last}'} {hours}" for first, last, hours in runs if hours]
    return ", ".join(said)


def _hours(text: str) -> str:
    if not any(sign.isdigit() for sign in text):
        return ""
    plain = _TIME.sub(lambda at: f"{int(at[1])}h" + (at[2] if at[2] and at[2] != "00" else ""), text)
    return " ".join(_BETWEEN.sub(" ", _DASH.sub("-", plain)).split())
